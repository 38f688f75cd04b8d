"""Which milestone is meant, and where its title ends and its date begins."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.dates import DateReading, read_date
from domain.milestone_words import Dated, Found, Read, date_after, find_milestone, split_dated
from domain.outcome import Refused
from domain.plan_picture import Milestone, State
from domain.playbook import Raci, Role

NOW = datetime(2026, 11, 25, 10, tzinfo=ZoneInfo("Europe/Amsterdam"))
WORK = Raci(Role.CSM, Role.CSM)
FRIDAY, NEXT_FRIDAY = date(2026, 11, 27), date(2026, 12, 4)
TITLES = (
    ("Introduction email sent", State.DONE),
    ("Transition meeting", State.DONE),
    ("Kickoff held", State.PLANNED),
    ("Data loaded", State.PLANNED),
    ("Training plan agreed", State.PLANNED),
    ("Training held", State.PLANNED),
    ("30-day feedback", State.PLANNED),
    ("数据导入", State.PLANNED),
    ("Data loaded", State.SKIPPED),
)
PLAN = tuple(Milestone(10 + n, n, title, WORK, state=state) for n, (title, state) in enumerate(TITLES, 1))


def reader(locale: str = "en-GB") -> Read:
    def read(text: str) -> DateReading:
        return read_date(text, now=NOW, locale=locale)

    return read


def found(text: str) -> tuple[int, str]:
    result = find_milestone(PLAN, text)
    assert isinstance(result, Found), result
    return result.milestone.number, result.rest


def refusal(result: object) -> str:
    assert isinstance(result, Refused), result
    return result.reason


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("3", 3, ""),
        ("#3", 3, ""),
        ("３ ok", 3, "ok"),
        ("＃３", 3, ""),
        ("no. 3 to Friday", 3, "to Friday"),
        ("3: https://wiki.example/kickoff", 3, "https://wiki.example/kickoff"),
        ("3到下周五", 3, "到下周五"),
        ("第3个 完成", 3, "完成"),
        ("kickoff", 3, ""),
        ("KICKOFF held everybody came", 3, "everybody came"),
        ('"Kickoff held" everybody came', 3, "everybody came"),
        ("kickoff: https://wiki.example", 3, "https://wiki.example"),
        ("training held ok", 6, "ok"),
        ("30 day feedback", 7, ""),
        ("数据 ok", 8, "ok"),
        ("数据导入", 8, ""),
        ("data loaded to production", 4, "to production"),
        ("3 days late", 3, "days late"),
    ],
)
def test_a_number_or_a_title_names_a_milestone(text: str, number: int, rest: str) -> None:
    assert found(text) == (number, rest)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("training", "“training” can be 5 “Training plan agreed” or 6 “Training held”. Say the number."),
        ("12", "There is no milestone 12 in this plan; its numbers go from 1 to 9."),
        ("kikoff held", "No milestone is called “kikoff held”. Did you mean 3 “Kickoff held”?"),
        ("a call", "`/milestone` lists all of them"),
        ("3rd party", "No milestone is called “3rd party”"),
        ("3, 4 and 5", "One milestone at a time, please: first 3, then the others."),
        ("  ", "Say which milestone"),
    ],
)
def test_what_names_none_or_several_is_refused_with_names(text: str, said: str) -> None:
    assert said in refusal(find_milestone(PLAN, text))


def test_the_open_one_of_two_with_the_same_title_is_meant_unless_the_other_is_wanted() -> None:
    assert found("data loaded") == (4, "")
    settled = find_milestone(PLAN, "data loaded", lambda one: not one.is_open)
    assert isinstance(settled, Found)
    assert settled.milestone.number == 9


def test_many_with_the_same_words_are_counted() -> None:
    plan = tuple(Milestone(n, n, f"Call {'x' * 100} {n}", WORK) for n in range(1, 13))
    said = refusal(find_milestone(plan, "call"))
    assert "or 7 more. Say the number." in said
    assert said.count("…”") == 5


def test_a_plan_without_milestones_says_so() -> None:
    assert refusal(find_milestone((), "3")) == "This plan has no milestones yet."


@pytest.mark.parametrize(
    ("locale", "text", "words", "on"),
    [
        ("en-GB", "Data loaded by next Friday", "Data loaded", NEXT_FRIDAY),
        ("en-GB", "Stand by by Friday", "Stand by", FRIDAY),
        ("en-GB", "Check in on Friday", "Check in", FRIDAY),
        ("en-GB", "Prepare for Q1 by Friday", "Prepare for Q1", FRIDAY),
        ("en-GB", "Training on Monday by Friday", "Training on Monday", FRIDAY),
        ("en-GB", "Load data in 10 working days", "Load data", date(2026, 12, 9)),
        ("en-GB", "Go-live by eow", "Go-live", FRIDAY),
        ("en-GB", "Go-live before March", "Go-live", date(2027, 3, 1)),
        ("en-GB", "Go-live by Q1", "Go-live", date(2027, 3, 31)),
        ("en-GB", "Invoice by end of month", "Invoice", date(2026, 11, 30)),
        ("en-GB", "Gifts by the day before Christmas", "Gifts", date(2026, 12, 24)),
        ("en-US", "Review by 12/4", "Review", NEXT_FRIDAY),
        ("sv-SE", "Utbildning senast nästa fredag", "Utbildning", NEXT_FRIDAY),
        ("sv-SE", "Data inläst innan fredag", "Data inläst", FRIDAY),
        ("nl-NL", "Training voor volgende week vrijdag", "Training", NEXT_FRIDAY),
        ("nl-NL", "Offerte voor klant voor vrijdag", "Offerte voor klant", FRIDAY),
        ("ms-MY", "Latihan sebelum jumaat depan", "Latihan", NEXT_FRIDAY),
        ("zh-CN", "数据导入 下周五", "数据导入", NEXT_FRIDAY),
        ("zh-CN", "数据交付下周五前", "数据交付", NEXT_FRIDAY),
        ("zh-CN", "数据导入在下周五之前", "数据导入", NEXT_FRIDAY),
        ("zh-CN", "培训 两周后", "培训", date(2026, 12, 9)),
    ],
)
def test_a_title_ends_where_its_date_begins(locale: str, text: str, words: str, on: date) -> None:
    assert split_dated(text, reader(locale)) == Dated(words, on)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Kickoff", "Say by when it is due: for example `/milestone add"),
        ("Kickoff next Friday", "Say by when it is due"),
        ("Plan by customer", "I could not read that as a date"),
        ("Report by 1 January 2020", "already gone"),
        ("Data ready by Friday or on Monday", "type 2026-11-27 or 2026-11-30"),
        ("", "Say by when"),
    ],
)
def test_without_one_clear_day_it_is_refused_in_a_sentence(text: str, said: str) -> None:
    assert said in refusal(split_dated(text, reader()))


def test_the_owners_name_in_the_date_is_not_read() -> None:
    assert split_dated("Data loaded by @ada Friday", reader(), ["@ada"]) == Dated("Data loaded", FRIDAY)


@pytest.mark.parametrize(
    ("locale", "rest", "on"),
    [
        ("en-GB", "to next Friday", NEXT_FRIDAY),
        ("en-GB", "next Friday", NEXT_FRIDAY),
        ("en-GB", "→ 2026-12-04", NEXT_FRIDAY),
        ("sv-SE", "till nästa fredag", NEXT_FRIDAY),
        ("nl-NL", "naar volgende week vrijdag", NEXT_FRIDAY),
        ("ms-MY", "ke jumaat depan", NEXT_FRIDAY),
        ("zh-CN", "改到下周五", NEXT_FRIDAY),
    ],
)
def test_the_new_day_of_a_move(locale: str, rest: str, on: date) -> None:
    assert date_after(rest, reader(locale)) == on


def test_a_move_without_a_day_is_asked_for_one() -> None:
    assert "Say the new day" in refusal(date_after(" ", reader()))
    assert "could not read" in refusal(date_after("to to heaven", reader()))


PHRASES = (
    *(("en-GB", f"{word} {day}") for word in ("by", "before", "due", "until") for day in ("next Friday", "Q1", "eow")),
    *(("sv-SE", f"{word} {day}") for word in ("senast", "innan", "före") for day in ("nästa fredag", "slutet av mars")),
    *(("nl-NL", f"{word} {day}") for word in ("uiterlijk", "voor") for day in ("volgende week vrijdag", "eind maart")),
    *(("ms-MY", f"{word} {day}") for word in ("sebelum", "menjelang") for day in ("jumaat depan", "hujung bulan")),
    *(("zh-CN", f"{word}{day}") for word in ("截止", "最迟") for day in ("下周五", "两周后")),
)
plain_titles = st.text(st.characters(categories=("Ll", "Lu", "So", "Po", "Sm")), min_size=1, max_size=40).map(
    lambda text: f"Q {' '.join(text.split())} x"
)
PIECES = ("by", "to", "on", "Friday", "next", "3", "３", "#", "训", "下周五", "前", "“", "kickoff")
anything = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join))


@given(plain_titles, st.sampled_from(PHRASES))
def test_a_title_comes_back_as_typed(title: str, phrase: tuple[str, str]) -> None:
    locale, ending = phrase
    result = split_dated(f"{title} {ending}", reader(locale))
    assert isinstance(result, Dated), result
    assert result.words == title


@given(anything, st.sampled_from(("en-US", "sv-SE", "nl-NL", "ms-MY", "zh-CN", "xx")))
@example("by by by Friday", "en-US")
@example("下周五前", "zh-CN")
def test_nothing_of_a_text_is_lost_and_nothing_raises(text: str, locale: str) -> None:
    read = reader(locale)
    result = split_dated(text, read)
    if isinstance(result, Dated):
        assert text.strip().startswith(result.words)
        assert result.on >= NOW.date()
    date_after(text, read)
    named = find_milestone(PLAN, text)
    assert isinstance(named, Refused) or text.strip().endswith(named.rest)
