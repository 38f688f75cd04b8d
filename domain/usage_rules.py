"""What becomes of what the detector found: who is told, when, and how loudly.

Each scan replays the kept history, so most of what it finds was told before; here that is known again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import median
from typing import Final, Protocol

from domain.usage.alerts import AccountAlert, Alert, FeedAlert, Severity
from domain.usage.metrics import Metrics
from domain.usage.settings import EpisodeSettings, Kind
from domain.usage_alert import Ended, Move, Sign, UsageAlertCard, Worth

DROPS: Final = frozenset({Kind.USAGE_DROP, Kind.STICKY_DROP, Kind.USERS_DROP, Kind.NOT_ACTIVATED})
STEPS: Final[Mapping[Severity, int]] = {Severity.INFO: 0, Severity.LOW: 1, Severity.MEDIUM: 2, Severity.SEVERE: 3}
IMMEDIATE: Final = 3
"""Alerts a CSM gets at once on one day; the others are in a digest (issue D)."""
LOOK_BACK: Final = 4
"""Weeks for which a fall that nobody was told of is still news: rows come late, and a machine may have been off."""
ESCALATE_DAYS: Final = 2
"""Working days after which the lead is told of a severe fall nobody acted on (issue D)."""
FEED_WEEKS: Final = 3
"""Weeks in which a broken feed is told once (issue D)."""
PATIENCE: Final = 1.3
MOST_PATIENCE: Final = 2.2
"""How much more evidence is asked of an account for each “not useful”, and at most: 1.3³ = 2.2."""
_WEEK: Final = timedelta(weeks=1)


class Days(Protocol):
    """A calendar of working days (domain.calendar.WorkingDays)."""

    def add(self, day: date, count: int) -> date:
        """The working day so many working days later."""
        ...


# What is news


@dataclass(frozen=True, slots=True)
class Known:
    """The newest alert kept of an account: the week it was told with first, how bad it is by now, and when it ended."""

    opened: date
    severity: Severity
    ended_week: date | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A fall nobody was told of; its severity is the worst so far."""

    alert: AccountAlert


@dataclass(frozen=True, slots=True)
class Worsened:
    """A fall that was told is a step worse."""

    alert: AccountAlert


@dataclass(frozen=True, slots=True)
class Finished:
    """A fall that was told is over; ``now`` None: nobody counted. ``quiet``: there is nobody to be told of."""

    ended: Ended
    week: date
    now: float | None = None
    quiet: bool = False


News = Opened | Worsened | Finished


@dataclass(slots=True)
class _Episode:
    opening: AccountAlert
    worst: AccountAlert
    end: AccountAlert | None = None


def by_account(alerts: Iterable[Alert]) -> dict[int, list[AccountAlert]]:
    """The replay's alerts of each account (its place in the fleet), the oldest first."""
    found: defaultdict[int, list[AccountAlert]] = defaultdict(list)
    for alert in alerts:
        if isinstance(alert, AccountAlert):
            found[alert.account].append(alert)
    return dict(found)


def news_of(alerts: Sequence[AccountAlert], known: Known | None, newest: date) -> list[News]:
    """What is new of one account, given all its alerts of the replay and what is kept; ``newest`` is the Monday of the
    last complete week. At most an end and, after it, another fall.

    A replay that begins a week later may see an episode begin a week earlier or not at all, so a kept one that is
    not over is never opened again: it goes on, gets worse, or ends.
    """
    episodes = _episodes(alerts)
    if known is None or known.ended_week is not None:
        return _opened(episodes, known.ended_week if known else None, newest)
    end = next((one.end for one in episodes if one.end is not None and one.end.week > known.opened), None)
    if end is not None:
        ended = Ended.RECOVERED if end.kind is Kind.RECOVERY else Ended.NEW_NORMAL
        return [Finished(ended, end.week, end.now), *_opened(episodes, end.week, newest)]
    going_on = [one for one in episodes if one.end is None]
    worst = next((one.worst for one in going_on if one.worst.week > known.opened), None)
    if worst is not None and STEPS[worst.severity] > STEPS[known.severity]:
        return [Worsened(worst)]
    if not going_on and newest - known.opened >= _WEEK * EpisodeSettings().new_normal_weeks:
        # The replay does not see it any more: the history it began in is gone, or more is asked of the account.
        return [Finished(Ended.NEW_NORMAL, newest)]
    return []


