"""What the clock will ask about, and when: rows that are ensured, taken when they are due, and moved on."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, cast

from sqlalchemy import BindParameter, Table, and_, bindparam, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import MORNING, at_wall, zone_named
from storage.models import Workspace
from storage.plan_models import Due

AT_ONCE: Final = 500
"""Rows of one transaction of the clock (issue C)."""
MORNING_KIND: Final = "morning"
ERASING: Final = "workspace_erasing"
"""What the clock does in a workspace that took Baton away; everything else there waits."""
WHY_LIMIT: Final = 1_000

_DUE: Final = cast("Table", Due.__table__)
_ONCE: Final = ("workspace_id", "kind", "subject")
_ROW: Final = tuple(
    _DUE.c[name]
    for name in ("id", "workspace_id", "kind", "subject", "deal_id", "person_id", "zone", "on_day", "wall", "covered")
)
_NOW: Final = bindparam("at", type_=_DUE.c.next_due_utc.type)
_HERE: Final = or_(
    _DUE.c.workspace_id.not_in(select(Workspace.id).where(Workspace.gone_at.is_not(None))), _DUE.c.kind == ERASING
)
_TAKE: Final = (
    select(*_ROW)
    .where(_DUE.c.next_due_utc <= _NOW, _HERE)
    .order_by(_DUE.c.next_due_utc, _DUE.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_KINDS: Final[BindParameter[Any]] = bindparam("kinds", expanding=True)
_TAKE_BUT: Final = _TAKE.where(_DUE.c.kind.not_in(_KINDS))
_LOOK: Final = (
    select(*_ROW)
    .where(_DUE.c.next_due_utc <= _NOW, _DUE.c.kind.in_(_KINDS), _HERE)
    .order_by(_DUE.c.next_due_utc, _DUE.c.id)
    .limit(bindparam("most"))
)
_TAKE_THESE: Final = (
    select(*_ROW)
    .where(_DUE.c.next_due_utc <= _NOW, _DUE.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_DUE.c.id)
    .with_for_update(skip_locked=True)
)
_NEXT: Final = select(_DUE.c.next_due_utc).where(_DUE.c.next_due_utc.is_not(None), _HERE).order_by(_DUE.c.next_due_utc)
_ADVANCE: Final = (
    update(_DUE)
    .where(_DUE.c.id == bindparam("on_id"))
    .values({name: bindparam(name) for name in ("zone", "on_day", "next_due_utc", "covered", "why")})
)
_RETIME: Final = (
    update(_DUE)
    .where(_DUE.c.id == bindparam("on_id"))
    .values({name: bindparam(name) for name in ("zone", "next_due_utc")})
)
_AGAIN: Final = (
    select(_DUE.c.id, _DUE.c.zone, _DUE.c.on_day, _DUE.c.wall, _DUE.c.next_due_utc)
    .where(_DUE.c.next_due_utc.is_not(None), _DUE.c.id > bindparam("beyond"))
    .order_by(_DUE.c.id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class NewDue:
    """Something to be asked about from ``on_day``, ``wall`` of ``zone`` (IANA) on; one row for each ``kind`` and
    ``subject`` (``deal:41``, ``person:7``)."""

    kind: str
    subject: str
    zone: str
    on_day: date
    wall: time = MORNING
    deal_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class DueRow:
    """A row that is due; ``covered`` is the last local day that was decided about."""

    id: int
    workspace_id: int
    kind: str
    subject: str
    deal_id: int | None
    person_id: int | None
    zone: str
    on_day: date
    wall: time
    covered: date | None


@dataclass(frozen=True, slots=True)
class Advance:
    """Where a row goes: to ``on_day`` (None: nothing more to come), with what was decided about ``covered``."""

    row: DueRow
    on_day: date | None
    covered: date | None
    why: str = ""
    zone: str = ""
    at: datetime | None = None
    """Look again at this moment instead of the wall time of ``on_day``: something went wrong."""


async def ensure(session: AsyncSession, workspace_id: int, rows: Iterable[NewDue]) -> None:
    """Let these be asked about. A row that is there keeps its day; one that had nothing more to come begins anew."""
    values = [_values(workspace_id, one) for one in rows]
    if not values:
        return
    insert = sqlite.insert(_DUE) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(_DUE)
    kept = {name: insert.excluded[name] for name in ("deal_id", "person_id", "zone", "on_day", "wall", "next_due_utc")}
    again = insert.on_conflict_do_update(index_elements=_ONCE, set_=kept, where=_DUE.c.next_due_utc.is_(None))
    await session.execute(again, values)


def _values(workspace_id: int, one: NewDue) -> dict[str, Any]:
    return {
        "workspace_id": workspace_id,
        "kind": one.kind,
        "subject": one.subject,
        "deal_id": one.deal_id,
        "person_id": one.person_id,
        "zone": one.zone,
        "on_day": one.on_day,
        "wall": f"{one.wall:%H:%M}",
        "next_due_utc": at_wall(one.on_day, one.wall, zone_named(one.zone)),
        "covered": None,
        "why": "",
    }


def first_morning(zone: str, now: datetime) -> date:
    """The first local day whose 09:00 is still to come in ``zone``."""
    local = now.astimezone(zone_named(zone))
    return local.date() if local.time() < MORNING else date.fromordinal(local.date().toordinal() + 1)


async def ensure_mornings(
    session: AsyncSession, workspace_id: int, people: Iterable[tuple[int, str]], now: datetime
) -> None:
    """Let these people (our id, zone) be looked at each morning, from the next one on. Whoever is already stays."""
    await ensure(
        session,
        workspace_id,
        [
            NewDue(MORNING_KIND, f"person:{number}", zone, first_morning(zone, now), person_id=number)
            for number, zone in sorted(set(people))
        ],
    )


async def workspaces_without(session: AsyncSession, kind: str) -> list[int]:
    """The workspaces in which nothing of this kind is to be asked about."""
    has = (
        select(_DUE.c.id)
        .where(_DUE.c.workspace_id == Workspace.id, _DUE.c.kind == kind, _DUE.c.next_due_utc.is_not(None))
        .exists()
    )
    missing = select(Workspace.id).where(~has, Workspace.gone_at.is_(None)).order_by(Workspace.id)
    return list((await session.scalars(missing)).all())


async def next_due(session: AsyncSession) -> datetime | None:
    """The moment at which something is due next; it may have passed. None when nothing is."""
    return (await session.scalars(_NEXT.limit(1))).first()


async def take(session: AsyncSession, now: datetime, most: int = AT_ONCE, but: Collection[str] = ()) -> list[DueRow]:
    """Rows that are due, but for these kinds, the oldest first, locked until the transaction ends; what another process
    has in hand is left to it (PostgreSQL; SQLite has one writer)."""
    given: dict[str, Any] = {"at": now, "most": most}
    found = (
        await session.execute(_TAKE_BUT, given | {"kinds": sorted(but)}) if but else await session.execute(_TAKE, given)
    )
    return [_row(row) for row in found.all()]


async def look(session: AsyncSession, now: datetime, kinds: Collection[str], most: int) -> list[DueRow]:
    """Rows of these kinds that are due, the oldest first; nobody is kept from them."""
    found = await session.execute(_LOOK, {"at": now, "kinds": sorted(kinds), "most": most})
    return [_row(row) for row in found.all()]


async def take_these(session: AsyncSession, now: datetime, rows: Collection[DueRow]) -> list[DueRow]:
    """Those of the rows that are still due and as they were looked at, locked as by ``take``."""
    known = {row.id: row for row in rows}
    found = await session.execute(_TAKE_THESE, {"at": now, "ids": sorted(known)})
    return [row for one in found.all() if (row := _row(one)) == known[row.id]]


def _row(row: Sequence[Any]) -> DueRow:
    row_id, workspace_id, kind, subject, deal_id, person_id, zone, on_day, wall, covered = row
    at = time.fromisoformat(wall)
    return DueRow(row_id, workspace_id, kind, subject, deal_id, person_id, zone, on_day, at, covered)


async def advance(session: AsyncSession, steps: Sequence[Advance]) -> None:
    """Move rows on, in the transaction that took them."""
    if not steps:
        return
    await session.execute(_ADVANCE, [_moved(one) for one in steps])


def _moved(step: Advance) -> dict[str, Any]:
    zone, day = step.zone or step.row.zone, step.on_day
    at = step.at
    if at is None and day is not None:
        at = at_wall(day, step.row.wall, zone_named(zone))
    return {
        "on_id": step.row.id,
        "zone": zone,
        "on_day": day or step.row.on_day,
        "next_due_utc": at,
        "covered": step.covered or step.row.covered,
        "why": step.why[:WHY_LIMIT],
    }


async def retime_person(session: AsyncSession, person_id: int, zone: str) -> None:
    """Somebody lives by another zone now: what is asked about them comes at its wall time there."""
    await _retime(session, zone, _DUE.c.person_id == person_id)


async def morning_at(session: AsyncSession, person_id: int, zone: str, wall: time) -> None:
    """Somebody's digest comes at this local time from now on."""
    mine = (_DUE.c.person_id == person_id, _DUE.c.kind == MORNING_KIND)
    await session.execute(update(_DUE).where(*mine).values(wall=f"{wall:%H:%M}"))
    await _retime(session, zone, and_(*mine))


