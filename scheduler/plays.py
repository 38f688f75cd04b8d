"""What is said of a play, read at the moment it is sent or edited."""

from typing import Final

from messages.plays import play_message
from messages.say import Message, Quiet
from messages.values import number
from scheduler.workplace import Workplace
from storage import plays
from storage.notices import ClaimedNotice

PLAY_KINDS: Final = frozenset({"plan_upgraded", "plan_downgraded", "subscription_canceled", "subscription_kept"})


async def play_of(place: Workplace, notice: ClaimedNotice) -> Message | Quiet:
    """To the CSM, when a customer goes to another plan, ends its subscription or takes that back: what it means, what
    to say, and the task with its buttons."""
    async with place.db.read() as session:
        play = await plays.load(session, number(notice.facts, "play"))
    if play is None:
        return Quiet("the play is gone")
    return play_message(play, place.plans, notice.key, place.clock(), said=bool(notice.ts))