def _episodes(alerts: Sequence[AccountAlert]) -> list[_Episode]:
    found: list[_Episode] = []
    for alert in alerts:
        if alert.kind in DROPS:
            found.append(_Episode(alert, alert))
        elif not found:
            continue
        elif alert.kind is Kind.WORSE:
            found[-1].worst = replace(found[-1].opening, severity=alert.severity, now=alert.now, week=alert.week,
                                      missing=alert.missing)  # fmt: skip
        elif alert.kind in (Kind.RECOVERY, Kind.NEW_NORMAL):
            found[-1].end = alert
    return found


def _opened(episodes: Sequence[_Episode], after: date | None, newest: date) -> list[News]:
    if not episodes or episodes[-1].end is not None:
        return []
    last = episodes[-1]
    if last.opening.week <= newest - _WEEK * LOOK_BACK or (after is not None and last.opening.since <= after):
        return []
    return [Opened(last.worst)]


def goes_on(alerts: Sequence[AccountAlert]) -> bool:
    """Whether the replay ends with an open episode of this account."""
    episodes = _episodes(alerts)
    return bool(episodes) and episodes[-1].end is None


def is_back(recent: Sequence[float | None], usual: float) -> bool:
    """Whether the last two weeks were at 80 % of the usual level (issue D, 6): for a kept episode the replay does not
    follow any more."""
    asked = EpisodeSettings()
    last = recent[-asked.recovered_weeks :]
    return len(last) == asked.recovered_weeks and all(
        one is not None and one >= asked.recovered_share * usual for one in last
    )


def feed_news(alerts: Iterable[Alert], newest: date, told: Iterable[date]) -> list[FeedAlert]:
    """What is to be said of the feed itself: a break of the last two weeks unless one was ``told`` (Mondays) within
    three, and what is held back this week."""
    recent = [one for one in alerts if isinstance(one, FeedAlert)]
    breaks = [one for one in recent if one.breaks and one.week >= newest - _WEEK]
    found: list[FeedAlert] = []
    if breaks and not any(timedelta() <= breaks[-1].week - week < _WEEK * FEED_WEEKS for week in told):
        found.append(replace(breaks[-1], held=0))
    found += [
        FeedAlert(one.week, (), one.held, Kind.HELD, one.severity) for one in recent if one.held and one.week == newest
    ]
    return found


# How loudly


