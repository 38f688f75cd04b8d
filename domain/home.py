"""The app's Home: where somebody is in it, what waits for them, how their customers are (words: ``messages.home``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import IntEnum, StrEnum
from math import sqrt
from types import MappingProxyType
from typing import Any, Final

from domain.calendar import WorkingDays
from domain.morning import Item
from domain.person import PersonCard
from domain.portfolio import HANDOFF_DAYS, Reason, Standing, at_risk
from domain.text import clean
from domain.usage_alert import UsageAlertCard
from domain.usage_rules import Told

WAITING_SHOWN: Final = 8
"""Things that wait on one page: two blocks each, of the hundred a view may have."""
CUSTOMERS_SHOWN: Final = 10
SELLERS_SHOWN: Final = 8
LONGEST_SEARCH: Final = 80
MOST_PAGES: Final = 10_000
PROMISES_AHEAD: Final = 7
"""Days before its day from which a seller sees a promise."""
TREND_WEEKS: Final = 8
RECENT_WEEKS: Final = 2
_KNOWN: Final = 3
_SHARE: Final = 0.15
AT_RISK: Final = 40
"""The weight of all reasons together from which a customer is at risk: one heavy reason (a severe or clear fall of
usage, a blocked milestone, no kickoff), or two light ones."""


class Tab(StrEnum):
    """Whose Home it is: one person may have several."""

    CSM = "csm"
    SELLER = "seller"
    LEAD = "lead"


class Show(StrEnum):
    """Which customers are listed."""

    RISK = "risk"
    ONBOARDING = "new"
    ALL = "all"


_TABS: Final[Mapping[str, Tab]] = MappingProxyType({one.value: one for one in Tab})
_SHOWS: Final[Mapping[str, Show]] = MappingProxyType({one.value: one for one in Show})


@dataclass(frozen=True, slots=True)
class Looking:
    """Where somebody is in their Home: the tab, which customers, the pages from 0 (of customers, of what waits), and
    what they search, as typed."""

    tab: Tab = Tab.CSM
    show: Show = Show.ALL
    page: int = 0
    waiting: int = 0
    search: str = ""

    def packed(self) -> dict[str, int | str]:
        """What ``looking_of`` reads."""
        return {
            "tab": self.tab.value,
            "show": self.show.value,
            "page": self.page,
            "waiting": self.waiting,
            "search": self.search,
        }


def looking_of(values: Mapping[str, Any]) -> Looking:
    """What a button, a view or the database carries; whatever is not understood is as usual."""
    return Looking(
        _TABS.get(str(values.get("tab")), Tab.CSM),
        _SHOWS.get(str(values.get("show")), Show.ALL),
        _page(values.get("page")),
        _page(values.get("waiting")),
        searched(str(values.get("search") or "")),
    )


def searched(typed: str) -> str:
    """What was typed to find a customer, on one line and of a bearable length."""
    return clean(" ".join(typed.split()), LONGEST_SEARCH).text if typed.strip() else ""


def at_first(tabs: Sequence[Tab]) -> Looking:
    """What somebody sees who never was in their Home: the lead what is at risk, others everything."""
    tab = Tab.LEAD if Tab.LEAD in tabs else tabs[0] if tabs else Tab.CSM
    return Looking(tab, Show.RISK if tab is Tab.LEAD else Show.ALL)


def on_a_tab(looking: Looking, tabs: Sequence[Tab]) -> Looking:
    """The same, on a tab that is theirs: roles come and go."""
    return looking if looking.tab in tabs or not tabs else at_first(tabs)


def within(page: int, total: int, size: int) -> int:
    """The page, or the last there is."""
    return min(page, max(0, -(-total // size) - 1))


def _page(value: object) -> int:
    return min(max(value, 0), MOST_PAGES) if isinstance(value, int) and not isinstance(value, bool) else 0


# How a customer stands


class Level(IntEnum):
    """How a customer stands; the higher the worse."""

    HEALTHY = 0
    WATCH = 1
    AT_RISK = 2


@dataclass(frozen=True, slots=True)
class Judged:
    """How a deal stands on a day: ``reasons`` the heaviest first, ``score`` their weight together."""

    level: Level
    score: int = 0
    reasons: tuple[Reason, ...] = ()


def judged(standing: Standing, *, today: date, zone: tzinfo, days: WorkingDays) -> Judged:
    """How a deal stands: at risk from a weight of ``AT_RISK``, to be watched with any reason (``domain.portfolio``)."""
    risk = at_risk(standing, today=today, zone=zone, days=days)
    if risk is None:
        return Judged(Level.HEALTHY)
    return Judged(Level.AT_RISK if risk.score >= AT_RISK else Level.WATCH, risk.score, risk.reasons)


def last_day_before(today: date, count: int, days: WorkingDays) -> date:
    """The newest day after which ``count`` working days have passed by ``today``; ``count`` ≥ 1."""
    return days.back(today, count - 1) - timedelta(days=1)


def handoff_late_since(today: date, days: WorkingDays) -> date:
    """A handoff asked for on this day or before is late (``domain.portfolio.HANDOFF_DAYS``)."""
    return last_day_before(today, HANDOFF_DAYS, days)


class Arrow(StrEnum):
    """Where the usage of a customer goes."""

    UP = "up"
    FLAT = "flat"
    DOWN = "down"


def arrow(weeks: Sequence[float | None]) -> Arrow | None:
    """The last two weeks beside the six before, the oldest first; None where too little is known.

    A change counts from 15 % on and beyond two standard errors of the difference of two means of counts (Poisson: the
    variance of a mean of n weeks is its level over n), so that three logins instead of two are no trend.
    """
    recent = [one for one in weeks[-RECENT_WEEKS:] if one is not None]
    before = [one for one in weeks[:-RECENT_WEEKS] if one is not None]
    if not recent or len(before) < _KNOWN:
        return None
    now, usual = sum(recent) / len(recent), sum(before) / len(before)
    moved = now - usual
    noise = 2 * sqrt(usual / len(before) + max(usual, now) / len(recent))
    if not moved or abs(moved) < max(_SHARE * usual, noise):
        return Arrow.FLAT
    return Arrow.UP if moved > 0 else Arrow.DOWN


# What waits


class Wait(StrEnum):
    """What kind of thing waits for somebody. The first are also subjects of a morning's digest."""

    MILESTONE = "milestone"
    PLAY = "play"
    USAGE_TASK = "usage-task"
    USAGE = "usage"
    QUESTION = "question"
    PROMISE = "promise"
    HANDOFF = "handoff"
    ACCEPT = "accept"
    KICKOFF = "kickoff"


