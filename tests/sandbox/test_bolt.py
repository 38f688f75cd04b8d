"""The real Bolt for Python lives on the sandbox, over Socket Mode and over signed HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.bolt import Heard, make_app, over_http, over_socket
from tests.sandbox.conftest import Running, Start

Json = dict[str, Any]
ADA = "U01ADALIND"
MODAL: Json = {
    "type": "modal",
    "callback_id": "deal_won",
    "title": {"type": "plain_text", "text": "A deal"},
    "submit": {"type": "plain_text", "text": "Save"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "plain_text_input", "action_id": "name"},
        },
        {
            "type": "input",
            "block_id": "note",
            "optional": True,
            "label": {"type": "plain_text", "text": "Note"},
            "element": {"type": "plain_text_input", "action_id": "note"},
        },
    ],
}
BUTTON = [
    {"type": "actions", "block_id": "b", "elements": [
        {"type": "button", "action_id": "press", "value": "7", "text": {"type": "plain_text", "text": "Press"}}]}
]  # fmt: skip


@asynccontextmanager
async def living(way: str, start: Start, heard: Heard) -> AsyncIterator[tuple[Running, AsyncApp]]:
    if way == "http":
        async with over_http(start, heard) as pair:
            yield pair
        return
    slack = await start(pace=0)
    app = make_app(slack.env, heard)
    async with over_socket(slack, app):
        yield slack, app


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_a_command_opens_a_modal_and_its_submission_posts(way: str, start: Start) -> None:
    heard = Heard()
    async with living(way, start, heard) as (slack, app):

        @app.command("/deal")
        async def deal(ack: AsyncAck, client: AsyncWebClient, body: Json) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
            await ack()

        @app.view("deal_won")
        async def won(ack: AsyncAck, client: AsyncWebClient, view: Json) -> None:
            name = view["state"]["values"]["name"]["name"]["value"]
            if name == "bad":
                await ack(response_action="errors", errors={"name": "Not that"})
                return
            await client.chat_postMessage(channel="C00GENERAL", text=f"{name} & co", blocks=BUTTON)
            await ack()

        assert await slack.ui("command", ADA, channel="C00GENERAL", text="/deal won now") == {"ok": True}
        body = await heard.next("/deal")
        assert (body["text"], body["user_id"], body["channel_name"]) == ("won now", ADA, "general")
        view = (await slack.get("ui/views", user=ADA))["views"][0]
        refused = await slack.ui("submit", ADA, view_id=view["id"], values={})
        assert refused["errors"] == {"name": "Please complete this required field."}
        typed = {"name": {"name": {"type": "plain_text_input", "value": "bad"}}}
        assert (await slack.ui("submit", ADA, view_id=view["id"], values=typed))["errors"] == {"name": "Not that"}
        typed["name"]["name"]["value"] = "Acme"
        done = await slack.ui("submit", ADA, view_id=view["id"], values=typed)
        assert done == {"ok": True, "closed": True}
        sent = await heard.next("view_submission")
        assert sent["view"]["state"]["values"]["note"]["note"] == {"type": "plain_text_input", "value": None}
        page = await slack.get("ui/channels/C00GENERAL", user=ADA)
        assert page["messages"][-1]["text"] == "Acme &amp; co"


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_a_button_answers_by_its_response_url(way: str, start: Start) -> None:
    heard = Heard()
    async with living(way, start, heard) as (slack, app):

        @app.action("press")
        async def press(ack: AsyncAck, respond: AsyncRespond, action: Json) -> None:
            await ack()
            await respond(f"Pressed {action['value']}", replace_original=False)
            await respond("Pressed", replace_original=True)

        posted = await slack.web.chat_postMessage(channel="C00GENERAL", text="Press", blocks=BUTTON)
        container = {"type": "message", "channel_id": "C00GENERAL", "message_ts": posted["ts"]}
        action = {"type": "button", "block_id": "b", "action_id": "press", "value": "7"}
        assert await slack.ui("action", ADA, container=container, action=action, state={"values": {}}) == {"ok": True}
        body = await heard.next("block_actions")
        assert body["actions"][0]["text"] == {"type": "plain_text", "text": "Press", "emoji": True}
        assert body["message"]["ts"] == posted["ts"]
        messages = (await slack.get("ui/channels/C00GENERAL", user=ADA))["messages"]
        assert [one["text"] for one in messages] == ["Pressed", "Pressed 7"]
        assert "blocks" not in messages[0]
        other = (await slack.get("ui/channels/C00GENERAL", user="U02BENCART"))["messages"]
        assert [one["text"] for one in other] == ["Pressed"]


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_events_reach_the_app_where_it_is_a_member(way: str, start: Start) -> None:
    heard = Heard()
    async with living(way, start, heard) as (slack, _):
        await slack.ui("message", ADA, channel="C00GENERAL", text="nobody hears this")
        await slack.web.conversations_join(channel="C00GENERAL")
        joined = await heard.next("member_joined_channel")
        assert joined["event"]["user"] == "U00BOT0001"
        await slack.ui("message", ADA, channel="C00GENERAL", text="hello <@U00BOT0001>")
        mention = await heard.next("app_mention")
        assert mention["event"]["text"] == "hello <@U00BOT0001>"
        await slack.ui("home", ADA)
        opened = await heard.next("app_home_opened")
        assert opened["event"]["tab"] == "home"
        assert opened["authorizations"][0]["user_id"] == "U00BOT0001"


async def test_a_command_without_an_app_or_of_another_name_says_so(slack: Running) -> None:
    answer = await slack.ui("command", ADA, channel="C00GENERAL", text="/deal")
    assert answer["error"] == "dispatch_failed"
    assert "dispatch_failed" in answer["message"]


async def test_closing_a_modal_tells_the_app_without_its_values(start: Start) -> None:
    heard = Heard()
    slack = await start(pace=0)
    app = make_app(slack.env, heard)

    @app.command("/deal")
    async def deal(ack: AsyncAck, client: AsyncWebClient, body: Json) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view_closed("deal_won")
    async def closed(ack: AsyncAck) -> None:
        await ack()

    async with over_socket(slack, app):
        await slack.ui("command", ADA, channel="C00GENERAL", text="/deal")
        await heard.next("/deal")
        view = (await slack.get("ui/views", user=ADA))["views"][0]
        typed = {"name": {"name": {"type": "plain_text_input", "value": "half"}}}
        await slack.ui("close", ADA, view_id=view["id"], values=typed)
        body = await heard.next("view_closed")
        assert body["view"]["state"] == {"values": {}}
        assert body["is_cleared"] is False
        assert (await slack.get("ui/views", user=ADA))["views"] == []
