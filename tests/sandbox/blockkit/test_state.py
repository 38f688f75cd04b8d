"""`state.values` and what Slack's client refuses before sending."""

import pytest

from sandbox.blockkit.api import check_submission, initial_values, state_shape
from sandbox.blockkit.elements import IN_INPUT
from sandbox.blockkit.state import STATEFUL
from sandbox.blockkit.submission import REQUIRED
from tests.sandbox.blockkit.samples import Json, Value, option, plain, rich

A, B = option("a"), option("b")
RICH = rich({"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]})

# type: (fields it needs, its initial value, the value of the state, the member, blank)
KINDS: dict[str, tuple[Json, Json, Value, str, Value]] = {
    "plain_text_input": ({}, {"initial_value": "x"}, "x", "value", None),
    "email_text_input": ({}, {"initial_value": "a@b.example"}, "a@b.example", "value", None),
    "url_text_input": ({}, {"initial_value": "https://a.example"}, "https://a.example", "value", None),
    "number_input": ({"is_decimal_allowed": False}, {"initial_value": "1"}, "1", "value", None),
    "rich_text_input": ({}, {"initial_value": RICH}, RICH, "rich_text_value", None),
    "static_select": ({"options": [A, B]}, {"initial_option": B}, B, "selected_option", None),
    "external_select": ({}, {"initial_option": B}, B, "selected_option", None),
    "users_select": ({}, {"initial_user": "U1"}, "U1", "selected_user", None),
    "conversations_select": ({}, {"initial_conversation": "C1"}, "C1", "selected_conversation", None),
    "channels_select": ({}, {"initial_channel": "C1"}, "C1", "selected_channel", None),
    "multi_static_select": ({"options": [A, B]}, {"initial_options": [B]}, [B], "selected_options", []),
    "multi_external_select": ({}, {"initial_options": [B]}, [B], "selected_options", []),
    "multi_users_select": ({}, {"initial_users": ["U1"]}, ["U1"], "selected_users", []),
    "multi_conversations_select": (
        {},
        {"initial_conversations": ["C1"]},
        ["C1"],
        "selected_conversations",
        [],
    ),
    "multi_channels_select": ({}, {"initial_channels": ["C1"]}, ["C1"], "selected_channels", []),
    "checkboxes": ({"options": [A, B]}, {"initial_options": [A]}, [A], "selected_options", []),
    "radio_buttons": ({"options": [A, B]}, {"initial_option": A}, A, "selected_option", None),
    "datepicker": ({}, {"initial_date": "2026-11-23"}, "2026-11-23", "selected_date", None),
    "timepicker": ({}, {"initial_time": "09:30"}, "09:30", "selected_time", None),
    "datetimepicker": ({}, {"initial_date_time": 1_628_633_820}, 1_628_633_820, "selected_date_time", None),
    "file_input": ({}, {}, [{"id": "F1", "name": "a.pdf"}], "files", []),
}


def modal(element: Json, **more: Value) -> Json:
    block = {"type": "input", "block_id": "b", "label": plain(), "element": element, **more}
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": [block]}


def element_of(kind: str, **more: Value) -> Json:
    return {"type": kind, "action_id": "a", **KINDS[kind][0], **more}


def held(element: Json, value: Value) -> Json:
    return {"b": {"a": state_shape(element, value)}}


def refusal(element: Json, value: Value, **block: Value) -> str | None:
    return check_submission(modal(element, **block), held(element, value)).get("b")


def test_every_input_element_has_a_state() -> None:
    assert set(KINDS) == set(STATEFUL) == set(IN_INPUT)


@pytest.mark.parametrize("kind", KINDS)
def test_initial_values(kind: str) -> None:
    _, initial, value, member, blank = KINDS[kind]
    untouched = {"b": {"a": {"type": kind, member: blank}}}
    assert initial_values(modal(element_of(kind))) == untouched
    if initial:
        filled = {"b": {"a": {"type": kind, member: value}}}
        assert initial_values(modal(element_of(kind, **initial))) == filled


@pytest.mark.parametrize("kind", KINDS)
def test_required_and_optional(kind: str) -> None:
    _, _, value, _, blank = KINDS[kind]
    element = element_of(kind)
    assert refusal(element, value) is None
    assert refusal(element, blank) == REQUIRED
    assert refusal(element, blank, optional=True) is None
    assert refusal(element, value, optional=True) is None


@pytest.mark.parametrize("kind", KINDS)
def test_values_of_the_wrong_kind_are_refused(kind: str) -> None:
    wrong = {"value": 7} if KINDS[kind][3] == "selected_option" else 3
    assert refusal(element_of(kind), wrong) is not None


@pytest.mark.parametrize("values", [None, [], "x", {}, {"b": None}, {"b": {"a": 3}}, {"b": {"other": {}}}])
def test_malformed_values_count_as_blank(values: object) -> None:
    assert check_submission(modal(element_of("plain_text_input")), values) == {"b": REQUIRED}


@pytest.mark.parametrize(
    ("element", "value", "sentence"),
    [
        (element_of("plain_text_input", min_length=3), "abc", None),
        (element_of("plain_text_input", min_length=3), "ab", "Please enter at least 3 characters."),
        (element_of("plain_text_input", max_length=3), "abc", None),
        (element_of("plain_text_input", max_length=3), "abcd", "Please enter no more than 3 characters."),
        (element_of("plain_text_input"), "x" * 3000, None),
        (element_of("plain_text_input"), "x" * 3001, "Please enter no more than 3000 characters."),
        (element_of("email_text_input"), "not an address", "Please enter a valid email address."),
        (element_of("email_text_input"), "a@b", "Please enter a valid email address."),
        (element_of("url_text_input"), "example.com", "Please enter a valid URL."),
        (element_of("url_text_input"), "https://", "Please enter a valid URL."),
        (element_of("number_input"), "ten", "Please enter a number."),
        (element_of("number_input"), "1.5", "Please enter a whole number."),
        (element_of("number_input", min_value="2"), "2", None),
        (element_of("number_input", min_value="2"), "1", "Please enter a number that is at least 2."),
        (element_of("number_input", max_value="2"), "3", "Please enter a number that is at most 2."),
        (element_of("datepicker"), "2026-02-29", "Please choose a valid date."),
        (element_of("timepicker"), "24:00", "Please choose a valid time."),
        (element_of("datetimepicker"), 999_999_999, "Please choose a valid date and time."),
        (element_of("static_select"), option("c"), "Please choose one of the options."),
        (element_of("radio_buttons"), option("c"), "Please choose one of the options."),
        (element_of("checkboxes"), [A, option("c")], "Please choose one of the options."),
        (element_of("multi_static_select", max_selected_items=1), [A, B], "Please choose no more than 1 items."),
        (element_of("multi_users_select", max_selected_items=1), ["U1"], None),
        (element_of("multi_users_select", max_selected_items=1), ["U1", "U2"], "Please choose no more than 1 items."),
        (element_of("file_input", max_files=1), [{"id": "F"}] * 2, "Please add no more than 1 files."),
        (
            element_of("file_input", filetypes=["pdf", "png"]),
            [{"name": "a.exe"}],
            "Please add only files of these types: pdf, png.",
        ),
    ],
)
def test_sentences(element: Json, value: Value, sentence: str | None) -> None:
    assert refusal(element, value) == sentence


def test_decimals() -> None:
    assert refusal(element_of("number_input", is_decimal_allowed=True), "1.5") is None


def test_options_in_groups_can_be_chosen() -> None:
    element = {
        "type": "static_select",
        "action_id": "a",
        "option_groups": [{"label": plain(), "options": [A, B]}],
    }
    assert refusal(element, B) is None
    assert refusal(element, option("c")) == "Please choose one of the options."


def test_elements_outside_inputs_are_in_the_state_but_never_required() -> None:
    accessory = {"type": "datepicker", "action_id": "d"}
    actions = [
        {"type": "users_select", "action_id": "u"},
        {"type": "button", "text": plain(), "action_id": "x"},
    ]
    view = {
        "type": "home",
        "blocks": [
            {"type": "section", "block_id": "s", "text": plain(), "accessory": accessory},
            {"type": "actions", "block_id": "act", "elements": actions},
            {"type": "divider", "block_id": "z"},
        ],
    }
    values = initial_values(view)
    assert values == {
        "s": {"d": {"type": "datepicker", "selected_date": None}},
        "act": {"u": {"type": "users_select", "selected_user": None}},
    }
    assert check_submission(view, values) == {}


def test_current_conversation_is_filled_in() -> None:
    one = element_of("conversations_select", default_to_current_conversation=True)
    many = element_of("multi_conversations_select", default_to_current_conversation=True)
    assert initial_values(modal(one), "C9")["b"]["a"]["selected_conversation"] == "C9"
    assert initial_values(modal(many), "C9")["b"]["a"]["selected_conversations"] == ["C9"]
    assert initial_values(modal(one))["b"]["a"]["selected_conversation"] is None


def test_time_zone_goes_with_the_time() -> None:
    element = element_of("timepicker", timezone="Europe/Oslo", initial_time="10:00")
    assert initial_values(modal(element))["b"]["a"] == {
        "type": "timepicker",
        "selected_time": "10:00",
        "timezone": "Europe/Oslo",
    }


def test_blank_lists_are_not_shared() -> None:
    first = state_shape(element_of("checkboxes"))
    first["selected_options"].append(A)
    assert state_shape(element_of("checkboxes"))["selected_options"] == []


def test_buttons_hold_no_value() -> None:
    with pytest.raises(KeyError):
        state_shape({"type": "button"})
