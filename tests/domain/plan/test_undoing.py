"""Undo puts back exactly what a change changed, or says why it can't."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.handoff import Answers
from domain.outcome import Refused
from domain.plan.change import PlanChange
from domain.plan.firming import firm, switch
from domain.plan.steps import add, done, skip, start
from domain.plan.undoing import (
    BadSnapshot,
    Snapshots,
    milestone_from_json,
    milestone_to_json,
    snapshots,
    undo,
)
from domain.playbook import Playbook
from tests.domain.plan.plans import (
    ADA,
    CHLOE,
    FACTS,
    NOW,
    WEEKDAYS,
    after,
    bare,
    changes,
    plan_of,
    playbooks,
    saas,
    tools,
)


def stored(found: Snapshots) -> tuple[Any, Any]:
    """As the database gives it back."""
    return json.loads(json.dumps(found.before)), json.loads(json.dumps(found.after))


def test_what_was_added_goes_and_its_number_is_not_given_again() -> None:
    plan = plan_of(saas())
    now = after(plan, add(plan, "Call their board", None))
    change = undo(now, *stored(snapshots(plan, now)))
    assert isinstance(change, PlanChange)
    assert change.removed == (16,)
    again = after(now, change)
    assert bare(again) == bare(plan)
    assert add(again, "Another", None).milestones[0].number == 17


def test_what_was_changed_since_is_not_undone() -> None:
    plan = plan_of(saas())
    begun = after(plan, start(plan, 3))
    finished = after(begun, done(begun, 3, by=ADA, now=NOW))
    refused = undo(finished, *stored(snapshots(plan, begun)))
    assert refused == Refused(
        "“Kickoff held” was changed since, and undoing would lose that; change it by hand instead."
    )


def test_something_else_may_have_changed_since() -> None:
    plan = plan_of(saas())
    begun = after(plan, start(plan, 3))
    other = after(begun, skip(begun, 5, "not needed", by=ADA, now=NOW))
    undone = after(other, undo(other, *stored(snapshots(plan, begun))))
    assert undone.by_number(5) == other.by_number(5)
    assert bare(undone).by_number(3) == bare(plan).by_number(3)


def test_a_person_who_changed_their_name_is_still_the_same() -> None:
    plan = plan_of(saas())
    now = after(plan, done(plan, 3, by=ADA, now=NOW))
    found = stored(snapshots(plan, now))
    renamed = replace(now.by_number(3), settled_by=replace(ADA, name="Ada L."))
    now = replace(now, milestones=tuple(renamed if one.number == 3 else one for one in now.milestones))
    assert isinstance(undo(now, *found), PlanChange)


def test_firm_dates_and_another_playbook_are_undone() -> None:
    plan = plan_of(saas())
    firmed = after(plan, firm(plan, saas(), facts=FACTS, answers=Answers(current_tool="none"), days=WEEKDAYS))
    assert bare(after(firmed, undo(firmed, *stored(snapshots(plan, firmed))))) == bare(plan)


@pytest.mark.parametrize("wrong", [None, [], {"number": 1}, {"number": "x"}, "text"])
def test_json_that_is_no_milestone_is_refused(wrong: object) -> None:
    with pytest.raises(BadSnapshot):
        milestone_from_json(wrong)
    with pytest.raises(BadSnapshot):
        undo(plan_of(saas()), {"milestones": {"3": {"number": 3}}}, {"milestones": {"x": None}})


@given(playbooks(), st.data())
def test_a_milestone_survives_json(playbook: Playbook, data: st.DataObject) -> None:
    plan = plan_of(playbook)
    change = data.draw(changes(plan))
    plan = after(plan, change) if change else plan
    for one in plan.milestones:
        whole = replace(one, owner=CHLOE)
        assert milestone_from_json(json.loads(json.dumps(milestone_to_json(whole)))) == whole


@given(playbooks("one"), playbooks("two"), tools, st.data())
def test_undoing_any_change_restores_exactly(
    playbook: Playbook, other: Playbook, answers: Answers | None, data: st.DataObject
) -> None:
    plan = plan_of(playbook)
    for _ in range(data.draw(st.integers(0, 3))):
        change = data.draw(changes(plan))
        plan = after(plan, change) if change else plan
    known = {"facts": FACTS, "answers": answers, "days": WEEKDAYS}
    what = data.draw(st.sampled_from(["any", "any", "firm", "switch"]))
    if what == "any":
        change = data.draw(changes(plan))
    else:
        change = firm(plan, playbook, **known) if what == "firm" else switch(plan, other, "Chosen.", **known)
    assume(change is not None)
    now = after(plan, change)
    undone = after(now, undo(now, *stored(snapshots(plan, now))))
    assert bare(undone) == bare(plan)
    redone = after(undone, undo(undone, *stored(snapshots(now, undone))))
    assert bare(redone) == bare(now)
