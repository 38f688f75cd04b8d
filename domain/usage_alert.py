"""A usage alert as people see it, and what they may do about it. What was found is decided in ``domain.usage``.

Notices of these kinds are built from a card as it is when they are sent (their builder's facts are ``to_json`` of it).
``usage_drop`` goes to the CSM, and into the channel of an open deal; ``usage_worse``, ``usage_recovered`` and
``usage_new_normal`` are told in its thread; ``usage_escalated`` goes to the lead. ``usage_feed_broken`` and
``usage_held``, to the lead, are built from a ``FeedCard``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, cast

from domain.outcome import Refused
from domain.text import clean
from domain.usage.alerts import AccountAlert, Change, Severity
from domain.usage.settings import Kind

DROP: Final = "usage_drop"
WORSE: Final = "usage_worse"
RECOVERED: Final = "usage_recovered"
NEW_NORMAL: Final = "usage_new_normal"
ESCALATED: Final = "usage_escalated"
FEED_BROKEN: Final = "usage_feed_broken"
HELD: Final = "usage_held"
OF_ALERT: Final = frozenset({DROP, WORSE, RECOVERED, NEW_NORMAL, ESCALATED})
OF_FEED: Final = frozenset({FEED_BROKEN, HELD})

FARTHEST: Final = 90
"""Days a task or a snooze may lie ahead."""
TASK_DAYS: Final = 2
"""Working days after which a task is due when nobody says otherwise."""
WHY: Final = 500
"""Characters of the reason why an alert was not useful."""


class State(StrEnum):
    """What people did about an alert. Who snoozed it is quiet until the day, then it is open again."""

    OPEN = "open"
    TAKEN = "taken"
    SNOOZED = "snoozed"
    NOT_USEFUL = "not_useful"


class Ended(StrEnum):
    """How an episode came to its end."""

    RECOVERED = "recovered"
    NEW_NORMAL = "new_normal"


class Sign(StrEnum):
    """What a fall looks like beside the other metrics."""

    SILENT = "silent"
    CHAMPION_LEFT = "champion_left"
    FEWER_USERS = "fewer_users"
    STICKY = "sticky"
    BASIC = "basic"


@dataclass(frozen=True, slots=True)
class Move:
    """One metric beside the one that fell: events a week over the baseline, and since the fall."""

    metric: str
    usual: float
    now: float

    @property
    def share(self) -> float:
        """−0.4: 40 % less than usual; 0 where nothing was usual."""
        return self.now / self.usual - 1 if self.usual > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Worth:
    """What a customer pays in one currency ('' where nobody said which)."""

    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class UsageAlertCard:
    """One episode of one account.

    ``id`` and ``account`` are ours (``id`` 0: not kept yet), ``account_id`` the CRM's. ``kind`` … ``threshold`` as in
    ``AccountAlert``; ``week`` is the Monday of the last complete week told of, so it moves when the fall gets worse.
    ``worse`` counts the steps it got worse since it was told, ``was`` is the severity it was told with.
    ``deal`` is the open deal whose channel knows of it (None, '': no channel). ``csm`` the Slack id of whoever is told.
    ``by``, ``by_name``: who acted last; ``until``: snoozed to; ``task_due``, ``task_done``: the task of who is on it;
    ``why``: why not useful, as typed. ``chart`` is Slack's id of the picture, '' while there is none.
    ``handed`` is our id of whoever has the customer since, '' while it is whoever was told first.
    """

    id: int
    account: int
    account_id: str
    account_name: str
    kind: Kind
    severity: Severity
    metric: str
    usual: float
    now: float
    missing: float
    peers: float
    baseline_weeks: int
    evidence: float
    threshold: float
    since: date
    week: date
    was: Severity = Severity.LOW
    worse: int = 0
    moves: tuple[Move, ...] = ()
    signs: tuple[Sign, ...] = ()
    worth: tuple[Worth, ...] = ()
    renewal: date | None = None
    next_steps: tuple[str, ...] = ()
    deal: int | None = None
    channel: str = ""
    csm: str = ""
    state: State = State.OPEN
    by: str = ""
    by_name: str = ""
    until: date | None = None
    task_due: date | None = None
    task_done: date | None = None
    why: str = ""
    ended: Ended | None = None
    ended_week: date | None = None
    escalated: bool = False
    chart: str = ""
    version: int = 1
    handed: str = ""

    @property
    def key(self) -> str:
        """The occurrence of the episode, and of the message about it to whoever was told first."""
        return f"usage:{self.account}:{self.metric}:{self.since.isoformat()}"

    @property
    def said_as(self) -> str:
        """The occurrence of the message to whoever has the customer now."""
        return f"{self.key}:for:{self.handed}" if self.handed else self.key

    @property
    def is_severe(self) -> bool:
        """Whether it is to be told the same day, and to the lead when nobody acts."""
        return self.severity is Severity.SEVERE

    def waits(self, today: date) -> bool:
        """Whether somebody is still to act on it: neither over, nor taken, nor called useless, nor snoozed."""
        if self.ended is not None:
            return False
        return self.state is State.OPEN or (
            self.state is State.SNOOZED and self.until is not None and today >= self.until
        )

    def alert(self) -> AccountAlert:
        """What the detector said, for the words of ``messages.usage_words.explain``."""
        others = tuple(Change(one.metric, one.share) for one in self.moves)
        return AccountAlert(
            -1, self.account_id, self.week, self.kind, self.severity, self.metric, self.usual, self.now, self.since,
            self.missing, self.peers, self.baseline_weeks, self.evidence, self.threshold, others,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeedCard:
    """The feed itself: ``said`` is its explanation (plain text), ``week`` the Monday of the week it is about; ``held``
    counts accounts whose alerts wait."""

    week: date
    said: str
    held: int = 0


# What people may do


def take(card: UsageAlertCard, by: str, name: str, due: date, today: date) -> UsageAlertCard | Refused:
    """“I'm on it”: nobody else is told any more, and there is a task until ``due``. ``by`` is a Slack id."""
    refused = _over(card) or _taken(card, by)
    if refused is not None:
        return refused
    if card.state is State.TAKEN:
        return Refused("You are on it already.")
    if not 0 <= (due - today).days <= FARTHEST:
        return Refused(f"Choose a day from today on, at most {FARTHEST} days ahead.")
    return _changed(card, State.TAKEN, by, name, task_due=due)


