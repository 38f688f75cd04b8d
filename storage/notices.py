"""The outbox: notices added with the facts that cause them, claimed by the engine, marked when Slack has them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Table,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Notice
from storage.types import UtcDateTime

PENDING = "pending"
SENDING = "sending"
SENT = "sent"
QUIET = "quiet"
DEAD = "dead"
UNSURE = "unsure"
ARRIVED = "arrived"
"""A person saw an unsure one in Slack."""
ERASED = "erased"
"""What it said was erased under privacy law; it is never said again nor edited."""

WHY_LIMIT = 500
PRIORITIES: Final = range(10)
"""What `priority` may be; the smaller is the more urgent."""
SOON: Final = 2
"""Somebody waits for it."""
LAST: Final = 9
"""Said already and only freshened: nobody waits for it, and nothing waits behind it in its lane."""

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
        not_before=case(
            (or_(_SAID, _NOTICE.c.priority == LAST), bindparam("moment", type_=UtcDateTime())),
            else_=_NOTICE.c.not_before,
        ),
        priority=case((_NOTICE.c.priority == LAST, SOON), else_=_NOTICE.c.priority),
        attempts=case((_SAID, 0), else_=_NOTICE.c.attempts),
    )
    .returning(_NOTICE.c.id)
)
_SHOWN: Final = (
    select(_NOTICE.c.id)
    .where(
        _NOTICE.c.workspace_id == bindparam("in_workspace"),
        _NOTICE.c.key.in_(bindparam("keys", expanding=True)),
        _NOTICE.c.state == SENT,
        _NOTICE.c.ts != "",
    )
    .order_by(_NOTICE.c.id)
    .with_for_update(key_share=True)
)
_FRESHEN: Final = (
    update(_NOTICE)
    .where(_NOTICE.c.id.in_(_SHOWN))
    .values(
        revision=_NOTICE.c.revision + 1,
        state=PENDING,
        not_before=bindparam("moment", type_=UtcDateTime()),
        priority=LAST,
        attempts=0,
    )
    .returning(_NOTICE.c.id)
)


@dataclass(frozen=True, slots=True)
class NewNotice:
    """One thing to say or do once. ``key`` is its occurrence; ``lane`` keeps order among notices of one deal;
    ``priority`` is 0 to 9, the smaller the more urgent. Raises ValueError for another one."""

    key: str
    kind: str
    lane: str
    audience: str
    not_before: datetime
    deal_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    thread_key: str = ""
    priority: int = 5

    def __post_init__(self) -> None:
        if self.priority not in PRIORITIES:
            raise ValueError(f"a priority is a number from 0 to 9, not {self.priority}")


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


async def freshen(session: AsyncSession, workspace_id: int, keys: Sequence[str], at: datetime) -> list[int]:
    """Time made these out of date: those that Slack shows are to be edited in place from ``at`` on, after everything
    else. Returns their ids."""
    if not keys:
        return []
    found = await session.scalars(_FRESHEN, {"in_workspace": workspace_id, "keys": list(keys), "moment": at})
    return list(found.all())


async def moved(session: AsyncSession, workspace_id: int, old: str, new: str) -> None:
    """What was said in the channel ``old`` stands in ``new`` now: Slack gave it another id."""
    here = (_NOTICE.c.workspace_id == workspace_id, _NOTICE.c.channel_id == old)
    await session.execute(update(_NOTICE).where(*here).values(channel_id=new))


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
    return await _again(session, workspace_id, notice_id, now, (DEAD, UNSURE))


async def resend_unsure(session: AsyncSession, workspace_id: int, notice_id: int, now: datetime) -> bool:
    """A person did not find one that is unsure; False when somebody decided about it already."""
    return await _again(session, workspace_id, notice_id, now, (UNSURE,))


async def _again(
    session: AsyncSession, workspace_id: int, notice_id: int, now: datetime, states: Sequence[str]
) -> bool:
    statement = (
        update(Notice)
        .where(Notice.id == notice_id, Notice.workspace_id == workspace_id, Notice.state.in_(states))
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
