"""Plans, and what billing tells of one customer, in short."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from domain.plays.changes import Change, Told
from domain.plays.plans import PlanOrder, Tier

PLANS: Final = PlanOrder((Tier("Starter"), Tier("Growth", also=("Pro",)), Tier("Premium"), Tier("Enterprise")))
NOON: Final = datetime(2026, 11, 30, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def moved(minutes: float, before: str, after: str, delta: int | None = None, number: int = 0) -> Change:
    """A change of plan so many minutes after noon."""
    money = None if delta is None else Decimal(delta)
    return Change(number or int(minutes) + 1_000, Told.PLAN, at(minutes), before, after, money)


def ended(minutes: float, days: int = 30, reason: str = "", number: int = 0) -> Change:
    """A cancellation told then, that takes effect so many days later."""
    ends = NOON + timedelta(days=days)
    return Change(number or int(minutes) + 1_000, Told.CANCEL, at(minutes), effective_at=ends, reason=reason)
