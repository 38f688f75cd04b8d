"""What somebody sets for themselves with ``/baton settings``; what is not set has the default here."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, time
from enum import StrEnum
from typing import Any, Final, cast

from domain.calendar import MORNING, WEEK
from domain.outcome import Refused

EVENING: Final = time(17)
LANGUAGES: Final = ("en", "zh", "nl", "sv", "ms")
"""Languages in which dates are read (contract §4)."""


_LOCALES: Final = {"en": "en-GB", "zh": "zh-CN", "nl": "nl-NL", "sv": "sv-SE", "ms": "ms-MY"}


class Reminders(StrEnum):
    """What the morning's digest holds: everything, only what is due today or late, or nothing at all."""

    ALL = "all"
    DUE = "due"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PersonSettings:
    """``begin`` and ``end`` of the working day; ``weekdays`` None: those of the country; ``country`` '' for that of the
    time zone; ``digest_day`` the weekday of the portfolio digest, 0 for Monday; ``language`` of dates, '' for Slack's;
    ``away_until`` the first day back at work."""

    begin: time = MORNING
    end: time = EVENING
    weekdays: frozenset[int] | None = None
    country: str = ""
    reminders: Reminders = Reminders.ALL
    digest_day: int = 0
    language: str = ""
    away_until: date | None = None

    def is_away(self, day: date) -> bool:
        """Whether they are not at work yet on this day."""
        return self.away_until is not None and day < self.away_until


def locale_of(settings: PersonSettings, slack: str) -> str:
    """The locale in which somebody's dates are read: Slack's, unless they chose another language."""
    chosen = settings.language
    if not chosen or slack.casefold().startswith(chosen):
        return slack
    return _LOCALES.get(chosen, slack)


USUAL: Final = PersonSettings()


def check(settings: PersonSettings) -> PersonSettings | Refused:
    """The settings, when one can work by them."""
    if settings.begin >= settings.end:
        return Refused("The working day has to end after it begins: choose a later time to end.")
    if settings.weekdays is not None and not settings.weekdays:
        return Refused("Choose at least one day of the week, or nothing would ever reach you.")
    return settings


def to_json(settings: PersonSettings) -> dict[str, Any]:
    """Only what differs from the default, as JSON."""
    found: dict[str, Any] = {}
    for one in fields(settings):
        value = getattr(settings, one.name)
        if value != getattr(USUAL, one.name):
            found[one.name] = _written(value)
    return found


def _written(value: object) -> object:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(cast("frozenset[int]", value))
    return value


def from_json(values: Mapping[str, Any]) -> PersonSettings:
    """What ``to_json`` wrote; a value that makes no sense is the default."""
    begin, end = _time(values.get("begin")) or USUAL.begin, _time(values.get("end")) or USUAL.end
    if begin >= end:
        begin, end = USUAL.begin, USUAL.end
    given = values.get("weekdays")
    days = frozenset(cast("list[int]", given)) & WEEK if isinstance(given, list) else None
    reminders = values.get("reminders")
    day = values.get("digest_day")
    return PersonSettings(
        begin=begin,
        end=end,
        weekdays=days or None,
        country=str(values.get("country") or ""),
        reminders=Reminders(reminders) if reminders in set(Reminders) else Reminders.ALL,
        digest_day=day if isinstance(day, int) and day in WEEK else USUAL.digest_day,
        language=str(values.get("language") or ""),
        away_until=_date(values.get("away_until")),
    )


def _time(value: object) -> time | None:
    try:
        return time.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
