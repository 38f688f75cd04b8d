"""The plans one sells, in order, what each adds, and what to say to a customer who comes to it or leaves it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from domain.words import fold


@dataclass(frozen=True, slots=True)
class Tier:
    """One plan. ``also``: other names billing has for it; ``adds``: what it gives over the one before it; ``say``: the
    talk track for a customer who comes to it from below. In all texts ``{customer}`` and ``{plan}`` stand for names.
    """

    name: str
    also: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    say: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Track:
    """What to say and what to ask; one line each."""

    say: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanOrder:
    """All plans, the smallest first, and the talk tracks that are the same for each of them. Names and other names are
    known once each, compared without case."""

    tiers: tuple[Tier, ...] = ()
    upgrade: Track = field(default_factory=Track)
    downgrade: Track = field(default_factory=Track)
    cancel: Track = field(default_factory=Track)

    def rank(self, name: str) -> int | None:
        """How far up a plan stands, 0 for the smallest; None for a name nobody knows."""
        wanted = folded(name)
        if not wanted:
            return None
        return next((place for place, tier in enumerate(self.tiers) if wanted in _names(tier)), None)

    def find(self, name: str) -> Tier | None:
        """The plan of this name."""
        place = self.rank(name)
        return None if place is None else self.tiers[place]

    def called(self, name: str) -> str:
        """A plan as we call it: by its own name, or as billing wrote it."""
        tier = self.find(name)
        return tier.name if tier else " ".join(name.split())

    def passed(self, before: str, after: str) -> tuple[Tier, ...]:
        """The plans between the two, with the one higher up and without the one lower down, in order; of an unknown
        first plan only the other. Nothing when they are the same, or ``after`` is unknown."""
        low, high = self.rank(before), self.rank(after)
        if high is None:
            return ()
        if low is None:
            return (self.tiers[high],)
        return self.tiers[min(low, high) + 1 : max(low, high) + 1]

    def is_unknown(self, name: str) -> bool:
        """Whether billing named a plan that is not among these."""
        return bool(folded(name)) and self.rank(name) is None


def folded(name: str) -> str:
    """A plan's name as it is compared."""
    return " ".join(fold(name).split())


def _names(tier: Tier) -> Iterator[str]:
    return (folded(name) for name in (tier.name, *tier.also))
