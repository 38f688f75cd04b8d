"""How a deal's plan comes to be and follows the deal: made when it is won, moved with its closing day, firm when the
handoff is accepted. Each in the caller's transaction."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from domain.deals import DealFacts, DealState
from domain.handoff import Answers, HandoffState
from domain.outcome import Refused
from domain.person import PersonCard
from domain.picture import DealPicture
from domain.plan.change import PlanChange
from domain.plan.firming import switch
from domain.plan.following import follow_close, follow_handoff
from domain.plan.making import make
from domain.plan.undoing import undo
from domain.plan_picture import PlanPicture
from handlers import deal_clock, digests, outbox
from handlers.outbox import notice
from handlers.services import Services
from messages.text import zone_of
from storage import audit, pictures, plan_history, plans
from storage.database import Tx

BATON: Final = "baton"
"""The actor of what nobody asked for."""
CRM: Final = "crm"
VIA_PLAN: Final = "plan"


def plan_key(deal_id: int) -> str:
    """The occurrence of a deal's plan message."""
    return f"deal:{deal_id}:plan"


def closing_day(services: Services, facts: DealFacts) -> date:
    """Day 0 of a plan: the local day the deal was closed, in the workspace's zone (BATON_TIMEZONE)."""
    return facts.closed_at.astimezone(zone_of(services.settings.timezone)).date()


async def make_plan(
    services: Services,
    tx: Tx,
    deal_id: int,
    facts: DealFacts,
    answers: Answers | None = None,
    csm: PersonCard | None = None,
) -> PlanPicture | None:
    """Make the plan of a deal by the playbook that fits it, in the working days of its CSM's country; None when it has
    one already. Its milestones have no ids yet."""
    workspace, segment = services.people.workspace_id, facts.account.segment or ""
    choice = services.playbooks.choose(name=facts.playbook or "", products=facts.products, segment=segment)
    day_0 = closing_day(services, facts)
    milestones = make(choice.playbook, closed_on=day_0, facts=facts, answers=answers, days=services.days_of(csm))
    plan = PlanPicture(
        deal_id=deal_id,
        playbook=choice.playbook.name,
        playbook_title=choice.playbook.title,
        why=choice.why,
        closed_on=day_0,
        milestones=milestones,
        numbered=len(milestones),
    )
    return plan if await plans.insert_if_new(tx.session, workspace, plan, services.clock()) else None


async def ensure_plan(services: Services, tx: Tx, picture: DealPicture) -> PlanPicture:
    """The deal's plan, locked until the transaction ends. A deal from before plans gets one now, with its message; the
    dates are firm when its handoff is accepted."""
    found = await plans.load(tx.session, picture.id, lock=True)
    if found is not None:
        return found
    made = await make_plan(services, tx, picture.id, picture.facts, answers_of(picture), picture.csm)
    found = await plans.load(tx.session, picture.id, lock=True)
    assert found is not None
    if made is None:
        return found
    await _record(services, tx, BATON, "plan_made", picture.id, {"playbook": made.playbook, "why": made.why})
    csm, ae = (card.id if card else None for card in (picture.csm, picture.ae))
    await deal_clock.begin(services, tx, picture.workspace_id, picture.id, csm, picture.facts.closed_at, ae)
    if picture.channel.id:
        await show_plan(services, tx, picture.id)
    if picture.handoff is not None and picture.handoff.state is HandoffState.ACCEPTED:
        found = await _follow(services, tx, replace(picture, plan=found), None)
    return found


async def firm_plan(services: Services, tx: Tx, picture: DealPicture, by: PersonCard) -> bool:
    """The handoff was accepted: the plan's dates are firm from now on. False when they were before, and stay."""
    plan = await ensure_plan(services, tx, picture)
    await _follow(services, tx, replace(picture, plan=plan), by)
    return plan.firm_at is None


async def loosen_plan(services: Services, tx: Tx, picture: DealPicture, by: PersonCard, since: datetime) -> bool:
    """The acceptance of ``since`` was taken back: the dates are tentative as before it. False when the plan was changed
    since: then they stay."""
    plan = await plans.load(tx.session, picture.id, lock=True)
    number = await plan_history.firmed(tx.session, picture.id, since)
    stored = await plans.find_change(tx.session, number) if number is not None else None
    if plan is None or stored is None:
        return True
    now, back = services.clock(), undo(plan, stored.before, stored.after)
    if isinstance(back, Refused):
        return False
    back = replace(back, said=f"took back: {stored.said}")
    applied = await plans.apply(tx.session, plan, back, by=by, now=now)
    assert applied is not None, "the plan is locked"
    await plans.mark_undone(tx.session, stored.id, by=by, now=now)
    detail = {"change": applied.change_id, "said": back.said}
    await _record(services, tx, by.slack_id, "plan_undo", picture.id, detail)
    await redraw_plan(services, tx, picture, applied.plan, touched_by(plan, back))
    return True


