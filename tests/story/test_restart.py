"""Stopped or killed in the middle of every step: all survives, nothing is said twice."""

import itertools
from collections.abc import Callable

import pytest

from tests.story.conftest import pairs
from tests.story.harness import CS, Story, channel_name, deal
from tests.story.shown import Json, buttons

ANSWERS = {
    "problem": "Branch managers wait two weeks for figures.",
    "success_metrics": "Weekly logins: 20 -> 60",
    "commitments": "Free migration - Ada",
}


def _kill(story: Story) -> None:
    story.bot.kill()
    story.start_bot()


def _stop(story: Story) -> None:
    assert story.bot.stop() == 0
    story.start_bot()


@pytest.mark.parametrize(
    ("own_story", "ways"),
    [
        pytest.param("socket-sqlite", (_kill, _stop), id="socket-sqlite"),
        pytest.param("http-postgresql", (_stop, _kill), id="http-postgresql"),
    ],
    indirect=["own_story"],
)
def test_all_survives(own_story: Story, ways: tuple[Callable[[Story], None], ...]) -> None:
    """Killed in every other step and stopped in the steps between; the other way round on the other pair."""
    story, facts, turns = own_story, deal(), itertools.cycle(ways)
    ada, chloe = story.ada, story.chloe

    def again(story: Story) -> None:
        next(turns)(story)

    story.win(facts)
    again(story)
    channel = story.deal_channel(channel_name(facts))
    story.said(CS, "deal_announced", channel)

    ada.press(story.said(channel, "handoff_requested"), "Fill in handoff")
    ada.type("problem", "Branch managers wait")
    again(story)
    ada.type("products", "Core, forty seats")
    ada.close()
    ada.command("/handoff", channel)
    assert (ada.field("problem"), ada.field("products")) == ("Branch managers wait", "Core, forty seats")
    ada.submitted(**ANSWERS)
    again(story)

    chloe.press(story.said(channel, "handoff_submitted", "Branch managers wait two weeks"), "Return")
    chloe.submitted(gaps="Who signs?")
    again(story)
    brief = story.said(channel, "handoff_submitted", "Who signs?")
    ada.press(brief, "Complete the handoff")
    ada.submitted(key_dates="Go-live: 2027-03-01")
    chloe.command("/handoff ask Which branch is first?", channel)
    again(story)

    asked = story.said(channel, "question_asked", "Which branch is first?")
    assert "Which branch is first?" in chloe.command("/handoff status", channel)
    ada.press(asked, "Answer")
    ada.submitted(answer="Oslo.")
    chloe.press(story.said(channel, "handoff_submitted", "Go-live", '"Accept"'), "Accept")
    again(story)

    story.said(channel, "question_asked", "Oslo.")
    story.said(channel, "handoff_accepted")
    _settled(story, channel)
    story.quiet()
    story.nothing_twice()


def _settled(story: Story, channel: str) -> None:
    brief = story.said(channel, "handoff_submitted", '"Settle"', without='"Accept"')
    story.chloe.press(brief, "Settle")
    story.chloe.submitted(evidence="All is in.")
    brief = story.said(channel, "handoff_submitted", "kept")
    assert "Settle" not in buttons(brief)
    reply = story.said(channel, "commitment_resolved", "All is in.")
    assert reply["thread_ts"] == brief["ts"]


@pytest.mark.parametrize("own_story", pairs("http-sqlite", "socket-postgresql"), indirect=True)
@pytest.mark.parametrize("fault", ["latency", "none"])
def test_killed_between_sending_and_marking(own_story: Story, fault: str) -> None:
    """The post is under way when the power goes: Slack may or may not have carried it out."""
    story, facts = own_story, deal()
    orders: list[Json] = [{"method": "chat.postMessage", "fault": "latency", "seconds": 0.5}]
    if fault == "none":
        orders = [{"method": "conversations.create", "fault": "latency", "seconds": 0.5}]
    story.faults(*orders)
    story.win(facts)
    wanted = "open_channel" if fault == "none" else "deal_opened"
    under_way = "SELECT 1 FROM notice WHERE state = 'sending' AND kind = :kind"
    story.until(lambda: story.rows(under_way, kind=wanted), f"{wanted} under way")
    story.bot.kill()
    story.start_bot()
    channel = story.deal_channel(channel_name(facts))
    story.said(CS, "deal_announced", channel)
    story.quiet(30)
    assert len(story.named(channel_name(facts))) == 1
    assert story.named(f"{channel_name(facts)}-2") == []
    story.nothing_twice()


def test_a_stopped_bot_finishes_what_is_in_hand(own_story: Story) -> None:
    story = own_story
    many = [deal() for _ in range(12)]
    for facts in many:
        story.win(facts)
    assert story.bot.stop() == 0
    assert story.rows("SELECT 1 FROM notice WHERE state = 'sending'") == []
    story.start_bot()
    for facts in many:
        story.deal_channel(channel_name(facts))
    story.quiet()
    story.nothing_twice()
