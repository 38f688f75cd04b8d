"""What comes out of reading a date."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.dates.arithmetic import WorkingDay


class Refusal(StrEnum):
    """Why a text is not taken for a date."""

    EMPTY = "empty"
    NOT_UNDERSTOOD = "not_understood"
    AMBIGUOUS = "ambiguous"
    PAST = "past"
    TOO_FAR = "too_far"


class Order(StrEnum):
    """The order in which a locale writes a date in numbers."""

    DAY_MONTH_YEAR = "dmy"
    MONTH_DAY_YEAR = "mdy"
    YEAR_MONTH_DAY = "ymd"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, slots=True)
class DateReading:
    """A date, or the reason there is none.

    `sentence` is one plain English sentence for the person: how the text was read, or what to type instead.
    `alternatives` are the dates the text may have meant, earliest first; empty when `on` is set.
    """

    on: date | None
    reason: Refusal | None
    sentence: str
    alternatives: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule knows what was meant and why it cannot be taken."""

    reason: Refusal
    sentence: str
    alternatives: tuple[date, ...] = ()


Outcome = date | Refused


@dataclass(frozen=True, slots=True)
class Context:
    """What reading depends on besides the words; `year_first` where `27-01-15` is 15 January 2027, as in Sweden."""

    now: datetime
    order: Order
    year_first: bool
    is_working_day: WorkingDay

    @property
    def today(self) -> date:
        """The person's own day."""
        return self.now.date()


def ambiguous(*days: date) -> Refused:
    """Several days fit."""
    return Refused(Refusal.AMBIGUOUS, "That can be more than one day", tuple(sorted(set(days))))


def no_such_day(what: str, *nearest: date) -> Refused:
    """A day the calendar does not have; `what` is ours, never the person's text."""
    return Refused(Refusal.NOT_UNDERSTOOD, f"There is no {what}", tuple(sorted(set(nearest))))


def gone(*later: date) -> Refused:
    """The day meant is before today."""
    return Refused(Refusal.PAST, "That day has already gone", tuple(sorted(set(later))))


def example_day(today: date) -> date:
    """A day to show as an example of how to type one."""
    return today + timedelta(days=7)


def report_line(reading: DateReading) -> str:
    """One line for the command line: `YYYY-MM-DD`, or `-`, the reason and the sentence."""
    if reading.on is not None:
        return reading.on.isoformat()
    return f"- {reading.reason}: {reading.sentence}"
