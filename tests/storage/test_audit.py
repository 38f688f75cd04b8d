"""The audit log only grows: the database itself refuses anything else, but for an erasing that is on record."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage import audit, audit_pages
from storage.audit import Act
from tests.storage.house import NOW, House, later

ADA, CHLOE = "U1", "U2"
OPEN = "INSERT INTO erasure (workspace_id, kind, via, at, counts) VALUES (:workspace, :kind, 'test', :now, '{}')"
BLANK = (
    "UPDATE audit_entry SET actor = 'erased', subject = '', detail = '{}', "
    "erasure_id = (SELECT max(id) FROM erasure) WHERE id = :entry"
)
CLOSE = "UPDATE erasure SET closed_at = :now WHERE id = (SELECT max(id) FROM erasure)"


async def written(house: House, count: int = 1, **more: Any) -> None:  # noqa: ANN401
    async with house.db.write() as tx:
        for number in range(count):
            act = Act(more.get("actor", ADA), "deal_closed", "command", more.get("deal"), more.get("subject", ""))
            await audit.record(tx.session, house.workspace, act, later(number))


async def do(house: House, *statements: str, kind: str = "person", **values: object) -> None:
    """These statements in one transaction."""
    given: Mapping[str, object] = {"workspace": house.workspace, "kind": kind, "now": moment(house), "entry": 1}
    async with house.db.write() as tx:
        for statement in statements:
            await tx.session.execute(text(statement), {**given, **values})


def moment(house: House) -> object:
    return "2026-11-26 00:00:00.000000" if house.db.is_sqlite else later(99)


async def page(house: House, **wanted: Any) -> list[audit_pages.Written]:  # noqa: ANN401
    return await house.read(lambda session: audit_pages.page(session, house.workspace, **({"most": 50} | wanted)))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'somebody else'",
        "UPDATE audit_entry SET detail = '{}', erasure_id = 1",
        "UPDATE audit_entry SET at = :now",
        "UPDATE audit_entry SET deal_id = NULL",
        "DELETE FROM audit_entry",
        "DELETE FROM workspace",
    ],
)
async def test_entries_are_never_changed_nor_deleted(house: House, statement: str) -> None:
    await written(house, deal=await house.deal(), subject="D-1")
    with pytest.raises(DBAPIError, match="append-only"):
        await do(house, statement)
    (entry,) = await page(house)
    assert (entry.actor, entry.subject, entry.customer) == (ADA, "D-1", "Customer 1")


async def test_entries_are_not_replaced_nor_the_table_emptied(house: House) -> None:
    await written(house)
    statement = (
        "INSERT OR REPLACE INTO audit_entry (id, workspace_id, at, actor, action, via, subject, detail) "
        "SELECT id, workspace_id, at, 'x', action, via, subject, detail FROM audit_entry"
        if house.db.is_sqlite
        else "TRUNCATE audit_entry"
    )
    with pytest.raises(DBAPIError, match="append-only"):
        await do(house, statement)
    assert [entry.actor for entry in await page(house)] == [ADA]


async def test_an_erasing_on_record_takes_who_and_what_out(house: House) -> None:
    await written(house, subject="D-1")
    await do(house, OPEN, BLANK, CLOSE)
    (entry,) = await page(house)
    assert (entry.actor, entry.subject, entry.detail, entry.erased) == ("erased", "", {}, True)
    assert (entry.action, entry.via, entry.at) == ("deal_closed", "command", NOW)
    with pytest.raises(DBAPIError, match="append-only"):
        await do(house, BLANK.replace("actor = 'erased'", "actor = 'again'"))
    for statement in ("DELETE FROM erasure", "UPDATE erasure SET via = 'nobody'"):
        with pytest.raises(DBAPIError, match="append-only"):
            await do(house, statement)


@pytest.mark.parametrize("name", ["action = 'nothing'", "at = :now", "via = 'x'"])
async def test_an_erasing_takes_nothing_else(house: House, name: str) -> None:
    await written(house)
    with pytest.raises(DBAPIError, match="append-only"):
        await do(house, OPEN, BLANK.replace("actor = 'erased'", name), CLOSE)
    with pytest.raises(DBAPIError, match="append-only"):
        await do(house, OPEN, "DELETE FROM audit_entry", CLOSE)
    assert [entry.actor for entry in await page(house)] == [ADA]


async def test_an_erasing_of_another_workspace_does_not_count(house: House) -> None:
    await written(house)
    other = (
        "INSERT INTO workspace (team_id, name, bot_user_id, zone_rules, created_at) VALUES ('T2', 'B', '', '', :now)"
    )
    elsewhere = OPEN.replace(":workspace", "(SELECT max(id) FROM workspace)")
    with pytest.raises(DBAPIError, match="append-only"):
        await do(house, other, elsewhere, BLANK)
    with pytest.raises(DBAPIError, match="append-only"):
        await do(house, other, elsewhere, "DELETE FROM audit_entry", kind="workspace")


async def test_a_whole_workspace_takes_its_log_along(house: House) -> None:
    await written(house)
    await do(house, OPEN, "DELETE FROM audit_entry", CLOSE, kind="workspace")
    assert await page(house) == []


async def test_the_link_to_a_deal_goes_with_the_deal(house: House) -> None:
    deal = await house.deal()
    await written(house, deal=deal)
    await do(house, "DELETE FROM deal WHERE id = :deal", deal=deal)
    assert [entry.customer for entry in await page(house)] == [""]


async def test_the_log_is_read_page_by_page(house: House) -> None:
    deal = await house.deal()
    await written(house, 5)
    await written(house, 2, actor=CHLOE, deal=deal)
    await written(house, 1, actor="command line", subject=CHLOE)
    first = await page(house, most=3)
    second = await page(house, most=50, before=first[-1].id)
    assert [entry.actor for entry in first] == ["command line", CHLOE, CHLOE]
    assert len(second) == 5
    assert [entry.actor for entry in await page(house, person=CHLOE)] == ["command line", CHLOE, CHLOE]
    assert [entry.customer for entry in await page(house, deals=[deal])] == ["Customer 1"] * 2
    assert await page(house, deals=[]) == []
