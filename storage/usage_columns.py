"""Weeks of one metric over all accounts: packed as arrays, and read back as the columns of a matrix.

Packed, sixty weeks of two metrics of 100,000 accounts are 120 rows instead of twelve million.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, select, text, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage import raw
from storage.usage_models import UsageColumn, UsagePacked, UsageWeek

Matrix = NDArray[np.float64]
"""Weeks × accounts, NaN where there is no row."""
SUM: Final = (
    "coalesce(whole, coalesce(d1, 0) + coalesce(d2, 0) + coalesce(d3, 0) + coalesce(d4, 0) + coalesce(d5, 0)"
    " + coalesce(d6, 0) + coalesce(d7, 0))"
)
"""What an account did in a week: the week's own number, else its days together."""
_IDS: Final = np.dtype("<i4")
_SUMS: Final = np.dtype("<f8")


@dataclass(frozen=True, slots=True)
class Column:
    """A week of one metric that has rows; `changed`: what is packed of it, if anything, is out of date."""

    metric: int
    week: int
    changed: bool


async def known(session: AsyncSession, metrics: Sequence[int], first: int, last: int) -> list[Column]:
    """The weeks from `first` to `last` of these metrics that have rows."""
    rows = await session.execute(
        select(UsageColumn.metric_id, UsageColumn.week, UsageColumn.changed)
        .where(UsageColumn.metric_id.in_(metrics), UsageColumn.week.between(first, last))
        .order_by(UsageColumn.metric_id, UsageColumn.week)
    )
    return [Column(*row) for row in rows.all()]


async def pack(session: AsyncSession, metrics: Sequence[int], before: int, most: int) -> int:
    """Pack up to `most` weeks before week `before` that changed; how many there were."""
    changed = (
        select(UsageColumn.metric_id, UsageColumn.week)
        .where(UsageColumn.metric_id.in_(metrics), UsageColumn.changed, UsageColumn.week < before)
        .order_by(UsageColumn.metric_id, UsageColumn.week)
        .limit(most)
        .with_for_update()
    )
    found = (await session.execute(changed)).all()
    insert = sqlite.insert if raw.is_sqlite(session) else postgresql.insert
    for metric, week in found:
        accounts, sums = await _sums(session, metric, week)
        values = {"accounts": accounts.astype(_IDS).tobytes(), "sums": sums.astype(_SUMS).tobytes()}
        await session.execute(
            insert(UsagePacked)
            .values(metric_id=metric, week=week, **values)
            .on_conflict_do_update(index_elements=["metric_id", "week"], set_=values)
        )
    if found:
        which = tuple_(UsageColumn.metric_id, UsageColumn.week).in_([(row[0], row[1]) for row in found])
        await session.execute(
            update(UsageColumn).where(which).values(changed=False).execution_options(synchronize_session=False)
        )
    return len(found)


async def matrix(
    session: AsyncSession, columns: Sequence[Column], first: int, weeks: int, accounts: NDArray[np.int64]
) -> Matrix:
    """`weeks` weeks from `first` of one metric, a column for each of `accounts` (our ids in the feed, -1 for none)."""
    found: Matrix = np.full((weeks, len(accounts)), np.nan)
    if not len(accounts):
        return found
    place = np.full(int(accounts.max()) + 2, -1, np.int64)
    there = np.flatnonzero(accounts >= 0)
    place[accounts[there]] = there
    for column in columns:
        packed = None if column.changed else await _packed(session, column.metric, column.week)
        ids, sums = packed or await _sums(session, column.metric, column.week)
        at = place[np.minimum(ids, len(place) - 1)]
        ours = at >= 0
        found[column.week - first, at[ours]] = sums[ours]
    return found


async def of_account(
    session: AsyncSession, metrics: Sequence[int], account: int, first: int, last: int
) -> dict[tuple[int, int], float]:
    """What one account did, by metric and week."""
    weeks = range(first, last + 1)
    which = and_(UsageWeek.metric_id.in_(metrics), UsageWeek.week.in_(weeks), UsageWeek.account_id == account)
    rows = await session.execute(select(UsageWeek.metric_id, UsageWeek.week, text(SUM)).where(which))
    return {(row[0], row[1]): row[2] for row in rows.all()}


async def _packed(session: AsyncSession, metric: int, week: int) -> tuple[NDArray[np.int32], Matrix] | None:
    statement = "SELECT accounts, sums FROM usage_packed WHERE metric_id = ? AND week = ?"
    rows = await raw.fetch(session, statement, (metric, week))
    return (np.frombuffer(rows[0][0], _IDS), np.frombuffer(rows[0][1], _SUMS)) if rows else None


async def _sums(session: AsyncSession, metric: int, week: int) -> tuple[NDArray[np.int32], Matrix]:
    """What each account did in one week of one metric, by its rows."""
    statement = f"SELECT account_id, {SUM} FROM usage_week WHERE metric_id = ? AND week = ? ORDER BY account_id"  # noqa: S608
    rows = await raw.fetch(session, statement, (metric, week))
    accounts, sums = zip(*rows, strict=True) if rows else ((), ())
    return np.fromiter(accounts, _IDS, len(rows)), np.fromiter(sums, _SUMS, len(rows))
