"""Step 6: one alert an episode; calm before another; recovery; and in the end a new normal."""

from dataclasses import dataclass

import numpy as np

from domain.usage.arrays import Codes, Mask, Vector
from domain.usage.settings import EpisodeSettings

NONE = -1


@dataclass(frozen=True, slots=True)
class EpisodeWeek:
    """Accounts (their places) whose episode ended well, became the normal, or got a step worse this week."""

    recovered: Codes
    new_normal: Codes
    worse: Codes


class Episodes:
    """Each account's open episode: since when, of which metric, from which level. All arrays have one entry an account;
    `opened` and `began` count weeks and are NONE without an episode."""

    def __init__(self, count: int, settings: EpisodeSettings) -> None:
        self._settings = settings
        self.opened = np.full(count, NONE, dtype=np.int64)
        self.began = np.full(count, NONE, dtype=np.int64)
        self.metric = np.zeros(count, dtype=np.int64)
        self.level: Vector = np.zeros(count)
        self.recent: Vector = np.full(count, np.nan)
        self._back: Vector = np.full(count, settings.recovered_share)
        self._good = np.zeros(count, dtype=np.int64)
        self._step = np.zeros(count, dtype=np.int64)
        self._calm_until = np.full(count, NONE, dtype=np.int64)

    def muted(self, week: int) -> Mask:
        """The accounts that can't open an episode this week: one is open, or the calm after it is not over."""
        return (self.opened != NONE) | (week <= self._calm_until)

    def open(self, week: int, account: int, began: int, metric: int, level: float, missing: float, step: int) -> None:
        """Open an episode of one account; `missing` is the share of `level` that was missing when it was told, `step`
        the severity told (0 low, 1 medium, 2 severe)."""
        asked = self._settings
        self.opened[account], self.began[account], self.metric[account] = week, began, metric
        self.level[account] = level
        self.recent[account] = np.nan
        self._back[account] = max(asked.recovered_share, 1.0 - (1.0 - asked.regained_share) * missing)
        self._good[account], self._step[account] = 0, step

    def week(self, week: int, corrected: Vector) -> EpisodeWeek:
        """Follow the open episodes; `corrected` is this week's corrected count of each episode's metric (NaN: not
        judged)."""
        asked = self._settings
        following = (self.opened != NONE) & (self.opened < week) & ~np.isnan(corrected)
        share = np.where(following, corrected / np.maximum(self.level, 1e-9), np.nan)
        good = following & (share >= self._back)
        self._good[good] += 1
        self._good[following & ~good] = 0
        both = np.where(np.isnan(self.recent), np.nan, (self.recent + share) / 2)
        self.recent[following] = share[following]
        recovered = np.flatnonzero(following & (self._good >= asked.recovered_weeks))
        aged = (self.opened != NONE) & (week - self.opened >= asked.new_normal_weeks)
        aged[recovered] = False
        step = np.select([both <= 1 - asked.steps[1], both <= 1 - asked.steps[0]], [2, 1], 0)
        worse = following & (step > self._step) & ~aged
        worse[recovered] = False
        self._step[worse] = step[worse]
        return EpisodeWeek(recovered, np.flatnonzero(aged), np.flatnonzero(worse))

    def close(self, week: int, which: Codes) -> None:
        """End these episodes; calm weeks follow."""
        self.opened[which] = NONE
        self.began[which] = NONE
        self._calm_until[which] = week + self._settings.calm_weeks
