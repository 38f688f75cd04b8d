"""What a morning's digest reminds somebody of: which step of which thing falls on which of their working days."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from domain.person import PersonCard
from domain.settings import Reminders

OVERDUE: Final = (1, 3)
"""Working days late at which somebody is reminded; afterwards weekly (design §4)."""
WEEKLY: Final = 5
"""Working days of a week."""
LEAD: Final = 3
"""Working days late at which the lead is told (design §4)."""
HANDOFF: Final = (1, 2)
"""Working days after which the seller is reminded of the handoff; the lead is told after ``LEAD`` (design §4)."""


class Days(Protocol):
    """A person's calendar of working days (domain.calendar.WorkingDays)."""

    def is_working_day(self, day: date) -> bool:
        """Whether they work on it."""
        ...

    def add(self, day: date, count: int) -> date:
        """The working day so many working days later."""
        ...

    def back(self, day: date, count: int) -> date:
        """The working day so many working days earlier."""
        ...

    def between(self, first: date, last: date) -> int:
        """Working days after ``first``, up to and with ``last``."""
        ...


class Subject(StrEnum):
    """What one is reminded of; the word before the number in an occurrence."""

    MILESTONE = "milestone"
    PLAY = "play"
    USAGE_TASK = "usage-task"
    USAGE = "usage"
    QUESTION = "question"
    PROMISE = "promise"
    HANDOFF = "handoff"
    LATE_MILESTONE = "late-milestone"
    LATE_PLAY = "late-play"
    LATE_HANDOFF = "late-handoff"


LATE: Final = frozenset({Subject.LATE_MILESTONE, Subject.LATE_PLAY, Subject.LATE_HANDOFF})
"""What only the lead is told: that somebody else is late."""


@dataclass(frozen=True, slots=True)
class Open:
    """Something open that may be reminded of. ``due`` is its day: for a handoff the one it was asked for, for a
    question the one it was asked on, for a fall of usage the one it was told on. ``remind``: working days before its
    day. ``new_at``: when it was added, None when it was changed since. Milestones and promises without a day are not
    reminded of."""

    subject: Subject
    id: int
    due: date
    remind: tuple[int, ...] = ()
    snoozed_until: date | None = None
    new_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One step: ``milestone:41:due-1d:2026-12-03``; the day is the one the thing is due on."""

    subject: Subject
    id: int
    step: str
    day: date

    def __str__(self) -> str:
        return f"{self.subject}:{self.id}:{self.step}:{self.day.isoformat()}"

    @property
    def ref(self) -> str:
        """``milestone:41``."""
        return f"{self.subject}:{self.id}"


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to remind of now. ``late``: working days overdue, 0 when it is not. ``older`` are steps that were
    missed and are not told any more, because this one is newer."""

    occurrence: Occurrence
    late: int = 0
    today: bool = False
    older: tuple[Occurrence, ...] = ()


@dataclass
class Window:
    """The days a morning speaks for: after ``since`` (the last that was told, at ``since_at``), up to and with
    ``today``."""

    since: date
    since_at: datetime
    today: date
    days: Days
    _steps: dict[tuple[date, tuple[int, ...]], tuple[str, ...]] = field(
        default_factory=dict[tuple[date, tuple[int, ...]], tuple[str, ...]]
    )

    def has(self, day: date) -> bool:
        """Whether this morning speaks for the day."""
        return self.since < day <= self.today

    def steps(self, due: date, remind: tuple[int, ...]) -> tuple[str, ...]:
        """The steps of something due on ``due`` that fall into the window, the oldest first."""
        key = (due, remind)
        if key not in self._steps:
            self._steps[key] = tuple(self._find(due, remind))
        return self._steps[key]

    def _find(self, due: date, remind: tuple[int, ...]) -> Iterable[str]:
        for before in sorted(remind, reverse=True):
            if self.has(self.days.back(due, before)):
                yield f"due-{before}d" if before else "due"
        if due < self.today:
            late = range(self.days.between(due, self.since) + 1, self.days.between(due, self.today) + 1)
            yield from (f"overdue-{count}d" for count in late if is_step(count))


def is_step(late: int) -> bool:
    """Whether somebody is reminded at so many working days overdue."""
    return late in OVERDUE or (late > OVERDUE[-1] and (late - OVERDUE[-1]) % WEEKLY == 0)


def remind(one: Open, window: Window) -> Reminder | None:
    """What of this thing a morning reminds of; None for nothing. Of steps that were missed only the newest is told."""
    match one.subject:
        case Subject.QUESTION:
            return Reminder(_of(one, "open", window.today))
        case Subject.USAGE_TASK:
            late = window.days.between(one.due, window.today)
            return Reminder(_of(one, "open", window.today), late, one.due == window.today)
        case Subject.USAGE:
            return _usage(one, window)
        case Subject.HANDOFF | Subject.LATE_HANDOFF:
            return _handoff(one, window)
        case Subject.LATE_MILESTONE | Subject.LATE_PLAY:
            return _late(one, window)
        case _:
            return _due(one, window)


def _of(one: Open, step: str, day: date) -> Occurrence:
    return Occurrence(one.subject, one.id, step, day)


