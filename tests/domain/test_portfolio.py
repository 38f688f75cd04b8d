import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.handoff import HandoffState
from domain.plan_picture import State
from domain.playbook import Kind
from domain.portfolio import SHOWN, Danger, Portfolio, Standing, at_risk, from_json, portfolio, to_json
from tests.domain.weeks import AMSTERDAM, CLOSED, MONDAY, WEEKDAYS, at, kickoff, milestone, plan

DAY = timedelta(days=1)
WELL = Standing(7, "Fjordbank", "C1", 2, plan(kickoff(state=State.DONE)), HandoffState.ACCEPTED, at(CLOSED))


def dangers(standing: Standing, today: date = MONDAY) -> list[Danger]:
    found = at_risk(standing, today=today, zone=AMSTERDAM, days=WEEKDAYS)
    return [one.danger for one in found.reasons] if found else []


def of(*milestones: Any, **changes: Any) -> Standing:  # noqa: ANN401
    return replace(WELL, plan=plan(*milestones), **changes)


def test_a_deal_on_its_way_is_no_risk() -> None:
    assert dangers(WELL) == []
    assert dangers(of(milestone(1, MONDAY), kickoff(booked_for=at(MONDAY + DAY)))) == []
    assert dangers(replace(WELL, plan=None, handoff=None)) == []


@pytest.mark.parametrize(
    ("standing", "danger"),
    [
        (of(milestone(1, MONDAY - DAY)), Danger.OVERDUE),
        (of(milestone(1, state=State.BLOCKED)), Danger.BLOCKED),
        (of(kickoff()), Danger.KICKOFF),
        (of(kickoff(booked_for=at(MONDAY - 3 * DAY))), Danger.KICKOFF),
        (of(milestone(1, MONDAY + 2 * DAY, kind=Kind.EARLY_WIN)), Danger.EARLY_WIN),
        (replace(WELL, handoff=HandoffState.REQUESTED), Danger.HANDOFF),
        (replace(WELL, handoff=HandoffState.DRAFTING), Danger.HANDOFF),
        (replace(WELL, handoff=HandoffState.RETURNED, handoff_since=at(MONDAY)), Danger.RETURNED),
        (replace(WELL, promises=1, oldest_promise=MONDAY - DAY), Danger.PROMISES),
        (replace(WELL, questions=1, oldest_question=at(MONDAY - 7 * DAY)), Danger.QUESTIONS),
        (replace(WELL, questions=5, oldest_question=at(MONDAY)), Danger.QUESTIONS),
    ],
)
def test_one_thing_is_enough(standing: Standing, danger: Danger) -> None:
    assert dangers(standing) == [danger]


def test_what_is_young_is_no_risk_yet() -> None:
    assert dangers(replace(WELL, handoff=HandoffState.REQUESTED, handoff_since=at(MONDAY - 4 * DAY))) == []
    assert dangers(replace(WELL, questions=4, oldest_question=at(MONDAY - 4 * DAY))) == []
    assert dangers(of(milestone(1, kind=Kind.EARLY_WIN)), CLOSED + 19 * DAY) == []
    assert dangers(of(milestone(1, kind=Kind.EARLY_WIN, evidence="A mail")), CLOSED + 25 * DAY) == []


def test_a_late_kickoff_weighs_more_than_a_late_step() -> None:
    assert dangers(of(kickoff(), milestone(1, MONDAY - DAY))) == [Danger.KICKOFF, Danger.OVERDUE]


def test_says_which_step_is_worst_and_how_many_there_are() -> None:
    found = at_risk(
        of(milestone(1, MONDAY - DAY), milestone(2, MONDAY - 9 * DAY, title="Data loaded")),
        today=MONDAY,
        zone=AMSTERDAM,
        days=WEEKDAYS,
    )
    assert found is not None
    (reason,) = found.reasons
    assert (reason.what, reason.days, reason.count) == ("Data loaded", 6, 2)


def test_the_worst_three_are_named_and_the_rest_counted() -> None:
    late = [replace(of(milestone(1, MONDAY - n * DAY)), deal_id=n, name=f"Customer {n}") for n in range(1, 11)]
    found = portfolio([WELL, *late], today=MONDAY, zone=AMSTERDAM, days=WEEKDAYS)
    assert (found.deals, found.at_risk, found.more) == (11, 10, 7)
    assert [risk.deal_id for risk in found.risks] == [10, 9, 8]


def test_no_deals_are_an_empty_portfolio() -> None:
    assert portfolio([], today=MONDAY, zone=AMSTERDAM, days=WEEKDAYS) == Portfolio(0)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    number = draw(st.integers(1, 500))
    steps = [
        milestone(
            at_number,
            draw(st.one_of(st.none(), st.dates(MONDAY - 60 * DAY, MONDAY + 60 * DAY))),
            state=draw(st.sampled_from(State)),
            kind=draw(st.sampled_from(Kind)),
            title=draw(st.text(max_size=200)),
        )
        for at_number in range(1, draw(st.integers(0, 4)) + 1)
    ]
    return Standing(
        number,
        draw(st.text(max_size=20)),
        "C1",
        2,
        draw(st.sampled_from([None, plan(*steps)])),
        draw(st.sampled_from([None, *HandoffState])),
        draw(st.sampled_from([None, at(MONDAY - 20 * DAY), at(MONDAY)])),
        questions=draw(st.integers(0, 9)),
        oldest_question=draw(st.sampled_from([None, at(MONDAY - 20 * DAY)])),
    )


@given(st.lists(standings(), max_size=12, unique_by=lambda one: one.deal_id), st.randoms())
def test_the_order_they_come_in_does_not_matter(found: list[Standing], random: Any) -> None:  # noqa: ANN401
    shuffled = list(found)
    random.shuffle(shuffled)
    one, other = (portfolio(those, today=MONDAY, zone=AMSTERDAM, days=WEEKDAYS) for those in (found, shuffled))
    assert one == other
    assert len(one.risks) <= SHOWN
    assert one.at_risk == len(one.risks) + one.more <= one.deals
    assert all(risk.reasons for risk in one.risks)


@given(st.lists(standings(), max_size=6, unique_by=lambda one: one.deal_id))
def test_is_kept_as_json(found: list[Standing]) -> None:
    one = portfolio(found, today=MONDAY, zone=AMSTERDAM, days=WEEKDAYS)
    kept = json.loads(json.dumps(to_json(one)))
    assert to_json(from_json(kept)) == to_json(one)
