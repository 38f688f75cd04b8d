"""Tables of usage as they come: long (a row a number) or wide (a column a metric), of days or of weeks, CSV or Parquet.

They are read in chunks, so that memory stays bounded whatever the file's size.
"""

import csv
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Final, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from bot.errors import WrongUsage
from domain.usage.samples import metric_name

AT_ONCE: Final = 50_000
"""Samples of one chunk: twenty of them take some 15 MB, and one a tenth of a second to write."""
WIDEST: Final = 1_000
ACCOUNT: Final = "account_id"
DAY: Final = "day"
WEEK: Final = "week_start"
PARQUET: Final = b"PAR1"
"""The first bytes of every Parquet file (its specification, "File format")."""


@dataclass(frozen=True, slots=True)
class Form:
    """Where in a record what stands. `metrics`: places and names of a wide table's columns; none when it is long, and
    `metric` and `value` are places. `whole`: numbers are of whole weeks."""

    account: int
    day: int
    whole: bool
    metric: int = -1
    value: int = -1
    metrics: tuple[tuple[int, str], ...] = ()
    samples: int = AT_ONCE
    """Of one chunk, at most."""

    @property
    def at_once(self) -> int:
        """Records of one chunk."""
        return max(1, self.samples // max(1, len(self.metrics)))


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records. `lines`: where each sample stands in the file; `bad`: lines that hold no record, and why."""

    records: int
    lines: Sequence[int]
    accounts: Sequence[object]
    days: Sequence[object]
    metrics: Sequence[object]
    values: Sequence[object] | NDArray[np.float64]
    bad: Sequence[tuple[int, str]] = ()


class Table(Protocol):
    """An open file of usage. `total` and `position` count bytes or rows."""

    form: Form
    word: str
    """What a place in the file is called: `line` or `row`."""
    total: int

    @property
    def position(self) -> int:
        """How far it is read."""
        ...

    def chunks(self, skipping: int) -> Iterator[Chunk]:
        """The records behind the first `skipping`."""
        ...


def open_table(file: Path, samples: int = AT_ONCE) -> AbstractContextManager[Table]:
    """The table in a file, in chunks of at most so many samples. Raises WrongUsage when it is none."""
    try:
        with file.open("rb") as stream:
            parquet = stream.read(len(PARQUET)) == PARQUET
    except OSError as error:
        raise WrongUsage(f"{file}: {error.strerror or 'it can not be read'}.") from None
    if parquet:
        # Loaded when it is needed: it takes a third of a second.
        return cast("AbstractContextManager[Table]", import_module("bot.usage_parquet").open_parquet(file, samples))
    return _open_csv(file, samples)


def form_of(file: Path, heading: Sequence[str]) -> Form:
    """Which columns hold what. Raises WrongUsage saying which is missing."""
    names = [name.strip() for name in heading]
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        if places.setdefault(name.lower(), place) != place:
            raise WrongUsage(f"{file}: two columns are called {name[:40]!r}; take one of them out.")
    when = [name for name in (DAY, WEEK) if name in places]
    if ACCOUNT not in places or len(when) != 1:
        missing = "day and week_start can't both be" if len(when) == 2 else f"{ACCOUNT if when else DAY} is missing"
        raise WrongUsage(
            f"{file}: its columns have to be account_id, day or week_start, metric, value, "
            f"or one column a metric in place of the last two; {missing}."
        )
    account, day, whole = places[ACCOUNT], places[when[0]], when[0] == WEEK
    if "metric" in places or "value" in places:
        if "metric" not in places or "value" not in places:
            missing = "value" if "metric" in places else "metric"
            raise WrongUsage(f"{file}: there is no column {missing}; a long table has both metric and value.")
        return Form(account, day, whole, places["metric"], places["value"])
    others = [(place, name) for place, name in enumerate(names) if place not in (account, day)]
    if not others or len(others) > WIDEST:
        raise WrongUsage(f"{file}: it has {len(others)} columns of metrics; 1 to {WIDEST:,} can be read.")
    try:
        return Form(account, day, whole, metrics=tuple((place, metric_name(name)) for place, name in others))
    except ValueError as error:
        raise WrongUsage(f"{file}: a column can't be a metric: {error}.") from None


@contextmanager
def _open_csv(file: Path, samples: int) -> Generator[Table]:
    with file.open("rb") as stream:
        # What is not UTF-8 becomes surrogates, which no name may have: the row is refused, the rest is kept.
        text = TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
        yield _Csv(file, stream, text, samples)


class _Csv:
    word = "line"

    def __init__(self, file: Path, stream: BinaryIO, text: TextIOWrapper, samples: int) -> None:
        self._stream = stream
        first = text.readline()
        # Table programs of countries that write 1,5 part cells by semicolons.
        self._comma = ";" in first and "," not in first
        self._reader = csv.reader(chain([first], text), delimiter=";" if self._comma else ",")
        try:
            heading = next(self._reader, list[str]())
        except csv.Error as error:
            raise WrongUsage(f"{file}: it is no CSV: {error}.") from None
        self.form = replace(form_of(file, heading), samples=samples)
        self.total = file.stat().st_size
        self._width = len(heading)

    @property
    def position(self) -> int:
        return self._stream.tell()

    def chunks(self, skipping: int) -> Iterator[Chunk]:
        while skipping > 0 and (rows := self._some(min(skipping, self.form.at_once))[0]):
            skipping -= len(rows)
        while True:
            rows, lines, bad = self._some(self.form.at_once)
            if not rows:
                return
            yield self._chunk(rows, lines, bad)

    def _some(self, count: int) -> tuple[list[list[str]], Sequence[int], list[tuple[int, str]]]:
        """The next records, the lines they begin on, and what the reader could make no record of; such a one counts as
        an empty record, so that a second run counts the same."""
        before = self._reader.line_num
        rows: list[list[str]] = []
        bad: list[tuple[int, str]] = []
        while True:
            try:
                rows.extend(islice(self._reader, count - len(rows)))
                break
            except csv.Error as error:
                bad.append((self._reader.line_num, f"it is no CSV: {error}"))
                rows.append([])
        if self._reader.line_num - before == len(rows):
            return rows, range(before + 1, before + 1 + len(rows)), bad
        lines: list[int] = []
        for row in rows:
            lines.append(before + 1)
            before += 1 + sum(cell.count("\n") for cell in row)
        return rows, lines, bad

    def _chunk(self, rows: list[list[str]], lines: Sequence[int], bad: list[tuple[int, str]]) -> Chunk:
        records, width = len(rows), self._width
        if set(map(len, rows)) != {width}:
            bad += [
                (line, f"it has {len(row)} cells, the heading has {width}")
                for line, row in zip(lines, rows, strict=True)
                if row and len(row) != width
            ]
            lines = [line for line, row in zip(lines, rows, strict=True) if len(row) == width]
            rows = [row for row in rows if len(row) == width]
        if not rows:
            return Chunk(records, (), (), (), (), (), bad)
        columns = list(zip(*rows, strict=True))
        form = self.form
        if self._comma:
            for place in [place for place, _ in form.metrics] or [form.value]:
                columns[place] = tuple(map(_with_point, columns[place]))
        if not form.metrics:
            return Chunk(
                records, lines, columns[form.account], columns[form.day], columns[form.metric], columns[form.value], bad
            )
        told = [[bool(cell.strip()) for cell in columns[place]] for place, _ in form.metrics]
        return widened(records, lines, columns[form.account], columns[form.day], form, columns, told, bad)


def _with_point(cell: str) -> str:
    """A decimal comma as a point; what has both, or several commas, is left for the sifter to refuse."""
    return cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell


def widened(
    records: int,
    lines: Sequence[int],
    accounts: Sequence[object],
    days: Sequence[object],
    form: Form,
    columns: Sequence[Sequence[object]],
    told: Sequence[Sequence[bool]],
    bad: Sequence[tuple[int, str]] = (),
) -> Chunk:
    """A wide table's records as samples: one for each cell that was `told`."""
    at: list[int] = []
    who: list[object] = []
    when: list[object] = []
    what: list[object] = []
    much: list[object] = []
    for (place, name), here in zip(form.metrics, told, strict=True):
        which = [number for number, is_told in enumerate(here) if is_told]
        at += [lines[number] for number in which]
        who += [accounts[number] for number in which]
        when += [days[number] for number in which]
        much += [columns[place][number] for number in which]
        what += [name] * len(which)
    return Chunk(records, at, who, when, what, much, bad)
