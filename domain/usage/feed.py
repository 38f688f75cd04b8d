"""Step 2: is the feed broken, or have the customers gone? Nobody leaves on the same Monday.

The fleet and each region are scopes. A scope's median ratio is held against its last four good weeks, against what
public holidays explain, and against the same week a year ago. It is broken when it fell suddenly and most accounts are
low, or when many accounts at once are all but silent that were not. Broken weeks are judged for nobody and kept out of
every baseline; what lasts is taken as real.
"""

from collections import deque
from dataclasses import dataclass
from datetime import date

import numpy as np

from domain.usage.arrays import Mask, Vector, median_of
from domain.usage.fleet import Fleet
from domain.usage.holidays import WorkingWeeks, around_new_year
from domain.usage.settings import FeedSettings

_LAST = 4
_YEAR = 52
_KEPT = 60
_SILENT_MEMORY = 26
_SLOPE_LEAST = 3


@dataclass(frozen=True, slots=True)
class Break:
    """A scope (`region` '' is the whole fleet) that is broken this week: the share of the expected events that came,
    how many accounts of how many are low, and since when (a week's Monday)."""

    region: str
    share: float
    low: int
    judged: int
    since: date


@dataclass(slots=True)
class _Scope:
    """What is remembered of the fleet or a region."""

    name: str
    members: Mask
    region: int
    ratios: deque[float]
    working: deque[float]
    silent: deque[float]
    broken_weeks: int = 0
    since: date | None = None
    taken: bool = False


class Feed:
    """The feed of one metric, week after week."""

    def __init__(self, fleet: Fleet, weeks: WorkingWeeks, settings: FeedSettings) -> None:
        self._settings = settings
        self._weeks = weeks
        everyone = np.ones(len(fleet), dtype=np.bool_)
        self._codes = fleet.region.codes
        self._scopes = [_scope("", everyone, -1)]
        if len(fleet.region.names) > 1:
            self._scopes += [
                _scope(name, fleet.region.codes == code, code)
                for code, name in enumerate(fleet.region.names)
                if np.count_nonzero(fleet.region.codes == code) >= settings.fewest
            ]

    def week(self, monday: date, counts: Vector, base: Vector) -> tuple[list[Break], Mask]:
        """The scopes broken this week, and the accounts that must not be judged by it."""
        breaks: list[Break] = []
        unusable = np.zeros(len(counts), dtype=np.bool_)
        rated = ~np.isnan(counts) & (base >= self._settings.smallest_base)
        ratio = np.where(rated, counts / np.where(rated, base, 1.0), np.nan)
        arrived = bool((~np.isnan(counts)).any())
        expecting = bool((base >= self._settings.smallest_base).any())
        everywhere = False
        for scope in self._scopes:
            if everywhere:
                self._remember(scope, float("nan"), self._working(scope, monday), float("nan"))
                continue
            found = self._judge(scope, monday, ratio[scope.members], gone=expecting and not arrived)
            if found is None:
                continue
            found, partial = found
            breaks.append(found)
            lost = scope.members & (ratio < self._settings.silent) if partial else scope.members
            unusable |= lost
            everywhere = scope.region < 0 and not partial
        return breaks, unusable

    def _judge(self, scope: _Scope, monday: date, ratios: Vector, *, gone: bool) -> tuple[Break, bool] | None:
        asked = self._settings
        working = self._working(scope, monday)
        known = ratios[~np.isnan(ratios)]
        if known.size < asked.fewest and not gone:
            self._remember(scope, float("nan"), working, float("nan"))
            return None
        middle = 0.0 if gone else float(np.median(known))
        expected = self._expected(scope, working)
        silent = 1.0 if gone else float(np.mean(known < asked.silent))
        usual = max(scope.silent, default=0.0)
        judged = gone or (not around_new_year(monday) and not np.isnan(expected) and len(scope.ratios) >= _LAST)
        low = known.size if gone else int(np.count_nonzero(known < asked.low * expected))
        fell = judged and (gone or self._fell(scope, middle, expected, working, low / max(1, known.size)))
        many = int(np.count_nonzero(known < asked.silent))
        partly = judged and not fell and many >= asked.fewest and len(scope.silent) >= asked.silent_weeks
        partly = partly and silent - usual > asked.silent_share
        if not (fell or partly) or (scope.broken_weeks >= asked.real_after and not gone):
            scope.taken = fell or partly
            scope.broken_weeks = scope.broken_weeks if fell or partly else 0
            self._remember(scope, middle, working, silent)
            return None
        scope.broken_weeks += 1
        scope.since = monday if scope.broken_weeks == 1 or scope.since is None else scope.since
        self._remember(scope, float("nan"), working, float("nan"))
        share = middle / expected if expected > 0 else 0.0
        return Break(scope.name, share, many if partly else low, int(known.size), scope.since), partly

    def _fell(self, scope: _Scope, middle: float, expected: float, working: float, low_share: float) -> bool:
        asked = self._settings
        if low_share <= asked.low_share:
            return False
        if scope.broken_weeks:
            return middle < asked.mended * expected
        before = scope.ratios[-1]
        last = expected if np.isnan(before) else before * min(1.0, working / scope.working[-1]) ** asked.holiday_power
        return middle < asked.fall * expected and middle < asked.sudden * last

    def _working(self, scope: _Scope, monday: date) -> float:
        """Share of working days: the region's, or the fleet's mean over its accounts."""
        if scope.region >= 0:
            return self._weeks.share(scope.region, monday)
        return self._weeks.mean_share(monday)

    def _expected(self, scope: _Scope, working: float) -> float:
        """The ratio to expect: the last good weeks, less for this week's holidays and for a fall seen a year ago."""
        power = self._settings.holiday_power
        good = [
            ratio / share**power
            for ratio, share in list(zip(scope.ratios, scope.working, strict=True))[-3 * _LAST :]
            if not np.isnan(ratio)
        ][-_LAST:]
        if len(good) < _SLOPE_LEAST:
            return float("nan")
        level = float(np.median(good))
        expected = level * working**power
        if len(scope.ratios) >= _YEAR + _LAST:
            then = list(scope.ratios)
            before = median_of(np.array(then[-_YEAR - _LAST : -_YEAR]))
            lowest = min(
                (ratio for ratio in then[-_YEAR - 1 : -_YEAR + 2] if not np.isnan(ratio)), default=float("nan")
            )
            if not np.isnan(before) and not np.isnan(lowest) and before > 0:
                expected = min(expected, level * lowest / before)
        return expected

    @staticmethod
    def _remember(scope: _Scope, ratio: float, working: float, silent: float) -> None:
        scope.ratios.append(ratio)
        scope.working.append(working)
        if not np.isnan(silent):
            scope.silent.append(silent)


def _scope(name: str, members: Mask, region: int) -> _Scope:
    return _Scope(name, members, region, deque(maxlen=_KEPT), deque(maxlen=_KEPT), deque(maxlen=_SILENT_MEMORY))
