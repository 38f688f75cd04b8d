"""Usage alerts in words: what they say, that everything is escaped, and that Slack takes them whatever the numbers."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.usage.alerts import FeedAlert, Severity
from domain.usage.feed import Break
from domain.usage.metrics import Metric, Metrics
from domain.usage.settings import Kind
from domain.usage.trend import AccountTrend, Trend, trend_of
from domain.usage_alert import Ended, FeedCard, Move, Sign, State, UsageAlertCard, Worth
from domain.usage_undo import Before, before, from_values
from messages import ids
from messages.limits import BUTTON_VALUE
from messages.say import Message, Quiet
from messages.usage import (
    alt_text,
    buttons,
    usage_drop,
    usage_escalated,
    usage_feed_broken,
    usage_held,
    usage_new_normal,
    usage_recovered,
    usage_worse,
)
from messages.usage_numbers import amount, described, percent
from messages.usage_windows import (
    no_account,
    no_usage,
    not_useful_view,
    numbers_view,
    said_message,
    said_view,
    undo_button,
    usage_asked,
    usage_now,
    which_account,
)
from messages.usage_words import explain, feed_reckoned
from messages.values import unpack
from tests.messages.checks import check_message, check_view, formatted, shown
from tests.messages.shown import words_in

TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
METRICS = Metrics("logins", ("sticky_events",), "active_users", "top_user_events")
CARD = UsageAlertCard(
    id=7, account=3, account_id="A-1", account_name="Fjordbank & <Søns>", kind=Kind.USAGE_DROP,
    severity=Severity.SEVERE, metric="logins", usual=42.0, now=7.0, missing=0.83, peers=0.98, baseline_weeks=30,
    evidence=6.2, threshold=5.0, since=date(2026, 10, 26), week=date(2026, 11, 16),
    moves=(Move("active_users", 14.0, 3.0), Move("sticky_events", 20.0, 21.0)),
    signs=(Sign.CHAMPION_LEFT, Sign.FEWER_USERS), worth=(Worth("EUR", Decimal(48000)),), renewal=date(2027, 3, 31),
    next_steps=("Call the customer today.", "Ask <who> left & why."), csm="U03CHLOEDV", chart="F0CHART001",
)  # fmt: skip


def said(message: Message | Quiet) -> str:
    assert isinstance(message, Message)
    return words_in(check_message(message).blocks)


def actions_of(card: UsageAlertCard) -> list[str]:
    return [one["action_id"] for one in buttons(card, TODAY)]


def test_a_fall_says_what_since_when_against_what_who_and_what_next() -> None:
    text = said(usage_drop(CARD, METRICS, TODAY))
    for words in (
        *("Severe", "Fjordbank & <Søns>", "logins fell from 42 to 7 a week (−83 %) since Mon 26 Oct 2026"),
        "How Baton reckons: usually 42 logins a week (30 weeks); customers like this one did −2 %, so 41 were to be "
        "expected; 7 came (−83 %), more than its usual ups and downs.",
        *("has the champion left?", "Fewer people use it", "Active users: 14 → 3 a week (−79 %)"),
        *("48,000 EUR", "renewal Wed 31 Mar 2027 (in 126 days)"),
        *("1. Call the customer today.", "2. Ask <who> left & why."),
    ):
        assert words in text


def test_the_arithmetic_says_when_there_is_nobody_to_compare_with_and_how_sure_it_is() -> None:
    alone = replace(CARD, peers=1.0, evidence=9.0)
    text = said(usage_drop(alone, METRICS, TODAY))
    assert "there are too few customers like this one to compare with, so 42 were to be expected" in text
    assert "far more than its usual ups and downs" in text
    assert "too few peers to compare with" in explain(alone.alert())
    assert "did as much as always" in said(usage_drop(replace(CARD, peers=1.001), METRICS, TODAY))
    assert "peers did −2%" in explain(CARD.alert())


def test_the_lead_reads_of_the_feed_in_the_words_of_the_installation() -> None:
    since = date(2026, 11, 16)
    breaks = (("logins", Break("EMEA", 0.034, 97, 100, since)), ("sticky_events", Break("", 0.0, 0, 0, since)))
    named = replace(METRICS, named=MappingProxyType({"sticky_events": Metric("Sticky", "uses of sticky features")}))
    assert feed_reckoned(FeedAlert(since, breaks), named) == (
        "Logins in EMEA: 3 % of what was expected since Mon 16 Nov 2026, 97 of 100 customers are low; "
        "uses of sticky features of all customers: nothing was told since Mon 16 Nov 2026."
    )
    many = feed_reckoned(FeedAlert(since, breaks * 3), named)
    assert many.endswith("; and 2 more.")


def test_the_picture_has_its_description_and_is_left_out_where_there_is_none() -> None:
    message = usage_drop(CARD, METRICS, TODAY)
    picture = next(block for block in message.blocks if block["type"] == "image")
    assert picture["slack_file"] == {"id": "F0CHART001"}
    assert picture["alt_text"] == alt_text(CARD, METRICS)
    assert picture["alt_text"].count(". ") == 0
    bare = usage_drop(replace(CARD, chart=""), METRICS, TODAY)
    assert all(block["type"] != "image" for block in bare.blocks)


def test_a_customer_who_does_not_get_going_is_compared_with_others() -> None:
    text = said(usage_drop(replace(CARD, kind=Kind.NOT_ACTIVATED, usual=20.0, now=3.0), METRICS, TODAY))
    assert "does not get going: 3 logins a week" in text
    assert "of this age and size have 20" in text


@pytest.mark.parametrize(
    ("changes", "words", "offered"),
    [
        ({}, "", {ids.ACT_USAGE_TAKE, ids.ACT_USAGE_SNOOZE, ids.ACT_USAGE_NOT_USEFUL}),
        (
            {"state": State.TAKEN, "by": "U1", "task_due": date(2026, 11, 27)},
            "<@U1> is on it until Fri 27 Nov 2026",
            {ids.ACT_USAGE_DONE},
        ),
        ({"state": State.TAKEN, "by": "U1", "task_done": TODAY}, "<@U1> did what was to be done", set()),
        (
            {"state": State.SNOOZED, "by": "U1", "until": date(2026, 12, 9)},
            "<@U1> snoozed it until Wed 9 Dec 2026",
            {ids.ACT_USAGE_TAKE, ids.ACT_USAGE_NOT_USEFUL},
        ),
        (
            {"state": State.SNOOZED, "by": "U1", "until": TODAY},
            "It waits for somebody again",
            {ids.ACT_USAGE_TAKE, ids.ACT_USAGE_SNOOZE, ids.ACT_USAGE_NOT_USEFUL},
        ),
        ({"state": State.NOT_USEFUL, "by": "U1", "why": "a <season>"}, "“a <season>”", set()),
        ({"ended": Ended.RECOVERED, "now": 40.0}, "Usage is back: 40 a week", set()),
        ({"ended": Ended.NEW_NORMAL}, "taken as usual now", set()),
        (
            {"state": State.TAKEN, "by": "U1", "ended": Ended.RECOVERED},
            "Usage is back: 7 a week. :raising_hand: <@U1> is on it",
            {ids.ACT_USAGE_DONE},
        ),
    ],
)
def test_what_people_did_stands_in_the_message_and_only_what_is_left_is_offered(
    changes: dict[str, Any], words: str, offered: set[str]
) -> None:
    card = replace(CARD, **changes)
    assert words in said(usage_drop(card, METRICS, TODAY))
    assert set(actions_of(card)) == offered | {ids.ACT_USAGE_NUMBERS}


def test_it_is_told_that_it_got_worse_is_back_or_stays_so() -> None:
    worse = replace(CARD, worse=1)
    assert "It got worse 1 time since" in said(usage_drop(worse, METRICS, TODAY))
    assert "Worse: 7 logins a week" in words_in(usage_worse(worse, METRICS).blocks).replace("*", "")
    assert "is back: 7 logins a week, of 42" in said(usage_recovered(CARD, METRICS)).replace("*", "")
    assert "7 logins a week are taken as usual" in said(usage_new_normal(CARD, METRICS))
    assert "nobody has acted on it yet" in said(usage_escalated(CARD, METRICS, TODAY))


def test_the_lead_hears_of_the_feed_and_what_to_do() -> None:
    feed = FeedCard(date(2026, 11, 16), "The feed looks broken: logins in <EU> at 3% of what was expected.", 0)
    assert "logins in <EU> at 3%" in said(usage_feed_broken(feed))
    assert "whoever runs the export" in said(usage_feed_broken(feed))
    assert "37 alerts of usage wait" in said(usage_held(replace(feed, held=37)))


def test_a_metric_is_called_as_the_installation_calls_it() -> None:
    named = replace(METRICS, named=MappingProxyType({"logins": Metric("Anmeldungen <x>", "Anmeldungen <x>")}))
    message = usage_drop(CARD, named, TODAY)
    assert "Anmeldungen <x> fell from 42" in said(message)
    assert all("<x>" not in text for text in formatted([message.text, list(message.blocks)]))


# Windows and answers

WEEKS = [42.0] * 26 + [12.0, 9.0, None, 7.0]
ACCOUNT = AccountTrend(
    "Fjordbank & <Søns>",
    "logins",
    trend_of(date(2026, 4, 27), WEEKS, since=date(2026, 10, 26)),
    date(2026, 4, 27),
    MappingProxyType({"logins": tuple(WEEKS), "active_users": tuple(14.0 for _ in WEEKS)}),
)


def test_the_numbers_are_a_table_of_the_weeks_the_newest_on_top() -> None:
    view = check_view(numbers_view(ACCOUNT, METRICS, CARD, TODAY))
    (table,) = [
        part["elements"][0]["text"]
        for block in view["blocks"]
        if block["type"] == "rich_text"
        for part in block["elements"]
    ]
    lines = table.splitlines()
    assert len(lines) == 31
    assert lines[0].split() == ["Week", "of", "Logins", "Active"]
    assert lines[1].split()[:5] == ["16", "Nov", "26", "7", "14"]
    assert "–" in lines[2]
    assert [line for line in lines if line.startswith("▸")] == [lines[4]]
    assert len(set(map(len, lines))) == 1
    assert len(lines[0]) <= 26


def test_columns_are_told_apart_and_fit_a_phone() -> None:
    titles = ("Reports opened", "Reports sent", "Logins", "Very long names of features")
    named = replace(METRICS, named=MappingProxyType({one: Metric(one, one.lower()) for one in titles}))
    account = replace(ACCOUNT, counts=dict.fromkeys(titles, (1_234.0, None, 12_345_678.0)))
    (table,) = [
        part["elements"][0]["text"]
        for block in check_view(numbers_view(account, named, None, TODAY))["blocks"]
        if block["type"] == "rich_text"
        for part in block["elements"]
    ]
    lines = table.splitlines()
    assert "Reports o… Reports s…" in lines[0]
    assert max(map(len, lines)) <= 50


def test_the_numbers_without_a_fall_say_what_is_usual() -> None:
    calm = replace(ACCOUNT, trend=trend_of(date(2026, 4, 27), [42.0] * 30))
    text = words_in(check_view(numbers_view(calm, METRICS, None, TODAY)))
    assert "42 logins in the week of Mon 16 Nov 2026, usually 42 (+0 %)" in text
    new = replace(ACCOUNT, trend=trend_of(date(2026, 11, 16), [3.0]))
    assert "too few weeks" in words_in(numbers_view(new, METRICS, None, TODAY))


def test_the_chart_in_one_sentence() -> None:
    assert described(ACCOUNT.trend, "logins") == (
        "Logins over 30 weeks: usually 42 a week, mostly 30 to 54, fallen since Mon 26 Oct 2026; 7 in the week of "
        "Mon 16 Nov 2026."
    )
    assert "none are known" in described(Trend(TODAY, (None, None)), "logins")


def test_asked_at_once_and_its_chart_afterwards() -> None:
    assert "The chart follows" in said(usage_now(3, ACCOUNT, METRICS, None, TODAY))
    facts = {"name": "A & <B>", "counted": "logins", "named": "Logins", "alt": "So & <so>.", "file": "F0CHART001"}
    message = check_message(usage_asked(facts, NOW))
    assert message.blocks[-1]["alt_text"] == "So & <so>."
    assert "could not be drawn" in said(usage_asked({**facts, "file": ""}, NOW))


def test_names_in_answers_are_escaped_and_stay_inside_their_backticks() -> None:
    text = which_account(["A `b` <!channel>", "C"], True, "<x>")
    assert "`/cs usage A 'b' &lt;!channel&gt;`" in text
    assert "“&lt;x&gt;”" in text
    assert "&lt;!here&gt;" in no_account("<!here>", ["`<x>`"])
    assert "&lt;!here&gt;" in no_usage("<!here>")


def test_an_undo_carries_what_it_was_before() -> None:
    was = Before(State.SNOOZED, "U1", "Ada", date(2026, 12, 1), None, None, "")
    message = check_message(said_message("You are on it.", replace(CARD, version=4), was, NOW))
    carried = unpack(message.blocks[-1]["elements"][0]["value"])
    assert from_values(carried) == was
    assert (carried["alert"], carried["version"], carried["at"]) == (7, 4, int(NOW.timestamp()))
    check_view(said_view("Done.", CARD, before(CARD), NOW))


# Whatever comes

NAMES = st.text(min_size=0, max_size=200) | st.sampled_from(
    ["<!channel>", "&amp;<@U1>", "```", "\u202eevil", "名" * 90, "`"]
)
NUMBERS = st.floats(0, 1e18) | st.sampled_from([0.0, 0.04, 9.96, 9_999_999.4, 1e300])
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@st.composite
def cards(draw: st.DrawFn) -> UsageAlertCard:
    text = draw(NAMES)
    return replace(
        CARD,
        account_name=draw(NAMES), metric=draw(NAMES), kind=draw(st.sampled_from([*Kind][:4])),
        severity=draw(st.sampled_from([*Severity])), usual=draw(NUMBERS), now=draw(NUMBERS),
        missing=draw(st.floats(-1e6, 1)), peers=draw(st.floats(0, 1e6)), since=draw(DAYS), week=draw(DAYS),
        evidence=draw(NUMBERS), threshold=draw(NUMBERS), worse=draw(st.integers(0, 9)),
        moves=tuple(Move(draw(NAMES), draw(NUMBERS), draw(NUMBERS)) for _ in range(draw(st.integers(0, 12)))),
        signs=tuple(draw(st.sets(st.sampled_from([*Sign])))),
        worth=tuple(Worth(draw(NAMES), Decimal(draw(st.integers(0, 10**18)))) for _ in range(draw(st.integers(0, 5)))),
        renewal=draw(st.none() | DAYS), next_steps=tuple(text * 2 for _ in range(draw(st.integers(0, 6)))),
        state=draw(st.sampled_from([*State])), by=draw(st.sampled_from(["", "U03CHLOEDV"])), by_name=draw(NAMES),
        until=draw(st.none() | DAYS), task_due=draw(st.none() | DAYS), task_done=draw(st.none() | DAYS),
        why=draw(st.text(max_size=500)), ended=draw(st.none() | st.sampled_from([*Ended])),
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(cards())
def test_slack_takes_every_alert_and_nobody_is_paged_by_it(card: UsageAlertCard) -> None:
    every: list[Message | Quiet] = [
        usage_drop(card, METRICS, TODAY), usage_escalated(card, METRICS, TODAY), usage_worse(card, METRICS),
        usage_recovered(card, METRICS), usage_new_normal(card, METRICS),
        usage_feed_broken(FeedCard(card.week, card.account_name * 20 or "x", 3)),
        usage_held(FeedCard(card.week, card.account_name, 3)), said_message("Done.", card, before(card), NOW),
    ]  # fmt: skip
    for message in every:
        assert isinstance(message, Message)
        check_message(message)
        for text in formatted([message.text, list(message.blocks)]):
            rest = text.replace("<@U03CHLOEDV>", "")
            assert "<" not in rest.replace("&lt;", "")
    check_view(not_useful_view(card, METRICS))
    assert len(undo_button(card, before(card), NOW)["value"]) <= BUTTON_VALUE
    assert "\u202e" not in shown(usage_drop(card, METRICS, TODAY))


@settings(max_examples=60, deadline=None)
@given(
    cards(),
    NAMES,
    st.lists(st.none() | NUMBERS, min_size=1, max_size=60),
    st.lists(NAMES, min_size=1, max_size=8, unique=True),
)
def test_slack_takes_every_account_of_weeks(
    card: UsageAlertCard, name: str, weeks: list[float | None], metrics: list[str]
) -> None:
    first = date(2026, 1, 5)
    trend = trend_of(first, weeks, since=first + timedelta(weeks=3))
    account = AccountTrend(name, metrics[0], trend, first, dict.fromkeys(metrics, tuple(weeks)))
    for of in (card, None):
        view = check_view(numbers_view(account, METRICS, of, TODAY))
        assert len(json.dumps(view)) < 20_000
        check_message(usage_now(3, account, METRICS, of, TODAY))


@given(st.floats(0, allow_nan=False, allow_infinity=False))
def test_numbers_stay_short(value: float) -> None:
    assert 0 < len(amount(value)) <= 11
    assert len(percent(value)) <= 10