def snooze(card: UsageAlertCard, by: str, name: str, until: date, today: date) -> UsageAlertCard | Refused:
    """Quiet until that day, unless it gets a step worse."""
    refused = _over(card) or _taken(card, by)
    if refused is not None:
        return refused
    if not 1 <= (until - today).days <= FARTHEST:
        return Refused(f"Choose a day from tomorrow on, at most {FARTHEST} days ahead.")
    return _changed(card, State.SNOOZED, by, name, until=until)


def not_useful(card: UsageAlertCard, by: str, name: str, why: str) -> UsageAlertCard | Refused:
    """The reader has no use for it: the detector asks for more of this account from now on."""
    refused = _over(card) or _taken(card, by)
    if refused is not None:
        return refused
    if card.state is State.NOT_USEFUL:
        return Refused("This was called not useful already; Baton asks for more evidence of this customer.")
    said = clean(why, WHY).text.strip()
    if not said:
        return Refused("Say in a few words why, so that Baton can do better.")
    return _changed(card, State.NOT_USEFUL, by, name, why=said)


def done(card: UsageAlertCard, by: str, name: str, today: date) -> UsageAlertCard | Refused:
    """The task is done; the alert stays taken until the episode ends. It may be done after the end too."""
    if card.state is not State.TAKEN:
        return Refused("Nobody is on it: press “I'm on it” first.")
    if card.task_done is not None:
        return Refused("This task was done already.")
    return replace(card, by=by, by_name=name, task_done=today, version=card.version + 1)


def worsen(card: UsageAlertCard, severity: Severity, now: float, missing: float, week: date) -> UsageAlertCard:
    """A step worse: told again whatever people did, but for “not useful”. Who snoozed it is woken."""
    state = State.OPEN if card.state is State.SNOOZED else card.state
    return replace(
        card, severity=severity, now=now, missing=missing, week=week, worse=card.worse + 1, state=state,
        until=None if state is State.OPEN else card.until, version=card.version + 1,
    )  # fmt: skip


def close(card: UsageAlertCard, ended: Ended, week: date, now: float | None = None) -> UsageAlertCard:
    """The episode is over; ``week`` is the Monday of the week that ended it, ``now`` the events of it."""
    level = card.now if now is None else now
    return replace(card, ended=ended, ended_week=week, now=level, version=card.version + 1)


