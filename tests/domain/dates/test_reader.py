"""What reading promises whatever is typed."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.dates import DateReading, Refusal, read_date, report_line
from domain.dates.lexer import VOCABULARIES
from domain.dates.vocabulary import phrase_table
from tests.domain.dates.reading import WEDNESDAY, dated
from tests.growth import ratio

LOCALES = ("en-US", "en-GB", "en-CA", "zh-CN", "nl-NL", "sv-SE", "ms-MY", "xx", "")
WORDS = sorted(
    {phrase for vocabulary in VOCABULARIES.values() for phrase in phrase_table(vocabulary)}
    | {"1", "3", "15", "31", "2027", "15/1", "3-5", "27-01-15", "w12", "q1", "-", "/", "三", "月", "日", "号", "第"}
)
moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis takes naive bounds and adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8)), ZoneInfo("America/New_York")]),
)
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)


def _keeps_its_promise(reading: DateReading, today: date) -> bool:
    if reading.on is not None:
        return today <= reading.on <= today + timedelta(days=5 * 366) and reading.reason is None
    return reading.reason is not None and all(day >= today for day in reading.alternatives)


@settings(max_examples=300, deadline=None)
@given(text=sentences, now=moments, locale=st.sampled_from(LOCALES))
def test_words_in_any_order_give_a_day_to_come_or_a_reason(text: str, now: datetime, locale: str) -> None:
    reading = read_date(text, now=now, locale=locale)

    assert _keeps_its_promise(reading, now.date())
    assert reading == read_date(text, now=now, locale=locale)
    assert "\n" not in report_line(reading)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=300), now=moments, locale=st.text(max_size=8))
def test_any_text_at_all_gives_a_day_to_come_or_a_reason(text: str, now: datetime, locale: str) -> None:
    assert _keeps_its_promise(read_date(text, now=now, locale=locale), now.date())


@given(day=st.integers(0, 5 * 365), locale=st.sampled_from(LOCALES))
def test_an_iso_date_is_itself_in_every_locale(day: int, locale: str) -> None:
    on = WEDNESDAY.date() + timedelta(days=day)

    assert read_date(on.isoformat(), now=WEDNESDAY, locale=locale).on == on


@given(now=moments, index=st.integers(0, 6))
def test_a_weekday_comes_within_a_week_and_the_next_one_is_next_week(now: datetime, index: int) -> None:
    name = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[index]
    coming = read_date(name, now=now, locale="en-GB").on
    following = read_date(f"next {name}", now=now, locale="en-GB").on

    assert coming is not None
    assert following is not None
    assert 1 <= (coming - now.date()).days <= 7
    assert coming.weekday() == following.weekday() == index
    assert following.isocalendar()[:2] == (now.date() + timedelta(weeks=1)).isocalendar()[:2]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "friday " * 2_000,
        "周" * 10_000,
        "1" * 200,
        "1 day after " * 16,
        "15/1 " * 40,
        "- " * 100,
        "🎉" * 200,
    ],
)
@pytest.mark.parametrize("locale", ["en-US", "zh-CN", "sv-SE"])
def test_hostile_length_is_refused_quickly(text: str, locale: str) -> None:
    """As much work as a few ordinary phrases, where reading every part with every other would be thousands."""

    def read(phrase: str) -> DateReading:
        return read_date(phrase, now=WEDNESDAY, locale=locale)

    assert read(text).on is None
    assert ratio(lambda: read(text), lambda: read("Friday or Monday")) < 20


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u3000"])
def test_nothing_typed_is_empty(text: str) -> None:
    assert read_date(text, now=WEDNESDAY, locale="en-US").reason is Refusal.EMPTY


def test_a_refusal_says_what_to_type() -> None:
    reading = read_date("Friday or Monday", now=WEDNESDAY, locale="en-US")

    assert reading == DateReading(
        None,
        Refusal.AMBIGUOUS,
        "That can be more than one day: type 2026-12-04 or 2026-12-07.",
        (date(2026, 12, 4), date(2026, 12, 7)),
    )


def test_the_persons_own_words_are_never_echoed() -> None:
    assert "script" not in read_date("<script>", now=WEDNESDAY, locale="en-US").sentence


def test_the_line_is_the_day_or_a_dash_and_the_reason() -> None:
    assert report_line(read_date("tomorrow", now=WEDNESDAY, locale="en-US")) == "2026-12-03"
    assert report_line(read_date("yesterday", now=WEDNESDAY, locale="en-US")).startswith("- past: ")


def test_working_days_follow_the_calendar_given() -> None:
    def closed_over_new_year(day: date) -> bool:
        return day.weekday() < 5 and day not in {date(2027, 1, 1), date(2026, 12, 25)}

    def read(text: str) -> date | None:
        return read_date(text, now=WEDNESDAY, locale="en-US", is_working_day=closed_over_new_year).on

    assert read("first working day of January") == date(2027, 1, 4)
    assert read("in 18 working days") == date(2026, 12, 29)


def test_a_calendar_without_working_days_is_too_far() -> None:
    reading = read_date("in 1 working day", now=WEDNESDAY, locale="en-US", is_working_day=lambda _day: False)

    assert reading.reason is Refusal.TOO_FAR


def test_a_clock_without_zone_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="aware"):
        read_date("today", now=datetime(2026, 12, 2), locale="en-US")  # noqa: DTZ001 - the mistake under test


@pytest.mark.parametrize(
    ("phrase", "locale", "day"),
    [
        ("3/4", "en-US", "2027-03-04"),
        ("3/4", "en-PH", "2027-03-04"),
        ("3/4", "en-GB", "2027-04-03"),
        ("3/4", "nl-NL", "2027-04-03"),
        ("3/4", "sv_SE.UTF-8", "2027-04-03"),
        ("3/4", "zh-CN", "2027-03-04"),
        ("3/4", "zh-HK", "2027-04-03"),
        ("3/4", "xx-YY", "2027-04-03"),
        ("12/31/2026", "en-GB", "2026-12-31"),
        ("27-01-15", "sv-SE", "2027-01-15"),
        ("15-01-27", "nl-NL", "2027-01-15"),
        ("下周五", "sv-SE", "2026-12-11"),
        ("next Friday", "nl-NL", "2026-12-11"),
        ("morgen", "nl-BE", "2026-12-03"),
    ],
)
def test_the_locale_settles_language_and_order(phrase: str, locale: str, day: str) -> None:
    assert dated(phrase, locale) == day


@pytest.mark.parametrize(
    ("phrase", "locale"),
    [("nästa fredag", "en-US"), ("morgen", "sv-SE"), ("esok", "nl-NL"), ("morgen", "de-DE"), ("3/4", "en-CA")],
)
def test_no_other_language_or_order_is_guessed(phrase: str, locale: str) -> None:
    assert read_date(phrase, now=WEDNESDAY, locale=locale).on is None


@pytest.mark.parametrize(
    ("phrase", "today", "day"),
    [
        ("Friday", "2026-12-04", "2026-12-11"),
        ("this Friday", "2026-12-04", "2026-12-04"),
        ("next Friday", "2026-12-06", "2026-12-11"),
        ("end of week", "2026-12-05", "2026-12-11"),
        ("this week", "2026-12-05", "2026-12-06"),
        ("weekend", "2026-12-06", "2026-12-06"),
        ("eom", "2026-12-31", "2026-12-31"),
        ("Q1", "2027-01-01", "2027-03-31"),
        ("Q4", "2027-01-01", "2027-12-31"),
        ("15 Jan", "2027-01-15", "2027-01-15"),
        ("15 Jan", "2027-01-16", "2028-01-15"),
        ("the 31st", "2027-02-01", "2027-03-31"),
        ("in 1 month", "2027-01-31", "2027-02-28"),
        ("in 1 year", "2028-02-29", "2029-02-28"),
        ("29 Feb", "2027-03-01", "2028-02-29"),
        ("29 Feb", "2028-02-29", "2028-02-29"),
        ("week 53", "2026-12-31", "2027-01-01"),
        ("week 1", "2026-12-31", "2027-01-04"),
        ("in 5 working days", "2026-12-05", "2026-12-11"),
    ],
)
def test_the_turn_of_week_month_and_year(phrase: str, today: str, day: str) -> None:
    assert dated(phrase, "en-GB", datetime.fromisoformat(f"{today}T23:30:00+08:00")) == day
