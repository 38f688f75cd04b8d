"""What came in from outside, once: the second delivery of the same id changes nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import InboundEvent


async def claim(
    session: AsyncSession,
    workspace_id: int,
    *,
    source: str,
    event_id: str,
    kind: str,
    body: dict[str, Any],
    now: datetime,
) -> int | None:
    """Record the event in the caller's transaction. None when this id was taken in before."""
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert(InboundEvent) if dialect == "sqlite" else postgresql.insert(InboundEvent)
    statement = (
        insert.values(
            workspace_id=workspace_id,
            source=source,
            event_id=event_id,
            kind=kind,
            body=body,
            answer={},
            received_at=now,
        )
        .on_conflict_do_nothing(index_elements=["workspace_id", "source", "event_id"])
        .returning(InboundEvent.id)
    )
    return (await session.scalars(statement)).first()


async def set_answer(session: AsyncSession, event_row_id: int, answer: dict[str, Any]) -> None:
    """Keep what was answered, so that a repeated delivery hears the same."""
    await session.execute(update(InboundEvent).where(InboundEvent.id == event_row_id).values(answer=answer))


async def earlier_answer(session: AsyncSession, workspace_id: int, source: str, event_id: str) -> dict[str, Any] | None:
    """What the first delivery of this id was answered, or None when it never came."""
    return (
        await session.scalars(
            select(InboundEvent.answer).where(
                InboundEvent.workspace_id == workspace_id,
                InboundEvent.source == source,
                InboundEvent.event_id == event_id,
            )
        )
    ).first()
