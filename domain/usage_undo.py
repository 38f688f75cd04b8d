"""Taking back what somebody did about a usage alert, as other buttons can be taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from domain.outcome import Refused
from domain.plan.undo_window import out_of_time
from domain.usage_alert import State, UsageAlertCard

CHANGED = Refused("Something happened to this alert meanwhile; it can't be undone any more.")


@dataclass(frozen=True, slots=True)
class Before:
    """What an alert was like before somebody acted; the fields as in ``UsageAlertCard``."""

    state: State = State.OPEN
    by: str = ""
    by_name: str = ""
    until: date | None = None
    task_due: date | None = None
    task_done: date | None = None
    why: str = ""


def before(card: UsageAlertCard) -> Before:
    """What is to be put back when what comes now is undone."""
    return Before(card.state, card.by, card.by_name, card.until, card.task_due, card.task_done, card.why)


def undo(card: UsageAlertCard, was: Before, version: int, at: datetime, now: datetime) -> UsageAlertCard | Refused:
    """The alert as it was before the act of ``at`` (aware) that made it ``version``. Refused after ten minutes, and
    when anything happened to it since."""
    late = out_of_time(at, now)
    if late is not None:
        return late
    if card.version != version:
        return CHANGED
    return replace(
        card, state=was.state, by=was.by, by_name=was.by_name, until=was.until, task_due=was.task_due,
        task_done=was.task_done, why=was.why, version=card.version + 1,
    )  # fmt: skip


def to_values(was: Before) -> dict[str, str]:
    """As a button carries it: only what is not empty."""
    given = {
        "state": str(was.state),
        "by": was.by,
        "by_name": was.by_name,
        "until": was.until.isoformat() if was.until else "",
        "task_due": was.task_due.isoformat() if was.task_due else "",
        "task_done": was.task_done.isoformat() if was.task_done else "",
        "why": was.why,
    }
    return {name: value for name, value in given.items() if value}


def from_values(values: Mapping[str, Any]) -> Before:
    """Read what ``to_values`` wrote. Raises ValueError for anything else."""

    def day(name: str) -> date | None:
        found = str(values.get(name) or "")
        return date.fromisoformat(found) if found else None

    return Before(
        State(str(values.get("state", State.OPEN))),
        str(values.get("by", "")),
        str(values.get("by_name", "")),
        day("until"),
        day("task_due"),
        day("task_done"),
        str(values.get("why", "")),
    )
