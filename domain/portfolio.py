"""Which deals of a portfolio are at risk, why, and which come first. The words are in ``messages.portfolio``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, cast

from domain.calendar import WorkingDays
from domain.deal_clock import WIN_DUE, WIN_WARNED
from domain.handoff import HandoffState
from domain.plan.kickoff import late_since_close
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Kind
from domain.text import clean
from domain.usage.alerts import Severity
from domain.usage_alert import State as AlertState
from domain.usage_alert import UsageAlertCard

SHOWN: Final = 3
"""Deals at risk a CSM's part of a digest names; the rest is counted (design §4)."""
HANDOFF_DAYS: Final = 3
"""Working days after which a handoff is late (design §4)."""
MANY_QUESTIONS: Final = 5
QUESTION_DAYS: Final = 5
"""Working days after which one open question is a risk by itself."""
_FALLEN: Final[Mapping[Severity, int]] = MappingProxyType(
    {Severity.SEVERE: 60, Severity.MEDIUM: 40, Severity.LOW: 16, Severity.INFO: 0}
)
_WORDS: Final = 80
_NAME: Final = 60


class Danger(StrEnum):
    """What puts a deal at risk."""

    KICKOFF = "kickoff"
    BLOCKED = "blocked"
    OVERDUE = "overdue"
    EARLY_WIN = "early_win"
    HANDOFF = "handoff"
    RETURNED = "returned"
    PROMISES = "promises"
    QUESTIONS = "questions"
    USAGE = "usage"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason. ``days``: how long already (working days for the kickoff and what is overdue, else calendar days);
    ``count``: how many such things (for usage: how many percent are missing); ``what``: the worst of them, ``who`` can
    help, as typed, '' for none; ``weight`` its part of the score."""

    danger: Danger
    weight: int
    days: int = 0
    count: int = 1
    what: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rule looks at. ``plan`` needs to hold only the milestones that are open and late, blocked, the kickoff
    or the early win. ``handoff_since``: when it was asked for or given back. Promises are open ones with a day.
    ``usage`` is the fall that goes on."""

    deal_id: int
    name: str
    channel_id: str
    csm_id: int | None
    plan: PlanPicture | None
    handoff: HandoffState | None = None
    handoff_since: datetime | None = None
    questions: int = 0
    oldest_question: datetime | None = None
    promises: int = 0
    oldest_promise: date | None = None
    usage: UsageAlertCard | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """A deal at risk; ``reasons`` the heaviest first: it says what to do next."""

    deal_id: int
    name: str
    channel_id: str
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The deals of one CSM: how many, how many of them at risk, and the first of those."""

    deals: int
    at_risk: int = 0
    risks: tuple[Risk, ...] = ()

    @property
    def more(self) -> int:
        """Those at risk that are only counted."""
        return self.at_risk - len(self.risks)


def portfolio(standings: Iterable[Standing], *, today: date, zone: tzinfo, days: WorkingDays) -> Portfolio:
    """The same deals in any order give the same portfolio: heaviest first, then the longest, by name and id."""
    every = list(standings)
    found = [risk for one in every if (risk := at_risk(one, today=today, zone=zone, days=days)) is not None]
    return of_risks(len(every), found)


def of_risks(deals: int, risks: Iterable[Risk]) -> Portfolio:
    """The portfolio of so many ``deals``, those at risk among them in any order."""
    found = sorted(risks, key=_heaviest_first)
    return Portfolio(deals, len(found), tuple(found[:SHOWN]))


def _heaviest_first(risk: Risk) -> tuple[int, int, str, int]:
    return -risk.score, -max(one.days for one in risk.reasons), risk.name.casefold(), risk.deal_id


def at_risk(standing: Standing, *, today: date, zone: tzinfo, days: WorkingDays) -> Risk | None:
    """Why this deal is at risk on the local day ``today``, or None when it is on its way."""
    reasons = [*_of_plan(standing.plan, today, days), *_of_handoff(standing, today, zone, days)]
    reasons += _of_people(standing, today, zone, days)
    reasons += _of_usage(standing.usage, today)
    if not reasons:
        return None
    reasons.sort(key=lambda one: (-one.weight, one.danger))
    return Risk(
        standing.deal_id, standing.name, standing.channel_id, sum(one.weight for one in reasons), tuple(reasons)
    )


def _of_plan(plan: PlanPicture | None, today: date, days: WorkingDays) -> list[Reason]:
    if plan is None:
        return []
    found: list[Reason] = []
    late = late_since_close(plan, today, days)
    if late is not None:
        found.append(Reason(Danger.KICKOFF, 50 + min(late, 20), late))
    blocked = sorted((one for one in plan.milestones if one.state is State.BLOCKED), key=_order)
    if blocked:
        first = blocked[0]
        found.append(Reason(Danger.BLOCKED, 45 + min(len(blocked), 10), 0, len(blocked), _what(first), _who(first)))
    over = sorted((one for one in plan.milestones if _is_over(one, today)), key=_order)
    if over and over[0].due is not None:
        age = max(1, days.between(over[0].due, today))
        weight = 20 + min((today - over[0].due).days, 60) + min(len(over), 10)
        found.append(Reason(Danger.OVERDUE, weight, age, len(over), _what(over[0])))
    win = plan.of_kind(Kind.EARLY_WIN)
    age = (today - plan.closed_on).days
    if win is not None and win.is_open and not win.evidence and age >= WIN_WARNED:
        chosen = clean(plan.early_win, _WORDS).text if plan.early_win else ""
        found.append(Reason(Danger.EARLY_WIN, 42 if age >= WIN_DUE else 25, age, what=chosen))
    return found


def _of_handoff(standing: Standing, today: date, zone: tzinfo, days: WorkingDays) -> list[Reason]:
    if standing.handoff_since is None:
        return []
    since = standing.handoff_since.astimezone(zone).date()
    age = (today - since).days
    if standing.handoff is HandoffState.RETURNED:
        return [Reason(Danger.RETURNED, 30 + min(age, 15), age)]
    if standing.handoff not in (HandoffState.REQUESTED, HandoffState.DRAFTING) or days.add(since, HANDOFF_DAYS) > today:
        return []
    return [Reason(Danger.HANDOFF, 35 + min(age, 15), age)]


def _of_people(standing: Standing, today: date, zone: tzinfo, days: WorkingDays) -> list[Reason]:
    found: list[Reason] = []
    if standing.oldest_promise is not None and standing.oldest_promise < today:
        age = max(1, days.between(standing.oldest_promise, today))
        weight = 30 + min((today - standing.oldest_promise).days, 15)
        found.append(Reason(Danger.PROMISES, weight, age, standing.promises))
    if standing.oldest_question is not None:
        asked = standing.oldest_question.astimezone(zone).date()
        if standing.questions >= MANY_QUESTIONS or days.add(asked, QUESTION_DAYS) <= today:
            age = (today - asked).days
            found.append(Reason(Danger.QUESTIONS, 15 + min(standing.questions, 10), age, standing.questions))
    return found


def _of_usage(card: UsageAlertCard | None, today: date) -> list[Reason]:
    """A fall weighs by how deep it is; half as much while somebody is on it or it is snoozed."""
    if card is None or card.ended is not None or card.state is AlertState.NOT_USEFUL:
        return []
    weight = _FALLEN[card.severity] if card.waits(today) else _FALLEN[card.severity] // 2
    missing = max(0, min(100, round(card.missing * 100)))
    who = clean(card.by_name, _NAME).text if card.state is AlertState.TAKEN and card.by_name else ""
    what = clean(card.metric.replace("_", " "), _WORDS).text
    return [Reason(Danger.USAGE, weight, (today - card.since).days, missing, what, who)]


def _is_over(one: Milestone, today: date) -> bool:
    """Kickoff and early win have reasons of their own."""
    own = one.kind in (Kind.KICKOFF, Kind.EARLY_WIN)
    return one.is_open and one.state is not State.BLOCKED and not own and one.due is not None and one.due < today


def _order(one: Milestone) -> tuple[date, int]:
    return one.due or date.max, one.number


def _what(one: Milestone) -> str:
    return clean(one.title, _WORDS).text


def _who(one: Milestone) -> str:
    return clean(one.unblocker, _NAME).text if one.unblocker else ""


def to_json(found: Portfolio) -> dict[str, Any]:
    """Values ``json.dumps`` takes, to be kept with the notice: the digest says what was true when it was made."""
    return {
        "deals": found.deals,
        "at_risk": found.at_risk,
        "risks": [
            {
                "deal": risk.deal_id,
                "name": clean(risk.name, _WORDS).text,
                "channel": risk.channel_id,
                "score": risk.score,
                "reasons": [[str(r.danger), r.weight, r.days, r.count, r.what, r.who] for r in risk.reasons],
            }
            for risk in found.risks
        ],
    }


def from_json(value: Mapping[str, Any]) -> Portfolio:
    """Read what ``to_json`` wrote. Raises KeyError or ValueError for anything else."""
    risks = cast("list[Mapping[str, Any]]", value["risks"])
    return Portfolio(
        int(value["deals"]),
        int(value["at_risk"]),
        tuple(
            Risk(
                int(risk["deal"]),
                str(risk["name"]),
                str(risk["channel"]),
                int(risk["score"]),
                tuple(
                    Reason(Danger(danger), int(weight), int(days), int(count), str(what), str(who))
                    for danger, weight, days, count, what, who in risk["reasons"]
                ),
            )
            for risk in risks
        ),
    )
