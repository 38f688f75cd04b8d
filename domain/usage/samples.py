"""Samples of usage as columns, sifted: what may be recorded, and what is refused and why."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import compress
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.text import clean

NAME: Final = 200
"""Characters of an account's or a metric's name."""
LARGEST: Final = 1e12
"""The largest number of a day or a week; more is a mistake somewhere, and sums stay exact."""
FIRST: Final = date(1970, 1, 1)
LAST: Final = date(2199, 12, 31)
WEEK: Final = 7
_REMEMBERED: Final = 300_000
"""Different texts of a field remembered at most: memory stays bounded whatever a file holds."""
_SHOWN: Final = 40

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Samples:
    """Parallel columns: the account's and the metric's name, the day (`date.toordinal`), the number. `whole`: the
    numbers are of whole weeks, and the days are their Mondays. Made by `Sifter`, which nothing wrong passes."""

    accounts: Sequence[str]
    days: Sequence[int]
    metrics: Sequence[str]
    values: NDArray[np.float64]
    whole: bool = False

    def __len__(self) -> int:
        return len(self.accounts)


@dataclass(frozen=True, slots=True)
class Refused:
    """One sample that can't be used: its place among those given, which field, and why."""

    index: int
    field: str
    reason: str


class Sifter:
    """Parts what can be used from what can't. Names and days come again and again, so what was found about them is
    remembered from one call to the next."""

    def __init__(self, *, whole: bool = False) -> None:
        self._whole = whole
        self._accounts = _Memory(account_name, "")
        self._metrics = _Memory(metric_name, "")
        self._days = _Memory(monday_number if whole else day_number, 0)

    def sift(
        self,
        accounts: Sequence[object],
        days: Sequence[object],
        metrics: Sequence[object],
        values: Sequence[object] | NDArray[np.float64],
    ) -> tuple[Samples, list[Refused]]:
        """Parallel columns as they came in: text, whole numbers, dates. Of a sample with several mistakes the first in
        the order account, day, metric, value is told. A number that is NaN or None is missing."""
        refused: dict[int, Refused] = {}
        names = self._accounts.of(accounts, "account_id", refused)
        numbers = self._days.of(days, "week_start" if self._whole else "day", refused)
        called = self._metrics.of(metrics, "metric", refused)
        found = _numbers(values)
        wrong = ~((found >= 0) & (found <= LARGEST))
        for index in np.flatnonzero(wrong).tolist():
            refused.setdefault(index, Refused(index, "value", _why_no_number(values[index])))
        if refused:
            kept = np.ones(len(names), dtype=np.bool_)
            kept[list(refused)] = False
            which = kept.tolist()
            names, called = list(compress(names, which)), list(compress(called, which))
            numbers = list(compress(numbers, which))
            found = found[kept]
        return Samples(names, numbers, called, found, self._whole), [refused[index] for index in sorted(refused)]


class _Memory(Generic[T]):
    """One field: what each text becomes."""

    def __init__(self, read: Callable[[object], T], otherwise: T) -> None:
        self._read, self._otherwise = read, otherwise
        self._known: dict[object, T] = {}
        self._wrong: dict[object, str] = {}

    def of(self, column: Sequence[object], field: str, refused: dict[int, Refused]) -> list[T]:
        """What is in the column; `otherwise` where it is refused."""
        known, wrong = self._known, self._wrong
        if len(known) > _REMEMBERED:
            known.clear()
            wrong.clear()
        try:
            found = list(map(known.__getitem__, column))
        except KeyError:
            for one in set(column).difference(known):
                try:
                    known[one] = self._read(one)
                except ValueError as error:
                    known[one], wrong[one] = self._otherwise, str(error)
            found = list(map(known.__getitem__, column))
        if wrong:
            for index, one in enumerate(column):
                if one in wrong:
                    refused.setdefault(index, Refused(index, field, wrong[one]))
        return found


def account_name(raw: object) -> str:
    """The name of an account. Raises ValueError saying what is wrong."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str):
        raise ValueError("it is missing" if raw is None else "it has to be a text")
    text = raw.strip()
    if not text:
        raise ValueError("it is empty")
    if len(text) > NAME:
        raise ValueError(f"it is longer than {NAME} characters")
    if not text.isprintable() and any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise ValueError("it has control characters in it, or is not in UTF-8")
    return text


def metric_name(raw: object) -> str:
    """The name of a metric. Raises ValueError saying what is wrong."""
    if not isinstance(raw, str):
        raise ValueError("it is missing" if raw is None else "it has to be a text")
    text = clean(raw, NAME).text
    if not text:
        raise ValueError("it is empty")
    return text


def day_number(raw: object) -> int:
    """A day as `date.toordinal`, of a date or of ISO 8601 (a time of day is left out). Raises ValueError."""
    day = raw.date() if isinstance(raw, datetime) else raw
    if isinstance(day, str):
        text = day.strip()
        try:
            day = date.fromisoformat(text[:10]) if len(text) == 10 or text[10:11] in {"T", " "} else None
        except ValueError:
            day = None
        if day is None:
            raise ValueError(f"{text[:_SHOWN]!r} is no day such as 2026-03-02" if text else "it is empty")
    if not isinstance(day, date):
        raise ValueError("it is missing" if day is None else "it has to be a day such as 2026-03-02")
    if not FIRST <= day <= LAST:
        raise ValueError("it has to be between 1970 and 2200")
    return day.toordinal()


def monday_number(raw: object) -> int:
    """The Monday a week begins on. Raises ValueError."""
    number = day_number(raw)
    if number % WEEK != 1:
        day = date.fromordinal(number)
        raise ValueError(f"{day.isoformat()} is a {day:%A}; weeks begin on Mondays")
    return number


def week_number(day: date) -> int:
    """The number of a day's week; that of Monday 0001-01-01 is 0."""
    return (day.toordinal() - 1) // WEEK


def monday_of(week: int) -> date:
    """The Monday of a week by its number."""
    return date.fromordinal(week * WEEK + 1)


def _numbers(values: Sequence[object] | NDArray[np.float64]) -> NDArray[np.float64]:
    """The numbers, NaN for what is none."""
    if isinstance(values, np.ndarray):
        return values
    try:
        return np.array(list(map(float, values)), dtype=np.float64)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return np.array([_number(value) for value in values], dtype=np.float64)


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return float("nan")


def _why_no_number(value: object) -> str:
    if value is None or value == "" or (isinstance(value, float) and np.isnan(value)):
        return "it is missing"
    number = _number(value)
    if number < 0:
        return "it has to be 0 or more"
    if number > LARGEST:
        return "it is too large"
    return f"{str(value)[:_SHOWN]!r} is no number"
