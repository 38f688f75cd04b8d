"""What happened to a milestone: the newest changes of its plan that touched it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

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
    """One change: ``said`` in the past tense without the actor; ``by`` None for the CRM or the clock; ``action`` as in
    domain.plan.change."""

    change_id: int
    at: datetime
    by: PersonCard | None
    said: str
    undone: bool
    action: str


async def of_milestone(session: AsyncSession, deal_id: int, number: int, limit: int) -> list[Happened]:
    """The newest changes that touched the milestone people call by this number, newest first."""
    return [
        _happened(change, person)
        for change, person in await _newest(session, deal_id)
        if _touches(change, {str(number)})
    ][:limit]


async def since(session: AsyncSession, deal_id: int, change_id: int) -> Happened | None:
    """The newest change after this one that touched something it touched and was not undone; None when there is none
    among the newest."""
    rows = await _newest(session, deal_id)
    mine = next((change for change, _ in rows if change.id == change_id), None)
    if mine is None:
        return None
    numbers, fields = set(mine.after.get("milestones", {})), set(mine.after.get("plan", {}))
    for change, person in rows:
        touches = _touches(change, numbers) or fields & set(change.after.get("plan", {}))
        if change.id > change_id and change.undone_at is None and touches:
            return _happened(change, person)
    return None


async def _newest(session: AsyncSession, deal_id: int) -> list[tuple[PlanChange, Person | None]]:
    wanted = (
        select(PlanChange, Person)
        .outerjoin(Person, Person.id == PlanChange.by_id)
        .where(PlanChange.deal_id == deal_id)
        .order_by(PlanChange.id.desc())
        .limit(LOOKED_AT)
    )
    return [(change, person) for change, person in (await session.execute(wanted)).all()]


def _happened(change: PlanChange, person: Person | None) -> Happened:
    by = person_card(person) if person else None
    return Happened(change.id, change.at, by, change.said, change.undone_at is not None, change.action)


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


async def firmed(session: AsyncSession, deal_id: int, since: datetime) -> int | None:
    """The change with which an acceptance from ``since`` on made the plan's dates firm, if it was not undone."""
    wanted = (
        select(PlanChange.id)
        .where(PlanChange.deal_id == deal_id, PlanChange.action == "firm")
        .where(PlanChange.at >= since, PlanChange.undone_at.is_(None))
        .order_by(PlanChange.id.desc())
        .limit(1)
    )
    return (await session.scalars(wanted)).first()


def _touches(change: PlanChange, numbers: Collection[str]) -> bool:
    """Whether it touched a milestone of one of these numbers (text, as in the snapshots)."""
    return any(number in each.get("milestones", {}) for each in (change.after, change.before) for number in numbers)
