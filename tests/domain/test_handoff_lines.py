from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.handoff_lines import LinesRead, parse_lines
from domain.handoff_lists import Commitment, Item, KeyDate, Metric, Phase, Stakeholder, format_item
from domain.handoff_score import says_nothing
from domain.handoff_words import CARES, FROM, LEADING, OWNERS, PHASES, PROMISING, QUANTITY_UNITS, TO
from domain.limits import DATE_READINGS, ITEM_TEXT, ITEMS, LINE, LINE_ERRORS
from tests.domain.reading import END_OF_MARCH, FRIDAY, JAN_15, Reading, numbered, read
from tests.domain.strategies import LIST_FIELDS
from tests.growth import LINEAR, ratio

SALE, ROLLOUT = Phase.SALE, Phase.ROLLOUT


def one(field: str, line: str) -> Item:
    result = parse_lines(field, line, read, numbered())
    assert result.errors == ()
    (item,) = result.items
    return item


def refusal(field: str, line: str) -> str:
    result = parse_lines(field, line, read, numbered())
    assert result.items == ()
    (error,) = result.errors
    return error.reason


@pytest.mark.parametrize(
    ("line", "name", "start", "target", "by"),
    [
        ("Weekly logins: 20 -> 60 by end of March", "Weekly logins", "20", "60", END_OF_MARCH),
        ("- weekly logins 20 → 60 before Friday", "weekly logins", "20", "60", FRIDAY),
        ("1) Weekly logins from 20 to 60 until 15 Jan.", "Weekly logins", "20", "60", JAN_15),
        ("Weekly logins: 20 -> 60, end of March", "Weekly logins", "20", "60", END_OF_MARCH),
        ("Weekly logins: 20 -> 60 (end of March)", "Weekly logins", "20", "60", END_OF_MARCH),
        ("Answer time: 4 hours —> 1 hour", "Answer time", "4 hours", "1 hour", None),
        ("Answer time 4 hours -> 1 hour", "Answer time", "4 hours", "1 hour", None),
        ("Answer time 4 hours to 1 hour in 4 days", "Answer time", "4 hours", "1 hour", FRIDAY),
        ("Uptime: 99.5% > 99.9%", "Uptime", "99.5%", "99.9%", None),
        ("Tool: Excel → Baton", "Tool", "Excel", "Baton", None),
        ("NPS: 50", "NPS", "", "50", None),
        ("NPS: to 50", "NPS", "", "50", None),
        ("NPS: 20 →", "NPS", "20", "", None),
        ("Faster onboarding", "Faster onboarding", "", "", None),
        ("Top 10 customers 5 -> 20", "Top 10 customers", "5", "20", None),
        ("Cut churn by 5%", "Cut churn by 5%", "", "", None),
        ("Cut churn by 5% by Friday", "Cut churn by 5%", "", "", FRIDAY),
        ("First reply: 09:30 -> 09:10 by Friday", "First reply", "09:30", "09:10", FRIDAY),
        ("周活跃用户：从20到60，3月底前", "周活跃用户", "20", "60", END_OF_MARCH),
        ("每周登录：20 → 60 在三月底之前", "每周登录", "20", "60", END_OF_MARCH),
        ("Logins per week: van 20 naar 60 vóór eind maart", "Logins per week", "20", "60", END_OF_MARCH),
        ("Logins per week 20 -> 60 uiterlijk 31 maart", "Logins per week", "20", "60", END_OF_MARCH),
        ("Inloggningar: från 20 till 60 senast slutet av mars", "Inloggningar", "20", "60", END_OF_MARCH),
        ("Inloggningar: 20 -> 60 på fredag", "Inloggningar", "20", "60", FRIDAY),
        ("Inloggningar: 20 -> 60 slutet av mars", "Inloggningar", "20", "60", END_OF_MARCH),
        ("Answer time: 4 hours -> 1 hour end of March", "Answer time", "4 hours", "1 hour", END_OF_MARCH),
        ("Log masuk: dari 20 ke 60 sebelum hujung Mac", "Log masuk", "20", "60", END_OF_MARCH),
    ],
)
def test_metrics(line: str, name: str, start: str, target: str, by: date | None) -> None:
    item = one("success_metrics", line)
    assert isinstance(item, Metric)
    assert (item.metric, item.start, item.target, item.by) == (name, start, target, by)
    assert bool(item.by_words) == (by is not None)


