"""Who is a CSM, by key."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Csm, Notice, Question


@dataclass(frozen=True, slots=True)
class What:
    """What a CSM looks after; empty regions or segments mean any."""

    regions: tuple[str, ...]
    segments: tuple[str, ...]
    active: bool


async def what_of(session: AsyncSession, person_id: int) -> What | None:
    """What this person looks after, also when they do so no more; None when they never were a CSM."""
    found = await session.get(Csm, person_id, populate_existing=True)
    return What(tuple(found.regions), tuple(found.segments), found.active) if found else None


async def told(session: AsyncSession, deal_id: int) -> list[str]:
    """The keys of the messages in a deal's channel that tell who became its CSM."""
    mine = (Notice.deal_id == deal_id, Notice.kind == "csm_assigned", Notice.audience == "deal")
    return list((await session.scalars(select(Notice.key).where(*mine))).all())


async def is_active(session: AsyncSession, person_id: int) -> bool:
    """Whether this person takes customers over now."""
    return bool((await session.scalars(select(Csm.active).where(Csm.person_id == person_id))).first())


async def retire(session: AsyncSession, person_id: int) -> bool:
    """No CSM any more; what they looked after is remembered. False when they were none."""
    changed = await session.scalars(
        update(Csm)
        .where(Csm.person_id == person_id, Csm.active.is_(True))
        .values(active=False)
        .returning(Csm.person_id)
    )
    return changed.first() is not None


async def pass_questions(session: AsyncSession, deal_id: int, old_id: int, new_id: int) -> list[int]:
    """Open questions of a deal that waited for its old CSM wait for the new one. Returns their ids."""
    changed = await session.scalars(
        update(Question)
        .where(Question.deal_id == deal_id, Question.owner_id == old_id, Question.state == "open")
        .values(owner_id=new_id)
        .returning(Question.id)
        .execution_options(synchronize_session=False)
    )
    return list(changed.all())
