"""What people typed, read."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.csms import places_in, split_places
from handlers.typed import as_typed, choice_of, day_of, people_in, person_of, pressed, remembered, text_of, time_of


def test_people_are_found_in_the_order_they_were_named() -> None:
    assert people_in("assign <@U01ADALIND|ada> and <@W03CHLOEDV>") == ["U01ADALIND", "W03CHLOEDV"]
    assert people_in("assign @ada <#C01|general> <!here>") == []


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("ask &lt;b&gt; &amp; c", "ask <b> & c"),
        ("ask <@U01ADALIND|ada> in <#C01|general>", "ask @ada in #general"),
        ("see <https://a.example/x?y=1&amp;z=2|a.example> ok", "see https://a.example/x?y=1&z=2 ok"),
        ("mail <mailto:ada@northwind.example|ada@northwind.example>", "mail ada@northwind.example"),
        ("<!here> <@U01ADALIND>", "@here @U01ADALIND"),
    ],
)
def test_a_commands_text_is_read_as_it_was_seen(sent: str, typed: str) -> None:
    assert as_typed(sent) == typed


@given(st.text(max_size=200))
def test_escaped_text_comes_back_as_typed(text: str) -> None:
    assert as_typed(html.escape(text, quote=False)) == html.unescape(html.escape(text, quote=False))


def test_fields_of_a_view() -> None:
    values = {
        "a": {"a": {"type": "plain_text_input", "value": " x "}},
        "b": {"b": {"type": "users_select", "selected_user": "U1"}},
        "c": {"c": {"type": "radio_buttons", "selected_option": {"value": "done"}}},
        "d": {"d": {"type": "plain_text_input", "value": None}},
        "e": {"e": {"type": "radio_buttons", "selected_option": None}},
    }
    view = {"state": {"values": values}, "private_metadata": '{"deal":4}'}
    assert (text_of(view, "a"), text_of(view, "d"), text_of(view, "gone")) == ("x", "", "")
    assert (person_of(view, "b"), person_of(view, "gone")) == ("U1", "")
    assert (choice_of(view, "c"), choice_of(view, "e")) == ("done", "")
    assert remembered(view) == {"deal": 4}
    assert pressed({"actions": [{"action_id": "x"}]}) == {}


def test_regions_and_segments_by_command() -> None:
    assert places_in(" regions EMEA, North America segments=enterprise,smb") == (
        ("EMEA", "North America"),
        ("enterprise", "smb"),
    )
    assert places_in("APAC") == (("APAC",), ())
    assert places_in("") == ((), ())
    assert split_places("a, b，a\nc,,") == ("a", "b", "c")
    assert len(split_places(",".join(str(number) for number in range(90)))) == 20


def test_pickers_and_menus() -> None:
    values = {
        "day": {"day": {"type": "datepicker", "selected_date": "2026-12-04"}},
        "time": {"time": {"type": "timepicker", "selected_time": None}},
    }
    view = {"state": {"values": values}}
    assert (day_of(view, "day"), day_of(view, "gone")) == ("2026-12-04", "")
    assert (time_of(view, "time"), time_of(view, "gone")) == ("", "")
    option = {"text": {"type": "plain_text", "text": "3"}, "value": '{"milestone":3}'}
    assert pressed({"actions": [{"action_id": "x", "selected_option": option}]}) == {"milestone": 3}
