"""Nine ways in which a feed breaks, laid over a simulated history in nine parts of it."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.usage.truth import METRICS, Breakage, World

Matrix = NDArray[np.float64]
FIRST = 16


def break_feeds(world: World, rng: np.random.Generator, region: Matrix) -> list[Breakage]:
    """Break the feed nine times, never around New Year, and say where."""
    n, weeks = world.usage["logins"].shape
    largest = int(np.bincount(region).argmax())
    here = region == largest
    everyone = np.ones(n, bool)
    some = rng.random(n) < 0.9
    logins = ("logins",)
    kinds: list[tuple[str, int, Callable[[int], None]]] = [
        ("all rows of a week missing", 1, lambda t: _lose(world, METRICS, everyone, t, np.nan)),
        ("all zero for two weeks", 2, lambda t: _lose(world, METRICS, everyone, t, 0.0)),
        ("half of all events lost", 1, lambda t: _lose(world, METRICS, everyone, t, 0.5, rng)),
        ("half of all events lost, three weeks", 3, lambda t: _lose(world, METRICS, everyone, t, 0.5, rng)),
        ("a region missing", 1, lambda t: _lose(world, METRICS, here, t, np.nan)),
        ("a region at a third, two weeks", 2, lambda t: _lose(world, METRICS, here, t, 0.33, rng)),
        ("logins lost, two weeks", 2, lambda t: _lose(world, logins, everyone, t, 0.3, rng)),
        ("sticky events at zero", 1, lambda t: _lose(world, ("sticky_events",), everyone, t, 0.0)),
        ("nine of ten accounts missing, two weeks", 2, lambda t: _lose(world, METRICS, some, t, np.nan)),
    ]
    order = rng.permutation(len(kinds))
    room = (weeks - FIRST - 6) / len(kinds)
    broken = []
    for place, index in enumerate(order):
        name, length, lose = kinds[index]
        start = FIRST + int(place * room + rng.uniform(0, max(1, room - length - 5)))
        start = max(start, broken[-1].end + 4) if broken else start
        while _new_year(world, start, length):
            start += 1
        for week in range(start, start + length):
            lose(week)
        broken.append(Breakage(name, start, start + length))
    return broken


def _new_year(world: World, start: int, length: int) -> bool:
    days = [world.first_monday.toordinal() + 7 * week for week in range(start - 1, start + length)]
    return any(day.timetuple().tm_yday >= 346 or day.timetuple().tm_yday <= 12
               for day in map(world.first_monday.fromordinal, days))  # fmt: skip


def _lose(
    world: World, metrics: tuple[str, ...], who: Matrix, week: int, left: float, rng: np.random.Generator | None = None
) -> None:
    for name in metrics:
        counts = world.usage[name][:, week]
        known = who & ~np.isnan(counts)
        if rng is None:
            counts[known] = left
        else:
            counts[known] = rng.binomial(counts[known].astype(np.int64), left)
