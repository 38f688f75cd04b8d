"""A usage alert found for whoever asks, and changed by a rule: one transaction with the audit and the edits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Action, Relation
from domain.outcome import Refused
from domain.usage.trend import AccountTrend
from domain.usage_alert import UsageAlertCard
from domain.usage_undo import Before, before
from handlers import front, outbox
from handlers.ledger import QUICKER
from handlers.people import Asker
from handlers.services import Services
from storage import usage_accounts, usage_alerts, usage_cards
from storage.database import Tx
from storage.usage_cards import Kept

NO_CUSTOMER: Final = Refused("This customer is not there any more.")
GONE: Final = Refused("This alert is not there any more.")
TRIES: Final = 3
Rule = Callable[[UsageAlertCard], UsageAlertCard | Refused]


@dataclass(frozen=True, slots=True)
class Acted:
    """It is done: the alert as it is now, what it was before, and when."""

    card: UsageAlertCard
    was: Before
    at: datetime


async def find(
    services: Services, asker: Asker, alert_id: int, action: Action, channel_id: str = ""
) -> UsageAlertCard | Refused:
    """The alert, if the asker may do this about it. Whoever is in the deal's channel may see what stands there."""
    async with services.db.read() as session:
        kept = await usage_cards.load(session, alert_id)
        customer = await usage_accounts.load(session, kept.card.account) if kept is not None else None
    if kept is None or customer is None or kept.workspace_id != asker.workspace_id:
        return GONE
    here = bool(channel_id) and channel_id == kept.card.channel and action is Action.SEE_USAGE
    if not here:
        allowed = front.may(asker, relation(services, asker, customer, kept.card), action)
        if isinstance(allowed, Refused):
            return allowed
    return kept.card


@dataclass(frozen=True, slots=True)
class Seen:
    """A customer's usage as it is now: ``card`` of a fall that goes on, ``weeks`` None when nothing was ever told."""

    customer: usage_accounts.Customer
    card: UsageAlertCard | None
    weeks: AccountTrend | None


async def look(services: Services, asker: Asker, account_id: int, channel_id: str) -> Seen | Refused:
    """A customer's usage, for its people, and for whoever is in the channel of one of its deals."""
    today = services.today(asker.card.zone)
    async with services.db.read() as session:
        customer = await usage_accounts.load(session, account_id)
        if customer is None or customer.workspace_id != asker.workspace_id:
            return NO_CUSTOMER
        kept = (await usage_alerts.going_on(session, [account_id])).get(account_id)
        card = kept.card if kept is not None else None
        here = await usage_accounts.of_channel(session, asker.workspace_id, channel_id) if channel_id else None
        action = Action.SEE_PLAN if here == account_id else Action.SEE_USAGE
        allowed = front.may(asker, relation(services, asker, customer, card), action)
        if isinstance(allowed, Refused):
            return allowed
        weeks = await weeks_of(services, session, customer, card, today)
    return Seen(customer, card, weeks)


async def weeks_of(
    services: Services,
    session: AsyncSession,
    customer: usage_accounts.Customer,
    card: UsageAlertCard | None,
    today: date,
) -> AccountTrend | None:
    """The complete weeks of a customer before today, with the trend of what fell."""
    return await usage_accounts.trend(
        session,
        customer,
        services.metrics,
        until=today,
        metric=card.metric if card else "",
        since=card.since if card else None,
        level=card.usual if card else None,
    )


def relation(
    services: Services, asker: Asker, customer: usage_accounts.Customer, card: UsageAlertCard | None = None
) -> Relation:
    """What the asker is to a customer: who was told of a fall is their CSM."""
    told = [card.csm] if card is not None and card.csm else []
    return front.relation_to_customer(services, asker, customer.sellers, customer.csms.union(told))


async def act(services: Services, asker: Asker, alert_id: int, rule: Rule, named: str, via: str) -> Acted | Refused:
    """Change an alert as ``rule`` says, which is asked again when somebody else was quicker; ``named`` is what the
    audit log calls it."""
    allowed = await find(services, asker, alert_id, Action.ACT_ON_USAGE)
    if isinstance(allowed, Refused):
        return allowed
    async with services.db.write() as tx:
        for _ in range(TRIES):
            kept = await usage_cards.load(tx.session, alert_id)
            if kept is None:
                return GONE
            changed = rule(kept.card)
            if isinstance(changed, Refused):
                return changed
            if await _kept(services, tx, asker, kept, changed, named, via):
                return Acted(changed, before(kept.card), services.clock())
    return QUICKER


async def _kept(
    services: Services, tx: Tx, asker: Asker, kept: Kept, changed: UsageAlertCard, named: str, via: str
) -> bool:
    now = services.clock()
    ids = await usage_alerts.change(tx.session, kept, changed, asker.card.id, now)
    if ids is None:
        return False
    detail = {"alert": changed.id, "account": changed.account_id, "version": changed.version}
    await outbox.wrote(services, tx, asker, f"usage_{named}", via, changed.deal, **detail)
    await services.engine.enqueue(tx, ids)
    return True
