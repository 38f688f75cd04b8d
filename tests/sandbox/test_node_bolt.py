"""`@slack/bolt` lives on the sandbox: over Socket Mode, and over signed HTTP with each of its receivers."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sandbox.delivery.http import HttpTransport, sign
from tests.sandbox.conftest import Running, Start
from tests.sandbox.node_program import Json, Program, node
from tests.sandbox.test_delivery import failed

ADA, BEN, BOT = "U01ADALIND", "U02BENCART", "U00BOT0001"
GENERAL = "C00GENERAL"
WAYS = pytest.mark.parametrize("way", ["socket", "http", "express"])


@asynccontextmanager
async def bolt(way: str, start: Start) -> AsyncIterator[tuple[Running, Program]]:
    if way == "socket":
        slack = await start(pace=0)
        async with node("bolt.mjs", way, env=slack.env) as program:
            await program.heard("ready")
            yield slack, program
        return
    async with node("bolt.mjs", way, env={"SLACK_SIGNING_SECRET": "kept secret"}) as program:
        url = (await program.heard("listening"))["url"]
        slack = await start(pace=0, events_url=url, signing_secret="kept secret")
        await program.tell(env=slack.env)
        await program.heard("ready")
        yield slack, program


async def command(slack: Running, text: str) -> Json:
    return await slack.ui("command", ADA, channel=GENERAL, text=f"/deal {text}".strip())


async def messages(slack: Running, user: str = ADA) -> list[Json]:
    return (await slack.get(f"ui/channels/{GENERAL}", user=user))["messages"]


def typed(name: str) -> Json:
    return {"name": {"name": {"type": "plain_text_input", "value": name}}}


@WAYS
async def test_commands_are_answered(way: str, start: Start) -> None:
    async with bolt(way, start) as (slack, program):
        for text in ("in words", "in channel", "respond"):
            assert await command(slack, text) == {"ok": True}
            assert (await program.heard("/deal"))["bot"] == BOT
        assert (await command(slack, "slowly"))["error"] == "operation_timeout"
        said = {one["text"]: one.get("is_ephemeral", False) for one in await messages(slack)}
        assert said.items() >= {"In words": True, "In channel": False, "Responded": False}.items()


@WAYS
async def test_a_modal_is_answered_in_every_way(way: str, start: Start) -> None:
    async with bolt(way, start) as (slack, program):
        assert await command(slack, "") == {"ok": True}
        view = (await program.heard("opened"))["view"]
        place = {"view_id": view["id"], "block_id": "account", "action_id": "account"}
        options = await slack.ui("options", ADA, **place, value="acme")
        assert options["options"][0]["value"] == "acme"
        refused = await slack.ui("submit", ADA, view_id=view["id"], values=typed("bad"))
        assert refused["errors"] == {"name": "Not that"}
        assert not (await slack.ui("submit", ADA, view_id=view["id"], values=typed("again")))["closed"]
        stack = (await slack.get("ui/views", user=ADA))["views"]
        assert [one["title"]["text"] for one in stack] == ["Again"]
        assert not (await slack.ui("submit", ADA, view_id=view["id"], values=typed("more")))["closed"]
        stack = (await slack.get("ui/views", user=ADA))["views"]
        assert [one["title"]["text"] for one in stack] == ["Again", "More"]
        await slack.ui("close", ADA, view_id=stack[-1]["id"])
        assert (await program.heard("view_closed"))["body"]["view"]["id"] == stack[-1]["id"]
        assert (await slack.ui("submit", ADA, view_id=view["id"], values=typed("clear")))["closed"]
        assert (await slack.get("ui/views", user=ADA))["views"] == []


@WAYS
async def test_a_button_answers_by_its_response_url(way: str, start: Start) -> None:
    async with bolt(way, start) as (slack, program):
        await slack.web.conversations_join(channel=GENERAL)
        assert await command(slack, "button") == {"ok": True}
        posted = await program.heard("/deal")
        assert posted["body"]["channel_name"] == "general"
        await slack.ui("message", BEN, channel=GENERAL, text=f"<@{BOT}> hello")
        await program.heard("app_mention")
        button = next(one for one in await messages(slack) if one["text"] == "A deal")
        container = {"type": "message", "channel_id": GENERAL, "message_ts": button["ts"]}
        action = {"type": "button", "block_id": "b", "action_id": "press", "value": "7"}
        assert (await slack.ui("action", ADA, container=container, action=action, state={"values": {}}))["ok"]
        await program.heard("answered")
        texts = [one["text"] for one in await messages(slack)]
        assert {"Pressed", "Pressed 7", "Only you"} <= set(texts)
        assert "A deal" not in texts
        assert not {"Pressed 7", "Only you"} & {one["text"] for one in await messages(slack, BEN)}


@WAYS
async def test_events_and_shortcuts(way: str, start: Start) -> None:
    async with bolt(way, start) as (slack, program):
        await slack.web.conversations_join(channel=GENERAL)
        said = await slack.ui("message", ADA, channel=GENERAL, text="hello there")
        await program.heard("greeted")
        thread = (await slack.get(f"ui/channels/{GENERAL}/threads/{said['ts']}", user=ADA))["messages"]
        assert thread[-1]["text"] == f"Hello <@{ADA}>"
        await slack.ui("react", ADA, channel=GENERAL, ts=said["ts"], name="tada")
        assert (await program.heard("reaction_added"))["body"]["event"]["reaction"] == "tada"
        await slack.ui("home", ADA)
        await program.heard("published")
        assert (await slack.get("ui/home", user=ADA))["view"]["type"] == "home"
        await slack.ui("shortcut", ADA, callback_id="new_deal")
        assert (await program.heard("shortcut"))["body"]["callback_id"] == "new_deal"


@pytest.mark.parametrize("way", ["http", "express"])
async def test_signatures_are_checked(way: str, start: Start) -> None:
    async with bolt(way, start) as (slack, program):
        await slack.ui("create", ADA, name="loud")
        await program.heard("channel_created")
        challenge = (await slack.get("deliveries"))["deliveries"][0]
        assert (challenge["what"], challenge["ok"]) == ("url_verification", True)
        url = slack.sandbox.config.events_url
        assert url is not None
        body = b'{"type":"event_callback","event":{"type":"channel_created"}}'
        now = int(time.time())
        for secret, at in (("another secret", now), ("kept secret", now - 600)):
            headers = {
                "Content-Type": "application/json",
                "X-Slack-Request-Timestamp": str(at),
                "X-Slack-Signature": sign(secret, at, body),
            }
            async with slack.session.post(url, data=body, headers=headers) as answer:
                assert answer.status == 401


@pytest.mark.parametrize("way", ["http", "express"])
async def test_a_retry_names_itself(way: str, start: Start) -> None:
    async with node("bolt.mjs", way, env={"SLACK_SIGNING_SECRET": "kept secret"}) as program:
        url = (await program.heard("listening"))["url"]
        slack = await start(pace=0, events_url=url.replace("/slack/events", "/elsewhere"), signing_secret="kept secret")
        await program.tell(env=slack.env)
        await program.heard("ready")
        await slack.ui("create", ADA, name="early")
        await failed(slack, 1)
        transport = slack.core.dispatcher.transport
        assert isinstance(transport, HttpTransport)
        transport.url = url
        await slack.post("clock", {"advance": 60})
        assert (await program.heard("channel_created"))["retry"] == 2
