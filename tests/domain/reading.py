"""A date reader that knows ISO dates and a few phrases, so that tests of the lines depend on nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import count

TODAY = date(2027, 1, 4)
END_OF_MARCH = date(2027, 3, 31)
FRIDAY = date(2027, 1, 8)
JAN_15 = date(2027, 1, 15)

_PHRASES = {
    **dict.fromkeys(("end of march", "31 mars", "eind maart", "slutet av mars", "hujung mac"), END_OF_MARCH),
    **dict.fromkeys(("3月底", "三月底", "31 maart"), END_OF_MARCH),
    **dict.fromkeys(("friday", "monday", "next friday", "på fredag", "in 4 days", "下周五", "jumaat"), FRIDAY),
    **dict.fromkeys(("15 jan", "jan 15", "15/1"), JAN_15),
}


@dataclass(frozen=True)
class Reading:
    on: date | None
    reason: str | None
    sentence: str


def read(text: str) -> Reading:
    phrase = text.strip().lower()
    try:
        day = _PHRASES.get(phrase) or date.fromisoformat(phrase)
    except ValueError:
        if phrase in {"03/04", "friday or monday"}:
            return Reading(None, "ambiguous", f"“{text}” can be two days.")
        return Reading(None, "not_understood", f"“{text}” is not a date I know.")
    if day < TODAY:
        return Reading(None, "past", f"“{text}” is in the past.")
    return Reading(day, None, "")


def numbered() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"i{next(numbers)}"
