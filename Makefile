# Everything from nothing on a fresh Debian machine with Python 3.11.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := bot handlers scheduler messages storage domain sandbox
JOBS ?= $(shell nproc)
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest
NODE := tests/sandbox/node

.DEFAULT_GOAL := help
.PHONY: help demo test chaos lint format bench docs clean lock node system screenshots

help: ## show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.demo ## start the local Slack and Baton, and print the address to open
	@$(BIN)/baton demo $(ARGS)

test: $(VENV)/.dev system node lint ## everything CI checks: lint, types, all tests
	$(PYTEST) -n $(JOBS) --dist loadgroup

chaos: $(VENV)/.dev system ## kill, break and restart everything for two weeks (DEALS=2000 KILLS=50)
	BATON_CHAOS="$(or $(DEALS),2000) $(or $(KILLS),50)" $(PYTEST) tests/chaos

lint: $(VENV)/.dev ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright $(PACKAGES)

format: $(VENV)/.dev ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev system ## measure, against a baseline in the same run
	$(BIN)/python -m benchmarks

docs: $(VENV)/.dev ## build the documentation as a site into build/site; the tests build it too
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

screenshots: $(VENV)/.dev system ## make the pictures of the README again
	BATON_SCREENSHOTS=docs/screenshots $(PYTEST) tests/story -k screenshots

clean: ## remove what was made here, the demo's data included
	rm -rf $(VENV) $(NODE)/node_modules .baton-demo .pytest_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

lock: ## pin the newest allowed versions of all dependencies, with hashes
	$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/python -m pip install -q uv
	$(VENV)-lock/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra build pyproject.toml -o requirements.lock
	$(VENV)-lock/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra dev --constraint requirements.lock pyproject.toml -o requirements-dev.lock
	rm -rf $(VENV)-lock
	cd $(NODE) && rm -rf package-lock.json node_modules && npm install --omit-lockfile-registry-resolved --no-audit --no-fund --loglevel=error

system: ## the programs the tests need besides Python: Chromium, PostgreSQL, Node
	@sh tools/system-packages.sh

node: $(NODE)/node_modules/.installed ## Slack's Node clients, which the tests drive the local Slack with

$(NODE)/node_modules/.installed: $(NODE)/package.json $(NODE)/package-lock.json | system
	cd $(NODE) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(VENV)/bin/python:
	@sh tools/make-venv.sh "$(PYTHON)" $(VENV)

$(VENV)/.demo: $(VENV)/bin/python requirements.lock pyproject.toml
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python requirements-dev.lock pyproject.toml
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@ $(VENV)/.demo
