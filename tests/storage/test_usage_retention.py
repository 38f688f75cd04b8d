"""Old days are folded into their weeks' sums, a little at a time; stopped imports are remembered for a while."""

from datetime import timedelta

import pytest

from domain.usage.samples import week_number
from storage import usage_imports, usage_retention
from storage.usage_imports import Done
from tests.storage.house import NOW, House
from tests.storage.usage_house import UsageHouse, day, shown


@pytest.fixture
async def home(house: House) -> UsageHouse:
    made = UsageHouse(house)
    await made.account("A-0", "A-1", "A-2")
    await made.record(
        [
            (f"A-{number}", day(week, weekday), metric, number + weekday + 0.1)
            for number in range(3)
            for week in range(4)
            for weekday in (0, 3)
            for metric in ("logins", "users")
        ]
    )
    return made


async def fold(home: UsageHouse, before: int, most: int) -> bool:
    return await home.house.write(
        lambda session: usage_retention.fold_days(session, home.workspace, week_number(day(before)), most)
    )


async def days_of(home: UsageHouse, week: int) -> int:
    """How many numbers of the week are not its Monday's."""
    return sum(day(week) < when < day(week + 1) for _, _, when in await home.table())


async def test_old_days_become_sums_of_weeks_and_the_others_stay(home: UsageHouse) -> None:
    before = shown(await home.fleet(day(4)))
    assert not await fold(home, 2, 100)
    assert [await days_of(home, week) for week in range(4)] == [0, 0, 6, 6]
    assert shown(await home.fleet(day(4))) == before


async def test_folding_is_bounded_and_goes_on_where_it_stopped(home: UsageHouse) -> None:
    before = shown(await home.fleet(day(4)))
    folded: list[int] = []
    more = True
    while more:
        more = await fold(home, 4, 5)
        folded.append(24 - sum([await days_of(home, week) for week in range(4)]))
    assert folded == [5, 10, 15, 20, 24]
    assert shown(await home.fleet(day(4))) == before
    assert not await fold(home, 4, 5)


async def test_what_was_packed_stays_right(home: UsageHouse) -> None:
    while await home.pack(day(4)):
        pass
    before = shown(await home.fleet(day(4)))
    await fold(home, 4, 100)
    assert await home.pack(day(4)) == 0
    assert shown(await home.fleet(day(4))) == before


async def test_a_day_told_late_leaves_the_folded_sum_and_is_folded_too(home: UsageHouse) -> None:
    await fold(home, 2, 100)
    before = shown(await home.fleet(day(4)))
    await home.record([("A-1", day(0, 5), "logins", 99)])
    assert shown(await home.fleet(day(4))) == before
    await fold(home, 2, 100)
    assert await days_of(home, 0) == 0
    assert shown(await home.fleet(day(4))) == before


async def test_how_far_an_import_came_is_kept_until_its_end(house: House) -> None:
    async def load(digest: str) -> Done:
        return await house.read(lambda session: usage_imports.load(session, house.workspace, digest))

    assert await load("a") == Done()
    for done in (Done(10, 8, 2, 1, 0), Done(20, 15, 3, 1, 2)):
        await house.write(lambda session, done=done: usage_imports.keep(session, house.workspace, "a", done, NOW))
    assert await load("a") == Done(20, 15, 3, 1, 2)
    assert await load("b") == Done()
    await house.write(lambda session: usage_imports.end(session, house.workspace, "a"))
    assert await load("a") == Done()


async def test_an_import_nobody_goes_on_with_is_forgotten(house: House) -> None:
    for digest, days in (("old", 31), ("new", 29)):
        at = NOW - timedelta(days=days)
        await house.write(
            lambda session, digest=digest, at=at: usage_imports.keep(session, house.workspace, digest, Done(1), at)
        )
    before = NOW - timedelta(days=30)
    assert await house.write(lambda session: usage_imports.forget(session, house.workspace, before)) == 1
    assert await house.read(lambda session: usage_imports.load(session, house.workspace, "new")) == Done(1)
