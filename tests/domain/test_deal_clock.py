from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.deal_clock import (
    CHECK_30,
    CHECK_90,
    EARLY_WIN,
    KICKOFF_CSM,
    KICKOFF_LEAD,
    KINDS,
    WEEKLY,
    check,
    early_win,
    first_looks,
    weekly,
)
from domain.deal_clock import kickoff as look_at_kickoff
from domain.plan_picture import PlanPicture, State
from domain.playbook import Kind
from tests.domain.weeks import CLOSED, MONDAY, SWEDISH, WEEKDAYS, at, kickoff, milestone, plan

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
EASTER_MONDAY = date(2026, 4, 6)


# First looks


def test_each_clock_begins_when_it_may_have_something_to_say() -> None:
    looks = first_looks(CLOSED, CLOSED, WEEKDAYS)
    assert looks == {
        WEEKLY: date(2026, 11, 9),
        KICKOFF_CSM: date(2026, 11, 9),
        KICKOFF_LEAD: date(2026, 11, 12),
        EARLY_WIN: date(2026, 11, 23),  # day 20 is a Sunday
        CHECK_30: date(2026, 11, 23),
        CHECK_90: date(2027, 1, 21),
    }
    assert set(looks) == set(KINDS)


def test_a_deal_told_late_is_not_looked_at_before_the_next_working_day() -> None:
    looks = first_looks(CLOSED, date(2027, 3, 5), WEEKDAYS)
    assert set(looks.values()) == {date(2027, 3, 8)}


# The weekly summary


def test_is_said_on_monday_and_looks_at_the_next() -> None:
    look = weekly(MONDAY, MONDAY, WEEKDAYS)
    assert (look.say, look.again, look.missed) == (True, MONDAY + WEEK, ())


def test_waits_on_a_holiday_for_the_next_working_day_of_the_week() -> None:
    look = weekly(EASTER_MONDAY, EASTER_MONDAY, SWEDISH)
    assert (look.say, look.again) == (False, EASTER_MONDAY + DAY)
    later = weekly(EASTER_MONDAY + DAY, EASTER_MONDAY + DAY, SWEDISH)
    assert (later.say, later.again) == (True, EASTER_MONDAY + WEEK)


def test_of_missed_weeks_only_the_newest_is_told() -> None:
    look = weekly(MONDAY, MONDAY + 3 * WEEK + 2 * DAY, WEEKDAYS)
    assert look.say
    assert look.missed == (MONDAY, MONDAY + WEEK, MONDAY + 2 * WEEK)
    assert look.again == MONDAY + 4 * WEEK


def test_a_week_without_a_working_day_left_is_not_told() -> None:
    saturday = MONDAY + 5 * DAY
    look = weekly(MONDAY, saturday, WEEKDAYS)
    assert (look.say, look.again, look.missed) == (False, MONDAY + WEEK, (MONDAY,))


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(0, 60))
def test_every_week_is_told_or_missed_with_its_monday_once(first: date, down: int) -> None:
    start = first - timedelta(days=first.weekday())
    told: list[date] = []
    on, today = start, start + timedelta(days=down)
    for _ in range(12):
        look = weekly(on, max(on, today), SWEDISH)
        told += look.missed
        if look.say:
            told.append(max(on, today) - timedelta(days=max(on, today).weekday()))
        assert look.again is not None
        assert look.again > max(on, today)
        on = today = look.again
    assert told == [start + n * WEEK for n in range(len(told))]


def test_a_digest_on_another_day_of_the_week_waits_for_it() -> None:
    thursday = MONDAY + 3 * DAY
    early = weekly(MONDAY, MONDAY, WEEKDAYS, 3)
    assert (early.say, early.again) == (False, thursday)
    there = weekly(thursday, thursday, WEEKDAYS, 3)
    assert (there.say, there.again) == (True, thursday + WEEK)


def test_a_day_that_has_not_begun_in_another_zone_is_waited_for() -> None:
    look = weekly(MONDAY, MONDAY - DAY, WEEKDAYS)
    assert (look.say, look.again, look.missed) == (False, MONDAY, ())


# The kickoff


@pytest.mark.parametrize(("kind", "late_on"), [(KICKOFF_CSM, date(2026, 11, 9)), (KICKOFF_LEAD, date(2026, 11, 12))])
def test_a_kickoff_not_booked_is_late_after_so_many_working_days(kind: str, late_on: date) -> None:
    early = look_at_kickoff(kind, plan(kickoff()), late_on - DAY, WEEKDAYS)
    assert (early.say, early.again) == (False, late_on)
    assert look_at_kickoff(kind, plan(kickoff()), late_on, WEEKDAYS).say


