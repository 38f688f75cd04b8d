import contextlib
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.handoff import (
    FIELDS,
    Answers,
    HandoffEvent,
    HandoffState,
    advance,
    is_empty,
    missing_required,
    too_large,
)
from domain.handoff_lists import BadAnswers, Commitment, KeyDate, Metric, Phase, Stakeholder
from domain.limits import ITEM_TEXT, ITEM_WORD, ITEMS, TEXT
from domain.outcome import Refused
from tests.domain.strategies import LIST_FIELDS, TEXT_FIELDS, answers

REQUESTED, DRAFTING, SUBMITTED = HandoffState.REQUESTED, HandoffState.DRAFTING, HandoffState.SUBMITTED
ACCEPTED, RETURNED = HandoffState.ACCEPTED, HandoffState.RETURNED


def test_fields_are_those_of_the_design() -> None:
    assert [(field.name, field.weight) for field in FIELDS] == [
        ("products", 10),
        ("problem", 15),
        ("success_metrics", 15),
        ("key_dates", 10),
        ("stakeholders", 15),
        ("commitments", 15),
        ("concerns", 5),
        ("current_tool", 5),
        ("working_style", 5),
        ("sensitivities", 5),
        ("notes", 0),
    ]
    assert sum(field.weight for field in FIELDS) == 100
    assert {field.name for field in FIELDS if field.required} == {"products", "problem", "success_metrics"}
    assert {field.name for field in FIELDS if field.confidential} == {"concerns", "sensitivities"}
    assert [field.name for field in FIELDS] == list(Answers().to_json())


def test_labels_and_hints_fit_slack() -> None:
    # Block Kit: the label of an input 2,000, its hint 2,000, a placeholder 150.
    assert all(0 < len(field.label) <= 40 and 0 < len(field.hint) <= 150 for field in FIELDS)


@given(answers)
def test_json_round_trip(given_answers: Answers) -> None:
    assert Answers.from_json(json.loads(json.dumps(given_answers.to_json()))) == given_answers


def test_missing_keys_are_empty() -> None:
    assert Answers.from_json({}) == Answers()
    assert Answers.from_json({"stakeholders": [{"id": "1", "name": "Maria"}]}).stakeholders == (
        Stakeholder("1", "Maria"),
    )


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (None, ""),
        ([], ""),
        ({"colour": "red"}, ""),
        ({1: "x"}, ""),
        ({"problem": None}, "problem"),
        ({"problem": "x" * (TEXT + 1)}, "problem"),
        ({"stakeholders": "Maria"}, "stakeholders"),
        ({"stakeholders": ["Maria"]}, "stakeholders"),
        ({"stakeholders": [{"name": "Maria"}]}, "stakeholders"),
        ({"stakeholders": [{"id": 1}]}, "stakeholders"),
        ({"stakeholders": [{"id": "1", "phases": ["party"]}]}, "stakeholders"),
        ({"stakeholders": [{"id": "1", "phases": "sale"}]}, "stakeholders"),
        ({"stakeholders": [{"id": "1", "age": 40}]}, "stakeholders"),
        ({"stakeholders": [{"id": "1"}, {"id": "1"}]}, "stakeholders"),
        ({"key_dates": [{"id": "1", "on": "soon"}]}, "key_dates"),
        ({"key_dates": [{"id": "1", "on": 20270101}]}, "key_dates"),
        ({"commitments": [{"id": str(n)} for n in range(ITEMS + 1)]}, "commitments"),
        ({"commitments": [{"id": "1", "text": "x" * (ITEM_TEXT + 1)}]}, "commitments"),
        ({"success_metrics": [{"id": "1", "metric": "x" * (ITEM_WORD + 1)}]}, "success_metrics"),
    ],
)
def test_refuses_what_does_not_fit(value: object, field: str) -> None:
    with pytest.raises(BadAnswers) as refused:
        Answers.from_json(value)
    assert refused.value.field == field
    assert refused.value.reason


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "phases", "on", "by", "problem"]), inner, max_size=3)
    ),
)


