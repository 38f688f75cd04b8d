"""The sample events are what a CRM may send, and the sample roster is one."""

import json

import pytest

from bot.csms import read_rows
from bot.samples import sample_events, sample_roster
from handlers.webhooks.models import DealStageChanged, DealWon
from handlers.webhooks.parse import parse
from sandbox import Sample

NAMES = [
    "won-europe",
    "updated-europe",
    "won-enterprise",
    "won-chinese",
    "won-hostile",
    "won-unknown-owner",
    "stage-changed",
]


def test_the_panel_offers_every_kind_of_deal() -> None:
    assert [sample.name for sample in sample_events()] == NAMES
    assert all(sample.title and sample.description for sample in sample_events())


@pytest.mark.parametrize("sample", sample_events(), ids=NAMES)
def test_a_sample_is_accepted_as_the_webhook_reads_it(sample: Sample) -> None:
    body = json.dumps({"timestamp": "2026-11-23T09:00:00Z", **sample.body}).replace("{{n}}", "1764")
    data = parse(body.encode()).data
    assert isinstance(data, DealWon | DealStageChanged)


def test_the_changed_deal_is_the_first_one_again() -> None:
    first, changed, *_ = sample_events()
    assert first.body["data"]["id"] == changed.body["data"]["id"]
    assert first.body["data"]["name"] != changed.body["data"]["name"]


def test_the_roster_is_read_whole() -> None:
    rows, bad = read_rows(sample_roster())
    assert [row.email.split("@")[0] for row in rows] == ["chloe", "daniel", "mei"]
    assert bad == []
