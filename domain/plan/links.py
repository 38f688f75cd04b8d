"""Which milestone counts from which, and the days that follow from it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from domain.calendar import WorkingDays
from domain.plan_picture import Milestone, State
from domain.playbook import CLOSE


def date_by_hand(one: Milestone) -> bool:
    """Whether its day was set by a person, so that it follows nothing any more."""
    return one.working_days is None and one.by_day is None


def left_out(one: Milestone) -> bool:
    """Whether a condition left it out: what counts from it counts from its own anchor instead. One that a person
    skipped keeps its day and its place."""
    return one.state is State.SKIPPED and not one.touched


def stays_put(one: Milestone) -> bool:
    """Whether nothing but a person moves it: it is settled, or its day was set by hand."""
    return not one.is_open or date_by_hand(one)


def anchor_of(one: Milestone, milestones: Sequence[Milestone]) -> Milestone | None:
    """The milestone it counts from; None for the close, or when that milestone is not in the plan."""
    seen = {one.number}
    at = one
    while at.after != CLOSE:
        found = next((each for each in milestones if each.step == at.after), None)
        if found is None or found.number in seen:
            return None
        if not left_out(found):
            return found
        seen.add(found.number)
        at = found
    return None


def followers(milestones: Sequence[Milestone]) -> Mapping[int, Sequence[Milestone]]:
    """By number, the milestones that count from each directly, through left-out ones too; settled ones are among
    them."""
    found: defaultdict[int, list[Milestone]] = defaultdict(list)
    for one in milestones:
        anchor = None if one.by_day is not None or left_out(one) else anchor_of(one, milestones)
        if anchor is not None:
            found[anchor.number].append(one)
    return found


def shifted(day: date, working_days: int, days: WorkingDays) -> date:
    """The day so many working days later, or earlier below 0; 0 is the day itself, whatever it is."""
    if working_days == 0:
        return day
    return days.add(day, working_days) if working_days > 0 else days.back(day, -working_days)


def due_from(closed_on: date, anchor_due: date | None, one: Milestone, days: WorkingDays) -> date | None:
    """The day a milestone is due by what it counts from; None when that has no day, or it counts from nothing."""
    if one.by_day is not None:
        # Never before the close, not even when the close is a Saturday and the offset a day.
        return max(days.back(closed_on + timedelta(days=one.by_day), 0), days.add(closed_on, 0))
    if one.working_days is None or anchor_due is None:
        return None
    if one.working_days < 0:
        return days.back(anchor_due, -one.working_days)
    return days.add(anchor_due, one.working_days)
