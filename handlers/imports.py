"""Customers from before Baton: each row of a file becomes what a webhook would have made of it, held back as asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from domain.deals import AccountFacts, Begin, DealFacts, DealState
from domain.plan_picture import State
from handlers import outbox
from handlers.outbox import notice
from handlers.plan_making import show_plan
from handlers.services import Services
from handlers.webhooks.deals import Teller, begin_plan, record_deal_won
from messages.text import zone_of
from storage import audit, deals, plans
from storage.database import Tx
from storage.models import Deal

COMMAND_LINE: Final = "command line"
VIA: Final = "import"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a row. `late`: the CRM told something newer, which stays. `channel`, `plan`: it was begun now;
    `overdue`: milestones of that plan whose day is past. `unknown`: addresses no member of the workspace has."""

    new: bool = False
    changed: bool = False
    late: bool = False
    channel: bool = False
    plan: bool = False
    overdue: int = 0
    unknown: tuple[str, ...] = ()


async def take_account(services: Services, tx: Tx, facts: AccountFacts) -> Taken:
    """Make the account known, or bring it up to date; a fact that is left out is kept."""
    workspace, now = services.people.workspace_id, services.clock()
    before = await deals.account_told(tx.session, workspace, facts.id)
    await deals.upsert_account(tx.session, workspace, facts, now)
    after = await deals.account_told(tx.session, workspace, facts.id)
    taken = Taken(new=before is None, changed=before is not None and before != after)
    if taken.new or taken.changed:
        act = audit.Act(COMMAND_LINE, "account_imported", VIA, subject=facts.id)
        await audit.record(tx.session, workspace, act, now)
    return taken


async def take_deal(services: Services, tx: Tx, facts: DealFacts, begin: Begin, at: datetime) -> Taken:
    """Record a won deal and begin as much of it as asked; what was begun before stays begun. `at`: the moment the
    file's facts were true. Nobody is told of anything but what is begun now."""
    workspace = services.people.workspace_id
    found = await deals.by_external_id(tx.session, workspace, facts.id)
    before = DealState(found.state) if found is not None else None
    waited = before in (None, DealState.PROSPECT, DealState.HELD)
    recorded = await record_deal_won(services, tx, facts, Teller(COMMAND_LINE, VIA, at), begin, imported=True)
    deal = await tx.session.get_one(Deal, recorded.deal_id)
    channel = waited and deal.state == DealState.OPENING
    plan = channel and begin is Begin.PLAN
    if begin is Begin.PLAN and not waited and deal.state in (DealState.OPENING, DealState.OPEN):
        plan = await _begin_later(services, tx, deal)
    return Taken(
        new=before in (None, DealState.PROSPECT),
        changed=bool(recorded.changed),
        late=recorded.late,
        channel=channel,
        plan=plan,
        overdue=await _overdue(services, tx, deal.id) if plan else 0,
        unknown=_unknown(deal),
    )


def _unknown(deal: Deal) -> tuple[str, ...]:
    told = ((deal.owner_email, deal.ae_id), (deal.csm_email, deal.csm_id))
    return tuple(email for email, person_id in told if email and person_id is None)


async def _begin_later(services: Services, tx: Tx, deal: Deal) -> bool:
    """A deal that had a channel alone gets the rest; False when it had it before."""
    if await deals.has_handoff(tx.session, deal.id):
        return False
    playbook = await begin_plan(services, tx, deal)
    detail: dict[str, Any] = {"playbook": playbook}
    act = audit.Act(COMMAND_LINE, "deal_imported_plan", VIA, deal_id=deal.id, subject=deal.external_id, detail=detail)
    await audit.record(tx.session, services.people.workspace_id, act, services.clock())
    requested = notice(deal.id, "handoff_requested", f"deal:{deal.id}:requested", services.clock())
    await outbox.say_or_redraw(services, tx, requested)
    await show_plan(services, tx, deal.id)
    await outbox.redraw(services, tx, [f"deal:{deal.id}:card"])
    return True


async def _overdue(services: Services, tx: Tx, deal_id: int) -> int:
    plan = await plans.load(tx.session, deal_id)
    today = services.clock().astimezone(zone_of(services.settings.timezone)).date()
    milestones = plan.milestones if plan is not None else ()
    return sum(one.due is not None and one.due < today and one.state is State.PLANNED for one in milestones)