@pytest.mark.parametrize(
    ("line", "label", "on"),
    [
        ("Go-live: 15 Jan", "Go-live", JAN_15),
        ("Go-live：15 Jan", "Go-live", JAN_15),
        ("15 Jan: Go-live", "Go-live", JAN_15),
        ("Go-live - 15 Jan", "Go-live", JAN_15),
        ("Go-live, 15/1", "Go-live", JAN_15),
        ("Go-live 15 Jan", "Go-live", JAN_15),
        ("Go-live by 15 Jan", "Go-live", JAN_15),
        ("15 Jan go-live", "go-live", JAN_15),
        ("Board meeting next Friday", "Board meeting", FRIDAY),
        ("Möte på fredag", "Möte", FRIDAY),
        ("上线：下周五", "上线", FRIDAY),
        ("下周五董事会", "董事会", FRIDAY),
        ("董事会下周五", "董事会", FRIDAY),
        ("Phase 2: kickoff: Friday", "Phase 2: kickoff", FRIDAY),
    ],
)
def test_key_dates(line: str, label: str, on: date) -> None:
    item = one("key_dates", line)
    assert isinstance(item, KeyDate)
    assert (item.label, item.on) == (label, on)
    assert item.words


@pytest.mark.parametrize(
    ("line", "name", "role", "cares", "phases", "contact"),
    [
        ("Maria Silva, CFO, cares about cost", "Maria Silva", "CFO", "cost", set(), ""),
        ("Maria Silva, CFO, cost, speed", "Maria Silva", "CFO", "cost, speed", set(), ""),
        ("Maria Silva - CFO - cares about cost", "Maria Silva", "CFO", "cost", set(), ""),
        ("Maria Silva (CFO) cares about cost", "Maria Silva", "CFO", "cost", set(), ""),
        ("Maria Silva, CFO cares about cost", "Maria Silva", "CFO", "cost", set(), ""),
        ("Maria, cares about cost", "Maria", "", "cost", set(), ""),
        ("Maria", "Maria", "", "", set(), ""),
        ("Maria, CFO, sale, rollout", "Maria", "CFO", "", {SALE, ROLLOUT}, ""),
        ("Maria, CFO (sale & roll-out)", "Maria", "CFO", "", {SALE, ROLLOUT}, ""),
        ("Maria <maria@example.com>, CFO", "Maria", "CFO", "", set(), "maria@example.com"),
        ("Maria, CFO, maria@example.com, wants calm", "Maria", "CFO", "calm", set(), "maria@example.com"),
        ("王芳，财务总监，关心成本（销售）", "王芳", "财务总监", "成本", {SALE}, ""),
        ("Jan de Vries, directeur, geeft om planning", "Jan de Vries", "directeur", "planning", set(), ""),
        ("Åsa, it-chef, bryr sig om säkerhet", "Åsa", "it-chef", "säkerhet", set(), ""),
        ("Aminah, pengurus, mementingkan kos", "Aminah", "pengurus", "kos", set(), ""),
    ],
)
def test_stakeholders(line: str, name: str, role: str, cares: str, phases: set[Phase], contact: str) -> None:
    assert one("stakeholders", line) == Stakeholder("i1", name, role, cares, frozenset(phases), contact)


