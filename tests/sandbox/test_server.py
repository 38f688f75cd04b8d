"""The sandbox as a program: started by its own command, stopped quickly, watched by its page."""

import asyncio
import json
import sys
from pathlib import Path

import aiohttp
import pytest
from slack_sdk import WebClient

from sandbox import Sample, Sandbox, SandboxConfig, WebhookTarget
from sandbox.manifest import ManifestError
from tests.sandbox.conftest import Start
from tests.sandbox.test_delivery import connect, heard, received

ADA = "U01ADALIND"
PATIENCE_S = 30
"""Far beyond what the server waits for streams that stay open."""


async def test_it_runs_as_a_program_and_prints_the_environment() -> None:
    command = (sys.executable, "-m", "sandbox", "--port", "0", "--now", "2026-03-02T09:00:00")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    env: dict[str, str] = {}
    while "url" not in env:
        name, _, value = (await process.stdout.readline()).decode().strip().partition("=")
        env[name] = value
    client = WebClient(token=env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"])
    assert (await asyncio.to_thread(client.auth_test))["team"] == "Northwind"
    async with aiohttp.ClientSession() as session, session.get(f"{env['url']}_sandbox/clock") as answer:
        assert (await answer.json())["now"].startswith("2026-03-02T09:00")
    process.terminate()
    assert await process.wait() == 0


async def test_it_stops_with_streams_open(start: Start) -> None:
    slack = await start()
    socket = await connect(slack)
    await heard(socket)
    async with slack.session.get(f"{slack.url}_sandbox/ui/events", params={"user": ADA}) as stream:
        assert await stream.content.readline() == b"retry: 1000\n"
        async with asyncio.timeout(PATIENCE_S):
            await slack.sandbox.stop()


async def test_the_page_is_told_what_happens(start: Start) -> None:
    slack = await start(pace=0)
    async with slack.session.get(f"{slack.url}_sandbox/ui/events", params={"user": ADA}) as stream:
        await slack.web.chat_postMessage(channel="C00GENERAL", text="hi")
        kinds: list[str] = []
        while "call" not in kinds:
            line = (await stream.content.readline()).decode()
            if line.startswith("data: "):
                kinds.append(json.loads(line[6:])["type"])
        assert kinds == ["hello", "message", "call"]


async def test_the_clock_can_be_waited_for(start: Start) -> None:
    slack = await start()
    version = (await slack.get("clock"))["version"]
    waiting = asyncio.create_task(slack.get("clock", wait=30, after=version))
    moved = await slack.post("clock", {"now": "2031-01-02T03:04:05Z"})
    assert (await waiting)["version"] == moved["version"] == version + 1
    assert moved["now"].startswith("2031-01-02T03:04:05")
    assert (await slack.post("clock", {"advance": "soon"}))["error"] == "invalid_arguments"
    assert (await slack.web.auth_test())["ok"]


async def test_a_reset_keeps_tokens_and_begins_again(start: Start, tmp_path: Path) -> None:
    slack = await start(data=tmp_path, pace=0)
    await slack.api("conversations.create", json={"name": "gone"})
    await slack.post("reset", {})
    names = {one["name"] for one in (await slack.get("state"))["channels"]}
    assert names == {"general", "customer-success", "sales", "ext-fjordbank"}
    assert (await slack.web.auth_test())["ok"]


async def test_samples_are_signed_and_sent(start: Start) -> None:
    async with received(start) as (_, receiver):
        sample = Sample("won", "Deal won", "A deal", {"type": "deal.won", "data": {"id": "D-{{n}}"}})
        target = WebhookTarget(receiver.url, "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=", (sample,))
        slack = await start(webhook=target)
        assert (await slack.post("samples/won", {}))["status"] == 200
        headers, raw = await receiver.next()
        body = json.loads(raw)
        assert headers["webhook-signature"].startswith("v1,")
        assert body["data"]["id"] != "D-{{n}}"
        assert body["timestamp"]
        assert (await slack.post("samples/none", {}))["error"] == "no_such_sample"


def test_a_wrong_manifest_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    shouting = "oauth_config: {scopes: {bot: [shout]}}\n"
    path.write_text(f"display_information: {{name: X}}\n{shouting}", encoding="utf-8")
    with pytest.raises(ManifestError, match="unknown scope shout"):
        Sandbox(SandboxConfig(manifest=path))


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}])
async def test_other_pages_cannot_drive_it(start: Start, headers: dict[str, str]) -> None:
    slack = await start()
    async with slack.session.post(f"{slack.url}_sandbox/reset", headers=headers) as answer:
        assert answer.status == 403
    own = {"Origin": slack.url.rstrip("/")}
    async with slack.session.post(f"{slack.url}_sandbox/rates", json={"factor": 1}, headers=own) as answer:
        assert answer.status == 200