def _due(one: Open, window: Window) -> Reminder | None:
    until = one.snoozed_until
    if until is not None and window.today < until:
        return None
    late = window.days.between(one.due, window.today)
    steps = window.steps(one.due, one.remind)
    if not steps and until is not None and window.has(until):
        return Reminder(_of(one, "back", until), late, one.due == window.today)
    if not steps and late and _is_new(one, window):
        # Late before anybody could be reminded: added with a day that had passed.
        return Reminder(_of(one, f"overdue-{late}d", one.due), late)
    if not steps:
        return None
    older = tuple(_of(one, step, one.due) for step in steps[:-1])
    return Reminder(_of(one, steps[-1], one.due), late, one.due == window.today, older)


def _is_new(one: Open, window: Window) -> bool:
    return one.new_at is not None and one.new_at > window.since_at


def _handoff(one: Open, window: Window) -> Reminder | None:
    counts = HANDOFF if one.subject is Subject.HANDOFF else (LEAD,)
    steps = [count for count in counts if window.has(window.days.add(one.due, count))]
    if not steps:
        return None
    found = [_of(one, f"after-{count}d", one.due) for count in steps]
    return Reminder(found[-1], window.days.between(one.due, window.today), older=tuple(found[:-1]))


def _usage(one: Open, window: Window) -> Reminder | None:
    """A fall of usage that waits for somebody: once, and then weekly; when it comes back from a snooze too. ``due`` is
    the day it was told, or the one it comes back on; ``new_at``: it was not told yet."""
    if window.today < one.due:
        return None
    if one.new_at is not None or window.has(one.due):
        return Reminder(_of(one, "returned" if one.snoozed_until else "new", one.due))
    weeks = window.days.between(one.due, window.today) // WEEKLY
    if weeks == window.days.between(one.due, window.since) // WEEKLY:
        return None
    return Reminder(_of(one, f"again-{weeks}w", one.due))


def _late(one: Open, window: Window) -> Reminder | None:
    """To the lead, once: in the window the third working day late has come."""
    if one.snoozed_until is not None and window.today < one.snoozed_until:
        return None
    late = window.days.between(one.due, window.today)
    before = window.days.between(one.due, window.since)
    if late < LEAD or (before >= LEAD and not _is_new(one, window)):
        return None
    return Reminder(_of(one, f"overdue-{LEAD}d", one.due), late)


def wanted(reminders: Sequence[Reminder], setting: Reminders) -> tuple[Reminder, ...]:
    """Those somebody wants to see, in the order they are shown: the latest first, then what is due today, then what
    comes; questions, promises and handoffs after the milestones."""
    if setting is Reminders.NONE:
        return ()
    shown = [one for one in reminders if setting is Reminders.ALL or not _is_ahead(one)]
    return tuple(sorted(shown, key=_order))


def _is_ahead(one: Reminder) -> bool:
    soon = one.occurrence.step.startswith("due-") or one.occurrence.step == "back"
    return soon and not one.late and not one.today


_ORDER: Final = tuple(Subject)


def _order(one: Reminder) -> tuple[int, int, bool, date, int]:
    occurrence = one.occurrence
    return (_ORDER.index(occurrence.subject), -one.late, not one.today, occurrence.day, occurrence.id)


def is_overdue(reminders: Iterable[Reminder]) -> bool:
    """Whether anything in it is late: such a digest is of another kind, and goes first."""
    return any(one.late and one.occurrence.subject is not Subject.HANDOFF for one in reminders)


_OCCURRENCE: Final = re.compile(r"([a-z-]+):(\d{1,18}):([a-z0-9-]+):(\d{4}-\d{2}-\d{2})")
_SUBJECTS: Final = frozenset(Subject)


def parse(text: str) -> Occurrence | None:
    """What ``str`` of an occurrence wrote; None for anything else."""
    found = _OCCURRENCE.fullmatch(text)
    if found is None or found[1] not in _SUBJECTS:
        return None
    try:
        return Occurrence(Subject(found[1]), int(found[2]), found[3], date.fromisoformat(found[4]))
    except ValueError:
        return None


def since_when(on_day: date, covered: date | None) -> date:
    """The day before the first one to speak for."""
    return covered or on_day - timedelta(days=1)


_SELLER: Final = frozenset({"seller", "ae", "sales", "account executive"})
_CSM: Final = frozenset({"csm", "customer success", "cs", "customer success manager"})


def keeper(owner: str, ae: PersonCard | None, csm: PersonCard | None) -> PersonCard | None:
    """Who of the two keeps a promise, by what was typed as its owner: a name, a first name, an e-mail address, a
    mention, or the role. Nobody (None) when it names somebody else; the seller when it names nobody."""
    typed = " ".join(owner.casefold().strip().lstrip("@").split())
    if not typed:
        return ae
    if typed in _SELLER:
        return ae
    if typed in _CSM:
        return csm
    for card in (ae, csm):
        if card is not None and typed in _names(card):
            return card
    return None


def _names(card: PersonCard) -> set[str]:
    name = " ".join(card.name.casefold().split())
    email = card.email.casefold()
    return {
        name,
        name.split(" ")[0],
        email,
        email.partition("@")[0],
        card.slack_id.casefold(),
        f"<@{card.slack_id.casefold()}>",
    } - {""}
