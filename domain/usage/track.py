"""One metric of the whole fleet, week after week: peers, feed, baseline and evidence, and the corrected history."""

from collections import deque
from dataclasses import dataclass
from datetime import date

import numpy as np

from domain.usage.arrays import MAD_TO_SD, Codes, History, Mask, Vector, column_medians, median_of
from domain.usage.chart import Baseline, Chart, baseline, sizes, standardised
from domain.usage.feed import Break, Feed
from domain.usage.fleet import Fleet
from domain.usage.holidays import WorkingWeeks
from domain.usage.peers import Peers
from domain.usage.settings import Fall, Settings, Watch

_SPARE = 16


@dataclass(frozen=True, slots=True)
class TrackWeek:
    """One week of one metric, per account: the corrected count (NaN: not judged), the peers' factor, the baseline."""

    corrected: Vector
    factor: Vector
    baseline: Baseline
    breaks: tuple[Break, ...]


class Track:
    """The state of one metric."""

    def __init__(self, watch: Watch, fleet: Fleet, weeks: WorkingWeeks, settings: Settings) -> None:
        self.watch = watch
        self._settings = settings
        self._fleet = fleet
        self._feed = Feed(fleet, weeks, settings.feed)
        self._peers = Peers(fleet, settings.peers)
        self.charts = tuple(Chart(len(fleet), fall, settings.chart) for fall in settings.chart.falls)
        self._kept = max(settings.chart.window + settings.chart.gap, settings.peers.base_weeks)
        self._rows = np.full((self._kept + _SPARE, len(fleet)), np.nan, dtype=np.float32)
        self._end = self._kept
        self._stretches = tuple(deque[float](maxlen=settings.chart.stretch_memory) for _ in settings.chart.falls)
        self._usual_swing: Vector = np.zeros(len(fleet))
        self.threshold: Vector = np.full(len(fleet), watch.threshold)
        self.level: Vector = np.full(len(fleet), np.nan)

    @property
    def history(self) -> History:
        """The corrected counts of the weeks kept, the last row is the newest."""
        return self._rows[self._end - self._kept : self._end]

    def week(self, number: int, monday: date, counts: Vector, age: Codes, muted: Mask, metrics: Codes) -> TrackWeek:
        """Take one complete week; evidence is gathered for accounts that are not muted. `metrics` says how many metrics
        each account has."""
        asked = self._settings
        base = column_medians(self.history[-asked.peers.base_weeks :], asked.peers.base_least)
        breaks, unusable = self._feed.week(monday, counts, base)
        young = (age >= 0) & (age < asked.young.until)
        found = baseline(self.history, young, asked.chart, asked.young)
        self.level = found.level
        peers = self._peers.week(counts, np.where(young | np.isnan(found.level), base, found.level), ~unusable)
        judged = ~unusable & ~np.isnan(counts) & (peers.factor >= asked.peers.unjudged_below)
        several = 1.0 + asked.chart.each_more * np.maximum(0, metrics - 1)
        sooner = np.where(young, asked.young.threshold_share, 1.0)
        self.threshold = self.watch.threshold * self._fleet.patience * several * sooner
        charted = judged & ~np.isnan(found.level) & ~muted
        mean = found.level * peers.factor
        swing = np.log(np.maximum(peers.factor, asked.peers.unjudged_below)) - self._usual_swing
        self._usual_swing += swing / asked.peers.memory_weeks * 2
        scatter = peers.scatter + (asked.peers.own_way * swing) ** 2
        corrected = np.where(judged, counts / peers.factor, np.nan)
        self._push(corrected)
        for chart, fall, memory in zip(self.charts, asked.chart.falls, self._stretches, strict=True):
            size = sizes(found, scatter, self._stretch(found, young | muted, fall, memory))
            chart.add(number, counts, mean, found.level, size, charted, self.threshold)
        return TrackWeek(corrected, peers.factor, found, tuple(breaks))

    def _stretch(self, found: Baseline, left_out: Mask, fall: Fall, memory: deque[float]) -> float:
        """How much more the fleet's accounts move than the model says (an empirical null, Efron 2004): the squared
        robust spread of what should have a spread of one. The usual one, or this week's when that is larger."""
        asked = self._settings.chart
        rows = self.history[-fall.compared :]
        known = np.count_nonzero(~np.isnan(rows), axis=0)
        telling = ~left_out & (found.level >= asked.telling_level) & (known == len(rows))
        if np.count_nonzero(telling) >= asked.fleet_weight:
            recent = rows[:, telling].mean(axis=0, dtype=np.float64)
            part = Baseline(found.level[telling], found.dispersion[telling], found.weeks[telling])
            moved = standardised(part, recent, fall.compared)
            memory.append((MAD_TO_SD * median_of(np.abs(moved - median_of(moved)))) ** 2)
        usual = median_of(np.array(memory)) if memory else asked.stretch_most / 3
        now = memory[-1] if memory else usual
        moves = min(asked.stretch_most, max(asked.stretch_least, usual, 0.8 * now))
        return asked.dispersion_scale * moves**asked.stretch_power

    def alarmed(self, age: Codes, lent: Vector) -> Mask:
        """The accounts whose evidence, with what other metrics lend (a share of what is asked), is enough."""
        least = np.where((age >= 0) & (age < self._settings.young.until), self._settings.young.missing_share, 0.0)
        newest = self._newest()
        return np.logical_or.reduce([chart.alarmed(self.threshold, least, newest, lent) for chart in self.charts])

    def _newest(self) -> Vector:
        """The share of the usual events that is missing in the newest weeks; 1 where none of them is known."""
        rows = self.history[-self._settings.chart.still_weeks :]
        known = ~np.isnan(rows)
        weeks = np.count_nonzero(known, axis=0)
        total = np.where(known, rows, np.float32(0)).sum(axis=0, dtype=np.float64)
        return np.where(weeks > 0, 1.0 - total / np.maximum(1, weeks) / np.maximum(self.level, 1e-9), 1.0)

    def strength(self) -> Vector:
        """The strongest evidence as a share of what is asked."""
        return np.max([chart.strength(self.threshold) for chart in self.charts], axis=0)

    def strongest(self, account: int) -> Chart:
        """The chart with the most evidence against one account."""
        threshold = float(self.threshold[account])
        return max(self.charts, key=lambda chart: chart.strength_of(account, threshold))

    def strength_of(self, account: int) -> float:
        """The strongest evidence against one account as a share of what is asked."""
        return self.strongest(account).strength_of(account, float(self.threshold[account]))

    def reset(self, which: Mask) -> None:
        """Forget the runs of these accounts."""
        for chart in self.charts:
            chart.reset(which)

    def forget_before(self, which: Codes, weeks: Codes) -> None:
        """Leave only the newest so many weeks of these accounts: what was before is another time."""
        history = self.history
        for account, newest in zip(which.tolist(), weeks.tolist(), strict=True):
            history[: max(0, len(history) - newest), account] = np.nan

    def forget_last(self, which: Codes, weeks: Codes) -> None:
        """Take the newest so many weeks of these accounts out of every baseline."""
        history = self.history
        for account, newest in zip(which.tolist(), weeks.tolist(), strict=True):
            history[max(0, len(history) - newest) :, account] = np.nan

    def _push(self, corrected: Vector) -> None:
        if self._end == len(self._rows):
            self._rows[: self._kept] = self._rows[self._end - self._kept :].copy()
            self._end = self._kept
        self._rows[self._end] = corrected
        self._end += 1
