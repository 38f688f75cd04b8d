"""Steps 3 and 4: an account's own baseline, and the running evidence that it fell (CUSUM, Page 1954) for counts that
scatter more than Poisson's (negative binomial, Hilbe 2011).

Under the baseline a week's count y has mean μ = L·C and size K, variance μ + μ²/K; the alternative leaves a share
of it, say half. The log likelihood ratio of the two is y ln ½ + (y+K) ln((K+μ)/(K+½μ)).
"""

from dataclasses import dataclass

import numpy as np

from domain.usage.arrays import History, Mask, Vector, column_medians
from domain.usage.settings import ChartSettings, Fall, YoungSettings

_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Baseline:
    """Per account: the usual corrected count a week (`level`, NaN: cannot be judged), the dispersion, and the number of
    weeks it was learned from."""

    level: Vector
    dispersion: Vector
    weeks: Vector


def baseline(corrected: History, young: Mask, grown: ChartSettings, early: YoungSettings) -> Baseline:
    """Learn each account's baseline from corrected counts (weeks × accounts, the last row is last week; NaN: not
    judged). Young accounts have a shorter window nearer to now."""
    level, own, weeks = _learn(_window(corrected, grown.window, grown.gap), grown, grown.least)
    telling = ~young & (level >= grown.telling_level) & (weeks >= grown.telling_weeks)
    usual = _usual_dispersion(own[telling], grown)
    if young.any():
        columns = np.flatnonzero(young)
        window = _window(corrected[:, columns], early.window, early.gap)
        level[columns], own[columns], weeks[columns] = _learn(window, grown, early.least)
    weight = weeks * np.minimum(1.0, 0.2 * np.where(np.isnan(level), 0.0, level))
    shrunk = (weight * own + grown.dispersion_weight * usual) / (weight + grown.dispersion_weight)
    return Baseline(level, shrunk, weeks)


def _usual_dispersion(own: Vector, asked: ChartSettings) -> float:
    """What an account is taken to scatter before it has shown it: the fleet's median, leaning on the constant."""
    if not own.size:
        return asked.dispersion
    weight = asked.fleet_weight
    usual = (own.size * float(np.median(own)) + weight * asked.dispersion) / (own.size + weight)
    return min(asked.dispersion_most, max(asked.dispersion_least, usual))


def _window(corrected: History, window: int, gap: int) -> History:
    """The rows t-window-gap+1 … t-gap-1 of a history whose last row is t-1."""
    end = max(0, len(corrected) - gap)
    return corrected[max(0, end - window) : end]


def _learn(rows: History, asked: ChartSettings, least: int) -> tuple[Vector, Vector, Vector]:
    count: int = rows.shape[1]
    if not len(rows):
        nothing: Vector = np.full(count, np.nan)
        return nothing, np.zeros(count), np.zeros(count)
    judged: Mask = ~np.isnan(rows)
    weeks = np.count_nonzero(judged, axis=0).astype(np.float64)
    recent = rows[-asked.recent :]
    middle = column_medians(recent, 1)
    total = np.where(judged[-asked.recent :], recent, 0.0).sum(axis=0, dtype=np.float64)
    mean = total / np.maximum(1, np.count_nonzero(judged[-asked.recent :], axis=0))
    level: Vector = np.where(weeks >= least, 0.5 * mean + 0.5 * middle, np.nan)

    known = np.where(np.isnan(level), 0.0, level)
    residuals = np.where(judged, rows - known.astype(np.float32), np.float32(0))
    sizes = np.maximum(1.0, weeks)
    spread = np.sqrt((residuals**2).sum(axis=0, dtype=np.float64) / sizes)
    limit = (asked.winsor * spread).astype(np.float32)
    clipped = np.clip(residuals, -limit, limit)
    squares = (clipped**2).sum(axis=0, dtype=np.float64)
    variance = squares / np.maximum(1.0, weeks - 1)
    own: Vector = np.maximum(0.0, (variance - known) / np.maximum(_TINY, known**2))
    return level, own, weeks


