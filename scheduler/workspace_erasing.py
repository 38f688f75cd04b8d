"""Thirty days after a workspace took Baton away everything of it is erased."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from scheduler.deciders import Decision
from storage import absence
from storage.due import DueRow

BACK: Final = "Baton is installed again"
ERASED: Final = "erased"

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("baton.erase")


class WorkspaceErasing:
    """One row for each workspace that is gone; says nothing."""

    async def decide(self, session: AsyncSession, rows: Sequence[DueRow], now: datetime) -> Sequence[Decision]:
        """Erase those that are gone for long enough."""
        decisions: list[Decision] = []
        for row in rows:
            since = await absence.gone_since(session, row.workspace_id)
            if since is None:
                decisions.append(Decision(row.id, None, why=BACK))
            elif now - since < absence.KEPT:
                decisions.append(Decision(row.id, (since + absence.KEPT).date(), why="kept"))
            else:
                counts = await absence.erase_workspace(session, row.workspace_id, now)
                log.warning("workspace_erased", workspace=row.workspace_id, rows=sum(counts.values()))
                decisions.append(Decision(row.id, None, why=ERASED))
        return decisions
