"""What an import makes of rows, on both databases: held back unless named, safe to repeat, nothing in a dry run."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.imports import (
    Summary,
    read_accounts,
    read_deals,
    read_people,
    take_accounts,
    take_deals,
    take_people,
)
from domain.plays.changes import Change, Told
from handlers.services import Services
from handlers.webhooks.deals import Teller, record_deal_won
from storage import subscriptions
from storage.audit_models import AuditEntry
from storage.base import Base
from storage.due import Due
from storage.models import Account, Csm, Deal, Handoff, Notice
from storage.plan_models import Plan
from tests.handlers.webhooks.conftest import NOW

HEADING = "id,name,account_id,account_name,closed_at,owner_email,csm_email,amount,region"
WRITTEN = NOW - timedelta(days=1)


@pytest.fixture
def store(database_url: str) -> str:
    return database_url


def row(number: int, **cells: str) -> str:
    told = {
        "id": f"D-{number}",
        "name": "Core",
        "account_id": f"A-{number}",
        "account_name": f"Harbour {number}",
        "closed_at": "2026-06-01",
        "owner_email": "ada@northwind.example",
        "csm_email": "chloe@northwind.example",
        "amount": "100",
        "region": "EMEA",
        **cells,
    }
    return ",".join(told[name] for name in HEADING.split(","))


async def take(
    services: Services, *rows: str, apply: bool = True, at: datetime = WRITTEN, **named: set[str]
) -> Summary:
    steps: list[tuple[int, int]] = []
    table = read_deals("\n".join([HEADING, *rows]), **named)
    summary = await take_deals(services, table, at, lambda done, total: steps.append((done, total)), apply=apply)
    assert steps[-1:] == ([(len(table.rows), len(table.rows))] if table.rows else [])
    return summary


async def count(services: Services, table: type[Base], *where: Any) -> int:  # noqa: ANN401 - SQLAlchemy's conditions
    async with services.db.read() as session:
        return (await session.scalars(select(func.count()).select_from(table).where(*where))).one()


async def deal(services: Services, external_id: str) -> Deal:
    async with services.db.read() as session:
        return (await session.scalars(select(Deal).where(Deal.external_id == external_id))).one()


async def kinds(services: Services) -> Mapping[str, int]:
    async with services.db.read() as session:
        rows = (await session.execute(select(Notice.kind, func.count()).group_by(Notice.kind))).all()
    return {str(kind): int(many) for kind, many in rows}


async def test_a_dry_run_finds_everything_and_writes_nothing(services: Services) -> None:
    rows = [row(number) for number in range(120)]
    tried = await take(services, *rows, row(500, closed_at="soon"), apply=False, plans={"D-7"})
    assert (tried.new, tried.channels, tried.plans, len(tried.refused)) == (120, 1, 1, 1)
    assert tried.overdue > 5
    for table in (Deal, Account, Notice, Due, Plan, Handoff, AuditEntry):
        assert await count(services, table) == 0, table
    done = await take(services, *rows, row(500, closed_at="soon"), plans={"D-7"})
    assert done == tried


async def test_imported_deals_are_known_and_nothing_else_happens(services: Services) -> None:
    done = await take(services, *[row(number) for number in range(60)])
    assert (done.new, done.channels, done.plans) == (60, 0, 0)
    assert await count(services, Deal, Deal.state == "held", Deal.csm_id.is_not(None), Deal.ae_id.is_not(None)) == 60
    for table in (Notice, Due, Plan, Handoff):
        assert await count(services, table) == 0, table
    # They are no work that a new deal's CSM has more of.
    assert await count(services, Csm, Csm.open_deals != 0) == 0
    assert await count(services, AuditEntry, AuditEntry.action == "deal_imported_nothing") == 60


async def test_what_billing_told_before_the_import_reaches_the_csm_once(services: Services) -> None:
    fresh = Change(0, Told.PLAN, NOW - timedelta(days=2), "Starter", "Growth", Decimal(900))
    old = Change(0, Told.CANCEL, NOW - timedelta(days=90), effective_at=NOW - timedelta(days=60))
    async with services.db.write() as tx:
        for ref, told in (("A-1", fresh), ("A-2", old)):
            await subscriptions.record(tx.session, services.people.workspace_id, ref, told, NOW)
    await take(services, row(1), row(2), apply=False)
    assert await kinds(services) == {}
    await take(services, row(1), row(2))
    await take(services, row(1), row(2))
    assert await kinds(services) == {"plan_upgraded": 1}
    assert await count(services, Notice, Notice.audience == "person:U03") == 1


async def test_done_again_it_changes_nothing_and_says_what_is_different(services: Services) -> None:
    await take(services, row(1), row(2))
    before = await count(services, AuditEntry)
    again = await take(services, row(1), row(2))
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    assert await count(services, AuditEntry) == before
    other = await take(services, row(1, amount="250"), row(2), row(3))
    assert (other.new, other.changed, other.same) == (1, 1, 1)
    assert (await deal(services, "D-1")).amount == 250
    assert await kinds(services) == {}


async def test_a_channel_alone_asks_nobody_for_anything(services: Services) -> None:
    await take(services, row(1), row(2))
    done = await take(services, row(1), row(2), channels={"D-1"})
    assert (done.channels, done.plans, done.same) == (1, 0, 2)
    assert await kinds(services) == {"open_channel": 1}
    assert ((await deal(services, "D-1")).state, (await deal(services, "D-2")).state) == ("opening", "held")
    for table in (Due, Plan, Handoff):
        assert await count(services, table) == 0, table
    again = await take(services, row(1), row(2), channels={"D-1"})
    assert (again.channels, await kinds(services)) == (0, {"open_channel": 1})


async def test_a_plan_can_be_begun_after_the_channel_and_only_once(services: Services) -> None:
    await take(services, row(1), channels={"D-1"})
    done = await take(services, row(1), plans={"D-1"})
    assert (done.channels, done.plans) == (0, 1)
    assert await kinds(services) == {"open_channel": 1, "handoff_requested": 1, "plan": 1}
    assert (await count(services, Handoff), await count(services, Plan)) == (1, 1)
    assert await count(services, Due) > 0
    again = await take(services, row(1), plans={"D-1"})
    assert (again.plans, await count(services, Plan)) == (0, 1)


async def test_with_its_plan_a_row_is_what_a_webhook_makes_of_it(services: Services) -> None:
    (told,) = read_deals(f"{HEADING}\n{row(1)}").rows
    async with services.db.write() as tx:
        await record_deal_won(services, tx, replace(told.facts, id="D-2"), Teller("crm", "webhook", NOW))
    await take(services, row(1), plans={"D-1"})
    imported, won = await deal(services, "D-1"), await deal(services, "D-2")
    left_out = {"id", "external_id", "source_at"}
    columns = [column.key for column in Deal.__table__.columns if column.key not in left_out]
    assert {name: getattr(imported, name) for name in columns} == {name: getattr(won, name) for name in columns}
    for table in (Handoff, Plan, Due):
        assert await count(services, table, table.deal_id == imported.id) == await count(
            services, table, table.deal_id == won.id
        )


async def test_the_crm_may_tell_of_a_held_deal_again_without_beginning_it(services: Services) -> None:
    await take(services, row(1))
    (told,) = read_deals(f"{HEADING}\n{row(1, amount='999', csm_email='mei@northwind.example')}").rows
    async with services.db.write() as tx:
        recorded = await record_deal_won(services, tx, told.facts, Teller("crm", "webhook", NOW))
    assert [change.what for change in recorded.changed] == ["The amount", "The CSM"]
    held = await deal(services, "D-1")
    assert (held.state, held.amount, await kinds(services), await count(services, Due)) == ("held", 999, {}, 0)
    # The file is older than what the CRM told: its facts stay, and what is named begins all the same.
    older = await take(services, row(1))
    assert (older.late, (await deal(services, "D-1")).amount) == (1, 999)
    begun = await take(services, row(1), plans={"D-1"})
    now = await deal(services, "D-1")
    assert (begun.channels, begun.plans, now.state, now.amount, now.source_at) == (1, 1, "opening", 999, NOW)


async def test_an_import_tells_nobody_of_a_changed_csm(services: Services) -> None:
    (told,) = read_deals(f"{HEADING}\n{row(1)}").rows
    async with services.db.write() as tx:
        await record_deal_won(services, tx, told.facts, Teller("crm", "webhook", WRITTEN - timedelta(days=9)))
    done = await take(services, row(1, csm_email="mei@northwind.example"))
    assert done.changed == 1
    assert "csm_assigned" not in await kinds(services)
    assert await count(services, Deal, Deal.csm_email == "mei@northwind.example") == 1


async def test_people_nobody_knows_are_named_and_their_deals_kept(services: Services) -> None:
    cells = {"owner_email": "gone@x.example", "csm_email": "new@x.example"}
    done = await take(services, row(1, **cells), row(2, **cells))
    assert (done.new, done.unknown) == (2, {"gone@x.example": 2, "new@x.example": 2})


async def test_an_account_may_be_named_by_its_id_once_it_is_known(services: Services) -> None:
    table = read_accounts("id,name,region\nA-1,Harbour One,EMEA\nA-2,Harbour Two,\n")
    accounts = await take_accounts(services, table, lambda _done, _total: None, apply=True)
    assert (accounts.new, accounts.same) == (2, 0)
    done = await take(services, row(1, account_name=""), row(7, account_name=""))
    assert done.new == 1
    assert [bad.reason for bad in done.refused] == ["account_name: it is missing, and no account A-7 is known"]
    assert await count(services, Account, Account.name == "Harbour One") == 1
    table = read_accounts("id,name,region\nA-1,Harbour One,APAC\nA-2,Harbour Two,\n")
    again = await take_accounts(services, table, lambda _done, _total: None, apply=True)
    assert (again.new, again.changed, again.same) == (0, 1, 1)


@pytest.mark.parametrize("apply", [False, True])
async def test_people_are_made_csms_and_strangers_are_named(services: Services, *, apply: bool) -> None:
    text = "email,role,regions\nada@northwind.example,csm,EMEA\nmei@northwind.example,seller,\nno@x.example,seller,\n"
    done = await take_people(
        services, read_people(text + "felix@northwind.example,,\n"), lambda _done, _total: None, apply=apply
    )
    assert (done.new, done.same, [bad.line for bad in done.refused]) == (1, 1, [4, 5])
    assert await count(services, Csm) == 2 + apply
