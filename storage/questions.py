"""The ledger of questions: each keeps its number within the deal."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Deal, Question


async def add(
    session: AsyncSession, deal_id: int, *, text: str, asker_id: int, owner_id: int | None, now: datetime
) -> Question:
    """Record a question; the deal's row is locked so that two askers get two numbers: by the weaker kind of lock,
    because every row of this transaction that refers to the deal holds a share lock on its key already."""
    await session.execute(select(Deal.id).where(Deal.id == deal_id).with_for_update(key_share=True))
    last = (await session.scalars(select(func.max(Question.number)).where(Question.deal_id == deal_id))).one()
    question = Question(
        deal_id=deal_id, number=(last or 0) + 1, text=text, asker_id=asker_id, owner_id=owner_id, asked_at=now
    )
    session.add(question)
    await session.flush()
    return question


async def get(session: AsyncSession, question_id: int) -> Question | None:
    """One question."""
    return await session.get(Question, question_id)


async def settle(
    session: AsyncSession,
    question: Question,
    *,
    was: str,
    state: str,
    answer: str,
    by: int | None,
    at: datetime | None,
) -> bool:
    """Compare-and-set on its state: False when somebody else was quicker."""
    changed = await session.scalars(
        update(Question)
        .where(Question.id == question.id, Question.state == was)
        .values(state=state, answer=answer, answered_by=by, answered_at=at)
        .returning(Question.id)
    )
    return changed.first() is not None
