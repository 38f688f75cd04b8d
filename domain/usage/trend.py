"""What the chart of one metric of one account shows: its last weeks, what is usual, and since when it fell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import isfinite, sqrt
from typing import Any, Final

import numpy as np

from domain.usage.arrays import History
from domain.usage.chart import baseline
from domain.usage.settings import ChartSettings, YoungSettings

WEEKS: Final = 30
"""The weeks an account's baseline is learned from, and the picture's width."""
BAND: Final = 1.2816
"""Standard deviations on either side of the level: four usual weeks of five lie inside (normal distribution)."""
LARGEST: Final = 1e15
"""Events a week; what is above is shown as this."""
_WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Trend:
    """`counts` are events a week from Monday `first` on, no week left out (None: not known). `level` is the usual
    count, `low` and `high` its band, all None where too few weeks are known. `since` is the Monday the fall began, None
    for no fall."""

    first: date
    counts: tuple[float | None, ...]
    level: float | None = None
    low: float | None = None
    high: float | None = None
    since: date | None = None

    @property
    def last(self) -> date:
        """The Monday of the last week."""
        return self.first + _WEEK * (len(self.counts) - 1)

    def monday(self, place: int) -> date:
        """The Monday of a week by its place."""
        return self.first + _WEEK * place


@dataclass(frozen=True, slots=True)
class AccountTrend:
    """An account as it is shown: its `name`, and `counts` a week from Monday `first` on, a row a metric (None: not
    known), the most telling first; `trend` is that of `metric`."""

    name: str
    metric: str
    trend: Trend
    first: date
    counts: Mapping[str, tuple[float | None, ...]]


def trend_of(
    first: date, counts: Sequence[float | None], *, since: date | None = None, level: float | None = None
) -> Trend:
    """The trend of an account's complete weeks from Monday `first` on, at most the last `WEEKS` shown.

    What is usual is learned as the detector does (`chart.baseline`), from the weeks before `since`; without a fall the
    newest are left out. A `level` from an alert is taken instead of the one learned, because it knows the peers. Raises
    ValueError without a week.
    """
    if not counts:
        raise ValueError("a trend needs a week")
    known = [_clean(one) for one in counts]
    learned, dispersion = _usual(first, known, since)
    level = _clean(level)
    level = learned if level is None else level
    shown = known[-WEEKS:]
    start = first + _WEEK * (len(known) - len(shown))
    if level is None:
        return Trend(start, tuple(shown), since=since)
    spread = BAND * sqrt(level + dispersion * level * level)
    return Trend(start, tuple(shown), level, max(0.0, level - spread), level + spread, since)


def _usual(first: date, known: Sequence[float | None], since: date | None) -> tuple[float | None, float]:
    """The level of the weeks before the fall and their dispersion (`chart.Baseline`)."""
    before = len(known) if since is None else max(0, min(len(known), (since - first) // _WEEK))
    rows: History = np.array([[np.nan if one is None else one] for one in known[:before]], dtype=np.float32)
    asked = ChartSettings()
    if since is not None:
        asked = replace(asked, gap=0)
    if not before:
        return None, asked.dispersion
    found = baseline(rows.reshape(before, 1), np.zeros(1, dtype=np.bool_), asked, YoungSettings())
    return _clean(float(found.level[0])), float(found.dispersion[0])


def _clean(value: float | None) -> float | None:
    """Counts are finite and not negative; anything else is not known."""
    return min(float(value), LARGEST) if value is not None and isfinite(value) and value >= 0 else None


def to_json(trend: Trend) -> dict[str, Any]:
    """Values ``json.dumps`` takes."""
    return {
        "first": trend.first.isoformat(),
        "counts": list(trend.counts),
        "usual": [trend.level, trend.low, trend.high],
        "since": trend.since.isoformat() if trend.since else None,
    }


def from_json(value: Mapping[str, Any]) -> Trend:
    """Read what ``to_json`` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    level, low, high = value["usual"]
    since = date.fromisoformat(value["since"]) if value["since"] else None
    return Trend(date.fromisoformat(value["first"]), tuple(value["counts"]), level, low, high, since)
