"""Usage recorded in bulk and read back, on both kinds of database."""

import uuid
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from domain.deals import AccountFacts, DealFacts, DealState
from domain.usage.fleet import LONG_AGO
from domain.usage.samples import monday_of, week_number
from storage import deals, people, usage
from storage.database import Database
from storage.models import Account
from storage.usage import Recorded
from storage.usage_models import UsageColumn
from storage.usage_names import Names
from tests.storage.house import NOW, House, at_once
from tests.storage.usage_house import MONDAY, Row, Table, UsageHouse, day, shown

PROPERTY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
rows = st.lists(
    st.tuples(
        st.sampled_from(["A-1", "A-2", "A-3", "B"]),
        st.integers(0, 20).map(lambda number: MONDAY + timedelta(days=number)),
        st.sampled_from(["logins", "users"]),
        st.integers(0, 9).map(float),
    ),
    max_size=30,
)


@pytest.fixture
async def home(house: House) -> UsageHouse:
    made = UsageHouse(house)
    await made.account("A-1")
    return made


async def fresh(db: Database) -> UsageHouse:
    """Another workspace on the same database, so that each example of a property begins with nothing."""
    async with db.write() as tx:
        workspace = await people.ensure_workspace(tx.session, uuid.uuid4().hex, "Northwind", "UBOT", NOW)
    return UsageHouse(House(db, workspace))


def meant(batch: list[Row]) -> Table:
    """What a table keeps: of the same account, day and metric the last."""
    return {(account, metric, when): value for account, when, metric, value in batch}


async def test_the_last_value_of_account_day_and_metric_counts(home: UsageHouse) -> None:
    first = await home.record(
        [("A-1", day(0), "logins", 3), ("A-1", day(0, 2), "logins", 4), ("A-1", day(0), "logins", 5)]
    )
    again = await home.record(
        [("A-1", day(0), "logins", 6), ("A-1", day(0, 1), "logins", 7), ("A-1", day(0), "users", 1)]
    )
    assert (first, again) == (Recorded(2, 1), Recorded(2, 1))
    assert await home.table() == {
        ("A-1", "logins", day(0)): 6,
        ("A-1", "logins", day(0, 1)): 7,
        ("A-1", "logins", day(0, 2)): 4,
        ("A-1", "users", day(0)): 1,
    }


async def test_the_same_again_changes_nothing(home: UsageHouse) -> None:
    batch: list[Row] = [(f"A-{number}", day(0, number % 7), "logins", number) for number in range(50)]
    assert (await home.record(batch)).new == 50
    before = await home.table()
    assert await home.record(batch) == Recorded(0, 50, 49, tuple(sorted(f"A-{n}" for n in range(50) if n != 1)))
    assert await home.table() == before
    assert await home.record([]) == Recorded(0, 0)


@PROPERTY
@given(rows, st.lists(st.integers(0, 30), max_size=4))
async def test_how_samples_are_cut_into_batches_changes_nothing(
    db: Database, batch: list[Row], cuts: list[int]
) -> None:
    home, names = await fresh(db), Names()
    places = [0, *sorted(cut for cut in cuts if cut <= len(batch)), len(batch)]
    done = [await home.record(batch[a:b], names=names) for a, b in pairwise(places)]
    table = meant(batch)
    assert await home.table() == table
    assert sum(one.new for one in done) == len(table)
    assert sum(one.new + one.updated for one in done) == len(batch)


@PROPERTY
@given(rows, st.randoms(use_true_random=False), st.integers(2, 4))
async def test_batches_in_any_order_and_number_give_the_same_table(
    db: Database, batch: list[Row], random: object, parts: int
) -> None:
    """As long as they say nothing that contradicts: then the last one counts."""
    home = await fresh(db)
    agreed = [(account, when, metric, value) for (account, metric, when), value in meant(batch).items()]
    batches = [agreed[number::parts] for number in range(parts)]
    order = [*batches, *batches]
    random.shuffle(order)  # type: ignore[attr-defined]
    for one in order:
        await home.record(one)
    assert await home.table() == meant(batch)


