"""A time of day in plain words of five languages."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.outcome import Refused
from domain.times import TimeReading, read_time


@pytest.mark.parametrize(
    ("text", "at", "rest"),
    [
        ("next Tuesday at 14:00", time(14), "next Tuesday"),
        ("Tuesday 2pm", time(14), "Tuesday"),
        ("Tuesday 2:30 p.m.", time(14, 30), "Tuesday"),
        ("12 am Friday", time(0), "Friday"),
        ("noon tomorrow", time(12), "tomorrow"),
        ("3 in the afternoon on Friday", time(15), "on Friday"),
        ("2026-12-08T14:00", time(14), "2026-12-08"),
        ("8.12 at 9", time(9), "8.12"),
        ("8 Dec 03:00", time(3), "8 Dec"),
        ("tisdag kl 14", time(14), "tisdag"),
        ("tisdag kl. 14.30", time(14, 30), "tisdag"),
        ("dinsdag om 14.30 uur", time(14, 30), "dinsdag"),
        ("dinsdag 9 uur", time(9), "dinsdag"),
        ("fredag 9 på kvällen", time(21), "fredag"),
        ("vrijdag 9 's avonds", time(21), "vrijdag"),
        ("周二下午两点半", time(14, 30), "周二"),
        ("下周二 14点", time(14), "下周二"),
        ("12月8日上午十点一刻", time(10, 15), "12月8日"),
        ("Selasa pukul 2 petang", time(14), "Selasa"),
        ("Selasa jam 10 pagi", time(10), "Selasa"),
    ],
)
def test_times_of_day(text: str, at: time, rest: str) -> None:
    assert read_time(text) == TimeReading(at, rest)


@pytest.mark.parametrize("text", ["Tuesday", "", "8 December", "in 2 weeks", "2026-12-08", "8.12", "12/8", "下周二"])
def test_a_day_alone_has_no_time(text: str) -> None:
    assert read_time(text) is None


def test_a_time_that_can_be_two_is_asked_about() -> None:
    assert read_time("Friday at 3") == Refused("Is that 03:00 or 15:00? Write it as 15:00.")
    assert read_time("tomorrow 25:00") == Refused("There is no such time of day: write it as 14:00.")


@given(st.one_of(st.text(max_size=200), st.text("0123456789:.点时半apm klom", max_size=20)))
def test_no_text_breaks_it(text: str) -> None:
    result = read_time(text)
    assert result is None or isinstance(result, Refused | TimeReading)
