"""Working days: weekdays that are no public holiday of the countries an admin named."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from holidays import country_holidays
from holidays.holiday_base import HolidayBase

MORNING: Final = time(9)
"""When the working day begins, in the person's own zone."""
_FIRST_WEEKEND_DAY: Final = 5


class WorkingDays:
    """The calendar of one installation. ``countries`` are ISO codes (``SE``, ``NL``); none means weekdays only."""

    def __init__(self, countries: Sequence[str] = ()) -> None:
        self._holidays: tuple[HolidayBase, ...] = tuple(country_holidays(code) for code in countries)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on ``day``: no weekend, no holiday of any of the countries."""
        return day.weekday() < _FIRST_WEEKEND_DAY and not any(day in table for table in self._holidays)

    def add(self, day: date, count: int) -> date:
        """The working day ``count`` working days after ``day`` (which itself is never counted). ``count`` ≥ 0; 0 is
        ``day`` itself when people work on it, else the next day they do."""
        at, left = day, count
        while left > 0 or not self.is_working_day(at):
            at += timedelta(days=1)
            if self.is_working_day(at) and left > 0:
                left -= 1
        return at

    def morning_after(self, moment: datetime, count: int, zone: ZoneInfo) -> datetime:
        """09:00 in ``zone``, ``count`` working days after the local day of ``moment``; aware, UTC."""
        day = self.add(moment.astimezone(zone).date(), count)
        return datetime.combine(day, MORNING, tzinfo=zone).astimezone(UTC)
