"""How well alerts fit what was really done to a fleet: the figures of the issue."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.usage.truth import NOT_ACTIVATED, SLOW, Fault, World

DROPS = ("usage_drop", "sticky_drop", "users_drop", "not_activated")
LATE = 13
"""Weeks after a fault is full (and after its end) within which an alert is of it."""


@dataclass(frozen=True, slots=True)
class Said:
    """One alert of a detector: `account` is its row, -1 for the whole feed."""

    account: int
    week: int
    kind: str


@dataclass(slots=True)
class Score:
    """Sums, so that several fleets can be added; the figures are properties."""

    detectable: int = 0
    found: int = 0
    by_kind: Counter[str] = field(default_factory=Counter[str])
    found_by_kind: Counter[str] = field(default_factory=Counter[str])
    false: int = 0
    false_kinds: Counter[str] = field(default_factory=Counter[str])
    years: float = 0.0
    alerts_matched: int = 0
    repeats: int = 0
    sudden_delays: list[int] = field(default_factory=list[int])
    slow_delays: list[int] = field(default_factory=list[int])
    slow_from_half: list[float] = field(default_factory=list[float])
    """Weeks from the middle of a slow decline; negative when it was told before."""
    worst_week: float = 0.0
    breakages: int = 0
    noticed: int = 0
    noticed_once: int = 0
    from_breakages: int = 0
    idle_notices: int = 0
    right_kind: int = 0
    unnoticed: Counter[str] = field(default_factory=Counter[str])
    repeated: Counter[str] = field(default_factory=Counter[str])

    @property
    def recall(self) -> float:
        return self.found / max(1, self.detectable)

    @property
    def false_rate(self) -> float:
        return self.false / max(1e-9, self.years)

    @property
    def precision(self) -> float:
        return self.alerts_matched / max(1, self.alerts_matched + self.false)

    @property
    def repeat_rate(self) -> float:
        return self.repeats / max(1, self.alerts_matched - self.repeats)

    def __iadd__(self, other: "Score") -> "Score":
        for name in self.__slots__:
            mine, theirs = getattr(self, name), getattr(other, name)
            setattr(self, name, max(mine, theirs) if name == "worst_week" else mine + theirs)
        return self


def score(world: World, said: Sequence[Said]) -> Score:
    """Hold the alerts against the truth."""
    n, weeks = world.usage["logins"].shape
    result = Score(years=float(np.clip(weeks - np.maximum(world.created, 0), 0, None).sum()) / 52)
    per_week: Counter[int] = Counter()
    by_account: dict[int, list[Said]] = {}
    for alert in sorted(said, key=lambda alert: alert.week):
        if alert.kind in DROPS:
            per_week[alert.week] += 1
            by_account.setdefault(alert.account, []).append(alert)
    result.worst_week = max(per_week.values(), default=0) / n
    of: dict[int, list[Fault]] = {}
    for fault in world.faults:
        of.setdefault(fault.account, []).append(fault)
    broken = {week for breakage in world.breakages for week in range(breakage.start, breakage.end + 1)}
    for fault in world.faults:
        _fault(result, fault, by_account.get(fault.account, []))
    for account, alerts in by_account.items():
        for alert in alerts:
            if not any(_belongs(fault, alert) for fault in of.get(account, [])):
                result.false += 1
                result.false_kinds[alert.kind] += 1
                result.from_breakages += alert.week in broken
    _feeds(result, world, [alert.week for alert in said if alert.kind == "data_broken"])
    return result


def _belongs(fault: Fault, alert: Said) -> bool:
    late = 104 if fault.kind == NOT_ACTIVATED else LATE
    return fault.start <= alert.week <= max(fault.full + late, min(fault.end + 2, fault.full + 30))


def _fault(result: Score, fault: Fault, alerts: list[Said]) -> None:
    mine = [alert for alert in alerts if _belongs(fault, alert)]
    result.alerts_matched += len(mine)
    result.repeats += max(0, len(mine) - 1)
    if not fault.detectable:
        return
    result.detectable += 1
    result.by_kind[fault.kind] += 1
    in_time = [alert for alert in mine if alert.week <= fault.full + LATE]
    if not in_time:
        return
    result.found += 1
    result.found_by_kind[fault.kind] += 1
    wanted = {"sticky": "sticky_drop", "champion": "users_drop", NOT_ACTIVATED: NOT_ACTIVATED}
    result.right_kind += in_time[0].kind == wanted.get(fault.kind, "usage_drop")
    if fault.kind != NOT_ACTIVATED:
        delays = result.slow_delays if fault.kind == SLOW else result.sudden_delays
        delays.append(in_time[0].week - fault.start)
    if fault.kind == SLOW:
        result.slow_from_half.append(in_time[0].week - (fault.start + fault.full) / 2)


def _feeds(result: Score, world: World, notices: list[int]) -> None:
    used: set[int] = set()
    for breakage in world.breakages:
        mine = [week for week in notices if breakage.start <= week <= breakage.end + 1]
        used |= set(mine)
        result.breakages += 1
        result.noticed += bool(mine)
        result.noticed_once += len(mine) == 1
        if not mine:
            result.unnoticed[breakage.kind] += 1
        if len(mine) > 1:
            result.repeated[breakage.kind] += 1
    result.idle_notices = sum(week not in used for week in notices)
