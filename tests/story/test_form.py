"""The handoff form at its edges: lists, dates, long, hostile, and by two people at once."""

import pytest

from tests.story.conftest import pairs
from tests.story.harness import Story, channel_name, deal
from tests.story.person import FELIX, Person
from tests.story.shown import Json, buttons, elements, kind_of, text_of

pytestmark = pytest.mark.parametrize("story", pairs("http-sqlite", "socket-postgresql"), indirect=True)
ANSWERS = {"problem": "Branch managers wait two weeks for figures.", "success_metrics": "Weekly logins: 20 -> 60"}


def opened(story: Story) -> str:
    """A deal's channel, in which the seller has been asked."""
    facts = deal()
    story.win(facts)
    return story.deal_channel(channel_name(facts))


def handed_in(story: Story, channel: str, **answers: str) -> Json:
    story.ada.command("/handoff", channel)
    story.ada.submitted(**(ANSWERS | answers))
    return story.said(channel, "handoff_submitted")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Go-live: 1 March 2020", "gone"),
        ("Go-live by Friday or Monday", "Friday"),
        ("Go-live by the thirty-eleventh", "no date"),
    ],
    ids=["past", "ambiguous", "unreadable"],
)
def test_a_date_that_cannot_be_taken_is_refused_beside_its_field(story: Story, line: str, why: str) -> None:
    channel = opened(story)
    ada = story.ada
    ada.command("/handoff", channel)
    answer = ada.submit(**ANSWERS, key_dates=f"Kickoff: 2030-01-15\n{line}")
    assert set(answer["errors"]) == {"key_dates"}
    assert line.split(":", maxsplit=1)[0] in answer["errors"]["key_dates"]
    assert why in answer["errors"]["key_dates"]
    ada.submitted(key_dates="Kickoff: 2030-01-15")
    assert "Tue 15 Jan 2030" in text_of(story.said(channel, "handoff_submitted"))


def test_needed_fields_are_asked_for(story: Story) -> None:
    channel = opened(story)
    story.ada.command("/handoff", channel)
    answer = story.ada.submit(problem="They wait for figures.")
    assert set(answer["errors"]) == {"success_metrics"}
    assert "required" in answer["errors"]["success_metrics"]
    story.ada.close()
    assert story.messages(channel, "handoff_submitted") == []


def test_an_entry_is_added_changed_removed_and_put_back(story: Story) -> None:
    channel = opened(story)
    ada = story.ada
    ada.command("/handoff", channel)
    ada.type("problem", ANSWERS["problem"])
    ada.press_in_view("Edit list", "list:commitments")
    ada.press_in_view("Add a promise")
    answer = ada.submit(text="Free migration", due="3 March 2020")
    assert set(answer["errors"]) == {"due"}
    ada.submitted(text="Free migration", owner="Ada", due="2030-03-01")
    ada.press_in_view("Add a promise")
    ada.submitted(text="Training in Dutch")
    assert "2 promises" in text_of(ada.view())
    ada.menu(0, "Edit")
    assert ada.field("text") == "Free migration"
    ada.submitted(text="Free migration of two years")
    ada.menu(1, "Remove")
    assert "Removed: Training in Dutch" in text_of(ada.view())
    ada.press_in_view("Undo")
    assert "2 promises" in text_of(ada.view())
    ada.menu(1, "Remove")
    ada.close()
    assert ada.view()["callback_id"] == "handoff"
    assert ada.field("problem") == ANSWERS["problem"]
    ada.submitted(success_metrics="A: 1 -> 2")
    brief = text_of(story.said(channel, "handoff_submitted"))
    assert "Free migration of two years" in brief
    assert "Fri 1 Mar 2030" in brief
    assert "Training in Dutch" not in brief


def test_an_entry_closed_before_it_was_saved_is_offered_again(story: Story) -> None:
    channel = opened(story)
    ada = story.ada
    ada.command("/handoff", channel)
    ada.press_in_view("Edit list", "list:stakeholders")
    ada.press_in_view("Add a person")
    ada.type("name", "Ingrid Da")
    ada.close(everything=True)
    assert ada.views() == []
    ada.command("/handoff", channel)
    ada.press_in_view("Edit list", "list:stakeholders")
    ada.press_in_view("Add a person")
    assert ada.field("name") == "Ingrid Da"
    ada.close(everything=True)


def test_starting_over_throws_the_draft_away(story: Story) -> None:
    channel = opened(story)
    ada = story.ada
    ada.command("/handoff", channel)
    ada.type("problem", "Nonsense")
    ada.close()
    ada.command("/handoff", channel)
    assert ada.field("problem") == "Nonsense"
    ada.press_in_view("Start over")
    assert ada.field("problem") == ""
    assert "Core" in ada.field("products")
    ada.close()