def test_a_kickoff_booked_for_a_day_to_come_is_not_late() -> None:
    booked = plan(kickoff(booked_for=at(date(2026, 12, 1), 14), due=date(2026, 12, 1)))
    for day in (date(2026, 11, 20), date(2026, 12, 1)):
        look = look_at_kickoff(KICKOFF_LEAD, booked, day, WEEKDAYS)
        assert (look.say, look.why) == (False, "the kickoff is booked")


def test_a_booked_day_that_passed_is_late_again_and_another_occurrence() -> None:
    booked = plan(kickoff(booked_for=at(date(2026, 12, 1), 14), due=date(2026, 12, 1)))
    csm = look_at_kickoff(KICKOFF_CSM, booked, date(2026, 12, 2), WEEKDAYS)
    lead = look_at_kickoff(KICKOFF_LEAD, booked, date(2026, 12, 2), WEEKDAYS)
    assert (csm.say, csm.about) == (True, "2026-12-01")
    assert (lead.say, lead.again) == (False, date(2026, 12, 4))


def test_a_kickoff_held_is_never_late() -> None:
    look = look_at_kickoff(KICKOFF_CSM, plan(kickoff(state=State.DONE)), MONDAY, WEEKDAYS)
    assert (look.say, look.again, look.why) == (False, None, "the kickoff is done")


def test_a_plan_without_kickoff_is_looked_at_again() -> None:
    assert look_at_kickoff(KICKOFF_CSM, None, MONDAY, WEEKDAYS).again == MONDAY + DAY
    assert look_at_kickoff(KICKOFF_CSM, plan(), MONDAY, WEEKDAYS).again == MONDAY + WEEK


# Early win and checks


def win(**changes: object) -> PlanPicture:
    return plan(milestone(4, CLOSED + 30 * DAY, kind=Kind.EARLY_WIN, **changes))


def test_the_early_win_is_warned_of_on_day_20() -> None:
    before = early_win(win(), CLOSED + 18 * DAY, WEEKDAYS)
    assert (before.say, before.again) == (False, date(2026, 11, 23))
    assert early_win(win(), CLOSED + 21 * DAY, WEEKDAYS).say
    assert early_win(plan(*win().milestones, early_win="A report"), CLOSED + 21 * DAY, WEEKDAYS).say


def test_an_early_win_with_evidence_needs_no_warning() -> None:
    for changes in ({"evidence": "A mail"}, {"state": State.DONE}, {"state": State.SKIPPED}):
        look = early_win(win(**changes), CLOSED + 21 * DAY, WEEKDAYS)
        assert (look.say, look.again) == (False, None)
        assert look.why


def test_after_day_30_there_is_nothing_to_warn_of() -> None:
    assert not early_win(win(), CLOSED + 31 * DAY, WEEKDAYS).say


def check_plan(due: date | None, kind: Kind = Kind.CHECK_30, **changes: object) -> PlanPicture:
    return plan(milestone(9, due, kind=kind, **changes))


def test_a_check_is_said_on_the_day_its_milestone_is_due() -> None:
    due = CLOSED + 30 * DAY
    assert check(CHECK_30, check_plan(due), due, WEEKDAYS).say
    assert check(CHECK_90, check_plan(None, Kind.CHECK_90), CLOSED + 90 * DAY, WEEKDAYS).say
    before = check(CHECK_30, check_plan(due), due - DAY, WEEKDAYS)
    assert (before.say, before.again) == (False, due)


def test_a_check_moved_away_is_looked_at_each_week() -> None:
    look = check(CHECK_30, check_plan(MONDAY + 30 * DAY), MONDAY, WEEKDAYS)
    assert (look.say, look.again) == (False, MONDAY + WEEK)


def test_a_check_that_was_settled_or_is_long_gone_is_not_asked_for() -> None:
    due = CLOSED + 30 * DAY
    assert check(CHECK_30, check_plan(due, state=State.DONE), due, WEEKDAYS).again is None
    assert check(CHECK_30, check_plan(due), due + 31 * DAY, WEEKDAYS).again is None
    assert check(CHECK_30, plan(), due + 31 * DAY, WEEKDAYS).again is None
    assert check(CHECK_30, plan(), due, WEEKDAYS).again == due + WEEK
