"""A closed deal becomes a channel and an accepted handoff, step by step, over both transports on both databases."""

from typing import Any

import pytest

from tests.story.conftest import pairs
from tests.story.harness import CS, Story, channel_name, deal
from tests.story.person import ADA, CHLOE, EVA
from tests.story.shown import Json, buttons, key_of, text_of

FIELDS = {
    "products": "Core and Reports, 40 seats, one year",
    "problem": "Branch managers wait two weeks for figures and decide blindly.",
    "success_metrics": "Weekly logins: 20 -> 60 by 2027-03-31",
    "stakeholders": "Maria Silva, CFO, cares about cost (sale, rollout)",
    "commitments": "Free migration - Ada - by 2027-01-15\nTraining in Dutch - Chloé",
    "concerns": "An earlier tool failed because nobody was trained.",
}


@pytest.mark.parametrize("story", pairs(), indirect=True)
def test_from_the_crm_to_the_accepted_handoff(story: Story) -> None:
    facts = deal()
    story.win(facts)
    channel = story.deal_channel(channel_name(facts))
    _the_channel_is_fitted_out(story, channel, facts)
    _the_form_keeps_what_is_typed(story, channel)
    brief = _handed_in(story, channel)
    brief = _returned_and_handed_in_again(story, channel, brief)
    _asked_and_answered(story, channel, brief)
    _accepted(story, channel)
    _promises_are_settled(story, channel)
    story.quiet()
    story.nothing_twice()


def _the_channel_is_fitted_out(story: Story, channel: str, facts: Json) -> None:
    shown = story.get_channel(channel)
    assert shown["is_private"]
    assert {ADA, CHLOE, EVA} <= set(shown["members"])
    assert facts["account"]["name"] in shown["topic"]["value"]
    card = story.said(channel, "deal_opened")
    assert "Maria Silva (CFO) signed." in text_of(card)
    assert "daily figures &amp; &lt;SSO&gt; before the year's end" in text_of(card)
    pinned = story.until(lambda: story.ada.channel(channel)["pins"], "the pin")
    assert [pin["message"]["ts"] for pin in pinned] == [card["ts"]]
    bookmarks = story.ada.channel(channel)["bookmarks"]
    assert [one["link"] for one in bookmarks] == [facts["crm_url"]]
    announced = story.said(CS, "deal_announced", facts["account"]["name"])
    assert f"<#{channel}>" in text_of(announced)
    assert facts["crm_url"] in text_of(announced)


def _the_form_keeps_what_is_typed(story: Story, channel: str) -> None:
    ada = story.ada
    ada.press(story.said(channel, "handoff_requested"), "Fill in handoff")
    assert "Core" in ada.field("products")
    ada.type("problem", "Branch managers wait")
    ada.close()
    assert ada.views() == []
    ada.command("/handoff", channel)
    assert ada.field("problem") == "Branch managers wait"
    assert "Your draft of" in text_of(ada.view())


def _handed_in(story: Story, channel: str) -> Json:
    ada = story.ada
    answer = ada.submit(problem="", success_metrics="")
    assert set(answer["errors"]) >= {"problem"}
    answer = ada.submit(**{**FIELDS, "commitments": "Free migration - Ada - by 2020-01-15"})
    assert set(answer["errors"]) == {"commitments"}
    ada.type("stakeholders", "")
    ada.press_in_view("Edit list", "list:stakeholders")
    ada.press_in_view("Add a person")
    answer = ada.submit(name="Jonas Berg", role="Project lead")
    assert answer["ok"], answer
    assert ada.view()["callback_id"] == "handoff_list"
    assert "Jonas Berg" in text_of(ada.view())
    ada.close()
    ada.submitted(**FIELDS)
    brief = story.said(channel, "handoff_submitted")
    for part in (
        "Branch managers wait two weeks",
        "Maria Silva",
        "Jonas Berg",
        "Free migration",
        " %* complete",
        "*Empty*: Key dates",
    ):
        assert part in text_of(brief), part
    canvas = story.until(lambda: story.ada.channel(channel)["canvas"], "the canvas")
    assert "Branch managers wait two weeks" in text_of(canvas)
    return brief


def _returned_and_handed_in_again(story: Story, channel: str, brief: Json) -> Json:
    chloe, ada = story.chloe, story.ada
    chloe.press(brief, "Return")
    assert "Key dates" in chloe.field("gaps")
    chloe.submitted(gaps="When do they want to go live? Who trains?")
    returned = story.said(channel, "handoff_returned", "When do they want to go live?")
    assert f"<@{ADA}>" in text_of(returned)
    brief = story.said(channel, "handoff_submitted", "When do they want to go live?")
    assert "Accept" not in buttons(brief)
    ada.press(brief, "Complete the handoff")
    assert "When do they want to go live?" in text_of(ada.view())
    ada.submitted(key_dates="Go-live: 2027-03-01")
    version = story.said(channel, "handoff_version", "Go-live")
    assert version["thread_ts"] == brief["ts"]
    return story.said(channel, "handoff_submitted", "Go-live", without="When do they want to go live?")


def _asked_and_answered(story: Story, channel: str, brief: Json) -> None:
    chloe, ada = story.chloe, story.ada
    chloe.press(brief, "Ask a question")
    chloe.submitted(question="Who signs the data agreement?")
    asked = story.said(channel, "question_asked", "Who signs the data agreement?")
    assert f"<@{ADA}>" in text_of(asked)
    assert "Who signs the data agreement?" in chloe.command("/handoff status", channel)
    ada.press(asked, "Answer")
    ada.submitted(answer="Maria, she has the pen ready.")
    story.said(channel, "question_asked", "she has the pen ready", "Answered")
    story.said_to(chloe, "question_answered", "she has the pen ready")
    assert "Who signs the data agreement?" not in chloe.command("/handoff status", channel)


def _accepted(story: Story, channel: str) -> None:
    stale = story.said(channel, "handoff_submitted", "Accept")
    # Slack is slow to show the news: somebody else still sees the button.
    story.faults({"method": "chat.update", "fault": "latency", "seconds": 1, "times": 2})
    story.chloe.press(stale, "Accept")
    story.eva.press(stale, "Accept")
    assert "Chloé de Vries accepted this handoff" in story.eva.note()
    accepted = story.said(channel, "handoff_accepted", f"<@{CHLOE}>")
    assert key_of(accepted)
    story.said(channel, "handoff_submitted", "ccepted", without='"Accept"')


def _promises_are_settled(story: Story, channel: str) -> None:
    chloe = story.chloe
    chloe.command("/handoff promises", channel)
    chloe.press_in_view("Settle")
    chloe.submitted(evidence="Two years of data are in.")
    assert "Kept" in text_of(chloe.view())
    chloe.press_in_view("Settle")
    choice: dict[str, Any] = chloe.chosen("outcome", "withdrawn")
    chloe.submitted(outcome=choice, evidence="They train in English.")
    chloe.press_in_view("Open again")
    chloe.close(everything=True)
    brief = story.said(channel, "handoff_submitted")
    reply = story.said(channel, "commitment_resolved", "again")
    assert reply["thread_ts"] == brief["ts"]
