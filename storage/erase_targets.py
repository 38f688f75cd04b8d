"""Who or what is to be erased: found by the id people know them by, with everything they are called."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.erasing import Traces, traces_of
from storage.models import Account, Deal, Handoff, HandoffVersion, Person, Stakeholder
from storage.play_models import SubscriptionEvent
from storage.usage_models import UsageAccount

ACCOUNT: Final = "account"
PERSON: Final = "person"


@dataclass(frozen=True, slots=True)
class Target:
    """Who or what is to be erased: our row (None: somebody who is no member of Slack, known by traces alone), the deals
    that are theirs, and what they are called."""

    kind: str
    row_id: int | None
    title: str
    deals: tuple[int, ...]
    traces: Traces
    external_id: str = ""
    slack_id: str = ""
    external_deals: tuple[str, ...] = ()


async def account(session: AsyncSession, workspace_id: int, external_id: str, also: Iterable[str]) -> Target | None:
    """The customer of this id in the CRM, or one of whom only usage or billing told."""
    row = (
        await session.scalars(
            select(Account).where(Account.workspace_id == workspace_id, Account.external_id == external_id)
        )
    ).first()
    if row is None:
        fed = select(UsageAccount.id).where(
            UsageAccount.workspace_id == workspace_id, UsageAccount.external_id == external_id
        )
        billed = select(SubscriptionEvent.id).where(
            SubscriptionEvent.workspace_id == workspace_id, SubscriptionEvent.account_ref == external_id
        )
        if not (await session.scalars(fed)).first() and not (await session.scalars(billed.limit(1))).first():
            return None
    number = row.id if row else 0
    deals = (await session.scalars(select(Deal).where(Deal.account_id == number))).all()
    ids = tuple(deal.id for deal in deals)
    called = [external_id, *also]
    if row is not None:
        called += [row.name, row.domain]
    for deal in deals:
        called += [deal.external_id, deal.name, deal.channel_name, deal.crm_url]
    called += await _contacts(session, ids)
    return Target(
        ACCOUNT,
        row.id if row else None,
        row.name if row else external_id,
        ids,
        traces_of(called),
        external_id=external_id,
        external_deals=tuple(deal.external_id for deal in deals),
    )


async def person(session: AsyncSession, workspace_id: int, called: str, also: Iterable[str]) -> Target | None:
    """Somebody in Slack, by Slack id or e-mail address; or one of a customer's people, by name or address, when they
    stand in a handoff. None when nobody of that name is known."""
    mine = Person.workspace_id == workspace_id
    row = (
        await session.scalars(
            select(Person).where(mine, or_(Person.slack_id == called, Person.email == called.strip().lower()))
        )
    ).first()
    if row is not None:
        traces = traces_of([row.slack_id, row.email, row.name, called, *also])
        return Target(PERSON, row.id, row.name or row.slack_id, (), traces, slack_id=row.slack_id)
    wanted = called.strip().casefold()
    known = await session.execute(
        select(Stakeholder.name, Stakeholder.contact)
        .join(Deal, Deal.id == Stakeholder.deal_id)
        .where(Deal.workspace_id == workspace_id)
    )
    same = [
        part
        for name, contact in known.all()
        if wanted in (name.strip().casefold(), contact.strip().casefold())
        for part in (name, contact)
    ]
    return Target(PERSON, None, called, (), traces_of([called, *same, *also]))


async def _contacts(session: AsyncSession, deals: Collection[int]) -> list[str]:
    """The people at the customer, from every version of the handoffs."""
    if not deals:
        return []
    found: dict[str, None] = {}
    rows = await session.execute(select(Stakeholder.name, Stakeholder.contact).where(Stakeholder.deal_id.in_(deals)))
    for name, contact in rows.all():
        found |= dict.fromkeys((name, contact))
    versions = await session.scalars(
        select(HandoffVersion.answers)
        .join(Handoff, Handoff.id == HandoffVersion.handoff_id)
        .where(Handoff.deal_id.in_(deals))
    )
    for answers in versions.all():
        listed: object = answers.get("stakeholders")
        for one in cast("list[object]", listed) if isinstance(listed, list) else []:
            if isinstance(one, dict):
                said = cast("dict[str, object]", one)
                found |= dict.fromkeys(str(said.get(name) or "") for name in ("name", "contact"))
    return [word for word in found if word]
