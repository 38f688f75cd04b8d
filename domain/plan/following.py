"""A plan that follows the deal: another closing day before its dates are firm, another handoff after that."""

from dataclasses import replace
from datetime import date

from domain.calendar import WorkingDays
from domain.deals import DealFacts
from domain.handoff import Answers
from domain.plan.change import PlanChange
from domain.plan.firming import firm
from domain.plan.sentences import on_day
from domain.plan_picture import PlanPicture
from domain.playbook import Playbook


def follow_close(
    plan: PlanPicture,
    playbook: Playbook | None,
    closed_on: date,
    *,
    facts: DealFacts,
    answers: Answers | None,
    days: WorkingDays,
) -> PlanChange | None:
    """The deal was closed on another day than was told before: untouched open milestones count from that day. None
    when that changes nothing, or the dates are firm, which only people move."""
    if plan.firm_at is not None or closed_on == plan.closed_on:
        return None
    change = firm(replace(plan, closed_on=closed_on), playbook, facts=facts, answers=answers, days=days)
    said = f"let the plan count from {on_day(closed_on)}, the closing day by the CRM"
    return replace(change, action="close", said=said, firm=None)


def follow_handoff(
    plan: PlanPicture, playbook: Playbook | None, *, facts: DealFacts, answers: Answers | None, days: WorkingDays
) -> PlanChange:
    """The handoff is accepted. The first time the dates become firm. Accepted again, steps come and go with what the
    handoff says now, but no date moves: people have planned on them. May be empty then."""
    change = firm(plan, playbook, facts=facts, answers=answers, days=days)
    if plan.firm_at is None:
        return change
    kept = tuple(
        one if (known := plan.by_number(one.number)) is None else replace(one, due=known.due)
        for one in change.milestones
    )
    return replace(change, milestones=tuple(one for one in kept if one != plan.by_number(one.number)))
