"""Slack's pace, by a clock given to it: in memory, and shared in PostgreSQL."""

import asyncio
import itertools
from collections.abc import AsyncGenerator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.pacing import METHOD_TIER, POST, TIERS, UPDATE, MemorySlots, Pacer, Slots, Window
from storage.database import Database
from storage.pace import Limit, SharedSlots


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def shared(postgres_url: str) -> AsyncGenerator[Database]:
    db = Database(postgres_url)
    yield db
    await db.close()


@pytest.fixture(params=["memory", "shared"])
def slots(request: pytest.FixtureRequest, clock: Clock) -> Slots:
    if request.param == "memory":
        return MemorySlots(clock)
    return SharedSlots(request.getfixturevalue("shared"), clock)


@given(
    size=st.integers(1, 20),
    span=st.floats(0.1, 100),
    asked=st.lists(st.tuples(st.floats(0, 50), st.integers(1, 9)), min_size=1, max_size=80),
)
def test_never_more_than_size_slots_in_any_span(size: int, span: float, asked: list[tuple[float, int]]) -> None:
    window, now, taken = Window(Limit(size, span)), 0.0, list[float]()
    for gap, most in asked:
        now += gap
        granted = window.take(most, now)
        assert granted.count <= most
        assert (granted.wait_s > 0) == (granted.count < most)
        taken += [now] * granted.count
        if granted.count < most:
            assert Window.take(window, 1, now).count == 0
    for first, beyond in zip(taken, taken[size:], strict=False):
        assert beyond - first >= span * 0.999_999


async def test_slots_are_given_until_there_are_no_more_and_again_when_they_are_old(slots: Slots, clock: Clock) -> None:
    limit = Limit(5, 10)
    assert await slots.take("a", 3, limit) == (await slots.take("b", 3, limit))
    clock.now += 4
    granted = await slots.take("a", 3, limit)
    assert (granted.count, granted.wait_s) == (2, 6)
    clock.now += 5
    granted = await slots.take("a", 1, limit)
    assert (granted.count, granted.wait_s) == (0, 1)
    clock.now += 1
    granted = await slots.take("a", 4, limit)
    assert (granted.count, granted.wait_s) == (3, 4)


async def test_nobody_gets_more_at_once_than_there_are(slots: Slots) -> None:
    assert (await slots.take("a", 99, Limit(5, 10))).count == 5


async def test_a_pause_ends_when_the_longest_that_was_asked_for_ends(slots: Slots, clock: Clock) -> None:
    limit = Limit(2, 1)
    await slots.hold("a", 20)
    await slots.hold("a", 5)
    granted = await slots.take("a", 1, limit)
    assert (granted.count, granted.wait_s) == (0, 20)
    assert (await slots.take("b", 1, limit)).count == 1
    clock.now += 20
    assert (await slots.take("a", 1, limit)).count == 1


async def test_many_at_once_in_many_processes_get_what_there_is_once(postgres_url: str) -> None:
    many = [Database(postgres_url) for _ in range(3)]
    clock = Clock()
    asked = (SharedSlots(db, clock).take("a", 2, Limit(21, 10)) for db in many * 8)
    granted = await asyncio.gather(*asked)
    assert sum(one.count for one in granted) == 21
    for db in many:
        await db.close()


async def test_the_databases_own_clock_is_used_when_none_is_given(shared: Database) -> None:
    slots = SharedSlots(shared)
    assert (await slots.take("a", 2, Limit(2, 30))).count == 2
    granted = await slots.take("a", 1, Limit(2, 30))
    assert granted.count == 0
    assert 29 < granted.wait_s <= 30


# The pacer


@pytest.mark.parametrize("method", sorted(METHOD_TIER))
async def test_each_method_keeps_the_rate_of_its_tier(method: str, clock: Clock) -> None:
    pacer = Pacer(1, clock)
    allowed = TIERS[METHOD_TIER[method]]
    assert [(await pacer.take(method)).count for _ in range(allowed + 1)] == [1] * allowed + [0]
    assert pacer.closed(method) == 60
    clock.now += 60
    assert (await pacer.take(method)).count == 1


async def test_posts_go_three_in_a_row_and_then_one_a_second_into_each_room(clock: Clock) -> None:
    pacer = Pacer(1, clock)
    assert [await pacer.enter("C1") for _ in range(5)] == [0, 0, 0, 3, 3]
    assert pacer.full_rooms() == {"C1": 3}
    assert await pacer.enter("C2") == 0
    clock.now += 3
    assert pacer.full_rooms() == {}
    assert await pacer.enter("C1") == 0


