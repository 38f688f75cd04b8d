"""What billing told, read as a whole."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plays.changes import Change, Effect, Told, direction, episodes, standing, unknown_names
from domain.plays.plans import PlanOrder
from tests.domain.plays.samples import PLANS, at, ended, moved

HOUR = 60
DAY = 24 * HOUR


def effects(*changes: Change, base: str = "") -> list[tuple[str, str, str]]:
    return [(one.effect.value, one.before, one.after) for one in episodes(changes, PLANS, base)]


@pytest.mark.parametrize(
    ("before", "after", "delta", "effect"),
    [
        ("Starter", "Growth", None, Effect.UPGRADE),
        ("enterprise ", "PRO", None, Effect.DOWNGRADE),
        ("Starter", "Growth", -5, Effect.UPGRADE),
        ("Growth", "Pro", 900, Effect.NONE),
        ("Gold", "gold", 900, Effect.NONE),
        ("Gold", "Growth", None, Effect.NONE),
        ("Gold", "Growth", 0, Effect.NONE),
        ("Gold", "Growth", 10, Effect.UPGRADE),
        ("Growth", "Gold", -10, Effect.DOWNGRADE),
        ("", "Growth", None, Effect.NONE),
        ("", "Growth", 10, Effect.UPGRADE),
        ("Growth", "", -10, Effect.DOWNGRADE),
    ],
)
def test_up_down_or_neither(before: str, after: str, delta: int | None, effect: Effect) -> None:
    assert direction(before, after, None if delta is None else Decimal(delta), PLANS) is effect


def test_what_follows_within_an_hour_is_one_matter() -> None:
    assert effects(moved(0, "Starter", "Growth"), moved(HOUR, "Growth", "Premium")) == [
        ("upgrade", "Starter", "Premium")
    ]
    assert effects(moved(0, "Starter", "Growth"), moved(HOUR + 1, "Growth", "Premium")) == [
        ("upgrade", "Starter", "Growth"),
        ("upgrade", "Growth", "Premium"),
    ]
    assert effects(moved(0, "Growth", "Premium"), moved(59, "Premium", "Growth")) == [("none", "Growth", "Growth")]
    assert effects(moved(0, "Growth", "Premium"), moved(59, "Premium", "Starter")) == [
        ("downgrade", "Growth", "Starter")
    ]


def test_the_money_of_an_episode_is_added_up() -> None:
    (one,) = episodes([moved(0, "Starter", "Growth", 100), moved(5, "Growth", "Premium", 250)], PLANS)
    assert one.delta == Decimal(350)
    (one,) = episodes([moved(0, "Starter", "Growth")], PLANS)
    assert one.delta is None


def test_at_one_moment_the_one_that_begins_where_the_customer_is_goes_first() -> None:
    there, back = moved(0, "Growth", "Premium", number=2), moved(0, "Premium", "Growth", number=1)
    assert effects(back, there, base="Growth") == [("none", "Growth", "Growth")]
    assert effects(there, back, moved(-DAY, "Starter", "Growth")) == [
        ("upgrade", "Starter", "Growth"),
        ("none", "Growth", "Growth"),
    ]


def test_without_a_first_plan_the_one_that_was_known_counts() -> None:
    assert effects(moved(0, "", "Premium"), base="Starter") == [("upgrade", "Starter", "Premium")]
    assert effects(moved(0, "Starter", "Growth"), moved(DAY, "", "Starter")) == [
        ("upgrade", "Starter", "Growth"),
        ("downgrade", "Growth", "Starter"),
    ]


def test_a_cancellation_holds_until_a_known_plan_comes_after_it() -> None:
    told = [ended(0, 30, "too dear"), moved(DAY, "Growth", ""), moved(2 * DAY, "", "Free", -900), ended(3 * DAY, 20)]
    (one,) = episodes(told, PLANS, "Growth")
    assert (one.effect, one.effective_at) == (Effect.CANCEL, told[3].effective_at)
    assert standing(told, PLANS, "Growth").leaving == told[3]
    back = [*told, moved(4 * DAY, "Growth", "Growth")]
    assert [one.effect for one in episodes(back, PLANS, "Growth")] == [Effect.CANCEL, Effect.KEPT]
    assert standing(back, PLANS, "Growth").leaving is None
    lower = episodes([ended(0), moved(DAY, "Premium", "Starter")], PLANS, "Premium")
    assert [(one.effect, one.returned) for one in lower] == [(Effect.CANCEL, False), (Effect.DOWNGRADE, True)]


def test_a_cancellation_that_is_taken_back_at_once_is_nothing() -> None:
    (one,) = episodes([ended(0), moved(20, "Growth", "Growth")], PLANS, "Growth")
    assert one.effect is Effect.NONE


def test_no_plan_told_with_the_cancellation_belongs_to_it() -> None:
    (one,) = episodes([moved(0, "Growth", "", -900), ended(0)], PLANS)
    assert one.effect is Effect.CANCEL


def test_unknown_plans_are_named_once() -> None:
    told = [moved(0, "Gold", "Growth"), moved(1, "growth", "GOLD "), moved(2, "", "Silver  2"), ended(3)]
    assert unknown_names(told, PLANS) == ("Gold", "Silver 2")
    assert unknown_names([moved(0, "a", "b")], PlanOrder()) == ("a", "b")


names = st.sampled_from(["Starter", "Growth", "Premium", "Enterprise", "Gold", ""])
minutes = st.integers(0, 12).map(lambda place: place * 25)
deltas = st.none() | st.integers(-500, 500).map(Decimal)
tellings = st.lists(
    st.one_of(
        st.builds(
            lambda when, before, after, delta: (Told.PLAN, when, before, after, delta, None),
            *(minutes, names, names, deltas),
        ),
        st.builds(lambda when, ends: (Told.CANCEL, when, "", "", None, ends), minutes, st.integers(-2, 3)),
    ),
    max_size=7,
    unique_by=lambda told: (told[0], told[1], told[2], told[3], told[5]),
)


def numbered(found: list[tuple[Told, int, str, str, Decimal | None, int | None]], first: int = 1) -> list[Change]:
    """These as rows that came in this order."""
    return [
        Change(number, kind, at(when), before, after, delta, None if ends is None else at(ends * DAY))
        for number, (kind, when, before, after, delta, ends) in enumerate(found, first)
    ]


@settings(deadline=None)
@given(tellings, st.randoms(use_true_random=False), names)
def test_the_order_in_which_they_come_changes_nothing(
    found: list[tuple[Told, int, str, str, Decimal | None, int | None]], chance: Random, base: str
) -> None:
    mixed = list(found)
    chance.shuffle(mixed)

    def read(changes: list[Change]) -> list[tuple[object, ...]]:
        return [
            (one.effect, one.before, one.after, one.delta, one.effective_at, one.returned, len(one.changes))
            for one in episodes(changes, PLANS, base)
        ]

    assert read(numbered(found)) == read(numbered(mixed))


@settings(deadline=None)
@given(tellings)
def test_every_change_is_in_one_episode_in_order(
    found: list[tuple[Told, int, str, str, Decimal | None, int | None]],
) -> None:
    told = numbered(found)
    read = [change for one in episodes(told, PLANS) for change in one.changes]
    assert sorted(one.id for one in read) == [one.id for one in told]
    assert [one.at for one in read] == sorted(one.at for one in told)
