"""A morning's digest, read at the moment it is sent or edited."""

from typing import Final

from messages.morning import morning
from messages.say import Message, Quiet
from scheduler.workplace import Workplace
from storage import morning_items
from storage.notices import ClaimedNotice

MORNING_KINDS: Final = frozenset({"milestone_reminder", "milestone_overdue"})


async def morning_of(place: Workplace, notice: ClaimedNotice) -> Message | Quiet:
    """In person, each morning: what is due, late, asked and promised, in one message; quiet when nothing of it is left
    to say."""
    async with place.db.read() as session:
        picture = await morning_items.load(session, notice.facts, place.calendars, place.clock(), said=bool(notice.ts))
    return morning(picture) if picture is not None else Quiet("the person is gone")
