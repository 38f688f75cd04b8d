"""The clocks of one deal: on which day each is looked at, and what is said then. Days are local days of the CSM."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from domain.calendar import WorkingDays
from domain.plan.kickoff import CSM_DAYS, LEAD_DAYS
from domain.plan_picture import Milestone, PlanPicture
from domain.playbook import Kind
from domain.summary import WEEK, monday_of

WEEKLY: Final = "weekly_summary"
KICKOFF_CSM: Final = "kickoff_csm"
KICKOFF_LEAD: Final = "kickoff_lead"
EARLY_WIN: Final = "early_win"
CHECK_30: Final = "check_30"
CHECK_90: Final = "check_90"
KINDS: Final = (WEEKLY, KICKOFF_CSM, KICKOFF_LEAD, EARLY_WIN, CHECK_30, CHECK_90)

KICKOFF_LATE: Final[Mapping[str, int]] = MappingProxyType({KICKOFF_CSM: CSM_DAYS, KICKOFF_LEAD: LEAD_DAYS})
"""Working days after the close from which a kickoff not held is late, by who is told (issue C)."""
AFTER_BOOKED: Final[Mapping[str, int]] = MappingProxyType({KICKOFF_CSM: 1, KICKOFF_LEAD: 3})
"""Working days after a booked day that passed without “held”: the same three days between CSM and lead."""
WIN_WARNED, WIN_DUE = 20, 30
CHECKS: Final[Mapping[str, tuple[Kind, int]]] = MappingProxyType(
    {CHECK_30: (Kind.CHECK_30, 30), CHECK_90: (Kind.CHECK_90, 90)}
)
_EARLIER: Final = 10
"""A check may be moved to an earlier day, so it is looked at from so many days before its usual one."""
_STALE: Final = 30
"""Days after which a check that was not made is not asked for any more: the next one comes, or nobody remembers."""
_LOOK_AGAIN: Final = 5


@dataclass(frozen=True, slots=True)
class Look:
    """What a clock says on the day it is looked at: ``say`` something or, with ``why``, nothing; ``again`` is the
    next day to look, None never. ``about`` goes into the occurrence's key where there may be several."""

    say: bool
    again: date | None
    why: str = ""
    about: str = ""
    missed: tuple[date, ...] = ()


def first_looks(closed_on: date, today: date, days: WorkingDays) -> dict[str, date]:
    """When each clock of a deal that is opened on ``today`` is looked at first: never before the next working day, so
    that a deal told late is not met with five messages at once."""
    soonest = days.add(today, 1)
    check = {kind: closed_on + timedelta(days=day - _EARLIER) for kind, (_, day) in CHECKS.items()}
    found = {kind: days.add(closed_on, count) for kind, count in KICKOFF_LATE.items()}
    found[EARLY_WIN] = days.add(closed_on + timedelta(days=WIN_WARNED), 0)
    found |= {kind: days.add(day, 0) for kind, day in check.items()}
    return {WEEKLY: monday_of(today) + WEEK} | {kind: max(day, soonest) for kind, day in found.items()}


def weekly(on_day: date, today: date, days: WorkingDays, weekday: int = 0) -> Look:
    """What is told once a week, on ``weekday`` (0 for Monday), due since ``on_day``. On a day off it waits for the next
    working day of the week; of weeks that were missed only the newest is told, the others are in ``missed`` (their
    Mondays)."""
    monday = monday_of(today)
    usual, following = monday + timedelta(days=weekday), monday + WEEK + timedelta(days=weekday)
    weeks = (monday - monday_of(on_day)).days // 7
    missed = tuple(monday - WEEK * back for back in range(weeks, 0, -1))
    if today < on_day:
        return Look(say=False, again=on_day, why="its day has not begun there")
    if today < usual:
        return Look(say=False, again=usual, why="its day of the week is to come", missed=missed)
    if days.is_working_day(today):
        return Look(say=True, again=following, missed=missed)
    later = days.add(today, 1)
    if later < monday + WEEK:
        return Look(say=False, again=later, why="a day off: told on the next working day of the week", missed=missed)
    return Look(say=False, again=following, why="no working day is left in this week", missed=(*missed, monday))


def kickoff(kind: str, plan: PlanPicture | None, today: date, days: WorkingDays) -> Look:
    """``kind`` is ``kickoff_csm`` or ``kickoff_lead``. Late when it is not held so many working days after the close,
    and again when a booked day has passed without it; never while it is booked for a day to come. While it is open
    it is looked at each working day: bookings are made and moved at any time."""
    tomorrow = days.add(today, 1)
    found = plan.of_kind(Kind.KICKOFF) if plan else None
    if plan is None:
        return Look(say=False, again=tomorrow, why="there is no plan yet")
    if found is None:
        return Look(say=False, again=days.add(today, _LOOK_AGAIN), why="the plan has no kickoff")
    if not found.is_open:
        return Look(say=False, again=None, why=f"the kickoff is {found.state}")
    late_from = days.add(plan.closed_on, KICKOFF_LATE[kind])
    booked = found.due if found.booked_for is not None else None
    if booked is not None:
        if booked >= today:
            return Look(say=False, again=tomorrow, why="the kickoff is booked")
        late_from = max(late_from, days.add(booked, AFTER_BOOKED[kind]))
    if today < late_from:
        return Look(say=False, again=late_from, why="the kickoff is not late")
    return Look(say=True, again=tomorrow, about=booked.isoformat() if booked else "")


def early_win(plan: PlanPicture | None, today: date, days: WorkingDays) -> Look:
    """Warned once, on day 20 or the first working day after it, while no win is chosen or has evidence."""
    if plan is None:
        return Look(say=False, again=days.add(today, 1), why="there is no plan yet")
    found = plan.of_kind(Kind.EARLY_WIN)
    if found is None:
        return Look(say=False, again=None, why="the plan has no early win")
    if not found.is_open or found.evidence:
        return Look(say=False, again=None, why="the early win has its evidence")
    age = (today - plan.closed_on).days
    if age < WIN_WARNED:
        return Look(say=False, again=days.add(plan.closed_on + timedelta(days=WIN_WARNED), 0), why="day 20 is to come")
    if age > WIN_DUE:
        return Look(say=False, again=None, why="day 30 has passed: it is overdue in the reminders")
    return Look(say=True, again=None)


def check(kind: str, plan: PlanPicture | None, today: date, days: WorkingDays) -> Look:
    """``kind`` is ``check_30`` or ``check_90``: said on the day its milestone is due, wherever that was moved."""
    wanted, usual = CHECKS[kind]
    later = days.add(today, _LOOK_AGAIN)
    if plan is None:
        return Look(say=False, again=later, why="there is no plan yet")
    last = plan.closed_on + timedelta(days=usual + _STALE)
    found = plan.of_kind(wanted)
    if found is None:
        return Look(say=False, again=later if later <= last else None, why="the plan has no such check")
    if not found.is_open:
        return Look(say=False, again=None, why=f"the check is {found.state}")
    due = _due_of(found, plan, usual)
    if today < due:
        return Look(say=False, again=min(days.add(due, 0), later), why="its day is to come")
    if today > due + timedelta(days=_STALE):
        return Look(say=False, again=None, why="too long ago to still be asked")
    return Look(say=True, again=None)


def _due_of(found: Milestone, plan: PlanPicture, usual: int) -> date:
    return found.due or plan.closed_on + timedelta(days=usual)
