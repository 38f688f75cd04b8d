"""A deal's plan seen, changed and put back: each change asked of a rule and kept in one transaction with what it
causes. Buttons, windows and commands all come through here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from domain.access import Action
from domain.deals import DealState
from domain.outcome import Refused
from domain.picture import DealPicture
from domain.plan.change import PlanChange
from domain.plan.undo_window import out_of_time
from domain.plan.undoing import undo
from domain.plan_picture import Milestone, PlanPicture
from handlers import digests, front, outbox
from handlers.decisions import GONE
from handlers.ledger import QUICKER, may_touch
from handlers.outbox import Done
from handlers.people import Asker
from handlers.plan_making import ensure_plan, redraw_plan, touched_by
from handlers.services import Services
from messages.text import ago
from storage import pictures, plan_history, plans
from storage.database import Tx
from storage.plan_history import Happened
from storage.plans import StoredChange

Rule = Callable[[PlanPicture, DealPicture], PlanChange | Refused]
"""What becomes of a plan; the deal comes along for its people, its answers and its facts."""

NO_CHANGE: Final = Refused("This change is not there any more.")
NOTHING: Final = Refused("That changes nothing.")
NOT_WON: Final = Refused("This deal is not won yet; its plan is made when it is.")
NO_PLAN: Final = Refused("This deal was finished before it had a plan.")
NO_MILESTONE: Final = Refused("This milestone is not there any more.")
FOR_GOOD: Final[Mapping[str, Refused]] = MappingProxyType(
    {
        "firm": Refused(
            "Accepting the handoff did this, and that stays. Change by hand what is wrong, as with "
            "`/milestone move 4 to Friday`."
        ),
        "close": Refused(
            "The CRM did this: the plan counts from the deal's closing day there. Correct the day in the CRM and the "
            "plan follows, or move single milestones by hand."
        ),
    }
)
"""Changes nobody made by hand: the CRM or the accepted handoff would only make them again."""


@dataclass(frozen=True, slots=True)
class Changed(Done):
    """It is done. ``change_id`` is what undoes it; ``plan`` as it is now."""

    change_id: int
    plan: PlanPicture


async def see_plan(services: Services, asker: Asker, deal_id: int) -> DealPicture | Refused:
    """The deal with its plan, for whoever may see it. A deal from before plans gets one now."""
    async with services.db.read() as session:
        picture = await pictures.load(session, deal_id, plan=True)
    if picture is None or picture.workspace_id != asker.workspace_id:
        return GONE
    allowed = front.may(asker, front.relation(services, asker, picture), Action.SEE_PLAN)
    if isinstance(allowed, Refused):
        return allowed
    if picture.plan is not None:
        return picture
    if picture.state not in (DealState.OPENING, DealState.OPEN):
        return NO_PLAN if picture.state is DealState.CLOSED else NOT_WON
    async with services.db.write() as tx:
        return replace(picture, plan=await ensure_plan(services, tx, picture))


async def deal_of_milestone(services: Services, milestone_id: int) -> int | Refused:
    """The deal of the milestone a button is about."""
    async with services.db.read() as session:
        return await plans.deal_of(session, milestone_id) or NO_MILESTONE


async def change_plan(
    services: Services, asker: Asker, deal_id: int, rule: Rule, via: str, own: int = 0
) -> Changed | Refused:
    """Change a plan as ``rule`` says. The plan is locked before the rule sees it: a stale button hears what the rule
    makes of the plan as it is now. ``own`` is the number of the milestone it is about, which its owner may change too.
    """
    async with services.db.write() as tx:
        found = await pictures.load(tx.session, deal_id, plan=bool(own))
        one = found.plan.by_number(own) if found is not None and found.plan is not None else None
        picture = may_work_on(services, asker, found, one)
        if isinstance(picture, Refused):
            return picture
        picture = replace(picture, plan=await ensure_plan(services, tx, picture))
        return await _apply(services, tx, asker, picture, rule, via)


async def undo_change(services: Services, asker: Asker, change_id: int, via: str) -> Changed | Refused:
    """Put back what one change did, within ten minutes and as long as nothing of it was changed since."""
    async with services.db.write() as tx:
        stored = await plans.find_change(tx.session, change_id)
        if stored is None:
            return NO_CHANGE
        mine = stored.by is not None and stored.by.id == asker.card.id
        action = Action.WORK_ON_OWN if mine else Action.EDIT_PLAN
        picture = may_touch(services, asker, await pictures.load(tx.session, stored.deal_id), action)
        if isinstance(picture, Refused):
            return picture
        picture = replace(picture, plan=await ensure_plan(services, tx, picture))
        now = services.clock()
        # Read again under the plan's lock: two who press at once come here one after the other.
        stored = await plans.find_change(tx.session, change_id)
        stopped = _stopped(stored, now, asker)
        if stopped is not None or stored is None:
            return stopped or NO_CHANGE

        def back(found: PlanPicture, _: DealPicture) -> PlanChange | Refused:
            change = undo(found, stored.before, stored.after)
            return change if isinstance(change, Refused) else replace(change, said=f"took back: {stored.said}")

        done = await _apply(services, tx, asker, picture, back, via)
        if isinstance(done, Changed):
            await plans.mark_undone(tx.session, change_id, by=asker.card, now=now)
            return done
        later = await plan_history.since(tx.session, stored.deal_id, change_id)
        return done if later is None else Refused(f"{_told(later, now, asker)} {done.reason}")


def _stopped(stored: StoredChange | None, now: datetime, asker: Asker) -> Refused | None:
    """Why this change can't be undone whatever became of the plan; None when it can."""
    if stored is None:
        return NO_CHANGE
    if stored.action in FOR_GOOD:
        return FOR_GOOD[stored.action]
    if stored.undone_at is not None:
        by = stored.undone_by.name if stored.undone_by else "Somebody"
        return Refused(f"{by} undid this {ago(stored.undone_at, now, asker.card.zone)}.")
    return out_of_time(stored.at, now)


