"""A million samples of usage into the database, against the quickest upsert each driver has.

Ours is everything from plain columns on: checking, names to numbers, marking weeks, writing, counting what was new.
The baseline is given rows that need no checking, sorted by its key, in one transaction: SQLite's own `executemany`,
PostgreSQL's text `COPY` into a temporary table and one `INSERT … ON CONFLICT`.
"""

import csv
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import make_url

from benchmarks.figures import line
from bot.usage_files import Refusals
from bot.usage_import import import_usage
from bot.usage_tables import AT_ONCE, open_table
from domain.usage.samples import Sifter
from storage import people, usage
from storage.database import Database
from storage.usage_names import Names

SAMPLES: Final = 1_000_000
ROUNDS: Final = 3
NOW: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)
MONDAY: Final = date(2026, 1, 5)
METRICS: Final = ("logins", "sticky_events")
ASKED: Final = ">= 0.7 x"
_TABLE: Final = (
    "CREATE TABLE plain (account_id text, metric text, day {day}, value {value}, PRIMARY KEY (account_id, metric, day))"
)
_UPSERT: Final = "ON CONFLICT (account_id, metric, day) DO UPDATE SET value = excluded.value"

Row = tuple[str, str, str, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """What samples look like: `steps` days (7 days apart when they are of `whole` weeks) of each metric and account."""

    name: str
    steps: int
    whole: bool = False

    def rows(self) -> list[Row]:
        """Account, day, metric, value, account by account."""
        accounts = SAMPLES // len(METRICS) // self.steps
        days = [(MONDAY + timedelta(days=step * (7 if self.whole else 1))).isoformat() for step in range(self.steps)]
        return [
            (f"A-{account:06d}", day, metric, float((account * 7 + step * 3) % 97))
            for account in range(accounts)
            for metric in METRICS
            for step, day in enumerate(days)
        ]


SHAPES: Final = (Shape("50 days of 10,000 accounts", 50), Shape("50 weeks of 10,000 accounts", 50, whole=True))


async def run(fresh: Callable[[], str], kind: str) -> list[str]:
    """The rows for one kind of database; `fresh` makes one."""
    found: list[str] = []
    for shape in SHAPES:
        rows = shape.rows()
        ours: list[float] = []
        plain: list[float] = []
        for _ in range(ROUNDS):
            plain.append(_sqlite(rows) if kind == "SQLite" else _postgresql(fresh(), rows))
            ours.append(await _recorded(fresh(), rows, shape.whole))
        found.append(_rate(f"{kind}, {shape.name}", ours, plain))
        if not shape.whole:
            with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
                file = _file(Path(folder), rows)
                del rows
                ours = [await _imported(fresh(), file) for _ in range(ROUNDS)]
            found.append(_rate(f"{kind}, the same from a CSV file, packed at its end", ours, plain))
    return found


def _rate(name: str, ours: list[float], plain: list[float]) -> str:
    return line(name, SAMPLES / min(ours) / 1000, SAMPLES / min(plain) / 1000, "k/s", ASKED)


def _batches(rows: list[Row]) -> Iterator[list[Row]]:
    return (rows[at : at + AT_ONCE] for at in range(0, len(rows), AT_ONCE))


async def _recorded(url: str, rows: list[Row], whole: bool) -> float:
    db = Database(url)
    workspace = await _workspace(db)
    sifter, names, seconds = Sifter(whole=whole), Names(), 0.0
    for batch in _batches(rows):
        accounts, days, metrics, values = zip(*batch, strict=True)
        began = time.perf_counter()
        samples, _ = sifter.sift(accounts, days, metrics, values)
        async with db.write() as tx:
            await usage.record(tx.session, workspace, samples, NOW, names)
        seconds += time.perf_counter() - began
    await db.close()
    return seconds


async def _imported(url: str, file: Path) -> float:
    db = Database(url)
    workspace = await _workspace(db)
    began = time.perf_counter()
    with open_table(file) as table:
        await import_usage(db, workspace, file, table, lambda: NOW, Refusals(), lambda what, done, total: None)
    seconds = time.perf_counter() - began
    await db.close()
    return seconds


async def _workspace(db: Database) -> int:
    async with db.write() as tx:
        return await people.ensure_workspace(tx.session, "T1", "Northwind", "UBOT", NOW)


def _file(folder: Path, rows: list[Row]) -> Path:
    file = folder / "usage.csv"
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("account_id", "day", "metric", "value"))
        writer.writerows(rows)
    return file


def _sorted(rows: list[Row]) -> list[Row]:
    return sorted((account, metric, day, value) for account, day, metric, value in rows)


def _sqlite(rows: list[Row]) -> float:
    ready = _sorted(rows)
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        connection = sqlite3.connect(f"{folder}/plain.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(_TABLE.format(day="text", value="real") + " WITHOUT ROWID")
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO plain VALUES (?, ?, ?, ?) {_UPSERT}", ready)
        connection.execute("COMMIT")
        seconds = time.perf_counter() - began
        connection.close()
    return seconds


def _postgresql(url: str, rows: list[Row]) -> float:
    ready = _sorted(rows)
    conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(conninfo) as connection, connection.cursor() as cursor:
        cursor.execute(_TABLE.format(day="date", value="float8").encode())
        connection.commit()
        began = time.perf_counter()
        cursor.execute("CREATE TEMPORARY TABLE staged (LIKE plain) ON COMMIT DROP")
        with cursor.copy("COPY staged FROM STDIN") as copy:
            for batch in _batches(ready):
                copy.write("".join(f"{a}\t{m}\t{d}\t{v!r}\n" for a, m, d, v in batch))
        cursor.execute(f"INSERT INTO plain SELECT * FROM staged {_UPSERT}".encode())
        connection.commit()
        return time.perf_counter() - began
