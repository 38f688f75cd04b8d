"""`baton erase` and `baton export` as people call them."""

import json
from pathlib import Path

from storage.database import Database
from tests.bot.program import baton
from tests.storage.house import make_house


async def test_a_deal_is_exported_and_its_customer_erased(sqlite_url: str, tmp_path: Path) -> None:
    db, env = Database(sqlite_url), {"DATABASE_URL": sqlite_url}
    house = await make_house(db)
    await house.deal(1)
    await db.close()
    out = await baton("export", "--deal", "D-1", "--json", "deal.json", "--html", "deal.html", cwd=tmp_path, env=env)
    assert (out.code, out.out.split()) == (0, ["deal.json", "deal.html"]), out.err
    written = json.loads((tmp_path / "deal.json").read_text("utf-8"))
    assert written["deal"]["account"]["name"] == "Customer 1"
    assert written["confidential"] == "included"
    assert "<h1>Customer 1</h1>" in (tmp_path / "deal.html").read_text("utf-8")
    assert (tmp_path / "deal.json").stat().st_mode & 0o777 == 0o600

    tried = await baton("erase", "--account", "A-1", cwd=tmp_path, env=env)
    assert tried.code == 0, tried.err
    assert "Account Customer 1: looked for" in tried.out
    assert "rows that go: account 1, deal 1, handoff 1" in tried.out
    assert "Nothing was erased: this was a dry run. --apply erases." in tried.out
    done = await baton("erase", "--account", "A-1", "--apply", cwd=tmp_path, env=env)
    assert done.code == 0, done.err
    assert "dry run" not in done.out
    again = await baton("export", "--deal", "D-1", "--json", "other.json", cwd=tmp_path, env=env)
    assert again.code == 1
    assert "--deal D-1: the CRM never told of such a deal." in again.err