@PROPERTY
@given(st.lists(rows, min_size=1, max_size=3), st.booleans())
async def test_packed_weeks_are_the_sums_of_the_rows(db: Database, batches: list[list[Row]], last_packed: bool) -> None:
    home = await fresh(db)
    await home.account("A-1", "A-2", "A-3")
    for batch in batches:
        await home.pack(day(3))
        await home.record(batch)
    if last_packed:
        while await home.pack(day(3), most=2):
            pass
    sums: dict[tuple[str, str, int], float] = {}
    for (account, metric, when), value in meant([row for batch in batches for row in batch]).items():
        key = account, metric, week_number(when)
        sums[key] = sums.get(key, 0.0) + value
    found = await home.fleet(day(3))
    first = week_number(found.history.first_monday)
    assert {
        (name, metric, first + number): value
        for metric, accounts in shown(found).items()
        for name, values in accounts.items()
        for number, value in enumerate(values)
        if value is not None
    } == {key: value for key, value in sums.items() if key[0] != "B"}


async def test_a_whole_week_counts_in_place_of_its_days(home: UsageHouse) -> None:
    await home.record([("A-1", day(0, number), "logins", 1) for number in range(5)])
    assert shown(await home.fleet(day(1)))["logins"]["A-1"] == [5]
    assert await home.record([("A-1", day(0), "logins", 40)], whole=True) == Recorded(1, 0)
    assert shown(await home.fleet(day(1)))["logins"]["A-1"] == [40]
    assert await home.record([("A-1", day(0), "logins", 41)], whole=True) == Recorded(0, 1)
    await home.record([("A-1", day(0, 6), "logins", 100)])
    assert shown(await home.fleet(day(1)))["logins"]["A-1"] == [41]


