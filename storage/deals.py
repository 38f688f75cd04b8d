"""Deals and their accounts: found, recorded, changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from domain.deals import AccountFacts, DealFacts, DealState
from storage.models import Account, Deal, Handoff
from storage.pictures import deal_facts

ALIVE = (DealState.OPENING.value, DealState.OPEN.value)


def search_form(name: str) -> str:
    """How names are compared when people look for a deal."""
    return " ".join(name.casefold().split())


async def upsert_account(session: AsyncSession, workspace_id: int, facts: AccountFacts, now: datetime) -> int:
    """The account's row id; made or brought up to date. A fact the CRM leaves out this time is kept."""
    values = {
        "workspace_id": workspace_id,
        "external_id": facts.id,
        "name": facts.name,
        "domain": facts.domain or "",
        "segment": facts.segment or "",
        "region": facts.region or "",
        "updated_at": now,
    }
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert(Account) if dialect == "sqlite" else postgresql.insert(Account)
    statement = insert.values(values)
    kept = {"name": facts.name, "updated_at": now} | {
        name: values[name] for name in ("domain", "segment", "region") if values[name]
    }
    return (
        await session.scalars(
            statement.on_conflict_do_update(index_elements=["workspace_id", "external_id"], set_=kept).returning(
                Account.id
            )
        )
    ).one()