@pytest.mark.parametrize(
    ("line", "text", "owner", "due"),
    [
        ("Free migration - Ada - by 15 Jan", "Free migration", "Ada", JAN_15),
        ("Free migration – Ada – 15 Jan", "Free migration", "Ada", JAN_15),
        ("Free migration, Ada, by 15 Jan", "Free migration", "Ada", JAN_15),
        ("Free migration - by 15 Jan - Ada", "Free migration", "Ada", JAN_15),
        ("Free migration - Ada by 15 Jan", "Free migration", "Ada", JAN_15),
        ("Free migration by 15 Jan @ada", "Free migration", "ada", JAN_15),
        ("Free migration - owner: Ada - due: Friday", "Free migration", "Ada", FRIDAY),
        ("Free migration | Ada", "Free migration", "Ada", None),
        ("Free migration by 15 Jan", "Free migration", "", JAN_15),
        ("Free migration, including history", "Free migration, including history", "", None),
        ("Plan A - plan B - Ada", "Plan A - plan B", "Ada", None),
        ("Support by email - Ada", "Support by email", "Ada", None),
        ("Dashboard built by Ada", "Dashboard built by Ada", "", None),
        ("none", "none", "", None),
        ("Gratis migratie - Ada - uiterlijk 31 maart", "Gratis migratie", "Ada", END_OF_MARCH),
        ("Gratis migrering - Ada - senast slutet av mars", "Gratis migrering", "Ada", END_OF_MARCH),
        ("Migrasi percuma - Ada - sebelum hujung Mac", "Migrasi percuma", "Ada", END_OF_MARCH),
        ("免费迁移 - 王芳 - 3月底前", "免费迁移", "王芳", END_OF_MARCH),
        ("免费迁移，王芳，三月底之前", "免费迁移", "王芳", END_OF_MARCH),
    ],
)
def test_commitments(line: str, text: str, owner: str, due: date | None) -> None:
    item = one("commitments", line)
    assert isinstance(item, Commitment)
    assert (item.text, item.owner, item.due) == (text, owner, due)


@pytest.mark.parametrize(
    ("field", "line", "reason"),
    [
        ("success_metrics", "Weekly logins: 20 -> 60 by blursday", "“blursday” is not a date I know."),
        ("success_metrics", "Weekly logins: 20 -> 60 by 2020-02-03", "“2020-02-03” is in the past."),
        ("success_metrics", "Weekly logins: 20 -> 60 某天之前", "“某天之前” is not a date I know."),
        ("success_metrics", ": 20 -> 60", "Say what is measured"),
        ("success_metrics", "none", "Leave the list empty"),
        ("key_dates", "Go-live", "There is no date in this line."),
        ("key_dates", "Go-live: 03/04", "“03/04” can be two days."),
        ("key_dates", "Go-live: 2020-02-03", "“2020-02-03” is in the past."),
        ("key_dates", "15 Jan", "Say what happens on that day"),
        ("stakeholders", "(sale)", "Say who it is"),
        ("stakeholders", ", , ,", "Say who it is"),
        ("stakeholders", "geen", "Leave the list empty"),
        ("commitments", "Free migration - Ada - by blursday", "“blursday” is not a date I know."),
        ("commitments", "Free migration - Ada - 2020-02-03", "“2020-02-03” is in the past."),
        ("commitments", "Free migration - Ada - ASAP", "“ASAP” is not a day."),
        ("key_dates", "Go-live Friday or Monday", "“Friday or Monday” can be two days."),
        ("success_metrics", "NPS: 20 -> 50 by Friday or Monday", "“Friday or Monday” can be two days."),
        ("success_metrics", "NPS: 20 -> 50 Friday or Monday", "“Friday or Monday” can be two days."),
        ("commitments", "Migration by Friday or Monday", "“Friday or Monday” can be two days."),
        ("commitments", "Migration - Ada - Friday or Monday", "“Friday or Monday” can be two days."),
        ("key_dates", "Phase 2", "There is no date in this line."),
        ("commitments", "Free migration by 33 Janvember", "“33 Janvember” is not a date I know."),
        ("commitments", "by 15 Jan", "Say what was promised"),
        ("commitments", "x" * (LINE + 1), "1,001 characters"),
        ("commitments", "x" * (ITEM_TEXT + 1), "501 characters"),
    ],
)
def test_refuses_with_a_sentence(field: str, line: str, reason: str) -> None:
    assert reason in refusal(field, line)


def test_keeps_the_good_lines_and_names_the_bad_ones() -> None:
    text = "Go-live: 15 Jan\n\n  \nSomeday maybe\r\n• Audit: Friday"
    result = parse_lines("key_dates", text, read, numbered())
    assert [format_item(item) for item in result.items] == ["Go-live: 2027-01-15", "Audit: 2027-01-08"]
    assert [(error.line_no, error.line) for error in result.errors] == [(4, "Someday maybe")]
    assert len({item.id for item in result.items}) == 2


