"""Moving a milestone, and what moves along."""

from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st

from domain.handoff import Answers
from domain.handoff_lists import KeyDate
from domain.outcome import Refused
from domain.plan.change import Effect, Held
from domain.plan.links import anchor_of, date_by_hand
from domain.plan.moving import effect, moved
from domain.plan.steps import done
from domain.plan_picture import PlanPicture
from domain.playbook import Playbook
from tests.domain.plan.plans import ADA, NOW, WEEKDAYS, after, by_step, changes, plan_of, playbooks, saas


def moving(plan: PlanPicture, step: str, to: date, answers: Answers | None = None) -> Effect:
    found = effect(plan, by_step(plan, step).number, to, days=WEEKDAYS, answers=answers)
    assert isinstance(found, Effect)
    return found


def test_what_counts_from_it_moves_by_the_same_working_days() -> None:
    plan = plan_of(saas())
    # Monday to Wednesday of the next week: 7 working days.
    seen = moving(plan, "kickoff", date(2026, 12, 9))
    assert next(move.milestone.step for move in seen.moves) == "kickoff"
    assert {move.milestone.step for move in seen.along} == {
        "technical_check",
        "accounts",
        "training_plan",
        "migration",
        "data_loaded",
        "integration",
        "training_held",
        "go_live",
    }
    now = after(plan, moved(plan, seen, days=WEEKDAYS))
    assert by_step(now, "go_live").due == WEEKDAYS.add(by_step(plan, "go_live").due, 7)
    assert by_step(now, "early_win") == by_step(plan, "early_win")
    assert by_step(now, "kickoff").touched
    assert not by_step(now, "go_live").touched


def test_it_is_said_in_plain_words() -> None:
    plan = plan_of(saas())
    change = moved(plan, moving(plan, "go_live", date(2027, 1, 28)), days=WEEKDAYS)
    assert change.said == "moved “Go-live” from Tue 12 Jan 2027 to Thu 28 Jan 2027"
    change = moved(plan, moving(plan, "training_held", date(2026, 12, 30)), days=WEEKDAYS)
    assert change.said.endswith(", and 1 milestone that counts from it")


def test_settled_ones_and_those_moved_by_hand_stay_with_what_counts_from_them() -> None:
    plan = plan_of(saas())
    plan = after(plan, done(plan, by_step(plan, "technical_check").number, by=ADA, now=NOW))
    plan = after(plan, moved(plan, moving(plan, "training_held", date(2027, 1, 7)), days=WEEKDAYS))
    seen = moving(plan, "kickoff", date(2026, 12, 9))
    assert {stay.milestone.step: stay.why for stay in seen.stays} == {
        "technical_check": Held.SETTLED,
        "training_held": Held.BY_HAND,
    }
    assert {move.milestone.step for move in seen.along} == {"accounts", "training_plan"}


def test_only_this_one_leaves_the_others_and_they_follow_from_there() -> None:
    plan = plan_of(saas())
    now = after(plan, moved(plan, moving(plan, "kickoff", date(2026, 12, 2)), days=WEEKDAYS, only_this=True))
    assert {one.step: one.due for one in now.milestones if one.step != "kickoff"} == {
        one.step: one.due for one in plan.milestones if one.step != "kickoff"
    }
    assert by_step(now, "technical_check").working_days == 1
    again = moving(now, "kickoff", date(2026, 12, 3))
    assert by_step(now, "technical_check") in {move.milestone for move in again.along}


def test_the_effect_names_the_customers_dates_it_breaks() -> None:
    answers = Answers(key_dates=(KeyDate("k", "Go-live", date(2027, 1, 15)),))
    plan = plan_of(saas())
    assert moving(plan, "kickoff", date(2026, 12, 1), answers).clashes == ()
    broken = moving(plan, "kickoff", date(2026, 12, 9), answers).clashes
    assert [(clash.title, clash.label) for clash in broken] == [("Go-live", "Go-live")]


def test_what_can_not_be_moved_is_refused_in_a_sentence() -> None:
    plan = plan_of(saas())
    kickoff = by_step(plan, "kickoff").number
    settled = after(plan, done(plan, kickoff, by=ADA, now=NOW))
    for found, said in (
        (effect(plan, 99, date(2026, 12, 9), days=WEEKDAYS), "There is no milestone 99 in this plan."),
        (
            effect(settled, kickoff, date(2026, 12, 9), days=WEEKDAYS),
            "“Kickoff held” is done already. Open it again first.",
        ),
        (effect(plan, kickoff, date(2026, 11, 30), days=WEEKDAYS), "“Kickoff held” is due on Mon 30 Nov 2026 already."),
        (
            effect(plan, kickoff, date(2026, 11, 20), days=WEEKDAYS),
            "Fri 20 Nov 2026 is before the deal was closed (Mon 23 Nov 2026).",
        ),
        (
            effect(plan, kickoff, date(9999, 12, 31), days=WEEKDAYS),
            "Fri 31 Dec 9999 is more than 5 years after the deal was closed.",
        ),
    ):
        assert found == Refused(said)


def test_a_weekend_is_allowed_and_said() -> None:
    plan = plan_of(saas())
    seen = moving(plan, "go_live", date(2027, 1, 16))
    assert seen.free_day
    assert by_step(after(plan, moved(plan, seen, days=WEEKDAYS)), "go_live").due == date(2027, 1, 16)


@given(playbooks(), st.data())
def test_dependents_keep_their_distance_and_settled_ones_never_move(playbook: Playbook, data: st.DataObject) -> None:
    plan = plan_of(playbook)
    for _ in range(data.draw(st.integers(0, 4))):
        change = data.draw(changes(plan))
        plan = after(plan, change) if change else plan
    number = data.draw(st.sampled_from([one.number for one in plan.milestones]))
    to = data.draw(st.dates(plan.closed_on, date(2028, 12, 31)))
    seen = effect(plan, number, to, days=WEEKDAYS)
    assume(isinstance(seen, Effect))
    now = after(plan, moved(plan, seen, days=WEEKDAYS))
    for one in plan.milestones:
        becomes = now.by_number(one.number)
        if one.number == number:
            assert becomes.due == to
            continue
        if not one.is_open or date_by_hand(one):
            assert becomes == one
        anchor = anchor_of(one, plan.milestones)
        if anchor is None or one.due == becomes.due:
            continue
        moved_anchor = now.by_number(anchor.number)
        assert WEEKDAYS.distance(anchor.due, one.due) == WEEKDAYS.distance(moved_anchor.due, becomes.due)


@given(playbooks(), st.data())
def test_only_this_moves_nothing_else(playbook: Playbook, data: st.DataObject) -> None:
    plan = plan_of(playbook)
    number = data.draw(st.sampled_from([one.number for one in plan.milestones]))
    to = data.draw(st.dates(plan.closed_on, date(2028, 12, 31)))
    seen = effect(plan, number, to, days=WEEKDAYS)
    assume(isinstance(seen, Effect))
    now = after(plan, moved(plan, seen, days=WEEKDAYS, only_this=True))
    others = {one.number: one.due for one in plan.milestones if one.number != number}
    assert {one.number: one.due for one in now.milestones if one.number != number} == others
