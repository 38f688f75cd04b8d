from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import WorkingDays
from domain.handoff import HandoffState
from domain.home import (
    AT_RISK,
    LONGEST_SEARCH,
    Arrow,
    Counts,
    Level,
    Looking,
    Show,
    Tab,
    Urgency,
    Wait,
    Waiting,
    arrow,
    at_first,
    judged,
    last_day_before,
    looking_of,
    on_a_tab,
    searched,
    within,
)
from domain.plan.kickoff import late_since_close
from domain.portfolio import Standing
from tests.domain.weeks import MONDAY, at, kickoff, milestone, plan

DAYS = WorkingDays(("NL",))
UTC = ZoneInfo("UTC")


@given(
    st.builds(
        Looking,
        tab=st.sampled_from(Tab),
        show=st.sampled_from(Show),
        page=st.integers(0, 10_000),
        waiting=st.integers(0, 10_000),
        search=st.text(max_size=200).map(searched),
    )
)
def test_where_somebody_is_comes_back_as_it_went(looking: Looking) -> None:
    assert looking_of(looking.packed()) == looking
    assert len(looking.search) <= LONGEST_SEARCH


@pytest.mark.parametrize(
    "values",
    [{}, {"tab": "boss", "show": 7, "page": -3, "waiting": "2", "search": None}, {"page": True, "tab": ["csm"]}],
)
def test_what_is_not_understood_is_as_usual(values: dict[str, Any]) -> None:
    assert looking_of(values) == Looking()


def test_a_lead_begins_with_what_is_at_risk_others_with_everything() -> None:
    assert at_first((Tab.CSM, Tab.LEAD)) == Looking(Tab.LEAD, Show.RISK)
    assert at_first((Tab.CSM, Tab.SELLER)) == Looking(Tab.CSM, Show.ALL)
    assert at_first((Tab.SELLER,)).tab is Tab.SELLER


def test_who_lost_a_role_lands_on_a_tab_that_is_theirs() -> None:
    was = Looking(Tab.LEAD, Show.RISK, page=3)
    assert on_a_tab(was, (Tab.SELLER,)) == Looking(Tab.SELLER)
    assert on_a_tab(was, (Tab.CSM, Tab.LEAD)) is was
    assert on_a_tab(was, ()) is was


@given(st.integers(0, 50), st.integers(0, 200), st.integers(1, 20))
def test_a_page_is_one_that_is_there(page: int, total: int, size: int) -> None:
    found = within(page, total, size)
    assert 0 <= found <= page
    assert found == page or found * size < total <= (found + 1) * size or total == 0


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 12))
def test_the_last_day_before_so_many_working_days(today: date, count: int) -> None:
    day = last_day_before(today, count, DAYS)
    assert DAYS.between(day, today) >= count
    assert DAYS.between(day + timedelta(days=1), today) < count


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 30))
def test_a_kickoff_is_late_from_the_day_the_query_asks_for(today: date, ago: int) -> None:
    closed = today - timedelta(days=ago)
    late = late_since_close(plan(kickoff(due=None), closed_on=closed), today, DAYS) is not None
    assert late == (closed <= last_day_before(today, 5, DAYS))


@pytest.mark.parametrize(
    ("weeks", "found"),
    [
        ([100] * 8, Arrow.FLAT),
        ([100] * 6 + [60, 60], Arrow.DOWN),
        ([100] * 6 + [140, 140], Arrow.UP),
        ([2, 2, 2, 2, 2, 2, 3, 3], Arrow.FLAT),
        ([0] * 8, Arrow.FLAT),
        ([0] * 6 + [50, 50], Arrow.UP),
        ([None] * 6 + [50, 50], None),
        ([100, 100, 100, None, None, None, None, 40], Arrow.DOWN),
        ([100] * 6 + [None, None], None),
        ([], None),
    ],
)
def test_an_arrow_is_more_than_noise(weeks: list[float | None], found: Arrow | None) -> None:
    assert arrow(weeks) is found


def test_one_light_reason_is_watched_and_a_heavy_one_a_risk() -> None:
    calm = Standing(1, "Fjordbank", "C1", 1, plan(milestone(1, due=MONDAY + timedelta(days=3))))
    light = Standing(1, "Fjordbank", "C1", 1, plan(milestone(1, due=MONDAY - timedelta(days=1))))
    heavy = Standing(1, "Fjordbank", "C1", 1, None, HandoffState.REQUESTED, at(MONDAY - timedelta(days=20)))
    found = [judged(one, today=MONDAY, zone=UTC, days=DAYS) for one in (calm, light, heavy)]
    assert [one.level for one in found] == [Level.HEALTHY, Level.WATCH, Level.AT_RISK]
    assert found[0].reasons == ()
    assert found[1].score < AT_RISK <= found[2].score


def test_what_waits_is_counted_by_urgency() -> None:
    waiting = Waiting({(Urgency.OVERDUE, Wait.MILESTONE): 3, (Urgency.OVERDUE, Wait.PROMISE): 2})
    assert waiting.total == 5
    assert waiting.of(Urgency.OVERDUE) == 5
    assert waiting.of(Urgency.TODAY, Urgency.SOON) == 0


def test_a_filter_leaves_its_own_count() -> None:
    counts = Counts(12, 3, 7)
    assert [counts.of(show) for show in Show] == [3, 7, 12]