async def _follow(services: Services, tx: Tx, picture: DealPicture, by: PersonCard | None) -> PlanPicture:
    plan = picture.plan
    assert plan is not None
    change = follow_handoff(
        plan,
        services.playbooks.get(plan.playbook),
        facts=picture.facts,
        answers=answers_of(picture),
        days=services.days_for(picture),
    )
    if change.is_empty:
        return plan
    applied = await plans.apply(tx.session, plan, change, by=by, now=services.clock())
    assert applied is not None, "the plan is locked"
    actor = by.slack_id if by else BATON
    detail = {"change": applied.change_id, "said": change.said}
    await _record(services, tx, actor, f"plan_{change.action}", picture.id, detail)
    await redraw_plan(services, tx, picture, applied.plan, touched_by(plan, change))
    return applied.plan


async def follow_facts(services: Services, tx: Tx, deal_id: int) -> None:
    """The CRM told of a deal anew: while its dates are tentative, the plan counts from the closing day and follows the
    playbook told now."""
    picture = await pictures.load(tx.session, deal_id)
    plan = await plans.load(tx.session, deal_id, lock=True)
    if picture is None or plan is None or plan.firm_at is not None or picture.state is DealState.CLOSED:
        return
    plan = await _switch_if_named(services, tx, picture, plan)
    day_0 = closing_day(services, picture.facts)
    change = follow_close(
        plan,
        services.playbooks.get(plan.playbook),
        day_0,
        facts=picture.facts,
        answers=answers_of(picture),
        days=services.days_for(picture),
    )
    if change is not None:
        await _apply_told(services, tx, picture, plan, change, day_0)


async def _switch_if_named(services: Services, tx: Tx, picture: DealPicture, plan: PlanPicture) -> PlanPicture:
    """The CRM names the deal's playbook, and it is another one."""
    named = services.playbooks.get(picture.facts.playbook) if picture.facts.playbook else None
    if named is None or named.name == plan.playbook:
        return plan
    why = "The deal names it."
    change = switch(plan, named, why, facts=picture.facts, answers=answers_of(picture), days=services.days_for(picture))
    return plan if isinstance(change, Refused) else await _apply_told(services, tx, picture, plan, change, None)


async def _apply_told(
    services: Services, tx: Tx, picture: DealPicture, plan: PlanPicture, change: PlanChange, day_0: date | None
) -> PlanPicture:
    applied = await plans.apply(tx.session, plan, change, by=None, now=services.clock(), closed_on=day_0)
    assert applied is not None, "the plan is locked"
    detail = {"change": applied.change_id, "said": change.said}
    await _record(services, tx, CRM, f"plan_{change.action}", picture.id, detail)
    await redraw_plan(services, tx, picture, applied.plan, touched_by(plan, change))
    return applied.plan


async def show_plan(services: Services, tx: Tx, deal_id: int) -> None:
    """Say the plan in the deal's channel, or edit what was said."""
    facts = {"zone": services.settings.timezone}
    new = notice(deal_id, "plan", plan_key(deal_id), services.clock(), facts=facts)
    await outbox.say_or_redraw(services, tx, new)


async def redraw_plan(
    services: Services, tx: Tx, picture: DealPicture, plan: PlanPicture, touched: Collection[int]
) -> None:
    """The plan changed: its message, its part of the canvas, the kickoff's agenda, and the digests that show one of the
    ``touched`` milestones (row ids) follow."""
    await outbox.redraw(services, tx, [plan_key(picture.id)])
    await deal_clock.keep_agenda(services, tx, picture.workspace_id, plan)
    await digests.refresh_milestones(services, tx, picture.id, touched)
    if picture.handoff is not None and picture.handoff.version:
        await outbox.errand(services, tx, picture.id, "sync_canvas", f"deal:{picture.id}:canvas")


def touched_by(plan: PlanPicture, change: PlanChange) -> list[int]:
    """The row ids of the milestones of a plan that a change changes or removes."""
    numbers = {one.number for one in change.milestones} | set(change.removed)
    return [one.id for one in plan.milestones if one.number in numbers]


def answers_of(picture: DealPicture) -> Answers | None:
    """What the handoff says, once it was handed in."""
    handoff = picture.handoff
    return handoff.answers if handoff is not None and handoff.version else None


async def _record(services: Services, tx: Tx, actor: str, action: str, deal_id: int, detail: dict[str, Any]) -> None:
    act = audit.Act(actor, action, VIA_PLAN, deal_id=deal_id, detail=detail)
    await audit.record(tx.session, services.people.workspace_id, act, services.clock())
