"""Modals and Home tabs."""

import pytest

from sandbox.blockkit import limits
from sandbox.blockkit.api import error_code, format_problems, validate_view
from sandbox.blockkit.views import VIEWS, json_size
from tests.sandbox.blockkit.boundaries import cases, pointer, put
from tests.sandbox.blockkit.samples import ELEMENTS, Json, mrkdwn, plain

DIVIDER: Json = {"type": "divider"}
INPUT: Json = {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}}
MODAL: Json = {
    "type": "modal",
    "title": plain(),
    "submit": plain(),
    "close": plain(),
    "blocks": [DIVIDER],
    "private_metadata": "p",
    "callback_id": "c",
    "external_id": "e",
    "clear_on_close": True,
    "notify_on_close": False,
}
HOME: Json = {
    "type": "home",
    "blocks": [DIVIDER],
    "private_metadata": "p",
    "callback_id": "c",
    "external_id": "e",
}


def said(view: object) -> list[str]:
    return format_problems(validate_view(view))


@pytest.mark.parametrize("view", [MODAL, HOME], ids=["modal", "home"])
def test_every_field_from_both_sides(view: Json) -> None:
    assert said(view) == []
    count = 0
    for case in cases(VIEWS, view, ()):
        if not case.path:
            continue
        count += 1
        problems = validate_view(put(view, case.path, case.value))
        if case.message is None:
            assert problems == [], case
        else:
            assert (f"/view{pointer(case.at)}", case.message) in {(p.pointer, p.message) for p in problems}
            assert error_code(problems) == "invalid_arguments"
    assert count > 20


@pytest.mark.parametrize(
    ("field", "longest"),
    [
        ("title", limits.VIEW_TITLE),
        ("submit", limits.VIEW_SUBMIT),
        ("close", limits.VIEW_CLOSE),
    ],
)
def test_words_of_a_modal(field: str, longest: int) -> None:
    assert longest == 24
    assert said({**MODAL, field: plain("x" * 24)}) == []
    assert said({**MODAL, field: plain("x" * 25)}) == [
        f"[ERROR] must be less than 25 characters [json-pointer:/view/{field}/text]"
    ]
    assert said({**MODAL, field: mrkdwn()}) == [f"[ERROR] unsupported type: mrkdwn [json-pointer:/view/{field}/type]"]


@pytest.mark.parametrize(
    "field",
    ["submit_disabled", "id", "state", "hash", "team_id", "root_view_id", "app_id", "bot_id"],
)
def test_what_slack_gives_back_is_not_taken(field: str) -> None:
    assert said({**MODAL, field: "x"}) == [f"[ERROR] invalid additional property: {field} [json-pointer:/view]"]


@pytest.mark.parametrize("field", ["title", "submit", "close", "clear_on_close", "notify_on_close"])
def test_a_home_tab_has_no_frame(field: str) -> None:
    assert said({**HOME, field: MODAL[field]}) == [f"[ERROR] invalid additional property: {field} [json-pointer:/view]"]


def test_inputs_need_a_submit_button() -> None:
    without = {name: value for name, value in MODAL.items() if name != "submit"}
    assert said(without) == []
    assert said({**MODAL, "blocks": [DIVIDER, INPUT]}) == []
    assert said({**without, "blocks": [DIVIDER, INPUT]}) == [
        "[ERROR] must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/1/input]"
    ]
    assert said({**HOME, "blocks": [INPUT]}) == []


def test_number_of_blocks() -> None:
    for view in (MODAL, HOME):
        assert said({**view, "blocks": [DIVIDER] * 100}) == []
        assert said({**view, "blocks": [DIVIDER] * 101}) == [
            "[ERROR] no more than 100 items allowed [json-pointer:/view/blocks]"
        ]
    assert said({**MODAL, "blocks": []}) == ["[ERROR] must provide at least 1 items [json-pointer:/view/blocks]"]
    assert said({**HOME, "blocks": []}) == []


@pytest.mark.parametrize("view", [None, [], "modal", 7])
def test_a_view_is_an_object(view: object) -> None:
    assert said(view) == ["[ERROR] must provide an object [json-pointer:/view]"]


@pytest.mark.parametrize("kind", ["workflow_step", "sheet"])
def test_other_views(kind: str) -> None:
    assert said({**MODAL, "type": kind}) == [f"[ERROR] unsupported type: {kind} [json-pointer:/view/type]"]


def test_problems_of_the_frame_and_of_the_blocks_come_together() -> None:
    view = {**MODAL, "title": plain("x" * 25), "blocks": [{"type": "markdown", "text": "a"}]}
    assert said(view) == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
        "[ERROR] unsupported type: markdown [json-pointer:/view/blocks/0/type]",
    ]


def options(count: int) -> list[Json]:
    return [{"text": plain("x" * 75), "value": f"{index:0>150}"} for index in range(count)]


def section(length: int) -> Json:
    return {"type": "section", "text": plain("x" * length)}


def view_of_size(size: int) -> Json:
    """A sound modal of exactly `size` bytes of JSON."""
    select = {"type": "static_select", "options": options(100)}
    blocks = [{**section(3000), "accessory": select} for _ in range(7)]
    view: Json = {**MODAL, "blocks": blocks}
    while (room := size - json_size({**view, "blocks": [*blocks, section(1)]})) > 2999:
        blocks.append(section(3000 if room > 6000 else 1500))
    blocks.append(section(1 + room))
    return view


def test_size_of_a_view_in_bytes() -> None:
    view = view_of_size(limits.VIEW_JSON_BYTES)
    assert json_size(view) == limits.VIEW_JSON_BYTES
    assert validate_view(view) == []
    assert error_code(validate_view({**view, "private_metadata": "px"})) == "view_too_large"
    assert error_code(validate_view({**view, "callback_id": "é"})) == "view_too_large"


def test_an_empty_view_lacks_everything() -> None:
    assert said({}) == [
        "[ERROR] missing required field: title [json-pointer:/view]",
        "[ERROR] missing required field: blocks [json-pointer:/view]",
        "[ERROR] missing required field: type [json-pointer:/view]",
    ]
    assert said({name: value for name, value in MODAL.items() if name != "type"}) == [
        "[ERROR] missing required field: type [json-pointer:/view]"
    ]


def test_each_input_element_is_taken_by_a_modal() -> None:
    for element in ELEMENTS:
        block = {**INPUT, "element": element}
        problems = validate_view({**MODAL, "blocks": [block]})
        buttons = {"button", "image", "overflow", "workflow_button", "feedback_buttons", "icon_button"}
        assert bool(problems) == (element["type"] in buttons), problems
