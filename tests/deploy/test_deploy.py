"""What is in deploy/, checked as far as it can be without a Docker engine and without starting a service."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.cli import COMMANDS
from bot.config import Settings
from handlers.health import STATES
from handlers.metrics import Metrics
from tests.bot.program import ROOT

DEPLOY: Final = ROOT / "deploy"
TAGGED: Final = re.compile(r"[a-z]+:\d+(\.\d+)+-[a-z-]+")
"""A name without a registry's host, and a tag of a version."""
PACKAGES: Final = {"bot", "handlers", "scheduler", "messages", "storage", "domain", "sandbox"}
NAME: Final = re.compile(r"\b(?:baton|process)_[a-z_]+\b")


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile, its lines joined; `stage` counts from 0."""

    stage: int
    name: str
    value: str


def dockerfile() -> list[Instruction]:
    """The Dockerfile's instructions. Ours has no heredocs or directives: lines and their joints are all there is."""
    lines = [
        line for line in (DEPLOY / "Dockerfile").read_text("utf-8").splitlines() if not line.lstrip().startswith("#")
    ]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    found, stage = list[Instruction](), -1
    for line in filter(str.strip, joined.splitlines()):
        name, _, value = line.strip().partition(" ")
        stage += name == "FROM"
        found.append(Instruction(stage, name, value.strip()))
    return found


def of(name: str, stage: int | None = None) -> list[str]:
    return [one.value for one in dockerfile() if one.name == name and stage in (None, one.stage)]


# The image


