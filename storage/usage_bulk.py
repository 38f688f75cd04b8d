"""Samples written as week rows, by the quickest way each driver has.

SQLite: `executemany` of plain tuples. PostgreSQL: binary `COPY` into a table of the transaction, in the order of the
key, and one `INSERT … ON CONFLICT`.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.usage.samples import WEEK, Samples
from storage import raw
from storage.database import driver_of
from storage.usage_models import UsageMetric
from storage.usage_names import Names

SLOTS: Final = ("whole", "d1", "d2", "d3", "d4", "d5", "d6", "d7")
"""The columns of a week row that hold numbers, in the order of `WeekRows.numbers`."""
_KEY: Final = ("metric_id", "week", "account_id")
_STAGING: Final = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS usage_staging (metric_id int, week int, account_id int, "
    + ", ".join(f"{name} float8" for name in SLOTS)
    + ") ON COMMIT DELETE ROWS"
)
_BEGIN: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END: Final = b"\xff\xff"
"""Signature, flags and trailer of PostgreSQL's binary format (its manual, COPY)."""


@dataclass(frozen=True, slots=True)
class WeekRows:
    """Rows in the order of the key, each once. `numbers` has a column for each of `slots` (places in `SLOTS`), NaN
    where nothing was told; `newest` is the place of the last that was. `told`: how many numbers there are."""

    metric: NDArray[np.int64]
    week: NDArray[np.int64]
    account: NDArray[np.int64]
    slots: tuple[int, ...]
    numbers: NDArray[np.float64]
    newest: NDArray[np.int64]
    told: int

    def columns(self) -> list[slice]:
        """The rows of each week of each metric."""
        starts = np.flatnonzero(np.r_[True, (np.diff(self.metric) != 0) | (np.diff(self.week) != 0)]).tolist()
        return [slice(start, end) for start, end in zip(starts, [*starts[1:], len(self.metric)], strict=True)]


def week_rows(samples: Samples, names: Names) -> WeekRows:
    """The samples as week rows; of the same account, day and metric the last counts. There has to be one."""
    count = len(samples)
    called = set(samples.metrics)
    metrics = sorted(names.metrics[name] for name in called)
    codes = {name: metrics.index(names.metrics[name]) for name in called}
    code = np.fromiter(map(codes.__getitem__, samples.metrics), np.int64, count)
    account = np.fromiter(map(names.accounts.__getitem__, samples.accounts), np.int64, count)
    day = np.fromiter(samples.days, np.int64, count) - 1
    week = day // WEEK
    slot = np.zeros(count, np.int64) if samples.whole else day - week * WEEK + 1
    # One number for the whole key sorts four times as fast as four columns do; it needs no more than 63 bits.
    first, least = int(week.min()), int(account.min())
    weeks, accounts = int(week.max()) - first + 1, int(account.max()) - least + 1
    key = ((code * weeks + (week - first)) * accounts + (account - least)) * len(SLOTS) + slot
    order = np.argsort(key, kind="stable")
    key = key[order]
    last = order[np.r_[key[1:] != key[:-1], True]]
    slots = np.flatnonzero(np.bincount(slot, minlength=len(SLOTS)))
    place = np.zeros(len(SLOTS), np.int64)
    place[slots] = np.arange(len(slots))
    row = key[np.r_[key[1:] != key[:-1], True]] // len(SLOTS)
    begins = np.r_[True, row[1:] != row[:-1]]
    of = last[begins]
    numbers = np.full((len(of), len(slots)), np.nan)
    numbers[np.cumsum(begins) - 1, place[slot[last]]] = samples.values[last]
    newest = place[slot[last[np.r_[begins[1:], True]]]]
    return WeekRows(
        np.array(metrics, np.int64)[code[of]], week[of], account[of], tuple(slots.tolist()), numbers, newest, len(last)
    )


async def mark(session: AsyncSession, rows: WeekRows) -> list[slice]:
    """Say that these weeks change, and have them to ourselves until the transaction ends. Gives the slices of rows
    whose week had rows before: in the others everything is new."""
    pieces = rows.columns()
    keys = [(int(rows.metric[piece.start]), int(rows.week[piece.start])) for piece in pieces]
    source, listed = _pairs(session, keys)
    given = (rows.slots != (0,), *listed)
    insert = (
        "INSERT INTO usage_column (metric_id, week, changed, daily) "  # noqa: S608 - names of our own columns
        f"SELECT metric, week, true, ? FROM {source} WHERE true ON CONFLICT (metric_id, week) DO "
    )
    fresh = set(await raw.fetch(session, f"{insert} NOTHING RETURNING metric_id, week", given))
    if len(fresh) == len(keys):
        return []
    update = (
        "UPDATE SET changed = true, daily = usage_column.daily OR excluded.daily "
        "WHERE NOT usage_column.changed OR excluded.daily > usage_column.daily RETURNING week"
    )
    await raw.fetch(session, insert + update, given)
    return [piece for key, piece in zip(keys, pieces, strict=True) if key not in fresh]


