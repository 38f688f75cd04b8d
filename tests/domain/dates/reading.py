"""How the tables ask: one fixed moment, Wednesday 2 December 2026 at ten in Stockholm."""

from datetime import datetime
from zoneinfo import ZoneInfo

from domain.dates import Refusal, read_date

WEDNESDAY = datetime(2026, 12, 2, 10, tzinfo=ZoneInfo("Europe/Stockholm"))


def dated(phrase: str, locale: str, now: datetime = WEDNESDAY) -> str:
    """The day read as `YYYY-MM-DD`, or why there is none."""
    reading = read_date(phrase, now=now, locale=locale)
    return str(reading.on) if reading.on is not None else f"{reading.reason}: {reading.sentence}"


def refused(phrase: str, locale: str) -> Refusal | None:
    """Why the phrase is refused, None when it is read."""
    return read_date(phrase, now=WEDNESDAY, locale=locale).reason
