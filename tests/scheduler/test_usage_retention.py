"""Each night the clock folds days of usage that are old enough; while there are many it looks again soon."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from domain.usage.samples import Sifter
from scheduler.usage_retention import UsageRetention
from storage import due, people, usage
from storage.database import Database
from storage.due import DueRow
from storage.plan_models import Due
from storage.usage import RETENTION_KIND

MONDAY = date(2026, 11, 30)
NIGHT = datetime(2026, 12, 1, 3, tzinfo=UTC)


@pytest.fixture
async def workspace(db: Database) -> int:
    async with db.write() as tx:
        return await people.ensure_workspace(tx.session, "T1", "Northwind", "UBOT", NIGHT)


async def record(db: Database, workspace: int, accounts: int, weeks: list[int]) -> None:
    """A Wednesday's logins in each of these weeks, counted back from `MONDAY`."""
    days = [MONDAY - timedelta(weeks=week) + timedelta(days=2) for week in weeks for _ in range(accounts)]
    names = [f"A-{number}" for _ in weeks for number in range(accounts)]
    samples, _ = Sifter().sift(names, days, ["logins"] * len(days), [1] * len(days))
    async with db.write() as tx:
        await usage.record(tx.session, workspace, samples, NIGHT - timedelta(hours=12))


async def taken(db: Database) -> list[DueRow]:
    async with db.write() as tx:
        return await due.take(tx.session, NIGHT)


async def daily(db: Database) -> int:
    async with db.read() as session:
        return (await session.execute(text("SELECT count(*) FROM usage_week WHERE d3 IS NOT NULL"))).scalar_one()


async def test_the_first_usage_of_a_workspace_begins_its_retention(db: Database, workspace: int) -> None:
    await record(db, workspace, 1, [0])
    await record(db, workspace, 2, [1])
    async with db.read() as session:
        (row,) = (await session.scalars(select(Due))).all()
    assert (row.kind, row.next_due_utc) == (RETENTION_KIND, NIGHT)


async def test_days_older_than_the_weeks_kept_are_folded(db: Database, workspace: int) -> None:
    await record(db, workspace, 3, [0, 59, 60, 61, 100])
    rows = await taken(db)
    async with db.write() as tx:
        (decision,) = await UsageRetention(60).decide(tx.session, rows, NIGHT)
    assert await daily(db) == 9
    assert decision.next_day == date(2026, 12, 2)
    async with db.write() as tx:
        await UsageRetention(1).decide(tx.session, rows, NIGHT)
    assert await daily(db) == 3


async def test_while_more_is_left_it_looks_again_the_same_night(db: Database, workspace: int) -> None:
    accounts, at_once = 50, 200
    await record(db, workspace, accounts, [70, 71, 72, 73, 74])
    rows, retention = await taken(db), UsageRetention(60, at_once)
    found: list[tuple[date | None, int]] = []
    for _ in range(2):
        async with db.write() as tx:
            (decision,) = await retention.decide(tx.session, rows, NIGHT)
        found.append((decision.next_day, await daily(db)))
    assert found == [(NIGHT.date(), accounts * 5 - at_once), (date(2026, 12, 2), 0)]
