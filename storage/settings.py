"""What people set for themselves."""

from datetime import datetime, time
from typing import Final

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import MORNING
from domain.settings import USUAL, PersonSettings, from_json, to_json
from storage import due
from storage.plan_models import PersonSetting

_ONCE: Final = ("person_id",)


async def load(session: AsyncSession, person_id: int) -> PersonSettings:
    """Somebody's settings; the defaults when they set nothing."""
    found = await session.get(PersonSetting, person_id)
    return from_json(found.values) if found else USUAL


async def keep(session: AsyncSession, person_id: int, zone: str, settings: PersonSettings, now: datetime) -> None:
    """Keep somebody's settings, and let their morning come in their hours. The defaults leave no row."""
    values = to_json(settings)
    if values:
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        adding = insert(PersonSetting).values(person_id=person_id, values=values, updated_at=now)
        await session.execute(
            adding.on_conflict_do_update(index_elements=_ONCE, set_={"values": values, "updated_at": now})
        )
    else:
        await session.execute(delete(PersonSetting).where(PersonSetting.person_id == person_id))
    await due.morning_at(session, person_id, zone, morning_of(settings))


def morning_of(settings: PersonSettings) -> time:
    """When a digest comes: at nine, or when their day begins where nine is not in it."""
    return MORNING if settings.begin <= MORNING < settings.end else settings.begin
