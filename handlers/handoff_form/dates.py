"""Dates as the person in front of the form means them."""

from domain.clock import Clock
from domain.dates import read_date
from domain.handoff_dates import DateReader
from domain.picture import PersonCard
from messages.text import zone_of


def reader_of(card: PersonCard, clock: Clock) -> DateReader:
    """Reads dates on this person's calendar, in their language first."""
    now = clock().astimezone(zone_of(card.zone))
    return lambda words: read_date(words, now=now, locale=card.locale)