def _told(later: Happened, now: datetime, asker: Asker) -> str:
    """What was done since, by whom and when, in one sentence."""
    at = ago(later.at, now, asker.card.zone)
    if later.action == "firm":
        by = f" by {later.by.name}" if later.by else ""
        return f"The handoff was accepted{by} {at}, and that {later.said}."
    who = later.by.name if later.by else "The CRM"
    return f"{who} {later.said} {at}."


def may_change(services: Services, asker: Asker, picture: DealPicture | None) -> DealPicture | Refused:
    """The deal, if the asker may change its plan now."""
    allowed = may_touch(services, asker, picture, Action.EDIT_PLAN)
    if isinstance(allowed, DealPicture) and allowed.state is DealState.PROSPECT:
        return NOT_WON
    return allowed


def may_work_on(
    services: Services, asker: Asker, picture: DealPicture | None, one: Milestone | None
) -> DealPicture | Refused:
    """The same, or the asker owns the milestone: who is reminded of it can also say that it is done."""
    allowed = may_change(services, asker, picture)
    if isinstance(allowed, Refused) and one is not None and one.owner is not None and one.owner.id == asker.card.id:
        return may_touch(services, asker, picture, Action.WORK_ON_OWN)
    return allowed


async def _apply(
    services: Services, tx: Tx, asker: Asker, picture: DealPicture, rule: Rule, via: str
) -> Changed | Refused:
    assert picture.plan is not None
    change = rule(picture.plan, picture)
    if isinstance(change, Refused):
        return change
    if change.is_empty:
        return NOTHING
    applied = await plans.apply(tx.session, picture.plan, change, by=asker.card, now=services.clock())
    if applied is None:
        return QUICKER
    numbers = sorted({one.number for one in change.milestones} | set(change.removed))
    detail = {"change": applied.change_id, "said": change.said, "milestones": numbers}
    await outbox.wrote(services, tx, asker, f"plan_{change.action}", via, picture.id, **detail)
    await redraw_plan(services, tx, picture, applied.plan, touched_by(picture.plan, change))
    changed = [one.id for one in applied.plan.milestones if one.number in numbers]
    await digests.refresh_milestones(services, tx, picture.id, changed)
    return Changed(f"You {change.said}.", applied.change_id, applied.plan)
