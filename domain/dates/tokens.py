"""What words of any language become before the grammar looks at them."""

from dataclasses import dataclass
from enum import Enum, StrEnum


class Period(StrEnum):
    """A stretch of time people count in or point at."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKDAY = "workday"
    WEEK = "week"
    WEEKEND = "weekend"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


class Part(StrEnum):
    """Which part of a period is meant."""

    BEGIN = "begin"
    MIDDLE = "middle"
    END = "end"


class Mark(Enum):
    """Small words that say how the others belong together."""

    IN = "in"
    HENCE = "hence"
    AGO = "ago"
    FROM = "from"
    AFTER = "after"
    BEFORE = "before"
    OR = "or"
    TO = "to"
    DASH = "dash"
    SLASH = "slash"
    ARTICLE = "article"
    FINAL = "final"
    COMING = "coming"
    WEEK_OF = "week of"
    CLOCK = "clock"
    END_OF_DAY = "end of day"
    HALF = "half"


@dataclass(frozen=True, slots=True)
class Number:
    """A cardinal; `digits` is how many digits were typed, 0 for a word."""

    value: int
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Ordinal:
    """“15th”, “first”, “15号”; `counts` when it can only say which of several (“pertama”, 第二个), never which day."""

    value: int
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Weekday:
    """Monday is 0."""

    index: int


@dataclass(frozen=True, slots=True)
class Month:
    """January is 1."""

    index: int


@dataclass(frozen=True, slots=True)
class Year:
    """A year in full."""

    value: int


@dataclass(frozen=True, slots=True)
class Quarter:
    """1 to 4."""

    number: int


@dataclass(frozen=True, slots=True)
class Half:
    """Half of a year, 1 or 2."""

    number: int


@dataclass(frozen=True, slots=True)
class WeekNumber:
    """An ISO 8601 week."""

    number: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A period's name; a fortnight is `Unit(Period.WEEK, 2)`."""

    period: Period
    times: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """Which period, counted from this one: last −1, this 0, next 1, after next 2."""

    count: int


@dataclass(frozen=True, slots=True)
class Day:
    """Days from today."""

    offset: int


@dataclass(frozen=True, slots=True)
class Edge:
    """“beginning of”, “mid”, “end of”."""

    part: Part


@dataclass(frozen=True, slots=True)
class Fixed:
    """A named day that falls on the same date each year."""

    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Feast:
    """A named day that falls on another date each year: its name among the holidays of a country, in English, and how
    many days after (before, when negative) it is meant."""

    country: str
    name: str
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Numeric:
    """Two or three numbers written as one date, as typed: `15/1`, `2027-01-15`."""

    parts: tuple[str, ...]
    separator: str


Token = (
    Number
    | Ordinal
    | Weekday
    | Month
    | Year
    | Quarter
    | Half
    | WeekNumber
    | Unit
    | Step
    | Day
    | Edge
    | Fixed
    | Feast
    | Numeric
    | Mark
)
Tokens = tuple[Token, ...]
