"""What sales forgets to tell, by seller: which fields were missing when a handoff was first handed in, how often it was
given back, and what had to be asked after it was accepted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from domain.handoff import Answers
from domain.handoff_score import completeness

MOST_FIELDS: Final = 3
"""Fields named for each seller, and for all."""
LEAST: Final = 3
"""Handoffs below which nothing is concluded about one seller."""


@dataclass(frozen=True, slots=True)
class First:
    """A handoff as it was first handed in, by the seller with this key ('' for none)."""

    seller: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class Forgets:
    """One seller, or all of them (``seller`` '*'): ``handoffs`` handed in, which fields were ``missing`` how often (the
    most often first), how often given ``returned``, and how many questions were ``asked`` after acceptance."""

    seller: str
    handoffs: int
    missing: tuple[tuple[str, int], ...] = ()
    returned: int = 0
    asked: int = 0

    @property
    def is_telling(self) -> bool:
        """Whether there are enough handoffs to conclude anything."""
        return self.handoffs >= LEAST

    @property
    def trouble(self) -> float:
        """What went wrong for each handoff: what sellers are ordered by."""
        if not self.handoffs:
            return 0.0
        return (sum(count for _, count in self.missing) + self.returned + self.asked) / self.handoffs


@dataclass(slots=True)
class _Tally:
    handoffs: int = 0
    missing: Counter[str] = field(default_factory=Counter[str])


def retro(
    firsts: Iterable[First], returned: Mapping[str, int], asked: Mapping[str, int]
) -> tuple[Forgets, tuple[Forgets, ...]]:
    """All sellers together, and one by one: those with enough handoffs first, then the most trouble for each handoff.
    ``returned`` and ``asked`` are counts by seller."""
    by_seller: dict[str, _Tally] = {}
    every = _Tally()
    for one in firsts:
        missing = completeness(one.answers).missing
        for tally in (every, by_seller.setdefault(one.seller, _Tally())):
            tally.handoffs += 1
            tally.missing.update(missing)
    whole = _forgets("*", every, sum(returned.values()), sum(asked.values()))
    parts = [
        _forgets(seller, tally, returned.get(seller, 0), asked.get(seller, 0)) for seller, tally in by_seller.items()
    ]
    return whole, tuple(sorted(parts, key=lambda one: (not one.is_telling, -one.trouble, one.seller)))


def _forgets(seller: str, tally: _Tally, returned: int, asked: int) -> Forgets:
    most = sorted(tally.missing.items(), key=lambda one: (-one[1], one[0]))[:MOST_FIELDS]
    return Forgets(seller, tally.handoffs, tuple(most), returned, asked)
