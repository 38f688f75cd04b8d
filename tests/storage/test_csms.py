"""Who is a CSM, whose questions pass on, which channels are looked at: on both databases."""

from dataclasses import replace
from datetime import UTC, datetime

from domain.deals import AccountFacts, DealFacts, DealState
from storage import csms, deal_lists, deals, people, questions
from storage.database import Database
from storage.models import Deal

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FACTS = DealFacts("D-1", "Pro", AccountFacts("A-1", "Fjordbank"), NOW, "ada@northwind.example")


async def _workspace(db: Database) -> tuple[int, int, int]:
    """A workspace with Ada and Chloé: the ids of all three."""
    async with db.write() as tx:
        workspace = await people.ensure_workspace(tx.session, "T1", "Northwind", "UBOT", NOW)
        known = [people.PersonFacts("U1", "Ada"), people.PersonFacts("U2", "Chloé")]
        await people.upsert(tx.session, workspace, known, NOW)
        found = [await people.by_slack_id(tx.session, workspace, slack_id) for slack_id in ("U1", "U2")]
    ids = [person.id for person in found if person is not None]
    return workspace, ids[0], ids[1]


async def _deal(db: Database, workspace: int, state: DealState = DealState.OPEN, number: int = 1) -> int:
    async with db.write() as tx:
        account = await deals.upsert_account(tx.session, workspace, FACTS.account, NOW)
        facts = replace(FACTS, id=f"D-{number}")
        deal = await deals.insert_if_new(tx.session, workspace, account, facts, state, NOW)
        assert deal is not None
        return deal.id


async def test_a_csm_is_active_until_retired(db: Database) -> None:
    workspace, ada, _ = await _workspace(db)
    async with db.write() as tx:
        assert not await csms.is_active(tx.session, ada)
        assert not await csms.retire(tx.session, ada)
        await people.set_csm(tx.session, workspace, ada, regions=["EMEA"])
        assert await csms.is_active(tx.session, ada)
        assert await csms.retire(tx.session, ada)
        assert not await csms.is_active(tx.session, ada)
        assert not await csms.retire(tx.session, ada)


async def test_only_open_questions_of_the_old_csm_pass_on(db: Database) -> None:
    workspace, ada, chloe = await _workspace(db)
    deal = await _deal(db, workspace)
    async with db.write() as tx:
        made = [
            await questions.add(tx.session, deal, text="Who?", asker_id=ada, owner_id=owner, now=NOW)
            for owner in (chloe, chloe, ada)
        ]
        await questions.settle(tx.session, made[1], was="open", state="answered", answer="Me", by=chloe, at=NOW)
        assert await csms.pass_questions(tx.session, deal, chloe, ada) == [made[0].id]


async def test_only_open_private_channels_without_outsiders_are_looked_at(db: Database) -> None:
    workspace, _, _ = await _workspace(db)
    first = await _deal(db, workspace, number=1)
    await _deal(db, workspace, DealState.CLOSED, number=2)
    third = await _deal(db, workspace, number=3)
    shared = await _deal(db, workspace, number=4)
    async with db.write() as tx:
        (await tx.session.get_one(Deal, shared)).channel_outsiders = True
    async with db.read() as session:
        assert await deal_lists.open_private(session, workspace, 10) == [third, first]
        assert await deal_lists.open_private(session, workspace, 1) == [third]
