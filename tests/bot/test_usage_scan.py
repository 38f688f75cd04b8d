"""`baton usage scan` as people run it: what it would tell whom, and nothing sent."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.commands.usage_scan import scan
from bot.errors import WrongUsage
from storage.database import Database
from storage.models import Notice
from storage.usage_alert_models import UsageAlert
from tests.bot.program import baton
from tests.scheduler.fleet import FleetFeed, means, scanned
from tests.scheduler.test_usage_scan import NOW, deal
from tests.storage.house import make_house

MONDAY = date(2026, 11, 23)


async def test_it_prints_what_would_be_told_and_tells_nothing(sqlite_url: str, tmp_path: Path) -> None:
    env = {"DATABASE_URL": sqlite_url, "BATON_CS_LEAD": "ada@northwind.example"}
    db = Database(sqlite_url)
    house = await make_house(db)
    none = await baton("usage", "scan", cwd=tmp_path, env=env)
    assert (none.code, none.out.strip()) == (0, "There is no usage yet. `baton usage import FILE` brings some in.")
    feed = FleetFeed(db, house.workspace, MONDAY, falls={20: [0.0] * 3})
    await feed.tell(NOW)
    await deal(house, await feed.account(20), csm_id=house.people["Chloé"])
    done = await baton("usage", "scan", "--on", "2026-11-23", cwd=tmp_path, env=env)
    assert (done.code, done.err) == (0, "")
    head, line = done.out.splitlines()
    assert head == "120 accounts, by the weeks up to the one of 2026-11-16: 1 new"
    assert line.startswith(
        "To Chloé and the deal's channel, at once (2026-11-23): Customer a20: severe: Logins fell from"
    )
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Notice)) == 0
        assert await session.scalar(select(func.count()).select_from(UsageAlert)) == 0
    # What was told is not told again.
    await scanned(feed, means(db), NOW)
    again = await baton("usage", "scan", "--on", "2026-11-23", cwd=tmp_path, env=env)
    assert again.out.splitlines() == [f"{head.partition(':')[0]}: nothing to tell of any account"]
    await db.close()


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(WrongUsage, match=r"--on: it has to be a day such as 2026-11-23\."):
        scan("monday")
