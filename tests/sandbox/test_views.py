"""Modals and Home tabs: triggers, stack, hashes, state."""

from typing import Any

import pytest

from tests.sandbox.conftest import Running, Start

Json = dict[str, Any]
ADA = "U01ADALIND"


def text_input(name: str, **more: object) -> Json:
    element = {"type": "plain_text_input", "action_id": name, **more}
    label = {"type": "plain_text", "text": name}
    return {"type": "input", "block_id": name, "label": label, "element": element}


def modal(*blocks: Json, **more: object) -> Json:
    plain = {"type": "plain_text", "text": "Modal"}
    return {"type": "modal", "title": plain, "submit": plain, "blocks": list(blocks or [text_input("a")]), **more}


def trigger(slack: Running) -> str:
    return slack.core.triggers.make(ADA)


async def opened(slack: Running, view: Json) -> Json:
    return (await slack.api("views.open", json={"trigger_id": trigger(slack), "view": view}))["view"]


async def test_a_trigger_is_good_once_for_three_seconds(slack: Running) -> None:
    trigger_id = trigger(slack)
    assert (await slack.api("views.open", json={"trigger_id": trigger_id, "view": modal()}))["ok"]
    assert await slack.error("views.open", trigger_id=trigger_id, view=modal()) == "exchanged_trigger_id"
    assert await slack.error("views.open", trigger_id="1.2.3", view=modal()) == "invalid_trigger_id"
    late = trigger(slack)
    await slack.post("clock", {"advance": 3.1})
    assert await slack.error("views.open", trigger_id=late, view=modal()) == "expired_trigger_id"


async def test_a_sandbox_with_more_patience_keeps_triggers_longer(start: Start) -> None:
    slack = await start(patience_s=15)
    late = trigger(slack)
    await slack.post("clock", {"advance": 14})
    assert (await slack.api("views.open", json={"trigger_id": late, "view": modal()}))["ok"]
    late = trigger(slack)
    await slack.post("clock", {"advance": 16})
    assert await slack.error("views.open", trigger_id=late, view=modal()) == "expired_trigger_id"


async def test_views_are_refused_with_pointers(slack: Running) -> None:
    long = modal() | {"title": {"type": "plain_text", "text": "x" * 25}}
    answer = await slack.api("views.open", json={"trigger_id": trigger(slack), "view": long})
    assert answer["error"] == "invalid_arguments"
    assert "[json-pointer:/view/title/text]" in answer["response_metadata"]["messages"][0]
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    assert await slack.error("views.open", trigger_id=trigger(slack), view=home) == "invalid_arguments"
    assert await slack.error("views.publish", user_id=ADA, view=modal()) == "invalid_arguments"
    assert await slack.error("views.publish", user_id="U0NOBODY00", view=home) == "invalid_arguments"


async def test_the_stack_holds_three(slack: Running) -> None:
    assert await slack.error("views.push", trigger_id=trigger(slack), view=modal()) == "not_found"
    first = await opened(slack, modal())
    second = (await slack.api("views.push", json={"trigger_id": trigger(slack), "view": modal()}))["view"]
    third = (await slack.api("views.push", json={"trigger_id": trigger(slack), "view": modal()}))["view"]
    assert (second["previous_view_id"], third["previous_view_id"]) == (first["id"], second["id"])
    assert third["root_view_id"] == first["root_view_id"] == first["id"]
    assert await slack.error("views.push", trigger_id=trigger(slack), view=modal()) == "push_limit_reached"
    assert len((await slack.get("ui/views", user=ADA))["views"]) == 3


async def test_hashes_keep_the_second_writer_out(slack: Running) -> None:
    view = await opened(slack, modal())
    update = {"view_id": view["id"], "view": modal(text_input("b"))}
    done = await slack.api("views.update", json={**update, "hash": view["hash"]})
    assert done["view"]["hash"] != view["hash"]
    assert await slack.error("views.update", **update, hash=view["hash"]) == "hash_conflict"
    assert await slack.error("views.update", view_id="V0NOWHERE", view=modal()) == "not_found"
    assert await slack.error("views.update", view=modal()) == "invalid_arguments"


async def test_external_ids_are_unique_and_find_the_view(slack: Running) -> None:
    view = await opened(slack, modal(external_id="deal-1"))
    found = await slack.api("views.update", json={"external_id": "deal-1", "view": modal(external_id="deal-1")})
    assert found["view"]["id"] == view["id"]
    other = modal(external_id="deal-1")
    assert await slack.error("views.push", trigger_id=trigger(slack), view=other) == "duplicate_external_id"


async def test_what_was_typed_stays_when_the_input_stays(slack: Running) -> None:
    view = await opened(slack, modal(text_input("a"), text_input("b", initial_value="first")))
    assert view["state"]["values"]["b"]["b"]["value"] == "first"
    typed = {"a": {"a": {"type": "plain_text_input", "value": "typed"}}, "x": {"x": {"value": 1}}}
    await slack.ui("typed", ADA, view_id=view["id"], values=typed)
    changed = modal(text_input("a"), text_input("c"))
    after = (await slack.api("views.update", json={"view_id": view["id"], "view": changed}))["view"]
    assert after["state"]["values"] == {
        "a": {"a": {"type": "plain_text_input", "value": "typed"}},
        "c": {"c": {"type": "plain_text_input", "value": None}},
    }


async def test_home_is_published_and_shown(slack: Running) -> None:
    home = {"type": "home", "blocks": [{"type": "divider"}], "private_metadata": "x"}
    first = (await slack.api("views.publish", json={"user_id": ADA, "view": home}))["view"]
    assert (first["type"], first["private_metadata"]) == ("home", "x")
    again = await slack.api("views.publish", json={"user_id": ADA, "view": home, "hash": first["hash"]})
    assert again["view"]["id"] == first["id"]
    assert await slack.error("views.publish", user_id=ADA, view=home, hash=first["hash"]) == "hash_conflict"


@pytest.mark.parametrize("place", ["action", "submit", "close"])
async def test_only_the_person_before_the_view_can_use_it(slack: Running, place: str) -> None:
    view = await opened(slack, modal())
    container = {"type": "view", "view_id": view["id"]}
    action = {"block_id": "a", "action_id": "a"}
    answer = await slack.ui(place, "U02BENCART", view_id=view["id"], container=container, action=action)
    assert answer["error"] == "not_found"
