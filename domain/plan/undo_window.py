"""How long a change of a plan can be taken back with its button."""

from datetime import datetime, timedelta
from typing import Final

from domain.outcome import Refused

WINDOW: Final = timedelta(minutes=10)
"""Long enough to notice a slip, short enough that nobody has planned on it."""


def out_of_time(changed_at: datetime, now: datetime) -> Refused | None:
    """Why a change made at `changed_at` can't be undone any more at `now` (both aware); None when it can."""
    if now - changed_at <= WINDOW:
        return None
    minutes = WINDOW // timedelta(minutes=1)
    return Refused(f"That is more than {minutes} minutes ago; change it by hand instead.")
