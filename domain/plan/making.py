"""A plan made from a playbook: which steps are in it, on which days, under which numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from domain.calendar import WorkingDays
from domain.deals import DealFacts
from domain.handoff import Answers
from domain.plan.conditions import wanted
from domain.plan.links import due_from
from domain.plan_picture import Milestone
from domain.playbook import CLOSE, Playbook, Step


def make(
    playbook: Playbook, *, closed_on: date, facts: DealFacts, answers: Answers | None, days: WorkingDays
) -> tuple[Milestone, ...]:
    """The milestones of a new plan, numbered from 1 in the order of their days; ids 0. A step whose condition is not
    known yet is in. What counts from a step that is not in counts from that step's own anchor."""
    steps = [step for step in playbook.steps if wanted(step, facts=facts, answers=answers)]
    made = milestones_of(playbook, steps, {}, closed_on=closed_on, days=days)
    return numbered(made, 1)


def milestones_of(
    playbook: Playbook,
    steps: Sequence[Step],
    dues: Mapping[str, date | None],
    *,
    closed_on: date,
    days: WorkingDays,
) -> list[Milestone]:
    """Milestones of these steps, without numbers. `dues` are the days of steps that stand in the plan already and
    stay; `steps` in the order of the playbook, so that anchors come first."""
    present = {step.id for step in steps} | set(dues)
    known: dict[str, date | None] = {CLOSE: closed_on, **dues}
    made: list[Milestone] = []
    for step in steps:
        if step.id in dues:
            continue
        one = milestone_of(step, anchor_in(playbook, step, present))
        one = replace(one, due=due_from(closed_on, known[one.after], one, days))
        known[step.id] = one.due
        made.append(one)
    return made


def milestone_of(step: Step, after: str) -> Milestone:
    """A milestone as the step says, with neither number nor day, counting from `after`."""
    return Milestone(
        id=0,
        number=0,
        title=step.title,
        raci=step.raci,
        kind=step.kind,
        step=step.id,
        about=step.about,
        after=after,
        working_days=step.offset.working_days,
        by_day=step.offset.by_day,
        evidence_asked=step.evidence,
        remind=step.remind,
    )


def anchor_in(playbook: Playbook, step: Step, present: set[str]) -> str:
    """What a step counts from when only the steps in `present` are in the plan: its anchor, or that one's, and so on
    up to the close."""
    by_id = {each.id: each for each in playbook.steps}
    after = step.offset.after
    while after != CLOSE and after not in present:
        after = by_id[after].offset.after
    return after


def numbered(made: Sequence[Milestone], first: int) -> tuple[Milestone, ...]:
    """The milestones in the order of their days, numbered from `first`; those of one day as they were."""
    ordered = sorted(made, key=lambda one: one.due or date.max)
    return tuple(replace(one, number=first + place) for place, one in enumerate(ordered))
