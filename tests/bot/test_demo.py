"""`baton demo` as a newcomer starts it: one address, a deal that becomes a channel, and all of it there again."""

import asyncio
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from dotenv import dotenv_values

from tests.bot.program import baton, environment


@dataclass
class Demo:
    """A running demo: its page, its process, and what it printed."""

    page: str
    process: asyncio.subprocess.Process
    client: httpx.AsyncClient

    async def messages(self, channel: str, kind: str) -> list[dict[str, Any]]:
        """The messages of this kind in a channel, once there is one."""
        async with asyncio.timeout(20):
            async for found in self._looks(channel, kind):
                if found:
                    return found
        return []

    async def _looks(self, channel: str, kind: str) -> AsyncIterator[list[dict[str, Any]]]:
        while True:
            answer = await self.client.get("/_sandbox/messages", params={"channel": channel})
            messages: list[dict[str, Any]] = answer.json()["messages"]
            yield [m for m in messages if (m.get("metadata") or {}).get("event_payload", {}).get("kind") == kind]
            await asyncio.sleep(0.1)


@asynccontextmanager
async def demo(folder: Path, *arguments: str) -> AsyncIterator[Demo]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "demo",
        "--port",
        "0",
        "--data",
        str(folder),
        *arguments,
        cwd=folder.parent,
        env=environment({}),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode().strip()
        assert line.startswith("Open http://127.0.0.1:"), line
        page = line.removeprefix("Open ")
        async with httpx.AsyncClient(base_url=page, timeout=30) as client:
            yield Demo(page, process, client)
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(10):
                assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_deal_becomes_a_channel_and_is_there_after_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    async with demo(folder) as running:
        assert (await running.client.get("/")).status_code == 200
        sent = (await running.client.post("/_sandbox/samples/won-europe")).json()
        assert (sent["status"], sent["body"]["accepted"]) == (202, 1)
        (announced,) = await running.messages("C00CUSTSUC", "deal_announced")
        assert "Fjordbank" in announced["text"]
        values = dotenv_values(folder / "demo.env")
        env = {name: value for name, value in values.items() if value}
        checked = await baton("check", cwd=tmp_path, env=env)
        assert checked.code == 0, checked.out
        async with httpx.AsyncClient() as client:
            bot = env["BATON_WEBHOOK_URL"].removesuffix("/webhooks/baton")
            assert (await client.get(f"{bot}/readyz")).status_code == 200
    assert stat.S_IMODE((folder / "demo.env").stat().st_mode) == 0o600
    async with demo(folder) as again:
        await again.client.post("/_sandbox/samples/updated-europe")
        (announced,) = await again.messages("C00CUSTSUC", "deal_announced")
        state = (await again.client.get("/_sandbox/state")).json()
        deals = [channel["name"] for channel in state["channels"] if channel["name"].startswith("deal-")]
        assert deals == ["deal-fjordbank-as"]
        assert dotenv_values(folder / "demo.env")["BATON_WEBHOOK_SECRET"] == env["BATON_WEBHOOK_SECRET"]


async def test_the_clock_starts_where_it_is_told_and_can_be_moved(tmp_path: Path) -> None:
    async with demo(tmp_path / "demo", "--now", "2027-03-01T08:00:00Z") as running:
        clock = (await running.client.get("/_sandbox/clock")).json()
        assert clock["now"].startswith("2027-03-01T08:0")
        await running.client.post("/_sandbox/samples/won-europe")
        await running.messages("C00CUSTSUC", "deal_announced")
        await running.client.post("/_sandbox/clock", json={"advance": "P10D"})
        assert await _reminded(running)


async def _reminded(running: Demo) -> bool:
    """Whether a reminder that is due days later is said within seconds: the bot follows the moved clock."""
    for _ in range(200):
        calls = (await running.client.get("/_sandbox/calls", params={"method": "chat.postMessage"})).json()
        if "milestone_reminder" in str(calls) or "milestone_overdue" in str(calls):
            return True
        await asyncio.sleep(0.1)
    return False


async def test_a_taken_port_is_a_plain_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = await baton("demo", "--port", port, "--data", "x", cwd=tmp_path)
    assert ended.code == 1
    assert ended.err.strip().startswith(f"baton: --port {port}: something else already listens")


async def test_a_folder_that_can_not_be_made_and_a_wrong_moment_are_sentences(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    ended = await baton("demo", "--port", "0", "--data", "file/demo", cwd=tmp_path)
    assert (ended.code, ended.err.startswith("baton: --data file/demo: ")) == (1, True)
    ended = await baton("demo", "--port", "0", "--now", "tomorrow", cwd=tmp_path)
    assert (ended.code, ended.err.startswith("baton: --now: ")) == (2, True)


async def test_the_sandbox_alone_prints_what_a_bot_needs(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "sandbox",
        "--port",
        "0",
        "--signing-secret",
        "abc123",
        cwd=tmp_path,
        env=environment({}),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    values: dict[str, str] = {}
    async with asyncio.timeout(30):
        while "url" not in values:
            name, _, value = (await process.stdout.readline()).decode().strip().partition("=")
            values[name] = value
    assert values["SLACK_SIGNING_SECRET"] == "abc123"
    async with httpx.AsyncClient() as client:
        headers = {"Authorization": f"Bearer {values['SLACK_BOT_TOKEN']}"}
        answer = await client.post(values["SLACK_API_URL"] + "auth.test", headers=headers)
        assert answer.json()["ok"] is True
    process.terminate()
    async with asyncio.timeout(10):
        assert await process.wait() == 0
