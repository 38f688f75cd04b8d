"""The outbox: notices added with the facts that cause them, claimed by the engine, marked when Slack has them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Select,
    Table,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.models import Notice
from storage.types import UtcDateTime

PENDING = "pending"
SENDING = "sending"
SENT = "sent"
QUIET = "quiet"
DEAD = "dead"
UNSURE = "unsure"

WHY_LIMIT = 500

# Written out, because an index over a part of the rows serves only a query that visibly asks for that part.
_IS_PENDING, _IS_SENDING, _IS_DEAD, _IS_UNSURE = (
    literal(state, literal_execute=True) for state in (PENDING, SENDING, DEAD, UNSURE)
)


_NOTICE: Final = cast("Table", Notice.__table__)
_ONCE: Final = ("workspace_id", "key")
_ADD_SQLITE: Final = sqlite.insert(_NOTICE).on_conflict_do_nothing(index_elements=_ONCE).returning(_NOTICE.c.id)
_ADD_POSTGRESQL: Final = postgresql.insert(_NOTICE).on_conflict_do_nothing(index_elements=_ONCE).returning(_NOTICE.c.id)
_SAID: Final = _NOTICE.c.state.in_((SENT, QUIET))
_IN_ORDER: Final = (
    select(_NOTICE.c.id)
    .where(
        _NOTICE.c.workspace_id == bindparam("in_workspace"),
        _NOTICE.c.key.in_(bindparam("keys", expanding=True)),
        _NOTICE.c.state.in_((PENDING, SENDING, SENT, QUIET)),
    )
    .order_by(_NOTICE.c.id)
    .with_for_update(key_share=True)
)
"""Locked in one order by everybody: two changes of the same rows in different orders would be a deadlock."""
_BUMP: Final = (
    update(_NOTICE)
    .where(_NOTICE.c.id.in_(_IN_ORDER))
    .values(
        revision=_NOTICE.c.revision + 1,
        state=case((_SAID, PENDING), else_=_NOTICE.c.state),
        not_before=case((_SAID, bindparam("moment", type_=UtcDateTime())), else_=_NOTICE.c.not_before),
        attempts=case((_SAID, 0), else_=_NOTICE.c.attempts),
    )
    .returning(_NOTICE.c.id)
)


@dataclass(frozen=True, slots=True)
class NewNotice:
    """One thing to say or do once. ``key`` is its occurrence; ``lane`` keeps order among notices of one deal."""

    key: str
    kind: str
    lane: str
    audience: str
    not_before: datetime
    deal_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    thread_key: str = ""
    priority: int = 5


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """A notice as the engine took it; ``revision`` is what the facts were when it was taken."""

    id: int
    workspace_id: int
    key: str
    kind: str
    lane: str
    audience: str
    deal_id: int | None
    facts: dict[str, Any]
    thread_key: str
    attempts: int
    revision: int
    sent_revision: int
    channel_id: str
    ts: str
    created_at: datetime
    claimed_at: datetime


_CLAIMED = (
    Notice.id,
    Notice.workspace_id,
    Notice.key,
    Notice.kind,
    Notice.lane,
    Notice.audience,
    Notice.deal_id,
    Notice.facts,
    Notice.thread_key,
    Notice.attempts,
    Notice.revision,
    Notice.sent_revision,
    Notice.channel_id,
    Notice.ts,
    Notice.created_at,
    Notice.claimed_at,
)


def _moment(at: datetime) -> ColumnElement[datetime]:
    """A time inside an expression, where SQLAlchemy does not take the column's type over by itself."""
    return literal(at, UtcDateTime())


def _rows(result: Any) -> int:  # noqa: ANN401 - SQLAlchemy types UPDATE results as Result
    assert isinstance(result, CursorResult)
    return result.rowcount


async def add(session: AsyncSession, workspace_id: int, notices: Sequence[NewNotice], now: datetime) -> list[int]:
    """Record notices in the caller's transaction; an occurrence already known is left alone. Returns the new ids."""
    if not notices:
        return []
    values = [
        {
            "workspace_id": workspace_id,
            "key": n.key,
            "kind": n.kind,
            "lane": n.lane,
            "audience": n.audience,
            "deal_id": n.deal_id,
            "facts": n.facts,
            "thread_key": n.thread_key,
            "priority": n.priority,
            "not_before": n.not_before,
            "state": PENDING,
            "why": "",
            "attempts": 0,
            "revision": 1,
            "sent_revision": 0,
            "channel_id": "",
            "ts": "",
            "created_at": now,
        }
        for n in notices
    ]
    statement = _ADD_SQLITE if session.get_bind().dialect.name == "sqlite" else _ADD_POSTGRESQL
    return list((await session.scalars(statement, values)).all())


