"""What the app's answer to a submission does, and what the person sees when it is wrong or late."""

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.sandbox.conftest import Running
from tests.sandbox.test_delivery import connect, heard
from tests.sandbox.test_views import ADA, modal, opened, text_input, trigger

Json = dict[str, Any]
TYPED = {"a": {"a": {"type": "plain_text_input", "value": "x"}}}


async def answered(slack: Running, socket: aiohttp.ClientWebSocketResponse, view_id: str, payload: Json | None) -> Json:
    """Submits, answers as the app with `payload`, and gives what the page is told."""
    submitting = asyncio.create_task(slack.ui("submit", ADA, view_id=view_id, values=TYPED))
    envelope = await heard(socket)
    assert envelope["payload"]["type"] == "view_submission"
    assert envelope["payload"]["view"]["state"]["values"] == TYPED
    ack: Json = {"envelope_id": envelope["envelope_id"]}
    await socket.send_json(ack | ({"payload": payload} if payload else {}))
    return await submitting


async def stack(slack: Running) -> list[str]:
    return [view["id"] for view in (await slack.get("ui/views", user=ADA))["views"]]


async def test_the_answer_closes_updates_pushes_or_clears(slack: Running) -> None:
    socket = await connect(slack)
    await heard(socket)
    first = await opened(slack, modal())
    pushed = await answered(slack, socket, first["id"], {"response_action": "push", "view": modal()})
    assert pushed == {"ok": True, "closed": False}
    second = (await stack(slack))[1]
    await answered(
        slack, socket, second, {"response_action": "update", "view": modal(text_input("a"), text_input("b"))}
    )
    assert len((await slack.get("ui/views", user=ADA))["views"][1]["blocks"]) == 2
    again = {"response_action": "update", "view": modal()}
    assert (await slack.ui("submit", ADA, view_id=second, values=TYPED))["errors"] == {
        "b": "Please complete this required field."
    }
    await slack.api("views.update", json={"view_id": second, "view": again["view"]})
    assert await answered(slack, socket, second, None) == {"ok": True, "closed": True}
    assert await stack(slack) == [first["id"]]
    await slack.api("views.push", json={"trigger_id": trigger(slack), "view": modal()})
    assert (await answered(slack, socket, first["id"], {"response_action": "clear"}))["closed"] is True
    assert await stack(slack) == []
    await socket.close()


@pytest.mark.parametrize(
    "payload",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "shout"},
    ],
)
async def test_a_wrong_answer_is_trouble_for_the_person(slack: Running, payload: Json) -> None:
    socket = await connect(slack)
    await heard(socket)
    view = await opened(slack, modal())
    answer = await answered(slack, socket, view["id"], payload)
    assert (answer["ok"], answer["message"]) == (False, "We had some trouble connecting. Try again?")
    assert await stack(slack) == [view["id"]]
    await socket.close()


async def test_errors_stand_beside_their_inputs(slack: Running) -> None:
    socket = await connect(slack)
    await heard(socket)
    view = await opened(slack, modal())
    payload = {"response_action": "errors", "errors": {"a": "Not that"}}
    assert (await answered(slack, socket, view["id"], payload))["errors"] == {"a": "Not that"}
    await socket.close()


async def test_a_modal_can_give_a_response_url(slack: Running) -> None:
    socket = await connect(slack)
    await heard(socket)
    element = {"type": "conversations_select", "action_id": "where", "response_url_enabled": True}
    element["default_to_current_conversation"] = True
    label = {"type": "plain_text", "text": "Where"}
    where = {"type": "input", "block_id": "where", "label": label, "element": element}
    slack.core.views.open(ADA, modal(where), "C00GENERAL")
    view_id = (await stack(slack))[0]
    submitting = asyncio.create_task(slack.ui("submit", ADA, view_id=view_id, values={}))
    envelope = await heard(socket)
    given = envelope["payload"]["response_urls"][0]
    assert (given["channel_id"], given["block_id"]) == ("C00GENERAL", "where")
    async with slack.session.post(given["response_url"], json={"text": "hi", "response_type": "in_channel"}) as answer:
        assert await answer.text() == "ok"
    await socket.send_json({"envelope_id": envelope["envelope_id"]})
    assert (await submitting)["closed"] is True
    await socket.close()


async def test_payloads_are_complete(slack: Running) -> None:
    socket = await connect(slack)
    await heard(socket)
    view = await opened(slack, modal())
    submitting = asyncio.create_task(slack.ui("submit", ADA, view_id=view["id"], values=TYPED))
    envelope = await heard(socket)
    payload = envelope["payload"]
    assert payload["team"] == {"id": "T00NORTHW", "domain": "northwind"}
    assert payload["user"] == {"id": ADA, "username": "ada", "name": "ada", "team_id": "T00NORTHW"}
    assert payload["enterprise"] is None
    assert payload["api_app_id"] == "A00BOT0001"
    assert {"token", "trigger_id", "response_urls", "is_enterprise_install"} <= set(payload)
    shown = payload["view"]
    assert (shown["root_view_id"], shown["previous_view_id"], shown["hash"]) == (view["id"], None, view["hash"])
    assert (shown["app_id"], shown["bot_id"], shown["private_metadata"]) == ("A00BOT0001", "B00BOT0001", "")
    await socket.send_json({"envelope_id": envelope["envelope_id"]})
    await submitting
    await socket.close()
