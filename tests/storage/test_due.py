"""Rows of the clock: ensured once, taken by one, moved with people and zones."""

import asyncio
from datetime import UTC, date, datetime, time

from sqlalchemy import select, update

from storage import due
from storage.database import Database
from storage.due import Advance, NewDue
from storage.models import Workspace
from storage.plan_models import Due
from tests.storage.house import NOW, House

DAY = date(2026, 11, 23)


def row(number: int = 1, *, zone: str = "UTC", day: date = DAY, kind: str = "weekly_summary") -> NewDue:
    return NewDue(kind, f"deal:{number}", zone, day)


async def every(house: House) -> list[Due]:
    async with house.db.read() as session:
        return list((await session.scalars(select(Due).order_by(Due.id))).all())


async def ensure(house: House, *rows: NewDue) -> None:
    await house.write(lambda session: due.ensure(session, house.workspace, rows))


async def test_a_row_that_is_there_keeps_its_day_and_one_that_ended_begins_anew(house: House) -> None:
    await ensure(house, row())
    await ensure(house, row(day=date(2026, 12, 24)))
    (found,) = await every(house)
    assert (found.on_day, found.next_due_utc) == (DAY, datetime(2026, 11, 23, 9, tzinfo=UTC))
    async with house.db.write() as tx:
        taken = await due.take(tx.session, NOW)
        await due.advance(tx.session, [Advance(taken[0], None, DAY, "done")])
    assert (await every(house))[0].next_due_utc is None
    await ensure(house, row(day=date(2026, 12, 24), zone="Asia/Tokyo"))
    (found,) = await every(house)
    assert found.next_due_utc == datetime(2026, 12, 24, 0, tzinfo=UTC)
    assert found.covered == DAY


async def test_only_what_is_due_is_taken_the_oldest_first_and_at_most_so_many(house: House) -> None:
    await ensure(house, *(row(number, zone="Europe/Stockholm") for number in range(4)), row(9))
    await ensure(house, row(5, zone="Asia/Tokyo"), row(6, day=date(2026, 11, 24)))
    async with house.db.write() as tx:
        taken = await due.take(tx.session, NOW, 3)
    assert [one.subject for one in taken] == ["deal:5", "deal:0", "deal:1"]
    assert taken[0].wall == time(9)


async def test_two_processes_never_have_the_same_row_in_hand(house: House, other: Database) -> None:
    await ensure(house, *(row(number) for number in range(20)))
    found: list[str] = []

    async def take(db: Database) -> None:
        while True:
            async with db.write() as tx:
                taken = await due.take(tx.session, NOW, 5)
                if not taken:
                    return
                found.extend(one.subject for one in taken)
                await asyncio.sleep(0)
                await due.advance(tx.session, [Advance(one, date(2026, 11, 30), DAY) for one in taken])

    await asyncio.gather(take(house.db), take(other))
    await take(house.db)
    assert sorted(found) == sorted(f"deal:{number}" for number in range(20))


async def test_who_moves_takes_their_rows_along(house: House) -> None:
    ada = house.people["Ada"]
    await house.write(lambda session: due.ensure_mornings(session, house.workspace, [(ada, "Europe/Stockholm")], NOW))
    (found,) = await every(house)
    # It was ten in Stockholm: the next morning is the first.
    assert found.next_due_utc == datetime(2026, 11, 24, 8, tzinfo=UTC)
    await house.write(lambda session: due.retime_person(session, ada, "Asia/Tokyo"))
    (found,) = await every(house)
    assert (found.zone, found.on_day, found.next_due_utc) == (
        "Asia/Tokyo", date(2026, 11, 24), datetime(2026, 11, 24, tzinfo=UTC),
    )  # fmt: skip
    await house.write(lambda session: due.morning_at(session, ada, "Asia/Tokyo", time(11)))
    assert (await every(house))[0].next_due_utc == datetime(2026, 11, 24, 2, tzinfo=UTC)


async def test_a_finished_deal_is_not_asked_about(house: House) -> None:
    number = await house.deal()
    await ensure(house, NewDue("weekly_summary", f"deal:{number}", "UTC", DAY, deal_id=number), row(99))
    await house.write(lambda session: due.retime_deal(session, [number], "Asia/Tokyo"))
    assert (await every(house))[0].next_due_utc == datetime(2026, 11, 23, tzinfo=UTC)
    await house.write(lambda session: due.drop_deal(session, number))
    assert [one.subject for one in await every(house)] == ["deal:99"]


async def test_new_rules_of_a_zone_move_what_they_change(house: House) -> None:
    await ensure(house, *(row(number, zone="Europe/Stockholm") for number in range(5)))
    async with house.db.write() as tx:
        # As the rules of last year had it: an hour off for two of them.
        wrong = update(Due).where(Due.subject.in_(("deal:1", "deal:3")))
        await tx.session.execute(wrong.values(next_due_utc=datetime(2026, 11, 23, 7, tzinfo=UTC)))
    beyond: int | None = 0
    while beyond is not None:
        last = beyond
        beyond = await house.write(lambda session, last=last: due.by_new_rules(session, last, 2))
    assert {one.next_due_utc for one in await every(house)} == {datetime(2026, 11, 23, 8, tzinfo=UTC)}
    assert await house.read(lambda session: due.other_rules(session, "2026f"))
    await house.write(lambda session: due.keep_rules(session, "2026f"))
    assert not await house.read(lambda session: due.other_rules(session, "2026f"))
    async with house.db.read() as session:
        assert (await session.scalars(select(Workspace.zone_rules))).all() == ["2026f"]
