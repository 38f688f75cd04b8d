"""What people may do about a usage alert, and that a card comes back from JSON as it went."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.outcome import Refused
from domain.usage.alerts import Severity
from domain.usage.settings import Kind
from domain.usage_alert import (
    FARTHEST,
    Ended,
    FeedCard,
    Move,
    Sign,
    State,
    UsageAlertCard,
    Worth,
    close,
    done,
    escalate,
    feed_from_json,
    feed_to_json,
    from_json,
    hand_over,
    not_useful,
    snooze,
    take,
    to_json,
    worsen,
)
from tests.domain.test_usage_rules import card

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
ADA, BEN = ("U1", "Ada"), ("U2", "Ben")


def ok(result: UsageAlertCard | Refused) -> UsageAlertCard:
    assert isinstance(result, UsageAlertCard), result
    return result


def no(result: UsageAlertCard | Refused) -> str:
    assert isinstance(result, Refused), result
    return result.reason


def test_taking_it_makes_a_task() -> None:
    taken = ok(take(card(), *ADA, TODAY + 2 * DAY, TODAY))
    assert (taken.state, taken.by, taken.task_due, taken.version) == (State.TAKEN, "U1", TODAY + 2 * DAY, 2)
    assert not taken.waits(TODAY + 90 * DAY)
    finished = ok(done(taken, *ADA, TODAY + DAY))
    assert (finished.task_done, finished.state) == (TODAY + DAY, State.TAKEN)
    assert "done already" in no(done(finished, *ADA, TODAY))
    assert "on it already" in no(take(taken, *ADA, TODAY, TODAY))
    assert no(take(taken, *BEN, TODAY, TODAY)) == "Ada is on it already."
    assert no(snooze(taken, *BEN, TODAY + DAY, TODAY)) == "Ada is on it already."
    assert no(not_useful(taken, *BEN, "no")) == "Ada is on it already."
    assert "Nobody is on it" in no(done(card(), *ADA, TODAY))


def test_whoever_is_on_it_may_think_better_of_it() -> None:
    taken = ok(take(card(), *ADA, TODAY, TODAY))
    assert ok(snooze(taken, *ADA, TODAY + DAY, TODAY)).task_due is None
    assert ok(not_useful(taken, *ADA, "a holiday")).why == "a holiday"
    after = ok(done(taken, *ADA, TODAY))
    assert ok(snooze(after, *BEN, TODAY + DAY, TODAY)).by == "U2"


@pytest.mark.parametrize("days", [-1, FARTHEST + 1])
def test_a_task_has_a_day_that_makes_sense(days: int) -> None:
    assert "Choose a day" in no(take(card(), *ADA, TODAY + days * DAY, TODAY))


def test_a_snooze_is_over_on_its_day() -> None:
    snoozed = ok(snooze(card(), *ADA, TODAY + 7 * DAY, TODAY))
    assert [snoozed.waits(TODAY + count * DAY) for count in (0, 6, 7, 8)] == [False, False, True, True]
    for days in (0, FARTHEST + 1):
        assert "Choose a day" in no(snooze(card(), *ADA, TODAY + days * DAY, TODAY))


def test_a_step_worse_wakes_who_snoozed_it() -> None:
    snoozed = ok(snooze(card(severity=Severity.MEDIUM), *ADA, TODAY + 7 * DAY, TODAY))
    worse = worsen(snoozed, Severity.SEVERE, 0.0, 1.0, TODAY)
    assert (worse.state, worse.until, worse.worse, worse.severity) == (State.OPEN, None, 1, Severity.SEVERE)
    assert worse.waits(TODAY)
    taken = ok(take(card(severity=Severity.MEDIUM), *ADA, TODAY, TODAY))
    assert worsen(taken, Severity.SEVERE, 0.0, 1.0, TODAY).state is State.TAKEN


def test_not_useful_wants_a_reason() -> None:
    assert "in a few words" in no(not_useful(card(), *ADA, " \u200b\n"))
    useless = ok(not_useful(card(), *ADA, " They closed for summer.\x00 "))
    assert useless.why == "They closed for summer."
    assert "already" in no(not_useful(useless, *BEN, "again"))
    assert ok(take(useless, *BEN, TODAY, TODAY)).why == ""


def test_what_is_over_is_over() -> None:
    back = close(card(), Ended.RECOVERED, TODAY, 60.0)
    assert (back.now, back.ended_week, back.waits(TODAY)) == (60.0, TODAY, False)
    for result in (take(back, *ADA, TODAY, TODAY), snooze(back, *ADA, TODAY + DAY, TODAY), not_useful(back, *ADA, "x")):
        assert "is back" in no(result)
    assert "as usual" in no(take(close(card(), Ended.NEW_NORMAL, TODAY), *ADA, TODAY, TODAY))
    taken = close(ok(take(card(), *ADA, TODAY, TODAY)), Ended.RECOVERED, TODAY)
    assert ok(done(taken, *ADA, TODAY)).task_done == TODAY


def test_what_its_csm_left_undone_waits_for_the_next_one() -> None:
    mine = card(csm=ADA[0])
    assert mine.said_as == mine.key
    handed = ok(hand_over(ok(take(mine, *ADA, TODAY, TODAY)), BEN[0], 9))
    assert (handed.state, handed.by, handed.task_due, handed.csm) == (State.OPEN, "", None, BEN[0])
    assert (handed.said_as, handed.key) == (f"{mine.key}:for:9", mine.key)
    # What the lead is on stays theirs, and what nobody has use for stays so.
    assert ok(hand_over(ok(take(mine, "U9", "Eva", TODAY, TODAY)), BEN[0], 9)).state is State.TAKEN
    assert ok(hand_over(ok(not_useful(mine, *ADA, "a trial")), BEN[0], 9)).state is State.NOT_USEFUL
    assert "already" in no(hand_over(mine, ADA[0], 3))
    assert "over" in no(hand_over(close(mine, Ended.RECOVERED, TODAY), BEN[0], 9))


def test_the_lead_is_told_once() -> None:
    told = ok(escalate(card(), TODAY))
    assert told.escalated
    assert "already" in no(escalate(told, TODAY))
    assert "acted" in no(escalate(ok(take(card(), *ADA, TODAY, TODAY)), TODAY))
    assert "not severe" in no(escalate(card(severity=Severity.MEDIUM), TODAY))


WORDS = st.text(max_size=20)
DAYS = st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1))
NUMBERS = st.floats(0, 1e9)


@given(
    st.builds(
        UsageAlertCard,
        id=st.integers(0, 2**40), account=st.integers(1, 2**40), account_id=WORDS, account_name=WORDS,
        kind=st.sampled_from(Kind), severity=st.sampled_from(Severity), metric=WORDS, usual=NUMBERS, now=NUMBERS,
        missing=NUMBERS, peers=NUMBERS, baseline_weeks=st.integers(0, 30), evidence=NUMBERS, threshold=NUMBERS,
        since=st.dates(), week=st.dates(), was=st.sampled_from(Severity), worse=st.integers(0, 3),
        moves=st.lists(st.builds(Move, WORDS, NUMBERS, NUMBERS), max_size=3).map(tuple),
        signs=st.lists(st.sampled_from(Sign), max_size=3).map(tuple),
        worth=st.lists(st.builds(Worth, WORDS, st.decimals(0, 10**9, places=2)), max_size=2).map(tuple),
        renewal=DAYS, next_steps=st.lists(WORDS, max_size=3).map(tuple), deal=st.none() | st.integers(1, 99),
        channel=WORDS, csm=WORDS, state=st.sampled_from(State), by=WORDS, by_name=WORDS, until=DAYS, task_due=DAYS,
        task_done=DAYS, why=WORDS, ended=st.none() | st.sampled_from(Ended), ended_week=DAYS,
        escalated=st.booleans(), chart=WORDS, version=st.integers(1, 99), handed=WORDS,
    )
)  # fmt: skip
def test_a_card_comes_back_as_it_went(one: UsageAlertCard) -> None:
    assert from_json(json.loads(json.dumps(to_json(one)))) == one


def test_a_card_of_the_feed_comes_back_as_it_went() -> None:
    one = FeedCard(TODAY, "logins of all accounts at 10 %", 3)
    assert feed_from_json(json.loads(json.dumps(feed_to_json(one)))) == one


def test_what_is_no_card_is_refused() -> None:
    value = to_json(card())
    with pytest.raises(KeyError):
        from_json({name: value[name] for name in value if name != "metric"})
    with pytest.raises(ValueError, match="sad"):
        from_json(value | {"state": "sad"})


def test_a_card_has_the_words_of_its_alert() -> None:
    one = card(moves=(Move("active_users", 10, 4), Move("sticky_events", 0, 0)), worth=(Worth("EUR", Decimal(5)),))
    found = one.alert()
    assert (found.usual, found.now, found.since, found.kind) == (one.usual, one.now, one.since, one.kind)
    assert [(other.metric, other.share) for other in found.others] == [("active_users", -0.6), ("sticky_events", 0.0)]
    assert one.key == f"usage:7:logins:{one.since.isoformat()}"
