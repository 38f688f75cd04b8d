"""Tables of usage in Parquet files, read row group by row group."""

import math
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as arrow  # pyright: ignore[reportMissingTypeStubs]
from pyarrow import parquet  # pyright: ignore[reportMissingTypeStubs]

from bot.errors import WrongUsage
from bot.usage_tables import AT_ONCE, Chunk, Table, form_of, widened

_arrow: Any = arrow
_parquet: Any = parquet


@contextmanager
def open_parquet(file: Path, samples: int = AT_ONCE) -> Generator[Table]:
    """The table in a Parquet file, in chunks of at most so many samples. Raises WrongUsage when it is none, also while
    it is read."""
    with _plain(file):
        opened = _parquet.ParquetFile(file, memory_map=True, pre_buffer=False)
    with opened:
        yield _Parquet(file, opened, samples)


@contextmanager
def _plain(file: Path) -> Generator[None]:
    try:
        yield
    except (_arrow.ArrowException, OSError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise WrongUsage(f"{file}: it is no Parquet that can be read ({why[:200]}).") from None


class _Parquet:
    word = "row"

    def __init__(self, file: Path, opened: Any, samples: int) -> None:  # noqa: ANN401 - pyarrow has no types
        self._file, self._opened = file, opened
        self._names: list[str] = list(opened.schema_arrow.names)
        self.form = replace(form_of(file, self._names), samples=samples)
        self.total = int(opened.metadata.num_rows)
        self.position = 0

    def chunks(self, skipping: int) -> Iterator[Chunk]:
        form = self.form
        places = [form.account, form.day, *(place for place, _ in form.metrics)]
        if not form.metrics:
            places += [form.metric, form.value]
        for batch in self._behind(skipping, [self._names[place] for place in places]):
            begins = self.position - int(batch.num_rows)
            columns = {place: batch.column(self._names[place]) for place in places}
            lines = range(begins + 1, self.position + 1)
            accounts: list[Any] = columns[form.account].to_pylist()
            days = _days(columns[form.day])
            if not form.metrics:
                metrics: list[Any] = columns[form.metric].to_pylist()
                yield Chunk(len(lines), lines, accounts, days, metrics, _numbers(columns[form.value]))
                continue
            cells: list[Sequence[Any]] = [()] * len(self._names)
            for place, _ in form.metrics:
                cells[place] = _numbers(columns[place])
            told = [_told(cells[place]) for place, _ in form.metrics]
            yield widened(len(lines), lines, accounts, days, form, cells, told)

    def _behind(self, skipping: int, names: list[str]) -> Iterator[Any]:
        """The record batches behind the first `skipping` rows."""
        with _plain(self._file):
            batches = self._opened.iter_batches(batch_size=self.form.at_once, columns=names, use_threads=False)
        while True:
            with _plain(self._file):
                batch = next(batches, None)
            if batch is None:
                return
            rows = int(batch.num_rows)
            self.position += rows
            behind = min(rows, max(0, skipping - (self.position - rows)))
            if behind < rows:
                yield batch.slice(behind)


def _told(cells: Sequence[Any]) -> list[bool]:
    """Where something stands: NaN is how many programs write nothing."""
    return [one is not None and not (isinstance(one, float) and math.isnan(one)) for one in cells]


def _days(column: Any) -> list[Any]:  # noqa: ANN401
    """Dates, whatever kind of time the column has; text as it is."""
    kind = column.type
    if _arrow.types.is_timestamp(kind) or _arrow.types.is_date64(kind):
        column = column.cast(_arrow.date32(), safe=False)
    return column.to_pylist()


def _numbers(column: Any) -> Any:  # noqa: ANN401
    """Floats, NaN for what is missing; text as it is."""
    kind = column.type
    if _arrow.types.is_integer(kind) or _arrow.types.is_floating(kind) or _arrow.types.is_decimal(kind):
        return column.cast(_arrow.float64(), safe=False).to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
    return column.to_pylist()
