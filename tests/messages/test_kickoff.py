from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given

from domain.deals import DealState
from domain.handoff import Answers
from domain.handoff_lists import KeyDate, Metric, Stakeholder
from domain.picture import DealPicture
from domain.plan_picture import Milestone, State
from domain.playbook import Kind
from messages.deal_checks import check_due, early_win_due
from messages.kickoff import kickoff_agenda, kickoff_late
from messages.say import Message, Quiet
from tests.domain.weeks import CLOSED, MONDAY, at, kickoff, milestone, plan
from tests.messages.checks import check_message, formatted, shown
from tests.messages.pictures import HOSTILE, picture, submitted
from tests.messages.shown import words_in
from tests.messages.strategies import SLOW, pictures

DAY = timedelta(days=1)
NOW = at(MONDAY)
ANSWERS = Answers(
    products="Core, 40 seats",
    problem="Figures come a month late",
    success_metrics=(Metric("m1", "Weekly logins", "20", "60", date(2027, 3, 31)),),
    key_dates=(KeyDate("k1", "Board meeting", date(2027, 1, 15)),),
    stakeholders=(Stakeholder("s1", "Maria Silva", "CFO", "cost"),),
    concerns="They fear the SECRETCONCERN",
    sensitivities="Do not mention the SECRETRIVAL",
    working_style="Short calls",
)


def deal(*milestones: Milestone, answers: Answers = ANSWERS, **changes: Any) -> DealPicture:  # noqa: ANN401
    steps = plan(*milestones, early_win=changes.pop("early_win", ""))
    return picture(**{"plan": steps, "handoff": submitted(answers=answers)} | changes)


def buttons(said: Message) -> list[tuple[str, str]]:
    return [
        (one["action_id"], one["value"])
        for block in said.blocks
        if block["type"] == "actions"
        for one in block["elements"]
    ]


def late(found: DealPicture, **facts: Any) -> Message | Quiet:  # noqa: ANN401
    return kickoff_late(found, {"to": "csm", "days": 5} | facts, NOW)


# Late


def test_a_kickoff_not_booked_asks_the_csm_to_book() -> None:
    said = late(deal(kickoff()))
    assert isinstance(said, Message)
    check_message(said)
    assert "is not booked, 5 working days after the deal was closed" in said.text
    assert "<#C0DEAL0001>" in said.text
    assert buttons(said) == [("kickoff_book", '{"deal":7}'), ("kickoff_held", '{"deal":7}')]


def test_the_lead_is_told_who_the_csm_is() -> None:
    said = late(deal(kickoff()), to="lead", days=8)
    assert isinstance(said, Message)
    assert "8 working days" in said.text
    assert "The CSM is <@U03CHLOEDV>." in said.text


def test_a_day_that_passed_is_asked_about() -> None:
    said = late(deal(kickoff(booked_for=NOW - DAY)))
    assert isinstance(said, Message)
    assert "nobody said that it was held" in said.text


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (deal(kickoff(booked_for=NOW + DAY)), "the kickoff is booked"),
        (deal(kickoff(state=State.DONE)), "the kickoff is done"),
        (deal(), "there is no kickoff in the plan"),
        (picture(), "there is no kickoff in the plan"),
        (deal(kickoff(), state=DealState.CLOSED), "the deal is finished"),
    ],
)
def test_is_quiet_when_it_is_settled_or_booked_meanwhile(found: DealPicture, why: str) -> None:
    assert late(found) == Quiet(why)


# Agenda


def test_the_agenda_is_filled_from_the_handoff() -> None:
    said = kickoff_agenda(deal(kickoff(booked_for=NOW + DAY), milestone(4, MONDAY + 9 * DAY)), {}, NOW)
    assert isinstance(said, Message)
    check_message(said)
    words = words_in(list(said.blocks))
    for part in ("1. Who is who", "2. What and why", "3. How success is measured", "4. How we work", "5. Timeline"):
        assert part in words
    for told in ("Maria Silva · CFO · cost", "Figures come a month late", "20 → 60", "Short calls", "Board meeting"):
        assert told in words
    assert "Wed 9 Dec 2026: Step 4" in words
    assert "The kickoff is booked for" in words


def test_the_agenda_says_nothing_in_confidence() -> None:
    said = kickoff_agenda(deal(kickoff(booked_for=NOW + DAY)), {}, NOW)
    assert isinstance(said, Message)
    assert "SECRET" not in shown(said)