async def bump(session: AsyncSession, workspace_id: int, keys: Sequence[str], now: datetime) -> list[int]:
    """The facts behind these notices changed: those already said are to be edited in place. Returns their ids."""
    if not keys:
        return []
    found = await session.scalars(_BUMP, {"in_workspace": workspace_id, "keys": list(keys), "moment": now})
    return list(found.all())


def _due(now: datetime, kinds: Sequence[str], exclude: bool) -> Select[int]:
    other = aliased(Notice)
    goes_first = and_(other.id < Notice.id, or_(other.not_before <= now, other.claimed_at.is_not(None)))
    blocked = exists(
        select(other.id).where(
            other.lane == Notice.lane,
            other.state.in_((_IS_PENDING, _IS_SENDING)),
            or_(other.state == _IS_SENDING, goes_first),
        )
    )
    wanted = Notice.kind.not_in(kinds) if exclude else Notice.kind.in_(kinds)
    return select(Notice.id).where(Notice.state == _IS_PENDING, Notice.not_before <= now, wanted, ~blocked)


async def claim(
    session: AsyncSession,
    now: datetime,
    wall: datetime,
    *,
    kinds: Sequence[str],
    exclude: bool = False,
    limit: int = 10,
) -> list[ClaimedNotice]:
    """Take what is due: compare-and-set ``pending → sending``. ``wall`` is the real time: it dates the claim.

    A lane has one notice in hand, the oldest that is due, so that a deal's messages arrive in order. On PostgreSQL
    rows that somebody else holds are passed over: waiting for several of them in another order would be a deadlock.
    """
    order = (Notice.priority, Notice.not_before, Notice.id)
    chosen = _due(now, kinds, exclude).order_by(*order).limit(limit).with_for_update(skip_locked=True)
    statement = (
        update(Notice)
        .where(Notice.id.in_(chosen), Notice.state == PENDING)
        .values(state=SENDING, claimed_at=wall, attempts=Notice.attempts + 1)
        .returning(*_CLAIMED)
        .execution_options(synchronize_session=False)
    )
    rows = (await session.execute(statement)).all()
    return sorted((ClaimedNotice(*row) for row in rows), key=lambda n: n.id)


async def anything_due(session: AsyncSession, now: datetime, *, kinds: Sequence[str], exclude: bool) -> bool:
    """Whether ``claim`` would find something; asked first, because it costs no write."""
    return (await session.scalars(_due(now, kinds, exclude).limit(1))).first() is not None


async def next_due(session: AsyncSession, now: datetime) -> datetime | None:
    """When the next notice becomes due after ``now``, or None."""
    statement = select(func.min(Notice.not_before)).where(Notice.state == _IS_PENDING, Notice.not_before > now)
    return (await session.scalars(statement)).first()


async def mark_sent(
    session: AsyncSession,
    notice: ClaimedNotice,
    *,
    channel_id: str,
    ts: str,
    now: datetime,
    state: str = SENT,
    why: str = "",
) -> bool:
    """``sending → sent`` (or quiet); back to pending when the facts changed meanwhile. False: somebody else decided."""
    statement = (
        update(Notice)
        .where(Notice.id == notice.id, Notice.state.in_((SENDING, UNSURE)))
        .values(
            state=case((Notice.revision > notice.revision, PENDING), else_=state),
            not_before=case((Notice.revision > notice.revision, _moment(now)), else_=Notice.not_before),
            sent_revision=notice.revision,
            channel_id=channel_id,
            ts=ts,
            why=why[:WHY_LIMIT],
            attempts=case((Notice.revision > notice.revision, 0), else_=Notice.attempts),
            sent_at=func.coalesce(Notice.sent_at, _moment(now)),
        )
        .execution_options(synchronize_session=False)
    )
    return _rows(await session.execute(statement)) == 1


