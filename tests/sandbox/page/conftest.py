"""A browser, the page's files alone, and (for the rest) the whole sandbox as a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright
from starlette.applications import Starlette

from sandbox.page import routes
from tests.sandbox.page.driving import Bot, Driven

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Gone with its module: while Playwright's own loop runs, no other test of this process can run one."""
    with sync_playwright() as playwright:
        # Several test runs may share the machine: patience here, not in each test.
        expect.set_options(timeout=12_000)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def files_url() -> Iterator[str]:
    """The page's routes and nothing behind them."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(Starlette(routes=routes(None)), log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


@contextmanager
def running(*arguments: str) -> Iterator[Driven]:
    """`python -m sandbox` on a free port without rate limits."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0", "--pace", "0", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    environment: dict[str, str] = {}
    for line in process.stdout:
        name, _, value = line.strip().partition("=")
        environment[name] = value
        if name == "url":
            break
    try:
        yield Driven(environment)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="session")
def everyday() -> Iterator[Driven]:
    """One sandbox for all tests; its app has every scope."""
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def driven(everyday: Driven) -> Driven:
    """The everyday sandbox, as new."""
    everyday.post("/_sandbox/reset", {})
    return everyday


@pytest.fixture
def bot(driven: Driven) -> Iterator[Bot]:
    """A Bolt app connected over Socket Mode; each test adds its listeners before `start()`."""
    bot = Bot(driven.environment)
    yield bot
    bot.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh 1440-pixel window that fails the test on any script error."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    context.set_default_timeout(10_000)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    context.close()
    assert broken == []
