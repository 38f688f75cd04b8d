"""The day a deal was closed, in plain words."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.closing import read_closing
from domain.dates import DateReading, read_date
from domain.outcome import Refused

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Stockholm"))


def _read(text: str, locale: str = "en-GB") -> date | Refused:
    def reader(words: str, at: datetime) -> DateReading:
        return read_date(words, now=at, locale=locale)

    return read_closing(text, NOW, reader)


@pytest.mark.parametrize(
    ("text", "locale", "day"),
    [
        ("today", "en-GB", date(2026, 11, 23)),
        ("Today", "en-US", date(2026, 11, 23)),
        ("yesterday", "en-GB", date(2026, 11, 22)),
        ("igår", "sv-SE", date(2026, 11, 22)),
        ("昨天", "zh-CN", date(2026, 11, 22)),
        ("20 November", "en-GB", date(2026, 11, 20)),
        ("20 nov", "nl-NL", date(2026, 11, 20)),
        ("15 Dec", "en-GB", date(2025, 12, 15)),
        ("2026-11-20", "en-GB", date(2026, 11, 20)),
        ("2025-03-01", "en-GB", date(2025, 3, 1)),
        ("2024-01-15", "en-GB", date(2024, 1, 15)),
    ],
)
def test_days_that_were(text: str, locale: str, day: date) -> None:
    assert _read(text, locale) == day


@pytest.mark.parametrize("text", ["tomorrow", "in 3 days", "Friday", "next week", "2027-01-01", "last friday"])
def test_days_to_come_and_days_that_depend_on_today_are_refused(text: str) -> None:
    refused = _read(text)
    assert isinstance(refused, Refused)
    assert "today or earlier" in refused.reason


@pytest.mark.parametrize("text", ["", "soon", "xx" * 5000])
def test_no_day_at_all_is_refused(text: str) -> None:
    assert isinstance(_read(text), Refused)


@given(st.dates(NOW.date() - timedelta(days=1400), NOW.date()))
def test_every_written_day_of_the_last_years_is_read(day: date) -> None:
    assert _read(day.isoformat()) == day
