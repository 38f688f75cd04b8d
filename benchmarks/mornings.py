"""Nine o'clock of 500 people with 10,000 deals: how long the clock keeps other writers waiting, and what it takes."""

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import cast

from sqlalchemy import Table, bindparam, delete, func, insert, select, update

from benchmarks.figures import line
from benchmarks.monday import NoEngine, Stopwatch, memory_mb, quiet
from benchmarks.plans import MONDAY, NOW, planned
from benchmarks.world import workspace
from domain.calendar import Calendars
from scheduler.clock import ClockMeans, Ticker
from scheduler.deciders import Means
from scheduler.rules import deciders
from storage import due, people
from storage.database import Database, Tx
from storage.due import MORNING_KIND, NewDue
from storage.models import Deal, Notice, Person
from storage.people import PersonFacts
from storage.plan_models import Due

DEALS = 10_000
PEOPLE = 500
LEAD = "M0000001"
_DEAL = cast("Table", Deal.__table__)
_GIVE = update(_DEAL).where(_DEAL.c.id == bindparam("on_id")).values(csm_id=bindparam("csm"))


class Watched(Database):
    """Keeps how long each write transaction was open."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.open_s: list[float] = []

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[Tx]:
        """As the database's own; waiting for the turn is not counted."""
        async with super().write() as tx:
            began = time.perf_counter()
            yield tx
            self.open_s.append(time.perf_counter() - began)


async def _team(db: Database) -> None:
    """The deals are given to so many CSMs, the lead one of them, and each of them has a morning."""
    number, _ = await workspace(db)
    facts = [PersonFacts(f"M{at:07d}", f"CSM {at}", f"m{at}@bench.example") for at in range(PEOPLE)]
    async with db.write() as tx:
        await people.upsert(tx.session, number, facts, NOW)
        wanted = select(Person.id).where(Person.slack_id.in_([one.slack_id for one in facts]))
        ids = list((await tx.session.scalars(wanted)).all())
        deals = (await tx.session.scalars(select(Deal.id))).all()
        await tx.session.execute(_GIVE, [{"on_id": deal, "csm": ids[at % len(ids)]} for at, deal in enumerate(deals)])
        await tx.session.execute(delete(Due))
        rows = [NewDue(MORNING_KIND, f"person:{one}", "UTC", MONDAY, person_id=one) for one in ids]
        await due.ensure(tx.session, number, rows)


async def _lag(longest: list[float]) -> None:
    """How long whoever else is at work in this process has to wait for the loop."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        longest[0] = max(longest[0], time.perf_counter() - began - 0.001)


async def _same_rows(db: Database) -> float:
    """The baseline: the notices and the moved rows of this morning by SQLAlchemy Core alone, in one transaction."""
    async with db.read() as session:
        rows = [dict(row) for row in (await session.execute(select(Notice.__table__))).mappings().all()]
    watch = Stopwatch()
    async with db.write() as tx:
        await tx.session.execute(delete(Notice))
    with watch.running():
        async with db.write() as tx:
            await tx.session.execute(insert(Notice), rows)
            await tx.session.execute(update(Due).values(on_day=MONDAY))
    return watch.seconds


async def run(url: str, kind: str) -> list[str]:
    """The rows for one database."""
    db = Watched(url)
    try:
        await planned(db, DEALS)
        await _team(db)
        rules = deciders(Means(Calendars(), lead=LEAD))
        ticker = Ticker(ClockMeans(db, lambda: NOW, NoEngine(), rules, quiet(), lead=LEAD))
        gc.collect()
        before = memory_mb()
        db.open_s.clear()
        longest, watch = [0.0], Stopwatch()
        lag = asyncio.create_task(_lag(longest))
        with watch.running():
            await ticker.tick()
        lag.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await lag
        gc.collect()
        grown = memory_mb() - before
        open_s = max(db.open_s)
        async with db.read() as session:
            said = (await session.scalars(select(func.count()).select_from(Notice))).one()
        baseline = await _same_rows(db)
    finally:
        await db.close()
    name = f"{kind}, the morning of {PEOPLE} people with {DEALS:,} deals"
    return [
        line(f"{name}: {said} digests decided", watch.seconds, baseline, "s"),
        f"{name}: longest write transaction {open_s * 1_000:.0f} ms   (asked: ≤ 300 ms)",
        f"{name}: longest others waited for the loop {longest[0] * 1_000:.0f} ms",
        f"{name}: memory grew by {grown:.0f} MB   (asked: < 50 MB)",
    ]
