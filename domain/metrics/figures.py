"""Figures by month from counted values: medians, never averages, because one deal that took a year tells nothing of the
others."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from domain.metrics.trend import Judged, judge
from domain.usage_rules import Told

MONTHS: Final = 12
"""Whole months that are shown and judged, and the running one besides."""
FEW: Final = 3
"""Fewer deals than this in a month are shown, and not judged: their median is anything."""
SELLERS: Final = 200
"""Sellers told of one by one, those with most deals first."""


@dataclass(frozen=True, slots=True)
class Counted:
    """``count`` deals had the whole number ``value`` (days, times, points) in ``month`` (its first day). ``group``
    names what it is of, '' for all: a step of the playbook, a seller."""

    month: date
    value: int
    count: int
    group: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A month (its first day), the median, and how many deals stand behind it; None where there are none."""

    month: date
    median: float | None
    deals: int


@dataclass(frozen=True, slots=True)
class Series:
    """A figure by month, the oldest first; the last month is the running one and is not judged. ``median`` and
    ``deals`` are of all of them together."""

    points: tuple[Point, ...]
    median: float | None
    deals: int
    trend: Judged


@dataclass(frozen=True, slots=True)
class Step:
    """Days from the close to one step of the playbooks; ``title`` as typed there."""

    step: str
    title: str
    kind: str
    series: Series


@dataclass(frozen=True, slots=True)
class Seller:
    """One seller's accepted handoffs: how many, the median score (percent) and days from asked for to accepted.
    ``slack_id`` '' for one who is not in this Slack."""

    slack_id: str
    deals: int
    score: float
    days: float


@dataclass(frozen=True, slots=True)
class Acted:
    """``told`` mornings somebody was reminded in ``month``; after ``acted`` of them they did something within a day."""

    month: date
    told: int
    acted: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything ``/cs metrics`` says; ``whole``: of the workspace, else of one CSM's deals, and then without sellers,
    reminders of others and alerts."""

    today: date
    months: tuple[date, ...]
    onboarding: Series
    kickoff: Series
    interactions: Series
    score: Series
    accepting: Series
    steps: tuple[Step, ...]
    reminders: tuple[Acted, ...]
    sellers: tuple[Seller, ...] = ()
    alerts: Told | None = None
    whole: bool = True


def brief(figures: Figures) -> dict[str, Any]:
    """The two figures of the lead's digest, as values ``json.dumps`` takes; empty when no deal has finished."""
    found, score = figures.onboarding, figures.score.median
    if found.median is None:
        return {}
    judged = found.trend
    trend = {"way": judged.way.value, "slope": judged.slope, "p": judged.p}
    return {"days": found.median, "deals": found.deals, "score": score, "trend": trend}


def months_until(today: date) -> tuple[date, ...]:
    """The first days of the last ``MONTHS`` whole months and of the running one, the oldest first."""
    index = today.year * 12 + today.month - 1
    return tuple(date(at // 12, at % 12 + 1, 1) for at in range(index - MONTHS, index + 1))


def median(counted: Mapping[int, int]) -> float | None:
    """The median of values by how often each is there; the mean of the two middle ones for an even number. None for
    nothing."""
    total = sum(counted.values())
    if total <= 0:
        return None
    low, high = (total - 1) // 2, total // 2
    seen, first = 0, None
    for value in sorted(counted):
        seen += counted[value]
        if first is None and seen > low:
            first = value
        if seen > high:
            return (first + value) / 2 if first is not None else float(value)
    return None


def series(counted: Iterable[Counted], months: Sequence[date]) -> Series:
    """One figure by month. Months that are not among ``months`` are left out."""
    by_month: dict[date, defaultdict[int, int]] = {month: defaultdict(int) for month in months}
    every: defaultdict[int, int] = defaultdict(int)
    for one in counted:
        if one.month in by_month:
            by_month[one.month][one.value] += one.count
            every[one.value] += one.count
    points = tuple(Point(month, median(found), sum(found.values())) for month, found in by_month.items())
    judged = judge([point.median if point.deals >= FEW else None for point in points[:-1]])
    return Series(points, median(every), sum(every.values()), judged)


def by_group(counted: Iterable[Counted]) -> dict[str, list[Counted]]:
    """What was counted, by what it is of."""
    found: defaultdict[str, list[Counted]] = defaultdict(list)
    for one in counted:
        found[one.group].append(one)
    return dict(found)


def steps_of(
    counted: Iterable[Counted], titles: Mapping[str, tuple[str, str]], months: Sequence[date]
) -> tuple[Step, ...]:
    """The steps with a title (and kind), the soonest first."""
    found = [
        Step(step, *titles[step], series(some, months)) for step, some in by_group(counted).items() if step in titles
    ]
    return tuple(sorted(found, key=lambda one: (one.series.median or 0.0, one.title, one.step)))


def sellers_of(scores: Iterable[Counted], days: Iterable[Counted]) -> tuple[Seller, ...]:
    """Each seller's handoffs, those with most deals first; at most ``SELLERS``."""
    took = by_group(days)
    found: list[Seller] = []
    for seller, some in by_group(scores).items():
        score, waited = _median_of(some), _median_of(took.get(seller, []))
        if score is not None and waited is not None:
            found.append(Seller(seller, sum(one.count for one in some), score, waited))
    return tuple(sorted(found, key=lambda one: (-one.deals, one.slack_id))[:SELLERS])


def _median_of(counted: Iterable[Counted]) -> float | None:
    found: defaultdict[int, int] = defaultdict(int)
    for one in counted:
        found[one.value] += one.count
    return median(found)