async def put_back(
    session: AsyncSession,
    notice: ClaimedNotice,
    *,
    at: datetime,
    why: str,
    failed: bool,
    holds_lane: bool = True,
) -> None:
    """``sending → pending`` at a later time. ``failed``: this was a try, not only waiting. A notice that waits for its
    hour does not hold its lane; one that waits for Slack does, so that what follows it stays behind it."""
    values: dict[str, Any] = {"state": PENDING, "not_before": at, "why": why[:WHY_LIMIT]}
    if not failed:
        values["attempts"] = case((Notice.attempts > 0, Notice.attempts - 1), else_=0)
    if not holds_lane:
        values["claimed_at"] = None
    statement = (
        update(Notice)
        .where(Notice.id == notice.id, Notice.state == SENDING)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    await session.execute(statement)


async def give_up(session: AsyncSession, notice: ClaimedNotice, *, state: str, why: str) -> None:
    """``sending → dead`` (no use in trying again) or ``unsure`` (it may have been said); a person can resend it."""
    statement = (
        update(Notice)
        .where(Notice.id == notice.id, Notice.state == SENDING)
        .values(state=state, why=why[:WHY_LIMIT])
        .execution_options(synchronize_session=False)
    )
    await session.execute(statement)


async def stale(session: AsyncSession, before: datetime, limit: int = 50) -> list[ClaimedNotice]:
    """Claims older than ``before`` (real time): their process died between claiming and marking."""
    statement = (
        select(*_CLAIMED)
        .where(Notice.state == _IS_SENDING, Notice.claimed_at < before)
        .order_by(Notice.claimed_at)
        .limit(limit)
    )
    return [ClaimedNotice(*row) for row in (await session.execute(statement)).all()]


async def retake(session: AsyncSession, notice: ClaimedNotice, wall: datetime) -> bool:
    """Compare-and-set on the old claim's time: only one process takes a stale claim over."""
    statement = (
        update(Notice)
        .where(Notice.id == notice.id, Notice.state == SENDING, Notice.claimed_at == notice.claimed_at)
        .values(claimed_at=wall)
        .execution_options(synchronize_session=False)
    )
    return _rows(await session.execute(statement)) == 1


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A notice nobody got: what it was, why, since when."""

    id: int
    key: str
    kind: str
    state: str
    why: str
    created_at: datetime


async def dead_letters(session: AsyncSession, workspace_id: int | None = None, limit: int = 20) -> list[DeadLetter]:
    """Notices that were given up or may not have arrived, oldest first."""
    statement = (
        select(Notice.id, Notice.key, Notice.kind, Notice.state, Notice.why, Notice.created_at)
        .where(Notice.state.in_((_IS_DEAD, _IS_UNSURE)))
        .order_by(Notice.id)
        .limit(limit)
    )
    if workspace_id is not None:
        statement = statement.where(Notice.workspace_id == workspace_id)
    return [DeadLetter(*row) for row in (await session.execute(statement)).all()]


async def resend(session: AsyncSession, workspace_id: int, notice_id: int, now: datetime) -> bool:
    """A person decided to try a dead letter again."""
    statement = (
        update(Notice)
        .where(Notice.id == notice_id, Notice.workspace_id == workspace_id, Notice.state.in_((DEAD, UNSURE)))
        .values(state=PENDING, not_before=now, attempts=0, why="")
        .execution_options(synchronize_session=False)
    )
    return _rows(await session.execute(statement)) == 1


COUNTED: Final = 1_000
"""Beyond this nobody needs the number, and counting all would cost more with each deal."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Notices that are not said: due now, due later, given up; each at most ``COUNTED``."""

    due: int
    later: int
    given_up: int


async def unfinished(session: AsyncSession, now: datetime, workspace_id: int | None = None) -> Unfinished:
    """How much is still to be said, in one workspace or in all."""
    open_ = Notice.state.in_((_IS_PENDING, _IS_SENDING))
    late, early = Notice.not_before <= now, Notice.not_before > now
    given_up = Notice.state.in_((_IS_DEAD, _IS_UNSURE))
    counted = [await _at_most(session, workspace_id, *those) for those in ((open_, late), (open_, early), (given_up,))]
    return Unfinished(*counted)


async def _at_most(session: AsyncSession, workspace_id: int | None, *those: ColumnElement[bool]) -> int:
    rows = select(Notice.id).where(*those).limit(COUNTED)
    if workspace_id is not None:
        rows = rows.where(Notice.workspace_id == workspace_id)
    return (await session.scalars(select(func.count()).select_from(rows.subquery()))).one()


async def by_key(session: AsyncSession, workspace_id: int, key: str) -> Notice | None:
    """The notice of this occurrence."""
    return (await session.scalars(select(Notice).where(Notice.workspace_id == workspace_id, Notice.key == key))).first()
