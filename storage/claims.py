"""The engine's side of the outbox: what is due, what was claimed, and what became of it.

The statements are made once; the engine runs them for every message.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    CursorResult,
    Executable,
    FromClause,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    case,
    column,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    table,
    union_all,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from storage.models import Notice
from storage.notices import LAST, PENDING, PRIORITIES, SENDING, SENT, UNSURE, WHY_LIMIT, ClaimedNotice
from storage.types import UtcDateTime

TO_DEAL: Final = "deal"

_N: Final = cast("Table", Notice.__table__)
_PENDING: Final = literal_column(f"'{PENDING}'", String())
_SENDING: Final = literal_column(f"'{SENDING}'", String())
_UNSURE: Final = literal_column(f"'{UNSURE}'", String())
"""Written out, because an index over a part of the rows serves only a query that visibly asks for that part."""
_NOW: Final = bindparam("now", type_=UtcDateTime())
_WALL: Final = bindparam("wall", type_=UtcDateTime())
_WHY: Final = bindparam("b_why", type_=String())
_MOST: Final = bindparam("most", type_=Integer())


class Work(Enum):
    """What delivering a notice asks of Slack. Each has a pace of its own."""

    POST = "post"
    EDIT = "edit"
    ERRAND = "errand"


@dataclass(frozen=True, slots=True)
class Due:
    """A notice that may be claimed now; ``room`` is where it is said: posts into one room go one after the other."""

    id: int
    kind: str
    lane: str
    room: str
    priority: int
    work: Work


@dataclass(frozen=True, slots=True)
class Open:
    """Which work may be taken now."""

    posts: bool = True
    edits: bool = True
    errands: bool = True


_CLAIMED: Final = (
    _N.c.id,
    _N.c.workspace_id,
    _N.c.key,
    _N.c.kind,
    _N.c.lane,
    _N.c.audience,
    _N.c.deal_id,
    _N.c.facts,
    _N.c.thread_key,
    _N.c.attempts,
    _N.c.revision,
    _N.c.sent_revision,
    _N.c.channel_id,
    _N.c.ts,
    _N.c.created_at,
    _N.c.claimed_at,
)


def _blocked() -> ColumnElement[bool]:
    """Something older of the lane is due, or anything of it in hand. What waits for its hour blocks nothing, nor what
    is only freshened."""
    other = _N.alias("other")
    goes_first = and_(
        other.c.id < _N.c.id,
        other.c.priority < LAST,
        or_(other.c.not_before <= _NOW, other.c.claimed_at.is_not(None)),
    )
    return exists(
        select(other.c.id).where(
            other.c.lane == _N.c.lane,
            other.c.state.in_((_PENDING, _SENDING)),
            or_(other.c.state == _SENDING, goes_first),
        )
    )


def _room(notice: FromClause) -> ColumnElement[str]:
    of_deal = literal_column("'deal:'", String()) + sql_cast(func.coalesce(notice.c.deal_id, 0), String())
    return case((notice.c.audience == TO_DEAL, of_deal), else_=notice.c.audience)


_SEEN: Final = (_N.c.id, _N.c.kind, _N.c.lane, _room(_N).label("room"), _N.c.priority, _N.c.ts)


def _rows(result: Any) -> int:  # noqa: ANN401 - SQLAlchemy types UPDATE results as Result
    assert isinstance(result, CursorResult)
    return result.rowcount


_JOB: Final = table("procrastinate_jobs", column("queueing_lock"), column("lock"), column("status")).alias("job")
"""The queue on PostgreSQL."""


def _job(*those: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(literal_column("1", Integer())).select_from(_JOB).where(*those))


def _has_job() -> ColumnElement[bool]:
    """A job for the notice waits in the queue."""
    named = literal_column("'notice:'", String()) + sql_cast(_N.c.id, String())
    return _job(_JOB.c.queueing_lock == named, _JOB.c.status == literal_column("'todo'"))


_UNQUEUED: Final = (
    select(*_SEEN)
    .where(
        _N.c.id == func.any(bindparam("ids", type_=ARRAY(BigInteger()))),
        _N.c.state == _PENDING,
        _N.c.not_before <= _NOW,
        not_(_has_job()),
    )
    .order_by(_N.c.id)
    .with_for_update(skip_locked=True)
)


class Claims:
    """Finds and takes what is due. ``errands``: the kinds that are work in Slack and not a message."""

    def __init__(self, errands: Collection[str]) -> None:
        if not all(kind.isidentifier() for kind in errands):
            raise ValueError("kinds are plain names")
        self._errands = frozenset(errands)
        written_out = [literal_column(f"'{kind}'", String()) for kind in sorted(errands)]
        self._is_errand = _N.c.kind.in_(written_out)
        self._due_anywhere = self._due()
        self._due_elsewhere = self._due(_room(_N).not_in(bindparam("rooms", expanding=True)))
        lock = case((or_(self._is_errand, _room(_N) == ""), _N.c.lane), else_=_room(_N))
        at_work = _job(_JOB.c.lock == lock, _JOB.c.status == literal_column("'doing'"))
        self._due_unqueued = self._due(not_(_has_job()), not_(at_work))

    def _due(self, *more: ColumnElement[bool]) -> Executable:
        """One short walk along the index by urgency for each priority: sorting all that is due would cost more with
        each notice that waits."""
        message = not_(self._is_errand)
        wanted = or_(
            and_(self._is_errand, bindparam("errands", type_=Boolean())),
            and_(message, _N.c.ts == "", bindparam("posts", type_=Boolean())),
            and_(message, _N.c.ts != "", bindparam("edits", type_=Boolean())),
        )
        walks = [
            select(*_SEEN, _N.c.not_before)
            .where(
                _N.c.state == _PENDING,
                _N.c.priority == literal_column(str(priority), Integer()),
                _N.c.not_before <= _NOW,
                wanted,
                *more,
                not_(_blocked()),
            )
            .order_by(_N.c.not_before, _N.c.id)
            .limit(_MOST)
            .subquery(f"p{priority}")
            for priority in PRIORITIES
        ]
        every = union_all(*(select(*walk.c) for walk in walks)).subquery("due")
        shown = (every.c.id, every.c.kind, every.c.lane, every.c.room, every.c.priority, every.c.ts)
        return select(*shown).order_by(every.c.priority, every.c.not_before, every.c.id).limit(_MOST)

    async def due(
        self, session: AsyncSession, now: datetime, may: Open, most: int, full: Collection[str] = ()
    ) -> list[Due]:
        """What may be claimed, the most urgent first, at most ``most``; nothing of the rooms that are ``full``."""
        given: dict[str, Any] = {
            "now": now,
            "most": most,
            "posts": may.posts,
            "edits": may.edits,
            "errands": may.errands,
        }
        statement = self._due_anywhere
        if full:
            statement, given = self._due_elsewhere, given | {"rooms": list(full)}
        return [self.seen(*row) for row in (await session.execute(statement, given)).all()]

    async def due_unqueued(self, session: AsyncSession, now: datetime, most: int) -> list[Due]:
        """What may be claimed and the queue has no job for, waiting or at work in its room; at most ``most``."""
        given = {"now": now, "most": most, "posts": True, "edits": True, "errands": True}
        return [self.seen(*row) for row in (await session.execute(self._due_unqueued, given)).all()]

    async def unqueued(self, session: AsyncSession, ids: Sequence[int], now: datetime) -> list[Due]:
        """Of these, what is due and the queue has no job for; the rows are locked, so that nobody else makes one
        meanwhile, and those that somebody else holds are left to him."""
        found = await session.execute(_UNQUEUED, {"ids": list(ids), "now": now})
        return [self.seen(*row) for row in found.all()]

    def seen(self, number: int, kind: str, lane: str, room: str, priority: int, ts: str) -> Due:
        """A row as a value; an errand has no room."""
        if kind in self._errands:
            return Due(number, kind, lane, "", priority, Work.ERRAND)
        return Due(number, kind, lane, room, priority, Work.EDIT if ts else Work.POST)

    def work_of(self, notice: ClaimedNotice) -> Work:
        """What delivering this notice asks of Slack."""
        if notice.kind in self._errands:
            return Work.ERRAND
        return Work.EDIT if notice.ts else Work.POST


_CHOSEN: Final = (
    select(_N.c.id)
    .where(
        _N.c.id.in_(bindparam("ids", expanding=True)),
        _N.c.state == _PENDING,
        _N.c.not_before <= _NOW,
        not_(_blocked()),
    )
    .order_by(_N.c.id)
    .with_for_update(skip_locked=True)
)
_CLAIM: Final = (
    update(_N)
    .where(_N.c.id.in_(_CHOSEN), _N.c.state == _PENDING)
    .values(state=_SENDING, claimed_at=_WALL, attempts=_N.c.attempts + 1)
    .returning(*_CLAIMED)
)


async def claim(
    session: AsyncSession | AsyncConnection, ids: Sequence[int], now: datetime, wall: datetime
) -> list[ClaimedNotice]:
    """Take these notices, as far as they may still be taken: compare-and-set ``pending → sending``, in one statement.
    ``wall`` is the real time: it dates the claim.

    A lane has one notice in hand, the oldest that is due, so that a deal's messages arrive in order. On PostgreSQL
    rows that somebody else holds are passed over: waiting for several of them in another order would be a deadlock.
    """
    found = (await session.execute(_CLAIM, {"ids": list(ids), "now": now, "wall": wall})).all()
    return sorted((ClaimedNotice(*row) for row in found), key=lambda notice: notice.id)


_NEXT: Final = select(func.min(_N.c.not_before)).where(_N.c.state == _PENDING, _N.c.not_before > _NOW)


async def next_due(session: AsyncSession, now: datetime) -> datetime | None:
    """When the next notice becomes due after ``now``, or None."""
    return (await session.scalars(_NEXT, {"now": now})).first()


_CHANGED: Final = _N.c.revision > bindparam("b_revision", type_=Integer())
_MARK: Final = (
    update(_N)
    .where(_N.c.id == bindparam("b_id", type_=Integer()), _N.c.state.in_((_SENDING, _UNSURE)))
    .values(
        state=case((_CHANGED, _PENDING), else_=bindparam("b_state", type_=String())),
        not_before=case((_CHANGED, _NOW), else_=_N.c.not_before),
        sent_revision=bindparam("b_revision", type_=Integer()),
        channel_id=bindparam("b_channel", type_=String()),
        ts=bindparam("b_ts", type_=String()),
        why=_WHY,
        attempts=case((_CHANGED, 0), else_=_N.c.attempts),
        sent_at=func.coalesce(_N.c.sent_at, _NOW),
    )
)


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
    given = {
        "b_id": notice.id,
        "b_revision": notice.revision,
        "b_state": state,
        "b_channel": channel_id,
        "b_ts": ts,
        "b_why": why[:WHY_LIMIT],
        "now": now,
    }
    return _rows(await session.execute(_MARK, given)) == 1


def _put_back(*, failed: bool, holds_lane: bool) -> Any:  # noqa: ANN401 - an UPDATE of any shape
    values: dict[str, Any] = {"state": _PENDING, "not_before": _NOW, "why": _WHY}
    if not failed:
        values["attempts"] = case((_N.c.attempts > 0, _N.c.attempts - 1), else_=0)
    if not holds_lane:
        values["claimed_at"] = None
    mine = (_N.c.id == bindparam("b_id", type_=Integer()), _N.c.state == _SENDING)
    return update(_N).where(*mine).values(**values)


_PUT_BACK: Final = {(f, h): _put_back(failed=f, holds_lane=h) for f in (True, False) for h in (True, False)}


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
    given = {"b_id": notice.id, "now": at, "b_why": why[:WHY_LIMIT]}
    await session.execute(_PUT_BACK[failed, holds_lane], given)


_GIVE_UP: Final = (
    update(_N)
    .where(_N.c.id == bindparam("b_id", type_=Integer()), _N.c.state == _SENDING)
    .values(state=bindparam("b_state", type_=String()), why=_WHY)
)


async def give_up(session: AsyncSession, notice: ClaimedNotice, *, state: str, why: str) -> bool:
    """``sending → dead`` (no use in trying again) or ``unsure`` (it may have been said); a person can resend it. False:
    somebody else decided."""
    given = {"b_id": notice.id, "b_state": state, "b_why": why[:WHY_LIMIT]}
    return _rows(await session.execute(_GIVE_UP, given)) == 1


_STALE: Final = (
    select(*_CLAIMED).where(_N.c.state == _SENDING, _N.c.claimed_at < _WALL).order_by(_N.c.claimed_at).limit(_MOST)
)


async def stale(session: AsyncSession, before: datetime, limit: int = 50) -> list[ClaimedNotice]:
    """Claims older than ``before`` (real time): their process died between claiming and marking."""
    found = await session.execute(_STALE, {"wall": before, "most": limit})
    return [ClaimedNotice(*row) for row in found.all()]


_RETAKE: Final = (
    update(_N)
    .where(
        _N.c.id == bindparam("b_id", type_=Integer()),
        _N.c.state == _SENDING,
        _N.c.claimed_at == bindparam("b_before", type_=UtcDateTime()),
    )
    .values(claimed_at=_WALL)
)


async def retake(session: AsyncSession, notice: ClaimedNotice, wall: datetime) -> bool:
    """Compare-and-set on the old claim's time: only one process takes a stale claim over."""
    given = {"b_id": notice.id, "b_before": notice.claimed_at, "wall": wall}
    return _rows(await session.execute(_RETAKE, given)) == 1
