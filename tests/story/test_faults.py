"""A Slack that answers 429, 500, nonsense, nothing, or hangs up: nothing is lost, nothing is said twice."""

import time
from datetime import timedelta

import pytest

from tests.story.conftest import pairs
from tests.story.harness import CS, Story, channel_name, deal
from tests.story.shown import Json, kind_of, text_of

OPENING = (
    "users.lookupByEmail",
    "conversations.create",
    "conversations.setTopic",
    "conversations.invite",
    "bookmarks.add",
    "chat.postMessage",
    "pins.add",
)
LATER = ("chat.update", "chat.postMessage", "conversations.canvases.create")
ANSWERS = {"problem": "They wait two weeks for figures.", "success_metrics": "Weekly logins: 20 -> 60"}
KINDS = ("429", "500", "close_before", "close_after", "malformed", "internal_error")
PATIENCE_S = 90.0
MOVE_S = 0.3


def _break(story: Story, methods: tuple[str, ...], kinds: tuple[str, ...]) -> None:
    story.faults(*({"method": method, "fault": kind} for method in methods for kind in kinds))


def _quiet(story: Story) -> None:
    """Until all is said; waiting before another attempt goes by the clock, which is moved on."""
    moved = time.monotonic()

    def done() -> bool:
        nonlocal moved
        # Moving the clock is news by itself: not at every look.
        if time.monotonic() - moved > MOVE_S:
            story.advance(timedelta(seconds=20))
            moved = time.monotonic()
        return not story.rows("SELECT 1 FROM notice WHERE state IN ('pending', 'sending')")

    story.until(done, "all is said", PATIENCE_S)
    assert story.get("faults")["faults"] == [], "some fault was never met"


@pytest.mark.parametrize("own_story", pairs("socket-sqlite", "http-postgresql"), indirect=True)
def test_every_step_meets_every_fault(own_story: Story) -> None:
    story, many = own_story, [deal() for _ in range(5)]
    _break(story, OPENING, KINDS)
    for facts in many:
        story.win(facts)
    _quiet(story)
    channels = [story.deal_channel(channel_name(facts)) for facts in many]
    for facts, channel in zip(many, channels, strict=True):
        _opened_once(story, facts, channel)

    _break(story, LATER, ("429", "500", "close_after"))
    for channel in channels:
        story.ada.command("/handoff", channel)
        story.ada.submitted(**ANSWERS)
        story.chloe.command("/handoff ask Who signs?", channel)
        story.chloe.command("/handoff accept", channel)
    _quiet(story)
    for channel in channels:
        kinds = [kind_of(one) for one in story.messages(channel)]
        wanted = ["deal_opened", "handoff_requested", "plan", "handoff_submitted", "question_asked", "handoff_accepted"]
        assert sorted(kind for kind in kinds if kind) == sorted(wanted)
        assert "ccepted" in text_of(story.said(channel, "handoff_submitted"))
        assert "Weekly logins" in text_of(story.ada.channel(channel)["canvas"])
    story.nothing_twice()


def _opened_once(story: Story, facts: Json, channel: str) -> None:
    assert len(story.named(channel_name(facts))) == 1
    assert story.named(f"{channel_name(facts)}-2") == []
    shown = story.get_channel(channel)
    assert {story.ada.id, story.chloe.id, story.eva.id} <= set(shown["members"])
    assert facts["account"]["name"] in shown["topic"]["value"]
    page = story.ada.channel(channel)
    assert [one["link"] for one in page["bookmarks"]] == [facts["crm_url"]]
    assert [kind_of(pin["message"]) for pin in page["pins"]] == ["deal_opened"]
    assert len([one for one in story.messages(CS, "deal_announced") if channel in text_of(one)]) == 1


@pytest.mark.parametrize("own_story", pairs("http-sqlite"), indirect=True)
def test_a_slack_that_never_answers(own_story: Story) -> None:
    """Longer than Baton waits: the post is there, and is found instead of being said again."""
    story, facts = own_story, deal()
    story.faults({"method": "chat.postMessage", "fault": "latency", "seconds": 11})
    story.win(facts)
    channel = story.until(lambda: story.named(channel_name(facts)), "the channel")[0]["id"]
    story.said(channel, "handoff_requested", patience_s=60)
    story.quiet(60)
    assert [kind_of(one) for one in story.messages(channel, "deal_opened")] == ["deal_opened"]
    story.nothing_twice()


@pytest.mark.parametrize("story", pairs("socket-sqlite", "http-postgresql"), indirect=True)
@pytest.mark.parametrize("fault", ["429", "500", "close_before", "malformed", "internal_error"])
def test_a_window_that_does_not_open_is_told_and_opens_again(story: Story, fault: str) -> None:
    facts = deal()
    story.win(facts)
    channel = story.deal_channel(channel_name(facts))
    asked = story.said(channel, "handoff_requested")
    story.faults({"method": "views.open", "fault": fault})
    story.ada.press(asked, "Fill in handoff")
    views = story.ada.views()
    if fault != "malformed":
        assert "B-" in text_of(views[-1])
    story.ada.close(everything=True)
    story.ada.press(asked, "Fill in handoff")
    assert story.ada.view()["callback_id"] == "handoff"
    story.ada.close()


@pytest.mark.parametrize("story", pairs("socket-sqlite"), indirect=True)
def test_a_socket_that_drops_in_the_middle(story: Story) -> None:
    facts = deal()
    story.win(facts)
    channel = story.deal_channel(channel_name(facts))
    story.ada.command("/handoff", channel)
    story.faults({"method": "interactive", "fault": "socket_drop"})
    answer = story.ada.submit(**ANSWERS)
    assert not answer["closed"]
    story.until(story.connected, "a new connection")
    if not story.ada.submit()["closed"]:
        # It had arrived; only the answer was lost.
        assert "Nothing differs from version 1" in text_of(story.ada.view())
        story.ada.close(everything=True)
    story.said(channel, "handoff_submitted", "Weekly logins")
    for reason in ("warning", "refresh_requested"):
        assert story.http.post("_sandbox/socket", json={"disconnect": reason}).is_success
    story.until(story.connected, "a new connection")
    assert "Handoff" in story.until(lambda: _status(story, channel), "an answer")
    story.quiet()
    story.nothing_twice()


def _status(story: Story, channel: str) -> str:
    before = len(story.chloe.channel(channel)["messages"])
    answer = story.chloe.http.post(
        "_sandbox/ui/command", json={"user": story.chloe.id, "channel": channel, "text": "/handoff status"}
    ).json()
    shown = story.chloe.channel(channel)["messages"][before:]
    return "\n".join(map(text_of, shown)) if answer["ok"] else ""


@pytest.mark.parametrize("own_story", pairs("socket-postgresql"), indirect=True)
def test_chaos(own_story: Story) -> None:
    """Many deals while one call in nine fails in any way, and a kill in between."""
    story, many = own_story, [deal() for _ in range(10)]
    story.faults(*({"method": "*", "fault": kind, "times": None, "probability": 0.02} for kind in KINDS))
    for facts in many:
        story.win(facts)
    story.until(lambda: len(story.messages("", "deal_opened")) > 2, "some cards", PATIENCE_S)
    story.bot.kill()
    story.http.delete("_sandbox/faults")
    story.start_bot()
    _quiet(story)
    for facts in many:
        _opened_once(story, facts, story.deal_channel(channel_name(facts)))
    story.nothing_twice()
