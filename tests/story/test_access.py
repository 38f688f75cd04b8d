"""Who may do what, and what Baton answers to what it does not know."""

import pytest

from tests.story.conftest import pairs
from tests.story.harness import CS, Story, channel_name, deal
from tests.story.person import DANIEL, EXT, GENERAL
from tests.story.shown import text_of

pytestmark = pytest.mark.parametrize("story", pairs("socket-sqlite", "http-postgresql"), indirect=True)
COMMANDS = (
    "/deal",
    "/deal harbour",
    "/deal won",
    "/handoff",
    "/handoff status",
    "/milestone",
    "/milestone done 1",
    "/cs",
    "/cs usage",
    "/cs usage harbour",
    "/cs health harbour",
    "/cs log call Hello",
    "/baton",
    "/baton status",
    "/baton csms",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_guests_and_connect_people_are_refused_and_told_nothing(story: Story, command: str) -> None:
    facts = deal()
    story.win(facts)
    for outsider in (story.felix, story.greta):
        said = outsider.command(command, EXT)
        assert "members of this workspace" in said or "only" in said, said
        assert "arbour" not in said
        assert outsider.views() == []


@pytest.mark.parametrize(
    ("typed", "holds"),
    [
        ("/handoff acept", "/handoff accept"),
        ("/handoff statsu", "/handoff status"),
        ("/deal asign", "assign"),
        ("/milestone mvoe 3 to Friday", "/milestone move"),
        ("/cs usgae", "/cs usage"),
        ("/baton hlep", "/baton help"),
        ("/baton frobnicate the thing", "help"),
        ("/handoff <script>", "/handoff status"),
        ("/handoff " + "x" * 3_000, "/handoff status"),
    ],
)
def test_an_unknown_word_gets_the_nearest_and_the_help(story: Story, typed: str, holds: str) -> None:
    said = story.ada.command(typed)
    assert holds in said
    assert story.ada.views() == []


@pytest.mark.parametrize("typed", ["/handoff   STATUS  ", "/handoff Status", "/handoff status "])
def test_case_and_spaces_are_forgiven(story: Story, typed: str) -> None:
    facts = deal()
    story.win(facts)
    channel = story.deal_channel(channel_name(facts))
    assert "Handoff" in story.chloe.command(typed, channel)


@pytest.mark.parametrize("typed", ["/handoff status", "/handoff accept", "/handoff return x", "/handoff ask y"])
def test_the_wrong_place_says_what_to_do(story: Story, typed: str) -> None:
    said = story.chloe.command(typed, GENERAL)
    assert "channel" in said
    assert story.chloe.views() == []


@pytest.mark.parametrize("typed", ["/deal help", "/handoff help", "/cs help", "/baton help", "/baton"])
def test_help(story: Story, typed: str) -> None:
    assert typed.split(maxsplit=1)[0] in story.ada.command(typed)


def test_others_read_and_do_not_act(story: Story) -> None:
    facts = deal()
    story.win(facts)
    channel = story.deal_channel(channel_name(facts))
    story.ada.command("/handoff", channel)
    story.ada.submitted(problem="They wait for figures.", success_metrics="A: 1 -> 2")
    brief = story.said(channel, "handoff_submitted")
    story.ada.do("invite", channel=channel, users=[DANIEL])
    daniel = story.daniel
    for label in ("Accept", "Return", "Edit", "Ask a question"):
        daniel.press(brief, label)
        assert daniel.note()
    assert daniel.command("/handoff accept", channel)
    story.ada.press(brief, "Accept")
    assert story.ada.note()
    story.quiet()
    assert story.messages(channel, "handoff_accepted") == []
    assert (
        story.rows("SELECT h.state FROM handoff h JOIN deal d ON d.id = h.deal_id WHERE d.channel_id = :c", c=channel)[
            0
        ].state
        == "submitted"
    )


def test_the_csm_is_changed_and_the_deal_finished(story: Story) -> None:
    facts = deal()
    story.win(facts)
    channel = story.deal_channel(channel_name(facts))
    story.eva.command(f"/deal assign <@{DANIEL}>", channel)
    assert f"<@{DANIEL}> is not a CSM yet" in text_of(story.eva.view())
    story.eva.submitted()
    story.said(channel, "deal_opened", DANIEL)
    story.said(CS, "deal_announced", channel, DANIEL)
    story.said_to(story.daniel, "csm_assigned")
    story.until(lambda: DANIEL in story.get_channel(channel)["members"], "the new member")
    story.eva.command("/deal close", channel)
    story.eva.submitted()
    story.said(channel, "deal_closed")
    story.until(lambda: story.get_channel(channel)["is_archived"], "the archived channel")
    story.quiet()
    story.nothing_twice()


def test_the_card_is_found_by_name(story: Story) -> None:
    facts = deal()
    story.win(facts)
    channel = story.deal_channel(channel_name(facts))
    assert facts["account"]["name"] in story.chloe.command("/deal", channel)
    found = story.chloe.command(f"/deal {facts['account']['name'].upper()}", GENERAL)
    assert channel in found or facts["account"]["name"] in text_of({"found": found})
