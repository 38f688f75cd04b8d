"""`@slack/socket-mode`: the connection, its envelopes, and coming back."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.sandbox.conftest import Running
from tests.sandbox.node_program import Json, Program, node
from tests.sandbox.test_delivery import failed

ADA, GENERAL = "U01ADALIND", "C00GENERAL"
PLAIN: Json = {"type": "plain_text", "text": "Text"}
MODAL: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": PLAIN,
    "submit": PLAIN,
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": PLAIN,
            "element": {"type": "plain_text_input", "action_id": "name"},
        },
        {
            "type": "input",
            "block_id": "account",
            "optional": True,
            "label": PLAIN,
            "element": {"type": "external_select", "action_id": "account", "min_query_length": 1},
        },
    ],
}
BUTTON: Json = {
    "type": "actions",
    "block_id": "b",
    "elements": [{"type": "button", "action_id": "press", "value": "7", "text": PLAIN}],
}


@pytest.fixture
async def client(slack: Running) -> AsyncIterator[Program]:
    async with node("socket.mjs", env=slack.env) as program:
        await program.heard("connected")
        yield program


async def answers(client: Program, **by_kind: Any) -> None:  # noqa: ANN401 - any acknowledgement
    await client.tell(answers=by_kind)
    await client.heard("answers")


async def test_a_command_is_answered_by_its_acknowledgement(slack: Running, client: Program) -> None:
    await answers(client, slash_commands={"response_type": "in_channel", "text": "Done"})
    assert await slack.ui("command", ADA, channel=GENERAL, text="/deal won") == {"ok": True}
    heard = await client.heard("slash_commands")
    assert (heard["body"]["command"], heard["body"]["text"]) == ("/deal", "won")
    assert heard["accepts_response_payload"] is True
    assert (await slack.get("messages", channel=GENERAL))["messages"][-1]["text"] == "Done"
    await answers(client, slash_commands=None)
    silent = await slack.ui("command", ADA, channel=GENERAL, text="/deal won")
    assert silent["error"] == "operation_timeout"


async def test_an_action(slack: Running, client: Program) -> None:
    posted = await slack.web.chat_postMessage(channel=GENERAL, text="m", blocks=[BUTTON])
    container = {"type": "message", "channel_id": GENERAL, "message_ts": posted["ts"]}
    action = {"type": "button", "block_id": "b", "action_id": "press", "value": "7"}
    assert (await slack.ui("action", ADA, container=container, action=action, state={"values": {}}))["ok"]
    heard = await client.heard("block_actions")
    assert heard["type"] == "interactive"
    assert heard["body"]["actions"][0]["value"] == "7"
    assert heard["body"]["container"]["message_ts"] == posted["ts"]


async def test_a_modal_is_submitted_and_closed(slack: Running, client: Program) -> None:
    opened = await slack.web.views_open(trigger_id=slack.core.triggers.make(ADA), view=MODAL)
    view_id = opened["view"]["id"]
    values = {"name": {"name": {"type": "plain_text_input", "value": "Acme"}}}
    await answers(client, view_submission={"response_action": "errors", "errors": {"name": "Not that"}})
    refused = await slack.ui("submit", ADA, view_id=view_id, values=values)
    assert refused["errors"] == {"name": "Not that"}
    heard = await client.heard("view_submission")
    assert heard["body"]["view"]["state"]["values"]["name"]["name"]["value"] == "Acme"
    assert heard["body"]["view"]["state"]["values"]["account"]["account"]["selected_option"] is None
    pushed = {**MODAL, "callback_id": "second"}
    await answers(client, view_submission={"response_action": "push", "view": pushed})
    assert (await slack.ui("submit", ADA, view_id=view_id, values=values)) == {"ok": True, "closed": False}
    stack = (await slack.get("ui/views", user=ADA))["views"]
    assert [one["callback_id"] for one in stack] == ["form", "second"]
    await slack.ui("close", ADA, view_id=stack[-1]["id"])
    closed = await client.heard("view_closed")
    assert (closed["body"]["view"]["callback_id"], closed["body"]["is_cleared"]) == ("second", False)
    await answers(client)
    assert (await slack.ui("submit", ADA, view_id=view_id, values=values)) == {"ok": True, "closed": True}


async def test_options_are_suggested(slack: Running, client: Program) -> None:
    opened = await slack.web.views_open(trigger_id=slack.core.triggers.make(ADA), view=MODAL)
    options = [{"text": PLAIN, "value": "acme"}]
    await answers(client, block_suggestion={"options": options})
    place = {"view_id": opened["view"]["id"], "block_id": "account", "action_id": "account"}
    answer = await slack.ui("options", ADA, **place, value="ac")
    assert answer["options"] == options
    assert (await client.heard("block_suggestion"))["body"]["value"] == "ac"


async def test_events_come_again_until_they_are_acknowledged(slack: Running, client: Program) -> None:
    await answers(client, channel_created=None)
    await slack.ui("create", ADA, name="loud")
    first = await client.heard("channel_created")
    assert first["retry_num"] == 0
    assert first["accepts_response_payload"] is False
    await answers(client)
    second = await client.heard("channel_created")
    assert (second["retry_num"], second["retry_reason"]) == (1, "timeout")
    assert second["body"]["event_id"] == first["body"]["event_id"]
    assert second["envelope_id"] != first["envelope_id"]


@pytest.mark.parametrize("reason", ["refresh_requested", "warning", "drop"])
async def test_it_comes_back(slack: Running, client: Program, reason: str) -> None:
    assert (await slack.post("socket", {"disconnect": reason}))["told"] == 1
    await client.heard("reconnecting")
    await client.heard("connected")
    assert (await slack.get("socket"))["connections"] == 1
    assert (await slack.ui("command", ADA, channel=GENERAL, text="/deal"))["ok"]
    await client.heard("slash_commands")


async def test_what_was_on_its_way_when_the_socket_dropped_comes_again(slack: Running, client: Program) -> None:
    await answers(client, channel_created=None)
    await slack.ui("create", ADA, name="loud")
    first = await client.heard("channel_created")
    await slack.post("socket", {"disconnect": "drop"})
    await client.heard("connected")
    await answers(client)
    await failed(slack, 1)
    await slack.post("clock", {"advance": 60})
    again = await client.heard("channel_created")
    assert again["body"]["event_id"] == first["body"]["event_id"]


async def test_two_programs_share_the_envelopes(slack: Running, client: Program) -> None:
    async with node("socket.mjs", env=slack.env) as other:
        await other.heard("connected")
        for _ in range(2):
            assert (await slack.ui("command", ADA, channel=GENERAL, text="/deal"))["ok"]
        envelopes = {(await one.heard("slash_commands"))["envelope_id"] for one in (client, other)}
        assert len(envelopes) == 2


async def test_wrong_tokens_do_not_connect(slack: Running) -> None:
    async with node("web.mjs", env={**slack.env, "SLACK_BOT_TOKEN": slack.env["SLACK_APP_TOKEN"]}) as program:
        opened = await program.ask("call", method="apps.connections.open", args={})
        assert opened["answer"]["url"].startswith("ws://127.0.0.1")
        failed = await program.ask("call", method="auth.test", args={"token": slack.env["SLACK_BOT_TOKEN"] + "x"})
        assert failed["failed"]["data"]["error"] == "invalid_auth"
        wrong = await program.ask("call", method="chat.postMessage", args={"channel": GENERAL, "text": "x"})
        assert wrong["failed"]["data"]["error"] == "not_allowed_token_type"
