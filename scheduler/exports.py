"""A deal's export put together from what storage read."""

from messages.deal_export import Line, Told
from storage.export import DealExport, Noted


def told(found: DealExport) -> Told:
    """What goes with the picture, as ``messages`` takes it."""
    return Told(
        found.usage.first_monday,
        found.usage.counts,
        [_noted(one) for one in found.conversations],
        [_noted(one) for one in found.wins],
        [Line(one.at, one.who, one.what, f"by {one.via}" if one.via else "") for one in found.history],
    )


def _noted(one: Noted) -> Line:
    return Line(one.at, one.who, one.kind or "win", one.note)
