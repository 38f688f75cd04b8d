"""Why a customer is healthy, to be watched, or at risk: every reason with its weight, and what speaks for them.

There is no score of its own. The weights are those of ``domain.portfolio`` and the line between watch and risk that of
``domain.home`` (``AT_RISK``), so that Home, digest and ``/cs health`` never disagree; ``docs/health.md`` lists them.
What speaks for a customer has no weight: it explains, and never hides a reason.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.handoff import HandoffState
from domain.home import Arrow, Customer, Level
from domain.portfolio import Danger, Reason

SILENT_DAYS: Final = 30
"""Days without a conversation told of, from which that is said."""
_LATE: Final = frozenset({Danger.OVERDUE, Danger.BLOCKED, Danger.KICKOFF, Danger.EARLY_WIN})
_USAGE: Final = frozenset({Danger.USAGE})


class Sign(StrEnum):
    """What speaks for a customer."""

    FINISHED = "finished"
    ON_TIME = "on_time"
    ACCEPTED = "accepted"
    USAGE_UP = "usage_up"
    USAGE_STEADY = "usage_steady"
    NO_QUESTIONS = "no_questions"
    TALKED = "talked"


class Gap(StrEnum):
    """What nobody knows of a customer; it weighs nothing, and is said."""

    NO_PLAN = "no_plan"
    NO_USAGE = "no_usage"
    SILENT = "silent"
    NEVER_TALKED = "never_talked"


@dataclass(frozen=True, slots=True)
class Health:
    """How a customer is on a day: ``reasons`` the heaviest first, their ``weight`` together (``AT_RISK`` or more is at
    risk), what speaks for them, and what is not known. ``days`` since the last conversation, None for none."""

    level: Level
    weight: int
    reasons: tuple[Reason, ...]
    signs: tuple[Sign, ...]
    gaps: tuple[Gap, ...]
    days: int | None = None


def health_of(customer: Customer, talked_on: date | None, today: date) -> Health:
    """The health of a customer who was judged (``domain.home.judged``); ``talked_on`` is the local day of the last
    conversation told of."""
    days = (today - talked_on).days if talked_on is not None else None
    signs, gaps = _signs(customer, days), _gaps(customer, days)
    weight = sum(one.weight for one in customer.reasons)
    return Health(customer.level, weight, customer.reasons, signs, gaps, days)


def _signs(customer: Customer, days: int | None) -> tuple[Sign, ...]:
    against = {one.danger for one in customer.reasons}
    steady = customer.fall is None and not against & _USAGE
    found = (
        (Sign.FINISHED, customer.finished),
        (Sign.ON_TIME, customer.total > 0 and not customer.finished and not against & _LATE),
        (Sign.ACCEPTED, customer.handoff == HandoffState.ACCEPTED.value),
        (Sign.USAGE_UP, steady and customer.usage is Arrow.UP),
        (Sign.USAGE_STEADY, steady and customer.usage is Arrow.FLAT),
        (Sign.NO_QUESTIONS, not customer.questions),
        (Sign.TALKED, days is not None and days < SILENT_DAYS),
    )
    return tuple(sign for sign, holds in found if holds)


def _gaps(customer: Customer, days: int | None) -> tuple[Gap, ...]:
    found = (
        (Gap.NO_PLAN, not customer.total),
        (Gap.NO_USAGE, customer.usage is None and customer.fall is None),
        (Gap.NEVER_TALKED, days is None),
        (Gap.SILENT, days is not None and days >= SILENT_DAYS),
    )
    return tuple(gap for gap, holds in found if holds)
