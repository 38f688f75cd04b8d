"""`baton run` as a process: ready, healthy, orderly at its end, and plain about what is wrong."""

import asyncio
import re
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.config import read_settings
from sandbox import Sandbox, SandboxConfig
from tests.bot.program import Running, baton, baton_run
from tests.bot.slack_stub import StubbedSlack, stubbed_slack

PATIENCE_S = 30
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
async def slack() -> AsyncIterator[StubbedSlack]:
    async with stubbed_slack() as found:
        yield found


def _env(slack: StubbedSlack, tmp_path: Path) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "xoxb-1-run-secret",
        "SLACK_SIGNING_SECRET": "8f742231b10e8888",
        "SLACK_API_URL": slack.url,
        "DATABASE_URL": f"sqlite:///{tmp_path}/baton.db",
        "BATON_WEBHOOK_SECRET": SECRET,
    }


async def _ended(running: Running) -> int:
    """Ask it to end; its exit code."""
    running.process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(PATIENCE_S):
        return await running.process.wait()


async def test_run_is_ready_and_ends_in_good_order(slack: StubbedSlack, tmp_path: Path) -> None:
    env = _env(slack, tmp_path)
    assert (await baton("migrate", cwd=tmp_path, env=env)).code == 0
    async with baton_run(cwd=tmp_path, env=env) as running, httpx.AsyncClient(base_url=running.url) as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"ready": True, "reasons": []})
        numbers = (await client.get("/metrics")).text
        assert "baton_ready 1.0" in numbers
        assert 'baton_http_requests_total{route="/readyz",status="200"} 1.0' in numbers
        assert 'baton_notices{state="given_up"} 0.0' in numbers
        assert (await client.post("/slack/events", content=b"x")).status_code == 401
        assert (await client.post("/slack/events", content=b"\xff")).status_code == 401
        assert (await client.post("/slack/events", content=b"x" * 2_097_153)).status_code == 413
        docs = await client.get("/docs")
        assert docs.status_code == 200
        parts = re.findall(r'(?:src|href)="([^"]+)"', docs.text)
        assert len(parts) >= 3
        assert [part for part in parts if not part.startswith("/")] == []
        assert [(await client.get(part)).status_code for part in parts] == [200] * len(parts)
        assert (await client.post("/webhooks/baton", content=b"{}")).status_code == 401
        assert await _ended(running) == 0
        await running.said("stopped")
    assert [entry["event"] for entry in running.log][-2:] == ["stopping", "stopped"]
    assert "run-secret" not in str(running.log)


