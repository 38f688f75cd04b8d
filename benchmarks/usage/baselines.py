"""The usual rules of the trade, to stand beside ours: 20 % below last week, and a robust z-score."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.usage.score import Said
from benchmarks.usage.truth import World

Matrix = NDArray[np.float64]
CALM = 4


def _filled(world: World) -> Matrix:
    counts = world.usage["logins"]
    alive = np.arange(counts.shape[1])[None, :] >= world.created[:, None]
    return np.where(alive & np.isnan(counts), 0.0, counts)


def twenty_percent(world: World) -> list[Said]:
    """Logins 20 % below the week before; one alert an account and week."""
    counts = _filled(world)
    low = counts[:, 1:] < 0.8 * counts[:, :-1]
    return [Said(int(account), int(week) + 1, "usage_drop") for account, week in np.argwhere(low)]


def robust_z(world: World) -> list[Said]:
    """Logins three robust standard deviations below the median of the last twelve weeks, two weeks running."""
    counts = _filled(world)
    said = []
    last = np.full(len(counts), -99)
    before = np.zeros(len(counts), bool)
    for week in range(12, counts.shape[1]):
        window = counts[:, week - 12 : week]
        known = ~np.isnan(window).any(axis=1)
        middle = np.where(known, np.median(window, axis=1), np.inf)
        spread = 1.4826 * np.median(np.abs(window - middle[:, None]), axis=1) + 0.5
        low = known & ((counts[:, week] - middle) / spread < -3)
        for account in np.flatnonzero(low & before & (week - last > CALM)):
            said.append(Said(int(account), week, "usage_drop"))
        last[low & before] = week
        before = low
    return said
