"""What sales promised, followed to its end."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Commitment


async def get(session: AsyncSession, commitment_id: int) -> Commitment | None:
    """One promise."""
    return await session.get(Commitment, commitment_id)


async def settle(
    session: AsyncSession, commitment_id: int, *, was: str, state: str, note: str, by: int | None, at: datetime | None
) -> bool:
    """Compare-and-set on its state: False when somebody else was quicker."""
    changed = await session.scalars(
        update(Commitment)
        .where(Commitment.id == commitment_id, Commitment.state == was)
        .values(state=state, evidence=note, resolved_by=by, resolved_at=at)
        .returning(Commitment.id)
    )
    return changed.first() is not None