async def test_a_request_in_hand_is_finished_before_the_end(slack: StubbedSlack, tmp_path: Path) -> None:
    env = _env(slack, tmp_path)
    await baton("migrate", cwd=tmp_path, env=env)
    async with baton_run(cwd=tmp_path, env=env) as running:
        host, port = running.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /webhooks/baton HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{")
        await writer.drain()
        await httpx.AsyncClient().get(f"{running.url}/healthz")
        running.process.send_signal(signal.SIGINT)
        await running.said("stopping")
        writer.write(b"}")
        await writer.drain()
        answer = await reader.readline()
        assert answer.startswith(b"HTTP/1.1 401")
        writer.close()
        assert await running.process.wait() == 0


async def test_slack_being_away_at_the_start_is_waited_for(slack: StubbedSlack, tmp_path: Path) -> None:
    env = _env(slack, tmp_path)
    await baton("migrate", cwd=tmp_path, env=env)
    slack.failures = 1
    async with baton_run(cwd=tmp_path, env=env) as running:
        assert (await httpx.AsyncClient().get(f"{running.url}/readyz")).status_code == 200
    assert slack.calls == ["auth.test", "auth.test"]
    assert "Slack can't be reached" in [entry["event"] for entry in running.log]


async def test_in_socket_mode_there_is_no_route_for_slack(slack: StubbedSlack, tmp_path: Path) -> None:
    env = _env(slack, tmp_path) | {"SLACK_APP_TOKEN": "xapp-1-x"}
    await baton("migrate", cwd=tmp_path, env=env)
    async with baton_run(cwd=tmp_path, env=env) as running:
        answer = await httpx.AsyncClient().post(f"{running.url}/slack/events")
        assert answer.status_code == 404
        running.process.send_signal(signal.SIGTERM)
        assert await running.process.wait() == 0


async def test_by_socket_mode_a_command_is_answered_and_the_end_is_orderly(tmp_path: Path) -> None:
    sandbox = Sandbox(SandboxConfig(port=0))
    up = asyncio.Event()
    serving = asyncio.create_task(sandbox.serve(ready=up))
    await up.wait()
    env = {**sandbox.environment(), "DATABASE_URL": f"sqlite:///{tmp_path}/baton.db"}
    await baton("migrate", cwd=tmp_path, env=env)
    async with (
        baton_run(cwd=tmp_path, env=env) as running,
        httpx.AsyncClient(base_url=sandbox.url, timeout=20) as client,
    ):
        await running.said("connected to Slack by Socket Mode")
        command = {"user": "U06EVANOVA", "channel": "C00GENERAL", "text": "/baton help"}
        answers = await asyncio.gather(*(client.post("/_sandbox/ui/command", json=command) for _ in range(5)))
        assert [answer.json()["ok"] for answer in answers] == [True] * 5
        numbers = (await httpx.AsyncClient().get(f"{running.url}/metrics")).text
        assert 'baton_socket_envelopes_total{kind="slash_commands"} 5.0' in numbers
        assert await _ended(running) == 0
        await running.said("stopped")
    assert not [entry for entry in running.log if entry.get("level") in {"warning", "error"}]
    await sandbox.stop()
    await serving


async def test_run_refuses_a_database_that_was_never_set_up(slack: StubbedSlack, tmp_path: Path) -> None:
    ended = await baton("run", "--port", "0", cwd=tmp_path, env=_env(slack, tmp_path))
    assert ended.code == 1
    assert "baton migrate" in ended.err
    assert not (tmp_path / "baton.db").exists()


async def test_run_refuses_an_empty_database(slack: StubbedSlack, tmp_path: Path) -> None:
    (tmp_path / "baton.db").touch()
    ended = await baton("run", "--port", "0", cwd=tmp_path, env=_env(slack, tmp_path))
    assert ended.code == 1
    assert "no schema yet: run `baton migrate`" in ended.err


async def test_run_names_a_token_slack_does_not_accept(slack: StubbedSlack, tmp_path: Path) -> None:
    env = _env(slack, tmp_path)
    await baton("migrate", cwd=tmp_path, env=env)
    slack.answers["auth.test"] = {"ok": False, "error": "invalid_auth"}
    ended = await baton("run", "--port", "0", cwd=tmp_path, env=env)
    assert ended.code == 2
    assert ended.err.strip().splitlines()[-1] == "baton: SLACK_BOT_TOKEN: Slack does not accept it (invalid_auth)."


async def test_a_taken_port_is_a_plain_sentence(slack: StubbedSlack, tmp_path: Path) -> None:
    env = _env(slack, tmp_path)
    await baton("migrate", cwd=tmp_path, env=env)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = await baton("run", "--port", port, cwd=tmp_path, env=env)
    assert ended.code == 1
    assert ended.err.strip() == (
        f"baton: --port {port}: something else already listens on 127.0.0.1:{port}. Choose another port."
    )


@pytest.mark.parametrize(
    ("arguments", "env", "code", "sentence"),
    [
        (["run"], {}, 2, "SLACK_BOT_TOKEN is not set"),
        (["run"], {"SLACK_BOT_TOKEN": "xoxb-1"}, 2, "SLACK_SIGNING_SECRET"),
        (["migrate"], {"DATABASE_URL": "mysql://u:hidden@h/d"}, 2, "DATABASE_URL: "),
        (["migrate"], {"DATABASE_URL": "sqlite:////nowhere/at/all/baton.db"}, 1, "DATABASE_URL: "),
        (["migrate"], {"DATABASE_URL": "postgresql://u:hidden@127.0.0.1:1/d"}, 1, "DATABASE_URL: "),
        (["run", "--port", "many"], {}, 2, "--port"),
        (["nonsense"], {}, 2, "nonsense"),
        (["migrate"], {"BATON_LOG": "loud"}, 2, "BATON_LOG: "),
    ],
)
async def test_what_is_wrong_is_said_without_a_traceback(
    arguments: list[str], env: dict[str, str], code: int, sentence: str, tmp_path: Path
) -> None:
    ended = await baton(*arguments, cwd=tmp_path, env=env)
    assert ended.code == code
    assert sentence in ended.err
    assert "Traceback" not in ended.err
    assert "hidden" not in ended.err


async def test_debug_shows_the_traceback_and_still_no_secret(tmp_path: Path) -> None:
    ended = await baton(
        "--debug", "migrate", cwd=tmp_path, env={"DATABASE_URL": "postgresql://u:hidden-pw@127.0.0.1:1/d"}
    )
    assert ended.code == 1
    assert "Traceback" in ended.err
    assert "hidden-pw" not in ended.err


async def test_the_settings_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=sqlite:///from-file.db\n")
    ended = await baton("migrate", cwd=tmp_path)
    assert ended.code == 0
    assert (tmp_path / "from-file.db").exists()
    assert read_settings({}).database_url.get_secret_value() == "sqlite:///baton.db"
