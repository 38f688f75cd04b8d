"""Conversations with customers and what customers won: kept, taken back, counted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import BindParameter, CursorResult, Table, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.interaction_models import Interaction, Win
from storage.models import Deal, Notice

Told = type[Interaction] | type[Win]
_INTERACTION, _DEAL = (cast("Table", model.__table__) for model in (Interaction, Deal))
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_LAST: Final = (
    select(_DEAL.c.id, func.max(_INTERACTION.c.at, type_=_INTERACTION.c.at.type))
    .join_from(_DEAL, _INTERACTION, _INTERACTION.c.account_id == _DEAL.c.account_id)
    .where(_DEAL.c.id.in_(_IDS), _INTERACTION.c.undone_at.is_(None))
    .group_by(_DEAL.c.id)
)
_OF_DEALS: Final = (
    select(_DEAL.c.id, func.count())
    .join_from(_DEAL, _INTERACTION, _INTERACTION.c.account_id == _DEAL.c.account_id)
    .where(
        _DEAL.c.id.in_(_IDS),
        _INTERACTION.c.undone_at.is_(None),
        _INTERACTION.c.at >= bindparam("since", type_=_INTERACTION.c.at.type),
    )
    .group_by(_DEAL.c.id)
)
_SINCE: Final = (
    select(func.count())
    .select_from(_INTERACTION)
    .where(
        _INTERACTION.c.account_id == bindparam("account"),
        _INTERACTION.c.undone_at.is_(None),
        _INTERACTION.c.at >= bindparam("since", type_=_INTERACTION.c.at.type),
    )
)


@dataclass(frozen=True, slots=True)
class NewTold:
    """Something told of a customer; ids are ours, ``origin`` what Slack calls the telling: the same one is kept once.
    ``kind`` of a conversation, '' for a win."""

    account_id: int
    deal_id: int
    author_id: int
    note: str
    origin: str
    kind: str = ""


async def keep(session: AsyncSession, workspace_id: int, told: NewTold, now: datetime) -> int | None:
    """Keep a conversation (with a kind) or a win (without); its id, None when it is kept already."""
    model: Told = Interaction if told.kind else Win
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values: dict[str, Any] = {
        "workspace_id": workspace_id,
        "account_id": told.account_id,
        "deal_id": told.deal_id,
        "author_id": told.author_id,
        "at": now,
        "note": told.note,
        "origin": told.origin,
        "undone_at": None,
    }
    if told.kind:
        values["kind"] = told.kind
    adding = insert(model).values(values).on_conflict_do_nothing(index_elements=["workspace_id", "origin"])
    return (await session.execute(adding.returning(model.id))).scalar()


async def get(session: AsyncSession, workspace_id: int, model: Told, told_id: int) -> Interaction | Win | None:
    """What was told, by our id."""
    statement = select(model).where(model.id == told_id, model.workspace_id == workspace_id)
    return (await session.scalars(statement)).first()


async def take_back(session: AsyncSession, model: Told, told_id: int, now: datetime) -> bool:
    """It counts no more, and what was written is gone; False when somebody was quicker."""
    taking = update(model).where(model.id == told_id, model.undone_at.is_(None)).values(undone_at=now, note="")
    result = await session.execute(taking.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount == 1


async def forget_words(session: AsyncSession, workspace_id: int, key: str) -> None:
    """The message of a win that was taken back says so from its next edit on."""
    changing = update(Notice).where(Notice.workspace_id == workspace_id, Notice.key == key)
    await session.execute(changing.values(facts={"undone": True}).execution_options(synchronize_session=False))


async def last_of_deals(session: AsyncSession, deal_ids: Collection[int]) -> dict[int, datetime]:
    """When somebody last talked with the customers of these deals, by our id of the deal; one query."""
    if not deal_ids:
        return {}
    rows = (await session.execute(_LAST, {"ids": sorted(deal_ids)})).all()
    return {row[0]: row[1] for row in rows}


async def counts_of_deals(session: AsyncSession, deal_ids: Collection[int], since: datetime) -> dict[int, int]:
    """How many conversations with the customers of these deals were told of since then, by our id of the deal; those
    with none are left out. One query."""
    if not deal_ids:
        return {}
    rows = (await session.execute(_OF_DEALS, {"ids": sorted(deal_ids), "since": since})).all()
    return {row[0]: row[1] for row in rows}


async def count_since(session: AsyncSession, account_id: int, since: datetime) -> int:
    """How many conversations with a customer were told of since then."""
    return (await session.scalars(_SINCE, {"account": account_id, "since": since})).one()