async def account_told(session: AsyncSession, workspace_id: int, external_id: str) -> AccountFacts | None:
    """What is known of the account with the CRM's id, None when there is none."""
    statement = select(Account.name, Account.domain, Account.segment, Account.region).where(
        Account.workspace_id == workspace_id, Account.external_id == external_id
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    return AccountFacts(external_id, row.name, row.domain or None, row.segment or None, row.region or None)


async def by_external_id(
    session: AsyncSession, workspace_id: int, external_id: str, *, lock: bool = False
) -> Deal | None:
    """The deal with the CRM's id; ``lock`` keeps other transactions off its row (PostgreSQL)."""
    statement = select(Deal).where(Deal.workspace_id == workspace_id, Deal.external_id == external_id)
    return (await session.scalars(statement.with_for_update(key_share=True) if lock else statement)).first()


async def locked(session: AsyncSession, workspace_id: int, external_id: str) -> Deal:
    """The deal with the CRM's id as it is now, kept for this transaction; it has to exist."""
    statement = (
        select(Deal)
        .where(Deal.workspace_id == workspace_id, Deal.external_id == external_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).one()


async def facts_told(session: AsyncSession, deal: Deal) -> DealFacts:
    """The CRM's facts of a deal as they stand now."""
    return deal_facts(deal, await session.get_one(Account, deal.account_id, populate_existing=True))


async def insert_if_new(
    session: AsyncSession, workspace_id: int, account_id: int, facts: DealFacts, state: DealState, now: datetime
) -> Deal | None:
    """Record a deal; None when one with this CRM id is there already (two deliveries at once make one deal)."""
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert(Deal) if dialect == "sqlite" else postgresql.insert(Deal)
    statement = (
        insert.values(
            workspace_id=workspace_id,
            account_id=account_id,
            external_id=facts.id,
            name=facts.name,
            search_name=search_form(f"{facts.name} {facts.account.name}"),
            state=state.value,
            products=[],
            currency="",
            owner_email="",
            csm_email="",
            crm_url="",
            plan="",
            notes="",
            playbook="",
            stage="",
            csm_why="",
            channel_name="",
            channel_private=True,
            channel_outsiders=False,
            bookmark_id="",
            bookmark_url="",
            topic="",
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing(index_elements=["workspace_id", "external_id"])
        .returning(Deal.id)
    )
    deal_id = (await session.scalars(statement)).first()
    if deal_id is None:
        return None
    deal = await session.get_one(Deal, deal_id)
    apply_facts(deal, facts, now)
    return deal


def apply_facts(deal: Deal, facts: DealFacts, now: datetime) -> None:
    """Write the CRM's facts onto the row; its people and channel are not touched."""
    deal.name = facts.name
    deal.search_name = search_form(f"{facts.name} {facts.account.name}")
    deal.amount = facts.amount
    deal.currency = facts.currency or ""
    deal.closed_at = facts.closed_at
    deal.owner_email = facts.owner_email.strip().lower()
    deal.csm_email = (facts.csm_email or "").strip().lower()
    deal.crm_url = facts.crm_url or ""
    deal.products = list(facts.products)
    deal.plan = facts.plan or ""
    deal.notes = facts.notes or ""
    deal.playbook = facts.playbook or ""
    deal.updated_at = now


async def has_handoff(session: AsyncSession, deal_id: int) -> bool:
    """Whether a handoff was asked for."""
    return (await session.scalars(select(Handoff.id).where(Handoff.deal_id == deal_id))).first() is not None


async def add_handoff(session: AsyncSession, deal_id: int, now: datetime) -> None:
    """The handoff every won deal has, asked for now."""
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert(Handoff) if dialect == "sqlite" else postgresql.insert(Handoff)
    await session.execute(
        insert.values(
            deal_id=deal_id,
            state="requested",
            version=0,
            answers={},
            score=0,
            gaps="",
            requested_at=now,
            canvas_id="",
            canvas_refused="",
        ).on_conflict_do_nothing(index_elements=["deal_id"])
    )


async def by_channel(session: AsyncSession, workspace_id: int, channel_id: str) -> Deal | None:
    """The deal this channel belongs to."""
    return (
        await session.scalars(select(Deal).where(Deal.workspace_id == workspace_id, Deal.channel_id == channel_id))
    ).first()


def like(words: str) -> str:
    """A pattern, with a backslash as escape, that finds ``words`` anywhere in ``search_name``."""
    escaped = search_form(words).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


async def search(
    session: AsyncSession, workspace_id: int, words: str, *, person_id: int | None, limit: int
) -> list[Deal]:
    """Won deals whose name or account holds ``words``; with ``person_id`` only those they are AE or CSM of. Newest
    first."""
    statement = select(Deal).where(Deal.workspace_id == workspace_id, Deal.state != DealState.PROSPECT.value)
    if words.strip():
        statement = statement.where(Deal.search_name.like(like(words), escape="\\"))
    if person_id is not None:
        statement = statement.where(or_(Deal.ae_id == person_id, Deal.csm_id == person_id))
    return list((await session.scalars(statement.order_by(Deal.id.desc()).limit(limit))).all())


async def of_person(session: AsyncSession, workspace_id: int, person_id: int, limit: int) -> list[Deal]:
    """The open deals somebody is AE or CSM of, newest first."""
    statement = (
        select(Deal)
        .where(
            Deal.workspace_id == workspace_id,
            Deal.state.in_(ALIVE),
            or_(Deal.ae_id == person_id, Deal.csm_id == person_id),
        )
        .order_by(Deal.id.desc())
        .limit(limit)
    )
    return list((await session.scalars(statement)).all())


async def open_ones(
    session: AsyncSession, workspace_id: int, limit: int, *, person_id: int | None = None
) -> list[tuple[int, str]]:
    """Open deals by our id with their customer's name, the newest first; with ``person_id`` those they are AE or CSM
    of."""
    statement = (
        select(Deal.id, Account.name)
        .join(Account, Account.id == Deal.account_id)
        .where(Deal.workspace_id == workspace_id, Deal.state.in_(ALIVE))
    )
    if person_id is not None:
        statement = statement.where(or_(Deal.ae_id == person_id, Deal.csm_id == person_id))
    rows = (await session.execute(statement.order_by(Deal.id.desc()).limit(limit))).all()
    return [(number, name) for number, name in rows]


async def open_of_account(session: AsyncSession, account_id: int, limit: int) -> list[int]:
    """The open deals of a customer, the newest first."""
    statement = select(Deal.id).where(Deal.account_id == account_id, Deal.state.in_(ALIVE))
    return list((await session.scalars(statement.order_by(Deal.id.desc()).limit(limit))).all())


async def account_of(session: AsyncSession, deal_id: int) -> int | None:
    """The account of a deal, by our ids."""
    return (await session.scalars(select(Deal.account_id).where(Deal.id == deal_id))).first()


async def names_taken(session: AsyncSession, workspace_id: int, names: Sequence[str]) -> set[str]:
    """Which of these channel names other deals have claimed."""
    statement = select(Deal.channel_name).where(Deal.workspace_id == workspace_id, Deal.channel_name.in_(names))
    return set((await session.scalars(statement)).all())


async def claim_channel_name(session: AsyncSession, deal_id: int, name: str) -> None:
    """Write the name down before Slack is asked for it; raises ``IntegrityError`` when another deal was quicker."""
    await session.execute(update(Deal).where(Deal.id == deal_id).values(channel_name=name))


async def channels_known(session: AsyncSession, workspace_id: int, channel_ids: Sequence[str]) -> set[str]:
    """Which of these channels already belong to a deal."""
    statement = select(Deal.channel_id).where(Deal.workspace_id == workspace_id, Deal.channel_id.in_(channel_ids))
    return {channel_id for channel_id in (await session.scalars(statement)).all() if channel_id}
