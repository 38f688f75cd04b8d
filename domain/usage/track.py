"""One metric of the whole fleet, week after week: peers, feed, baseline and evidence, and the corrected history."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from domain.usage.arrays import Codes, History, Mask, Vector, column_medians
from domain.usage.chart import Baseline, Chart, baseline, sizes
from domain.usage.feed import Break, Feed
from domain.usage.fleet import Fleet
from domain.usage.holidays import WorkingWeeks
from domain.usage.peers import Peers
from domain.usage.settings import Settings, Watch

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
        self.chart = Chart(len(fleet), settings.chart)
        self._kept = max(settings.chart.window + settings.chart.gap, settings.peers.base_weeks)
        self._rows = np.full((self._kept + _SPARE, len(fleet)), np.nan, dtype=np.float32)
        self._end = self._kept
        self.threshold: Vector = np.full(len(fleet), watch.threshold)

    @property
    def history(self) -> History:
        """The corrected counts of the weeks kept, the last row is the newest."""
        return self._rows[self._end - self._kept : self._end]

    def week(self, number: int, monday: date, counts: Vector, age: Codes, muted: Mask) -> TrackWeek:
        """Take one complete week; evidence is gathered for accounts that are not muted."""
        asked = self._settings
        base = column_medians(self.history[-asked.peers.base_weeks :], asked.peers.base_least)
        breaks, unusable = self._feed.week(monday, counts, base)
        peers = self._peers.week(counts, base, ~unusable)
        judged = ~unusable & ~np.isnan(counts) & (peers.factor >= asked.peers.unjudged_below)
        young = (age >= 0) & (age < asked.young.until)
        found = baseline(self.history, young, asked.chart, asked.young)
        self.threshold = self.watch.threshold * self._fleet.patience * np.where(young, asked.young.threshold_share, 1.0)
        charted = judged & ~np.isnan(found.level) & ~muted
        self.chart.add(
            number,
            counts,
            found.level * peers.factor,
            found.level,
            sizes(found, peers.scatter, asked.chart.dispersion_scale),
            charted,
            self.threshold,
        )
        corrected = np.where(judged, counts / peers.factor, np.nan)
        self._push(corrected)
        return TrackWeek(corrected, peers.factor, found, tuple(breaks))

    def alarmed(self, age: Codes) -> Mask:
        """The accounts whose evidence reaches what is asked of them."""
        young = (age >= 0) & (age < self._settings.young.until)
        least = np.where(young, self._settings.young.missing_share, self._settings.chart.missing_share)
        return self.chart.alarmed(self.threshold, least)

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
