"""The engine of PostgreSQL at work at a desk, and what its queue holds."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

import structlog
from sqlalchemy import text

from scheduler.delivery import Courier
from scheduler.engine import EngineLimits, EngineMeans
from scheduler.engine_procrastinate import ProcrastinateEngine
from scheduler.slack import Slack
from scheduler.workplace import Workplace
from storage import notices
from storage.notices import NewNotice
from tests.scheduler.desk import Desk
from tests.scheduler.test_faults import PlainCourier

LOOK_AGAIN_S = 0.02
STILL = 20
"""Looks at rows that stay as they are, before time is moved on: longer than a post may be under way."""


def queue_engine(
    desk: Desk,
    courier: Callable[[Workplace], Courier] = PlainCourier,
    limits: EngineLimits | None = None,
    slack: Slack | None = None,
) -> ProcrastinateEngine:
    """An engine as ``baton run`` makes it on PostgreSQL."""
    at = desk.place(slack)
    log = structlog.stdlib.get_logger("test")
    means = EngineMeans(desk.db, desk.clock, at.slack, courier(at), log, limits or EngineLimits(), desk.wall)
    return ProcrastinateEngine(means)


@asynccontextmanager
async def at_work(*engines: ProcrastinateEngine) -> AsyncGenerator[None]:
    """While these engines run; returns when they are ready."""
    tasks = [asyncio.create_task(engine.run()) for engine in engines]
    try:
        await until_running(*engines)
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def until_running(*engines: ProcrastinateEngine, none: bool = False) -> None:
    """Until all of them run, or none."""
    async with asyncio.timeout(30):
        while True:
            running = [engine.running for engine in engines]
            if not any(running) if none else all(running):
                return
            await asyncio.sleep(LOOK_AGAIN_S)


async def say(desk: Desk, engine: ProcrastinateEngine, *new: NewNotice) -> list[int]:
    """Add notices as handlers do."""
    async with desk.db.write() as tx:
        ids = await notices.add(tx.session, desk.workspace, new, desk.clock())
        await engine.enqueue(tx, ids)
        return ids


async def jobs(desk: Desk, *columns: str) -> Sequence[tuple[object, ...]]:
    """Every job in the queue, oldest first."""
    async with desk.db.read() as session:
        shown = ", ".join(columns or ("queueing_lock", "lock", "priority", "queue_name"))
        found = await session.execute(
            text(f"SELECT {shown} FROM procrastinate_jobs WHERE task_name = 'deliver' ORDER BY id")
        )
        return [tuple(row) for row in found.all()]


async def said(desk: Desk, count: int, patience_s: float = 30) -> list[str]:
    """The keys that were said, once there are so many and nothing is in hand."""
    async with asyncio.timeout(patience_s):
        while True:
            keys = await desk.keys()
            if len(keys) >= count and not await desk.unfinished():
                return keys
            await asyncio.sleep(LOOK_AGAIN_S)


async def until_said(desk: Desk, count: int, *engines: ProcrastinateEngine, patience_s: float = 40) -> list[str]:
    """The same, with time passing whenever nothing moves by itself any more."""
    before: list[tuple[object, ...]] = []
    still = 0
    async with asyncio.timeout(patience_s):
        while True:
            rows = await desk.notices()
            keys = await desk.keys()
            if len(keys) >= count and not await desk.unfinished():
                return keys
            seen: list[tuple[object, ...]] = [(one.id, one.state, one.attempts, one.why) for one in rows]
            still = still + 1 if seen == before else 0
            before = seen
            if still == STILL:
                still = 0
                desk.pass_time(5)
                for engine in engines:
                    engine.wake()
            await asyncio.sleep(LOOK_AGAIN_S)