async def retime_deal(session: AsyncSession, deal_ids: Collection[int], zone: str) -> None:
    """The clocks of these deals go by another zone now: their CSM moved, or is another."""
    await _retime(session, zone, _DUE.c.deal_id.in_(sorted(deal_ids)))


async def _retime(session: AsyncSession, zone: str, which: Any) -> None:  # noqa: ANN401 - a condition of SQLAlchemy
    rows = await session.execute(
        select(_DUE.c.id, _DUE.c.on_day, _DUE.c.wall, _DUE.c.next_due_utc).where(which).with_for_update()
    )
    known = zone_named(zone)
    moved = [
        {
            "on_id": row[0],
            "zone": zone,
            "next_due_utc": at_wall(row[1], time.fromisoformat(row[2]), known) if row[3] else None,
        }
        for row in rows.all()
    ]
    if moved:
        await session.execute(_RETIME, moved)


async def drop_deal(session: AsyncSession, deal_id: int) -> None:
    """Nothing is asked about this deal any more."""
    await session.execute(delete(_DUE).where(_DUE.c.deal_id == deal_id))


async def by_new_rules(session: AsyncSession, beyond: int, most: int = AT_ONCE) -> int | None:
    """Compute anew, by this machine's time zone data, when the next ``most`` rows after the id ``beyond`` are due. The
    last id looked at; None when there was none."""
    rows = (await session.execute(_AGAIN, {"beyond": beyond, "most": most})).all()
    moved: list[dict[str, Any]] = []
    for row in rows:
        at = at_wall(row[2], time.fromisoformat(row[3]), zone_named(row[1]))
        if at != row[4]:
            moved.append({"on_id": row[0], "zone": row[1], "next_due_utc": at})
    if moved:
        await session.execute(_RETIME, moved)
    return rows[-1][0] if rows else None


async def other_rules(session: AsyncSession, rules: str) -> bool:
    """Whether some workspace's rows were computed by other time zone data than ``rules``."""
    statement = select(Workspace.id).where(Workspace.zone_rules != rules).limit(1)
    return (await session.scalars(statement)).first() is not None


async def keep_rules(session: AsyncSession, rules: str) -> None:
    """Write down by which time zone data every row was computed."""
    await session.execute(update(Workspace).values(zone_rules=rules).execution_options(synchronize_session=False))
