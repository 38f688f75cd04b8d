"""A plan made from a playbook."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import WorkingDays
from domain.deals import AccountFacts
from domain.handoff import Answers
from domain.plan.conditions import holds, wanted
from domain.plan_picture import State
from domain.playbook import CLOSE, Condition, Kind, Offset, Playbook, Step
from tests.domain.plan.plans import CLOSED_ON, FACTS, RACI, WEEKDAYS, by_step, closings, plan_of, playbooks, saas, tools


def test_the_shipped_plan_begins_with_the_introduction_and_ends_with_the_review() -> None:
    plan = plan_of(saas())
    assert [one.number for one in plan.milestones] == list(range(1, 16))
    assert [(one.step, one.due) for one in plan.milestones[:3]] == [
        ("introduction", date(2026, 11, 24)),
        ("transition", date(2026, 11, 26)),
        ("kickoff", date(2026, 11, 30)),
    ]
    assert plan.milestones[-1].step == "process_review"
    assert plan.closed_on < by_step(plan, "go_live").due < by_step(plan, "value_review").due
    assert all(one.state is State.PLANNED and not one.touched for one in plan.milestones)


def test_a_day_in_the_calendar_is_the_last_working_day_up_to_it() -> None:
    assert by_step(plan_of(saas()), "early_win").due == date(2026, 12, 23)
    assert by_step(plan_of(saas(), closed_on=date(2026, 11, 20)), "early_win").due == date(2026, 12, 18)


def test_holidays_are_skipped() -> None:
    swedish = by_step(plan_of(saas(), closed_on=date(2026, 12, 23), days=WorkingDays(["SE"])), "introduction")
    # Holidays of Sweden: 25 and 26 December; the 24th is a bank's half day and no public one.
    assert swedish.due == date(2026, 12, 24)
    kickoff = by_step(plan_of(saas(), closed_on=date(2026, 12, 23), days=WorkingDays(["SE"])), "kickoff")
    assert kickoff.due == date(2026, 12, 31)


@pytest.mark.parametrize("none", ["none", "Inga", "geen", "没有", "tiada"])
def test_a_migration_is_planned_only_when_there_is_something_to_migrate(none: str) -> None:
    def steps(answers: Answers | None) -> set[str]:
        return {one.step for one in plan_of(saas(), answers=answers).milestones}

    assert "migration" in steps(None)
    assert "migration" in steps(Answers())
    assert "migration" in steps(Answers(current_tool="Salesforce"))
    assert "migration" not in steps(Answers(current_tool=none))


@pytest.mark.parametrize(
    ("condition", "is_so"),
    [
        (Condition("segment", "enterprise"), True),
        (Condition("segment", "enter"), False),
        (Condition("region", "APAC"), None),
        (Condition("products", "migration"), True),
        (Condition("products", "analytics"), False),
        (Condition("plan"), True),
    ],
)
def test_a_condition_asks_the_deal(condition: Condition, is_so: bool | None) -> None:
    account = AccountFacts("a", "Acme", segment="Enterprise EMEA")
    facts = replace(FACTS, account=account, products=("Pro", "Data migration"), plan="Gold")
    assert holds(condition, facts=facts, answers=None) is is_so
    step = Step("x", "X", RACI, Offset(working_days=1), only_if=condition)
    assert wanted(step, facts=facts, answers=None) is (is_so is not False)


def test_what_counts_from_a_step_that_is_not_in_counts_from_its_anchor() -> None:
    chain = Playbook(
        "chain",
        "Chain",
        (
            Step("a", "A", RACI, Offset(working_days=2)),
            Step("b", "B", RACI, Offset("a", 10), only_if=Condition("current_tool")),
            Step("c", "C", RACI, Offset("b", 3)),
        ),
    )
    plan = plan_of(chain, answers=Answers(current_tool="none"))
    assert (by_step(plan, "c").after, by_step(plan, "c").due) == ("a", date(2026, 11, 30))
    assert by_step(plan_of(chain), "c").due == date(2026, 12, 14)


@given(playbooks(), closings, tools)
def test_every_milestone_has_a_working_day_its_number_and_an_anchor_before_it(
    playbook: Playbook, closed_on: date, answers: Answers | None
) -> None:
    plan = plan_of(playbook, closed_on=closed_on, answers=answers)
    assert [one.number for one in plan.milestones] == list(range(1, len(plan.milestones) + 1))
    days = [one.due for one in plan.milestones]
    assert days == sorted(days)
    for one in plan.milestones:
        assert one.due is not None
        assert one.due >= closed_on
        assert WEEKDAYS.is_working_day(one.due)
        if one.after != CLOSE:
            anchor = by_step(plan, one.after)
            assert anchor.due <= one.due
            assert one.due == WEEKDAYS.add(anchor.due, one.working_days)


@given(playbooks(), st.sampled_from(["none", "Sheets"]))
def test_a_kind_stands_once_at_most(playbook: Playbook, tool: str) -> None:
    plan = plan_of(playbook, answers=Answers(current_tool=tool))
    kinds = [one.kind for one in plan.milestones if one.kind is not Kind.OTHER]
    assert len(kinds) == len(set(kinds))
    assert plan.closed_on == CLOSED_ON