@given(st.dictionaries(st.sampled_from([*TEXT_FIELDS, *LIST_FIELDS]), json_values, max_size=4))
def test_any_json_is_read_or_refused(value: dict[str, object]) -> None:
    with contextlib.suppress(BadAnswers):
        read = Answers.from_json(value)
        assert Answers.from_json(read.to_json()) == read


def test_fields_are_taken_and_replaced_by_name() -> None:
    filled = Answers().with_text("problem", "Slow").with_items("key_dates", [KeyDate("1", "Go-live")])
    assert filled.text("problem") == "Slow"
    assert filled.items("key_dates") == (KeyDate("1", "Go-live"),)
    for call in (lambda: filled.text("key_dates"), lambda: filled.items("problem"), lambda: filled.text("colour")):
        with pytest.raises(KeyError):
            call()
    with pytest.raises(BadAnswers):
        filled.with_items("stakeholders", [KeyDate("1", "Go-live")])


def test_names_what_is_required_and_missing() -> None:
    assert list(missing_required(Answers(products="  "))) == ["products", "problem", "success_metrics"]
    filled = Answers(products="Pro", problem="Slow", success_metrics=(Metric("1", "NPS"),))
    assert missing_required(filled) == {}
    assert is_empty(filled, "commitments")
    assert not is_empty(filled, "success_metrics")


def test_names_what_is_too_large() -> None:
    crowd = tuple(Stakeholder(str(number), "x", phases=frozenset(Phase)) for number in range(ITEMS + 1))
    answers = Answers(
        problem="x" * (TEXT + 1), stakeholders=crowd, commitments=(Commitment("1", "x" * ITEM_TEXT, "y" * 201),)
    )
    problems = too_large(answers)
    assert list(problems) == ["problem", "stakeholders", "commitments"]
    assert "owner" in problems["commitments"]
    assert too_large(Answers(key_dates=(KeyDate("1", "x", date(2027, 1, 1)),))) == {}


WAY = {
    (REQUESTED, "draft"): DRAFTING,
    (REQUESTED, "submit"): SUBMITTED,
    (DRAFTING, "draft"): DRAFTING,
    (DRAFTING, "submit"): SUBMITTED,
    (SUBMITTED, "draft"): SUBMITTED,
    (SUBMITTED, "submit"): SUBMITTED,
    (SUBMITTED, "accept"): ACCEPTED,
    (SUBMITTED, "return"): RETURNED,
    (SUBMITTED, "reopen"): SUBMITTED,
    (ACCEPTED, "draft"): ACCEPTED,
    (ACCEPTED, "submit"): ACCEPTED,
    (ACCEPTED, "reopen"): ACCEPTED,
    (RETURNED, "draft"): RETURNED,
    (RETURNED, "submit"): SUBMITTED,
    (RETURNED, "reopen"): RETURNED,
}


@pytest.mark.parametrize("state", HandoffState)
@pytest.mark.parametrize("event", HandoffEvent)
def test_the_way_of_a_handoff(state: HandoffState, event: HandoffEvent) -> None:
    after = advance(state, event)
    expected = WAY.get((state, str(event)))
    if expected is not None:
        assert after == expected
    else:
        assert isinstance(after, Refused)
        assert after.reason.endswith(".")


@given(st.lists(st.sampled_from(HandoffEvent)))
def test_accepted_only_after_being_handed_in(events: list[HandoffEvent]) -> None:
    state = REQUESTED
    happened: list[HandoffEvent] = []
    for event in events:
        after = advance(state, event)
        if isinstance(after, HandoffState):
            state = after
            happened.append(event)
    if state is ACCEPTED:
        assert HandoffEvent.SUBMIT in happened[: happened.index(HandoffEvent.ACCEPT)]
