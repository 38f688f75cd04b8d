"""Who is told of a fall, how loudly, and what of a replayed history is news."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import WorkingDays
from domain.usage.alerts import AccountAlert, FeedAlert, Severity
from domain.usage.feed import Break
from domain.usage.metrics import Metric, Metrics
from domain.usage.settings import Kind
from domain.usage_alert import Ended, Move, Sign, State, UsageAlertCard, Worth, escalate, snooze, take
from domain.usage_rules import (
    IMMEDIATE,
    Candidate,
    Finished,
    Known,
    Opened,
    Route,
    Worsened,
    beside,
    by_account,
    escalation,
    feed_news,
    goes_on,
    is_back,
    move,
    nearness,
    news_of,
    patience,
    route,
    signs,
    worth_factors,
)

WEEK = timedelta(weeks=1)
NEWEST = date(2026, 11, 16)
TODAY = date(2026, 11, 23)


def alert(
    kind: Kind = Kind.USAGE_DROP,
    weeks_ago: int = 0,
    severity: Severity = Severity.MEDIUM,
    **changes: Any,  # noqa: ANN401
) -> AccountAlert:
    week = NEWEST - WEEK * weeks_ago
    values: dict[str, Any] = {
        "since": week - WEEK,
        "metric": "logins",
        "now": 30.0,
        "missing": 0.55,
        "account": 0,
    } | changes
    return AccountAlert(
        account_id="A-1", week=week, kind=kind, severity=severity, usual=66.0, peers=1.0, baseline_weeks=30,
        evidence=5.5, threshold=5.0, **values,
    )  # fmt: skip


def card(**changes: Any) -> UsageAlertCard:  # noqa: ANN401
    found: dict[str, Any] = {
        "id": 1, "account": 7, "account_id": "A-7", "account_name": "Fjordbank", "kind": Kind.USAGE_DROP,
        "severity": Severity.SEVERE, "metric": "logins", "usual": 66.0, "now": 5.0, "missing": 0.92, "peers": 1.0,
        "baseline_weeks": 30, "evidence": 9.0, "threshold": 5.0, "since": NEWEST - WEEK, "week": NEWEST,
    }  # fmt: skip
    return UsageAlertCard(**found | changes)


# What is news


def test_a_fall_of_the_last_weeks_that_nobody_was_told_of_is_news() -> None:
    for weeks_ago in range(4):
        fell = alert(weeks_ago=weeks_ago)
        assert news_of([fell], None, NEWEST) == [Opened(fell)]
    assert news_of([alert(weeks_ago=4)], None, NEWEST) == []


def test_what_is_over_before_it_could_be_told_is_no_news() -> None:
    assert news_of([alert(weeks_ago=3), alert(Kind.RECOVERY, 0, Severity.INFO)], None, NEWEST) == []


def test_what_got_worse_before_it_was_told_is_told_as_bad_as_it_is() -> None:
    worse = alert(Kind.WORSE, 0, Severity.SEVERE, now=4.0, missing=0.9)
    (news,) = news_of([alert(weeks_ago=2), worse], None, NEWEST)
    assert isinstance(news, Opened)
    assert (news.alert.severity, news.alert.now, news.alert.week) == (Severity.SEVERE, 4.0, NEWEST)
    assert news.alert.kind is Kind.USAGE_DROP


def test_a_kept_episode_goes_on_whatever_the_replay_calls_it() -> None:
    known = Known(NEWEST - WEEK, Severity.MEDIUM)
    assert news_of([alert(weeks_ago=1)], known, NEWEST) == []
    # The window moved by a week: another metric, another beginning, a later week.
    assert news_of([alert(Kind.STICKY_DROP, 0, metric="sticky_events")], known, NEWEST) == []


def test_a_step_worse_is_told_once() -> None:
    worse = alert(Kind.WORSE, 0, Severity.SEVERE)
    history = [alert(weeks_ago=2), worse]
    (news,) = news_of(history, Known(NEWEST - 2 * WEEK, Severity.MEDIUM), NEWEST)
    assert isinstance(news, Worsened)
    assert news.alert.severity is Severity.SEVERE
    assert news_of(history, Known(NEWEST - 2 * WEEK, Severity.SEVERE), NEWEST) == []


def test_an_episode_ends_once_and_another_may_follow() -> None:
    known = Known(NEWEST - 12 * WEEK, Severity.MEDIUM)
    back = alert(Kind.RECOVERY, 6, Severity.INFO, now=64.0)
    assert news_of([alert(weeks_ago=12), back], known, NEWEST) == [Finished(Ended.RECOVERED, back.week, 64.0)]
    again = alert(weeks_ago=0)
    news = news_of([alert(weeks_ago=12), back, again], known, NEWEST)
    assert news == [Finished(Ended.RECOVERED, back.week, 64.0), Opened(again)]
    ended = Known(NEWEST - 12 * WEEK, Severity.MEDIUM, back.week)
    assert news_of([alert(weeks_ago=12), back, again], ended, NEWEST) == [Opened(again)]


def test_a_fall_that_began_before_the_last_one_ended_is_the_same() -> None:
    ended = Known(NEWEST - 12 * WEEK, Severity.MEDIUM, NEWEST - WEEK)
    assert news_of([alert(weeks_ago=0)], ended, NEWEST) == []


def test_what_the_replay_does_not_see_any_more_ends_as_the_new_normal() -> None:
    assert news_of([], Known(NEWEST - 11 * WEEK, Severity.MEDIUM), NEWEST) == []
    assert news_of([], Known(NEWEST - 12 * WEEK, Severity.MEDIUM), NEWEST) == [Finished(Ended.NEW_NORMAL, NEWEST)]
    new_normal = alert(Kind.NEW_NORMAL, 0, Severity.INFO, now=20.0)
    found = news_of([alert(weeks_ago=12), new_normal], Known(NEWEST - 12 * WEEK, Severity.MEDIUM), NEWEST)
    assert found == [Finished(Ended.NEW_NORMAL, NEWEST, 20.0)]


KINDS = st.sampled_from([Kind.USAGE_DROP, Kind.STICKY_DROP, Kind.WORSE, Kind.RECOVERY, Kind.NEW_NORMAL])


@given(
    st.lists(st.tuples(st.integers(0, 30), KINDS, st.sampled_from(Severity)), max_size=12),
    st.integers(0, 30),
    st.none() | st.integers(0, 30),
    st.sampled_from(Severity),
)
def test_never_two_open_alerts_of_one_account(
    told: list[tuple[int, Kind, Severity]], opened: int, ended: int | None, severity: Severity
) -> None:
    history = [alert(kind, weeks, how) for weeks, kind, how in sorted(told, key=lambda one: -one[0])]
    known = Known(NEWEST - WEEK * opened, severity, NEWEST - WEEK * ended if ended is not None else None)
    news = news_of(history, known, NEWEST)
    openings = [one for one in news if isinstance(one, Opened)]
    assert len(openings) <= 1
    if openings and known.ended_week is None:
        assert isinstance(news[0], Finished)
        assert openings[0].alert.since > news[0].week
    elif openings:
        assert openings[0].alert.since > (known.ended_week or date.max)


def test_what_goes_on_and_what_is_back() -> None:
    assert goes_on([alert()])
    assert not goes_on([alert(weeks_ago=4), alert(Kind.RECOVERY, 1, Severity.INFO)])
    assert not goes_on([])
    assert is_back([10, 53, 53], 66)
    assert not is_back([66, 52], 66)
    assert not is_back([66, None], 66)
    assert not is_back([66], 66)


def test_alerts_are_parted_by_account() -> None:
    first, second = alert(weeks_ago=3), alert(Kind.RECOVERY, 1, Severity.INFO)
    other = alert(account=4)
    feed = FeedAlert(NEWEST, ())
    assert by_account([first, feed, other, second]) == {0: [first, second], 4: [other]}


# The feed


def broken(weeks_ago: int = 0, held: int = 0) -> FeedAlert:
    week = NEWEST - WEEK * weeks_ago
    return FeedAlert(week, (("logins", Break("", 0.1, 40, 40, week)),), held)


def test_a_broken_feed_is_told_once_in_three_weeks() -> None:
    assert feed_news([broken()], NEWEST, []) == [broken()]
    for weeks in range(3):
        assert feed_news([broken()], NEWEST, [NEWEST - WEEK * weeks]) == []
    assert feed_news([broken()], NEWEST, [NEWEST - WEEK * 3]) == [broken()]
    assert feed_news([broken(2)], NEWEST, []) == []


def test_what_is_held_is_told_in_its_week() -> None:
    held = FeedAlert(NEWEST, (), 9, Kind.HELD)
    assert feed_news([held], NEWEST, []) == [held]
    assert feed_news([FeedAlert(NEWEST - WEEK, (), 9, Kind.HELD)], NEWEST, []) == []
    both = feed_news([broken(held=9)], NEWEST, [])
    assert [(one.kind, one.held) for one in both] == [(Kind.DATA_BROKEN, 0), (Kind.HELD, 9)]


# How loudly

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        key=st.uuids().map(str),
        reader=st.integers(1, 3),
        on=st.sampled_from([TODAY, TODAY + timedelta(days=1)]),
        severity=st.sampled_from([Severity.LOW, Severity.MEDIUM, Severity.SEVERE]),
        factor=st.floats(0.2, 5),
        renewal_days=st.none() | st.integers(-400, 400),
        mornings=st.booleans(),
    ),
    max_size=40,
)
TOLD = st.dictionaries(st.tuples(st.integers(1, 3), st.just(TODAY)), st.integers(0, 4))


@given(CANDIDATES, TOLD)
def test_the_budget_holds_and_nothing_is_lost(candidates: list[Candidate], told: dict[tuple[int, date], int]) -> None:
    found = route(candidates, told)
    assert set(found) == {one.key for one in candidates}
    at_once = Counter((one.reader, one.on) for one in candidates if found[one.key] is Route.NOW)
    for place, count in at_once.items():
        assert count + told.get(place, 0) <= max(IMMEDIATE, told.get(place, 0))
    for one in candidates:
        if one.severity is Severity.LOW:
            assert found[one.key] is Route.WEEKLY
        elif found[one.key] is not Route.NOW:
            assert found[one.key] is (Route.MORNING if one.mornings else Route.WEEKLY)
            # Whoever had to wait is no heavier than anybody told at once on that day.
            place = (one.reader, one.on)
            rivals = [c for c in candidates if (c.reader, c.on) == place and found[c.key] is Route.NOW]
            assert all(rival.weight >= one.weight for rival in rivals)
            assert len(rivals) + told.get(place, 0) >= IMMEDIATE


@given(CANDIDATES, TOLD)
def test_the_order_in_which_they_are_found_does_not_matter(
    candidates: list[Candidate], told: dict[tuple[int, date], int]
) -> None:
    assert route(candidates, told) == route(list(reversed(candidates)), told)


def test_the_heaviest_go_first() -> None:
    def one(key: str, severity: Severity, factor: float = 1.0, renewal: int | None = None) -> Candidate:
        return Candidate(key, 1, TODAY, severity, factor, renewal)

    found = route(
        [
            one("small", Severity.MEDIUM, 0.5),
            one("usual", Severity.MEDIUM),
            one("soon", Severity.MEDIUM, 1.0, 20),
            one("large", Severity.MEDIUM, 4.0),
            one("gone", Severity.SEVERE),
        ],
        {},
    )
    assert {key for key, way in found.items() if way is Route.NOW} == {"large", "gone", "soon"}
    assert found["usual"] is found["small"] is Route.MORNING


def test_a_renewal_weighs_more_the_nearer_it_is() -> None:
    assert [nearness(days) for days in (None, 400, 180, 100, 90, 30, 0, -5)] == [1, 1, 1.5, 1.5, 2, 3, 3, 1]


def test_a_customer_is_held_against_those_who_pay_in_the_same_money() -> None:
    worths = {
        1: [Worth("EUR", Decimal(10_000))],
        2: [Worth("EUR", Decimal(20_000))],
        3: [Worth("EUR", Decimal(200_000))],
        4: [Worth("JPY", Decimal(2_000_000))],
        5: [],
        6: [Worth("EUR", Decimal(0))],
    }
    assert worth_factors(worths) == {1: 0.5, 2: 1.0, 3: 5.0, 4: 1.0, 5: 1.0, 6: 1.0}


@pytest.mark.parametrize(("times", "factor"), [(0, 1.0), (1, 1.3), (2, 1.69), (3, 2.197), (4, 2.2), (50, 2.2)])
def test_not_useful_asks_for_more_evidence(times: int, factor: float) -> None:
    assert patience(times) == pytest.approx(factor)


# The lead


def test_the_lead_is_told_after_two_working_days() -> None:
    days, friday = WorkingDays(), date(2026, 11, 20)
    severe = card()
    assert not escalation(severe, friday, date(2026, 11, 23), days).say
    assert escalation(severe, friday, date(2026, 11, 23), days).again == date(2026, 11, 24)
    assert escalation(severe, friday, date(2026, 11, 24), days).say
    told = escalate(severe, TODAY)
    assert isinstance(told, UsageAlertCard)
    assert escalation(told, friday, date(2026, 12, 24), days) == escalation(told, friday, date(2026, 11, 24), days)
    assert not escalation(told, friday, date(2026, 12, 24), days).say


def test_the_lead_is_not_told_of_what_somebody_acted_on() -> None:
    days = WorkingDays()
    taken = take(card(), "U1", "Ada", TODAY, TODAY)
    assert isinstance(taken, UsageAlertCard)
    assert escalation(taken, TODAY, TODAY + 2 * WEEK, days).again is None
    assert not escalation(card(severity=Severity.MEDIUM), TODAY, TODAY + WEEK, days).say
    assert not escalation(card(ended=Ended.RECOVERED), TODAY, TODAY + WEEK, days).say
    assert not escalation(card(state=State.NOT_USEFUL), TODAY, TODAY + WEEK, days).say


def test_a_snooze_puts_the_lead_off_and_no_longer() -> None:
    days = WorkingDays()
    snoozed = snooze(card(), "U1", "Ada", date(2026, 12, 7), TODAY)
    assert isinstance(snoozed, UsageAlertCard)
    look = escalation(snoozed, TODAY, date(2026, 11, 25), days)
    assert (look.say, look.again) == (False, date(2026, 12, 9))
    assert not escalation(snoozed, TODAY, date(2026, 12, 8), days).say
    assert escalation(snoozed, TODAY, date(2026, 12, 9), days).say


# What it looks like

METRICS = Metrics(
    "logins", ("sticky",), "users", "champion", {name: Metric(name, name) for name in ("logins", "basic", "sticky")}
)


def test_metrics_to_look_at_beside_a_fall() -> None:
    assert beside("logins", METRICS) == ("sticky", "users", "champion", "basic")
    assert beside("users", METRICS) == ("logins", "sticky", "champion", "basic")
    assert beside("logins", Metrics("logins")) == ()


def test_how_another_metric_moved() -> None:
    first, fell = NEWEST - WEEK * 9, alert()
    counts = [None, None, 10.0, 10.0, None, 10.0, 10.0, 10.0, 2.0, 4.0]
    assert move("users", first, counts, fell) == Move("users", 50 / 6, 3.0)
    assert move("users", first, [None] * 10, fell) is None
    assert move("users", first, [], fell) is None
    assert move("users", NEWEST, [5.0], fell) is None
    assert Move("users", 10, 5).share == -0.5
    assert Move("users", 0, 5).share == 0


def test_what_a_fall_looks_like() -> None:
    def looks(fell: AccountAlert, **moved: float) -> tuple[Sign, ...]:
        return signs(fell, [Move(name, 100, 100 * (1 + share)) for name, share in moved.items()], METRICS)

    assert looks(alert()) == ()
    assert looks(alert(now=0.0, missing=1.0)) == (Sign.SILENT,)
    assert looks(alert(), champion=-0.9, users=-0.1) == (Sign.CHAMPION_LEFT,)
    assert looks(alert(), users=-0.4, sticky=-0.5, basic=-0.5) == (Sign.FEWER_USERS, Sign.STICKY)
    assert looks(alert(), sticky=-0.05, basic=-0.5) == (Sign.BASIC,)
    assert looks(alert(Kind.STICKY_DROP, metric="sticky")) == (Sign.STICKY,)
