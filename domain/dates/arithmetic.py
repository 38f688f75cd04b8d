"""Counting in the calendar. Weeks are ISO 8601: Monday first."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

WorkingDay = Callable[[date], bool]
_LONGEST_CLOSURE_DAYS = 60


def is_weekday(day: date) -> bool:
    """Monday to Friday: the working days when nobody hands in a better calendar."""
    return day.weekday() < 5


def add_months(day: date, months: int) -> date:
    """The same day of the month some months on, or that month's last day when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """The last day of the month `day` is in."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def week_start(day: date) -> date:
    """The Monday of the week `day` is in."""
    return day - timedelta(days=day.weekday())


def coming_weekday(day: date, index: int) -> date:
    """The first such weekday after `day`, `day` itself not counted."""
    return day + timedelta(days=(index - day.weekday() - 1) % 7 + 1)


def nth_weekday(first: date, last: date, index: int, count: int) -> date | None:
    """The `count`-th such weekday from `first` to `last`, counted from the end when negative."""
    if count > 0:
        found = first + timedelta(days=(index - first.weekday()) % 7 + 7 * (count - 1))
    else:
        found = last - timedelta(days=(last.weekday() - index) % 7 + 7 * (-count - 1))
    return found if first <= found <= last else None


def add_working_days(day: date, count: int, is_working_day: WorkingDay) -> date:
    """The `count`-th working day after `day` (before it when negative); 0 is `day` itself.

    Raises OverflowError when the calendar has no working day for 60 days on end.
    """
    step = timedelta(days=1 if count > 0 else -1)
    left, idle = abs(count), 0
    while left:
        day += step
        idle = 0 if is_working_day(day) else idle + 1
        left -= idle == 0
        if idle > _LONGEST_CLOSURE_DAYS:
            raise OverflowError("no working day in sight")
    return day


def nth_working_day(first: date, last: date, count: int, is_working_day: WorkingDay) -> date | None:
    """The `count`-th working day from `first` to `last`, counted from the end when negative."""
    day = first - timedelta(days=1) if count > 0 else last + timedelta(days=1)
    found = add_working_days(day, count, is_working_day)
    return found if first <= found <= last else None


def iso_week(year: int, week: int) -> date | None:
    """The Monday of an ISO week, or None when that year has no such week."""
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
