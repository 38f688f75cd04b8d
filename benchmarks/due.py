"""What is due is found at once, whatever else there is: 100,000 open milestones of 10,000 deals, and their clocks."""

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.figures import line, spread
from benchmarks.plans import MILESTONES, MONDAY, NOW, OPEN_OF_THEM, planned, reading
from storage import due
from storage.database import Database
from storage.plan_models import Due

DEALS = 10_000
DUE = 20
"""Rows that are due among them: the clock looks every few seconds, so there are never many."""
ROUNDS = 40
READ_AT_ONCE = 1_000
DAY = timedelta(days=1)


async def _timed(db: Database, work: Callable[[AsyncSession], Awaitable[object]]) -> list[float]:
    times: list[float] = []
    async with db.read() as session:
        for _ in range(ROUNDS + 3):
            began = time.perf_counter()
            await work(session)
            times.append(time.perf_counter() - began)
    return times[3:]


async def _plan_of(db: Database, statement: str) -> str:
    """The plan the database makes for it, on one line."""
    word = "EXPLAIN QUERY PLAN" if db.is_sqlite else "EXPLAIN"
    async with db.read() as session:
        rows = (await session.execute(text(f"{word} {statement}"))).all()
    return " / ".join(str(row[-1]).strip() for row in rows)


async def run(url: str, kind: str) -> list[str]:
    """The rows for one database."""
    db = Database(url)
    try:
        known = await planned(db, DEALS)
        async with db.write() as tx:
            await tx.session.execute(update(Due).values(next_due_utc=NOW + 7 * DAY, on_day=MONDAY + 7 * DAY))
            some = select(Due.id).order_by(Due.id).limit(DUE)
            await tx.session.execute(update(Due).where(Due.id.in_(some)).values(next_due_utc=NOW, on_day=MONDAY))
            if not db.is_sqlite:
                await tx.session.execute(text("ANALYZE"))
        taken = await _timed(db, lambda session: due.take(session, NOW))
        bare = await _timed(db, lambda session: session.scalars(select(Due.id).limit(DUE)))
        plan, rows = await reading(db, [one.deal for one in known[:READ_AT_ONCE]])
        moment = "'2026-12-07T09:00:01.000000'" if db.is_sqlite else "'2026-12-07T09:00:01Z'"
        how = await _plan_of(
            db, f"SELECT id FROM due WHERE next_due_utc <= {moment} ORDER BY next_due_utc, id LIMIT 500"
        )
    finally:
        await db.close()
    there = f"{DEALS * OPEN_OF_THEM:,} open milestones, {DEALS:,} clocks"
    return [
        line(f"{kind}, {there}: {DUE} due rows", spread(taken).p50, spread(bare).p50, limit="< 5 ms"),
        f"    {how}",
        line(f"{kind}, a plan of {MILESTONES} milestones read with {READ_AT_ONCE:,} others", plan, rows),
    ]
