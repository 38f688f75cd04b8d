"""After an erasing no table holds what was erased; other customers, people and workspaces keep what is theirs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, String, Text, select, update

from bot.erase import Report, erase_all
from bot.errors import Failure
from domain.handoff import Answers, HandoffState
from domain.handoff_lists import Stakeholder as Contact
from storage import erase_targets, handoffs, notices, people, sweep
from storage.audit_models import AuditEntry
from storage.models import Deal, Notice, Person
from tests.storage.everything import everything, fill, holding
from tests.storage.house import NOW, House, notice

NINA = "Nina Weiß"
ADA = "U01ADALIND"
FIXED = frozenset(
    {
        *("account_ref", "accountable", "action", "after", "bookmark_id", "bot_user_id", "bucket", "canvas_id"),
        *("canvas_refused", "channel_id", "cs_channel_id", "currency", "digest", "effect", "ended"),
        *("fingerprint", "gone", "item_id", "kind", "locale", "responsible", "route", "severity", "slack_id"),
        *("origin", "source", "state", "step", "subject", "tab", "team_id", "ts", "via", "wall", "zone", "zone_rules"),
    }
)
"""Columns of a fixed width: words of our own and ids of Slack, which no erasing looks through."""


async def gone(house: House, apply: bool = True, also: tuple[str, ...] = (), **wanted: str) -> Report | None:
    (kind, called), *_ = wanted.items()

    async def find(session: Any) -> Any:  # noqa: ANN401
        find_one = erase_targets.account if kind == "account" else erase_targets.person
        return await find_one(session, house.workspace, called, also)

    return await erase_all(house.db, house.workspace, find, lambda: NOW, apply=apply)


def test_every_column_of_a_fixed_width_holds_words_of_our_own() -> None:
    columns = {
        column.name
        for table in sweep.tables()
        for column in table.columns
        if isinstance(column.type, String) and not isinstance(column.type, Text | JSON)
        if column not in sweep.texts_of(table)
    }
    assert columns <= FIXED, "does it hold text from outside? then it has to be Text, so that an erasing finds it"


def test_every_table_with_texts_belongs_to_a_workspace() -> None:
    outside = {table.name for table in sweep.tables() if sweep.in_workspace(table, 1) is None}
    assert outside == {"workspace", "pace_slot", "usage_week"}


@pytest.mark.parametrize("name", ["Nina Weiß", "小明王", "O'Brien-Åström", "nina+1@fjordbank.example"])
async def test_no_table_holds_what_somebody_is_called(house: House, name: str) -> None:
    async with house.db.write() as tx:
        await fill(tx.session, house.workspace, name)
        other = await people.ensure_workspace(tx.session, "T2", "Other", "UBOT2", NOW)
        await fill(tx.session, other, name)
    assert len(holding(await everything(house.db, house.workspace), name)) > 20
    before = await everything(house.db, other)
    tried = await gone(house, apply=False, person=name)
    assert tried is not None
    assert len(holding(await everything(house.db, house.workspace), name)) > 20
    report = await gone(house, person=name)
    assert report is not None
    assert report.blanked() == tried.blanked()
    assert holding(await everything(house.db, house.workspace), name, name.upper(), name.casefold()) == {}
    assert await everything(house.db, other) == before
    assert await gone(house, person=name) is not None


async def test_no_table_holds_a_customer(house: House) -> None:
    async with house.db.write() as tx:
        ids = await fill(tx.session, house.workspace, "Fjordbank")
        other = await people.ensure_workspace(tx.session, "T2", "Other", "UBOT2", NOW)
        await fill(tx.session, other, "Fjordbank")
    elsewhere = await house.deal(7)
    kept = await everything(house.db, other)
    report = await gone(house, also=("Fjordbank",), account="(Fjordbank)")
    assert report is not None
    assert report.target.row_id == ids["account"]
    assert holding(await everything(house.db, house.workspace), "Fjordbank") == {}
    assert await everything(house.db, other) == kept
    async with house.db.read() as session:
        assert list((await session.scalars(select(Deal.id).where(Deal.workspace_id == house.workspace))).all()) == [
            elsewhere
        ]


def content_of(file: str) -> bytes:
    return Path(file).read_bytes()


async def test_nothing_stays_in_the_file(house: House) -> None:
    async with house.db.write() as tx:
        await fill(tx.session, house.workspace, "Fjordbank")
    await gone(house, also=("Fjordbank",), account="(Fjordbank)")
    if house.db.is_sqlite:
        assert b"jordbank" not in content_of(house.db.url.database or "")


async def test_the_people_of_a_customer_are_found_through_every_version(house: House) -> None:
    deal, other = await house.deal(1), await house.deal(2)
    handoff = await house.handoff(deal)
    contact = Contact(id="s1", name=NINA, role="CFO", contact="nina@fjordbank.example")
    answers = Answers(notes=f"{NINA.upper()} decides.", stakeholders=(contact,))
    await house.write(
        lambda session: handoffs.submit(
            session,
            handoff.id,
            deal,
            based_on=0,
            was=HandoffState.REQUESTED,
            before=Answers(),
            state=HandoffState.SUBMITTED,
            answers=answers,
            score=5,
            author_id=house.people["Ada"],
            now=NOW,
        )
    )
    await house.write(lambda session: session.execute(update(Deal).where(Deal.id == other).values(notes=f"Ask {NINA}")))
    assert holding(await everything(house.db), NINA)
    report = await gone(house, person="nina@fjordbank.example")
    assert report is not None
    assert holding(await everything(house.db), NINA, "nina@") == {}
    kept = await house.handoff(deal)
    assert Answers.from_json(kept.answers).stakeholders == (replace(contact, name="[erased]", contact="[erased]"),)


async def test_a_member_loses_name_and_address_and_stays_as_nobody(house: House) -> None:
    deal, ada = await house.deal(), house.people["Ada"]
    await house.write(lambda s: s.execute(update(Person).where(Person.id == ada).values(slack_id=ADA)))
    await house.write(lambda session: session.execute(update(Deal).where(Deal.id == deal).values(ae_id=ada)))
    await house.add(
        replace(notice("deal:1:card", lane="deal:1"), deal_id=deal),
        replace(notice("morning:1", kind="milestone_reminder"), audience=f"person:{ADA}", facts={"person": ada}),
    )
    report = await gone(house, person=ADA)
    assert report is not None
    async with house.db.read() as session:
        row = await session.get_one(Person, ada)
        entry = (await session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1))).one()
    assert (row.slack_id, row.name, row.email, row.is_deleted) == (f"erased:{ada}", "erased person", "", True)
    assert entry.action == "person_erased"
    assert (await house.row("morning:1")).state == notices.ERASED
    assert (await house.row("morning:1")).audience == "person:[erased]"
    assert (await house.row("deal:1:card")).state == notices.PENDING
    assert holding(await everything(house.db), "Ada@", ADA) == {}


async def test_a_dry_run_writes_nothing(house: House) -> None:
    await house.deal()
    before = await everything(house.db)
    report = await gone(house, apply=False, account="A-1")
    assert report is not None
    assert report.deleted()["deal"] == 1
    assert report.deleted()["handoff"] == 1
    assert await everything(house.db) == before


async def test_a_common_word_is_not_looked_for_elsewhere(house: House) -> None:
    mine, other = await house.deal(1), await house.deal(2)
    await house.write(lambda s: s.execute(update(Deal).where(Deal.id == mine).values(name="Renewal")))
    await house.write(lambda s: s.execute(update(Deal).where(Deal.id == other).values(notes="An open renewal")))
    report = await gone(house, account="A-1")
    assert report is not None
    assert report.target.traces.common == ("Renewal",)
    async with house.db.read() as session:
        assert (await session.get_one(Deal, other)).notes == "An open renewal"


async def test_while_a_message_is_sent_nothing_is_erased(house: House) -> None:
    deal = await house.deal()
    await house.add(replace(notice("deal:1:card", lane="deal:1"), deal_id=deal))
    assert await house.claim()
    with pytest.raises(Failure, match="being sent just now"):
        await gone(house, account="A-1")
    async with house.db.read() as session:
        assert (await session.scalars(select(Notice.state))).one() == notices.SENDING


async def test_nobody_of_that_name(house: House) -> None:
    assert await gone(house, account="A-404") is None
    report = await gone(house, person="Somebody Unknown")
    assert report is not None
    assert report.rounds == ()
