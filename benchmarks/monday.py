"""One Monday of 10,000 deals: deciding, building, recording, and how fast the messages leave at a given pace.

Slack is the benchmarks' own, in a process of its own, so that its time is not counted as Baton's.
"""

import asyncio
import gc
import multiprocessing
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.figures import line
from benchmarks.plans import MONDAY, NOW, planned
from benchmarks.slack import Slack as Answering
from domain.calendar import Calendars, WorkingDays
from messages.summary import weekly_summary
from scheduler.clock import ClockMeans, Ticker
from scheduler.courier import DealCourier
from scheduler.deciders import Decider, Decision, Means
from scheduler.engine import EmbeddedEngine, EngineLimits, EngineMeans
from scheduler.pacing import Pacer
from scheduler.rules import deciders
from scheduler.slack import Slack
from scheduler.workplace import CourierSettings, Workplace
from storage import summaries
from storage.database import Database
from storage.due import AT_ONCE, DueRow
from storage.models import Notice
from storage.plan_models import Due

DEALS = 10_000
WARM_UP = 500
PACED = 1_500
PER_MINUTE = 3_000
IN_HAND = 16
"""As many as the engine has in hand, and so as many as it prepares together."""
PAGE_BYTES = 4_096
Log = structlog.stdlib.BoundLogger


class Stopwatch:
    """Processor seconds spent inside, added up; only what runs alone may be timed with it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def running(self) -> Generator[None]:
        began = time.process_time()
        try:
            yield
        finally:
            self.seconds += time.process_time() - began


class Timed:
    """A decider whose deciding is timed apart from what the clock does with it."""

    def __init__(self, decider: Decider, watch: Stopwatch) -> None:
        self._decider, self._watch = decider, watch

    async def decide(self, session: AsyncSession, rows: Sequence[DueRow], now: datetime) -> Sequence[Decision]:
        with self._watch.running():
            return await self._decider.decide(session, rows, now)


class NoEngine:
    """The notices are delivered later, by an engine of the benchmark's own."""

    async def enqueue(self, tx: object, notice_ids: Sequence[int]) -> None: ...

    async def run(self) -> None: ...


def memory_mb() -> float:
    """The memory this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES / 1e6


def _answer(pipe: Connection) -> None:
    async def serve() -> None:
        slack = Answering()
        await slack.start()
        pipe.send(slack.url)
        await asyncio.to_thread(pipe.recv)
        await slack.stop()

    asyncio.run(serve())


@contextmanager
def answering() -> Generator[str]:
    """The benchmarks' Slack in a process of its own; its address."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_answer, args=(theirs,))
    process.start()
    try:
        yield str(ours.recv())
    finally:
        ours.send(None)
        process.join()


def quiet() -> Log:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    return structlog.stdlib.get_logger("bench")


def _place(db: Database, session: aiohttp.ClientSession, url: str, pacer: Pacer) -> Workplace:
    web = AsyncWebClient(token="xoxb-b", base_url=f"{url}/api/", session=session, retry_handlers=[])
    return Workplace(db, lambda: NOW, Slack(web, pacer), WorkingDays(), CourierSettings())


def _engine(db: Database, place: Workplace) -> EmbeddedEngine:
    means = EngineMeans(db, place.clock, place.slack, DealCourier(place), quiet(), EngineLimits(IN_HAND))
    return EmbeddedEngine(means)


@dataclass(slots=True)
class Figures:
    """Processor seconds of one Monday, and the memory it took."""

    decide: float = 0.0
    clock: float = 0.0
    build: float = 0.0
    deliver: float = 0.0
    grown_mb: float = 0.0


async def _decide(db: Database, watch: Stopwatch) -> float:
    """What the clock does at 09:00, in processor seconds; of these, deciding is on ``watch``."""
    rules = deciders(Means(Calendars()))
    timed = {kind: Timed(decider, watch) for kind, decider in rules.items()}
    ticker = Ticker(ClockMeans(db, lambda: NOW, NoEngine(), timed, quiet()))
    whole = Stopwatch()
    with whole.running():
        await ticker.tick()
    return whole.seconds


async def _summaries(db: Database) -> list[int]:
    """The deals that have a summary."""
    wanted = select(Notice.deal_id).where(Notice.kind == "weekly_summary")
    async with db.read() as session:
        return [one for one in (await session.scalars(wanted)).all() if one is not None]


async def _build(db: Database) -> float:
    """Reading and building every summary, as many together as the engine has in hand."""
    facts = {"monday": MONDAY.isoformat(), "zone": "UTC", "usual": None, "usage": ""}
    ids = await _summaries(db)
    watch = Stopwatch()
    with watch.running():
        for first in range(0, len(ids), IN_HAND):
            async with db.read() as session:
                found = await summaries.load_many(session, ids[first : first + IN_HAND])
            for picture in found.values():
                weekly_summary(picture, facts, NOW)
    return watch.seconds


