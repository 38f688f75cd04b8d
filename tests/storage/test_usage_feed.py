"""Days of the feed through the database to the detector: a day nobody has is not taken for customers who left."""

from datetime import timedelta

import numpy as np
import pytest

from domain.usage.alerts import AccountAlert
from domain.usage.history import replay
from domain.usage.settings import Kind
from storage import usage
from storage.database import Database
from tests.storage.house import make_house
from tests.storage.usage_house import Row, UsageHouse, day

WEEKS = 30
DROPS = {Kind.USAGE_DROP, Kind.STICKY_DROP, Kind.USERS_DROP, Kind.NOT_ACTIVATED}


@pytest.mark.parametrize("accounts", [3, 40])
@pytest.mark.parametrize("missing", [{(25, 2)}, {(25, 2), (26, 3), (28, 0)}, {(25, number) for number in range(7)}])
async def test_days_the_whole_feed_lacks_are_nobodys_fall(
    sqlite_url: str, accounts: int, missing: set[tuple[int, int]]
) -> None:
    db = Database(sqlite_url)
    home = UsageHouse(await make_house(db))
    await home.account(*(f"A-{number:02d}" for number in range(accounts)))
    counts = np.random.default_rng(3).poisson(12, (WEEKS, 5, accounts))
    rows: list[Row] = [
        (f"A-{number:02d}", day(week, weekday), "logins", float(counts[week, weekday, number]))
        for week in range(WEEKS)
        for weekday in range(5)
        for number in range(accounts)
        if (week, weekday) not in missing
    ]
    await home.record(rows)
    async with db.read() as session:
        loaded = await usage.load_fleet(session, home.workspace, ["logins"], until=day(WEEKS) + timedelta(days=1))
    assert loaded.history.weeks == WEEKS
    assert [one for one in replay(loaded.history) if isinstance(one, AccountAlert) and one.kind in DROPS] == []
    await db.close()


async def test_a_row_an_account_lacks_is_a_zero(sqlite_url: str) -> None:
    """The others have rows in those weeks, so the feed is there, and the account is silent."""
    db = Database(sqlite_url)
    home = UsageHouse(await make_house(db))
    await home.account(*(f"A-{number:02d}" for number in range(40)))
    counts = np.random.default_rng(4).poisson(60, (WEEKS, 40))
    await home.record(
        [
            (f"A-{number:02d}", day(week), "logins", float(counts[week, number]))
            for week in range(WEEKS)
            for number in range(40)
            if number != 7 or week < WEEKS - 4
        ],
        whole=True,
    )
    async with db.read() as session:
        loaded = await usage.load_fleet(session, home.workspace, ["logins"], until=day(WEEKS))
    fallen = [one for one in replay(loaded.history) if isinstance(one, AccountAlert) and one.kind in DROPS]
    assert [(one.account_id, one.now) for one in fallen] == [("A-07", 0.0)]
    assert loaded.accounts[fallen[0].account] == loaded.accounts[7]
    await db.close()
