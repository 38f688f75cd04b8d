"""Samples are sifted: whatever comes, each is either kept as it is meant or refused with its place and reason."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.usage.samples import (
    LARGEST,
    Refused,
    Sifter,
    account_name,
    day_number,
    metric_name,
    monday_number,
    monday_of,
    week_number,
)

DAY = date(2026, 3, 2)

anything = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.dates())


def test_good_samples_pass_as_they_are_meant() -> None:
    samples, refused = Sifter().sift(
        [" A-1 ", 7], ["2026-03-02", datetime(2026, 3, 3, 9, tzinfo=UTC)], ["logins", "log\u202eins "], ["4", 5]
    )
    assert refused == []
    assert (list(samples.accounts), list(samples.metrics)) == (["A-1", "7"], ["logins", "logins"])
    assert [date.fromordinal(day) for day in samples.days] == [DAY, date(2026, 3, 3)]
    assert samples.values.tolist() == [4.0, 5.0]


@pytest.mark.parametrize(
    ("place", "value", "field", "reason"),
    [
        (0, "", "account_id", "it is empty"),
        (0, None, "account_id", "it is missing"),
        (0, 1.5, "account_id", "it has to be a text"),
        (0, "x" * 201, "account_id", "it is longer than 200 characters"),
        (0, "a\x00", "account_id", "it has control characters in it, or is not in UTF-8"),
        (0, "a\udce9", "account_id", "it has control characters in it, or is not in UTF-8"),
        (1, "2026-02-30", "day", "'2026-02-30' is no day such as 2026-03-02"),
        (1, "03/02/2026", "day", "'03/02/2026' is no day such as 2026-03-02"),
        (1, "", "day", "it is empty"),
        (1, None, "day", "it is missing"),
        (1, 20260302, "day", "it has to be a day such as 2026-03-02"),
        (1, "1969-12-31", "day", "it has to be between 1970 and 2200"),
        (2, "\u200b", "metric", "it is empty"),
        (2, 3, "metric", "it has to be a text"),
        (3, "", "value", "it is missing"),
        (3, None, "value", "it is missing"),
        (3, "many", "value", "'many' is no number"),
        (3, "nan", "value", "'nan' is no number"),
        (3, "-1", "value", "it has to be 0 or more"),
        (3, "1e13", "value", "it is too large"),
        (3, 10**400, "value", f"{str(10**400)[:40]!r} is no number"),
    ],
)
def test_a_wrong_sample_is_named_and_the_others_are_kept(place: int, value: object, field: str, reason: str) -> None:
    columns: list[list[object]] = [["A", "B", "C"], [DAY] * 3, ["logins"] * 3, [1, 2, 3]]
    columns[place][1] = value
    samples, refused = Sifter().sift(*columns)
    assert refused == [Refused(1, field, reason)]
    assert (list(samples.accounts), samples.values.tolist()) == (["A", "C"], [1.0, 3.0])


def test_whole_weeks_begin_on_mondays() -> None:
    samples, refused = Sifter(whole=True).sift(["A", "A"], ["2026-03-02", "2026-03-03"], ["m", "m"], ["1", "2"])
    assert samples.whole
    assert [date.fromordinal(day) for day in samples.days] == [DAY]
    assert refused == [Refused(1, "week_start", "2026-03-03 is a Tuesday; weeks begin on Mondays")]


def test_of_several_mistakes_the_first_field_is_told() -> None:
    _, refused = Sifter().sift([""], ["?"], [""], ["?"])
    assert refused == [Refused(0, "account_id", "it is empty")]


@given(st.lists(st.tuples(anything, anything, anything, anything), max_size=30))
def test_every_sample_is_kept_or_refused(rows: list[tuple[object, object, object, object]]) -> None:
    columns = [[row[place] for row in rows] for place in range(4)]
    samples, refused = Sifter().sift(*columns)
    assert len(samples) + len(refused) == len(rows)
    assert [one.index for one in refused] == sorted({one.index for one in refused})
    assert np.all((samples.values >= 0) & (samples.values <= LARGEST))
    for account, day, metric in zip(samples.accounts, samples.days, samples.metrics, strict=True):
        assert account_name(account) == account
        assert metric_name(metric) == metric
        assert day_number(date.fromordinal(day)) == day


@given(st.lists(st.tuples(anything, anything, anything, anything), max_size=20), st.integers(0, 20))
def test_what_was_seen_before_changes_nothing(rows: list[tuple[object, object, object, object]], at: int) -> None:
    sifter = Sifter()
    parts = [sifter.sift(*([row[place] for row in part] for place in range(4))) for part in (rows[:at], rows[at:])]
    whole, refused = Sifter().sift(*([row[place] for row in rows] for place in range(4)))
    assert [*parts[0][0].accounts, *parts[1][0].accounts] == list(whole.accounts)
    assert len(parts[0][1]) + len(parts[1][1]) == len(refused)


@given(st.dates(date(1970, 1, 1), date(2199, 12, 31)))
def test_weeks_are_numbered_from_mondays(day: date) -> None:
    monday = monday_of(week_number(day))
    assert monday.weekday() == 0
    assert 0 <= (day - monday).days < 7
    assert monday_number(monday) == monday.toordinal()
