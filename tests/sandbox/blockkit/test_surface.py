"""Which block and element stands where, and what binds the blocks of one surface."""

from itertools import product

import pytest

from sandbox.blockkit import limits
from sandbox.blockkit.api import Surface, error_code, find_element, format_problems, validate_blocks
from sandbox.blockkit.blocks import BLOCKS, ON_SURFACE
from sandbox.blockkit.elements import (
    ELEMENTS,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    ONLY_ON,
)
from sandbox.blockkit.surface import BLOCKS_MOST
from tests.sandbox.blockkit.block_samples import BLOCKS as SAMPLES
from tests.sandbox.blockkit.block_samples import CARD
from tests.sandbox.blockkit.samples import ELEMENTS as ELEMENT_SAMPLES
from tests.sandbox.blockkit.samples import Json, mrkdwn, option, plain

SURFACES: tuple[Surface, ...] = ("message", "modal", "home")
DIVIDER: Json = {"type": "divider"}
BUTTON: Json = {"type": "button", "text": plain(), "action_id": "a"}


def section(words: str = "words", **more: object) -> Json:
    return {"type": "section", "text": mrkdwn(words), **more}


def said(blocks: object, surface: Surface = "message") -> list[str]:
    return format_problems(validate_blocks(blocks, surface))


@pytest.mark.parametrize(("surface", "kind"), [*product(SURFACES, BLOCKS.shapes)])
def test_blocks_stand_only_on_their_surfaces(surface: Surface, kind: str) -> None:
    block = next((dict(sample) for _, sample in SAMPLES if sample["type"] == kind), {})
    assert block
    if block.get("element"):
        block["element"] = {"type": "plain_text_input"}
    if kind == "actions":
        block["elements"] = [BUTTON]
    expected = (
        [] if kind in ON_SURFACE[surface] else [f"[ERROR] unsupported type: {kind} [json-pointer:/blocks/0/type]"]
    )
    assert said([block], surface) == expected


HOLDERS = {
    "section": (IN_SECTION, "accessory"),
    "actions": (IN_ACTIONS, "elements/0"),
    "input": (IN_INPUT, "element"),
    "context_actions": (IN_CONTEXT_ACTIONS, "elements/0"),
    "context": (("image",), "elements/0"),
    "card": (("button",), "actions/0"),
}


def hold(holder: str, element: Json) -> Json:
    return {
        "section": section(accessory=element),
        "actions": {"type": "actions", "elements": [element]},
        "input": {"type": "input", "label": plain(), "element": element},
        "context_actions": {"type": "context_actions", "elements": [element]},
        "context": {"type": "context", "elements": [element]},
        "card": {"type": "card", "title": plain(), "actions": [element]},
    }[holder]


@pytest.mark.parametrize(("holder", "kind"), [*product(HOLDERS, ELEMENTS.shapes)])
def test_elements_stand_only_in_their_blocks(holder: str, kind: str) -> None:
    element = {
        name: value
        for name, value in next(sample for sample in ELEMENT_SAMPLES if sample["type"] == kind).items()
        if name != "response_url_enabled"
    }
    allowed, path = HOLDERS[holder]
    surface: Surface = "message" if "message" in ONLY_ON.get(kind, ("message",)) else "modal"
    if surface == "modal" and holder == "context_actions":
        surface = "message"
    expected = [] if kind in allowed else [f"[ERROR] unsupported type: {kind} [json-pointer:/blocks/0/{path}/type]"]
    assert said([hold(holder, element)], surface) == expected


@pytest.mark.parametrize(("surface", "kind"), [*product(SURFACES, ONLY_ON)])
def test_some_elements_stand_only_on_some_surfaces(surface: Surface, kind: str) -> None:
    element = next(sample for sample in ELEMENT_SAMPLES if sample["type"] == kind)
    holder = "actions" if kind == "workflow_button" else "input"
    path = "elements/0" if holder == "actions" else "element"
    refusal = f"[ERROR] unsupported type: {kind} [json-pointer:/blocks/0/{path}/type]"
    assert said([hold(holder, element)], surface) == ([] if surface in ONLY_ON[kind] else [refusal])


def test_files_are_not_dispatched() -> None:
    block = {"type": "input", "label": plain(), "element": {"type": "file_input"}, "dispatch_action": True}
    assert said([block], "modal") == ["[ERROR] unsupported type: file_input [json-pointer:/blocks/0/element/type]"]


@pytest.mark.parametrize("surface", SURFACES)
def test_number_of_blocks(surface: Surface) -> None:
    most = BLOCKS_MOST[surface]
    assert most == (limits.BLOCKS_MESSAGE if surface == "message" else limits.BLOCKS_VIEW)
    assert said([DIVIDER] * most, surface) == []
    assert said([DIVIDER] * (most + 1), surface) == [
        f"[ERROR] no more than {most} items allowed [json-pointer:/blocks]"
    ]


@pytest.mark.parametrize("blocks", [{}, "text", 7, None, {"blocks": []}])
def test_blocks_are_an_array(blocks: object) -> None:
    problems = validate_blocks(blocks, "message")
    assert error_code(problems) == "invalid_blocks_format"


@pytest.mark.parametrize("block", [None, "divider", 7, []])
def test_a_block_is_an_object(block: object) -> None:
    problems = validate_blocks([DIVIDER, block], "message")
    assert format_problems(problems) == ["[ERROR] must provide an object [json-pointer:/blocks/1]"]
    assert error_code(problems) == "invalid_blocks"


