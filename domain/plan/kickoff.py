"""The kickoff: signed, booked, held; and when it is late."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from domain.calendar import WorkingDays
from domain.handoff import Answers
from domain.limits import QUESTION
from domain.outcome import Refused
from domain.person import PersonCard
from domain.plan.change import Effect, PlanChange
from domain.plan.moving import effect_of, moved
from domain.plan.sentences import counted, named, on_day, quoted
from domain.plan.steps import done, out_of_reach
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Kind
from domain.text import clean

CSM_DAYS: Final = 5
LEAD_DAYS: Final = 8
"""Working days after the close from which a kickoff that was not held is late: for the CSM, for the lead (issue C)."""
_NONE: Final = Refused("This plan has no kickoff. Add it with `/milestone add`, or reopen the one that was skipped.")


class KickoffStatus(StrEnum):
    """Where the kickoff stands: the deal is signed, a day is booked, it was held."""

    SIGNED = "signed"
    BOOKED = "booked"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Booking:
    """A booked kickoff: the change, and what moves along with the kickoff."""

    change: PlanChange
    effect: Effect


def status(plan: PlanPicture) -> KickoffStatus | None:
    """Where the kickoff stands; None when the plan has none."""
    kickoff = plan.of_kind(Kind.KICKOFF)
    if kickoff is None:
        return None
    if kickoff.state is State.DONE:
        return KickoffStatus.HELD
    return KickoffStatus.BOOKED if kickoff.booked_for is not None else KickoffStatus.SIGNED


def book(
    plan: PlanPicture,
    at: datetime,
    *,
    zone: ZoneInfo,
    days: WorkingDays,
    now: datetime,
    answers: Answers | None = None,
) -> Booking | Refused:
    """The kickoff is booked for `at` (aware): due on that day in `zone`, and what counts from it moves along."""
    kickoff = _open_kickoff(plan)
    if isinstance(kickoff, Refused):
        return kickoff
    if at <= now:
        return Refused("That time is past. Choose a time to come; when the kickoff took place, say that it was held.")
    if kickoff.booked_for == at:
        return Refused(f"{named(kickoff)} is booked for that time already.")
    day = at.astimezone(zone).date()
    too_far = out_of_reach(plan, day)
    if too_far is not None:
        return too_far
    what_moves = effect_of(plan, kickoff, day, days=days, answers=answers)
    rest = moved(plan, what_moves, days=days).milestones
    booked = replace(rest[0], booked_for=at.astimezone(UTC))
    local = at.astimezone(zone)
    said = f"booked {named(kickoff)} for {on_day(day)}, {local:%H:%M}"
    if what_moves.along:
        said += f"; {counted(len(what_moves.along), 'milestone')} moved along"
    return Booking(PlanChange("book", said, (booked, *rest[1:])), what_moves)


def hold(
    plan: PlanPicture, early_win: str, *, on: date | None = None, by: PersonCard, now: datetime
) -> PlanChange | Refused:
    """The kickoff was held, `on` a day that is past (None: now), and the early win chosen, '' when none was. Of a
    kickoff that is done already only the early win changes."""
    kickoff = plan.of_kind(Kind.KICKOFF)
    if kickoff is None:
        return _NONE
    chosen = clean(early_win, QUESTION)
    if chosen.cut:
        return Refused(f"Describe the early win in at most {QUESTION:,} characters.")
    if not kickoff.is_open:
        return choose_early_win(plan, early_win)
    if on is not None and on > now.date():
        return Refused(f"{on_day(on)} is still to come. Say it once the kickoff was held.")
    settled_at = now if on is None or on == now.date() else datetime.combine(on, time(12), tzinfo=UTC)
    held = done(plan, kickoff.number, by=by, now=settled_at)
    if isinstance(held, Refused):
        return held
    said = f"held {named(kickoff)}{f' on {on_day(on)}' if on else ''}"
    if chosen.text:
        said += f" and chose the early win {quoted(chosen.text)}"
    return PlanChange("hold", said, held.milestones, early_win=chosen.text or None)


def choose_early_win(plan: PlanPicture, early_win: str) -> PlanChange | Refused:
    """What the customer should see first is chosen, or chosen anew."""
    chosen = clean(early_win, QUESTION)
    if chosen.cut:
        return Refused(f"Describe the early win in at most {QUESTION:,} characters.")
    if not chosen.text:
        return Refused("Say what the early win is: one result the customer can see by day 30.")
    if chosen.text == plan.early_win:
        return Refused("That is the early win already.")
    return PlanChange("early_win", f"chose the early win {quoted(chosen.text)}", early_win=chosen.text)


def late_since_close(plan: PlanPicture, today: date, days: WorkingDays) -> int | None:
    """The working days since the close when the kickoff is late: not held after 5, and not booked for a day still to
    come. None when it is not late, or the plan has none. From 8 the lead is told as well (`LEAD_DAYS`)."""
    kickoff = plan.of_kind(Kind.KICKOFF)
    if kickoff is None or not kickoff.is_open:
        return None
    if kickoff.booked_for is not None and kickoff.due is not None and kickoff.due >= today:
        return None
    since = days.between(plan.closed_on, today)
    return since if since >= CSM_DAYS else None


def _open_kickoff(plan: PlanPicture) -> Milestone | Refused:
    kickoff = plan.of_kind(Kind.KICKOFF)
    if kickoff is None:
        return _NONE
    return kickoff if kickoff.is_open else Refused(f"{named(kickoff)} was held already.")
