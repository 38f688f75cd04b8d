"""The next working morning: one digest, whose buttons work, edited in place as its things are settled."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays

from tests.story.conftest import pairs
from tests.story.harness import Story, channel_name, deal
from tests.story.shown import Json, kind_of, text_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DIGESTS = ("milestone_reminder", "milestone_overdue")


def _now(story: Story) -> datetime:
    return datetime.fromisoformat(story.get("clock")["now"])


def _morning_after(moment: datetime) -> datetime:
    """09:00 of the next working day where Chloé lives."""
    day = moment.astimezone(AMSTERDAM).date() + timedelta(days=1)
    while day.weekday() > 4 or day in country_holidays("NL"):
        day += timedelta(days=1)
    return datetime.combine(day, time(9), AMSTERDAM)


def _digests(story: Story) -> list[Json]:
    """What Chlo\u00e9 got in person of a morning."""
    found = [one for one in story.messages() if kind_of(one) in DIGESTS]
    return [one for one in found if story.chloe.id in story.get_channel(one["channel"])["members"]]


def _digest(story: Story, *holds: str) -> Json:
    """The one digest, once it holds these."""

    def look() -> Json | None:
        found = [one for one in _digests(story) if all(part in text_of(one) for part in holds)]
        return found[-1] if found else None

    return story.until(look, f"the digest with {holds}")


@pytest.mark.parametrize("own_story", pairs("socket-sqlite", "http-postgresql"), indirect=True)
def test_a_morning_of_the_csm(own_story: Story) -> None:
    story, chloe = own_story, own_story.chloe
    facts = deal()
    story.win(facts)
    channel = story.deal_channel(channel_name(facts))
    morning = _morning_after(_now(story))
    for title in ("Data checked", "Access given"):
        assert "You added" in chloe.command(f"/milestone add {title} by {morning.date().isoformat()}", channel)
    assert _digests(story) == []
    # Everybody who has to do with a deal is looked at from within a minute on.
    story.until(lambda: story.rows("SELECT 1 FROM due WHERE kind = 'morning'"), "the mornings")
    story.advance(morning - _now(story) + timedelta(seconds=5))
    digest = _digest(story, "Data checked", "Access given", "Due today")

    chloe.press_below(digest, "Data checked", "Done")
    edited = _digest(story, "~", f"done by <@{chloe.id}>")
    assert edited["ts"] == digest["ts"]
    assert "1 done" in text_of(story.said(channel, "plan", "1 done"))

    chloe.press_below(edited, "Access given", "Snooze")
    assert chloe.view()["callback_id"] == "milestone_snooze"
    chloe.submit(snooze=chloe.chosen("snooze", "day"))
    edited = _digest(story, "Snoozed, or moved to another day.", f"done by <@{chloe.id}>")
    assert edited["ts"] == digest["ts"]
    assert len(_digests(story)) == 1

    # Later that day nothing is said again; the next morning brings what was snoozed.
    story.advance(timedelta(hours=2))
    story.advance(_morning_after(morning) - _now(story) + timedelta(seconds=5))
    story.until(lambda: len(_digests(story)) > 1, "the next morning")
    first, second = sorted(_digests(story), key=lambda one: float(one["ts"]))
    assert first["ts"] == digest["ts"]
    assert "Access given" in text_of(second)
    assert "Data checked" not in text_of(second)
    story.nothing_twice()