async def test_a_changed_week_is_marked_once_for_all_accounts(home: UsageHouse) -> None:
    batch: list[Row] = [(f"A-{number}", day(week), "logins", 1) for number in range(200) for week in range(3)]
    await home.record(batch)

    async def changed() -> list[int]:
        found = await home.house.read(
            lambda session: session.scalars(
                select(UsageColumn.week).where(UsageColumn.changed).order_by(UsageColumn.week)
            )
        )
        return [(monday_of(week) - MONDAY).days // 7 for week in found.all()]

    assert await changed() == [0, 1, 2]
    assert await home.pack(day(2)) == 2
    assert await changed() == [2]
    assert await home.pack(day(2)) == 0
    await home.record([("A-7", day(1, 3), "logins", 1)])
    assert await changed() == [1, 2]


async def test_marking_and_writing_take_as_many_statements_for_many_accounts_as_for_few(home: UsageHouse) -> None:
    told: list[str] = []
    engine = home.house.db._writer.sync_engine  # pyright: ignore[reportPrivateUsage]
    event.listen(engine, "before_cursor_execute", lambda *given: told.append(str(given[2])))
    counts: list[int] = []
    for accounts in (2, 400):
        told.clear()
        await home.record([(f"A-{number}", day(0), f"metric{accounts}", 1) for number in range(accounts)])
        counts.append(len(told))
    assert counts[1] <= counts[0]


# Accounts nobody knows


async def test_usage_of_unknown_accounts_is_kept_aside_and_joins_when_their_deal_is_won(home: UsageHouse) -> None:
    done = await home.record(
        [("A-1", day(0), "logins", 3), ("A-9", day(0), "logins", 4), ("A-9", day(0, 1), "users", 4)]
    )
    assert done == Recorded(3, 0, 2, ("A-9",))
    assert await home.house.read(lambda session: usage.unknown_accounts(session, home.workspace, 5)) == (1, ["A-9"])
    assert (await home.fleet(day(1))).history.fleet.ids == ("A-1",)
    (account,) = await home.account("A-9")
    assert await home.house.read(lambda session: usage.unknown_accounts(session, home.workspace, 5)) == (0, [])
    found = await home.fleet(day(1))
    assert (found.history.fleet.ids, found.accounts[1]) == (("A-1", "A-9"), account)
    assert shown(found)["users"] == {"A-1": [None], "A-9": [4]}
    assert await home.record([("A-9", day(1), "logins", 4)]) == Recorded(1, 0)


async def test_workspaces_do_not_see_each_others_usage(home: UsageHouse) -> None:
    other = await fresh(home.house.db)
    await other.account("A-1")
    await home.record([("A-1", day(0), "logins", 3)])
    await other.record([("A-1", day(0), "logins", 8)])
    assert shown(await home.fleet(day(1))) == {"logins": {"A-1": [3]}}
    assert shown(await other.fleet(day(1))) == {"logins": {"A-1": [8]}}


# What is read


async def test_the_last_complete_weeks_are_loaded_from_the_first_that_is_known(home: UsageHouse) -> None:
    await home.record([("A-1", day(week), "logins", abs(week + 1)) for week in (-30, 2, 4, 5)])
    found = await home.fleet(day(5, 6), weeks=10)
    assert found.history.first_monday == day(2)
    assert shown(found) == {"logins": {"A-1": [3, None, 5]}}
    assert shown(await home.fleet(day(6), weeks=2)) == {"logins": {"A-1": [5, 6]}}
    nothing = await home.fleet(day(-40))
    assert (nothing.history.weeks, nothing.accounts) == (0, ())


async def won(home: UsageHouse, number: int, closed: date) -> int:
    """An account with a deal won on that day."""
    facts = DealFacts(
        f"D-{number}", "Deal", AccountFacts(f"W-{number}", "W"), NOW.replace(*closed.timetuple()[:3]), "ada@x.example"
    )
    async with home.house.db.write() as tx:
        account = await deals.upsert_account(tx.session, home.workspace, facts.account, NOW)
        await deals.insert_if_new(tx.session, home.workspace, account, facts, DealState.OPENING, NOW)
    return account


async def test_a_customer_won_lately_belongs_to_the_fleet_though_it_did_nothing(home: UsageHouse) -> None:
    await home.record([("A-1", day(week), "logins", 9) for week in range(6)])
    lately, _ = await won(home, 1, day(3, 2)), await won(home, 2, day(-20))
    later = await won(home, 3, day(9))
    found = await home.fleet(day(6))
    assert lately in found.accounts
    assert later not in found.accounts
    assert dict(zip(found.history.fleet.ids, found.history.fleet.created.tolist(), strict=True)) == {
        "A-1": LONG_AGO,
        "W-1": 3,
    }


async def test_patience_and_who_left_go_by_row_id(home: UsageHouse) -> None:
    first, second, third = await home.account("A-1", "A-2", "A-3")
    await home.record([(name, day(0), "logins", 1) for name in ("A-3", "A-1", "A-2")])
    found = await home.house.read(
        lambda session: usage.load_fleet(
            session, home.workspace, ["logins"], until=day(1), patience={third: 1.5}, leaving_out=[second]
        )
    )
    assert (found.accounts, found.history.fleet.patience.tolist()) == ((first, third), [1.0, 1.5])


async def test_one_accounts_weeks(home: UsageHouse) -> None:
    await home.record([("A-1", day(1, 2), "logins", 2), ("A-1", day(1, 3), "logins", 3), ("A-1", day(3), "users", 7)])
    account = (await home.house.read(lambda session: session.scalars(select(Account.id)))).one()
    found = await home.house.read(
        lambda session: usage.weeks_of(session, account, ["logins", "users", "none"], until=day(4, 1))
    )
    assert found.first_monday == day(1)
    assert dict(found.counts) == {"logins": (5, None, None), "users": (None, None, 7), "none": (None, None, None)}
    (other,) = await home.account("A-5")
    nothing = await home.house.read(lambda session: usage.weeks_of(session, other, ["logins"], until=day(4)))
    assert dict(nothing.counts) == {"logins": ()}


async def test_the_newest_day_is_known(home: UsageHouse) -> None:
    async def newest() -> date | None:
        return await home.house.read(lambda session: usage.last_day(session, home.workspace))

    assert await newest() is None
    await home.record([("A-1", day(1, 2), "logins", 2), ("A-1", day(0), "users", 3)])
    assert await newest() == day(1, 2)
    await home.record([("A-1", day(0), "logins", 2)])
    assert await newest() == day(1, 2)
    await home.record([("A-1", day(2), "users", 2)], whole=True)
    assert await newest() == day(2, 6)
    names = await home.house.read(lambda session: usage.metric_names(session, home.workspace))
    assert names == ["logins", "users"]


async def test_writers_of_the_same_weeks_at_once_lose_nothing(home: UsageHouse) -> None:
    batches = [
        [(f"A-{(number * 7 + place) % 40}", day(number % 3, place), "logins", float(place)) for number in range(60)]
        for place in range(7)
    ]
    done = await at_once(*(home.record(batch if place % 2 else batch[::-1]) for place, batch in enumerate(batches)))
    table = meant([row for batch in batches for row in batch])
    assert await home.table() == table
    assert sum(one.new for one in done) == len(table)
