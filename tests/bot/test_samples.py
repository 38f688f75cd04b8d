"""The sample events are what a CRM may send, and the sample roster is one."""

import json
from datetime import UTC, datetime

import pytest

from bot.csms import read_rows
from bot.samples import sample_events, sample_roster
from handlers.webhooks.models import DealStageChanged, DealWon, PlanChanged, SubscriptionCanceled, UsageRecorded
from handlers.webhooks.parse import parse
from sandbox import Sample
from sandbox.webhooks import filled

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)

NAMES = [
    "won-europe",
    "updated-europe",
    "won-enterprise",
    "won-chinese",
    "won-hostile",
    "won-unknown-owner",
    "stage-changed",
    "plan-upgraded",
    "plan-downgraded",
    "canceled",
    "usage-falls",
]


def test_the_panel_offers_every_kind_of_event() -> None:
    assert [sample.name for sample in sample_events()] == NAMES
    assert all(sample.title and sample.description for sample in sample_events())


@pytest.mark.parametrize("sample", sample_events(), ids=NAMES)
def test_a_sample_is_accepted_as_the_webhook_reads_it(sample: Sample) -> None:
    body = filled(json.dumps({"timestamp": NOW.isoformat(), **sample.body}), 1764, NOW)
    data = parse(body.encode()).data
    assert isinstance(data, DealWon | DealStageChanged | UsageRecorded | PlanChanged | SubscriptionCanceled)


def test_the_year_of_usage_is_of_the_first_customer_and_ends_this_week() -> None:
    first, *_, year = sample_events()
    samples = json.loads(filled(json.dumps(year.body), 1, NOW))["data"]["samples"]
    assert {one["account_id"] for one in samples} == {first.body["data"]["account"]["id"]}
    days = sorted({one["day"] for one in samples})
    assert (len(days), days[0], days[-1]) == (52, "2025-12-01", "2026-11-23")
    logins = {one["day"]: one["value"] for one in samples if one["metric"] == "logins"}
    assert logins["2026-11-16"] < logins["2026-11-09"] / 2


def test_the_changed_deal_is_the_first_one_again() -> None:
    first, changed, *_ = sample_events()
    assert first.body["data"]["id"] == changed.body["data"]["id"]
    assert first.body["data"]["name"] != changed.body["data"]["name"]


def test_the_roster_is_read_whole() -> None:
    rows, bad = read_rows(sample_roster())
    assert [row.email.split("@")[0] for row in rows] == ["chloe", "daniel", "mei"]
    assert bad == []
