"""How each deal stands, kept as a column, so that those at risk are found and ordered among any number of deals.

Whatever is written about a deal raises its revision (``touch``); it is judged again before it is shown. So a change
costs one short statement, and looking at a page costs no more with each deal that stayed as it was.
"""

from collections.abc import Collection, Sequence
from datetime import date, tzinfo
from typing import Any, Final, cast

from sqlalchemy import BindParameter, ColumnElement, Table, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import WorkingDays
from domain.home import Judged, judged
from domain.portfolio import Danger, Reason
from storage import portfolios
from storage.home_models import DealStanding
from storage.models import Deal

AT_ONCE: Final = 500
"""Deals judged at once: five queries and one statement."""

STANDING: Final = cast("Table", DealStanding.__table__)
_DEAL: Final = cast("Table", Deal.__table__)
_ONCE: Final = ("deal_id",)
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_DEALS_OF: Final = select(_DEAL.c.id).where(_DEAL.c.account_id.in_(_IDS)).order_by(_DEAL.c.id)
_REVISIONS: Final = (
    select(STANDING.c.deal_id, STANDING.c.revision).where(STANDING.c.deal_id.in_(_IDS)).order_by(STANDING.c.deal_id)
)
_FREE: Final = _REVISIONS.with_for_update(skip_locked=True)
"""Whoever has one just now will have written about the deal: it is judged at the next look."""
_JUDGE: Final = (
    update(STANDING)
    .where(STANDING.c.deal_id == bindparam("on_deal"), STANDING.c.revision == bindparam("at_revision"))
    .values({name: bindparam(name) for name in ("judged", "day", "level", "score", "reasons")})
)


def is_stale(today: date) -> ColumnElement[bool]:
    """Of a row of deals outer joined with their standing: it has to be judged (again)."""
    return or_(
        STANDING.c.deal_id.is_(None),
        STANDING.c.judged < STANDING.c.revision,
        STANDING.c.day.is_(None),
        STANDING.c.day < today,
    )


def _insert(session: AsyncSession) -> Any:  # noqa: ANN401 - an INSERT of either dialect
    return (sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert)(STANDING)


def _new(workspace_id: int, deal_id: int) -> dict[str, Any]:
    begin: dict[str, Any] = {"revision": 0, "judged": -1, "day": None, "level": 0, "score": 0, "reasons": []}
    return {"deal_id": deal_id, "workspace_id": workspace_id, **begin}


async def touch(session: AsyncSession, workspace_id: int, deal_ids: Collection[int]) -> None:
    """Something was written about these deals, in the caller's transaction."""
    if deal_ids:
        raised = {"revision": STANDING.c.revision + 1}
        adding = _insert(session).on_conflict_do_update(index_elements=_ONCE, set_=raised)
        await session.execute(adding, [_new(workspace_id, one) | {"revision": 1} for one in sorted(deal_ids)])


async def of_accounts(session: AsyncSession, account_ids: Collection[int]) -> Sequence[int]:
    """The deals of these accounts, by our ids."""
    if not account_ids:
        return ()
    return (await session.scalars(_DEALS_OF, {"ids": sorted(account_ids)})).all()


async def look(
    session: AsyncSession, deal_ids: Sequence[int], *, today: date, zone: tzinfo, days: WorkingDays
) -> list[tuple[int, int, Judged]]:
    """How these deals stand today: deal, the revision that was looked at, and the judgement. Six queries."""
    ids = {"ids": sorted(deal_ids)}
    revisions: dict[int, int] = {row[0]: row[1] for row in (await session.execute(_REVISIONS, ids)).all()}
    found = await portfolios.standings_of(session, deal_ids, today)
    return [
        (one.deal_id, revisions.get(one.deal_id, 0), judged(one, today=today, zone=zone, days=days)) for one in found
    ]


async def keep(
    session: AsyncSession, workspace_id: int, looked: Sequence[tuple[int, int, Judged]], today: date
) -> None:
    """Keep what ``look`` found; where something was written meanwhile it stays to be judged again."""
    if not looked:
        return
    adding = _insert(session).on_conflict_do_nothing(index_elements=_ONCE)
    await session.execute(adding, [_new(workspace_id, deal) for deal, _, _ in sorted(looked, key=lambda one: one[0])])
    rows = (await session.execute(_FREE, {"ids": sorted(deal for deal, _, _ in looked)})).all()
    free: dict[int, int] = {row[0]: row[1] for row in rows}
    values = [
        {
            "on_deal": deal,
            "at_revision": revision,
            "judged": revision,
            "day": today,
            "level": int(how.level),
            "score": how.score,
            "reasons": reasons_to_json(how.reasons),
        }
        for deal, revision, how in looked
        if free.get(deal) == revision
    ]
    if values:
        connection = await session.connection()
        await connection.execute(_JUDGE, values)


def reasons_to_json(reasons: Sequence[Reason]) -> list[list[Any]]:
    """Values ``json.dumps`` takes."""
    return [[str(one.danger), one.weight, one.days, one.count, one.what, one.who] for one in reasons]


def reasons_from_json(value: Sequence[Sequence[Any]]) -> tuple[Reason, ...]:
    """Read what ``reasons_to_json`` wrote."""
    return tuple(
        Reason(Danger(danger), int(weight), int(days), int(count), str(what), str(who))
        for danger, weight, days, count, what, who in value
    )
