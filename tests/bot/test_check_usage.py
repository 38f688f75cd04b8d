"""`baton check` names the accounts whose usage is kept aside, and what is wrong in metrics.yaml."""

from importlib import resources
from pathlib import Path

import aiohttp

from bot.check import Line, Mark, check_all
from bot.config import read_settings
from bot.slack_web import web_client
from storage.database import Database
from tests.storage.house import make_house
from tests.storage.usage_house import UsageHouse, day


async def lines_of(url: str, folder: Path) -> dict[str, Line]:
    """Without a token Slack is not asked."""
    settings = read_settings({"DATABASE_URL": url, "BATON_PLAYBOOKS": str(folder), "SLACK_SIGNING_SECRET": "s"})
    db = Database(url)
    async with aiohttp.ClientSession() as session:
        lines = {line.subject: line async for line in check_all(settings, db, web_client(settings, session), folder)}
    await db.close()
    return lines


async def recorded(url: str, *accounts: str) -> None:
    db = Database(url)
    home = UsageHouse(await make_house(db))
    await home.account("A-1")
    await home.record([(name, day(0, 3), "logins", 1) for name in accounts])
    await db.close()


async def test_usage_of_known_accounts_is_right(database_url: str, tmp_path: Path) -> None:
    await recorded(database_url, "A-1")
    line = (await lines_of(database_url, tmp_path))["Usage"]
    assert (line.mark, line.found) == (Mark.OK, "recorded up to 2026-09-10; every account in it is known.")


async def test_accounts_nobody_knows_are_named(database_url: str, tmp_path: Path) -> None:
    await recorded(database_url, *(f"B-{number:02d}" for number in range(23)), "A-1")
    line = (await lines_of(database_url, tmp_path))["Usage"]
    assert line.mark is Mark.NOTE
    assert line.found.startswith("recorded up to 2026-09-10; 23 accounts are not known: B-00, B-01, ")
    assert line.found.endswith("B-19 and 3 more.")
    assert "deal.won" in line.fix


async def test_a_wrong_metrics_file_is_told_with_its_line(sqlite_url: str, tmp_path: Path) -> None:
    shipped = resources.files("domain") / "playbooks" / "saas-90-days.yaml"
    (tmp_path / "one.yaml").write_text(shipped.read_text("utf-8"), "utf-8")
    (tmp_path / "metrics.yaml").write_text("primary: logins\nusers: logins\n")
    line = (await lines_of(sqlite_url, tmp_path))["Metrics"]
    assert line.mark is Mark.WRONG
    assert line.found.startswith("metrics.yaml, line 2: “logins” is primary already")
