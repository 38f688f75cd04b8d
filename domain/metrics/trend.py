"""Whether a row of months goes up or down by more than chance: Mann-Kendall, and how much by Sen's slope.

H. B. Mann, “Nonparametric tests against trend”, Econometrica 13 (1945) 245–259; M. G. Kendall, “Rank Correlation
Methods” (1975), chapter 4; P. K. Sen, “Estimates of the regression coefficient based on Kendall's tau”, Journal of the
American Statistical Association 63 (1968) 1379–1389. With ties and the continuity correction as in R. O. Gilbert,
“Statistical Methods for Environmental Pollution Monitoring” (1987), sections 16.4 and 16.5. The test asks only for the
order of the months, so that one odd month decides nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import erfc, sqrt
from typing import Any, Final

import numpy as np

LEAST: Final = 8
"""Months below which nothing is said: with fewer even a perfect row is little evidence, and the normal approximation is
poor."""
SURE: Final = 0.01
"""A trend is told when chance alone would show one as clear in less than one of a hundred such rows. Some eight rows
are judged at each look: at the usual 5 % every third look would show a trend that is none."""


class Way(StrEnum):
    """Where a row of months goes."""

    UP = "up"
    DOWN = "down"
    NONE = "none"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Judged:
    """``p`` how often chance alone shows as much (two-sided), ``slope`` the median change a month (Sen)."""

    way: Way
    p: float = 1.0
    slope: float = 0.0


def judge(values: Sequence[float | None]) -> Judged:
    """Judge a row of months, the oldest first, None for a month nothing is known of. Numbers must be finite."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    count = len(known)
    if count < LEAST:
        return Judged(Way.TOO_FEW)
    at = np.array([place for place, _ in known], dtype=np.float64)
    row = np.array([value for _, value in known], dtype=np.float64)
    first, second = np.triu_indices(count, 1)
    score = float(np.sign(row[second] - row[first]).sum())
    _, sizes = np.unique(row, return_counts=True)
    ties: Any = sizes * (sizes - 1) * (2 * sizes + 5)
    variance = (count * (count - 1) * (2 * count + 5) - float(ties.sum())) / 18
    if variance <= 0 or score == 0:
        return Judged(Way.NONE)
    z = (abs(score) - 1) / sqrt(variance)
    p = erfc(z / sqrt(2))
    slope = float(np.median((row[second] - row[first]) / (at[second] - at[first])))
    if p >= SURE:
        return Judged(Way.NONE, p, slope)
    return Judged(Way.UP if score > 0 else Way.DOWN, p, slope)
