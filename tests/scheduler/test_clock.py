"""The clock: every process ticks, each occurrence is added once, one row that fails keeps no other back."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
import structlog
from sqlalchemy import select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from scheduler.clock import ClockMeans, Ticker
from scheduler.deciders import Decision, Unsaid
from storage import due
from storage.database import Database
from storage.due import MORNING_KIND, DueRow, NewDue
from storage.models import Workspace
from storage.notices import NewNotice
from storage.plan_models import Due
from tests.scheduler.desk import ADA, Desk, open_desk
from tests.scheduler.mornings import ticker

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = date(2026, 11, 30)


@pytest.fixture
async def noon(database_url: str) -> AsyncGenerator[Desk]:
    """A Monday at noon, on both databases."""
    async with open_desk(database_url, now=NOON) as opened:
        yield opened


@dataclass
class Says:
    """Says one thing a day about each row; about some it can't."""

    broken: frozenset[str] = frozenset()
    next_day: date | None = date(2026, 12, 1)
    asked: list[str] = field(default_factory=list[str])

    async def decide(self, session: AsyncSession, rows: Sequence[DueRow], now: datetime) -> Sequence[Decision]:
        found: list[Decision] = []
        for row in rows:
            self.asked.append(row.subject)
            if row.subject in self.broken:
                raise LookupError(row.subject)
            key = f"{row.subject}:{now.date()}"
            notice = NewNotice(key, "handoff_requested", key, f"person:{ADA}", now)
            left_out = NewNotice(f"{key}:missed", "handoff_requested", key, f"person:{ADA}", now)
            found.append(Decision(row.id, self.next_day, (notice,), unsaid=(Unsaid(left_out, "it was missed"),)))
        return found


@dataclass
class Interrupted(Says):
    """While it decides, somebody else writes: a person saves their settings."""

    desk: Desk | None = None
    moved: str = ""

    async def decide(self, session: AsyncSession, rows: Sequence[DueRow], now: datetime) -> Sequence[Decision]:
        assert self.desk is not None
        async with asyncio.timeout(5), self.desk.db.write() as tx:
            await tx.session.execute(update(Due).where(Due.subject == self.moved).values(wall="12:30"))
            self.moved = ""
        return await super().decide(session, rows, now)


def clock(desk: Desk, says: Says, db: Database | None = None) -> Ticker:
    log = structlog.stdlib.get_logger("test")
    rules = {"x": says, MORNING_KIND: says}
    return Ticker(ClockMeans(db or desk.db, desk.clock, desk.engine(), rules, log))


async def prepare(desk: Desk, count: int, kind: str = "x") -> None:
    async with desk.db.write() as tx:
        rows = [NewDue(kind, f"s:{number}", "UTC", DAY) for number in range(count)]
        await due.ensure(tx.session, desk.workspace, rows)


async def rows_of(desk: Desk) -> list[Due]:
    async with desk.db.read() as session:
        return list((await session.scalars(select(Due).order_by(Due.id))).all())


async def test_more_rows_than_one_transaction_takes(noon: Desk) -> None:
    await prepare(noon, 1_201)
    assert await clock(noon, Says()).tick() == 1_201
    assert await clock(noon, Says()).tick() == 0
    added = await noon.notices()
    assert len(added) == 2_402
    assert {(one.state, one.why) for one in added} == {("pending", ""), ("quiet", "it was missed")}
    assert {one.next_due_utc for one in await rows_of(noon)} == {datetime(2026, 12, 1, 9, tzinfo=UTC)}


async def test_two_clocks_at_once_add_each_occurrence_once(noon: Desk) -> None:
    await prepare(noon, 700)
    address = noon.db.url.render_as_string(hide_password=False)
    other = Database(address.replace("+aiosqlite", "").replace("+psycopg", ""))
    try:
        says, also = Says(), Says()
        await asyncio.gather(clock(noon, says).tick(), clock(noon, also, other).tick())
        await clock(noon, says).tick()
    finally:
        await other.close()
    assert len(await noon.notices()) == 1_400
    assert sorted([*says.asked, *also.asked]) == sorted(f"s:{number}" for number in range(700))