def test_forty_stakeholders(story: Story) -> None:
    channel = opened(story)
    ada = story.ada
    people = [f"Person {number:02}, Role {number}, cares about cost" for number in range(1, 41)]
    brief = handed_in(story, channel, stakeholders="\n".join(people))
    assert "Person 01" in text_of(brief)
    assert "40" in text_of(brief)
    canvas = story.until(lambda: ada.channel(channel)["canvas"], "the canvas")
    assert all(f"Person {number:02}" in text_of(canvas) for number in range(1, 41))
    ada.press(brief, "Show everything")
    assert "Person 05" in text_of(ada.view())
    ada.close(everything=True)
    ada.command("/handoff", channel)
    ada.press_in_view("Edit list", "list:stakeholders")
    assert sum(element["type"] == "overflow" for _, element in elements(ada.view())) == 40
    ada.menu(39, "Edit")
    assert ada.field("name") == "Person 40"
    ada.submitted(name="Person Forty")
    ada.close()
    ada.submitted(stakeholders="One more, CEO")
    story.said(channel, "handoff_version", "Person Forty")
    again = story.until(
        lambda: [one for one in [ada.channel(channel)["canvas"]] if "One more" in text_of(one)], "the canvas"
    )
    assert "Person Forty" in text_of(again)
    story.quiet()
    story.nothing_twice()


def test_two_people_at_once_are_joined_and_asked_about_the_rest(story: Story) -> None:
    channel = opened(story)
    ada, chloe = story.ada, story.chloe
    handed_in(story, channel)
    ada.command("/handoff", channel)
    chloe.command("/handoff", channel)
    ada.submitted(problem="Ada's problem, told by the board.", key_dates="Go-live: 2030-03-01")
    answer = chloe.submit(
        problem="Chloé's problem, told by the branches.", working_style="By telephone, in the morning."
    )
    assert not answer["closed"]
    conflict = chloe.view()
    assert conflict["callback_id"] == "handoff_conflict"
    assert f"<@{ada.id}>" in text_of(conflict)
    for text in ("Ada's problem, told by the board.", "Chloé's problem, told by the branches."):
        assert text in text_of(conflict)
    story.said(channel, "handoff_submitted", "Ada's problem")
    chloe.submitted(problem=chloe.chosen("problem", "mine"))
    assert chloe.views() == []
    brief = text_of(story.said(channel, "handoff_submitted", "Chloé's problem"))
    assert "By telephone, in the morning." in brief
    assert "Go-live" in brief
    story.said(channel, "handoff_version", "Chloé's problem")


def test_accepting_what_changed_meanwhile_is_told(story: Story) -> None:
    channel = opened(story)
    brief = handed_in(story, channel)
    story.faults({"method": "chat.update", "fault": "latency", "seconds": 1, "times": 3})
    story.ada.command("/handoff", channel)
    story.ada.submitted(notes="Call Maria first.")
    story.chloe.press(brief, "Accept")
    assert "Ada Lindqvist changed this handoff" in story.chloe.note()
    story.chloe.press(story.said(channel, "handoff_submitted", "Call Maria first."), "Accept")
    story.said(channel, "handoff_accepted")


def test_the_confidential_parts_leave_a_channel_with_a_guest(story: Story) -> None:
    channel = opened(story)
    brief = handed_in(story, channel, sensitivities="Never mention the merger.", concerns="Too dear, they fear.")
    assert "Never mention the merger." in text_of(brief)
    story.eva.do("invite", channel=channel, users=[FELIX])
    brief = story.said(channel, "handoff_submitted", without="Never mention the merger.")
    assert "Too dear" not in text_of(brief)
    for person in (story.ada, story.chloe, story.eva):
        told = story.said_to(person, "handoff_confidential", "Never mention the merger.")
        assert "Too dear" in text_of(told)
    story.until(lambda: "merger" not in text_of(story.felix.channel(channel)), "what the guest sees")
    _felix_gets_nothing(story.felix, brief, channel)
    story.ada.command("/handoff", channel)
    story.ada.submitted(sensitivities="Never mention the merger, nor the new CEO.")
    story.said_to(story.chloe, "handoff_confidential", "nor the new CEO.")
    story.quiet()
    seen = text_of(story.felix.channel(channel))
    assert "merger" not in seen
    assert "new CEO" not in seen


def _felix_gets_nothing(felix: Person, brief: Json, channel: str) -> None:
    for label in ("Show everything", "Show the confidential parts", "Accept", "Edit"):
        assert label in buttons(brief)
        felix.press(brief, label)
        assert "merger" not in felix.note()
    assert "merger" not in felix.command("/handoff status", channel)
    assert felix.views() == []


def test_a_submission_told_twice_is_one_version(story: Story) -> None:
    channel = opened(story)
    story.ada.command("/handoff", channel)
    story.faults({"method": "interactive", "fault": "duplicate"})
    story.ada.submit(**ANSWERS)
    story.said(channel, "handoff_submitted")
    story.quiet()
    assert [one for one in story.messages(channel) if kind_of(one) == "handoff_version"] == []
    story.ada.command("/handoff", channel)
    assert "Your draft of" not in text_of(story.ada.view())
    story.ada.close(everything=True)