async def _deliver(db: Database, url: str) -> float:
    """Claim, build, post and mark everything that is due at no pace: processor seconds of this process."""
    async with aiohttp.ClientSession() as session:
        place = _place(db, session, url, Pacer(0))
        engine = _engine(db, place)
        watch = Stopwatch()
        with watch.running():
            done = await engine.drain()
    if done < len(await _summaries(db)):
        raise RuntimeError(f"only {done} summaries were sent")
    return watch.seconds


async def _again(db: Database) -> None:
    """The same Monday once more."""
    async with db.write() as tx:
        await tx.session.execute(delete(Notice))
        await tx.session.execute(update(Due).values(next_due_utc=NOW - timedelta(seconds=1), on_day=MONDAY))


async def _one_monday(db: Database, url: str) -> Figures:
    watch, found = Stopwatch(), Figures()
    gc.collect()
    before = memory_mb()
    found.clock = await _decide(db, watch)
    found.decide = watch.seconds
    found.deliver = await _deliver(db, url)
    gc.collect()
    found.grown_mb = memory_mb() - before
    found.build = await _build(db)
    return found


async def _same_rows(db: Database) -> float:
    """The baseline: the rows a Monday writes (a notice added, claimed and marked, a due row moved on), written by
    SQLAlchemy Core alone in as many transactions."""
    async with db.read() as session:
        rows = [dict(row) for row in (await session.execute(select(Notice.__table__))).mappings().all()]
        due_ids = list((await session.scalars(select(Due.id))).all())
    await _again(db)
    step = update(Due.__table__).where(Due.__table__.c.id == bindparam("on_id"))
    step = step.values(on_day=bindparam("day"), next_due_utc=bindparam("at"), covered=MONDAY, why="", zone="UTC")
    mark = update(Notice.__table__).where(Notice.__table__.c.id.in_(bindparam("ids", expanding=True)))
    later = NOW + timedelta(days=7)
    watch = Stopwatch()
    with watch.running():
        for first in range(0, len(rows), AT_ONCE):
            some = rows[first : first + AT_ONCE]
            async with db.write() as tx:
                await tx.session.execute(insert(Notice.__table__), some)
                moved = [{"on_id": one, "day": later.date(), "at": later} for one in due_ids[first : first + AT_ONCE]]
                await tx.session.execute(step, moved)
        for first in range(0, len(rows), IN_HAND):
            ids = [row["id"] for row in rows[first : first + IN_HAND]]
            async with db.write() as tx:
                await tx.session.execute(mark.values(state="sending", claimed_at=NOW, attempts=1), {"ids": ids})
            for one in ids:
                async with db.write() as tx:
                    await tx.session.execute(mark.values(state="sent", ts="1.0", sent_at=NOW), {"ids": [one]})
    return watch.seconds


async def _paced(db: Database, url: str) -> float:
    """Messages a second against the pace allowed, over as long as they take."""
    async with db.write() as tx:
        keep = select(Notice.id).order_by(Notice.id).limit(PACED)
        await tx.session.execute(delete(Notice).where(Notice.id.not_in(keep)))
    async with aiohttp.ClientSession() as session:
        place = _place(db, session, url, Pacer(posts_per_minute=PER_MINUTE))
        engine = _engine(db, place)
        began = time.perf_counter()
        running = asyncio.create_task(engine.run())
        while engine.settled < PACED:  # noqa: ASYNC110 - the engine counts, it tells nobody
            await asyncio.sleep(0.01)
        seconds = time.perf_counter() - began
        await engine.stop()
        await running
    return PACED / seconds * 60 / PER_MINUTE


async def run(url: str, kind: str) -> list[str]:
    """The rows for one database: processor seconds of one core for 10,000 deals."""
    db = Database(url)
    try:
        with answering() as slack:
            await planned(db, WARM_UP)
            await _one_monday(db, slack)
            await _again(db)
            await planned(db, DEALS - WARM_UP)
            found = await _one_monday(db, slack)
            baseline = await _same_rows(db)
            await _again(db)
            await _decide(db, Stopwatch())
            share = await _paced(db, slack)
    finally:
        await db.close()
    own = found.clock + found.deliver
    name = f"{kind}, a Monday of {DEALS:,} deals"
    return [
        line(f"{name}: all our own work", own, baseline, "s", "≤ 60 s on one core; baseline: the same rows by Core"),
        f"{name}: deciding {found.decide:.1f} s, recording it {found.clock - found.decide:.1f} s, "
        f"building {found.build:.1f} s, claiming, posting and marking {found.deliver - found.build:.1f} s",
        f"{name}: memory grew by {found.grown_mb:.0f} MB   (asked: < 50 MB)",
        f"{kind}, messages a second against a pace of {PER_MINUTE / 60:.0f}: {share:.3f}   (asked: ≥ 0.9)",
    ]
