"""Old days of usage folded into their weeks' sums."""

from typing import Any, Final, cast

from sqlalchemy import CursorResult, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.usage_columns import SUM
from storage.usage_models import UsageColumn, UsageMetric

COLUMNS: Final = 200
"""Weeks of metrics looked at in one transaction."""
_DAYS: Final = ("d1", "d2", "d3", "d4", "d5", "d6", "d7")
_FOLD: Final = text(
    f"UPDATE usage_week SET whole = {SUM}, {', '.join(f'{name} = NULL' for name in _DAYS)} "  # noqa: S608 - our names
    "WHERE metric_id = :metric AND week = :week AND account_id IN ("
    "SELECT account_id FROM usage_week WHERE metric_id = :metric AND week = :week "
    f"AND ({' OR '.join(f'{name} IS NOT NULL' for name in _DAYS)}) ORDER BY account_id LIMIT :most)"
)


async def fold_days(session: AsyncSession, workspace_id: int, before: int, most: int) -> bool:
    """Fold up to `most` rows of weeks before week `before` in the caller's transaction. Whether more are left. The sums
    stay as they are, so nothing has to be packed again."""
    columns = (
        select(UsageColumn.metric_id, UsageColumn.week)
        .join(UsageMetric, UsageMetric.id == UsageColumn.metric_id)
        .where(UsageMetric.workspace_id == workspace_id, UsageColumn.week < before, UsageColumn.daily)
        # Everybody takes weeks in this order, so that nobody waits for another in a circle.
        .order_by(UsageColumn.metric_id, UsageColumn.week)
        .limit(COLUMNS)
    )
    found = (await session.execute(columns)).all()
    for metric, week in found:
        if most <= 0:
            return True
        this = (UsageColumn.metric_id == metric, UsageColumn.week == week)
        # Whoever writes into the week waits until it is folded.
        await session.execute(select(UsageColumn.week).where(*this).with_for_update())
        folded = await session.execute(_FOLD, {"metric": metric, "week": week, "most": most})
        count = cast("CursorResult[Any]", folded).rowcount
        if count < most:
            await session.execute(
                update(UsageColumn).where(*this).values(daily=False).execution_options(synchronize_session=False)
            )
        most -= count
    return len(found) == COLUMNS or most <= 0
