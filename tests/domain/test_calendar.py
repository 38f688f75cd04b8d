"""Wall times in every zone there is, and working days by country."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Calendars, WorkingDays, at_wall, zone_named

ZONES = st.sampled_from(sorted(zoneinfo.available_timezones() - {"localtime"}))
DAYS = st.dates(date(1972, 1, 1), date(2100, 12, 31))
WALLS = st.builds(time, st.integers(0, 23), st.integers(0, 59))


@given(ZONES, DAYS, WALLS)
def test_the_moment_shows_the_wall_time_or_the_first_after_a_gap(name: str, day: date, wall: time) -> None:
    zone = ZoneInfo(name)
    at = at_wall(day, wall, zone)
    local, asked = at.astimezone(zone).replace(tzinfo=None), datetime.combine(day, wall)
    assert local >= asked
    if local != asked:
        # In a gap: a minute earlier the clock showed a time before the one asked for.
        earlier = (at - timedelta(minutes=1)).astimezone(zone).replace(tzinfo=None)
        assert earlier < asked
    else:
        # Of two the first: an hour or so before it was not shown.
        for back in (30, 60, 120):
            assert (at - timedelta(minutes=back)).astimezone(zone).replace(tzinfo=None) != asked


@given(ZONES, DAYS, WALLS, WALLS)
def test_a_later_wall_time_is_never_an_earlier_moment_in_the_morning(
    name: str, day: date, first: time, second: time
) -> None:
    zone = ZoneInfo(name)
    early, late = sorted((at_wall(day, first, zone), at_wall(day, second, zone)))
    assert early <= late
    assert at_wall(day, time(9), zone) < at_wall(day + timedelta(days=2), time(9), zone)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "utc"),
    [
        ("Europe/Stockholm", "2026-03-29", "02:30", "2026-03-29T01:00"),
        ("Europe/Stockholm", "2026-03-29", "09:00", "2026-03-29T07:00"),
        ("Europe/Stockholm", "2026-10-25", "02:30", "2026-10-25T00:30"),
        ("America/New_York", "2026-03-08", "02:15", "2026-03-08T07:00"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:10", "2026-10-03T15:30"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45"),
        ("Africa/Casablanca", "2026-02-15", "02:30", "2026-02-15T01:30"),
        ("Africa/Casablanca", "2026-03-22", "02:30", "2026-03-22T02:00"),
        ("Pacific/Apia", "2011-12-30", "09:00", "2011-12-30T10:00"),
    ],
)
def test_changes_of_the_clock(zone: str, day: str, wall: str, utc: str) -> None:
    at = at_wall(date.fromisoformat(day), time.fromisoformat(wall), ZoneInfo(zone))
    assert at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_zone_nobody_knows_is_utc() -> None:
    assert zone_named("Mars/Olympus") == ZoneInfo("UTC")
    assert zone_named("../etc/passwd") == ZoneInfo("UTC")


@given(DAYS, st.integers(0, 30))
def test_back_undoes_add(day: date, count: int) -> None:
    days = WorkingDays(["SE"])
    start = days.first(day)
    assert days.back(days.add(start, count), count) == start
    assert days.between(start, days.add(start, count)) == count


def test_nobody_works_on_no_day() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        WorkingDays((), frozenset())


def test_whose_holidays_count() -> None:
    zones = {"Europe/Stockholm": "SE", "Europe/Amsterdam": "NL", "Asia/Jerusalem": "IL", "Nowhere/Land": "ZZ"}
    epiphany, kings_day, friday, sunday = date(2026, 1, 6), date(2026, 4, 27), date(2026, 9, 4), date(2026, 9, 6)
    alone = Calendars(zones)
    assert not alone.days("Europe/Stockholm").is_working_day(epiphany)
    assert alone.days("Europe/Amsterdam").is_working_day(epiphany)
    assert not alone.days("Europe/Stockholm", "NL").is_working_day(kings_day)
    assert alone.days("Europe/Stockholm", "NL").is_working_day(epiphany)
    # Without a country of their own: weekdays, or the countries of the installation.
    assert alone.days("UTC").is_working_day(kings_day)
    assert alone.days("Nowhere/Land").is_working_day(kings_day)
    named = Calendars(zones, ["NL"])
    assert not named.days("UTC").is_working_day(kings_day)
    assert not named.days("Europe/Stockholm").is_working_day(kings_day)
    assert not named.days("Europe/Stockholm").is_working_day(epiphany)
    both = Calendars(zones, ["NL", "SE"])
    assert both.days("Europe/Stockholm").is_working_day(kings_day)
    assert not both.installation.is_working_day(kings_day)
    # The weekend is the country's.
    assert not alone.days("Asia/Jerusalem").is_working_day(friday)
    assert alone.days("Asia/Jerusalem").is_working_day(sunday)
    assert alone.days("Europe/Stockholm", weekdays=frozenset({6})).is_working_day(sunday)
    assert alone.days("Europe/Stockholm") is alone.days("Europe/Stockholm")


def test_holidays_are_the_days_people_would_work_else() -> None:
    swedish = WorkingDays(["SE"])

    found = swedish.holidays(date(2026, 12, 1), date(2027, 1, 31))

    assert found == (date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 6))
    again = WorkingDays(weekdays=swedish.weekdays, free=found)
    assert [again.is_working_day(day) for day in (date(2026, 12, 25), date(2026, 12, 28))] == [False, True]
    assert again.holidays(date(2026, 12, 1), date(2026, 12, 31)) == (date(2026, 12, 25),)
