"""What billing told of subscriptions: each telling once, for accounts we know and for those we don't (yet)."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final, cast

from sqlalchemy import Table, func, select, union
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from domain.plays.changes import Change, Told
from storage.models import Account
from storage.play_models import SubscriptionEvent

NEWEST: Final = 500
"""Changes of one customer that are looked at: more than any customer has in its life."""
NAMES: Final = 500
RENEWS: Final = "renews"
"""Kind of the rows that say when a customer decides anew: ``effective_at`` is that day, ``at`` when it was told."""
_ONCE: Final = ("workspace_id", "account_ref", "fingerprint")
_EVENT: Final = cast("Table", SubscriptionEvent.__table__)


@dataclass(frozen=True, slots=True)
class Known:
    """A customer: our id, and its name."""

    id: int
    name: str


async def record(session: AsyncSession, workspace_id: int, account_ref: str, told: Change, now: datetime) -> int | None:
    """Keep what billing told (its ``id`` is not looked at). None when it told exactly this before: the same plans, or
    the same end, at the same moment."""
    insert = sqlite.insert(_EVENT) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(_EVENT)
    values: dict[str, Any] = {
        "workspace_id": workspace_id,
        "account_ref": account_ref,
        "fingerprint": _fingerprint(told),
        "kind": told.kind.value,
        "at": told.at,
        "before_plan": told.before,
        "after_plan": told.after,
        "delta": told.delta,
        "effective_at": told.effective_at,
        "reason": told.reason,
        "received_at": now,
    }
    statement = insert.values(values).on_conflict_do_nothing(index_elements=_ONCE).returning(_EVENT.c.id)
    return (await session.scalars(statement)).first()


def _fingerprint(told: Change) -> str:
    ends = told.effective_at.isoformat() if told.effective_at else ""
    return _print([told.kind.value, told.at.isoformat(), told.before, told.after, ends])


def _print(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


async def note_renewal(
    session: AsyncSession, workspace_id: int, account_ref: str, on: date, told_at: datetime, now: datetime
) -> None:
    """Keep when a customer's subscription is to be renewed, as it was told at ``told_at``. The newest telling counts;
    the same day told again is kept once."""
    newest = (
        select(_EVENT.c.effective_at)
        .where(_EVENT.c.workspace_id == workspace_id, _EVENT.c.account_ref == account_ref, _EVENT.c.kind == RENEWS)
        .order_by(_EVENT.c.at.desc(), _EVENT.c.id.desc())
        .limit(1)
    )
    known = (await session.scalars(newest)).first()
    if known is not None and known.date() == on:
        return
    insert = sqlite.insert(_EVENT) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(_EVENT)
    values: dict[str, Any] = {
        "workspace_id": workspace_id,
        "account_ref": account_ref,
        "fingerprint": _print([RENEWS, told_at.isoformat(), on.isoformat()]),
        "kind": RENEWS,
        "at": told_at,
        "before_plan": "",
        "after_plan": "",
        "effective_at": datetime.combine(on, time(), UTC),
        "reason": "",
        "received_at": now,
    }
    await session.execute(insert.values(values).on_conflict_do_nothing(index_elements=_ONCE))


async def renewals(session: AsyncSession, account_pks: Collection[int]) -> dict[int, date]:
    """The day on which each of these customers (our ids) decides anew, where somebody told of one; in one query."""
    statement = (
        select(Account.id, _EVENT.c.effective_at)
        .join(_EVENT, (_EVENT.c.workspace_id == Account.workspace_id) & (_EVENT.c.account_ref == Account.external_id))
        .where(Account.id.in_(sorted(set(account_pks))), _EVENT.c.kind == RENEWS)
        .order_by(_EVENT.c.at, _EVENT.c.id)
    )
    return {number: at.date() for number, at in (await session.execute(statement)).all()}


async def account(session: AsyncSession, workspace_id: int, account_ref: str) -> Known | None:
    """The customer billing calls this, None when the CRM has not told of it. Its row is kept for this transaction, so
    that two changes of one customer are looked at one after the other."""
    statement = (
        select(Account.id, Account.name)
        .where(Account.workspace_id == workspace_id, Account.external_id == account_ref)
        .with_for_update(key_share=True)
    )
    row = (await session.execute(statement)).first()
    return Known(row[0], row[1]) if row else None


async def of_account(session: AsyncSession, workspace_id: int, account_ref: str) -> list[Change]:
    """What billing told of a customer, the newest ``NEWEST``, in no order."""
    statement = (
        select(
            *(_EVENT.c[name] for name in ("id", "kind", "at", "before_plan", "after_plan", "delta")),
            *(_EVENT.c[name] for name in ("effective_at", "reason")),
        )
        .where(
            _EVENT.c.workspace_id == workspace_id,
            _EVENT.c.account_ref == account_ref,
            _EVENT.c.kind.in_([kind.value for kind in Told]),
        )
        .order_by(_EVENT.c.at.desc(), _EVENT.c.id.desc())
        .limit(NEWEST)
    )
    return [_change(row) for row in (await session.execute(statement)).all()]


def _change(row: Sequence[Any]) -> Change:
    number, kind, at, before, after, delta, effective_at, reason = row
    return Change(number, Told(kind), at, before, after, _money(delta), effective_at, reason)


def _money(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value)


@dataclass(frozen=True, slots=True)
class Aside:
    """What waits for an account we don't know: how many accounts, and some of their names."""

    count: int
    names: tuple[str, ...]


async def aside(session: AsyncSession, shown: int) -> Aside:
    """The accounts billing told of that the CRM has not; a count, and at most ``shown`` names."""
    names = (
        select(_EVENT.c.account_ref)
        .outerjoin(
            Account, (Account.workspace_id == _EVENT.c.workspace_id) & (Account.external_id == _EVENT.c.account_ref)
        )
        .where(Account.id.is_(None))
        .distinct()
    )
    count = (await session.scalars(select(func.count()).select_from(names.subquery()))).one()
    few = (await session.scalars(names.order_by(_EVENT.c.account_ref).limit(shown))).all() if count else ()
    return Aside(count, tuple(few))


async def plan_names(session: AsyncSession) -> list[str]:
    """The names of plans billing used, each once as it was written, at most ``NAMES``."""
    both = union(select(_EVENT.c.before_plan.label("name")), select(_EVENT.c.after_plan.label("name"))).subquery()
    found = await session.scalars(select(both.c.name).where(both.c.name != "").order_by(both.c.name).limit(NAMES))
    return list(found.all())
