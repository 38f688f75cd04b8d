"""Choosing the CSM of a deal among those in the database."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.assignment import Choice, CsmLoad, choose_csm
from storage import people
from storage.models import Deal


async def assign_csm(
    session: AsyncSession,
    deal: Deal,
    *,
    region: str | None,
    segment: str | None,
    why_not_named: str = "",
    now: datetime,
) -> Choice:
    """Write the CSM the rule chooses onto the deal, and why; one choice at a time, so that deals won together do not
    all go to the same CSM. ``why_not_named`` goes before the reason."""
    await people.lock_roster(session, deal.workspace_id)
    loads = [
        CsmLoad(
            person_id=str(entry.person.id),
            regions=frozenset(entry.regions),
            segments=frozenset(entry.segments),
            open_deals=entry.open_deals,
            last_assigned_at=entry.last_assigned_at,
            active=entry.active,
        )
        for entry in await people.roster(session, deal.workspace_id)
    ]
    choice = choose_csm(loads, region, segment)
    deal.csm_why = f"{why_not_named} {choice.why}".strip()
    if choice.person_id is not None:
        chosen = int(choice.person_id)
        deal.csm_id = chosen
        await people.note_assigned(session, chosen, now)
    return choice
