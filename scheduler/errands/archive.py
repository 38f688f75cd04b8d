"""Archiving the channel of a finished deal."""

from scheduler.delivery import Done, NotYet, StayQuiet
from scheduler.slack import SlackRefusedError
from scheduler.workplace import Workplace
from storage.notices import ClaimedNotice

THERE_ALREADY = frozenset({"already_archived", "is_archived"})


async def archive_channel(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """Archive the deal's channel, if it has one."""
    picture = await place.picture(notice.deal_id or 0)
    if picture is None or not picture.channel.id:
        return StayQuiet("there is no channel to archive")
    try:
        await place.slack.call("conversations.archive", channel=picture.channel.id)
    except SlackRefusedError as error:
        if error.code not in THERE_ALREADY:
            raise
    return Done()
