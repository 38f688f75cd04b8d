"""Who may be spoken to now: what can wait is said in the working hours of whoever it is for."""

from datetime import datetime
from typing import Final

from domain.calendar import zone_named
from domain.hours import Hours, allowed_from
from domain.picture import DealPicture
from domain.usage_alert import OF_ALERT, OF_FEED
from scheduler.audience import PERSON
from scheduler.dnd import DoNotDisturb
from scheduler.workplace import Workplace
from storage import mornings
from storage.mornings import Reader
from storage.notices import ClaimedNotice

IN_HOURS: Final = frozenset(
    {
        *("milestone_reminder", "milestone_overdue", "weekly_summary", "portfolio_digest"),
        *("plan_upgraded", "plan_downgraded", "subscription_canceled", "subscription_kept", "plan_unknown"),
        *("kickoff_late", "early_win_due", "check_due", "delivery_unsure"),
        *OF_ALERT,
        *OF_FEED,
    }
)
"""Kinds that wait for working hours. What answers something a person did a moment ago does not."""


class Gate:
    """Holds what would come at a bad time. A message into a channel is for the deal's CSM."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self.dnd = DoNotDisturb(place)

    async def opens(self, notice: ClaimedNotice, picture: DealPicture | None) -> datetime | None:
        """From when on this may be said; None: now. An edit disturbs nobody. Raises the errors of scheduler.slack."""
        if notice.kind not in IN_HOURS or notice.ts:
            return None
        reader = await self._reader(notice, picture)
        if reader is None:
            return None
        card, settings = reader.card, reader.settings
        now = self._place.clock()
        days = self._place.calendars.days(card.zone, settings.country, settings.weekdays)
        zone, hours = zone_named(card.zone), Hours(settings.begin, settings.end)
        at = allowed_from(now, zone, hours, days, (), settings.away_until)
        if at <= now:
            # Only who could be spoken to now is worth asking Slack about.
            spans = await self.dnd.spans(card.slack_id)
            at = allowed_from(now, zone, hours, days, spans, settings.away_until)
        return at if at > now else None

    async def _reader(self, notice: ClaimedNotice, picture: DealPicture | None) -> Reader | None:
        slack_id = ""
        if notice.audience.startswith(PERSON):
            slack_id = notice.audience.removeprefix(PERSON)
        elif picture is not None and picture.csm is not None:
            slack_id = picture.csm.slack_id
        if not slack_id:
            return None
        async with self._place.db.read() as session:
            return await mornings.reader(session, notice.workspace_id, slack_id)
