"""The clock: it only says “now”. What is due lives in rows, so that any number of processes may tick.

APScheduler keeps its few jobs in memory. One transaction for each 500 rows: take what is due, decide, add the notices,
move the rows on. Who is killed in between has done nothing; who comes second finds the occurrence's key taken.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

import structlog
from apscheduler.jobstores.memory import MemoryJobStore  # pyright: ignore[reportMissingTypeStubs]
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import at_wall, zone_named
from domain.clock import Clock
from scheduler.channel_looks import LOOK, look_row
from scheduler.deciders import Deciders, Decision
from scheduler.usage_clock import SCAN, scan_row
from storage import deal_clocks, due, mornings, notices, usage_alerts
from storage.database import Database, Tx
from storage.due import MORNING_KIND, Advance, DueRow
from storage.port import Engine

TICK_S: Final = 2
GATHER_S: Final = 60
STOP_S: Final = 3.0
PATIENCE: Final = timedelta(minutes=10)
"""After this a row that could not be decided about is tried again."""
AHEAD: Final = frozenset({MORNING_KIND, deal_clocks.PORTFOLIO})
"""Kinds whose deciders read a lot and write nothing: they are asked before the transaction, so that nobody waits for
what they read."""
AHEAD_AT_ONCE: Final = 50
NOTHING_READY: Final[Mapping[int, Decision]] = MappingProxyType({})
GONE: Final = "nobody decides about this kind any more"

Log = structlog.stdlib.BoundLogger


@dataclass(frozen=True, slots=True)
class ClockMeans:
    """What a ticker works with. ``zone_rules`` names this machine's time zone data; ``lead`` is a Slack id or an e-mail
    address, '' for none; ``zone`` the fallback of the workspace."""

    db: Database
    clock: Clock
    engine: Engine
    deciders: Deciders
    log: Log
    zone_rules: str = ""
    lead: str = ""
    zone: str = "UTC"


class Ticker:
    """Every process has one; none leads."""

    def __init__(self, means: ClockMeans) -> None:
        self._db, self._clock, self._engine = means.db, means.clock, means.engine
        self._deciders, self._log = means.deciders, means.log
        self._zone_rules, self._lead, self._zone = means.zone_rules, means.lead, means.zone
        self._turn = asyncio.Lock()
        self._jobs: Any = None
        self._ready = False

    @property
    def running(self) -> bool:
        """Whether “now” is being said."""
        return self._jobs is not None and bool(self._jobs.running)

    async def run(self) -> None:
        """Tick until cancelled. What the database refuses is tried again at the next tick."""
        jobs: Any = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        now = datetime.now(UTC)
        jobs.add_job(self._safely, "interval", (self.tick,), seconds=TICK_S, id="tick", next_run_time=now)
        jobs.add_job(self._safely, "interval", (self.gather,), seconds=GATHER_S, id="gather", next_run_time=now)
        jobs.start()
        self._jobs = jobs
        try:
            await asyncio.Event().wait()
        finally:
            self._jobs = None
            jobs.pause()
            try:
                await self._at_rest()
            finally:
                jobs.shutdown(wait=False)

    async def _at_rest(self) -> None:
        """Let the transaction in hand come to its end, for a moment; what it would have done is done by the next."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_S), self._turn:
                return

    def wake(self) -> None:
        """Tick at once: the clock was moved."""
        if self._jobs is not None:
            for job in ("gather", "tick"):
                self._jobs.modify_job(job, next_run_time=datetime.now(UTC))

    async def _safely(self, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except asyncio.CancelledError:
            self._log.info("clock_stopped_in_a_tick")
        except (SQLAlchemyError, OSError) as error:
            # The database may be away for a while; the rows are still there when it is back.
            self._log.warning("clock_waits_for_the_database", reason=type(error).__name__)
        except Exception:  # noqa: BLE001 - the next tick tries again, and it is logged
            self._log.exception("clock_failed")

    async def gather(self) -> None:
        """Let whoever has to do with a deal be looked at each morning, whoever has some for their portfolio, each
        workspace's usage once a week, and its channels now and then."""
        async with self._turn:
            async with self._db.read() as session:
                found = await mornings.without_row(session, self._lead)
                having = await deal_clocks.without_portfolio(session, self._lead)
                unscanned = await due.workspaces_without(session, SCAN) if SCAN in self._deciders else []
                unseen = await due.workspaces_without(session, LOOK) if LOOK in self._deciders else []
            if not found and not having and not unscanned and not unseen:
                return
            now = self._clock()
            async with self._db.write() as tx:
                for workspace_id, people in found.items():
                    await due.ensure_mornings(tx.session, workspace_id, people, now)
                for workspace_id, people in having.items():
                    rows = [deal_clocks.portfolio_row(number, zone, now) for number, zone in people]
                    await due.ensure(tx.session, workspace_id, rows)
                for workspace_id in unscanned:
                    await due.ensure(tx.session, workspace_id, [scan_row(workspace_id, self._zone, now)])
                for workspace_id in unseen:
                    await due.ensure(tx.session, workspace_id, [look_row(workspace_id, self._zone, now)])

    async def tick(self) -> int:
        """Decide about everything that is due; how many rows that were."""
        async with self._turn:
            if not self._ready:
                await self._by_our_rules()
                self._ready = True
            done = 0
            while await self._is_due():
                taken = await self._some()
                if not taken:
                    # Another process has the rest in hand.
                    break
                done += taken
            return done

    async def _is_due(self) -> bool:
        async with self._db.read() as session:
            at = await due.next_due(session)
        return at is not None and at <= self._clock()

    async def _by_our_rules(self) -> None:
        """The time zone database was updated since the rows were written: 09:00 may be another moment now."""
        rules = self._zone_rules
        async with self._db.read() as session:
            if not rules or not await due.other_rules(session, rules):
                return
        beyond: int | None = 0
        while beyond is not None:
            async with self._db.write() as tx:
                beyond = await due.by_new_rules(tx.session, beyond)
        async with self._db.write() as tx:
            await due.keep_rules(tx.session, rules)
        self._log.info("clock_by_other_zone_rules", rules=rules)

    async def _some(self) -> int:
        now = self._clock()
        async with self._db.write() as tx:
            rows = await due.take(tx.session, now, but=AHEAD)
            for kind, some in _by_kind(rows).items():
                await self._kind(tx, kind, some, now)
        done = len(rows) + await self._ahead(now)
        if done:
            self._log.info("clock_decided", rows=done)
        return done

    async def _ahead(self, now: datetime) -> int:
        """Decide, and only then begin the transaction: rows that changed meanwhile are left for the next time."""
        ready: dict[int, Decision] = {}
        async with self._db.read() as session:
            rows = await due.look(session, now, AHEAD, AHEAD_AT_ONCE)
            for kind, some in _by_kind(rows).items():
                try:
                    ready |= await self._decisions(session, kind, some, now)
                except SQLAlchemyError:
                    raise
                except Exception:  # noqa: BLE001 - in the transaction they are decided about one by one, and logged
                    self._log.warning("clock_not_decided_ahead", kind=kind, rows=len(some))
        if not rows:
            return 0
        async with self._db.write() as tx:
            taken = await due.take_these(tx.session, now, rows)
            for kind, some in _by_kind(taken).items():
                await self._kind(tx, kind, some, now, ready)
        return len(taken)

    async def _kind(
        self, tx: Tx, kind: str, rows: Sequence[DueRow], now: datetime, ready: Mapping[int, Decision] = NOTHING_READY
    ) -> None:
        """All rows of a kind together; when that fails one by one, so that one can't keep the others back. ``ready``:
        what was decided about them already."""
        if await self._tried(tx, kind, rows, now, ready) is None:
            return
        for row in rows:
            error = await self._tried(tx, kind, [row], now)
            if error is not None:
                self._log.error("clock_row_failed", kind=kind, subject=row.subject, exc_info=error)
                why = f"{type(error).__name__}: {error}"
                await due.advance(tx.session, [Advance(row, row.on_day, row.covered, why, at=now + PATIENCE)])

    async def _tried(
        self, tx: Tx, kind: str, rows: Sequence[DueRow], now: datetime, ready: Mapping[int, Decision] = NOTHING_READY
    ) -> Exception | None:
        try:
            async with tx.session.begin_nested():
                ids = await self._decided(tx.session, kind, rows, now, ready)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            return error
        except Exception as error:  # noqa: BLE001 - whatever it is, the other rows go on, and it is logged
            return error
        await self._engine.enqueue(tx, ids)
        return None

    async def _decisions(
        self, session: AsyncSession, kind: str, rows: Sequence[DueRow], now: datetime
    ) -> dict[int, Decision]:
        decider = self._deciders.get(kind)
        return {one.row_id: one for one in await decider.decide(session, rows, now)} if decider is not None else {}

    async def _decided(
        self, session: AsyncSession, kind: str, rows: Sequence[DueRow], now: datetime, ready: Mapping[int, Decision]
    ) -> list[int]:
        if kind not in self._deciders:
            await due.advance(session, [Advance(row, None, row.covered, GONE) for row in rows])
            return []
        known = all(row.id in ready for row in rows)
        decisions = ready if known else await self._decisions(session, kind, rows, now)
        ids = await _said(session, rows, decisions, now)
        await due.advance(session, [_advance(row, decisions.get(row.id), now) for row in rows])
        return ids


def _by_kind(rows: Sequence[DueRow]) -> dict[str, list[DueRow]]:
    found: defaultdict[str, list[DueRow]] = defaultdict(list)
    for row in rows:
        found[row.kind].append(row)
    return found


async def _said(
    session: AsyncSession, rows: Sequence[DueRow], decisions: Mapping[int, Decision], now: datetime
) -> list[int]:
    """Record what was decided to say; the ids of the new notices."""
    ids: list[int] = []
    for workspace_id in dict.fromkeys(row.workspace_id for row in rows):
        mine = [decisions[row.id] for row in rows if row.workspace_id == workspace_id and row.id in decisions]
        await mornings.withdraw(session, workspace_id, list(chain.from_iterable(one.withdrawn for one in mine)))
        ids += await notices.add(session, workspace_id, list(chain.from_iterable(one.notices for one in mine)), now)
        fresh: defaultdict[datetime, list[str]] = defaultdict(list)
        for one in chain.from_iterable(one.freshened for one in mine):
            fresh[one.at].append(one.key)
        for at, keys in fresh.items():
            ids += await notices.freshen(session, workspace_id, keys, at)
        falls: defaultdict[date, list[int]] = defaultdict(list)
        for number, on in chain.from_iterable(one.falls for one in mine):
            falls[on].append(number)
        for on, numbers in falls.items():
            await usage_alerts.told_in_digest(session, numbers, on)
        unsaid = list(chain.from_iterable(one.unsaid for one in mine))
        if unsaid:
            await mornings.keep_quiet(session, workspace_id, [(one.notice, one.why) for one in unsaid], now)
    return ids


def _advance(row: DueRow, decision: Decision | None, now: datetime) -> Advance:
    """Never to a moment that has passed: the row would be taken again and again."""
    if decision is None:
        return Advance(row, row.on_day, row.covered, "nothing was decided", at=now + PATIENCE)
    zone = decision.zone or row.zone
    today = now.astimezone(zone_named(zone)).date()
    covered = decision.covered or today
    day = decision.next_day
    late = day is not None and at_wall(day, row.wall, zone_named(zone)) <= now
    return Advance(row, day, covered, decision.why, zone, now + PATIENCE if late else None)