class Route(StrEnum):
    """A message at once (in working hours), the next morning's digest, or the weekly one."""

    NOW = "now"
    MORNING = "morning"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something to be told. ``key`` names it; ``reader`` is our id of whoever is told, and ``on`` the local day on
    which they can be. ``factor`` is what the customer is worth beside a usual one (see ``worth_factors``);
    ``mornings``: whether the reader has a digest each morning."""

    key: str
    reader: int
    on: date
    severity: Severity
    factor: float = 1.0
    renewal_days: int | None = None
    mornings: bool = True

    @property
    def weight(self) -> float:
        """Severity × value × nearness of the renewal."""
        return 3.0 ** STEPS[self.severity] * self.factor * nearness(self.renewal_days)


def nearness(days: int | None) -> float:
    """How much more a fall matters with the renewal so many days away (None: nobody knows; one that is past says
    nothing of the next)."""
    if days is None or days > 180 or days < 0:
        return 1.0
    if days > 90:
        return 1.5
    return 2.0 if days > 30 else 3.0


def worth_factors(worths: Mapping[int, Sequence[Worth]]) -> dict[int, float]:
    """What each customer is worth beside the median of those given, each currency by itself: amounts of two can't be
    compared. 0.2 to 5; 1 for whom nothing is known."""
    amounts: defaultdict[str, list[Decimal]] = defaultdict(list)
    for worth in worths.values():
        for one in worth:
            if one.amount > 0:
                amounts[one.currency].append(one.amount)
    usual = {currency: median(every) for currency, every in amounts.items()}
    return {number: _factor(worth, usual) for number, worth in worths.items()}


def _factor(worth: Sequence[Worth], usual: Mapping[str, Decimal]) -> float:
    known = [float(one.amount / usual[one.currency]) for one in worth if one.amount > 0]
    return min(5.0, max(0.2, sum(known))) if known else 1.0


def route(candidates: Iterable[Candidate], told: Mapping[tuple[int, date], int]) -> dict[str, Route]:
    """How each is told. ``told``: how many each reader (our id) was told at once on a day already.

    The lowest severity waits for the week's digest; of the others the heaviest go at once, at most three a reader and
    day, and the rest into the morning's digest, or the week's for whoever has none in the morning.
    """
    used: Counter[tuple[int, date]] = Counter(dict(told))
    found: dict[str, Route] = {}
    for one in sorted(candidates, key=lambda each: (-each.weight, each.key)):
        place = (one.reader, one.on)
        if STEPS[one.severity] <= STEPS[Severity.LOW]:
            found[one.key] = Route.WEEKLY
        elif used[place] < IMMEDIATE:
            used[place] += 1
            found[one.key] = Route.NOW
        else:
            found[one.key] = Route.MORNING if one.mornings else Route.WEEKLY
    return found


def patience(not_useful: int) -> float:
    """The factor on the evidence asked of an account that was called not useful so many times."""
    return float(min(MOST_PATIENCE, PATIENCE ** max(0, not_useful)))


# When the lead is told


@dataclass(frozen=True, slots=True)
class Escalation:
    """What the clock finds: tell the lead now, look ``again`` on a day, or never (None), and why not now."""

    say: bool
    again: date | None = None
    why: str = ""


def escalation(card: UsageAlertCard, since: date, today: date, days: Days) -> Escalation:
    """Whether the lead is told today of an alert that was told on ``since`` (the CSM's local day)."""
    if card.escalated:
        return Escalation(say=False, why="the lead was told already")
    if card.ended is not None or not card.is_severe:
        return Escalation(say=False, why="it is over, or not severe")
    if not card.waits(today):
        again = days.add(card.until, ESCALATE_DAYS) if card.until else None
        return Escalation(say=False, again=again, why="somebody acted on it")
    due = days.add(max(since, card.until or since), ESCALATE_DAYS)
    if today < due:
        return Escalation(say=False, again=due, why="the CSM has still time to act")
    return Escalation(say=True)


# What it looks like


FEWER: Final = -0.3
"""From here on another metric counts as fallen too."""
GONE: Final = -0.8


def beside(metric: str, metrics: Metrics) -> tuple[str, ...]:
    """The metrics a fall of one is looked at beside: the watched ones, the busiest user's, and all that have a name."""
    every = (*metrics.watched, metrics.champion, *metrics.named)
    return tuple(name for name in dict.fromkeys(every) if name and name != metric)


BASELINE: Final = 30
"""Weeks another metric's usual count is taken from, up to the one in which the fall began."""


def move(metric: str, first: date, counts: Sequence[float | None], alert: AccountAlert) -> Move | None:
    """How a metric moved beside a fall: its mean in the weeks before and since, a week without a row as 0. ``first`` is
    the Monday of the first of ``counts``. None where there is next to nothing to compare with."""
    began = (alert.since - first) // _WEEK
    end = (alert.week - first) // _WEEK + 1
    known = next((place for place, count in enumerate(counts) if count is not None), len(counts))
    before = [count or 0.0 for count in counts[max(known, began - BASELINE) : max(began, 0)]]
    since = [count or 0.0 for count in counts[max(began, known) : end]]
    if not before or not since or sum(before) < len(before):
        return None
    return Move(metric, sum(before) / len(before), sum(since) / len(since))


def signs(alert: AccountAlert, moves: Sequence[Move], metrics: Metrics) -> tuple[Sign, ...]:
    """What the fall looks like: silence, the busiest user gone, fewer users, sticky or only basic features."""
    shares = {one.metric: one.share for one in moves} | {alert.metric: -alert.missing}
    found: list[Sign] = []
    if alert.now <= 0 and alert.metric == metrics.primary:
        found.append(Sign.SILENT)
    if shares.get(metrics.champion, 0.0) <= GONE:
        found.append(Sign.CHAMPION_LEFT)
    if shares.get(metrics.users, 0.0) <= FEWER:
        found.append(Sign.FEWER_USERS)
    parts = {metrics.primary, *metrics.sticky, metrics.users, metrics.champion}
    if any(shares.get(name, 0.0) <= FEWER for name in metrics.sticky):
        found.append(Sign.STICKY)
    elif any(share <= FEWER for name, share in shares.items() if name not in parts):
        found.append(Sign.BASIC)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Told:
    """How many alerts were told, and what became of them (``/cs metrics``)."""

    told: int = 0
    taken: int = 0
    snoozed: int = 0
    not_useful: int = 0
    recovered: int = 0
    reasons: tuple[str, ...] = field(default=())