def _pairs(session: AsyncSession, keys: Sequence[tuple[int, int]]) -> tuple[str, tuple[Any, ...]]:
    """A table `listed` of metrics and weeks, in their order, and what its `?` are given."""
    if raw.is_sqlite(session):
        cells = "json_extract(value, '$[0]') AS metric, json_extract(value, '$[1]') AS week"
        return f"(SELECT {cells} FROM json_each(?)) AS listed", (json.dumps(keys),)  # noqa: S608 - our own names
    metrics, weeks = [list(column) for column in zip(*keys, strict=True)]
    return "unnest(CAST(? AS int[]), CAST(? AS int[])) AS listed (metric, week)", (metrics, weeks)


async def already_there(session: AsyncSession, rows: WeekRows, pieces: Sequence[slice], made: Collection[int]) -> int:
    """How many of the numbers to be written in these slices have one already, which they take the place of. Accounts
    that were `made` just now have none."""
    older = ~np.isin(rows.account, np.fromiter(made, np.int64, len(made)))
    return sum([await _there(session, rows, piece) for piece in pieces if older[piece].any()])


async def _there(session: AsyncSession, rows: WeekRows, piece: slice) -> int:
    account, told = rows.account[piece], ~np.isnan(rows.numbers[piece])
    where, values = "account_id BETWEEN ? AND ?", [int(account[0]), int(account[-1])]
    if account[-1] - account[0] + 1 > len(account):
        where, listed = raw.one_of(session, "account_id", account.tolist())
        values = [listed]
    given = (int(rows.metric[piece.start]), int(rows.week[piece.start]), *values)
    of_week = f"FROM usage_week WHERE metric_id = ? AND week = ? AND {where}"
    used = np.flatnonzero(told.any(axis=0))
    names = [SLOTS[rows.slots[place]] for place in used.tolist()]
    if told[:, used].all():
        counted = " + ".join(f"count({name})" for name in names)
        return int((await raw.fetch(session, f"SELECT {counted} {of_week}", given))[0][0])
    mask = " + ".join(f"{1 << place} * CAST({name} IS NOT NULL AS int)" for place, name in enumerate(names))
    found = await raw.fetch(session, f"SELECT account_id, {mask} {of_week}", given)
    ours = (told[:, used] << np.arange(len(names))).sum(axis=1)
    at = np.searchsorted(account, np.array([row[0] for row in found], np.int64))
    return int(np.bitwise_count(np.array([row[1] for row in found], np.int64) & ours[at]).sum())


async def write(session: AsyncSession, rows: WeekRows) -> None:
    """Write the rows over what is there; a number that was not told stays."""
    names = [SLOTS[slot] for slot in rows.slots]
    told = ", ".join(f"{name} = coalesce(excluded.{name}, usage_week.{name})" for name in names)
    columns = ", ".join((*_KEY, *names))
    if raw.is_sqlite(session):
        marks = ", ".join("?" * (len(_KEY) + len(names)))
        # SQLite keeps NaN as NULL, so that what was not told needs no other form.
        await raw.sqlite_many(
            session,
            f"INSERT INTO usage_week ({columns}) VALUES ({marks}) "  # noqa: S608 - names of our own columns
            f"ON CONFLICT (metric_id, week, account_id) DO UPDATE SET {told}",
            zip(*(column.tolist() for column in (rows.metric, rows.week, rows.account, *rows.numbers.T)), strict=True),
        )
        return
    driver = await driver_of(await session.connection())
    async with driver.cursor() as cursor:
        await cursor.execute(_STAGING)
        async with cursor.copy(f"COPY usage_staging ({columns}) FROM STDIN (FORMAT BINARY)".encode()) as copy:
            await copy.write(_binary(rows))
        numbers = ", ".join(f"nullif({name}, 'NaN')" for name in names)
        await cursor.execute(
            f"INSERT INTO usage_week ({columns}) SELECT metric_id, week, account_id, {numbers} "  # noqa: S608
            f"FROM usage_staging ON CONFLICT (metric_id, week, account_id) DO UPDATE SET {told}".encode()
        )
        await cursor.execute("TRUNCATE usage_staging")


async def keep_last_days(session: AsyncSession, rows: WeekRows) -> None:
    """Keep for each metric the newest day something was told for; that of a whole week is its Sunday."""
    last = rows.week * WEEK + np.array([slot or WEEK for slot in rows.slots])[rows.newest]
    begins = np.flatnonzero(np.r_[True, np.diff(rows.metric) != 0])
    for metric, day in zip(rows.metric[begins].tolist(), np.maximum.reduceat(last, begins).tolist(), strict=True):
        newer = update(UsageMetric).where(UsageMetric.id == metric, UsageMetric.last_day < day).values(last_day=day)
        await session.execute(newer.execution_options(synchronize_session=False))


def _binary(rows: WeekRows) -> bytes:
    """The rows in PostgreSQL's binary format: the number of fields, then for each its length and its bytes."""
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name in _KEY:
        fields += [(f"{name}_bytes", ">i4"), (name, ">i4")]
    for place in range(len(rows.slots)):
        fields += [(f"n{place}_bytes", ">i4"), (f"n{place}", ">f8")]
    table = np.zeros(len(rows.metric), dtype=np.dtype(fields))
    table["fields"] = len(_KEY) + len(rows.slots)
    for name, values in zip(_KEY, (rows.metric, rows.week, rows.account), strict=True):
        table[f"{name}_bytes"], table[name] = 4, values
    for place in range(len(rows.slots)):
        table[f"n{place}_bytes"], table[f"n{place}"] = 8, rows.numbers[:, place]
    return _BEGIN + table.tobytes() + _END
