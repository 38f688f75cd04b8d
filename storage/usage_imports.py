"""Imports of usage that have not come to their end, so that the same file goes on where it stopped."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage import raw
from storage.usage_models import UsageImport


@dataclass(frozen=True, slots=True)
class Done:
    """How many records of a file are done, and what became of the samples in them."""

    records: int = 0
    new: int = 0
    updated: int = 0
    aside: int = 0
    refused: int = 0


async def load(session: AsyncSession, workspace_id: int, digest: str) -> Done:
    """How far the file with this SHA-256 came; nothing when it was never begun or came to its end."""
    row = (
        await session.execute(
            select(
                UsageImport.records, UsageImport.new, UsageImport.updated, UsageImport.aside, UsageImport.refused
            ).where(UsageImport.workspace_id == workspace_id, UsageImport.digest == digest)
        )
    ).first()
    return Done(*row) if row else Done()


async def keep(session: AsyncSession, workspace_id: int, digest: str, done: Done, now: datetime) -> None:
    """Keep how far it came, in the transaction that came so far."""
    values = {
        "records": done.records,
        "new": done.new,
        "updated": done.updated,
        "aside": done.aside,
        "refused": done.refused,
        "at": now,
    }
    insert = sqlite.insert if raw.is_sqlite(session) else postgresql.insert
    await session.execute(
        insert(UsageImport)
        .values(workspace_id=workspace_id, digest=digest, **values)
        .on_conflict_do_update(index_elements=["workspace_id", "digest"], set_=values)
    )


async def end(session: AsyncSession, workspace_id: int, digest: str) -> None:
    """The file came to its end: imported again it begins anew, which changes nothing but what changed meanwhile."""
    await session.execute(
        delete(UsageImport).where(UsageImport.workspace_id == workspace_id, UsageImport.digest == digest)
    )


async def forget(session: AsyncSession, workspace_id: int, before: datetime) -> int:
    """Forget files that nobody went on with; how many."""
    gone = await session.execute(
        delete(UsageImport).where(UsageImport.workspace_id == workspace_id, UsageImport.at < before)
    )
    return cast("CursorResult[Any]", gone).rowcount
