"""An entry of the handoff's lists as people read it: plain text, not escaped, dates with the words typed."""

from datetime import date
from typing import Final

from domain.handoff_lists import Commitment, Item, KeyDate, Metric, Phase, Stakeholder
from messages.text import day, plural

NOUNS: Final = {
    "success_metrics": ("measure", "measures"),
    "key_dates": ("date", "dates"),
    "stakeholders": ("person", "people"),
    "commitments": ("promise", "promises"),
}
"""What one entry of a list is called, and several."""


def counted(field: str, count: int) -> str:
    """`4 people`, `1 promise`."""
    one, many = NOUNS[field]
    return plural(count, one, many)


def title(item: Item) -> str:
    """What an entry is called."""
    match item:
        case Metric():
            name = item.metric
        case KeyDate():
            name = item.label
        case Stakeholder():
            name = item.name
        case Commitment():
            name = item.text
    return name.strip() or "(no name)"


def details(item: Item) -> str:
    """Everything else about it, on one line; '' when there is nothing."""
    match item:
        case Metric():
            parts = (_range(item), _by(item.by, item.by_words))
        case KeyDate():
            parts = (dated(item.on, item.words),)
        case Stakeholder():
            cares = f"cares about {item.cares_about}" if item.cares_about else ""
            phases = ", ".join(phase for phase in Phase if phase in item.phases)
            parts = (item.role, cares, phases and f"in the {phases}", item.contact)
        case Commitment():
            parts = (item.owner, _by(item.due, item.due_words))
    return " · ".join(part for part in parts if part)


def line(item: Item) -> str:
    """The whole entry on one line."""
    rest = details(item)
    whole = f"{title(item)} · {rest}" if rest else title(item)
    return " ".join(whole.split())


def dated(on: date | None, words: str) -> str:
    """`Fri 5 Dec 2026 (“next Friday”)`; the words alone when there is no date; '' without either."""
    if on is None:
        return f"“{words}”" if words else ""
    return f"{day(on)} (“{words}”)" if words and words != on.isoformat() else day(on)


def _by(on: date | None, words: str) -> str:
    when = dated(on, words)
    return f"by {when}" if when else ""


def _range(item: Metric) -> str:
    if item.start and item.target:
        return f"{item.start} → {item.target}"
    if item.target:
        return f"to {item.target}"
    return f"now {item.start}" if item.start else ""
