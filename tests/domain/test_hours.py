"""Nobody is spoken to outside their hours, in any zone, on any day."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import WorkingDays
from domain.hours import Hours, Span, allowed_from

ZONES = st.sampled_from(sorted(zoneinfo.available_timezones() - {"localtime"}))
MINUTES = st.integers(0, 100 * 366 * 24 * 60)
MOMENTS = MINUTES.map(lambda minutes: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
DAYS = WorkingDays(["SE"])
STOCKHOLM = ZoneInfo("Europe/Stockholm")
SPANS = st.lists(st.tuples(st.integers(-3_000, 10_000), st.integers(1, 2_000)), max_size=4)


@given(MOMENTS, ZONES, st.integers(0, 12), st.integers(13, 23), SPANS)
def test_it_is_inside_hours_and_outside_do_not_disturb(
    now: datetime, name: str, begin: int, end: int, given_spans: list[tuple[int, int]]
) -> None:
    zone, hours = ZoneInfo(name), Hours(time(begin), time(end))
    dnd = [Span(now + timedelta(minutes=a), now + timedelta(minutes=a + b)) for a, b in given_spans]
    at = allowed_from(now, zone, hours, DAYS, dnd)
    assert at >= now
    local = at.astimezone(zone)
    assert DAYS.is_working_day(local.date())
    assert local.time() < hours.end
    assert local.time() >= hours.begin or local.utcoffset() != (local - timedelta(hours=3)).utcoffset()
    assert not any(span.start <= at < span.end for span in dnd)
    assert allowed_from(at, zone, hours, DAYS, dnd) == at


def test_the_evening_waits_for_the_next_working_morning() -> None:
    friday = datetime(2026, 12, 4, 17, tzinfo=STOCKHOLM)
    assert allowed_from(friday, STOCKHOLM, Hours(), DAYS) == datetime(2026, 12, 7, 9, tzinfo=STOCKHOLM)
    christmas = datetime(2026, 12, 24, 18, tzinfo=STOCKHOLM)
    assert allowed_from(christmas, STOCKHOLM, Hours(), DAYS) == datetime(2026, 12, 28, 9, tzinfo=STOCKHOLM)


def test_away_means_until_the_first_day_back() -> None:
    now = datetime(2026, 12, 1, 10, tzinfo=STOCKHOLM)
    at = allowed_from(now, STOCKHOLM, Hours(), DAYS, away_until=date(2026, 12, 10))
    assert at == datetime(2026, 12, 10, 9, tzinfo=STOCKHOLM)


def test_somebody_who_is_never_free_is_not_looked_for_for_ever() -> None:
    now = datetime(2026, 12, 1, 10, tzinfo=STOCKHOLM)
    always = [Span(now, now + timedelta(days=4_000))]
    assert allowed_from(now, STOCKHOLM, Hours(), DAYS, always) > now + timedelta(days=365)
