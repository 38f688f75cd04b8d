"""What should have been said, told from the facts alone: nothing here uses Baton's own rules or calendars."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import holidays

COUNTRIES: Final[Mapping[str, str]] = {
    "Europe/Stockholm": "SE",
    "America/New_York": "US",
    "Europe/Amsterdam": "NL",
    "Asia/Kuala_Lumpur": "MY",
    "Asia/Shanghai": "CN",
    "Europe/London": "GB",
    "America/Los_Angeles": "US",
    "Australia/Lord_Howe": "AU",
    "Africa/Casablanca": "MA",
    "Asia/Kathmandu": "NP",
    "America/St_Johns": "CA",
    "Pacific/Auckland": "NZ",
}
BEGIN, END = time(9), time(17)
IN_HOURS: Final = frozenset(
    {
        "milestone_reminder",
        "milestone_overdue",
        "weekly_summary",
        "portfolio_digest",
        "kickoff_late",
        "early_win_due",
        "check_due",
    }
)
Json = dict[str, Any]


class Calendar:
    """The working days of a zone's country."""

    def __init__(self, zone: ZoneInfo) -> None:
        country = COUNTRIES[zone.key]
        self.zone = zone
        self._off = holidays.country_holidays(country)
        self._weekend = self._off.weekend if self._off.weekend else {5, 6}

    def works(self, day: date) -> bool:
        return day.weekday() not in self._weekend and day not in self._off

    def next_working(self, day: date) -> date:
        while not self.works(day):
            day += timedelta(days=1)
        return day

    def morning(self, day: date) -> datetime:
        return datetime.combine(day, BEGIN, tzinfo=self.zone).astimezone(UTC)

    def in_hours(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        return self.works(local.date()) and BEGIN <= local.time() < END


def key_of(message: Json) -> str:
    return str(message["metadata"]["event_payload"]["key"])


def kind_of(message: Json) -> str:
    return str(message["metadata"]["event_payload"]["kind"])


def said_at(message: Json) -> datetime:
    return datetime.fromtimestamp(float(message["ts"]), UTC)


def twice(messages: Iterable[Json]) -> dict[str, int]:
    """Occurrence keys that stand in Slack more than once."""
    counted = Counter(key_of(one) for one in messages)
    return {key: count for key, count in counted.items() if count > 1}


def mondays(start: datetime, end: datetime) -> Iterator[date]:
    """Each Monday from the day after `start` to the day of `end`."""
    day = start.date() + timedelta(days=1)
    while day <= end.date():
        if day.weekday() == 0:
            yield day
        day += timedelta(days=1)


def summaries(deals: Mapping[int, Calendar], start: datetime, end: datetime) -> set[str]:
    """The keys of the weekly summaries whose time came between the two moments: at 09:00 of the first working day of
    the week in the CSM's zone, none in a week without one."""
    found: set[str] = set()
    for deal, calendar in deals.items():
        for monday in mondays(start, end):
            day = calendar.next_working(monday)
            if day < monday + timedelta(days=7) and start < calendar.morning(day) <= end:
                found.add(f"deal:{deal}:summary:{monday}")
    return found


def steps(due: date, remind: Iterable[int], calendar: Calendar, last: date) -> Iterator[tuple[str, date]]:
    """Each reminder of something due on a day, with the working day it falls on, up to `last`."""
    for before in remind:
        day, left = due, before
        while not calendar.works(day):
            day -= timedelta(days=1)
        while left:
            day -= timedelta(days=1)
            left -= calendar.works(day)
        yield (f"due-{before}d" if before else "due"), day
    day, late = due, 0
    while day < last:
        day += timedelta(days=1)
        if not calendar.works(day):
            continue
        late += 1
        if late in (1, 3) or (late > 3 and (late - 3) % 5 == 0):
            yield f"overdue-{late}d", day


def reminders(milestones: Iterable[tuple[int, date, list[int], Calendar]], start: datetime, end: datetime) -> set[str]:
    """The occurrences of milestones nobody touched (id, day, reminders, whose calendar) whose mornings came between
    the two moments."""
    found: set[str] = set()
    for number, due, remind, calendar in milestones:
        opened = start.astimezone(calendar.zone).date()
        for step, day in steps(due, remind, calendar, end.astimezone(calendar.zone).date()):
            if day > opened and calendar.morning(day) <= end:
                found.add(f"milestone:{number}:{step}:{due.isoformat()}")
    return found
