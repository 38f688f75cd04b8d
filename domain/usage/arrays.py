"""Small computations over all accounts at once. Vectors have one entry an account; NaN means not known."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
History = NDArray[np.float32]
"""Weeks × accounts, the oldest first."""
Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]

MEDIAN_VARIANCE = np.pi / 2
"""The variance of a median of n normal values is about π/2 · σ²/n."""
MAD_TO_SD = 1.4826


def column_medians(rows: History, least: int) -> Vector:
    """The median of each column (weeks × accounts), NaN left out; NaN where fewer than `least` are known."""
    known = np.count_nonzero(~np.isnan(rows), axis=0)
    ordered = np.sort(rows, axis=0)  # NaN sorts last
    lower = np.maximum(known - 1, 0) // 2
    upper = np.minimum(known // 2, len(rows) - 1)
    picked = (np.take_along_axis(ordered, lower[None, :], 0) + np.take_along_axis(ordered, upper[None, :], 0))[0] / 2
    return np.where(known >= max(1, least), picked, np.nan).astype(np.float64)


def group_medians(values: Vector, codes: Codes, groups: int) -> tuple[Vector, Vector]:
    """Median and number of the known values of each group; `codes` are 0 … groups-1, negative for none."""
    used = ~np.isnan(values) & (codes >= 0)
    kept, of = values[used], codes[used]
    order = np.lexsort((kept, of))
    kept = kept[order]
    counts = np.bincount(of, minlength=groups)
    starts = np.cumsum(counts) - counts
    medians = np.full(groups, np.nan)
    some = counts > 0
    lower = starts[some] + (counts[some] - 1) // 2
    upper = starts[some] + counts[some] // 2
    medians[some] = (kept[lower] + kept[upper]) / 2
    return medians, counts.astype(np.float64)


def take(of_groups: Vector, codes: Codes, otherwise: float) -> Vector:
    """Each account's group's value; `otherwise` where it has no group."""
    if not len(of_groups):
        return np.full(len(codes), otherwise)
    return np.where(codes >= 0, of_groups[np.maximum(codes, 0)], otherwise)


def median_of(values: NDArray[Any]) -> float:
    """The median of the known values; NaN when there is none."""
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else float("nan")
