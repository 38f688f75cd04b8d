"""Step 1: what peers did the same week, so that only an account's own fall remains.

The week's ratio (count over the account's own level) has a median over the fleet; segment, region, size class and
region × segment each add the median of what is left, less its own uncertainty: a difference d with standard error s
counts as d·max(0, 1 − λ s²/d²) (the non-negative garrote, Breiman 1995). A small group thus leans on the larger ones by
itself.
"""

from collections import deque
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from domain.usage.arrays import MAD_TO_SD, MEDIAN_VARIANCE, Mask, Vector, group_medians, median_of, take
from domain.usage.fleet import Fleet, Groups, crossed
from domain.usage.settings import PeerSettings

_LOWEST = 0.02
_FEW = 3


@dataclass(frozen=True, slots=True)
class PeerWeek:
    """One week: `factor` (C) is what peers did, per account; `scatter` (V) their excess scatter; `fleet` the fleet's
    median ratio, NaN when too few accounts have a level."""

    factor: Vector
    scatter: float
    fleet: float


class Peers:
    """The peers of one metric, week after week."""

    def __init__(self, fleet: Fleet, settings: PeerSettings) -> None:
        self._settings = settings
        self._ways: tuple[Groups, ...] = ()
        if settings.use_groups:
            ways = (fleet.segment, fleet.region, fleet.size, crossed(fleet.region, fleet.segment))
            self._ways = tuple(way for way in ways if len(way.names) > 1)
        self._ratios: deque[float] = deque(maxlen=settings.memory_weeks)
        self._scatters: deque[float] = deque(maxlen=settings.scatter_weeks)
        self._count = len(fleet)
        self._low_share = settings.low_share if self._ways else settings.low_share_alone
        self._low_sd = -NormalDist().inv_cdf(self._low_share)

    def week(self, counts: Vector, level: Vector, usable: Mask) -> PeerWeek:
        """What the peers did beside their `level`; `usable` leaves out accounts whose feed is broken."""
        asked = self._settings
        known = usable & ~np.isnan(counts) & (level >= asked.smallest_base)
        if np.count_nonzero(known) < asked.fewest_peers:
            return PeerWeek(np.ones(self._count), 0.0, float("nan"))
        ratio = np.where(known, counts / np.where(known, level, 1.0), np.nan)
        fleet = max(_LOWEST, median_of(ratio))
        self._ratios.append(fleet)
        bias = min(1.0, max(asked.lowest_bias, median_of(np.array(self._ratios))))
        logs = np.log(np.maximum(ratio, 0.5 / np.where(known, level, 1.0))) - np.log(fleet)
        spread = MAD_TO_SD * median_of(np.abs(logs - median_of(logs)))
        own = np.zeros(self._count)
        left = logs
        for way in self._ways:
            medians, sizes = group_medians(left, way.codes, len(way.names))
            error2 = MEDIAN_VARIANCE * spread**2 / np.maximum(sizes, 1.0)
            medians = np.where((sizes >= _FEW) & ~np.isnan(medians), medians, 0.0)
            square = np.maximum(medians**2, 1e-12)
            effect = take(medians * np.maximum(0.0, 1.0 - asked.garrote * error2 / square), way.codes, 0.0)
            own += effect
            left = left - effect
        lowest = -float(np.quantile(left[known], self._low_share)) / self._low_sd
        scatter2 = max(MAD_TO_SD * median_of(np.abs(left)), lowest) ** 2
        usual = median_of(np.array(self._scatters)) if self._scatters else scatter2
        self._scatters.append(scatter2)
        return PeerWeek(fleet / bias * np.exp(own), max(0.0, scatter2 - usual), fleet)
