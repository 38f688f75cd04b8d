"""Plans and calendars for tests of summaries, portfolios and the clocks of a deal."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from domain.calendar import WorkingDays
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Kind, Raci, Role

CLOSED: Final = date(2026, 11, 2)
MONDAY: Final = date(2026, 11, 30)
AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
WEEKDAYS: Final = WorkingDays()
SWEDISH: Final = WorkingDays(["SE"])
OURS: Final = Raci(Role.CSM, Role.CSM)


def at(day: date, hour: int = 9, zone: ZoneInfo = AMSTERDAM) -> datetime:
    """The moment of this local hour."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)


def milestone(number: int, due: date | None = None, **changes: Any) -> Milestone:  # noqa: ANN401
    """One of the CSM's milestones."""
    return replace(Milestone(100 + number, number, f"Step {number}", OURS, due), **changes)


def done(number: int, on: date, **changes: Any) -> Milestone:  # noqa: ANN401
    """One that was settled at noon of this day in Amsterdam."""
    return milestone(number, on, **({"state": State.DONE, "settled_at": at(on, 12)} | changes))


def kickoff(**changes: Any) -> Milestone:  # noqa: ANN401
    """The kickoff, due ten days after the close, or on the day it is booked for."""
    booked = changes.get("booked_for")
    due = booked.date() if booked else CLOSED + timedelta(days=10)
    return milestone(3, **({"kind": Kind.KICKOFF, "title": "Kickoff held", "due": due} | changes))


def plan(*milestones: Milestone, **changes: Any) -> PlanPicture:  # noqa: ANN401
    """A plan that began on Monday 2 November."""
    return replace(PlanPicture(7, "saas-90-days", "SaaS", "The usual one.", CLOSED, milestones), **changes)
