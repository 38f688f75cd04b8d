"""``/cs`` as people see it: inside Slack's limits whatever names hold, and nothing of it a mention."""

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.contact import Contact
from domain.health import health_of
from domain.home import CUSTOMERS_SHOWN, Arrow, Counts, Customer, Level, Looking, Show, Tab
from domain.portfolio import Danger, Reason
from messages.cs_portfolio import cs_shared, health_message, health_of_one, portfolio_message, without_buttons
from messages.cs_tell import LOG, WIN, kept_message, kept_view, tell_view
from messages.limits import OPTIONS
from tests.messages.checks import check_message, check_view, formatted, shown

TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
NAMES = st.text(min_size=1, max_size=300)
REASONS = st.lists(
    st.builds(
        Reason, st.sampled_from(Danger), st.integers(1, 90), st.integers(0, 400), st.integers(1, 99), NAMES, NAMES
    ),
    max_size=9,
).map(tuple)
CUSTOMERS = st.builds(
    Customer,
    st.integers(1, 9_999),
    NAMES,
    NAMES,
    st.sampled_from(["", "C1"]),
    st.booleans(),
    st.sampled_from(Level),
    REASONS,
    handoff=st.sampled_from(["", "requested", "accepted"]),
    settled=st.just(3),
    total=st.sampled_from([0, 9]),
    next_title=NAMES,
    usage=st.sampled_from([None, *Arrow]),
    questions=st.integers(0, 9),
)
ROWS = st.lists(CUSTOMERS, min_size=1, max_size=CUSTOMERS_SHOWN)
ONE = Customer(1, "Fjordbank", "Pro", "C1", False, Level.HEALTHY, (), settled=3, total=9, usage=Arrow.UP)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.sampled_from(Tab), st.integers(0, 40))
def test_a_page_fits_whatever_names_hold(rows: list[Customer], tab: Tab, page: int) -> None:
    counts, looking = Counts(400, 9, 30), Looking(tab, Show.ALL, page)
    health = {one.deal_id: health_of(one, TODAY, TODAY) for one in rows}
    for message in (
        portfolio_message(looking, counts, rows, TODAY),
        health_message(looking, counts, rows, health, TODAY),
        health_of_one(rows, health),
    ):
        check_message(message)
        assert not [text for text in formatted(message.blocks) if "<!" in text]


def test_a_portfolio_of_two_pages_turns_and_says_where_one_is() -> None:
    text = shown(portfolio_message(Looking(Tab.CSM, Show.ALL, 1), Counts(17, 2, 5), [ONE], TODAY))
    assert "17 customers, 2 at risk, 5 onboarding." in text
    assert "11–17 of 17" in text
    assert "Back" in text
    assert "More" not in text


def test_health_names_each_reason_with_its_weight_and_what_speaks_for_them() -> None:
    kickoff, asked = Reason(Danger.KICKOFF, 56, 6), Reason(Danger.QUESTIONS, 17, 9, 2)
    sick = replace(ONE, level=Level.AT_RISK, reasons=(kickoff, asked), questions=2)
    text = shown(health_of_one([sick], {1: health_of(sick, None, TODAY)}))
    assert "at risk (73 together)" in text
    assert "no kickoff 6 working days after the close (weight 56) → book the kickoff" in text
    assert "_For them_: usage goes up." in text
    assert "no conversation was recorded" in text
    assert "from 40 together" in text


def test_what_is_shared_has_no_buttons_and_says_by_whom() -> None:
    message = portfolio_message(Looking(), Counts(1, 0, 1), [ONE], TODAY)
    facts = {"text": message.text, "blocks": without_buttons(message.blocks), "by": "U1"}
    found = check_message(cs_shared(facts, NOW))
    assert not [block for block in found.blocks if block["type"] == "actions" or "accessory" in block]
    assert "Shared by <@U1>" in shown(found)


@settings(max_examples=30, deadline=None)
@given(NAMES, st.sampled_from([None, *Contact]), st.text(max_size=1_000))
def test_the_windows_and_answers_of_telling_fit(name: str, contact: Contact | None, note: str) -> None:
    message = check_message(kept_message(name, contact, 7, 3))
    check_view(kept_view(message))
    deals = [(number, name) for number in range(1, OPTIONS + 2)]
    check_view(tell_view(LOG if contact else WIN, deals, contact=contact, note=note))
    check_view(tell_view(WIN, deals[:1], note=note, one=True))
