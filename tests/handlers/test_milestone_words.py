"""What stands after ``/milestone add``, and days and times as their writer means them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.calendar import WorkingDays
from domain.outcome import Refused
from domain.person import PersonCard
from handlers.milestone_dates import read_moment, reader_of
from handlers.milestone_words import NewMilestone, read_new, sole_person
from handlers.typed import as_typed

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
DAYS = WorkingDays(("SE",))
FRIDAY = date(2026, 11, 27)
NEXT_FRIDAY = date(2026, 12, 4)
ADA = "<@U01ADALIND|ada>"
BEN = "<@U02BENCART|ben>"


def clock() -> datetime:
    return NOW


def person(locale: str = "en-GB", zone: str = "Europe/Stockholm") -> PersonCard:
    return PersonCard(1, "U01ADALIND", "Ada", locale=locale, zone=zone)


def new(raw: str, locale: str = "en-GB") -> NewMilestone | Refused:
    return read_new(raw, reader_of(person(locale), clock, DAYS))


@pytest.mark.parametrize(
    ("raw", "title", "owner"),
    [
        (f"Data loaded by Friday {ADA}", "Data loaded", "U01ADALIND"),
        (f"{ADA} Data loaded by Friday", "Data loaded", "U01ADALIND"),
        (f"{ADA}: Data loaded by Friday", "Data loaded", "U01ADALIND"),
        (f"Data loaded {ADA} by Friday", "Data loaded", "U01ADALIND"),
        (f"Data loaded by {ADA} Friday", "Data loaded", "U01ADALIND"),
        (f"Data loaded by Friday, {ADA}", "Data loaded", "U01ADALIND"),
        (f"Call with {ADA} by Friday", "Call with @ada", "U01ADALIND"),
        (f"Introduce {ADA} to {BEN} by Friday {BEN}", "Introduce @ada to @ben", "U02BENCART"),
        ("Load &lt;b&gt; &amp; more by Friday", "Load <b> & more", ""),
        ("  Data   loaded, by Friday  ", "Data loaded", ""),
        ("See <https://wiki.example/a|wiki> by Friday", "See https://wiki.example/a", ""),
    ],
)
def test_the_owner_may_stand_anywhere(raw: str, title: str, owner: str) -> None:
    assert new(raw) == NewMilestone(title, FRIDAY, owner)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (f"Introduce {ADA} to {BEN} by Friday", "One person owns a milestone"),
        ("by Friday", "Say what is to be done"),
        (f"by Friday {ADA}", "Say what is to be done"),
        ("Data loaded by Friday @zoe", "Slack knows nobody called “@zoe”"),
        ("Data loaded", "Say by when it is due"),
        ("Data loaded by yesterday", "already gone"),
        ("", "Say by when it is due"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(raw: str, said: str) -> None:
    result = new(raw)
    assert isinstance(result, Refused)
    assert said in result.reason


@pytest.mark.parametrize(
    "raw",
    [
        "Utbildning senast nästa fredag",
        "Training voor volgende week vrijdag",
        "Latihan sebelum jumaat depan",
        "培训 下周五",
        "Training by next Friday",
    ],
)
@pytest.mark.parametrize("locale", ["en-US", "sv-SE", "nl-NL", "ms-MY", "zh-CN", "de-DE"])
def test_a_day_is_understood_in_a_language_slack_is_not_set_to(raw: str, locale: str) -> None:
    result = new(raw, locale)
    assert isinstance(result, NewMilestone), result
    assert result.due == NEXT_FRIDAY


def test_working_days_skip_the_holidays_of_the_installation() -> None:
    result = new("Load by in 20 working days")
    assert isinstance(result, NewMilestone), result
    assert result.due == date(2026, 12, 23)
    assert new("Load in 22 working days") == NewMilestone("Load", date(2026, 12, 28))


plain_words = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyzåäöéß漢字🎉<>&*_", min_size=3, max_size=9), min_size=1, max_size=6
)


def sent(text: str) -> str:
    """As Slack sends what was typed."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@given(plain_words, st.sampled_from((f" {ADA}", f", {ADA}", "")), st.booleans())
@settings(deadline=None)
def test_a_title_comes_back_as_typed_with_and_without_an_owner(words: list[str], owner: str, first: bool) -> None:
    title = f"Q {' '.join(words)} x"
    raw = f"{ADA if first and owner else ''} {sent(title)} by next Friday{'' if first else owner}"
    result = new(raw)
    assert result == NewMilestone(title, NEXT_FRIDAY, "U01ADALIND" if owner else "")


pieces = st.sampled_from(
    (
        ADA,
        BEN,
        "<#C01|general>",
        "<!here>",
        "by",
        "to",
        "Friday",
        "@zoe",
        "&amp;",
        "3",
        "，",
        "下周五",
        "with",
        "\n",
        "前",
    )
)
any_line = st.one_of(st.text(max_size=300), st.lists(pieces, max_size=40).map(" ".join), st.lists(pieces).map("".join))


@given(any_line, st.sampled_from(("en-US", "sv-SE", "zh-CN")))
@example(f"{ADA}{BEN} by Friday", "en-US")
@example(f"with {ADA} by Friday", "en-US")
@settings(deadline=None)
def test_no_line_breaks_the_reading_and_no_word_of_a_title_is_invented(raw: str, locale: str) -> None:
    result = new(raw, locale)
    sole_person(raw)
    if isinstance(result, NewMilestone):
        assert result.title
        assert " ".join(result.title.split()) in " ".join(as_typed(" ".join(raw.split())).split())
        assert result.due >= NOW.date()


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("next Tuesday at 14:00", datetime(2026, 12, 1, 13, tzinfo=UTC)),
        ("tomorrow 2pm", datetime(2026, 11, 26, 13, tzinfo=UTC)),
        ("nästa tisdag kl 14", datetime(2026, 12, 1, 13, tzinfo=UTC)),
        ("volgende week dinsdag om 14 uur", datetime(2026, 12, 1, 13, tzinfo=UTC)),
        ("下周二下午两点", datetime(2026, 12, 1, 13, tzinfo=UTC)),
        ("selasa depan pukul 2 petang", datetime(2026, 12, 1, 13, tzinfo=UTC)),
        ("2026-12-01T14:00", datetime(2026, 12, 1, 13, tzinfo=UTC)),
    ],
)
def test_a_moment_in_plain_words(words: str, at: datetime) -> None:
    assert read_moment(words, person(), clock, DAYS) == at


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("next Tuesday", "Say the time as well"),
        ("Tuesday at 3", "03:00 or 15:00"),
        ("today at 08:00", "already gone"),
        ("at 14:00", "Say the day as well"),
        ("28 March 2027 at 02:30", "clocks go forward"),
        ("soon at 14:00", "could not read"),
    ],
)
def test_a_moment_that_is_none_is_refused(words: str, said: str) -> None:
    result = read_moment(words, person(), clock, DAYS)
    assert isinstance(result, Refused)
    assert said in result.reason
