"""Events that follow from metadata, links, uninstalling; retries that outlive a stop of the sandbox."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from sandbox import SandboxConfig
from tests.sandbox.conftest import Running, Start, running
from tests.sandbox.test_delivery import Receiver, connect, failed

Json = dict[str, Any]
ADA, BOT, GENERAL = "U01ADALIND", "U00BOT0001", "C00GENERAL"
DEAL = {"event_type": "deal", "event_payload": {"id": "1"}}
MANIFEST: Json = {
    "display_information": {"name": "Links"},
    "features": {"bot_user": {"display_name": "Links"}, "unfurl_domains": ["crm.example"]},
    "oauth_config": {
        "scopes": {"bot": ["chat:write", "chat:write.public", "channels:manage", "links:read", "metadata.message:read"]}
    },
    "settings": {
        "socket_mode_enabled": True,
        "event_subscriptions": {
            "bot_events": [
                "link_shared",
                "message_metadata_posted",
                "message_metadata_updated",
                "message_metadata_deleted",
                "tokens_revoked",
                "app_uninstalled",
            ],
            "metadata_subscriptions": [{"app_id": "A00BOT0001", "event_type": "deal"}],
        },
    },
}


@pytest.fixture
async def links(start: Start, tmp_path: Path) -> Running:
    path = tmp_path / "manifest.yaml"
    path.write_text(yaml.safe_dump(MANIFEST), encoding="utf-8")
    return await start(manifest=path, pace=0)


async def events(slack: Running, count: int, do: Any) -> list[Json]:  # noqa: ANN401 - an awaitable function
    """What the app hears while something is done, with its `event_ts` left out."""
    socket = await connect(slack)
    await socket.receive_json(timeout=10)
    await do()
    heard: list[Json] = []
    for _ in range(count):
        envelope = await socket.receive_json(timeout=10)
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        heard.append(envelope["payload"]["event"])
    await socket.close()
    return heard


async def test_metadata_that_comes_changes_and_goes(links: Running) -> None:
    where: Json = {}

    async def say() -> None:
        channel = (await links.api("conversations.create", json={"name": "deal"}))["channel"]["id"]
        said = await links.api("chat.postMessage", json={"channel": channel, "text": "x", "metadata": DEAL})
        where.update(channel=channel, ts=said["ts"])
        other = {"event_type": "wish", "event_payload": {}}
        await links.api("chat.postMessage", json={"channel": channel, "text": "x", "metadata": other})
        changed = {**DEAL, "event_payload": {"id": "2"}}
        await links.api("chat.update", json={**where, "text": "same metadata"})
        await links.api("chat.update", json={**where, "text": "x", "metadata": changed})
        await links.api("chat.delete", json=where)

    posted, updated, deleted = await events(links, 3, say)
    for event in (posted, updated, deleted):
        place = (event["channel_id"], event["message_ts"], event["user_id"], event["app_id"], event["team_id"])
        assert place == (where["channel"], where["ts"], BOT, "A00BOT0001", "T00NORTHW")
    assert (posted["type"], posted["metadata"]) == ("message_metadata_posted", DEAL)
    assert (updated["type"], updated["previous_metadata"]) == ("message_metadata_updated", DEAL)
    assert updated["metadata"]["event_payload"] == {"id": "2"}
    assert (deleted["type"], deleted["previous_metadata"]) == ("message_metadata_deleted", updated["metadata"])
    assert deleted["deleted_ts"] > posted["event_ts"]


async def test_links_to_the_apps_domains(links: Running) -> None:
    async def say() -> None:
        await links.api("chat.postMessage", json={"channel": GENERAL, "text": "https://crm.example/own"})
        await links.ui("message", ADA, channel=GENERAL, text="https://other.example/1")
        text = "https://crm.example/1?a=1&b=2 and https://eu.crm.example/2, not https://notcrm.example"
        await links.ui("message", ADA, channel=GENERAL, text=text)

    (shared,) = await events(links, 1, say)
    assert shared["links"] == [
        {"domain": "crm.example", "url": "https://crm.example/1?a=1&b=2"},
        {"domain": "crm.example", "url": "https://eu.crm.example/2"},
    ]
    assert (shared["channel"], shared["user"], shared["source"]) == (GENERAL, ADA, "conversations_history")
    assert shared["is_bot_user_member"] is False
    assert shared["unfurl_id"].startswith(f"{GENERAL}.{shared['message_ts']}.")


async def test_an_uninstalled_app_is_told_and_locked_out(links: Running) -> None:
    async def uninstall() -> None:
        assert await links.post("install", {"installed": False}) == {"installed": False}

    heard = await events(links, 2, uninstall)
    assert {one["type"] for one in heard} == {"tokens_revoked", "app_uninstalled"}
    revoked = next(one for one in heard if one["type"] == "tokens_revoked")
    assert revoked["tokens"] == {"oauth": [], "bot": [BOT]}
    assert (await links.api("auth.test"))["error"] == "account_inactive"
    await links.post("install", {"installed": True})
    assert (await links.api("auth.test"))["ok"]
    assert (await links.post("install", {}))["error"] == "invalid_arguments"


async def test_retries_outlive_a_stop(tmp_path: Path) -> None:
    receiver = Receiver()
    site = web.Application()
    site.router.add_post("/slack/events", receiver.answer)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    config = SandboxConfig(port=0, pace=0, data=tmp_path, events_url=url)
    receiver.status = 500
    async with running(config) as slack:
        await slack.ui("create", ADA, name="loud")
        first = json.loads((await receiver.next())[1])
        assert (await receiver.next())[0]["X-Slack-Retry-Num"] == "1"
        await failed(slack, 1)
    receiver.status = 200
    async with running(config) as slack:
        await slack.post("clock", {"advance": 60})
        headers, raw = await receiver.next()
        assert (headers["X-Slack-Retry-Num"], headers["X-Slack-Retry-Reason"]) == ("2", "http_error")
        assert json.loads(raw)["event_id"] == first["event_id"]
        await failed(slack, 2)
        assert list(slack.core.world.store.records("retry")) == []
    await runner.cleanup()