def log_ratio(count: Vector, mean: Vector, size: Vector, left: float) -> Vector:
    """Log likelihood ratio of the mean `left`·μ against μ for negative-binomial counts of size K (nats)."""
    return count * np.log(left) + (count + size) * np.log((size + mean) / (size + left * mean))


def sizes(found: Baseline, scatter: Vector, stretch: float) -> Vector:
    """K: the smaller, the more the counts scatter. It counts in the dispersion, stretched by how much more this fleet
    moves than the model says; the peers' excess scatter this week; and how well the baseline itself is known."""
    known = np.maximum(_TINY, found.level)
    own = np.maximum(found.dispersion, 1.0 / known) / np.maximum(1.0, found.weeks)
    return 1.0 / np.maximum(_TINY, stretch * found.dispersion + scatter + own)


def standardised(found: Baseline, recent: Vector, weeks: int) -> Vector:
    """How far the mean of the last `weeks` weeks lies from the level, in standard deviations of the model."""
    known = np.maximum(_TINY, found.level)
    spread = np.sqrt((found.dispersion + 1.0 / known) / weeks)
    return np.log((recent + 0.5) / (known + 0.5)) / spread


class Chart:
    """The running evidence of one fall of one metric: S, and over its run the expected and the counted events."""

    def __init__(self, count: int, fall: Fall, settings: ChartSettings) -> None:
        self._settings = settings
        self._fall = fall
        self.evidence: Vector = np.zeros(count)
        self.weeks = np.zeros(count, dtype=np.int64)
        self.began = np.zeros(count, dtype=np.int64)
        self.expected: Vector = np.zeros(count)
        self.counted: Vector = np.zeros(count)
        self.usual: Vector = np.zeros(count)

    def add(
        self, week: int, count: Vector, mean: Vector, level: Vector, size: Vector, judged: Mask, threshold: Vector
    ) -> None:
        """One more week for the judged accounts; the others keep what they have."""
        asked = self._settings
        ratio = log_ratio(np.where(judged, count, 0.0), np.where(judged, mean, 1.0), size, self._fall.left)
        step = np.clip(ratio, asked.floor, asked.cap_share * self._fall.evidence * threshold)
        self.evidence = np.where(judged, np.maximum(0.0, self.evidence + step), self.evidence)
        running = judged & (self.evidence > 0)
        over = (judged & ~running) | (self.weeks >= self._fall.longest_run)
        self.reset(over)
        running &= ~over
        self.began[running & (self.weeks == 0)] = week
        self.weeks[running] += 1
        self.expected[running] += mean[running]
        self.counted[running] += count[running]
        self.usual[running] += level[running]

    def reset(self, which: Mask) -> None:
        """Forget the run of these accounts."""
        self.evidence[which] = 0.0
        self.weeks[which] = 0
        for sums in (self.expected, self.counted, self.usual):
            sums[which] = 0.0

    def missing(self) -> Vector:
        """The share of the expected events that is missing over the run (0 where there is no run)."""
        return np.where(self.expected > 0, 1.0 - self.counted / np.maximum(_TINY, self.expected), 0.0)

    def strength(self, threshold: Vector) -> Vector:
        """The evidence as a share of what is asked; from 1 on it is enough."""
        return self.evidence / (self._fall.evidence * threshold)

    def strength_of(self, account: int, threshold: float) -> float:
        """The same of one account."""
        return float(self.evidence[account]) / self.asked(threshold)

    def asked(self, threshold: float) -> float:
        """The evidence asked for, in nats."""
        return self._fall.evidence * threshold

    def alarmed(self, threshold: Vector, least_share: Vector, newest: Vector, lent: Vector) -> Mask:
        """The accounts whose run is long and deep enough to say so: `newest` is the share missing in the newest weeks,
        `lent` the evidence of other metrics, as a share of what is asked."""
        least = np.maximum(self._fall.missing_share, least_share)
        enough = (self.missing() >= least) & (self.expected - self.counted >= self._settings.missing_events)
        enough &= newest >= self._fall.missing_share
        own = self.strength(threshold)
        return (own >= self._settings.own_least) & (own + lent >= 1.0) & enough
