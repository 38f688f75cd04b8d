"""One writer at a time into SQLite, in order of arrival; whole transactions on both."""

import asyncio
import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, StatementError

from storage.database import Database, DatabaseUrlError, parse_url
from storage.models import Account, Handoff, Workspace
from storage.types import UtcDateTime
from tests.storage.house import NOW, House, at_once


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///baton.db", "sqlite+aiosqlite"),
        ("postgresql://user:pw@host/db", "postgresql+psycopg"),
        ("postgres://user:pw@host/db", "postgresql+psycopg"),
        ("postgresql+psycopg2://host/db", "postgresql+psycopg"),
    ],
)
def test_addresses_baton_takes(given: str, driver: str) -> None:
    assert parse_url(given).drivername == driver


@pytest.mark.parametrize("given", ["", "nonsense", "mysql://host/db", "sqlite://", "sqlite:///:memory:", "://"])
def test_addresses_baton_refuses(given: str) -> None:
    with pytest.raises(DatabaseUrlError):
        parse_url(given)


async def test_thirty_two_writers_at_once_write_in_order_of_arrival(house: House) -> None:
    order: list[int] = []

    async def write(number: int) -> None:
        async with house.db.write() as tx:
            order.append(number)
            tx.session.add(_account(house, f"A-{number:02d}"))
            await tx.session.flush()
            await asyncio.sleep(0)

    await at_once(*(write(number) for number in range(32)))
    if house.db.is_sqlite:
        assert order == list(range(32))
    kept = await house.read(lambda session: session.scalars(select(Account.external_id).order_by(Account.id)))
    assert sorted(kept.all()) == [f"A-{number:02d}" for number in range(32)]


async def test_two_programs_write_into_one_file(house: House, other: Database) -> None:
    async def write(db: Database, number: int) -> None:
        async with db.write() as tx:
            tx.session.add(_account(house, f"A-{number}"))

    await at_once(*(write(db, number) for number, db in enumerate((house.db, other) * 20)))
    kept = await house.read(lambda session: session.scalars(select(Account.id)))
    assert len(kept.all()) == 40


async def test_what_raises_leaves_nothing_and_lets_the_next_one_in(house: House) -> None:
    called: list[str] = []

    async def fail() -> None:
        async with house.db.write() as tx:
            tx.after_commit.append(lambda: called.append("no"))
            tx.session.add(_account(house, "A-1"))
            await tx.session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with house.db.write() as tx:
        tx.after_commit.append(lambda: called.append("yes"))
        assert (await tx.session.scalars(select(Account.id))).all() == []
        assert called == []
    assert called == ["yes"]


async def test_a_reader_does_not_see_half_a_transaction_and_keeps_nothing(house: House) -> None:
    async with house.db.write() as tx:
        tx.session.add(_account(house, "A-1"))
        await tx.session.flush()
        async with house.db.read() as session:
            assert (await session.scalars(select(Account.id))).all() == []
    async with house.db.read() as session:
        (account,) = (await session.scalars(select(Account))).all()
        account.name = "changed"
        await session.flush() if not house.db.is_sqlite else None
    kept = await house.read(lambda session: session.scalars(select(Account.name)))
    assert kept.all() == ["Customer"]


async def test_writers_that_are_cancelled_leave_the_database_usable(house: House) -> None:
    chance = random.Random(7)

    async def write(number: int) -> None:
        async with house.db.write() as tx:
            tx.session.add(_account(house, f"A-{number}"))
            await tx.session.flush()
            tx.session.add(_account(house, f"B-{number}"))

    for turn in range(30):
        tasks = [asyncio.create_task(write(turn * 10 + n)) for n in range(5)]
        for _ in range(chance.randrange(40)):
            await asyncio.sleep(0)
        for task in tasks:
            if chance.random() < 0.7:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(10):
        await write(9_999)
    kept = set((await house.read(lambda session: session.scalars(select(Account.external_id)))).all())
    assert {"A-9999", "B-9999"} <= kept
    assert {name[2:] for name in kept if name[0] == "A"} == {name[2:] for name in kept if name[0] == "B"}


async def test_foreign_keys_are_kept(house: House) -> None:
    async def orphan() -> None:
        async with house.db.write() as tx:
            tx.session.add(Handoff(deal_id=4711, state="requested", requested_at=NOW))

    with pytest.raises(IntegrityError):
        await orphan()


async def test_what_belongs_to_a_workspace_goes_with_it(house: House) -> None:
    await house.deal()
    async with house.db.write() as tx:
        await tx.session.execute(text("DELETE FROM deal"))
        await tx.session.delete(await tx.session.get_one(Workspace, house.workspace))
    left = await house.read(lambda session: session.scalars(select(Handoff.id)))
    assert left.all() == []


async def test_a_file_of_sqlite_is_in_wal_and_waits_for_others(house: House) -> None:
    if not house.db.is_sqlite:
        version = await house.read(lambda session: session.scalar(text("SHOW server_version_num")))
        assert int(str(version)) >= 150_000
        return
    async with house.db.read() as session:
        found = [
            await session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert found == ["wal", 1, 10_000]


async def test_times_come_back_aware_and_in_utc(house: House) -> None:
    east = datetime(2026, 11, 23, 1, 2, 3, 456_789, tzinfo=timezone(timedelta(hours=8)))
    async with house.db.write() as tx:
        account = _account(house, "A-1")
        account.updated_at = east
        tx.session.add(account)
    async with house.db.read() as session:
        found = (await session.scalars(select(Account.updated_at))).one()
        assert (await session.scalars(select(Account.id).where(Account.updated_at == east))).first() is not None
    assert found == east
    assert found.tzinfo is UTC


async def test_a_time_without_a_zone_is_refused(house: House) -> None:
    async def naive() -> None:
        async with house.db.write() as tx:
            account = _account(house, "A-1")
            account.updated_at = datetime(2026, 11, 23)  # noqa: DTZ001
            tx.session.add(account)

    with pytest.raises(StatementError, match="naive"):
        await naive()


Moments = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.timezones())  # noqa: DTZ001


@given(st.lists(Moments, min_size=2, max_size=2))
def test_text_order_is_time_order(moments: list[datetime]) -> None:
    kind, dialect = UtcDateTime(), sqlite.dialect()
    first, second = (kind.process_bind_param(moment, dialect) for moment in moments)
    assert (first < second) == (moments[0].astimezone(UTC) < moments[1].astimezone(UTC))
    assert len(first) == 26
    for moment, kept in zip(moments, (first, second), strict=True):
        assert kind.process_result_value(kept, dialect) == moment.astimezone(UTC)
    assert kind.process_bind_param(moments[0], postgresql.dialect()) == moments[0].astimezone(UTC)


def _account(house: House, external_id: str) -> Account:
    return Account(workspace_id=house.workspace, external_id=external_id, name="Customer", updated_at=NOW)
