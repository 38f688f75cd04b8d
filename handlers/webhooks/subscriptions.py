"""What billing tells of subscriptions: kept, once, and looked at with all that was told of the customer before."""

import hashlib
from typing import Final

import structlog

from domain.plays.changes import Change, Told, direction, unknown_names
from domain.plays.plans import folded
from handlers import outbox
from handlers.outbox import to_person
from handlers.play_making import TO_CS, keep_plays, lead
from handlers.services import Services
from handlers.webhooks.deals import Teller
from handlers.webhooks.models import PlanChanged, SubscriptionCanceled
from storage import audit, subscriptions
from storage.database import Tx
from storage.notices import NewNotice
from storage.subscriptions import Known

REASON: Final = 2_000
"""Characters kept of the reason a customer gave; a message shows its beginning."""

_log = structlog.stdlib.get_logger("baton.webhooks")


async def record_plan_changed(services: Services, tx: Tx, told: PlanChanged, teller: Teller) -> None:
    """Keep a change of plan, and what it means for the plays of the customer, in the caller's transaction."""
    if told.renews_at is not None:
        workspace, now = services.people.workspace_id, services.clock()
        await subscriptions.note_renewal(tx.session, workspace, told.account_id, told.renews_at, told.changed_at, now)
    change = Change(0, Told.PLAN, told.changed_at, told.from_, told.to, told.mrr_delta)
    await _record(services, tx, told.account_id, change, teller, "plan_changed")


async def record_canceled(services: Services, tx: Tx, told: SubscriptionCanceled, teller: Teller) -> None:
    """Keep the end of a subscription. It happened when billing says the event did; ``effective_at`` is when it ends."""
    reason = told.reason[:REASON]
    change = Change(0, Told.CANCEL, teller.at, effective_at=told.effective_at, reason=reason)
    await _record(services, tx, told.account_id, change, teller, "subscription_canceled")


async def _record(services: Services, tx: Tx, account_ref: str, change: Change, teller: Teller, action: str) -> None:
    session, workspace, now = tx.session, services.people.workspace_id, services.clock()
    account = await subscriptions.account(session, workspace, account_ref)
    if await subscriptions.record(session, workspace, account_ref, change, now) is None:
        _log.info("subscription told again", account=account_ref, kind=change.kind.value)
        return
    detail = {
        "from": change.before,
        "to": change.after,
        "delta": str(change.delta) if change.delta is not None else "",
        "at": change.at.isoformat(),
        "effective_at": change.effective_at.isoformat() if change.effective_at else "",
        "known": account is not None,
    }
    act = audit.Act(teller.actor, action, teller.via, subject=account_ref, detail=detail)
    await audit.record(session, workspace, act, now)
    if account is None:
        _log.warning("subscription of an account nobody knows", account=account_ref)
        return
    await keep_plays(services, tx, account, account_ref)
    for name in unknown_names([change], services.plans):
        await _tell_unknown(services, tx, account, change, name)


async def _tell_unknown(services: Services, tx: Tx, account: Known, change: Change, name: str) -> None:
    """Once for each name: the lead hears of a plan that is not in plans.yaml."""
    boss = await lead(services, tx)
    effect = direction(change.before, change.after, change.delta, services.plans)
    digest = hashlib.sha256(folded(name).encode()).hexdigest()[:16]
    told = NewNotice(
        key=f"plan:unknown:{digest}",
        kind="plan_unknown",
        lane=f"plan:unknown:{digest}",
        audience=to_person(boss.slack_id) if boss else TO_CS,
        not_before=services.clock(),
        facts={"name": name, "customer": account.name, "effect": effect.value},
    )
    await outbox.say(services, tx, told)
