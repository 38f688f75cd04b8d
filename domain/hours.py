"""When somebody may be spoken to: in the working hours of a working day, outside do-not-disturb."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from domain.calendar import MORNING, at_wall
from domain.settings import EVENING

_FAR: Final = timedelta(days=366)
"""Somebody who can't be reached within a year is reached at the end of it."""


class Days(Protocol):
    """A calendar of working days (domain.calendar.WorkingDays)."""

    def is_working_day(self, day: date) -> bool:
        """Whether people work on it."""
        ...


@dataclass(frozen=True, slots=True)
class Hours:
    """The working day: from ``begin``, before ``end``, on the wall clock."""

    begin: time = MORNING
    end: time = EVENING


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start``, before ``end``; aware."""

    start: datetime
    end: datetime


def allowed_from(
    now: datetime,
    zone: ZoneInfo,
    hours: Hours,
    days: Days,
    dnd: Sequence[Span] = (),
    away_until: date | None = None,
) -> datetime:
    """The first moment from ``now`` on inside the working hours of a working day and outside every span of ``dnd``;
    ``now`` itself when it is one. Aware, UTC. ``away_until`` is the first day back at work."""
    at = now.astimezone(UTC)
    last = at + _FAR
    while at < last:
        later = _past(_in_hours(at, zone, hours, days, away_until), dnd)
        if later == at:
            return at
        at = later
    return at


def _in_hours(at: datetime, zone: ZoneInfo, hours: Hours, days: Days, away_until: date | None) -> datetime:
    """``at`` when it is in the hours of a working day, else the beginning of the next one."""
    day = at.astimezone(zone).date()
    while True:
        if days.is_working_day(day) and not (away_until and day < away_until):
            begin, end = at_wall(day, hours.begin, zone), at_wall(day, hours.end, zone)
            if at < end and begin < end:
                return max(at, begin)
        day += timedelta(days=1)


def _past(at: datetime, dnd: Sequence[Span]) -> datetime:
    """The first moment from ``at`` on that no span covers."""
    for span in sorted(dnd, key=lambda one: one.start):
        if span.start <= at < span.end:
            at = span.end.astimezone(UTC)
    return at
