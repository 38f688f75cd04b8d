"""Workspaces that took Baton away: nothing is said there, and after a while everything of them is erased."""

from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import due, sweep
from storage.due import NewDue
from storage.erasure_models import Erasure
from storage.models import Notice, Workspace
from storage.notices import PENDING
from storage.plan_models import Due
from storage.usage_models import UsageMetric, UsageWeek

KIND: Final = due.ERASING
KEPT: Final = timedelta(days=30)
"""How long what is known is kept for whoever installs Baton again (issue E)."""
WHY: Final = "Baton's access was taken away"
WORKSPACE: Final = "workspace"


async def took_away(session: AsyncSession, workspace_id: int, now: datetime) -> bool:
    """From now on nothing is said there; the clock erases it later. False when that was known."""
    gone = update(Workspace).where(Workspace.id == workspace_id, Workspace.gone_at.is_(None)).values(gone_at=now)
    result = await session.execute(gone.execution_options(synchronize_session=False))
    if not cast("CursorResult[Any]", result).rowcount:
        return False
    last = NewDue(KIND, f"workspace:{workspace_id}", "UTC", (now + KEPT).date() + timedelta(days=1))
    await due.ensure(session, workspace_id, [last])
    return True


async def came_back(session: AsyncSession, workspace_id: int, now: datetime) -> None:
    """Baton is installed there again: what waited is said, and nothing is erased."""
    back = update(Workspace).where(Workspace.id == workspace_id).values(gone_at=None)
    await session.execute(back.execution_options(synchronize_session=False))
    await session.execute(delete(Due).where(Due.workspace_id == workspace_id, Due.kind == KIND))
    waited = (Notice.workspace_id == workspace_id, Notice.state == PENDING, Notice.why == WHY, Notice.not_before > now)
    again = update(Notice).where(*waited).values(not_before=now, why="")
    await session.execute(again.execution_options(synchronize_session=False))


async def gone_since(session: AsyncSession, workspace_id: int) -> datetime | None:
    """Since when Baton is not installed there any more; None while it is."""
    return (await session.scalars(select(Workspace.gone_at).where(Workspace.id == workspace_id))).first()


async def by_team(session: AsyncSession, team_id: str) -> int | None:
    """The workspace's row id."""
    return (await session.scalars(select(Workspace.id).where(Workspace.team_id == team_id))).first()


async def erase_workspace(session: AsyncSession, workspace_id: int, now: datetime) -> dict[str, int]:
    """Erase everything of a workspace but the row that says there was one, with the record of this; how many rows of
    which table."""
    erasure = Erasure(workspace_id=workspace_id, kind=WORKSPACE, via="clock", at=now, counts={})
    session.add(erasure)
    await session.flush()
    counts: dict[str, int] = {}
    metrics = select(UsageMetric.id).where(UsageMetric.workspace_id == workspace_id)
    await session.execute(delete(UsageWeek).where(UsageWeek.metric_id.in_(metrics)))
    for table in reversed(sweep.tables()):
        inside = sweep.in_workspace(table, workspace_id)
        if inside is None or table.name in ("workspace", "erasure"):
            continue
        count = cast("CursorResult[Any]", await session.execute(delete(table).where(inside))).rowcount
        counts |= {table.name: count} if count else {}
    values: dict[str, Any] = {"name": "", "bot_user_id": "", "cs_channel_id": None}
    blank = update(Workspace).where(Workspace.id == workspace_id).values(values)
    await session.execute(blank.execution_options(synchronize_session=False))
    erasure.closed_at, erasure.counts = now, {"deleted": counts}
    await session.flush()
    return counts
