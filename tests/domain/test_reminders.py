"""Each step falls on one working day, and none is lost whatever mornings are left out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import WorkingDays
from domain.person import PersonCard
from domain.reminders import Occurrence, Open, Reminder, Subject, Window, is_step, keeper, parse, remind, wanted
from domain.settings import PersonSettings, Reminders, from_json, to_json

DAYS = WorkingDays(["NL"])
START = date(2026, 11, 30)
AT = datetime(2026, 1, 1, tzinfo=UTC)


def window(since: date, today: date) -> Window:
    return Window(since, AT, today, DAYS)


def steps_of(reminder: Reminder | None) -> list[str]:
    return [] if reminder is None else [str(one) for one in (*reminder.older, reminder.occurrence)]


@given(st.dates(START, date(2027, 2, 1)), st.sets(st.integers(1, 90)))
def test_whatever_mornings_are_left_out_no_step_is_lost_or_told_twice(due: date, spoken: set[int]) -> None:
    one = Open(Subject.MILESTONE, 41, due, (7, 1, 0))
    every: list[str] = []
    since = START
    for day in sorted({*spoken, 90}):
        today = START + timedelta(days=day)
        every += steps_of(remind(one, window(since, today)))
        since = today
    daily: list[str] = []
    for day in range(1, 91):
        today = START + timedelta(days=day)
        daily += steps_of(remind(one, window(today - timedelta(days=1), today)))
    assert every == daily
    assert len(set(daily)) == len(daily)


def test_which_days_late_are_told() -> None:
    assert [late for late in range(25) if is_step(late)] == [1, 3, 8, 13, 18, 23]


def test_due_on_a_day_off_is_told_the_working_day_before() -> None:
    saturday, friday = date(2026, 12, 5), date(2026, 12, 4)
    one = Open(Subject.MILESTONE, 1, saturday, (7, 1, 0))
    assert steps_of(remind(one, window(date(2026, 12, 3), friday))) == ["milestone:1:due:2026-12-05"]
    assert steps_of(remind(one, window(friday, date(2026, 12, 7)))) == ["milestone:1:overdue-1d:2026-12-05"]


def test_what_is_added_late_is_told_once() -> None:
    new = datetime(2026, 12, 8, 12, tzinfo=UTC)
    one = Open(Subject.MILESTONE, 1, date(2026, 12, 1), (7, 1, 0), new_at=new)
    first = Window(date(2026, 12, 8), datetime(2026, 12, 8, 8, tzinfo=UTC), date(2026, 12, 9), DAYS)
    assert steps_of(remind(one, first)) == ["milestone:1:overdue-6d:2026-12-01"]
    again = Window(date(2026, 12, 9), datetime(2026, 12, 9, 8, tzinfo=UTC), date(2026, 12, 10), DAYS)
    assert remind(one, again) is None


def test_the_lead_is_told_on_the_third_day_and_not_again() -> None:
    one = Open(Subject.LATE_MILESTONE, 1, date(2026, 12, 1))
    told = [
        day for day in range(2, 20) if remind(one, window(date(2026, 12, day - 1), date(2026, 12, day))) is not None
    ]
    assert told == [4]


def test_late_things_stand_first() -> None:
    today = date(2026, 12, 2)
    found = [
        remind(Open(Subject.MILESTONE, number, due, (7, 1, 0)), window(date(2026, 12, 1), today))
        for number, due in ((1, date(2026, 12, 3)), (2, today), (3, date(2026, 12, 1)), (4, date(2026, 11, 27)))
    ]
    found.append(remind(Open(Subject.QUESTION, 5, today), window(date(2026, 12, 1), today)))
    shown = wanted([one for one in found if one], Reminders.ALL)
    assert [one.occurrence.id for one in shown] == [4, 3, 2, 1, 5]
    assert [one.occurrence.id for one in wanted([one for one in found if one], Reminders.DUE)] == [4, 3, 2, 5]
    assert wanted([one for one in found if one], Reminders.NONE) == ()


@given(st.sampled_from(sorted(Subject)), st.integers(1, 10**9), st.sampled_from(["due", "due-7d", "overdue-13d"]))
def test_an_occurrence_is_read_as_it_is_written(subject: Subject, number: int, step: str) -> None:
    one = Occurrence(subject, number, step, START)
    assert parse(str(one)) == one


@given(st.text(max_size=60))
def test_no_text_is_too_strange_to_be_no_occurrence(text: str) -> None:
    found = parse(text)
    assert found is None or str(found) == text


ADA = PersonCard(1, "U1ADA", "Ada Lind", "ada@northwind.example")
CHLOE = PersonCard(2, "U2CHL", "Chloé de Vries", "chloe@northwind.example")


@pytest.mark.parametrize(
    ("owner", "who"),
    [
        ("", ADA), ("Ada", ADA), ("ada lind", ADA), ("@Ada", ADA), ("AE", ADA), ("ada@northwind.example", ADA),
        ("CSM", CHLOE), ("Chloé", CHLOE), ("<@U2CHL>", CHLOE), ("Maria at Fjordbank", None), ("their IT", None),
    ],
)  # fmt: skip
def test_who_keeps_a_promise(owner: str, who: PersonCard | None) -> None:
    assert keeper(owner, ADA, CHLOE) == who
    assert keeper(owner, None, None) is None


@given(
    st.builds(
        PersonSettings,
        weekdays=st.none() | st.frozensets(st.integers(0, 6), min_size=1),
        country=st.sampled_from(["", "SE"]),
        reminders=st.sampled_from(sorted(Reminders)),
        digest_day=st.integers(0, 6),
        away_until=st.none() | st.dates(),
    )
)
def test_settings_are_read_as_they_are_written(settings: PersonSettings) -> None:
    assert from_json(to_json(settings)) == settings


def test_settings_that_make_no_sense_are_the_defaults() -> None:
    odd = {"begin": "25:00", "end": 3, "weekdays": [], "digest_day": 9, "reminders": "loud", "away_until": "soon"}
    assert from_json(odd) == PersonSettings()
    assert from_json({"begin": "18:00", "end": "09:00"}) == PersonSettings()


# Falls of usage


def test_a_fall_that_was_too_much_for_its_day_is_told_and_then_each_week() -> None:
    told = date(2026, 12, 7)
    new = Open(Subject.USAGE, 5, told, new_at=AT)
    assert steps_of(remind(new, window(told, told))) == [f"usage:5:new:{told}"]
    assert steps_of(remind(new, window(told + timedelta(days=1), told + timedelta(days=2)))) == [f"usage:5:new:{told}"]
    again = Open(Subject.USAGE, 5, told)
    found: list[str] = []
    for day in range(21):
        today = told + timedelta(days=day)
        found += steps_of(remind(again, window(today - timedelta(days=1), today)))
    assert found == [f"usage:5:{step}:{told}" for step in ("new", "again-1w", "again-2w")]


def test_a_fall_comes_back_from_a_snooze() -> None:
    until = date(2026, 12, 9)
    one = Open(Subject.USAGE, 5, until, snoozed_until=until)
    assert remind(one, window(date(2026, 12, 7), date(2026, 12, 8))) is None
    found = remind(one, window(date(2026, 12, 8), until))
    assert steps_of(found) == [f"usage:5:returned:{until}"]
    assert found is not None
    assert wanted([found], Reminders.DUE) == (found,)
    assert wanted([found], Reminders.NONE) == ()


def test_a_task_of_usage_is_there_each_morning_and_says_how_late_it_is() -> None:
    due = date(2026, 12, 9)
    task = Open(Subject.USAGE_TASK, 5, due)
    found = [
        remind(task, window(date(2026, 12, day) - timedelta(days=1), date(2026, 12, day))) for day in (8, 9, 10, 11)
    ]
    assert [(one.late, one.today, str(one.occurrence)) for one in found if one is not None] == [
        (0, False, "usage-task:5:open:2026-12-08"),
        (0, True, "usage-task:5:open:2026-12-09"),
        (1, False, "usage-task:5:open:2026-12-10"),
        (2, False, "usage-task:5:open:2026-12-11"),
    ]
    assert [parse(str(one.occurrence)) == one.occurrence for one in found if one is not None] == [True] * 4
