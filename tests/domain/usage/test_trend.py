"""The trend of one account: what is shown, what is usual, since when it fell."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.usage.trend import WEEKS, from_json, to_json, trend_of

MONDAY = date(2026, 1, 5)
COUNTS = st.lists(st.none() | st.floats(-10, 1e12) | st.just(float("nan")), min_size=1, max_size=80)


def test_the_last_weeks_are_shown_and_all_of_them_teach() -> None:
    trend = trend_of(MONDAY, [40.0] * 50 + [80.0] * 4)
    assert len(trend.counts) == WEEKS
    assert trend.first == MONDAY + timedelta(weeks=24)
    assert trend.last == MONDAY + timedelta(weeks=53)
    assert trend.level == 40.0, "the newest four are left out"
    assert trend.low is not None
    assert trend.high is not None
    assert trend.low < 40 < trend.high


def test_the_fall_teaches_nothing() -> None:
    since = MONDAY + timedelta(weeks=20)
    assert trend_of(MONDAY, [40.0] * 20 + [5.0] * 9, since=since).level == 40.0


def test_the_level_of_the_alert_is_taken() -> None:
    trend = trend_of(MONDAY, [40.0] * 20, since=MONDAY + timedelta(weeks=18), level=44.0)
    assert trend.level == 44.0


def test_of_a_new_account_nothing_is_usual() -> None:
    trend = trend_of(MONDAY, [3.0, 4.0, 5.0])
    assert (trend.level, trend.low, trend.high) == (None, None, None)


def test_there_is_no_trend_of_nothing() -> None:
    with pytest.raises(ValueError, match="week"):
        trend_of(MONDAY, [])


@given(COUNTS, st.none() | st.integers(-100, 100), st.none() | st.floats(-1, 1e9))
def test_every_history_has_a_trend_that_survives_json(
    counts: list[float | None], fell: int | None, level: float | None
) -> None:
    since = None if fell is None else MONDAY + timedelta(weeks=fell)
    trend = trend_of(MONDAY, counts, since=since, level=level)
    assert from_json(json.loads(json.dumps(to_json(trend)))) == trend
    assert all(one is None or one >= 0 for one in trend.counts)
    if trend.level is not None and trend.low is not None and trend.high is not None:
        assert 0 <= trend.low <= trend.level <= trend.high
