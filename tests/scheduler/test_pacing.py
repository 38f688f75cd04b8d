"""Slack's pace, by a clock given to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.pacing import METHOD_TIER, POST, TIERS, Pacer, Window


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@given(
    size=st.integers(1, 20),
    span=st.floats(0.1, 100),
    gaps=st.lists(st.floats(0, 50), min_size=1, max_size=80),
)
def test_never_more_than_size_slots_in_any_span(size: int, span: float, gaps: list[float]) -> None:
    window, now, slots = Window(size, span), 0.0, list[float]()
    for gap in gaps:
        now += gap
        slots.append(window.reserve(now))
        assert slots[-1] >= now
    assert slots == sorted(slots)
    for first, beyond in zip(slots, slots[size:], strict=False):
        assert beyond - first >= span * 0.999_999


@pytest.mark.parametrize("method", sorted(METHOD_TIER))
def test_each_method_keeps_the_rate_of_its_tier(method: str) -> None:
    clock = Clock()
    pacer = Pacer(1, clock)
    allowed = TIERS[METHOD_TIER[method]]
    waits = [pacer.reserve(method) for _ in range(allowed * 2)]
    assert waits[:allowed] == [0] * allowed
    assert all(wait == 60 for wait in waits[allowed:])


def test_posts_go_three_in_a_row_and_then_one_a_second_into_each_channel() -> None:
    pacer = Pacer(1, Clock())
    assert [pacer.reserve(POST, "C1") for _ in range(7)] == [0, 0, 0, 3, 3, 3, 6]
    assert pacer.reserve(POST, "C2") == 0


def test_a_factor_makes_it_faster_and_nought_takes_the_limits_away() -> None:
    assert [Pacer(2, Clock()).reserve(POST, "C1") for _ in range(3)] == [0, 0, 0]
    twice = Pacer(2, Clock())
    assert [twice.reserve("conversations.create") for _ in range(21)][-1] == 30
    free = Pacer(0, Clock())
    assert {free.reserve("conversations.create") for _ in range(500)} == {0}


def test_a_slot_is_kept_for_its_owner_until_used() -> None:
    clock = Clock()
    pacer = Pacer(1, clock)
    for _ in range(3):
        pacer.reserve(POST, "C1")
    assert pacer.reserve(POST, "C1", owner=7) == 3
    assert pacer.reserve(POST, "C1", owner=7) == 3, "asking again takes no second slot"
    clock.now += 2
    assert pacer.reserve(POST, "C1", owner=7) == 1
    clock.now += 5
    assert pacer.reserve(POST, "C1", owner=7) == 0
    pacer.used(7)
    pacer.used(7)
    assert [pacer.reserve(POST, "C1", owner=8) for _ in range(2)] == [0, 0]


def test_retry_after_holds_everything_of_the_method_also_what_has_its_slot() -> None:
    clock = Clock()
    pacer = Pacer(1, clock)
    assert pacer.reserve(POST, "C1", owner=1) == 0
    pacer.hold(POST, 20)
    assert pacer.reserve(POST, "C1", owner=1) == 20
    assert pacer.reserve(POST, "C2") == 20
    assert pacer.reserve("chat.update") == 0
    assert pacer.held(POST) == 20
    pacer.hold(POST, 5)
    assert pacer.held(POST) == 20, "a shorter pause asked for meanwhile does not end the longer one"
    clock.now += 20
    assert (pacer.held(POST), pacer.reserve(POST, "C3")) == (0, 0)


def test_a_hold_without_limits_is_obeyed_too() -> None:
    pacer = Pacer(0, Clock())
    pacer.hold("chat.update", 9)
    assert pacer.reserve("chat.update") == 9


def test_methods_without_a_published_rate_are_free() -> None:
    pacer = Pacer(1, Clock())
    assert {pacer.reserve("auth.test") for _ in range(300)} == {0}


def test_channels_that_are_idle_are_forgotten() -> None:
    clock = Clock()
    pacer = Pacer(1, clock)
    for number in range(10_002):
        pacer.reserve(POST, f"C{number}")
    clock.now += 61
    pacer.reserve(POST, "new")
    assert len(pacer._channels) == 1  # pyright: ignore[reportPrivateUsage]
