"""Plans: kept whole, read for many at once, changed by one at a time, undone from what was written down."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select

from domain.person import PersonCard
from domain.plan.change import PlanChange
from domain.plan.undoing import undo
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Kind, Raci, Role
from storage import plans
from storage.database import Database
from storage.deals import by_external_id
from storage.models import Account, Deal, Person
from storage.pictures import person_card
from storage.plan_models import Milestone as MilestoneRow
from storage.plan_models import Plan
from storage.plan_models import PlanChange as PlanChangeRow
from storage.plans import Applied
from tests.storage.house import NOW, House, at_once, later

CLOSED = date(2026, 11, 20)


def milestone(number: int, **changes: Any) -> Milestone:  # noqa: ANN401
    """One as a rule makes it, with something in every field."""
    usual = Milestone(
        id=0,
        number=number,
        title=f"Milestone {number}",
        raci=Raci(Role.CSM, Role.LEAD, (Role.AE, Role.CUSTOMER), (Role.ONBOARDING,)),
        due=CLOSED + timedelta(days=number),
        kind=Kind.KICKOFF if number == 2 else Kind.OTHER,
        step=f"step-{number}",
        about="What it is about & <why>",
        after="close",
        working_days=number,
        evidence_asked="A link",
        remind=(7, 1, 0),
    )
    return replace(usual, **changes)


def plan_of(deal_id: int, count: int = 3) -> PlanPicture:
    milestones = tuple(milestone(number) for number in range(1, count + 1))
    return PlanPicture(deal_id, "saas-90-days", "SaaS, 90 days", "The usual one.", CLOSED, milestones, numbered=count)


async def planned(house: House, number: int = 1, count: int = 3) -> PlanPicture:
    """A deal with a plan, as it is read again."""
    deal_id = await house.deal(number)
    made = await house.write(
        lambda session: plans.insert_if_new(session, house.workspace, plan_of(deal_id, count), NOW)
    )
    assert made
    return await loaded(house, deal_id)


async def loaded(house: House, deal_id: int) -> PlanPicture:
    found = await house.read(lambda session: plans.load(session, deal_id))
    assert found is not None
    return found


async def ada(house: House) -> PersonCard:
    row = await house.read(lambda session: session.get_one(Person, house.people["Ada"]))
    return person_card(row)


async def change(house: House, plan: PlanPicture, what: PlanChange, at: float = 0) -> Applied | None:
    who = await ada(house)
    return await house.write(lambda session: plans.apply(session, plan, what, by=who, now=later(at)))


async def test_a_plan_is_read_as_it_was_made(house: House) -> None:
    plan = await planned(house)
    made = plan_of(plan.deal_id)
    assert replace(plan, milestones=(), made_at=None) == replace(made, milestones=())
    assert plan.made_at is not None
    assert [replace(one, id=0, changed_at=None) for one in plan.milestones] == list(made.milestones)
    assert len({one.id for one in plan.milestones}) == 3
    assert {one.changed_at for one in plan.milestones} == {NOW}


async def test_a_deal_without_a_plan_has_none(house: House) -> None:
    deal_id = await house.deal()
    assert await house.read(lambda session: plans.load(session, deal_id)) is None
    assert await house.read(lambda session: plans.load_many(session, [])) == {}


async def test_a_plan_made_by_many_at_once_is_made_once(house: House, other: Database) -> None:
    deal_id = await house.deal()

    async def make(db: Database) -> bool:
        async with db.write() as tx:
            return await plans.insert_if_new(tx.session, house.workspace, plan_of(deal_id), NOW)

    made = await at_once(*(make(db) for db in (house.db, other) * 4))
    assert made.count(True) == 1
    assert len((await loaded(house, deal_id)).milestones) == 3


async def test_every_field_of_a_change_is_kept(house: House) -> None:
    plan = await planned(house)
    who = await ada(house)
    becomes = replace(
        plan.milestones[0],
        title="Another <title>",
        raci=Raci(Role.CUSTOMER, Role.CSM),
        due=None,
        state=State.DONE,
        kind=Kind.GO_LIVE,
        about="",
        after="kickoff",
        working_days=None,
        by_day=30,
        evidence_asked="",
        evidence="https://example.test/it",
        why="Because",
        unblocker="Kim",
        owner=who,
        owner_name="Kim Lee",
        remind=(1,),
        snoozed_until=CLOSED,
        touched=True,
        booked_for=later(60),
        settled_at=later(30),
        settled_by=who,
    )
    applied = await change(house, plan, PlanChange("done", "did it", (becomes,)), at=5)
    assert applied is not None
    now = await loaded(house, plan.deal_id)
    assert now == applied.plan
    assert now.milestones[0] == replace(becomes, version=2, changed_at=later(5))
    assert now.milestones[1:] == plan.milestones[1:]
    assert now.version == 2


async def test_new_milestones_get_ids_and_their_own_numbers(house: House) -> None:
    plan = await planned(house)
    applied = await change(house, plan, PlanChange("add", "added two", (milestone(4), milestone(5))))
    assert applied is not None
    assert [one.number for one in applied.plan.milestones] == [1, 2, 3, 4, 5]
    assert applied.plan.numbered == 5
    assert await loaded(house, plan.deal_id) == applied.plan
    assert 0 not in {one.id for one in applied.plan.milestones}


async def test_what_is_removed_is_gone_and_its_number_stays_taken(house: House) -> None:
    plan = await planned(house)
    applied = await change(house, plan, PlanChange("undo", "undid it", removed=(3,)))
    assert applied is not None
    now = await loaded(house, plan.deal_id)
    assert [one.number for one in now.milestones] == [1, 2]
    assert now.numbered == 3


async def test_of_two_changes_at_once_one_is_made(house: House, other: Database) -> None:
    plan = await planned(house)
    who = await ada(house)

    async def move(db: Database, days: int) -> Applied | None:
        moved = replace(plan.milestones[0], due=CLOSED + timedelta(days=days))
        async with db.write() as tx:
            return await plans.apply(tx.session, plan, PlanChange("move", "moved it", (moved,)), by=who, now=NOW)

    done = await at_once(*(move(db, days) for days, db in enumerate((house.db, other) * 4, 30)))
    won = [one for one in done if one is not None]
    assert len(won) == 1
    assert await loaded(house, plan.deal_id) == won[0].plan
    written = await house.read(lambda session: session.scalars(select(func.count(PlanChangeRow.id))))
    assert written.one() == 1


async def test_two_changes_after_each_other_wait_for_each_other(house: House, other: Database) -> None:
    """Whoever reads the plan under lock never loses to somebody else."""
    plan = await planned(house)
    who = await ada(house)

    async def move(db: Database, number: int) -> Applied | None:
        async with db.write() as tx:
            now = await plans.load(tx.session, plan.deal_id, lock=True)
            assert now is not None
            one = now.by_number(1)
            assert one is not None
            moved = replace(one, about=f"{one.about} {number}")
            return await plans.apply(tx.session, now, PlanChange("edit", "edited it", (moved,)), by=who, now=NOW)

    done = await at_once(*(move(db, number) for number, db in enumerate((house.db, other) * 4)))
    assert None not in done
    now = await loaded(house, plan.deal_id)
    assert now.version == 9
    assert sorted(now.milestones[0].about.split()[-8:]) == [str(number) for number in range(8)]


async def test_the_last_one_settled_finishes_the_plan_and_opening_one_takes_that_back(house: House) -> None:
    plan = await planned(house, count=2)
    settled = tuple(replace(one, state=State.DONE, settled_at=later(one.number)) for one in plan.milestones)
    applied = await change(house, plan, PlanChange("done", "did both", settled), at=9)
    assert applied is not None
    assert (await loaded(house, plan.deal_id)).finished_at == later(2)
    opened = replace(applied.plan.milestones[0], state=State.PLANNED, settled_at=None)
    await change(house, applied.plan, PlanChange("reopen", "opened it again", (opened,)))
    assert (await loaded(house, plan.deal_id)).finished_at is None


async def test_dates_become_firm_once_and_the_close_can_move(house: House) -> None:
    plan = await planned(house)
    firm = await change(house, plan, PlanChange("firm", "made the dates firm", firm=True), at=3)
    assert firm is not None
    day = CLOSED + timedelta(days=3)
    applied = await house.write(
        lambda session: plans.apply(
            session, firm.plan, PlanChange("close", "moved day 0"), by=None, now=later(4), closed_on=day
        )
    )
    assert applied is not None
    now = await loaded(house, plan.deal_id)
    assert (now.firm_at, now.closed_on, now.version) == (later(3), day, 3)


async def test_a_change_is_undone_from_what_was_written_down(house: House) -> None:
    plan = await planned(house)
    moved = replace(plan.milestones[0], due=None, owner=await ada(house))
    what = PlanChange("move", "moved it", (moved, milestone(4)), early_win="First login")
    applied = await change(house, plan, what, at=60)
    assert applied is not None
    stored = await house.read(lambda session: plans.find_change(session, applied.change_id))
    assert stored is not None
    assert (stored.deal_id, stored.action, stored.said, stored.at) == (plan.deal_id, "move", "moved it", later(60))
    assert (stored.by, stored.undone_at, stored.undone_by) == (await ada(house), None, None)
    back = undo(await loaded(house, plan.deal_id), stored.before, stored.after)
    assert isinstance(back, PlanChange)
    await change(house, applied.plan, back, at=90)
    now = await loaded(house, plan.deal_id)
    assert [replace(one, version=1, changed_at=None) for one in now.milestones] == [
        replace(one, changed_at=None) for one in plan.milestones
    ]
    assert now.early_win == ""


async def test_a_change_is_undone_by_one_person(house: House, other: Database) -> None:
    plan = await planned(house)
    applied = await change(house, plan, PlanChange("move", "moved it", (replace(plan.milestones[0], due=None),)))
    assert applied is not None
    who = await ada(house)

    async def mark(db: Database) -> bool:
        async with db.write() as tx:
            return await plans.mark_undone(tx.session, applied.change_id, by=who, now=later(7))

    assert (await at_once(*(mark(db) for db in (house.db, other) * 3))).count(True) == 1
    stored = await house.read(lambda session: plans.find_change(session, applied.change_id))
    assert stored is not None
    assert (stored.undone_at, stored.undone_by) == (later(7), who)


async def test_what_is_not_there_is_not_found(house: House) -> None:
    assert await house.read(lambda session: plans.find_change(session, 99)) is None
    assert await house.read(lambda session: plans.deal_of(session, 99)) is None
    plan = await planned(house)
    assert await house.read(lambda session: plans.deal_of(session, plan.milestones[0].id)) == plan.deal_id


async def test_a_deal_that_goes_takes_its_plan_along(house: House) -> None:
    plan = await planned(house)
    await change(house, plan, PlanChange("firm", "made the dates firm", firm=True))

    async def drop(session: Any) -> None:  # noqa: ANN401
        deal = await by_external_id(session, house.workspace, "D-1")
        await session.delete(deal)

    await house.write(drop)
    for table in (Plan, MilestoneRow, PlanChangeRow):
        count = (
            await house.read(lambda session, one=table: session.scalars(select(func.count()).select_from(one)))
        ).one()
        assert count == 0


# Many


async def many(house: House, deals: int, milestones: int) -> list[int]:
    """So many deals with plans, written past everything that is tested."""

    async def write(session: Any) -> list[int]:  # noqa: ANN401
        account = {"workspace_id": house.workspace, "external_id": "A", "name": "A", "updated_at": NOW}
        account |= {"domain": "", "segment": "", "region": ""}
        (account_id,) = (await session.execute(insert(Account).values(account).returning(Account.id))).one()
        rows = [
            {"workspace_id": house.workspace, "account_id": account_id, "external_id": f"M-{n}", "name": f"Deal {n}"}
            | {"search_name": f"deal {n}", "state": "open", "created_at": NOW, "updated_at": NOW}
            for n in range(deals)
        ]
        ids = list((await session.scalars(insert(Deal).returning(Deal.id), rows)).all())
        for deal_id in ids:
            await plans.insert_if_new(session, house.workspace, plan_of(deal_id, milestones), NOW)
        return ids

    return await house.write(write)


@pytest.mark.parametrize("deals", [10, 1_000])
async def test_any_number_of_plans_takes_three_queries(house: House, deals: int) -> None:
    """The weekly summary of 10,000 deals loads them in batches."""
    ids = await many(house, deals, 3)
    first = await loaded(house, ids[0])
    owned = replace(first.milestones[0], owner=await ada(house))
    await change(house, first, PlanChange("name", "named an owner", (owned,)))
    seen: list[str] = []

    def on_execute(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    async with house.db.read() as session:
        engine = session.get_bind().engine
        event.listen(engine, "before_cursor_execute", on_execute)
        try:
            found = await plans.load_many(session, [*ids, 10**9])
        finally:
            event.remove(engine, "before_cursor_execute", on_execute)
    assert len([one for one in seen if one.lstrip().upper().startswith("SELECT")]) == 3
    assert sorted(found) == sorted(ids)
    assert all(len(one.milestones) == 3 for one in found.values())
    assert found[ids[0]].milestones[0].owner == await ada(house)
