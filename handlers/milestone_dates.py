"""Days and times as the person who types them means them."""

from datetime import UTC, date, datetime
from typing import Final

from domain.calendar import WorkingDays
from domain.clock import Clock
from domain.dates import DateReading, Refusal, read_date
from domain.milestone_words import Read, date_after
from domain.outcome import Refused
from domain.person import PersonCard
from domain.times import read_time
from messages.text import zone_of

OTHERS: Final = ("sv-SE", "nl-NL", "ms-MY")
"""Asked when neither the person's language nor English knows a word: many people type a language their Slack is not
set to. Chinese is known by its signs."""

NO_DAY: Final = Refused("Say the day as well: for example `next Tuesday at 14:00`.")
NO_TIME: Final = Refused("Say the time as well: for example `next Tuesday at 14:00`.")


def today_of(card: PersonCard, clock: Clock) -> date:
    """The person's own day."""
    return clock().astimezone(zone_of(card.zone)).date()


def reader_of(card: PersonCard, clock: Clock, days: WorkingDays) -> Read:
    """Reads dates on this person's calendar, in their language first, by the working days given."""
    now = clock().astimezone(zone_of(card.zone))

    def read(words: str) -> DateReading:
        reading = read_date(words, now=now, locale=card.locale, is_working_day=days.is_working_day)
        return _in_another(words, now, days) or reading if reading.reason is Refusal.NOT_UNDERSTOOD else reading

    return read


def _in_another(words: str, now: datetime, days: WorkingDays) -> DateReading | None:
    """What the words mean in the one other language that knows them; None when several do and disagree."""
    readings = [read_date(words, now=now, locale=other, is_working_day=days.is_working_day) for other in OTHERS]
    known = [reading for reading in readings if reading.reason is not Refusal.NOT_UNDERSTOOD]
    return known[0] if known and all(reading == known[0] for reading in known) else None


def read_moment(words: str, card: PersonCard, clock: Clock, days: WorkingDays) -> datetime | Refused:
    """“next Tuesday at 14:00” in the person's own zone: a moment to come, UTC."""
    reading = read_time(words)
    if isinstance(reading, Refused):
        return reading
    if reading is not None and not reading.rest:
        return NO_DAY
    on = date_after(reading.rest if reading else words, reader_of(card, clock, days))
    if isinstance(on, Refused):
        return on
    return NO_TIME if reading is None else moment_of(datetime.combine(on, reading.at), card, clock)


def moment_of(local: datetime, card: PersonCard, clock: Clock) -> datetime | Refused:
    """The moment a day and a time of the person's own zone mean (`local` has no zone). Refused when it has gone, or
    when the clocks skip it."""
    zone = zone_of(card.zone)
    at = local.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != local:
        return Refused(f"There is no {local:%H:%M} on that day in your time zone: the clocks go forward over it.")
    if at <= clock():
        return Refused("That moment has already gone.")
    return at
