"""Days of usage are kept for a while, then only the sums of their weeks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import zone_named
from domain.usage.samples import week_number
from scheduler.deciders import Decision
from storage import usage_imports, usage_retention
from storage.due import DueRow

FOLDED_AT_ONCE: Final = 20_000
"""Rows of one transaction: a tenth of a second on SQLite, where nobody else writes meanwhile."""
ABANDONED: Final = timedelta(days=30)
"""After this a file whose import was stopped begins anew."""


class UsageRetention:
    """Each night, and every ten minutes until nothing is left to fold."""

    def __init__(self, weeks: int, at_once: int = FOLDED_AT_ONCE) -> None:
        self._weeks, self._at_once = weeks, at_once

    async def decide(self, session: AsyncSession, rows: Sequence[DueRow], now: datetime) -> Sequence[Decision]:
        """One row a workspace; says nothing."""
        decisions: list[Decision] = []
        for row in rows:
            today = now.astimezone(zone_named(row.zone)).date()
            before = week_number(today) - self._weeks
            more = await usage_retention.fold_days(session, row.workspace_id, before, self._at_once)
            await usage_imports.forget(session, row.workspace_id, now - ABANDONED)
            # Today's hour has passed: the clock looks again after its patience.
            decisions.append(Decision(row.id, today if more else today + timedelta(days=1), why="folded old days"))
        return decisions