@pytest.mark.parametrize("limit", [1, 30, 59, 60, 300, 777, 6_000, 100_000])
async def test_posts_of_a_workspace_are_spread_over_the_minute(limit: int, clock: Clock) -> None:
    pacer, began, said = Pacer(1, clock, posts_per_minute=limit), clock.now, list[float]()
    while clock.now - began < 130:
        granted = await pacer.take(POST, 10)
        said += [clock.now] * granted.count
        clock.now += granted.wait_s + 0.000_001 if granted.count < 10 else 0.0
    for first, beyond in zip(said, said[limit:], strict=False):
        assert beyond - first > 60
    assert len(said) >= 0.95 * limit * 2
    longest = max(after - before for before, after in itertools.pairwise(said))
    assert longest <= max(1.03, 60 / limit * 1.03), "the urgent finds a slot soon"


async def test_a_factor_makes_it_faster_and_nought_takes_the_limits_away(clock: Clock) -> None:
    twice = Pacer(2, clock)
    assert (await twice.take("conversations.create", 21)).count == 20
    assert twice.closed("conversations.create") == 30
    assert (await twice.take(POST, 99)).count == 10
    free = Pacer(0, clock)
    assert (await free.take("conversations.create", 500)).count == 500
    assert (await free.take(POST, 500)).count == 500
    assert {await free.enter("C1") for _ in range(50)} == {0}


async def test_what_is_given_back_is_there_for_the_next_but_not_for_long(clock: Clock) -> None:
    pacer = Pacer(1, clock)
    assert (await pacer.take(POST, 5)).count == 5
    assert (await pacer.take(POST)).count == 0
    pacer.give_back(POST, 2)
    assert pacer.closed(POST) == 0
    assert (await pacer.take(POST, 3)).count == 2
    pacer.give_back(POST)
    clock.now += 1
    assert (await pacer.take(POST)).count == 0, "what is not used in time would be one too many later"


async def test_a_lot_is_taken_at_once_and_used_one_by_one(clock: Clock) -> None:
    pacer = Pacer(1, clock)
    assert (await pacer.take(POST, lot=4)).count == 1
    clock.now += 0.5
    assert (await pacer.take(POST, lot=4)).count == 1
    clock.now += 0.5
    counts = [(await pacer.take(POST, lot=4)).count for _ in range(3)]
    assert counts == [1, 0, 0], "what was kept is as old as when it was taken"


async def test_retry_after_holds_everything_of_the_method_also_what_was_given_back(clock: Clock) -> None:
    pacer = Pacer(1, clock)
    assert (await pacer.take(POST)).count == 1
    await pacer.hold(POST, 20)
    pacer.give_back(POST)
    assert (await pacer.take(POST)).count == 0
    assert (await pacer.take(UPDATE)).count == 1
    assert (pacer.held(POST), pacer.closed(POST)) == (20, 20)
    await pacer.hold(POST, 5)
    assert pacer.held(POST) == 20, "a shorter pause asked for meanwhile does not end the longer one"
    clock.now += 20
    assert pacer.held(POST) == 0
    assert (await pacer.take(POST)).count == 1


async def test_a_hold_without_limits_is_obeyed_too(clock: Clock) -> None:
    pacer = Pacer(0, clock)
    await pacer.hold(UPDATE, 9)
    granted = await pacer.take(UPDATE)
    assert (granted.count, granted.wait_s) == (0, 9)


async def test_a_pause_one_process_was_asked_for_is_kept_by_all(shared: Database, clock: Clock) -> None:
    first, second = (Pacer(1, clock, slots=SharedSlots(shared, clock)) for _ in range(2))
    await first.hold(POST, 20)
    assert (await second.take(POST)).wait_s == 20
    assert second.closed(POST) == 20


async def test_processes_share_what_a_room_and_a_workspace_take(shared: Database, clock: Clock) -> None:
    first, second = (Pacer(1, clock, slots=SharedSlots(shared, clock)) for _ in range(2))
    assert [await first.enter("C1"), await second.enter("C1"), await first.enter("C1")] == [0, 0, 0]
    assert await second.enter("C1") == 3
    assert ((await first.take(POST, 3)).count, (await second.take(POST, 3)).count) == (3, 2)


async def test_methods_without_a_published_rate_are_free(clock: Clock) -> None:
    assert (await Pacer(1, clock).take("auth.test", 300)).count == 300


async def test_those_who_wait_are_served_in_order() -> None:
    pacer, order = Pacer(60_000), list[int]()
    await pacer.take("users.list", 20)

    async def wait(number: int) -> None:
        await pacer.turn("users.list")
        order.append(number)

    await asyncio.gather(*(wait(number) for number in range(50)))
    assert order == list(range(50))


async def test_rooms_that_are_idle_are_forgotten(clock: Clock) -> None:
    slots = MemorySlots(clock)
    for number in range(10_002):
        await slots.take(f"C{number}", 1, Limit(3, 3))
    clock.now += 61
    await slots.take("new", 1, Limit(3, 3))
    assert len(slots._windows) == 1  # pyright: ignore[reportPrivateUsage]
