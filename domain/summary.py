"""The week of one deal: what was done, what is due, late, blocked, open, promised. Facts and a moment in, facts out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from statistics import median
from typing import Final

from domain.calendar import WorkingDays
from domain.picture import CommitmentPicture, DealPicture, QuestionPicture
from domain.plan_picture import Milestone, PlanPicture, State

WEEK: Final = timedelta(days=7)
ENOUGH_FINISHED: Final = 5
"""Fewer finished deals than this say nothing about how long one takes."""
_NEVER: Final = date.max


def monday_of(day: date) -> date:
    """The Monday of the week ``day`` lies in."""
    return day - timedelta(days=day.weekday())


def usual_days(finished: Sequence[int]) -> int | None:
    """The median of the days finished deals took from close to their last milestone, rounded; None below five."""
    return round(median(finished)) if len(finished) >= ENOUGH_FINISHED else None


@dataclass(frozen=True, slots=True)
class Count:
    """How far a plan is: milestones settled of all, ``day`` calendar days since the close (day 0), ``finished_on`` the
    local day the last one was settled, ``usual`` the median days of finished deals, None when too few are known."""

    settled: int
    total: int
    day: int
    usual: int | None = None
    finished_on: date | None = None

    @property
    def percent(self) -> int:
        """Settled of all in whole percent, rounded down: 100 only when nothing is left."""
        return self.settled * 100 // self.total if self.total else 0


@dataclass(frozen=True, slots=True)
class Summary:
    """One week of one deal. A milestone stands in one place only: blocked before overdue before due.

    ``monday`` names the week; ``today`` is the local day it is told on, what is late is late by then. ``done`` was
    settled in the week before ``monday``. ``days`` are the CSM's working days, by which is counted how late it is, as
    in their digest. ``promises`` are open and due by the week's end; ``later`` counts the open
    ones that are not. ``usage`` is one line or '', ``calm``: it says that usage is as usual.
    ``talked``: conversations told of in the last seven days. ``count`` is None while there is no plan.
    """

    monday: date
    today: date
    count: Count | None
    done: tuple[Milestone, ...] = ()
    due: tuple[Milestone, ...] = ()
    overdue: tuple[Milestone, ...] = ()
    blocked: tuple[Milestone, ...] = ()
    questions: tuple[QuestionPicture, ...] = ()
    promises: tuple[CommitmentPicture, ...] = ()
    later: int = 0
    usage: str = ""
    calm: bool = False
    talked: int = 0
    days: WorkingDays = field(default_factory=WorkingDays)

    def over(self, due: date) -> int:
        """Working days by which something due on an earlier day is late: at least one."""
        return max(1, self.days.between(due, self.today))

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened and nothing waits: such a week is told in one line."""
        parts = (self.done, self.due, self.overdue, self.blocked, self.questions, self.promises)
        return not any(parts) and (self.calm or not self.usage)


def summarize(
    picture: DealPicture,
    *,
    monday: date,
    now: datetime,
    zone: tzinfo,
    usual: int | None = None,
    usage: str = "",
    calm: bool = False,
    days: WorkingDays | None = None,
) -> Summary:
    """The week that begins on ``monday``, as it stands at ``now`` (aware) in the CSM's ``zone``."""
    plan = picture.plan
    today = now.astimezone(zone).date()
    sunday = monday + WEEK - timedelta(days=1)
    promised = [one for one in picture.commitments if one.state == "open"]
    due_promises = [one for one in promised if one.due is not None and one.due <= sunday]
    milestones = plan.milestones if plan else ()
    waiting = sorted(
        (one for one in milestones if one.is_open and one.state is not State.BLOCKED and one.due is not None),
        key=_order,
    )
    return Summary(
        monday=monday,
        today=today,
        count=_count(plan, today, zone, usual) if plan else None,
        done=tuple(one for one in milestones if _settled_between(one, monday - WEEK, monday, zone)),
        due=tuple(one for one in waiting if today <= (one.due or _NEVER) <= sunday),
        overdue=tuple(one for one in waiting if (one.due or _NEVER) < today),
        blocked=tuple(sorted((one for one in milestones if one.state is State.BLOCKED), key=_order)),
        questions=picture.open_questions,
        promises=tuple(sorted(due_promises, key=lambda one: (one.due or _NEVER, one.id))),
        later=len(promised) - len(due_promises),
        usage=usage,
        calm=calm,
        days=days or WorkingDays(),
    )


def _count(plan: PlanPicture, today: date, zone: tzinfo, usual: int | None) -> Count:
    finished = plan.finished_at.astimezone(zone).date() if plan.finished_at else None
    return Count(
        settled=sum(not one.is_open for one in plan.milestones),
        total=len(plan.milestones),
        day=((finished or today) - plan.closed_on).days,
        usual=usual,
        finished_on=finished,
    )


def _settled_between(one: Milestone, first: date, end: date, zone: tzinfo) -> bool:
    if one.is_open or one.settled_at is None:
        return False
    return first <= one.settled_at.astimezone(zone).date() < end


def _order(one: Milestone) -> tuple[date, int]:
    return one.due or _NEVER, one.number