class Urgency(IntEnum):
    """In which order things are shown; within each the oldest first. What somebody else waits for comes before one's
    own list, which may be long."""

    LATE_KICKOFF = 0
    HANDOFF = 1
    USAGE = 2
    OVERDUE = 3
    TODAY = 4
    QUESTION = 5
    SOON = 6


@dataclass(frozen=True, slots=True)
class Accept:
    """A handoff that waits for the CSM: the ``version`` submitted, how complete (percent), when and by whom."""

    deal_id: int
    customer: str
    channel_id: str
    version: int
    score: int
    at: datetime | None
    by: str = ""


@dataclass(frozen=True, slots=True)
class LateKickoff:
    """A kickoff that was not held: ``days`` working days since the close; ``booked_for`` a time that is past, None: not
    booked. ``csm`` a Slack id, '' for nobody."""

    deal_id: int
    customer: str
    channel_id: str
    days: int
    booked_for: datetime | None
    csm: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody: how many by urgency and kind, and one ``page`` of it."""

    counts: Mapping[tuple[Urgency, Wait], int] = field(default_factory=dict[tuple[Urgency, Wait], int])
    page: tuple[Item | Accept | LateKickoff, ...] = ()

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.counts.values())

    def of(self, *urgencies: Urgency) -> int:
        """How many are of these urgencies."""
        return sum(count for (urgency, _), count in self.counts.items() if urgency in urgencies)


# Customers


@dataclass(frozen=True, slots=True)
class Counts:
    """How many customers there are to choose from, with the search and without a filter."""

    every: int = 0
    at_risk: int = 0
    onboarding: int = 0

    def of(self, show: Show) -> int:
        """Those a filter leaves."""
        return {Show.RISK: self.at_risk, Show.ONBOARDING: self.onboarding, Show.ALL: self.every}[show]


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer of the list. ``name`` is the customer's, ``deal`` the deal's, as typed; ``ae``, ``csm`` Slack ids.

    ``handoff`` its state, '' for none. ``settled`` of ``total`` milestones, ``next_title``, ``next_due`` the first open
    one; ``day`` days since the close, None without a plan; ``finished``: the plan is. ``questions`` that are open.
    """

    deal_id: int
    name: str
    deal: str
    channel_id: str
    opening: bool
    level: Level
    reasons: tuple[Reason, ...]
    ae: str = ""
    csm: str = ""
    handoff: str = ""
    settled: int = 0
    total: int = 0
    day: int | None = None
    finished: bool = False
    next_title: str = ""
    next_due: date | None = None
    questions: int = 0
    usage: Arrow | None = None
    fall: UsageAlertCard | None = None

    @property
    def percent(self) -> int:
        """Settled of all, rounded down."""
        return self.settled * 100 // self.total if self.total else 0


@dataclass(frozen=True, slots=True)
class Owing:
    """A seller (a Slack id, '' for nobody in this Slack) with ``count`` late handoffs, the oldest due since ``since``
    (the local day it was asked for or given back), ``days`` working days ago."""

    seller: str
    count: int
    since: date
    days: int


@dataclass(frozen=True, slots=True)
class Team:
    """What only the lead sees: late handoffs by seller, the worst first, with how many sellers and handoffs there are
    in all; and what became of alerts since ``since``."""

    owing: tuple[Owing, ...]
    sellers: int
    handoffs: int
    told: Told
    since: date


@dataclass(frozen=True, slots=True)
class HomePicture:
    """The Home of one person on their local day ``today``. ``tabs``: what they are, none for nobody yet; ``rows`` one
    page of customers; ``team`` on the lead's tab."""

    reader: PersonCard
    today: date
    tabs: tuple[Tab, ...]
    looking: Looking
    waiting: Waiting = field(default_factory=Waiting)
    counts: Counts = field(default_factory=Counts)
    rows: tuple[Customer, ...] = ()
    team: Team | None = None

    @property
    def customers(self) -> int:
        """How many customers the filter leaves."""
        return self.counts.of(self.looking.show)


def turned(picture: HomePicture) -> HomePicture:
    """The same with pages that are there."""
    looking = replace(
        picture.looking,
        page=within(picture.looking.page, picture.customers, CUSTOMERS_SHOWN),
        waiting=within(picture.looking.waiting, picture.waiting.total, WAITING_SHOWN),
    )
    return replace(picture, looking=looking)
