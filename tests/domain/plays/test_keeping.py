"""Which plays there are, in whatever order and however often billing tells."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plays.changes import Change, Effect, Episode, Told, episodes
from domain.plays.keeping import STALE, Gone, Known, keep
from tests.domain.plays.samples import NOON, PLANS, ended, moved
from tests.domain.plays.test_changes import DAY, numbered, tellings


@dataclass
class Shelf:
    """The plays of one customer as the database keeps them: each change once, plays by what ``keep`` says."""

    told: dict[tuple[object, ...], Change] = field(default_factory=dict[tuple[object, ...], Change])
    plays: dict[int, Known] = field(default_factory=dict[int, Known])
    about: dict[int, Episode] = field(default_factory=dict[int, Episode])

    def hear(self, *changes: Change, at: object = None) -> None:
        for one in changes:
            key = (one.kind, one.at, one.before, one.after, one.effective_at)
            if key in self.told:
                continue
            self.told[key] = replace(one, id=len(self.told) + 1)
            self.look()

    def look(self) -> None:
        steps = keep(episodes(self.told.values(), PLANS), list(self.plays.values()), NOON + timedelta(days=1))
        for number, why in steps.gone:
            self.plays[number] = replace(self.plays[number], gone=why)
        for number, episode in steps.held:
            self.plays[number] = replace(self.plays[number], gone=None)
            self.about[number] = episode
        for episode in steps.opened:
            number = len(self.plays) + 1
            keys = {(one.anchor, one.effect) for one in self.plays.values()}
            assert (episode.first.id, episode.effect) not in keys
            self.plays[number] = Known(number, episode.first.id, episode.effect, episode.effect is not Effect.KEPT)
            self.about[number] = episode

    def settle(self, number: int) -> None:
        self.plays[number] = replace(self.plays[number], is_open=False)

    @property
    def live(self) -> list[tuple[object, ...]]:
        """What the CSM has to do in the end, as it is told."""
        found = [self.about[one.id] for one in self.plays.values() if one.gone is None]
        return [
            (one.effect, one.before, one.after, one.delta, one.effective_at, one.returned)
            for one in found
            if one.effect is not Effect.KEPT
        ]

    @property
    def states(self) -> list[tuple[str, str]]:
        return [(one.effect.value, one.gone.value if one.gone else "") for one in self.plays.values()]


def shelf(*changes: Change) -> Shelf:
    found = Shelf()
    found.hear(*changes)
    return found


def test_up_and_back_is_one_play_that_holds_no_more() -> None:
    assert shelf(moved(0, "Growth", "Premium"), moved(30, "Premium", "Growth")).states == [("upgrade", "undone")]
    assert shelf(moved(30, "Premium", "Growth"), moved(0, "Growth", "Premium")).states == [("downgrade", "undone")]


def test_up_back_and_up_again_holds_again() -> None:
    found = shelf(moved(0, "Growth", "Premium"), moved(20, "Premium", "Growth"), moved(40, "Growth", "Enterprise"))
    assert found.states == [("upgrade", "")]
    assert found.about[1].after == "Enterprise"


def test_only_the_newest_is_open() -> None:
    found = shelf(moved(0, "Starter", "Growth"), moved(DAY, "Growth", "Premium"))
    assert found.states == [("upgrade", "later"), ("upgrade", "")]
    late = shelf(moved(DAY, "Growth", "Premium"), moved(0, "Starter", "Growth"))
    assert late.states == [("upgrade", "")]


def test_two_that_turn_out_to_be_one_matter_keep_the_first() -> None:
    found = shelf(moved(0, "Starter", "Growth"), moved(100, "Growth", "Premium"), moved(50, "Growth", "Growth"))
    assert found.states == [("upgrade", ""), ("upgrade", "joined")]
    assert (found.about[1].before, found.about[1].after) == ("Starter", "Premium")


def test_a_withdrawn_cancellation() -> None:
    assert shelf(ended(0), moved(DAY, "Growth", "Growth")).states == [("cancel", "returned"), ("kept", "")]
    assert shelf(ended(0), moved(DAY, "Growth", "Starter")).states == [("cancel", "returned"), ("downgrade", "")]
    late = shelf(moved(DAY, "Growth", "Growth"), ended(0))
    assert late.states == [("kept", "")]


def test_what_somebody_settled_stays_settled() -> None:
    found = shelf(moved(0, "Starter", "Growth"))
    found.settle(1)
    found.hear(moved(DAY, "Growth", "Premium"))
    assert found.states == [("upgrade", ""), ("upgrade", "")]


def test_history_says_nothing() -> None:
    told = episodes([moved(0, "Starter", "Growth", number=1)], PLANS)
    assert keep(told, [], NOON + STALE).opened == told
    assert keep(told, [], NOON + STALE + timedelta(seconds=1)).opened == ()


def test_of_a_play_of_which_nothing_is_known_any_more_nothing_is_said() -> None:
    assert keep((), [Known(1, 99, Effect.UPGRADE, is_open=True)], NOON).gone == ()


def test_why_it_fell_away_is_told_once_each() -> None:
    assert {one.value for one in Gone} == {"undone", "turned", "joined", "later", "returned"}


@settings(deadline=None)
@given(tellings, st.randoms(use_true_random=False), st.integers(0, 3))
def test_any_order_and_repetition_ends_in_the_same_plays(
    found: list[tuple[Told, int, str, str, Decimal | None, int | None]], chance: Random, again: int
) -> None:
    in_order = numbered(sorted(found, key=lambda one: one[1]))
    mixed = numbered(found) * (again + 1)
    chance.shuffle(mixed)
    first, second = shelf(*in_order), shelf(*mixed)
    assert len(second.live) <= 1
    assert first.live == second.live
    second.look()
    assert first.live == second.live


@settings(deadline=None)
@given(tellings)
def test_told_all_at_once_is_the_same_as_one_by_one(
    found: list[tuple[Told, int, str, str, Decimal | None, int | None]],
) -> None:
    told = numbered(found)
    at_once = Shelf()
    at_once.told = {(one.id,): one for one in told}
    at_once.look()
    assert at_once.live == shelf(*told).live
