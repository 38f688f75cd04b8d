"""Usage in the week's summary and in portfolios."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from domain.portfolio import Danger, Portfolio, Reason, Risk, Standing, at_risk, to_json
from domain.summary import summarize
from domain.usage.alerts import Severity
from domain.usage.metrics import Metric, Metrics
from domain.usage.settings import Kind
from domain.usage_alert import Ended, State, UsageAlertCard
from messages.limits import SECTION
from messages.portfolio import next_words, portfolio_digest, reason_words
from messages.say import Message
from messages.summary import weekly_summary
from messages.usage_summary import fallen, is_usual, no_fall
from tests.domain.test_usage_rules import card
from tests.domain.weeks import AMSTERDAM, MONDAY, WEEKDAYS, at, plan
from tests.messages.pictures import picture
from tests.messages.shown import words_in

METRICS = Metrics("logins", named={"logins": Metric("Logins", "logins"), "seats": Metric("Seats", "people seen")})
QUIET = picture(plan=plan())
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def one(**changes: Any) -> UsageAlertCard:  # noqa: ANN401
    return card(**{"usual": 66.0, "now": 41.0, "missing": 0.38, "since": date(2026, 10, 12), **changes})


def test_the_line_of_a_fall() -> None:
    assert fallen(one(), METRICS) == "Usage: logins 41 a week, 38 % under its usual 66 since 12 Oct"
    assert fallen(one(metric="seats"), METRICS).startswith("Usage: people seen 41 a week")
    assert fallen(one(now=70.0), METRICS) == "Usage: logins 70 a week, again at its usual 66"
    began = fallen(one(kind=Kind.NOT_ACTIVATED), METRICS)
    assert began == "Usage: logins 41 a week since it began; customers of this age and size have 66"


def test_what_no_alert_says_more_about_is_called_usual_only_when_it_is() -> None:
    week = date(2026, 10, 12)
    assert no_fall(1240, 1300, METRICS, week) == "Usage: as usual, 1,240 logins in the week of 12 Oct"
    assert no_fall(24, 240, METRICS, week) == "Usage: 24 logins in the week of 12 Oct, 240 a week in the four before"
    assert no_fall(24, None, METRICS, week) == "Usage: 24 logins in the week of 12 Oct"
    assert is_usual(2, 4)
    assert not is_usual(0, 4)


def test_a_quiet_week_stays_one_line_when_usage_is_as_usual() -> None:
    facts = {"monday": MONDAY.isoformat(), "zone": "Europe/Amsterdam", "usual": None, "usage": "Usage: as usual, 66"}
    quiet = weekly_summary(QUIET, {**facts, "calm": True}, at(MONDAY))
    assert isinstance(quiet, Message)
    assert len(quiet.blocks) == 1
    assert quiet.text.endswith("Usage: as usual, 66")
    fell = weekly_summary(QUIET, {**facts, "calm": False}, at(MONDAY))
    assert isinstance(fell, Message)
    assert len(fell.blocks) > 1
    week = summarize(QUIET, monday=MONDAY, now=at(MONDAY), zone=AMSTERDAM, usage="x", calm=True)
    assert week.is_empty


def standing(usage: UsageAlertCard | None) -> Standing:
    return Standing(1, "Fjordbank", "C1", 2, None, usage=usage)


def risk(usage: UsageAlertCard | None) -> Risk | None:
    return at_risk(standing(usage), today=date(2026, 11, 23), zone=AMSTERDAM, days=WEEKDAYS)


def test_a_fall_puts_a_deal_at_risk_by_how_deep_it_is() -> None:
    assert risk(None) is None
    scores = [
        found.score
        for severity in (Severity.SEVERE, Severity.MEDIUM, Severity.LOW)
        if (found := risk(one(severity=severity))) is not None
    ]
    assert scores == [60, 40, 16]
    taken = risk(one(state=State.TAKEN, by_name="Ada"))
    assert taken is not None
    assert (taken.score, taken.reasons[0].who) == (30, "Ada")
    assert risk(one(state=State.NOT_USEFUL)) is None
    assert risk(one(ended=Ended.RECOVERED)) is None


def test_the_words_of_a_fall_in_a_portfolio() -> None:
    reason = Reason(Danger.USAGE, 60, 42, 38, "logins")
    assert reason_words(reason) == "logins are 38 % below usual for 42 days"
    assert next_words(reason) == "call them and ask what changed"
    assert next_words(replace(reason, who="Ada")) == "ask Ada what came of it"


def digest(told: list[Any], deals: int = 0, more: int = 0) -> Message | object:
    facts = {"to": "csm", "day": "2026-11-23", "team": "T1", "mine": to_json(Portfolio(deals)), "usage": told}
    return portfolio_digest(facts | {"usage_more": more}, NOW)


def test_slight_falls_are_named_in_the_week_s_digest_with_deals_and_without() -> None:
    told = [["Fjordbank <!channel>", "logins", 0.34, "2026-10-12"]]
    for deals in (0, 3):
        message = digest(told, deals, 2)
        assert isinstance(message, Message)
        words = words_in(message.blocks)
        assert "Usage has fallen, told only here" in words
        assert "logins −34 % since" in words
        assert "and 2 more" in words
        assert "<!channel>" not in str(message.blocks)
    assert not isinstance(digest([]), Message)


def test_however_many_fell_the_digest_fits() -> None:
    message = digest([["N" * 200, "m" * 200, 0.34, "2026-10-12"]] * 30, 3, 970)
    assert isinstance(message, Message)
    assert all(len(block.get("text", {}).get("text", "")) <= SECTION for block in message.blocks)
