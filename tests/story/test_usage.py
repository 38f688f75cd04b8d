"""Usage comes in by webhook, a Monday passes, and the CSM is told once; a broken feed is one message to the lead."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.story.conftest import pairs
from tests.story.harness import Story, channel_name, deal
from tests.story.shown import buttons, key_of, text_of

WEEK = timedelta(weeks=1)
CUSTOMERS = 60


def _now(story: Story) -> datetime:
    return datetime.fromisoformat(story.get("clock")["now"]).astimezone(UTC)


def _pass_to(story: Story, wanted: datetime) -> None:
    story.advance(wanted - _now(story))


def _tell(story: Story, first: date, weeks: range, left: dict[str, float], names: list[str]) -> None:
    """These weeks of every customer; those named in ``left`` do only a part of what is usual."""
    samples = [
        {
            "account_id": name,
            "day": (first + WEEK * week).isoformat(),
            "metric": "logins",
            "value": int((40 + place) * left.get(name, 1.0)),
        }
        for week in weeks
        for place, name in enumerate(names)
    ]
    body: dict[str, Any] = {"type": "usage.recorded", "timestamp": datetime.now(UTC).isoformat()}
    answer = story.send(body | {"data": {"samples": samples}})
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    assert answer.json()["accepted"] == len(samples)


@pytest.mark.parametrize("own_story", pairs("socket-sqlite", "http-postgresql"), indirect=True)
def test_a_customer_falls_and_then_the_feed_breaks(own_story: Story) -> None:
    story = own_story
    facts = deal()
    story.win(facts)
    channel = story.deal_channel(channel_name(facts))
    customer = str(facts["account"]["id"])
    names = [customer, *(f"other-{number}" for number in range(CUSTOMERS - 1))]
    with story.database.begin() as connection:
        for name in names[1:]:
            connection.execute(
                text(
                    "INSERT INTO account (workspace_id, external_id, name, domain, segment, region, updated_at) "
                    "SELECT workspace_id, :name, :name, '', '', '', updated_at FROM account WHERE external_id = :known"
                ),
                {"name": name, "known": customer},
            )
    today = _now(story).date()
    monday = today - timedelta(days=today.weekday()) + WEEK
    first = monday - WEEK * 40
    _tell(story, first, range(37), {}, names)
    _tell(story, first, range(37, 40), {customer: 0.0}, names)

    _pass_to(story, datetime(monday.year, monday.month, monday.day, 3, 0, 10, tzinfo=UTC))
    story.until(lambda: story.rows("SELECT id FROM usage_alert"), "the alert")
    assert story.messages("", "usage_drop") == []
    _pass_to(story, datetime(monday.year, monday.month, monday.day, 10, 0, tzinfo=UTC))
    there = story.said(channel, "usage_drop", facts["account"]["name"])
    mine = story.said_to(story.chloe, "usage_drop", facts["account"]["name"])
    assert key_of(there) == f"{key_of(mine)}:deal"
    assert "I'm on it" in buttons(mine)
    story.chloe.press(mine, "I'm on it")
    story.said(channel, "usage_drop", "is on it")

    # The week after, nothing comes of anybody: the feed, and not the customers.
    _tell(story, first, range(40, 41), dict.fromkeys(names, 0.05), names)
    after = monday + WEEK
    _pass_to(story, datetime(after.year, after.month, after.day, 3, 0, 10, tzinfo=UTC))
    _pass_to(story, datetime(after.year, after.month, after.day, 10, 0, tzinfo=UTC))
    told = story.said_to(story.eva, "usage_feed_broken")
    assert "feed" in text_of(told)
    story.quiet()
    assert len(story.messages("", "usage_feed_broken")) == 1
    assert len(story.messages("", "usage_drop")) == 2
    story.nothing_twice()
