from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.plan_picture import Milestone, State
from domain.summary import Summary, monday_of, summarize, usual_days
from tests.domain.weeks import AMSTERDAM, MONDAY, at, done, milestone, plan
from tests.messages.pictures import picture, promise, question

DAY = timedelta(days=1)


def week(*milestones: Milestone, now: datetime | None = None, **more: object) -> Summary:
    found = picture(plan=plan(*milestones), **more)
    return summarize(found, monday=MONDAY, now=now or at(MONDAY), zone=AMSTERDAM)


def numbers(milestones: tuple[Milestone, ...]) -> list[int]:
    return [one.number for one in milestones]


def test_names_what_was_done_in_the_week_before_and_nothing_older() -> None:
    said = week(
        done(1, MONDAY - 8 * DAY),
        done(2, MONDAY - 7 * DAY),
        done(3, MONDAY - DAY, state=State.SKIPPED),
        done(4, MONDAY, settled_at=at(MONDAY, 8)),
    )
    assert numbers(said.done) == [2, 3]


def test_the_week_is_the_csms_own() -> None:
    # Sunday 23:30 in Amsterdam is Monday in Kuala Lumpur.
    late = done(1, MONDAY, settled_at=datetime(2026, 11, 29, 22, 30, tzinfo=UTC))
    found = picture(plan=plan(late))
    kuala_lumpur = ZoneInfo("Asia/Kuala_Lumpur")
    here = summarize(found, monday=MONDAY, now=at(MONDAY), zone=AMSTERDAM)
    there = summarize(found, monday=MONDAY, now=at(MONDAY, zone=kuala_lumpur), zone=kuala_lumpur)
    assert (numbers(here.done), numbers(there.done)) == ([1], [])


def test_a_milestone_stands_in_one_place() -> None:
    blocked = milestone(1, MONDAY - 3 * DAY, state=State.BLOCKED, why="no access")
    said = week(blocked, milestone(2, MONDAY - DAY), milestone(3, MONDAY), milestone(4, MONDAY + 6 * DAY), milestone(5))
    assert (numbers(said.blocked), numbers(said.overdue), numbers(said.due)) == ([1], [2], [3, 4])


def test_told_late_it_counts_what_is_late_by_then() -> None:
    said = week(milestone(1, MONDAY), milestone(2, MONDAY + 4 * DAY), now=at(MONDAY + 3 * DAY))
    assert (numbers(said.overdue), numbers(said.due)) == ([1], [2])


def test_the_oldest_is_named_first() -> None:
    said = week(milestone(1, MONDAY - DAY), milestone(2, MONDAY - 9 * DAY), milestone(3, MONDAY - 9 * DAY))
    assert numbers(said.overdue) == [2, 3, 1]


def test_questions_stay_until_they_are_answered() -> None:
    said = week(questions=(question(1, state="answered"), question(2)))
    assert [one.number for one in said.questions] == [2]


def test_promises_due_by_the_end_of_the_week_are_named_and_the_others_counted() -> None:
    sunday = MONDAY + 6 * DAY
    said = week(
        commitments=(
            promise(1, due=sunday),
            promise(2, due=sunday + DAY),
            promise(3),
            promise(4, due=MONDAY - 30 * DAY),
            promise(5, due=MONDAY, state="done"),
        )
    )
    assert ([one.id for one in said.promises], said.later) == ([4, 1], 2)


def test_counts_days_from_the_close() -> None:
    said = week(done(1, MONDAY - 20 * DAY), milestone(2), milestone(3, state=State.SKIPPED))
    assert said.count is not None
    assert (said.count.settled, said.count.total, said.count.percent, said.count.day) == (2, 3, 66, 28)


def test_a_finished_plan_counts_no_further() -> None:
    ended = plan(done(1, MONDAY - 20 * DAY), finished_at=at(MONDAY - 20 * DAY, 12))
    said = summarize(picture(plan=ended), monday=MONDAY, now=at(MONDAY), zone=AMSTERDAM)
    assert said.count is not None
    assert (said.count.day, said.count.finished_on, said.is_empty) == (8, MONDAY - 20 * DAY, True)


def test_nothing_done_due_or_open_is_an_empty_week() -> None:
    assert week(milestone(1, MONDAY + 7 * DAY), done(2, MONDAY - 8 * DAY), commitments=(promise(1),)).is_empty
    assert summarize(picture(), monday=MONDAY, now=at(MONDAY), zone=AMSTERDAM).is_empty
    full = summarize(picture(), monday=MONDAY, now=at(MONDAY), zone=AMSTERDAM, usage="Logins are up.")
    assert not full.is_empty


def test_the_usual_length_is_the_median_of_at_least_five() -> None:
    assert usual_days([10, 20, 30, 40]) is None
    assert usual_days([90, 10, 300, 20, 40]) == 40
    assert usual_days([10, 20, 31, 40, 90, 300]) == 36


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_every_day_lies_in_the_week_of_its_monday(day: date) -> None:
    monday = monday_of(day)
    assert monday.weekday() == 0
    assert timedelta(0) <= day - monday < timedelta(days=7)


_STATES = st.sampled_from(State)
_DUES = st.one_of(st.none(), st.dates(MONDAY - 40 * DAY, MONDAY + 40 * DAY))


@given(st.lists(st.tuples(_STATES, _DUES, st.integers(0, 30)), max_size=20), st.integers(0, 6))
def test_no_open_milestone_stands_twice_and_no_late_one_is_left_out(
    given: list[tuple[State, date | None, int]], told_on: int
) -> None:
    milestones = [
        milestone(number, due, state=state, settled_at=None if state in _WAITING else at(MONDAY - back * DAY))
        for number, (state, due, back) in enumerate(given, 1)
    ]
    today = MONDAY + told_on * DAY
    said = week(*milestones, now=at(today))
    shown = [*numbers(said.blocked), *numbers(said.overdue), *numbers(said.due), *numbers(said.done)]
    assert len(shown) == len(set(shown))
    late = {one.number for one in milestones if one.is_open and one.due is not None and one.due < today}
    assert late <= {*numbers(said.blocked), *numbers(said.overdue)}


_WAITING = (State.PLANNED, State.DOING, State.BLOCKED)
