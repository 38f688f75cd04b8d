"""Local days and times: what a wall clock's time means, and on which days people work.

Working days are weekdays that are no public holiday of the countries that count for somebody.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from holidays import country_holidays, list_supported_countries
from holidays.holiday_base import HolidayBase

MORNING: Final = time(9)
"""When the working day begins, in the person's own zone."""
WEEK: Final = frozenset(range(7))
WEEKDAYS: Final = frozenset(range(5))
"""Monday to Friday, as ``date.weekday`` counts."""
_MINUTE: Final = timedelta(minutes=1)


def zone_named(name: str) -> ZoneInfo:
    """The zone of this IANA name; UTC when this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def at_wall(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The moment, aware and in UTC, at which a wall clock in ``zone`` shows ``wall`` on ``day``.

    A time that the change to summer time skips is the first minute after the gap; one that comes twice is the first.
    """
    local = datetime.combine(day, wall, tzinfo=zone)
    early = local.astimezone(UTC)
    if early.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return early
    # In a gap (PEP 495) the offset of before it gives a moment after it, the offset of after it one before it.
    before, after = local.replace(fold=1).astimezone(UTC), early
    ahead = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        before, after = (before, middle) if middle.astimezone(zone).utcoffset() == ahead else (middle, after)
    return _whole_minute(after, zone)


def _whole_minute(moment: datetime, zone: ZoneInfo) -> datetime:
    """The first whole local minute at or after ``moment``, give or take the second it was searched by."""
    local = moment.astimezone(zone)
    beyond = timedelta(seconds=local.second, microseconds=local.microsecond)
    if not beyond:
        return moment
    return moment - beyond if beyond <= timedelta(seconds=1) else moment + _MINUTE - beyond


class WorkingDays:
    """The calendar of an installation or a person. ``countries`` are ISO codes (``SE``, ``NL``) whose holidays are
    free; ``weekdays`` those on which people work, 0 for Monday; ``free`` single days that are free besides. Raises
    ValueError when they work on none."""

    def __init__(
        self, countries: Sequence[str] = (), weekdays: Collection[int] = WEEKDAYS, free: Collection[date] = ()
    ) -> None:
        if not WEEK & frozenset(weekdays):
            raise ValueError("people work on at least one day of the week")
        self._holidays: tuple[HolidayBase, ...] = tuple(country_holidays(code) for code in countries)
        self._weekdays = frozenset(weekdays)
        self._free = frozenset(free)

    @property
    def weekdays(self) -> frozenset[int]:
        """The days of the week on which people work, 0 for Monday."""
        return self._weekdays

    def holidays(self, first: date, last: date) -> tuple[date, ...]:
        """The days from ``first`` to ``last`` on which people would work were they not free."""
        found = {day for day in self._free if first <= day <= last}
        for table in self._holidays:
            for year in range(first.year, last.year + 1):
                _ = date(year, 1, 1) in table  # reads the year, if it was not read yet
            found |= {day for day in table if first <= day <= last}
        return tuple(sorted(day for day in found if day.weekday() in self._weekdays))

    def is_working_day(self, day: date) -> bool:
        """Whether people work on ``day``: no weekend, no holiday of any of the countries."""
        if day.weekday() not in self._weekdays or day in self._free:
            return False
        return not any(day in table for table in self._holidays)

    def first(self, day: date) -> date:
        """``day`` itself when people work on it, else the next day they do."""
        return self.add(day, 0)

    def add(self, day: date, count: int) -> date:
        """The working day ``count`` working days after ``day`` (which itself is never counted). ``count`` ≥ 0; 0 is
        ``day`` itself when people work on it, else the next day they do."""
        at, left = day, count
        while left > 0 or not self.is_working_day(at):
            at += timedelta(days=1)
            if self.is_working_day(at) and left > 0:
                left -= 1
        return at

    def back(self, day: date, count: int) -> date:
        """The working day ``count`` working days before ``day``; 0 is ``day`` itself when people work on it, else the
        last day before it on which they do. ``count`` ≥ 0."""
        at, left = day, count
        while not self.is_working_day(at):
            at -= timedelta(days=1)
        while left > 0:
            at -= timedelta(days=1)
            if self.is_working_day(at):
                left -= 1
        return at

    def between(self, first: date, last: date) -> int:
        """How many working days come after ``first``, up to and with ``last``; 0 when ``last`` is not later."""
        return sum(self.is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    def distance(self, first: date, last: date) -> int:
        """Like ``between``, and below 0 when ``last`` is the earlier one: the two ways add up to 0."""
        return self.between(first, last) - self.between(last, first)

    def morning_after(self, moment: datetime, count: int, zone: ZoneInfo) -> datetime:
        """09:00 in ``zone``, ``count`` working days after the local day of ``moment``; aware, UTC."""
        return at_wall(self.add(moment.astimezone(zone).date(), count), MORNING, zone)


class Calendars:
    """Whose holidays count for whom. ``country_of_zone`` comes from the time zone database (zone.tab), ``everybody``
    are the countries the admin named (BATON_HOLIDAYS).

    A person's country is the one they set, else that of their time zone; the admin's countries count as well unless
    the person's is one of them. Without a country of their own only the admin's count.
    """

    def __init__(
        self, country_of_zone: Mapping[str, str] = MappingProxyType({}), everybody: Iterable[str] = ()
    ) -> None:
        self._country_of_zone, self._everybody = country_of_zone, tuple(everybody)
        self._known = frozenset(list_supported_countries(include_aliases=False))
        self._made: dict[tuple[str, tuple[str, ...], frozenset[int] | None], WorkingDays] = {}
        self.installation = WorkingDays(self._everybody)

    def country(self, zone: str, chosen: str = "") -> str:
        """The country whose holidays somebody in ``zone`` has who chose ``chosen`` ('' for nothing); '' for none."""
        found = chosen or self._country_of_zone.get(zone, "")
        return found if found in self._known else ""

    def weekdays(self, zone: str, chosen: str = "") -> frozenset[int]:
        """The days of the week on which people of that country work, 0 for Monday."""
        own = self.country(zone, chosen)
        return WEEK - frozenset(country_holidays(own).weekend) if own else WEEKDAYS

    def days(self, zone: str, chosen: str = "", weekdays: frozenset[int] | None = None) -> WorkingDays:
        """The working days of somebody in ``zone``; ``weekdays`` None: those of their country."""
        own = self.country(zone, chosen)
        codes = (own,) if own in self._everybody else (*([own] if own else []), *self._everybody)
        key = (own, codes, weekdays)
        if key not in self._made:
            self._made[key] = WorkingDays(codes, weekdays or self.weekdays(zone, chosen))
        return self._made[key]
