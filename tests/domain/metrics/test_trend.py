import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.metrics.trend import LEAST, SURE, Judged, Way, judge

ROWS = st.lists(st.integers(0, 400).map(float) | st.none(), max_size=24)


def test_a_row_that_only_falls_is_told_with_its_slope() -> None:
    found = judge([40.0, 38, 36, 34, 32, 30, 28, 26, 24, 22])
    assert found.way is Way.DOWN
    assert found.slope == -2.0
    # S = -45, var = 10·9·25/18 = 125, z = 44/√125 = 3.935: p = 0.00008 (Gilbert 1987, 16.4)
    assert found.p == pytest.approx(8.3e-5, rel=0.01)


def test_ties_make_the_evidence_weaker() -> None:
    # Two groups of five: S = 25, var = 125 - 2·(5·4·15)/18 = 91.67, z = 24/9.574 = 2.507
    found = judge([10.0] * 5 + [12.0] * 5)
    assert found.p == pytest.approx(0.01218, rel=0.01)
    assert found.way is Way.NONE


def test_too_few_months_say_nothing() -> None:
    assert judge([float(one) for one in range(LEAST - 1)]) == Judged(Way.TOO_FEW)
    assert judge([None] * 12) == Judged(Way.TOO_FEW)
    assert judge([5.0] * 12).way is Way.NONE


def test_one_odd_month_decides_nothing() -> None:
    assert judge([30.0, 31, 29, 30, 32, 29, 31, 30, 29, 31, 30, 300]).way is Way.NONE


def test_the_slope_counts_months_that_are_missing() -> None:
    assert judge([1.0, None, 3, 4, None, 6, 7, 8, 9, 10]).slope == 1.0


def test_chance_alone_is_seldom_told_as_a_trend() -> None:
    draws = np.random.default_rng(7).normal(30, 6, (4_000, 12))
    told = sum(judge([float(one) for one in row]).way in (Way.UP, Way.DOWN) for row in draws)
    assert told / 4_000 <= SURE


@given(ROWS)
def test_turned_round_it_is_the_other_way(row: list[float | None]) -> None:
    there, back = judge(row), judge(row[::-1])
    turned = {Way.UP: Way.DOWN, Way.DOWN: Way.UP}
    assert back.way is turned.get(there.way, there.way)
    assert back.p == pytest.approx(there.p)
    assert 0.0 <= there.p <= 1.0


@given(ROWS, st.integers(1, 9), st.integers(0, 99))
def test_another_unit_changes_nothing_but_the_slope(row: list[float | None], times: int, more: int) -> None:
    there = judge(row)
    other = judge([None if one is None else one * times + more for one in row])
    assert (other.way, other.p) == (there.way, pytest.approx(there.p))
    assert other.slope == pytest.approx(there.slope * times)
