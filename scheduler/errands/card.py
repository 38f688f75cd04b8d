"""Pinning a deal's card."""

from scheduler.delivery import Done, NotYet, StayQuiet
from scheduler.slack import SlackRefusedError
from scheduler.workplace import Workplace
from storage.notices import ClaimedNotice

THERE_ALREADY = "already_pinned"


async def pin_card(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """Pin the message named in the notice's facts."""
    try:
        await place.slack.call("pins.add", channel=notice.facts["channel"], timestamp=notice.facts["ts"])
    except SlackRefusedError as error:
        if error.code != THERE_ALREADY:
            raise
    return Done()
