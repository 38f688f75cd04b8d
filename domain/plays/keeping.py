"""Which plays there have to be, given what billing told: which are opened, brought up to date, or fall away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.plays.changes import Effect, Episode

STALE: Final = timedelta(days=30)
"""Nobody is told of what is longer ago than this when it is first heard of: it is history, from an import."""


class Gone(StrEnum):
    """Why a play holds no more. ``undone``: put back within the hour; ``turned``: within the hour it became the
    opposite; ``joined``: another play is about the same; ``later``: a newer change took its place; ``returned``: the
    cancellation was withdrawn."""

    UNDONE = "undone"
    TURNED = "turned"
    JOINED = "joined"
    LATER = "later"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Known:
    """A play as it is kept. ``anchor`` is the id of the change it was opened for; ``gone`` None while it holds."""

    id: int
    anchor: int
    effect: Effect
    is_open: bool
    gone: Gone | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """What is to be done: plays to open, plays (by id) with the episode they are about now, and plays that fall away.
    Plays that are in neither stay as they are."""

    opened: tuple[Episode, ...] = ()
    held: tuple[tuple[int, Episode], ...] = ()
    gone: tuple[tuple[int, Gone], ...] = ()


def keep(found: Sequence[Episode], plays: Sequence[Known], now: datetime) -> Steps:
    """One play at most is open: that of the newest episode that comes to anything. What was settled by a person stays
    settled. Only the newest is ever opened, so a late telling of something older says nothing."""
    newest = max((place for place, one in enumerate(found) if one.effect is not Effect.NONE), default=-1)
    opened: list[Episode] = []
    held: list[tuple[int, Episode]] = []
    gone: list[tuple[int, Gone]] = []
    for place, episode in enumerate(found):
        ids = {change.id for change in episode.changes}
        mine = sorted((one for one in plays if one.anchor in ids), key=lambda one: one.id)
        main = next((one for one in mine if one.effect is episode.effect), None)
        gone += [(one.id, _why(one, episode)) for one in mine if one is not main]
        if main is not None and place == newest:
            held.append((main.id, episode))
        elif main is not None and main.is_open:
            gone.append((main.id, _later(main, found[newest])))
        elif main is None and place == newest and now - episode.last_at <= STALE:
            opened.append(episode)
    return Steps(tuple(opened), tuple(held), tuple(gone))


def _why(play: Known, episode: Episode) -> Gone:
    if play.effect is episode.effect:
        return Gone.JOINED
    return Gone.UNDONE if episode.effect is Effect.NONE else Gone.TURNED


def _later(play: Known, newest: Episode) -> Gone:
    withdrawn = play.effect is Effect.CANCEL and newest.effect is not Effect.CANCEL
    return Gone.RETURNED if withdrawn else Gone.LATER
