from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.handoff import Answers
from domain.handoff_lists import Commitment, Item, KeyDate, Metric, Phase, Stakeholder
from handlers.handoff_form.reading import (
    Filled,
    echoes,
    fill,
    item_from,
    pack_raw,
    raw_of,
    read_lines,
    text_of,
    unpack_raw,
)
from messages.handoff_item import PARTS, raw_parts
from tests.domain.reading import END_OF_MARCH, FRIDAY, read
from tests.domain.strategies import answers

MARIA = Stakeholder("s1", "Maria", "CFO", "cost", frozenset({Phase.SALE}), "maria@fjordbank.example")


def state(**texts: str | None) -> dict[str, Any]:
    return {name: {name: {"type": "plain_text_input", "value": text}} for name, text in texts.items()}


def filled_in(answers: Answers, values: dict[str, Any], seed: str) -> Filled:
    return fill(answers, values, read_lines(values, read, seed))


def test_texts_are_made_safe_and_an_empty_input_is_empty() -> None:
    assert text_of(state(problem="  Slow\r\nreports\u202e\x00 "), "problem") == "Slow\nreports"
    assert text_of(state(problem=None), "problem") == ""
    assert text_of({}, "problem") is None


def test_the_form_keeps_lists_and_adds_the_lines_typed() -> None:
    before = Answers(products="Pro", stakeholders=(MARIA,), concerns="kept")
    values = state(products="Pro plan", stakeholders="Jonas, CTO\n\n- Eva", key_dates="Go-live: end of March")
    filled = filled_in(before, values, "seed")
    assert not filled.errors
    assert filled.answers.products == "Pro plan"
    assert filled.answers.concerns == "kept"
    assert [item.name for item in filled.answers.stakeholders] == ["Maria", "Jonas", "Eva"]
    assert filled.answers.key_dates[0].on == END_OF_MARCH


def test_the_same_form_sent_twice_gives_the_same_entries() -> None:
    values = state(stakeholders="Jonas, CTO\nJonas, CTO")
    once = filled_in(Answers(), values, "seed").answers
    assert len({item.id for item in once.stakeholders}) == 2
    assert filled_in(Answers(), values, "seed").answers == once
    assert filled_in(once, values, "seed").answers == once
    assert filled_in(Answers(), values, "another").answers != once


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Go-live: 2020-01-01", "is in the past"),
        ("Go-live: 03/04", "can be two days"),
        ("Go-live: whenever", "There is no date in this line"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_beside_its_field(line: str, said: str) -> None:
    filled = filled_in(Answers(), state(key_dates=f"Kickoff: next Friday\n{line}"), "seed")
    assert said in filled.errors["key_dates"]
    assert f"Line 2 (“{line}”)" in filled.errors["key_dates"]
    assert filled.answers.key_dates == ()


def test_many_bad_lines_are_counted() -> None:
    filled = filled_in(Answers(), state(key_dates="\n".join(["x"] * 9)), "seed")
    assert "And 4 more lines like that." in filled.errors["key_dates"]


def test_too_much_is_refused_and_not_shortened() -> None:
    assert "3,001 characters" in filled_in(Answers(), state(notes="x" * 3_001), "s").errors["notes"]
    full = Answers(stakeholders=tuple(Stakeholder(f"s{n}", "x") for n in range(200)))
    assert "201 entries" in filled_in(full, state(stakeholders="one more"), "s").errors["stakeholders"]


@given(answers, st.sampled_from(sorted(PARTS)))
def test_an_entry_saved_untouched_stays_the_same_but_for_spaces(filled: Answers, field: str) -> None:
    for item in filled.items(field):
        raw = raw_parts(item)
        saved = item_from(field, raw, read, item.id, item)
        if isinstance(saved, Filled):
            needed = {part.name for part in PARTS[field] if part.required or part.kind == "date"}
            assert set(saved.errors) <= needed
        else:
            assert raw_parts(saved) == raw


def test_a_date_nobody_touched_keeps_its_day() -> None:
    old = KeyDate("k", "Go-live", date(2026, 1, 2), "next Friday")
    saved = item_from("key_dates", {"label": "Launch", "on": "next Friday"}, read, "k", old)
    assert saved == KeyDate("k", "Launch", date(2026, 1, 2), "next Friday")
    changed = item_from("key_dates", {"label": "Launch", "on": "in 4 days"}, read, "k", old)
    assert changed == KeyDate("k", "Launch", FRIDAY, "in 4 days")


@pytest.mark.parametrize(
    ("field", "raw", "made"),
    [
        (
            "success_metrics",
            {"metric": "Logins", "start": "20", "target": "60", "by": "end of March"},
            Metric("i", "Logins", "20", "60", END_OF_MARCH, "end of March"),
        ),
        ("stakeholders", {"name": "Maria", "phases": "sale,rollout"},
         Stakeholder("i", "Maria", phases=frozenset({Phase.SALE, Phase.ROLLOUT}))),
        ("commitments", {"text": "Free migration", "owner": "Ada"}, Commitment("i", "Free migration", "Ada")),
    ],
)  # fmt: skip
def test_entries_are_made_of_their_parts(field: str, raw: dict[str, str], made: Item) -> None:
    assert item_from(field, raw, read, "i", None) == made


def test_what_is_wrong_with_an_entry_is_said_beside_its_input() -> None:
    refused = item_from("key_dates", {"label": "", "on": "2020-01-01"}, read, "k", None)
    assert isinstance(refused, Filled)
    assert refused.errors["label"] == "This is needed."
    assert "in the past" in refused.errors["on"]


def test_dates_are_echoed_as_dates_or_with_the_reason() -> None:
    assert echoes("key_dates", {"on": "end of March"}, read, None) == {"on": "Read as Wed 31 Mar 2027."}
    assert "in the past" in echoes("key_dates", {"on": "2020-01-01"}, read, None)["on"]
    assert echoes("key_dates", {"on": ""}, read, None) == {}


def test_checkboxes_are_read_from_the_state() -> None:
    boxes = {"type": "checkboxes", "selected_options": [{"value": "sale"}, {"value": "rollout"}]}
    values = state(name="Maria", role=None) | {"phases": {"phases": boxes}}
    assert raw_of("stakeholders", values) == {
        "name": "Maria",
        "role": "",
        "cares_about": "",
        "phases": "sale,rollout",
        "contact": "",
    }


def test_an_unsaved_entry_is_kept_for_itself_only() -> None:
    kept = pack_raw("s1", {"name": "Mar"})
    assert unpack_raw(kept, "s1") == {"name": "Mar"}
    assert unpack_raw(kept, "") is None
    assert unpack_raw("", "s1") is None
