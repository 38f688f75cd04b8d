"""Usage histories and accounts from CSV files: every row is taken, or named with its line and reason."""

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from bot.errors import Failure, WrongUsage
from domain.usage.fleet import LONG_AGO, make_fleet
from domain.usage.history import History, beginnings

USAGE: Final = ("account_id", "week_start", "metric", "value")
ACCOUNTS: Final = ("account_id", "created_week", "region", "vertical", "size_class", "seats")
SHOWN: Final = 20
"""Bad rows named one by one; the rest is counted."""
LONGEST: Final = 1_040
"""Weeks between the first and the last row: twenty years. More is a wrong year somewhere."""
LARGEST: Final = 1e12
NAME: Final = 200


@dataclass(slots=True)
class Refusals:
    """Rows that can't be used: the first ones with line and reason, and how many there are."""

    count: int = 0
    lines: list[str] = field(default_factory=list[str])

    def add(self, file: Path, place: int, reason: str, word: str = "line") -> None:
        """One more, at this line or row."""
        self.count += 1
        if len(self.lines) < SHOWN:
            self.lines.append(f"{file.name}, {word} {place}: {reason}")


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as written: `created` is the Monday of its first week, None when the cell is empty."""

    created: date | None
    region: str
    vertical: str
    size_class: str
    seats: float


@dataclass(frozen=True, slots=True)
class UsageRows:
    """The rows of a usage file as parallel columns of codes; of the same account, week and metric the last counts."""

    accounts: list[str]
    metrics: list[str]
    account: list[int]
    week: list[int]
    metric: list[int]
    value: list[float]


def read_usage(file: Path, refusals: Refusals) -> UsageRows:
    """The rows of USAGE.csv; weeks are numbered from Monday 0001-01-01. Raises WrongUsage when it is no such file."""
    accounts: dict[str, int] = {}
    metrics: dict[str, int] = {}
    weeks: dict[str, int | str] = {}
    rows = UsageRows([], [], [], [], [], [])
    for line, (account, start, metric, value) in _records(file, USAGE, USAGE, refusals):
        week = weeks.get(start)
        if week is None:
            week = weeks[start] = _week(start)
        if isinstance(week, str):
            refusals.add(file, line, week)
            continue
        number = _number(value)
        if number is None or not account or not metric or len(account) > NAME or len(metric) > NAME:
            refusals.add(file, line, _wrong(account, metric, value))
            continue
        rows.account.append(accounts.setdefault(account, len(accounts)))
        rows.metric.append(metrics.setdefault(metric, len(metrics)))
        rows.week.append(week)
        rows.value.append(number)
    rows.accounts.extend(accounts)
    rows.metrics.extend(metrics)
    return rows


def read_accounts(file: Path, refusals: Refusals) -> dict[str, AccountRow]:
    """The rows of ACCOUNTS.csv by account; the last one of an account counts. Only account_id is needed."""
    found: dict[str, AccountRow] = {}
    for line, (account, created, region, vertical, size_class, seats) in _records(
        file, ACCOUNTS, ("account_id",), refusals
    ):
        day = _day(created) if created else None
        number = _number(seats) if seats else math.nan
        if not account or len(account) > NAME:
            refusals.add(file, line, "account_id is missing or too long")
        elif created and day is None:
            refusals.add(file, line, f"created_week {created[:40]!r} is no date such as 2026-03-02")
        elif number is None:
            refusals.add(file, line, f"seats {seats[:40]!r} is no number of people")
        else:
            monday = day - timedelta(days=day.weekday()) if day else None
            found[account] = AccountRow(monday, region[:NAME], vertical[:NAME], size_class[:NAME], number)
    return found


def make_history(rows: UsageRows, accounts: dict[str, AccountRow]) -> History:
    """Rows and accounts as a history, in the order of the accounts' ids. Accounts without a row belong to it when
    their beginning is known. Raises Failure when there is no row, or the rows span more than `LONGEST` weeks."""
    if not rows.value:
        raise Failure("There is no usable row of usage in the file.")
    week = np.array(rows.week, dtype=np.int64)
    first, last = int(week.min()), int(week.max())
    if last - first >= LONGEST:
        raise Failure(
            f"The rows run from {_monday(first)} to {_monday(last)}: correct or take out those with a wrong year."
        )
    silent = [account for account, row in accounts.items() if row.created and _number_of(row.created) <= last]
    ids = sorted({*rows.accounts, *silent})
    place = {account: index for index, account in enumerate(ids)}
    places = np.array([place[account] for account in rows.accounts], dtype=np.int64)[rows.account]
    metric = np.array(rows.metric, dtype=np.int64)
    value = np.array(rows.value)
    counts = {name: np.full((last - first + 1, len(ids)), np.nan) for name in rows.metrics}
    for code, name in enumerate(rows.metrics):
        mine = metric == code
        counts[name][week[mine] - first, places[mine]] = value[mine]
    known = [accounts.get(account, AccountRow(None, "", "", "", math.nan)) for account in ids]
    created = np.array([_number_of(row.created) - first if row.created else LONG_AGO for row in known], dtype=np.int64)
    fleet = make_fleet(
        ids,
        created=beginnings(counts, created).tolist(),
        regions=[row.region for row in known],
        segments=[row.vertical for row in known],
        sizes=[row.size_class for row in known],
        seats=[row.seats for row in known],
    )
    return History(_monday(first), fleet, counts)


def _records(
    file: Path, columns: Sequence[str], needed: Sequence[str], refusals: Refusals
) -> Iterator[tuple[int, list[str]]]:
    """Line number and the cells in the order of `columns` ('' for a column the file does not have)."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            heading = [name.strip().lower() for name in next(reader, list[str]())]
            missing = [name for name in needed if name not in heading]
            if missing:
                raise WrongUsage(
                    f"{file}: the first line has to name the columns {','.join(columns)}; {missing[0]} is missing."
                )
            places = [heading.index(name) if name in heading else -1 for name in columns]
            width = len(heading)
            for cells in reader:
                if len(cells) == width:
                    yield reader.line_num, [cells[place].strip() if place >= 0 else "" for place in places]
                elif cells:
                    refusals.add(file, reader.line_num, f"it has {len(cells)} cells, the heading has {width}")
    except UnicodeDecodeError:
        raise WrongUsage(f"{file}: the file has to be text in UTF-8.") from None
    except csv.Error as error:
        raise WrongUsage(f"{file}: it is no CSV: {error}.") from None
    except OSError as error:
        raise WrongUsage(f"{file}: {error.strerror or 'it can not be read'}.") from None


def _number_of(monday: date) -> int:
    return (monday.toordinal() - 1) // 7


def _monday(number: int) -> date:
    return date.fromordinal(number * 7 + 1)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if len(text) == 10 or text[10:11] in {"T", " "} else None
    except ValueError:
        return None


def _week(text: str) -> int | str:
    """The number of the week that begins on this day, or why there is none."""
    day = _day(text)
    if day is None:
        return f"week_start {text[:40]!r} is no date such as 2026-03-02"
    if day.weekday():
        return f"week_start {text[:10]} is a {day:%A}; weeks begin on Mondays"
    return _number_of(day)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number <= LARGEST else None


def _wrong(account: str, metric: str, value: str) -> str:
    for name, text in (("account_id", account), ("metric", metric)):
        if not text or len(text) > NAME:
            return f"{name} is missing or longer than {NAME} characters"
    return f"value {value[:40]!r} is no number from 0 on"
