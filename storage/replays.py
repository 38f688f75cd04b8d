"""Signed requests that were taken, shared by all processes on one PostgreSQL: none of them takes one again."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql

from storage.database import Database
from storage.models import InboundEvent

KIND: Final = "slack_request"


async def claim(db: Database, workspace_id: int, signature: str, until: float) -> bool:
    """Whether this signature comes for the first time; it is kept until it would be too old anyway (Unix seconds)."""
    insert = (
        postgresql.insert(InboundEvent)
        .values(
            workspace_id=workspace_id,
            source=KIND,
            event_id=signature,
            kind=KIND,
            body={},
            answer={},
            received_at=datetime.fromtimestamp(until, UTC),
        )
        .on_conflict_do_nothing(index_elements=["workspace_id", "source", "event_id"])
        .returning(InboundEvent.id)
    )
    async with db.at_once() as connection:
        return (await connection.execute(insert)).first() is not None


async def release(db: Database, workspace_id: int, signature: str) -> None:
    """It could not be taken: the sender may send it again."""
    statement = delete(InboundEvent).where(
        InboundEvent.workspace_id == workspace_id, InboundEvent.source == KIND, InboundEvent.event_id == signature
    )
    async with db.at_once() as connection:
        await connection.execute(statement)


async def forget(db: Database, now: float) -> None:
    """Drop those that are too old by now (Unix seconds), and a minute for clocks that differ."""
    before = datetime.fromtimestamp(now, UTC) - timedelta(minutes=1)
    async with db.at_once() as connection:
        await connection.execute(
            delete(InboundEvent).where(InboundEvent.kind == KIND, InboundEvent.received_at < before)
        )