def test_stops_when_there_are_too_many_errors() -> None:
    result = parse_lines("key_dates", "nothing here\n" * 500, read, numbered())
    assert len(result.errors) == LINE_ERRORS + 1
    assert "not read yet" in result.errors[-1].reason


def test_a_list_has_an_end() -> None:
    result = parse_lines("stakeholders", "Maria\n" * (ITEMS + 1), read, numbered())
    assert len(result.items) == ITEMS
    assert "too many" in result.errors[0].reason


def test_the_date_reader_is_asked_only_so_often() -> None:
    asked: list[str] = []

    def counting(text: str) -> Reading:
        asked.append(text)
        return read(text)

    result = parse_lines("success_metrics", "on x, on y, on z\n" * 180, counting, numbered())
    assert len(asked) == DATE_READINGS
    assert "too much to read" in result.errors[0].reason


def test_only_lists_have_lines() -> None:
    with pytest.raises(KeyError):
        parse_lines("problem", "x", read, numbered())


RESERVED = frozenset(
    word
    for phrases in (PROMISING, LEADING, CARES, OWNERS, FROM, TO, PHASES, QUANTITY_UNITS, ("friday", "monday", "jumaat"))
    for phrase in phrases
    for word in phrase.split()
)
plain = st.from_regex(r"[A-Z][a-z]{2,9}( [a-z]{3,9}){0,2}", fullmatch=True).filter(
    lambda text: not set(text.lower().split()) & RESERVED and not says_nothing(text)
)
numbers = st.integers(0, 10_000).map(str)
future = st.one_of(st.none(), st.dates(date(2027, 1, 4), date(2032, 1, 1)))


@given(plain, numbers, numbers, future)
def test_a_formatted_metric_is_read_back(name: str, start: str, target: str, by: date | None) -> None:
    item = one("success_metrics", format_item(Metric("i1", name, start, target, by)))
    assert item == Metric("i1", name, start, target, by, by.isoformat() if by else "")


@given(plain, future)
def test_a_formatted_key_date_is_read_back(label: str, on: date | None) -> None:
    day = on or JAN_15
    assert one("key_dates", format_item(KeyDate("i1", label, day))) == KeyDate("i1", label, day, day.isoformat())


@given(plain, plain, plain, st.frozensets(st.sampled_from(Phase)), st.sampled_from(["", "m.s@example.co.uk"]))
def test_a_formatted_stakeholder_is_read_back(
    name: str, role: str, cares: str, phases: frozenset[Phase], contact: str
) -> None:
    item = Stakeholder("i1", name, role, cares, phases, contact)
    assert one("stakeholders", format_item(item)) == item


@given(plain, plain, future)
def test_a_formatted_commitment_is_read_back(text: str, owner: str, due: date | None) -> None:
    item = one("commitments", format_item(Commitment("i1", text, owner, due)))
    assert item == Commitment("i1", text, owner, due, due.isoformat() if due else "")


soup = st.text(st.sampled_from("ab 1:→->,;()@.前在从到\tby on \n<!>&🎉\u202e\x00"), max_size=300)


@given(st.sampled_from(LIST_FIELDS), st.one_of(soup, st.text(max_size=300)))
@example("success_metrics", "by by by by")
@example("key_dates", ":::::")
@example("stakeholders", "@@@@,,,")
@example("commitments", "- - - -")
def test_anything_is_read_or_refused(field: str, text: str) -> None:
    result = parse_lines(field, text, read, numbered())
    assert all(error.reason.strip() and len(error.line) <= 80 for error in result.errors)
    assert len(result.items) + len(result.errors) <= len(text.splitlines())
    assert all(format_item(item) for item in result.items)


@pytest.mark.parametrize("field", LIST_FIELDS)
@pytest.mark.parametrize("filling", ["a", "1 ", " by ", "在前", "@a", "a@a.", "(", " - ", ",", "->", "wants "])
def test_hostile_lines_take_no_time(field: str, filling: str) -> None:
    def lines(length: int) -> LinesRead:
        return parse_lines(field, "\n".join([filling * (length // len(filling))] * 3), read, numbered())

    result = lines(LINE)
    assert result.items or result.errors
    assert ratio(lambda: lines(LINE), lambda: lines(LINE // 4)) < LINEAR
