"""The task of a play: done, not useful, moved, snoozed, taken back. Each rule gives what becomes of it, or a no."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

from domain.outcome import Refused
from domain.plan.sentences import on_day
from domain.plays.changes import Effect
from domain.plays.keeping import Gone
from domain.plays.outcome import Outcome

DAYS: Final[Mapping[Effect, int]] = MappingProxyType({Effect.UPGRADE: 2, Effect.DOWNGRADE: 2, Effect.CANCEL: 1})
"""Working days of the CSM until the task is due (issue D for upgrades; who leaves is called the next day)."""
REMIND: Final = (1, 0)
"""Working days before its day on which the owner is reminded: two days leave no room for more."""
TRY_AGAIN: Final = 1
"""Working days until the next try when the customer was not reached."""
TALK_ON: Final = 2
"""Working days until one looks again while the talks go on."""
TITLES: Final[Mapping[Effect, str]] = MappingProxyType(
    {
        Effect.UPGRADE: "Post-upgrade call",
        Effect.DOWNGRADE: "Call about the downgrade",
        Effect.CANCEL: "Call about the cancellation",
    }
)


class Days(Protocol):
    """A person's calendar of working days (domain.calendar.WorkingDays)."""

    def add(self, day: date, count: int) -> date:
        """The working day so many working days later."""
        ...


class State(StrEnum):
    """Of a play. ``told`` has no task: there was only something to say."""

    OPEN = "open"
    DONE = "done"
    NOT_USEFUL = "not_useful"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done and by when; ``gone`` why it is not any more. ``snoozed_until`` is the first day on which it
    may remind again."""

    effect: Effect
    state: State
    due: date | None
    snoozed_until: date | None = None
    outcome: Outcome | None = None
    gone: Gone | None = None


@dataclass(frozen=True, slots=True)
class TaskChange:
    """The task as it becomes, and what was done in the past tense, as plain text without the actor."""

    task: Task
    action: str
    said: str


def first_due(effect: Effect, today: date, days: Days) -> date | None:
    """The day a new play's task is due on, counted from its owner's own day; None where there is no task."""
    count = DAYS.get(effect)
    return None if count is None else days.add(today, count)


def finish(task: Task, outcome: Outcome, today: date, days: Days) -> TaskChange | Refused:
    """Write down what came of it. What is not over yet (not reached, still talking) stays open and comes again. What is
    done already may be written anew."""
    if task.state not in (State.OPEN, State.DONE) or (task.state is State.OPEN and task.gone is not None):
        return _settled(task)
    if outcome.is_over:
        done = replace(task, state=State.DONE, outcome=outcome, snoozed_until=None)
        return TaskChange(done, "done", f"wrote down the outcome of the {_title(task)}")
    if task.gone is not None:
        return _over(task)
    wait = TRY_AGAIN if task.effect is Effect.UPGRADE else TALK_ON
    again = replace(task, state=State.OPEN, outcome=outcome, due=days.add(today, wait), snoozed_until=None)
    what = "did not reach the customer yet" if task.effect is Effect.UPGRADE else "talk with the customer still"
    return TaskChange(again, "again", f"{what}; it comes again on {on_day(days.add(today, wait))}")


def not_useful(task: Task) -> TaskChange | Refused:
    """The play does not fit; it reminds no more and is counted."""
    if (no := not_open(task)) is not None:
        return no
    return TaskChange(replace(task, state=State.NOT_USEFUL), "not_useful", f"marked the {_title(task)} as not useful")


def move(task: Task, to: date, today: date) -> TaskChange | Refused:
    """It is to be done on another day."""
    if (no := not_open(task)) is not None:
        return no
    if to < today:
        return Refused("That day has passed; choose one from today on.")
    if to == task.due:
        return Refused("It is due on that day already.")
    return TaskChange(replace(task, due=to, snoozed_until=None), "moved", f"moved the {_title(task)} to {on_day(to)}")


def snooze(task: Task, until: date, today: date) -> TaskChange | Refused:
    """Its reminders keep quiet until a day; its own day stays."""
    if (no := not_open(task)) is not None:
        return no
    if until <= today:
        return Refused("Choose a day after today.")
    return TaskChange(
        replace(task, snoozed_until=until), "snoozed", f"snoozed the {_title(task)} until {on_day(until)}"
    )


def not_open(task: Task) -> Refused | None:
    """Why nothing is to be done about it any more; None while something is."""
    return None if task.state is State.OPEN and task.gone is None else _settled(task)


def _settled(task: Task) -> Refused:
    if task.state is State.TOLD:
        return Refused("There is nothing to do about this one.")
    if task.state is State.OPEN:
        return _over(task)
    was = "is done" if task.state is State.DONE else "was marked as not useful"
    return Refused(f"The {_title(task)} {was} already.")


def _over(task: Task) -> Refused:
    return Refused(f"The {_title(task)} is not needed any more: the customer's plan changed again meanwhile.")


def _title(task: Task) -> str:
    title = TITLES.get(task.effect, "Message")
    return title[:1].lower() + title[1:]
