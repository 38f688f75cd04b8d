"""Counting in the calendar."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.dates.arithmetic import add_months, add_working_days, coming_weekday, is_weekday, nth_weekday
from domain.dates.patterns import chinese_number

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1))


@given(day=days, months=st.integers(-240, 240))
def test_months_keep_the_day_or_take_the_last(day: date, months: int) -> None:
    moved = add_months(day, months)

    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == day.day or (moved + timedelta(days=1)).day == 1


@given(day=days, index=st.integers(0, 6))
def test_the_coming_weekday_is_one_to_seven_days_on(day: date, index: int) -> None:
    coming = coming_weekday(day, index)

    assert coming.weekday() == index
    assert 1 <= (coming - day).days <= 7


@given(day=days, count=st.integers(1, 60))
def test_working_days_there_and_back(day: date, count: int) -> None:
    there = add_working_days(day, count, is_weekday)

    assert sum(is_weekday(day + timedelta(days=on)) for on in range(1, (there - day).days + 1)) == count
    assert is_weekday(there)


def test_the_fifth_friday_may_not_exist() -> None:
    assert nth_weekday(date(2027, 1, 1), date(2027, 1, 31), 4, 5) == date(2027, 1, 29)
    assert nth_weekday(date(2027, 2, 1), date(2027, 2, 28), 4, 5) is None
    assert nth_weekday(date(2027, 2, 1), date(2027, 2, 28), 4, -1) == date(2027, 2, 26)


def test_chinese_numerals() -> None:
    read = {text: chinese_number(text) for text in ("三", "十", "十五", "二十二", "两百", "一百零五", "二〇二七", "15")}

    assert read == {
        "三": 3,
        "十": 10,
        "十五": 15,
        "二十二": 22,
        "两百": 200,
        "一百零五": 105,
        "二〇二七": 2027,
        "15": 15,
    }
    assert [chinese_number(vague) for vague in ("两三", "三五", "十五六")] == [None, None, None]
