"""Firm dates, and another playbook for a plan that has begun."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from domain.handoff import Answers
from domain.outcome import Refused
from domain.plan.change import highest_number
from domain.plan.firming import firm, switch
from domain.plan.moving import effect, moved
from domain.plan.steps import add, done, name_owner
from domain.plan_picture import PlanPicture, State
from domain.playbook import Offset, Playbook
from tests.domain.plan.plans import (
    ADA,
    CHLOE,
    FACTS,
    NOW,
    WEEKDAYS,
    after,
    bare,
    by_step,
    changes,
    plan_of,
    playbooks,
    saas,
    services,
    tools,
)

NONE = Answers(current_tool="inget")
SHEETS = Answers(current_tool="Sheets")


def firmed(plan: PlanPicture, playbook: Playbook | None, answers: Answers | None) -> PlanPicture:
    return after(plan, firm(plan, playbook, facts=FACTS, answers=answers, days=WEEKDAYS))


def switched(plan: PlanPicture, playbook: Playbook, answers: Answers | None = None) -> PlanPicture:
    return after(plan, switch(plan, playbook, "Chosen by Ada.", facts=FACTS, answers=answers, days=WEEKDAYS))


def test_the_dates_are_firm_from_now_on() -> None:
    plan = plan_of(saas())
    change = firm(plan, saas(), facts=FACTS, answers=SHEETS, days=WEEKDAYS)
    assert (change.said, change.milestones) == ("made the dates firm", ())
    assert after(plan, change).firm_at == NOW


def test_a_step_that_turned_out_not_to_be_needed_is_skipped_with_its_reason() -> None:
    plan = plan_of(saas())
    change = firm(plan, saas(), facts=FACTS, answers=NONE, days=WEEKDAYS)
    assert change.said == "made the dates firm; skipped “Migration done”"
    migration = by_step(after(plan, change), "migration")
    assert (migration.state, migration.why) == (State.SKIPPED, "The handoff says that there is no current tool.")
    assert not migration.touched


def test_a_step_that_turned_out_to_be_needed_is_opened_or_added() -> None:
    skipped = firmed(plan_of(saas()), saas(), NONE)
    assert by_step(firmed(skipped, saas(), SHEETS), "migration").state is State.PLANNED
    without = plan_of(saas(), answers=NONE)
    with_it = firmed(without, saas(), SHEETS)
    migration = by_step(with_it, "migration")
    assert migration.number == len(without.milestones) + 1
    assert migration.due == by_step(plan_of(saas()), "migration").due


def test_what_counts_from_a_step_moves_when_it_goes_and_when_it_comes() -> None:
    steps = tuple(
        replace(step, offset=Offset("migration", 2)) if step.id == "go_live" else step for step in saas().steps
    )
    playbook = replace(saas(), steps=steps)
    with_it, without = plan_of(playbook), plan_of(playbook, answers=NONE)
    assert by_step(with_it, "go_live").due == date(2026, 12, 17)
    assert by_step(without, "go_live").due == date(2026, 12, 7)
    assert by_step(firmed(with_it, playbook, NONE), "go_live").due == date(2026, 12, 7)
    assert by_step(firmed(without, playbook, SHEETS), "go_live").due == date(2026, 12, 17)


def test_what_people_moved_keeps_its_day() -> None:
    plan = plan_of(saas())
    seen = effect(plan, by_step(plan, "kickoff").number, date(2026, 12, 9), days=WEEKDAYS)
    plan = after(plan, moved(plan, seen, days=WEEKDAYS))
    assert bare(replace(firmed(plan, saas(), SHEETS), firm_at=None)) == bare(plan)


def test_a_plan_whose_playbook_is_gone_is_firmed_as_it_is() -> None:
    plan = plan_of(saas())
    assert bare(replace(firmed(plan, None, NONE), firm_at=None)) == bare(plan)


def test_another_playbook_keeps_what_people_touched() -> None:
    plan = plan_of(saas())
    plan = after(plan, done(plan, by_step(plan, "introduction").number, "sent", by=ADA, now=NOW))
    plan = after(plan, name_owner(plan, by_step(plan, "accounts").number, CHLOE))
    plan = after(plan, add(plan, "Call their board", date(2026, 12, 3)))
    now = switched(plan, services())
    assert (now.playbook, now.playbook_title, now.why) == ("services-30-days", "Services, 30 days", "Chosen by Ada.")
    for kept in (1, by_step(plan, "accounts").number, 16):
        assert now.by_number(kept) == plan.by_number(kept)
    kickoff = by_step(now, "kickoff")
    assert (kickoff.number, kickoff.id) == (by_step(plan, "kickoff").number, by_step(plan, "kickoff").id)
    assert kickoff.due == date(2026, 11, 27)
    assert by_step(now, "scope").number == 17
    assert {step.id for step in services().steps} <= {one.step for one in now.milestones}


def test_the_same_playbook_again_is_refused() -> None:
    refused = switch(plan_of(saas()), saas(), "", facts=FACTS, answers=None, days=WEEKDAYS)
    assert refused == Refused("The plan follows “SaaS, 90 days” already.")


@given(playbooks(), tools, tools, st.data())
def test_firming_twice_changes_nothing(
    playbook: Playbook, first: Answers | None, then: Answers | None, data: st.DataObject
) -> None:
    plan = plan_of(playbook, answers=first)
    for _ in range(data.draw(st.integers(0, 3))):
        change = data.draw(changes(plan))
        plan = after(plan, change) if change else plan
    once = firmed(plan, playbook, then)
    assert firm(once, playbook, facts=FACTS, answers=then, days=WEEKDAYS).is_empty
    for one in plan.milestones:
        if one.touched:
            assert once.by_number(one.number) == one


@given(playbooks(), tools)
def test_firming_gives_the_days_of_a_plan_made_now(playbook: Playbook, then: Answers | None) -> None:
    once = firmed(plan_of(playbook), playbook, then)
    made = plan_of(playbook, answers=then)
    assert {one.step: one.due for one in once.milestones if one.is_open} == {
        one.step: one.due for one in made.milestones
    }


@given(playbooks("one"), playbooks("two"), tools, st.data())
def test_switching_keeps_touched_ones_and_gives_no_number_twice(
    first: Playbook, second: Playbook, answers: Answers | None, data: st.DataObject
) -> None:
    plan = plan_of(first, answers=answers)
    given_to = {one.number: one.step for one in plan.milestones}
    for _ in range(data.draw(st.integers(0, 4))):
        change = data.draw(changes(plan))
        plan = after(plan, change) if change else plan
        given_to |= {one.number: one.step for one in plan.milestones}
    for playbook in (second, first, second):
        before, plan = plan, switched(plan, playbook, answers)
        for one in before.milestones:
            if one.touched:
                assert plan.by_number(one.number) == one
        for one in plan.milestones:
            # A number never means another step.
            assert given_to.setdefault(one.number, one.step) == one.step
        assert highest_number(plan) >= highest_number(before)
        steps = [one.step for one in plan.milestones if one.step]
        assert len(steps) == len(set(steps))
