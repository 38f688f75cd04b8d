"""The plain words of a change: days, titles and counts as they stand in `PlanChange.said`. Nothing is escaped."""

from datetime import date
from typing import Final

from domain.plan_picture import Milestone
from domain.text import clean

_TITLE: Final = 80
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def on_day(day: date) -> str:
    """``Fri 4 Dec 2026``."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def quoted(title: str) -> str:
    """A title in quotes, in one line of at most 82 characters."""
    return f"“{clean(' '.join(title.split()) or '…', _TITLE).text}”"


def named(one: Milestone) -> str:
    """A milestone by its title, in quotes."""
    return quoted(one.title)


def counted(count: int, what: str) -> str:
    """``1 milestone``, ``3 milestones``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
