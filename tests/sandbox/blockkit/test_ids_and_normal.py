"""Ids that Slack makes up, and blocks as Slack gives them back."""

import copy
from collections.abc import Iterator
from itertools import count

import pytest

from sandbox.blockkit.api import Surface, assign_ids, normalise, random_id, validate_blocks
from tests.sandbox.blockkit.block_samples import BLOCKS, holding
from tests.sandbox.blockkit.samples import ELEMENTS, IMAGE, Json, mrkdwn, option, plain, rich


def numbered() -> Iterator[str]:
    return (f"id{index}" for index in count())


def named(blocks: list[Json]) -> list[Json]:
    names = numbered()
    return assign_ids(blocks, lambda: next(names))


def test_missing_ids_are_filled_and_given_ones_kept() -> None:
    button = {"type": "button", "text": plain()}
    blocks = [
        {"type": "divider"},
        {"type": "section", "block_id": "mine", "text": mrkdwn(), "accessory": button},
        {"type": "actions", "elements": [{**button, "action_id": "kept"}, button]},
    ]
    before = copy.deepcopy(blocks)
    done = named(blocks)
    assert blocks == before
    assert [block["block_id"] for block in done] == ["id0", "mine", "id2"]
    assert done[1]["accessory"]["action_id"] == "id1"
    assert [element["action_id"] for element in done[2]["elements"]] == ["kept", "id3"]


def test_empty_ids_count_as_missing() -> None:
    block = {"type": "actions", "block_id": "", "elements": [{"type": "button", "text": plain(), "action_id": ""}]}
    done = named([block])[0]
    assert (done["block_id"], done["elements"][0]["action_id"]) == ("id0", "id1")


def test_made_up_ids_do_not_repeat_given_ones() -> None:
    names = iter(["mine", "mine", "free"])
    done = assign_ids([{"type": "divider"}, {"type": "divider", "block_id": "mine"}], lambda: next(names))
    assert [block["block_id"] for block in done] == ["free", "mine"]


def test_images_have_no_action_id() -> None:
    done = named([{"type": "section", "text": mrkdwn(), "accessory": IMAGE}])
    assert done[0]["accessory"] == IMAGE


def test_ids_inside_containers_and_carousels() -> None:
    card = {"type": "card", "title": plain(), "actions": [{"type": "button", "text": plain()}]}
    done = named(
        [
            {"type": "container", "title": plain(), "child_blocks": [{"type": "divider"}]},
            {"type": "carousel", "elements": [card]},
        ]
    )
    assert done[0]["child_blocks"][0]["block_id"] == "id1"
    assert done[1]["elements"][0]["block_id"] == "id3"
    assert done[1]["elements"][0]["actions"][0]["action_id"] == "id4"


def test_random_ids_are_short_and_differ() -> None:
    made = {random_id() for _ in range(200)}
    assert len(made) > 190
    assert all(len(name) == 5 and name.isalnum() for name in made)


@pytest.mark.parametrize(("surface", "block"), BLOCKS, ids=lambda value: str(value)[:40])
def test_what_slack_gives_back_is_taken_again(surface: Surface, block: Json) -> None:
    before = copy.deepcopy(block)
    done = normalise(assign_ids([block]))
    assert validate_blocks(done, surface) == []
    assert normalise(done) == done
    assert block == before


def test_texts_get_their_defaults_and_escapes() -> None:
    bare = {"type": "plain_text", "text": "Q&A <b> &amp;"}
    done = normalise([{"type": "section", "text": {"type": "mrkdwn", "text": "a & b <@U1> <3"}, "fields": [bare]}])
    assert done[0]["text"] == {"type": "mrkdwn", "text": "a &amp; b <@U1> &lt;3", "verbatim": False}
    assert done[0]["fields"] == [{"type": "plain_text", "text": "Q&amp;A &lt;b&gt; &amp;", "emoji": True}]


def test_addresses_become_links_unless_verbatim() -> None:
    words = "see https://a.example/x?a=1&b=2."
    block = {"type": "section", "text": {"type": "mrkdwn", "text": words}}
    assert normalise([block])[0]["text"]["text"] == "see <https://a.example/x?a=1&amp;b=2>."
    block["text"]["verbatim"] = True
    assert normalise([block])[0]["text"]["text"] == "see https://a.example/x?a=1&amp;b=2."


def test_inputs_get_their_defaults() -> None:
    done = normalise([{"type": "input", "label": plain(), "element": {"type": "plain_text_input"}}])[0]
    assert (done["optional"], done["dispatch_action"]) == (False, False)
    assert done["element"]["dispatch_action_config"] == {"trigger_actions_on": ["on_enter_pressed"]}


def test_rich_text_is_left_as_it_was_typed() -> None:
    tree = rich({"type": "rich_text_section", "elements": [{"type": "text", "text": "a & b <c>"}]})
    assert normalise([tree]) == [tree]


def test_options_keep_their_values() -> None:
    element = {"type": "static_select", "options": [option("a&b")]}
    assert normalise([holding(element)])[0]["element"]["options"][0]["value"] == "a&b"


def test_every_element_survives() -> None:
    for element in ELEMENTS:
        assert normalise([holding(element)])[0]["type"] == holding(element)["type"]
