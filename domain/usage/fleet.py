"""The accounts, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from domain.usage.arrays import Codes, Vector

LONG_AGO = -10_000
"""The week an account began in, when it is older than the history."""


@dataclass(frozen=True, slots=True)
class Groups:
    """One way to part the fleet: each account's group (-1: none) and the groups' names."""

    codes: Codes
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fleet:
    """Accounts in a fixed order. `created` counts weeks from the history's first, LONG_AGO when it began before that or
    nobody knows; `seats` is NaN where unknown; `patience` multiplies the evidence asked of an account."""

    ids: tuple[str, ...]
    created: Codes
    seats: Vector
    region: Groups
    segment: Groups
    size: Groups
    patience: Vector

    def __len__(self) -> int:
        return len(self.ids)


def groups(words: Sequence[str]) -> Groups:
    """Part accounts by a word each; the empty word is no group."""
    names = tuple(sorted({word for word in words if word}))
    places = {name: place for place, name in enumerate(names)}
    return Groups(np.array([places.get(word, -1) for word in words], dtype=np.int64), names)


def crossed(first: Groups, second: Groups) -> Groups:
    """Part accounts by both at once; accounts without one of the two are in no group. Only pairs that occur get one."""
    pairs = np.where((first.codes < 0) | (second.codes < 0), -1, first.codes * max(1, len(second.names)) + second.codes)
    found, codes = np.unique(pairs, return_inverse=True)
    shift = int(found.size > 0 and found[0] < 0)
    names = tuple(
        f"{first.names[pair // len(second.names)]} × {second.names[pair % len(second.names)]}"
        for pair in found[shift:].tolist()
    )
    return Groups(codes.astype(np.int64) - shift, names)


def make_fleet(
    ids: Sequence[str],
    *,
    created: Sequence[int] | None = None,
    regions: Sequence[str] | None = None,
    segments: Sequence[str] | None = None,
    sizes: Sequence[str] | None = None,
    seats: Sequence[float] | None = None,
    patience: Sequence[float] | None = None,
) -> Fleet:
    """A fleet from plain sequences in the order of `ids`; what is not given is not known. Raises ValueError when the
    lengths differ."""
    count = len(ids)
    for given in (created, regions, segments, sizes, seats, patience):
        if given is not None and len(given) != count:
            raise ValueError(f"There are {count} accounts, but {len(given)} values for them.")
    nothing = ("",) * count
    return Fleet(
        tuple(ids),
        np.array([LONG_AGO] * count if created is None else created, dtype=np.int64),
        np.array([np.nan] * count if seats is None else seats, dtype=np.float64),
        groups(nothing if regions is None else regions),
        groups(nothing if segments is None else segments),
        groups(nothing if sizes is None else sizes),
        np.array([1.0] * count if patience is None else patience, dtype=np.float64),
    )
