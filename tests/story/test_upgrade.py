"""A customer goes to a larger plan: from billing's webhook to the call and what came of it."""

from datetime import UTC, datetime, time, timedelta

import pytest

from domain.calendar import WorkingDays, at_wall, zone_named
from tests.story.conftest import pairs
from tests.story.harness import CS, Story, channel_name, deal
from tests.story.shown import Json, key_of, text_of

ZONE = zone_named("Europe/Amsterdam")
"""Where Chloé lives."""
DAYS = WorkingDays(("NL",))
CALL = "Post-upgrade call"


def now(story: Story) -> datetime:
    return datetime.fromisoformat(story.get("clock")["now"]).astimezone(UTC)


def to_working_day(story: Story, days: int, at: time) -> None:
    """So many working days on, at this time of Chloé's."""
    here = now(story).astimezone(ZONE)
    wanted = at_wall(DAYS.add(here.date(), days), at, ZONE)
    story.advance(wanted - now(story))


def tell(story: Story, kind: str, **data: object) -> Json:
    """Billing tells of something; the answer."""
    answer = story.send({"type": kind, "timestamp": now(story).isoformat(), "data": data})
    assert answer.status_code == 202, answer.text
    return answer.json()


def choice(value: str, label: str) -> Json:
    option = {"text": {"type": "plain_text", "text": label, "emoji": True}, "value": value}
    return {"type": "radio_buttons", "selected_option": option}


@pytest.mark.parametrize("own_story", pairs("socket-sqlite", "http-postgresql"), indirect=True)
def test_from_the_webhook_to_the_outcome(own_story: Story) -> None:
    story = own_story
    facts = deal()
    ref = facts["account"]["id"]
    to_working_day(story, 1, time(10))
    story.win(facts)
    channel = story.deal_channel(channel_name(facts))
    changed = {"account_id": ref, "from": "Growth", "to": "Enterprise", "changed_at": now(story).isoformat()}
    assert tell(story, "plan.changed", **changed, mrr_delta=1200)["accepted"] == 1
    message = story.said_to(story.chloe, "plan_upgraded", "dedicated manager", "+1,200 EUR", channel)
    assert tell(story, "plan.changed", **changed, mrr_delta=1200)["accepted"] == 1

    # What is older, or of an account nobody knows, comes to nothing.
    older = (now(story) - timedelta(days=3)).isoformat()
    tell(story, "plan.changed", account_id=ref, **{"from": "Starter", "to": "Growth"}, changed_at=older)
    tell(story, "plan.changed", account_id="A-unknown", **{"from": "Starter", "to": "Growth"}, changed_at=older)
    assert [key_of(one) for one in story.messages("", "plan_upgraded")] == [key_of(message)]

    to_working_day(story, 1, time(9, 1))
    digest = story.until(lambda: next(iter(digests(story)), None), "the digest")
    row = next(place for place, block in enumerate(digest["blocks"]) if CALL in str(block))
    story.chloe.press({**digest, "blocks": [digest["blocks"][row + 1]]}, "Done")
    assert story.chloe.view()["callback_id"] == "play_call"
    story.chloe.submit(
        reached=choice("yes", "Yes"),
        needs="A seat for each of 40 people",
        feedback="The reports are slow",
        referral=choice("yes", "Yes"),
        referral_name="Maria Silva",
    )
    done = story.said_to(story.chloe, "plan_upgraded", "Maria Silva", "The reports are slow", "call done by")
    assert done["ts"] == message["ts"]
    story.until(lambda: [one for one in digests(story) if "~" in text_of(one)], "the digest edited")
    (kept,) = story.rows("SELECT state, outcome FROM play")
    assert kept.state == "done"
    assert "40 people" in str(kept.outcome)
    (written,) = story.rows("SELECT actor FROM audit_entry WHERE action = 'play_done'")
    assert written.actor == story.chloe.id
    assert story.messages(CS, "plan_upgraded") == []
    story.nothing_twice()


def digests(story: Story) -> list[Json]:
    """Those that remind of the call."""
    return [one for one in story.messages("") if key_of(one).startswith("morning:") and CALL in text_of(one)]