async def test_a_row_that_fails_keeps_no_other_back_and_is_tried_again_later(noon: Desk) -> None:
    await prepare(noon, 5)
    says = Says(broken=frozenset({"s:2"}))
    await clock(noon, says).tick()
    await clock(noon, says).tick()
    assert says.asked.count("s:2") == 2, "once with the others, once alone, and not again at once"
    failed = (await rows_of(noon))[2]
    assert failed.why == "LookupError: s:2"
    assert failed.next_due_utc is not None
    assert failed.next_due_utc > noon.clock()
    assert {one.lane for one in await noon.notices()} == {f"s:{n}:2026-11-30" for n in (0, 1, 3, 4)}
    noon.pass_time(601)
    await clock(noon, Says()).tick()
    assert "s:2:2026-11-30" in {one.key for one in await noon.notices()}


async def test_nobody_waits_while_mornings_are_read_and_what_changed_meanwhile_is_decided_anew(noon: Desk) -> None:
    await prepare(noon, 3, MORNING_KIND)
    says = Interrupted(desk=noon, moved="s:1")
    assert await clock(noon, says).tick() == 3
    assert says.asked == ["s:0", "s:1", "s:2", "s:1"]
    assert [one.wall for one in await rows_of(noon)] == ["09:00", "12:30", "09:00"]
    assert len(await noon.notices()) == 6


async def test_a_morning_that_fails_keeps_no_other_back(noon: Desk) -> None:
    await prepare(noon, 120, MORNING_KIND)
    says = Says(broken=frozenset({"s:2"}))
    await clock(noon, says).tick()
    assert len(await noon.notices()) == 2 * 119
    assert (await rows_of(noon))[2].why == "LookupError: s:2"


async def test_mornings_by_two_clocks_at_once_are_added_once(noon: Desk) -> None:
    await prepare(noon, 230, MORNING_KIND)
    address = noon.db.url.render_as_string(hide_password=False)
    other = Database(address.replace("+aiosqlite", "").replace("+psycopg", ""))
    try:
        await asyncio.gather(clock(noon, Says()).tick(), clock(noon, Says(), other).tick())
        await clock(noon, Says()).tick()
    finally:
        await other.close()
    assert len(await noon.notices()) == 460


async def test_a_decision_for_the_past_is_not_asked_for_again_and_again(noon: Desk) -> None:
    await prepare(noon, 1)
    says = Says(next_day=date(2026, 11, 1))
    await clock(noon, says).tick()
    assert says.asked == ["s:0"]


async def test_a_kind_nobody_decides_about_is_ended(noon: Desk) -> None:
    await prepare(noon, 1)
    async with noon.db.write() as tx:
        await tx.session.execute(update(Due).values(kind="old"))
    await clock(noon, Says()).tick()
    (row,) = await rows_of(noon)
    assert (row.next_due_utc, row.why) == (None, "nobody decides about this kind any more")


async def test_other_rules_of_time_zones_are_applied_before_the_first_tick(noon: Desk) -> None:
    await prepare(noon, 3)
    async with noon.db.write() as tx:
        await tx.session.execute(update(Due).values(zone="Asia/Tokyo", next_due_utc=noon.clock() + timedelta(days=9)))
    await ticker(noon, {"x": Says(next_day=date(2026, 12, 2))}, zone_rules="2026f").tick()
    assert {one.next_due_utc for one in await rows_of(noon)} == {datetime(2026, 12, 2, 0, tzinfo=UTC)}
    async with noon.db.read() as session:
        assert (await session.scalars(select(Workspace.zone_rules))).one() == "2026f"


async def test_it_ticks_by_itself_at_once_when_the_clock_jumps_and_when_the_database_is_back(noon: Desk) -> None:
    says = Says()
    at_work = clock(noon, says)
    running = asyncio.create_task(at_work.run())

    async def asked() -> bool:
        return len(says.asked) == 1

    async def asked_again() -> bool:
        return len(says.asked) == 2

    try:
        await prepare(noon, 1)
        await noon.until(asked)
        assert at_work.running
        async with noon.db.write() as tx:
            await tx.session.execute(text("ALTER TABLE due RENAME TO away"))
        noon.pass_time(86_400)
        at_work.wake()
        with pytest.raises(SQLAlchemyError):
            await at_work.tick()
        assert len(says.asked) == 1
        async with noon.db.write() as tx:
            await tx.session.execute(text("ALTER TABLE away RENAME TO due"))
        at_work.wake()
        await noon.until(asked_again)
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert not at_work.running
