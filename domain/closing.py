"""The day a deal was closed, typed in plain words. Unlike every other date it is today or earlier."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from domain.dates.reading import DateReading
from domain.outcome import Refused
from domain.words import fold

Reader = Callable[[str, datetime], DateReading]
"""Reads a future date: the text and the moment it is read at."""

_YESTERDAY: Final = frozenset({"yesterday", "gisteren", "igår", "i går", "昨天", "昨日", "semalam", "kelmarin"})
_BACK: Final = (364, 3 * 365, 4 * 365)
"""Days to stand back, so that a date in the past can be read as one to come."""
_LATER: Final = (
    "A deal that was won was closed today or earlier. Write today, yesterday, or a date such as 20 November."
)


def read_closing(text: str, now: datetime, reader: Reader) -> date | Refused:
    """The day meant, today or up to four years ago. ``now`` is aware and in the person's zone.

    Only dates that name their day ("20 November", "2026-11-20") reach back: what counts from today ("Friday", "in 3
    days") would be read from another day than the person meant.
    """
    if " ".join(fold(text).split()).strip(" .") in _YESTERDAY:
        return now.date() - timedelta(days=1)
    first = reader(text, now)
    if first.on == now.date():
        return now.date()
    for days in _BACK:
        early = reader(text, now - timedelta(days=days)).on
        again = reader(text, now - timedelta(days=days - 15)).on
        if early is not None and early == again and early <= now.date():
            return early
    if first.on is None and first.reason != "past":
        return Refused(first.sentence)
    return Refused(_LATER)
