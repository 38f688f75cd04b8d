"""One week's scan of usage from the database: loading, and with the detector's arithmetic; and that it grows linearly.

Each scan is a process of its own, so that its memory is all there is. The baseline of loading reads the same weeks as
rows of SQLAlchemy Core into the same matrices.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, cast

import numpy as np
from sqlalchemy import Table, insert, select, text

from benchmarks.figures import line
from domain.usage.history import replay
from domain.usage.samples import Samples, week_number
from domain.usage.settings import WATCHES, Settings
from storage import people, usage
from storage.database import Database
from storage.models import Account
from storage.usage_columns import SUM
from storage.usage_models import UsageAccount, UsageMetric, UsageWeek
from storage.usage_names import Names

SIZES: Final = (25_000, 50_000, 100_000)
WEEKS: Final = 60
FIRST: Final = date(2025, 9, 29)
UNTIL: Final = FIRST + timedelta(weeks=WEEKS)
WATCHED: Final = WATCHES[:2]
METRICS: Final = tuple(watch.metric for watch in WATCHED)
NOW: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)
AT_ONCE: Final = 5_000
PACKED_AT_ONCE: Final = 8
REGIONS: Final = ("SE", "NL", "US", "MY")
SEGMENTS: Final = ("small", "middle", "large")


async def run(fresh: Callable[[], str], kind: str) -> list[str]:
    """The rows for one kind of database; `fresh` makes one."""
    found: list[str] = []
    each: list[float] = []
    for accounts in SIZES:
        url = fresh()
        await _fill(url, accounts)
        first = await _scan(url)
        again = await _scan(url, "rows")
        size = f"{kind}, {accounts:,} accounts x {len(METRICS)} metrics x {WEEKS} weeks"
        found.append(line(f"{size}: loaded", again["load"], again["rows"], "s"))
        found.append(
            f"    scan {again['load'] + again['replay']:.1f} s ({again['replay']:.1f} s arithmetic), and "
            f"{first['pack']:.1f} s to pack all of it once; {first['memory']:.0f} MB (asked: <= 60 s, <= 1,000 MB)"
        )
        each.append((again["load"] + again["replay"]) / accounts)
    found.append(line(f"{kind}: scan an account, of most against of fewest", each[-1] * 1e6, each[0] * 1e6, "us"))
    return found


async def _scan(url: str, *more: str) -> dict[str, float]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.usage_scan", url, *more, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return cast("dict[str, float]", json.loads(out))


async def _fill(url: str, accounts: int) -> None:
    """Week by week, as a feed does; counts from a seed."""
    db, draw, names = Database(url), np.random.default_rng(1), Names()
    async with db.write() as tx:
        workspace = await people.ensure_workspace(tx.session, "T1", "Northwind", "UBOT", NOW)
        for at in range(0, accounts, AT_ONCE):
            made = [_account(workspace, number) for number in range(at, min(at + AT_ONCE, accounts))]
            await tx.session.execute(insert(cast("Table", Account.__table__)), made)
    ids, rates = [f"A-{number:06d}" for number in range(accounts)], draw.lognormal(3.5, 1.0, accounts)
    for week in range(WEEKS):
        days = [(FIRST + timedelta(weeks=week)).toordinal()] * accounts
        for metric in METRICS:
            counts = draw.poisson(rates * draw.gamma(20, 1 / 20, accounts)).astype(np.float64)
            async with db.write() as tx:
                samples = Samples(ids, days, [metric] * accounts, counts, whole=True)
                await usage.record(tx.session, workspace, samples, NOW, names)
    if not db.is_sqlite:
        async with db.write() as tx:
            await tx.session.execute(text("ANALYZE"))
    await db.close()


def _account(workspace: int, number: int) -> dict[str, Any]:
    return {
        "workspace_id": workspace,
        "external_id": f"A-{number:06d}",
        "name": f"Customer {number}",
        "domain": "",
        "region": REGIONS[number % len(REGIONS)],
        "segment": SEGMENTS[number % len(SEGMENTS)],
        "updated_at": NOW,
    }


async def _measure(url: str, *, rows: bool) -> dict[str, float]:
    """In the child: pack what is left to be packed, load, compute; with `rows` the baseline at the end."""
    db, found = Database(url), dict[str, float]()
    began = time.perf_counter()
    packed = 1
    while packed:
        async with db.write() as tx:
            packed = await usage.pack(tx.session, 1, METRICS, until=UNTIL, most=PACKED_AT_ONCE)
    found["pack"], began = time.perf_counter() - began, time.perf_counter()
    async with db.read() as session:
        loaded = await usage.load_fleet(session, 1, METRICS, until=UNTIL)
    found["load"], began = time.perf_counter() - began, time.perf_counter()
    for _ in replay(loaded.history, Settings(watches=WATCHED)):
        pass
    found["replay"] = time.perf_counter() - began
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if rows:
        began = time.perf_counter()
        await _by_rows(db, len(loaded.accounts))
        found["rows"] = time.perf_counter() - began
    await db.close()
    return found


async def _by_rows(db: Database, accounts: int) -> None:
    first = week_number(FIRST)
    async with db.read() as session:
        places = {number: place for place, number in enumerate((await session.scalars(select(UsageAccount.id))).all())}
        for metric in (await session.scalars(select(UsageMetric.id))).all():
            matrix = np.full((WEEKS, accounts), np.nan)
            statement = select(UsageWeek.account_id, UsageWeek.week, text(SUM)).where(UsageWeek.metric_id == metric)
            stream = await session.stream(statement.execution_options(yield_per=10_000))
            async for some in stream.partitions():
                matrix[[row[1] - first for row in some], [places[row[0]] for row in some]] = [row[2] for row in some]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_measure(sys.argv[1], rows="rows" in sys.argv[2:]))))