def test_block_ids_are_unique_on_a_surface() -> None:
    assert said([section(block_id="a"), section(block_id="b"), section(), section()]) == []
    assert said([section(block_id="a"), section(block_id="b"), section(block_id="a")]) == [
        '[ERROR] `block_id` "a" already exists for another block [json-pointer:/blocks/2/block_id]'
    ]
    container = {"type": "container", "title": plain(), "child_blocks": [section(block_id="a")]}
    assert said([section(block_id="a"), container]) == [
        '[ERROR] `block_id` "a" already exists for another block [json-pointer:/blocks/1/child_blocks/0/block_id]'
    ]


def test_ids_of_markdown_blocks_do_not_count() -> None:
    assert said([{"type": "markdown", "text": "a", "block_id": "a"}] * 2) == []


def test_action_ids_are_unique_in_a_block() -> None:
    other = {**BUTTON, "action_id": "b"}
    assert said([hold("actions", BUTTON), hold("actions", BUTTON)]) == []
    assert said([{"type": "actions", "elements": [BUTTON, other]}]) == []
    assert said([DIVIDER, {"type": "actions", "elements": [BUTTON, BUTTON]}]) == [
        '[ERROR] `action_id` "a" already exists [json-pointer:/blocks/1/elements/1/action_id]'
    ]
    assert said([{**CARD, "actions": [BUTTON, BUTTON]}]) == [
        '[ERROR] `action_id` "a" already exists [json-pointer:/blocks/0/actions/1/action_id]'
    ]


def test_one_element_has_the_focus() -> None:
    focused = hold("input", {"type": "datepicker", "focus_on_load": True})
    plain_one = hold("input", {"type": "datepicker", "focus_on_load": False})
    assert said([focused, plain_one], "modal") == []
    assert said([plain_one, focused, focused], "modal") == [
        "[ERROR] only one element can have `focus_on_load` set to true [json-pointer:/blocks/2/element/focus_on_load]"
    ]


@pytest.mark.parametrize("kind", ["conversations_select", "channels_select"])
def test_response_urls_come_from_inputs_of_modals(kind: str) -> None:
    element = {"type": kind, "response_url_enabled": True}
    said_so = "`response_url_enabled` is only available in `input` blocks in modals"
    assert said([hold("input", element)], "modal") == []
    assert said([hold("actions", element)], "modal") == [
        f"[ERROR] {said_so} [json-pointer:/blocks/0/elements/0/response_url_enabled]"
    ]
    assert said([hold("input", element)], "home") == [
        f"[ERROR] {said_so} [json-pointer:/blocks/0/element/response_url_enabled]"
    ]
    assert said([hold("actions", {"type": kind, "response_url_enabled": False})], "message") == []


def test_markdown_has_one_limit_for_all_blocks() -> None:
    half = {"type": "markdown", "text": "x" * (limits.MARKDOWN_TOTAL // 2)}
    assert said([half, half]) == []
    assert said([half, half, {"type": "markdown", "text": "x"}]) == [
        "[ERROR] all `markdown` blocks together must be less than 12001 characters [json-pointer:/blocks]"
    ]


def test_one_table_and_two_charts_a_message() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}
    assert said([table]) == []
    assert said([table, DIVIDER, table, table]) == ["[ERROR] only_one_table_allowed [json-pointer:/blocks/2]"]
    pie = {"type": "pie", "segments": [{"label": "a", "value": 1}]}
    chart = {"type": "data_visualization", "title": "t", "chart": pie}
    assert said([chart] * 2) == []
    assert said([chart] * 3) == ["[ERROR] too many data_visualization blocks [json-pointer:/blocks/2]"]


@pytest.mark.parametrize(
    ("block", "line"),
    [
        (section("x" * 3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        (
            {"type": "section", "fields": [mrkdwn()] * 11},
            "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
        ),
        (
            {"type": "section", "fields": [mrkdwn("x" * 2001)]},
            "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
        ),
        ({"type": "header"}, "missing required field: text [json-pointer:/blocks/0]"),
        ({"type": "foo"}, "unsupported type: foo [json-pointer:/blocks/0/type]"),
        ({"type": "section", "text": "words"}, "must provide an object [json-pointer:/blocks/0/text]"),
        (
            hold("actions", {**BUTTON, "style": None}),
            "must provide a string [json-pointer:/blocks/0/elements/0/style]",
        ),
        (
            hold("actions", {**BUTTON, "block_id": "b"}),
            "invalid additional property: block_id [json-pointer:/blocks/0/elements/0]",
        ),
        (
            {"type": "section", "text": {**mrkdwn(), "emoji": True}},
            "invalid additional property: emoji [json-pointer:/blocks/0/text]",
        ),
        (
            hold("actions", {"type": "checkboxes", "options": [option(str(n)) for n in range(11)]}),
            "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]",
        ),
        ({"type": "plan", "title": plain()}, "must provide a string [json-pointer:/blocks/0/title]"),
        ({"type": "card", "title": "words"}, "must provide an object [json-pointer:/blocks/0/title]"),
    ],
)
def test_refusals_as_slack_words_them(block: Json, line: str) -> None:
    """Lines recorded from real workspaces in public bug reports."""
    assert said([block]) == [f"[ERROR] {line}"]


def test_elements_are_found_by_their_ids() -> None:
    inner = {**hold("actions", BUTTON), "block_id": "inner"}
    blocks = [
        section(block_id="s", accessory={**BUTTON, "action_id": "x"}),
        {"type": "container", "title": plain(), "child_blocks": [inner]},
    ]
    assert find_element(blocks, "inner", "a") == BUTTON
    assert find_element(blocks, "s", "x") is not None
    assert find_element(blocks, "s", "a") is None
    assert find_element(blocks, "none", "a") is None
