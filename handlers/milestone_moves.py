"""Moving a milestone in two steps: what moves along is shown first, and what was shown is what is done."""

import zlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from domain.calendar import WorkingDays
from domain.outcome import Refused
from domain.picture import DealPicture
from domain.plan.change import Effect, PlanChange
from domain.plan.moving import effect, moved
from domain.plan_picture import PlanPicture
from handlers.plan_making import answers_of
from messages.moves import ALL, ONE

TO_SHOW: Final = Refused("First look at what moves along.")
"""Nothing was moved: the effect is to be shown."""
DaysFor = Callable[[DealPicture], WorkingDays]
"""The working days a deal's plan counts in."""
MEANWHILE: Final = "The plan was changed meanwhile; this is what it would do now."


class Moving:
    """A rule for ``change_plan``: moves milestone ``number`` ``to`` a day. With ``along`` '' it moves at once when
    nothing counts from it; with ALL or ONE it does so when the effect is still the one that was ``seen``. ``effect`` is
    what it found."""

    def __init__(self, number: int, to: date, days_for: DaysFor, along: str = "", seen: int = 0) -> None:
        self._number, self._to, self._days_for = number, to, days_for
        self._along, self._seen = along if along in (ALL, ONE) else "", seen
        self.effect: Effect | None = None

    @property
    def first(self) -> str:
        """What to say above the effect."""
        return MEANWHILE if self._along else ""

    def __call__(self, plan: PlanPicture, picture: DealPicture) -> PlanChange | Refused:
        """The change, a no, or TO_SHOW."""
        days = self._days_for(picture)
        found = effect(plan, self._number, self._to, days=days, answers=answers_of(picture))
        if isinstance(found, Refused):
            return found
        self.effect = found
        if found.along and (not self._along or fingerprint(found) != self._seen):
            return TO_SHOW
        return moved(plan, found, days=days, only_this=self._along == ONE)


def fingerprint(found: Effect) -> int:
    """Which effect it is: another one as soon as one milestone would move from or to another day."""
    moves = [(move.milestone.number, str(move.was), str(move.becomes)) for move in found.moves]
    return zlib.crc32(repr(moves).encode())


def day_in(carried: Mapping[str, Any]) -> date | None:
    """The new day a button or a window carries; None for what is none."""
    try:
        return date.fromisoformat(str(carried.get("to")))
    except ValueError:
        return None