def hand_over(card: UsageAlertCard, csm: str, number: int) -> UsageAlertCard | Refused:
    """Another CSM (a Slack id, and our id) has the customer: what its predecessor has not done waits for them."""
    if card.csm == csm:
        return Refused("They have it already.")
    if card.ended is not None:
        return Refused("It is over.")
    left = card.state is State.TAKEN and card.by == card.csm and card.task_done is None
    mine = replace(card, csm=csm, handed=str(number), version=card.version + 1)
    return replace(mine, state=State.OPEN, by="", by_name="", task_due=None) if left else mine


def escalate(card: UsageAlertCard, today: date) -> UsageAlertCard | Refused:
    """To the lead, once, and only what is severe and still waits for somebody."""
    if card.escalated:
        return Refused("The lead was told already.")
    if not card.is_severe or not card.waits(today):
        return Refused("Somebody acted on it, or it is not severe.")
    return replace(card, escalated=True, version=card.version + 1)


def _over(card: UsageAlertCard) -> Refused | None:
    if card.ended is Ended.RECOVERED:
        return Refused("Usage is back: there is nothing left to do here.")
    if card.ended is Ended.NEW_NORMAL:
        return Refused("This has lasted so long that it is taken as usual now.")
    return None


def _taken(card: UsageAlertCard, by: str) -> Refused | None:
    if card.state is State.TAKEN and card.by != by and card.task_done is None:
        return Refused(f"{card.by_name or 'Somebody else'} is on it already.")
    return None


def _changed(
    card: UsageAlertCard,
    state: State,
    by: str,
    name: str,
    *,
    until: date | None = None,
    task_due: date | None = None,
    why: str = "",
) -> UsageAlertCard:
    return replace(
        card, state=state, by=by, by_name=name, until=until, task_due=task_due, task_done=None, why=why,
        version=card.version + 1,
    )  # fmt: skip


# As JSON


def to_json(card: UsageAlertCard) -> dict[str, Any]:
    """Values ``json.dumps`` takes; ``from_json`` gives the card back."""
    found: dict[str, Any] = {name: getattr(card, name) for name in _PLAIN}
    found |= {name: str(getattr(card, name)) for name in _WORDS}
    found |= {name: _day(getattr(card, name)) for name in _DAYS}
    found["moves"] = [[one.metric, one.usual, one.now] for one in card.moves]
    found["signs"] = [str(one) for one in card.signs]
    found["worth"] = [[one.currency, str(one.amount)] for one in card.worth]
    found["next_steps"] = list(card.next_steps)
    found["ended"] = str(card.ended) if card.ended else None
    found["handed"] = card.handed
    return found


def from_json(value: Mapping[str, Any]) -> UsageAlertCard:
    """Read what ``to_json`` wrote. Raises KeyError or ValueError for anything else."""
    given: dict[str, Any] = {name: value[name] for name in _PLAIN}
    given |= {name: made(value[name]) for name, made in _WORDS.items()}
    given |= {name: date.fromisoformat(value[name]) if value[name] else None for name in _DAYS}
    return UsageAlertCard(
        **given,
        handed=str(value.get("handed", "")),
        moves=tuple(Move(str(metric), float(usual), float(now)) for metric, usual, now in value["moves"]),
        signs=tuple(Sign(one) for one in value["signs"]),
        worth=tuple(Worth(str(currency), Decimal(amount)) for currency, amount in value["worth"]),
        next_steps=tuple(str(one) for one in value["next_steps"]),
        ended=Ended(value["ended"]) if value["ended"] else None,
    )


def feed_to_json(card: FeedCard) -> dict[str, Any]:
    """Values ``json.dumps`` takes."""
    return {"week": card.week.isoformat(), "said": card.said, "held": card.held}


def feed_from_json(value: Mapping[str, Any]) -> FeedCard:
    """Read what ``feed_to_json`` wrote. Raises KeyError or ValueError for anything else."""
    return FeedCard(date.fromisoformat(cast("str", value["week"])), str(value["said"]), int(value["held"]))


_PLAIN: Final = (
    *("id", "account", "account_id", "account_name", "metric", "usual", "now", "missing", "peers"),
    *("baseline_weeks", "evidence", "threshold", "worse", "deal", "channel", "csm", "by", "by_name", "why"),
    *("escalated", "chart", "version"),
)
_WORDS: Final[Mapping[str, type[StrEnum]]] = {"kind": Kind, "severity": Severity, "was": Severity, "state": State}
_DAYS: Final = ("since", "week", "renewal", "until", "task_due", "task_done", "ended_week")


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