def test_hadolint_finds_nothing() -> None:
    program = str(Path(sys.executable).with_name("hadolint"))
    done = subprocess.run([program, str(DEPLOY / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_both_stages_have_one_base_pinned_by_its_tag_of_no_named_registry() -> None:
    bases = [value.split(" ")[0] for value in of("FROM")]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert all(TAGGED.fullmatch(base) for base in bases), bases


def test_the_image_runs_as_a_user_without_rights() -> None:
    assert of("USER", 1) == ["10001:10001"]
    after = [one.name for one in dockerfile() if one.stage == 1]
    assert "RUN" not in after[after.index("USER") :]


def test_what_runs_is_given_as_lists_so_that_signals_arrive() -> None:
    entry, command = json.loads(of("ENTRYPOINT", 1)[0]), json.loads(of("CMD", 1)[0])
    assert entry == ["baton"]
    assert command[0] in {one.name for one in COMMANDS}
    assert json.loads(of("VOLUME", 1)[0]) == ["/data"]


def test_the_health_check_asks_whether_the_process_lives() -> None:
    options, _, command = of("HEALTHCHECK", 1)[0].partition("CMD ")
    assert {one.split("=")[0] for one in options.split()} == {"--interval", "--timeout", "--start-period", "--retries"}
    words = json.loads(command)
    assert words[:2] == ["python", "-c"]
    compile(words[2], "HEALTHCHECK", "exec")
    port = re.search(r"127\.0\.0\.1:(\d+)/healthz", words[2])
    assert port is not None
    assert of("EXPOSE", 1) == [port[1]]
    assert port[1] in json.loads(of("CMD", 1)[0])


def test_libraries_are_pinned_by_hashes_and_nothing_of_pip_is_kept() -> None:
    runs = of("RUN", 0)
    assert any("--require-hashes" in run and "requirements.lock" in run for run in runs)
    assert "PIP_NO_CACHE_DIR=1" in of("ENV", 0)[0]
    assert not any("apt-get" in run or "sudo" in run or "curl" in run for run in [*runs, *of("RUN", 1)])
    assert of("ADD") == []


def test_the_program_is_copied_whole_and_after_what_it_stands_on() -> None:
    copied = of("COPY", 0)
    assert copied[0] == "requirements.lock ./"
    assert {value.split(" ")[0] for value in copied if value.split(" ")[0] in PACKAGES} == PACKAGES
    assert of("COPY", 1) == ["--from=build /opt/baton /opt/baton"]
    assert all(value.startswith("/") for value in of("WORKDIR"))


def test_the_context_holds_what_is_copied_and_no_secret() -> None:
    lines = [one for one in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if one and one[0] != "#"]
    assert lines[0] == "*"
    kept = {one[1:] for one in lines if one.startswith("!")}
    needed = {name for value in of("COPY", 0) for name in value.split(" ")[:-1]}
    assert kept == needed
    assert all((ROOT / name).exists() for name in kept)


def test_the_environment_of_the_image_is_known_to_baton() -> None:
    names = {one.split("=")[0] for one in of("ENV", 1)[0].split()}
    assert names - {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "MPLCONFIGDIR"} <= {
        name.upper() for name in Settings.model_fields
    }


# Compose


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


SERVICE_KEYS: Final = frozenset(
    {
        *("image", "build", "command", "environment", "env_file", "volumes", "ports", "depends_on", "healthcheck"),
        *("restart", "deploy", "read_only", "tmpfs", "cap_drop", "security_opt", "stop_grace_period"),
    }
)
"""Those of the compose specification that ours uses: a word that is not here is written wrong, or to be added."""


def test_every_key_is_one_of_the_compose_specification(compose: dict[str, Any]) -> None:
    assert {key for key in compose if not key.startswith("x-")} == {"name", "services", "volumes"}
    for name, service in compose["services"].items():
        assert set(service) <= SERVICE_KEYS, name


def test_two_replicas_wait_for_the_database_and_its_schema(compose: dict[str, Any]) -> None:
    baton, migrate = compose["services"]["baton"], compose["services"]["migrate"]
    assert baton["deploy"]["replicas"] == 2
    assert baton["depends_on"] == {
        "database": {"condition": "service_healthy"},
        "migrate": {"condition": "service_completed_successfully"},
    }
    assert migrate["command"] == ["migrate"]
    assert migrate["restart"] == "no"
    assert migrate["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert "healthcheck" in compose["services"]["database"]


def test_each_replica_has_a_port_of_this_machine_alone(compose: dict[str, Any]) -> None:
    ports = re.fullmatch(r"127\.0\.0\.1:(\d+)-(\d+):(\d+)", compose["services"]["baton"]["ports"][0])
    assert ports is not None
    first, last, inside = ports.groups()
    assert int(last) - int(first) + 1 == compose["services"]["baton"]["deploy"]["replicas"]
    assert inside == of("EXPOSE", 1)[0]
    assert "ports" not in compose["services"]["database"]


def test_baton_may_write_nowhere_and_is_given_no_rights(compose: dict[str, Any]) -> None:
    for name in ("baton", "migrate"):
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["build"] == {"context": "..", "dockerfile": "deploy/Dockerfile"}
        assert set(service["environment"]) <= {field.upper() for field in Settings.model_fields}


def test_no_secret_stands_in_the_file_and_every_image_is_pinned(compose: dict[str, Any]) -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    assert set(re.findall(r"\$\{(\w+):\?", text)) == {"POSTGRES_PASSWORD"}
    assert "xoxb-" not in text
    assert "whsec_" not in text
    assert TAGGED.fullmatch(compose["services"]["database"]["image"])
    named = {volume.split(":")[0] for volume in compose["services"]["database"]["volumes"]}
    assert named == set(compose["volumes"])


# systemd


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    assert program is not None, "install Debian's systemd: make system"
    unit = tmp_path / "baton.service"
    # The program is not installed here, and systemd looks for it.
    unit.write_text((DEPLOY / "baton.service").read_text("utf-8").replace("/opt/baton/bin/baton", "/bin/true"), "utf-8")
    done = subprocess.run([program, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "baton" in line]
    assert (done.returncode, ours) == (0, [])


def unit_lines(key: str) -> list[str]:
    lines = (DEPLOY / "baton.service").read_text("utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{key}=")]


def test_the_unit_runs_baton_as_a_user_that_may_write_one_folder() -> None:
    words = [line.split()[1] for key in ("ExecStartPre", "ExecStart") for line in unit_lines(key)]
    assert words == ["migrate", "run"]
    assert set(words) <= {one.name for one in COMMANDS}
    assert unit_lines("User") == ["baton"]
    assert (unit_lines("StateDirectory"), unit_lines("ProtectSystem")) == (["baton"], ["strict"])
    assert unit_lines("ReadWritePaths") == []
    assert unit_lines("NoNewPrivileges") == ["yes"]
    assert unit_lines("CapabilityBoundingSet") == [""]


# Monitoring


@pytest.fixture(scope="module")
def exposed() -> dict[str, set[str]]:
    """The names a running Baton exposes, each with its labels. `/metrics` writes this same registry."""
    metrics = Metrics()
    metrics.requests.labels("/webhooks/baton", "202").inc()
    metrics.seconds.labels("/webhooks/baton").observe(0.1)
    metrics.envelopes.labels("slash_commands").inc()
    metrics.envelope_seconds.labels("slash_commands").observe(0.1)
    for state in STATES:
        metrics.notices.labels(state).set(1)
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(generate_latest(metrics.registry).decode()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def dashboard() -> dict[str, Any]:
    return json.loads((DEPLOY / "grafana-dashboard.json").read_text("utf-8"))


def asked() -> dict[str, str]:
    """Every expression, by where it stands."""
    found: dict[str, str] = {}
    for panel in dashboard()["panels"]:
        found |= {f"{panel['title']} {target['refId']}": target["expr"] for target in panel["targets"]}
    for one in dashboard()["templating"]["list"]:
        if one["type"] == "query":
            found[one["name"]] = one["query"]["query"]
    for rule in yaml.safe_load((DEPLOY / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]:
        found[rule["alert"]] = rule["expr"]
    return found


def test_every_number_that_is_asked_for_is_exposed(exposed: dict[str, set[str]]) -> None:
    found = {name for expr in asked().values() for name in NAME.findall(expr)} - {"baton"}
    assert found <= set(exposed), found - set(exposed)
    ours = {name for name in exposed if name.startswith("baton_") and not name.endswith(("_created", "_sum", "_count"))}
    assert ours <= found, "a number of Baton's that nobody looks at"


def test_every_label_that_is_asked_for_is_there(exposed: dict[str, set[str]]) -> None:
    for where, expr in asked().items():
        for name, labels in re.findall(r"((?:baton|process)_\w+)\{([^}]*)\}", expr):
            wanted = set(re.findall(r"(\w+)\s*[=!]", labels)) - {"instance", "job"}
            assert wanted <= exposed[name], f"{where}: {name}"
        assert expr.count("(") == expr.count(")"), where
        assert expr.count("{") == expr.count("}"), where


def test_the_states_that_are_asked_for_are_those_that_are_counted() -> None:
    found = {state for expr in asked().values() for state in re.findall(r'state="(\w+)"', expr)}
    assert found <= set(STATES)


def test_the_dashboard_has_a_place_for_each_panel_and_a_source_to_choose() -> None:
    board = dashboard()
    assert board["templating"]["list"][0]["type"] == "datasource"
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
        assert panel["datasource"]["uid"] == "${source}"
        assert panel["description"]
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_prometheus_scrapes_the_replicas_of_the_compose_file(compose: dict[str, Any]) -> None:
    scraped = yaml.safe_load((DEPLOY / "prometheus.yml").read_text("utf-8"))
    (job,) = scraped["scrape_configs"]
    assert (job["job_name"], job["metrics_path"]) == ("baton", "/metrics")
    assert len(job["static_configs"][0]["targets"]) == compose["services"]["baton"]["deploy"]["replicas"]
    assert scraped["rule_files"] == ["alerts.yml"]
