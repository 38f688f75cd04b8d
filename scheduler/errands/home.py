"""Showing somebody's Home anew while they may look at it."""

from typing import Final

from messages.home import home_view
from messages.values import number
from scheduler.delivery import Done, NotYet, StayQuiet
from scheduler.slack import SlackRefusedError
from scheduler.workplace import Workplace
from storage import homes
from storage.homes import Means
from storage.notices import ClaimedNotice

CLOSED: Final = "nobody looks at it any more: it is made anew when it is opened"


async def refresh_home(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """Publish the Home of ``facts["person"]`` (our id) as it is now. Safe to repeat."""
    means = Means(place.settings.lead, place.calendars, place.metrics)
    picture = await homes.as_it_is(place.db, notice.workspace_id, number(notice.facts, "person"), means, place.clock())
    if picture is None:
        return StayQuiet(CLOSED)
    try:
        await place.slack.call("views.publish", user_id=picture.reader.slack_id, view=home_view(picture))
    except SlackRefusedError as error:
        # It is only a fresher look at what opening it shows anyway: no dead letter for anybody to worry about.
        return StayQuiet(str(error))
    return Done()