def test_the_agenda_follows_the_kickoff() -> None:
    def head(*milestones: Milestone) -> str:
        said = kickoff_agenda(deal(*milestones), {}, NOW)
        assert isinstance(said, Message)
        return str(said.blocks[1]["text"]["text"])

    assert head(kickoff(booked_for=None)).startswith("The kickoff has no date now")
    assert head(kickoff(state=State.DONE)).startswith("The kickoff was held")


def test_before_the_handoff_the_agenda_says_what_is_missing() -> None:
    found = picture(plan=plan(kickoff(booked_for=NOW + DAY)))
    said = kickoff_agenda(found, {}, NOW)
    assert isinstance(said, Message)
    assert "The handoff is not handed in yet" in shown(check_message(said))
    assert "Core, Analytics" in shown(said)


@SLOW
@given(pictures)
def test_slack_takes_the_agenda_of_any_handoff(found: DealPicture) -> None:
    steps = [milestone(n, MONDAY, title=HOSTILE * 5) for n in range(1, 201)]
    said = kickoff_agenda(replace(found, plan=plan(kickoff(booked_for=NOW), *steps)), {}, NOW)
    assert isinstance(said, Message)
    check_message(said)
    assert not any("<!channel>" in one for one in formatted([said.text, *said.blocks]))


# Early win and checks


def win(**changes: Any) -> Milestone:  # noqa: ANN401
    return milestone(5, CLOSED + 30 * DAY, kind=Kind.EARLY_WIN, **changes)


def test_day_20_asks_to_choose_the_early_win() -> None:
    said = early_win_due(deal(win(), kickoff()), {"day": 21}, NOW)
    assert isinstance(said, Message)
    check_message(said)
    assert "Day 21 of *Fjordbank AS*" in said.text
    assert "no early win is chosen" in said.text
    assert "Wed 2 Dec 2026" in said.text
    assert "Weekly logins" in shown(said)
    assert buttons(said) == [("milestone_done", '{"milestone":105}'), ("kickoff_held", '{"deal":7}')]


def test_day_20_asks_for_the_evidence_of_the_one_chosen() -> None:
    said = early_win_due(deal(win(), early_win="Figures on Monday"), {"day": 20}, NOW)
    assert isinstance(said, Message)
    assert "the early win “Figures on Monday” has no evidence yet" in said.text
    assert buttons(said) == [("milestone_done", '{"milestone":105}')]


def test_an_early_win_with_evidence_is_left_alone() -> None:
    assert early_win_due(deal(win(evidence="A mail")), {}, NOW) == Quiet("there is evidence of the early win")
    assert early_win_due(deal(win(state=State.DONE)), {}, NOW) == Quiet("it is done already")
    assert early_win_due(picture(), {}, NOW) == Quiet("the plan has no early win")


@pytest.mark.parametrize(("day", "kind"), [(30, Kind.CHECK_30), (90, Kind.CHECK_90)])
def test_a_check_says_what_to_ask_and_what_they_wanted(day: int, kind: Kind) -> None:
    found = deal(milestone(9, CLOSED + day * DAY, kind=kind))
    said = check_due(found, {"day": day}, NOW)
    assert isinstance(said, Message)
    check_message(said)
    words = words_in(list(said.blocks))
    assert f"<@U03CHLOEDV>, *Fjordbank AS* is {day} days in" in words
    assert "Weekly logins: 20 → 60 · by Wed 31 Mar 2027" in words
    assert words.count("•") >= 5
    assert buttons(said) == [("milestone_done", '{"milestone":109}')]
    settled = deal(milestone(9, kind=kind, state=State.DONE))
    assert check_due(settled, {"day": day}, NOW) == Quiet("it is done already")


def test_a_check_without_measures_says_so() -> None:
    said = check_due(deal(milestone(9, kind=Kind.CHECK_30), answers=Answers()), {"day": 30}, NOW)
    assert isinstance(said, Message)
    assert "The handoff names no measures" in shown(said)


@SLOW
@given(pictures)
def test_slack_takes_every_check_of_any_handoff(found: DealPicture) -> None:
    steps = plan(win(), milestone(9, kind=Kind.CHECK_90), kickoff(), early_win=HOSTILE * 20)
    for said in (
        early_win_due(replace(found, plan=steps), {}, NOW),
        early_win_due(replace(found, plan=replace(steps, early_win="")), {}, NOW),
        check_due(replace(found, plan=steps), {"day": 90}, NOW),
        late(replace(found, plan=steps)),
    ):
        assert isinstance(said, Message)
        check_message(said)
        assert not any("<!channel>" in one for one in formatted([said.text, *said.blocks]))
