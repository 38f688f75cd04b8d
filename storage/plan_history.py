"""What happened to a milestone: the newest changes of its plan that touched it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.person import PersonCard
from storage.models import Person
from storage.pictures import person_card
from storage.plan_models import PlanChange

LOOKED_AT: Final = 60
"""Changes of a plan that are searched, newest first."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One change: ``said`` in the past tense without the actor; ``by`` None for the CRM or the clock."""

    change_id: int
    at: datetime
    by: PersonCard | None
    said: str
    undone: bool


async def of_milestone(session: AsyncSession, deal_id: int, number: int, limit: int) -> list[Happened]:
    """The newest changes that touched the milestone people call by this number, newest first."""
    wanted = (
        select(PlanChange, Person)
        .outerjoin(Person, Person.id == PlanChange.by_id)
        .where(PlanChange.deal_id == deal_id)
        .order_by(PlanChange.id.desc())
        .limit(LOOKED_AT)
    )
    rows = (await session.execute(wanted)).all()
    found = [
        Happened(
            change.id, change.at, person_card(person) if person else None, change.said, change.undone_at is not None
        )
        for change, person in rows
        if _touches(change.after, number) or _touches(change.before, number)
    ]
    return found[:limit]


async def last_of(session: AsyncSession, deal_id: int, person_id: int) -> int | None:
    """The newest change somebody made to a plan that was not undone and is no undo itself; None for none."""
    wanted = (
        select(PlanChange.id)
        .where(PlanChange.deal_id == deal_id, PlanChange.by_id == person_id, PlanChange.undone_at.is_(None))
        .where(PlanChange.action.not_in(("undo", "firm", "close")))
        .order_by(PlanChange.id.desc())
        .limit(1)
    )
    return (await session.scalars(wanted)).first()


def _touches(snapshot: dict[str, Any], number: int) -> bool:
    return str(number) in snapshot.get("milestones", {})
