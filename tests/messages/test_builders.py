"""Every builder: what it says, and that Slack takes it whatever people are called."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.deals import DealState
from domain.handoff import HandoffState
from domain.picture import ChannelPicture, DealPicture
from messages import commitments, csms, deal_forms, deals, handoffs, questions, status
from messages.catalog import BUILDERS
from messages.note import note_view
from messages.say import Message, Quiet, View
from tests.messages.checks import check_message, check_view, formatted, shown, strings
from tests.messages.pictures import (
    ADA,
    CHLOE,
    HOSTILE,
    NOW,
    RIGHT_TO_LEFT,
    facts,
    hostile,
    picture,
    promise,
    question,
    submitted,
)

FACTS: dict[str, Any] = {
    "by": ADA.slack_id,
    "to": ADA.slack_id,
    "at": NOW.isoformat(),
    "new": CHLOE.slack_id,
    "old": ADA.slack_id,
    "question": 1,
    "version": 2,
    "who": "U07FELIXGU",
    "state": "done",
}
TEXTS = [HOSTILE, HOSTILE * 400, "x" * 10_000, "&" * 10_000, RIGHT_TO_LEFT * 300, "🎉" * 5_000, "\n".join("ab" * 4000)]
OURS = sorted(set(BUILDERS) - {"handoff_submitted", "handoff_version", "handoff_confidential"})


def _say(kind: str, of: DealPicture, **more: Any) -> Message | Quiet:  # noqa: ANN401
    return BUILDERS[kind](of, FACTS | more, NOW)


@pytest.mark.parametrize("kind", OURS)
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_slack_takes_every_message_of_a_hostile_deal(kind: str, text: str) -> None:
    said = _say(kind, hostile(text), gaps=text[:3000], text=text[:500], note=text[:1000])
    if isinstance(said, Quiet):
        assert said.reason
        return
    check_message(said)
    assert not any("<!channel>" in found for found in formatted([said.text, *said.blocks]))


@pytest.mark.parametrize("kind", OURS)
def test_slack_takes_every_message_of_a_usual_deal(kind: str) -> None:
    of = picture(handoff=submitted(), questions=(question(),), commitments=(promise(),))
    said = _say(kind, of, gaps="Dates", text="Migration", note="https://a.example")
    assert isinstance(said, Quiet) or check_message(said)


VIEWS: list[Callable[[DealPicture, str], View]] = [
    lambda of, _: handoffs.return_view(of),
    questions.ask_view,
    lambda of, _: questions.answer_view(of, of.questions[0]),
    lambda of, _: commitments.commitments_view(of),
    lambda of, _: commitments.commitment_view(of, of.commitments[0]),
    lambda of, _: deal_forms.assign_view(of),
    lambda of, _: deal_forms.become_csm_view(of, "U01ADALIND"),
    lambda of, _: deal_forms.close_view(of),
    lambda of, _: deal_forms.won_view("U01ADALIND", "abc"),
    lambda of, _: deals.notes_view(of, 1),
    lambda of, text: note_view("Handoff", text),
    lambda of, text: csms.csms_view([csms.CsmLine("U01ADALIND", (text[:60],) * 20, (text[:60],) * 20, 3)] * 90, "ok"),
]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_slack_opens_every_window_of_a_hostile_deal(view: Callable[[DealPicture, str], View], text: str) -> None:
    checked = check_view(view(hostile(text), text))
    assert not any("<!channel>" in found for found in formatted(checked["blocks"]))


def test_the_card_shows_what_the_crm_sent() -> None:
    card = deals.deal_opened(picture(), {}, NOW)
    text = shown(check_message(card))
    for part in ("Fjordbank AS – Onboarding platform", "48,000 EUR", "Fri 20 Nov 2026", "Core, Analytics", "Growth"):
        assert part in text
    assert "They go live before the year's end." in text
    assert "<@U01ADALIND>" in text
    assert "Fewest open deals (1)" in text
    assert "https://crm.example/deals/D-1042" in text
    assert [b["text"]["text"] for b in _buttons(card)] == ["Fill in handoff", "Ask", "Change CSM", "Open in CRM"]


def test_a_deal_named_after_its_customer_names_it_once() -> None:
    assert deals.title(picture(facts=facts(name="Fjordbank AS – renewal"))) == "Fjordbank AS – renewal"


def test_long_notes_stand_on_the_card_over_several_blocks() -> None:
    notes = "\n".join(f"Line {number}: they said something of note." for number in range(190))
    card = check_message(deals.deal_opened(picture(facts=facts(notes=notes)), {}, NOW))
    text = shown(card)
    assert all(line in text for line in notes.splitlines())
    assert "Show all notes" not in text


def test_notes_too_long_for_a_message_can_all_be_shown() -> None:
    notes = "\n".join(f"Line {number}: they said something of note." for number in range(2_000))
    of = picture(facts=facts(notes=notes))
    card = check_message(deals.deal_opened(of, {}, NOW))
    assert "Show all notes" in shown(card)
    assert f"{len(notes):,} characters in all" in shown(card)
    pages = deals.note_pages(notes)
    views = [check_view(deals.notes_view(of, number)) for number in range(1, len(pages) + 1)]
    text = "\n".join("\n".join(strings(view["blocks"])) for view in views)
    assert all(line in text for line in notes.splitlines())


def test_a_page_of_notes_that_is_gone_shows_the_last_one() -> None:
    assert "There are no notes" in "\n".join(strings(deals.notes_view(picture(facts=facts(notes=None)), 9)))


def test_a_finished_deal_has_no_buttons_but_the_crm() -> None:
    card = deals.deal_opened(picture(state=DealState.CLOSED), {}, NOW)
    assert [b["text"]["text"] for b in _buttons(card)] == ["Open in CRM"]


def test_the_announcement_links_the_channel_and_names_who_is_missing() -> None:
    of = picture(ae=None, csm=None, facts=facts(csm_email="zoe@northwind.example"))
    text = shown(check_message(deals.deal_announced(of, {}, NOW)))
    assert "<#C0DEAL0001>" in text
    assert "ada@northwind.example" in text
    assert "zoe@northwind.example" in text
    assert "Invite them to Slack" in text
    assert "/deal assign" in text


def test_the_announcement_of_a_whole_team_warns_of_nothing() -> None:
    assert ":warning:" not in shown(deals.deal_announced(picture(), {}, NOW))


def test_the_announcement_says_when_nobody_is_csm() -> None:
    of = picture(csm=None, csm_why="No CSM is registered. An admin can add one with `/baton`.")
    assert "Nobody is CSM yet. No CSM is registered." in shown(deals.deal_announced(of, {}, NOW))


def test_the_request_mentions_the_seller_and_has_the_button() -> None:
    asked = check_message(handoffs.handoff_requested(picture(), {}, NOW))
    assert "<@U01ADALIND>" in asked.text
    assert [b["action_id"] for b in _buttons(asked)] == ["handoff_open"]


def test_the_request_without_a_seller_asks_who_knows_the_deal() -> None:
    asked = check_message(handoffs.handoff_requested(picture(ae=None), {}, NOW))
    assert "ada@northwind.example (not in this Slack)" in asked.text


def test_the_request_is_thanked_for_once_it_is_handed_in() -> None:
    asked = check_message(handoffs.handoff_requested(picture(handoff=submitted()), {}, NOW))
    assert "handed it in" in asked.text
    assert _buttons(asked) == []


def test_a_return_names_the_gaps_and_opens_the_form() -> None:
    said = _say("handoff_returned", picture(), gaps="No dates\n<b>")
    assert isinstance(said, Message)
    assert "No dates" in shown(said)
    assert "&lt;b&gt;" in shown(said)
    assert "<@U01ADALIND>" in said.text
    assert [b["action_id"] for b in _buttons(said)] == ["handoff_open", "decision_undo"]


def test_an_open_question_can_be_answered_and_withdrawn() -> None:
    said = _say("question_asked", picture(questions=(question(),)))
    assert isinstance(said, Message)
    assert [b["action_id"] for b in _buttons(said)] == ["question_answer", "question_withdraw"]
    assert "Who signs off the data migration?" in shown(said)
    assert "<@U01ADALIND>, please answer" in shown(said)


def test_an_answered_question_shows_the_answer_and_by_whom() -> None:
    done = question(state="answered", answer="Maria does.", answered_by=ADA, answered_at=NOW)
    said = _say("question_asked", picture(questions=(done,)))
    assert isinstance(said, Message)
    assert "Maria does." in shown(said)
    assert "*Answered* by <@U01ADALIND>" in shown(said)
    assert [b["action_id"] for b in _buttons(said)] == ["question_reopen"]
    in_person = _say("question_answered", picture(questions=(done,)))
    assert isinstance(in_person, Message)
    assert "Maria does." in shown(in_person)


def test_a_question_that_was_opened_again_needs_no_message_in_person() -> None:
    assert isinstance(_say("question_answered", picture(questions=(question(),))), Quiet)
    assert isinstance(_say("question_asked", picture()), Quiet)


def test_what_happened_meanwhile_is_told_in_a_sentence() -> None:
    accepted = submitted(state=HandoffState.ACCEPTED, decided_at=NOW - timedelta(minutes=2), decided_by=CHLOE)
    assert handoffs.meanwhile(picture(handoff=accepted), NOW, "UTC") == (
        "Chloé de Vries accepted this handoff 2 minutes ago."
    )
    returned = replace(accepted, state=HandoffState.RETURNED)
    assert "returned this handoff 2 minutes ago" in handoffs.meanwhile(picture(handoff=returned), NOW, "UTC")
    assert "Ada Lindqvist changed this handoff 5 minutes ago" in handoffs.meanwhile(
        picture(handoff=submitted()), NOW, "UTC"
    )
    answered = question(state="answered", answered_by=ADA, answered_at=NOW)
    assert questions.meanwhile(answered, NOW, "UTC") == "Ada Lindqvist answered this question just now."
    kept = promise(state="done", resolved_by=ADA, resolved_at=NOW)
    assert commitments.meanwhile(kept, NOW, "UTC") == "Ada Lindqvist marked this promise as kept just now."
    assert questions.meanwhile(question(), NOW, "UTC") == commitments.meanwhile(promise(), NOW, "UTC") == ""


def test_returning_begins_with_what_the_score_misses() -> None:
    view = check_view(handoffs.return_view(picture(handoff=submitted())))
    typed = view["blocks"][1]["element"]["initial_value"]
    assert "How they measure success: nothing yet." in typed
    assert "Key dates: nothing yet." in typed


def test_the_status_names_failed_messages_and_offers_to_send_them_again() -> None:
    letters = [status.Letter(4, "handoff_accepted", "chat.postMessage: is_archived <x>", NOW, unsure=True)] * 20
    given: dict[str, Any] = {"version": "0.1", "deals": 3, "due": 2, "later": 5, "csms": 0, "letters": letters}
    said = check_message(status.status(**given, failed=20, may_resend=True))
    assert "is_archived &lt;x&gt;" in shown(said)
    assert "It may have arrived" in shown(said)
    assert "2 messages being sent; 5 messages planned for later." in shown(said)
    assert "… and 5 more" in shown(said)
    assert len(_accessories(said)) == 15
    assert not _accessories(status.status(**given, failed=20, may_resend=False))


def test_a_search_that_finds_nothing_says_what_to_do() -> None:
    assert "Try a part" in deal_forms.found_message("acme & co", [], more=False).text
    assert "/deal won" in deal_forms.found_message("", [], more=False).text


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_slack_takes_what_a_search_found(text: str) -> None:
    found = [(hostile(text), index % 2 == 0) for index in range(10)]
    said = deal_forms.found_message(text, found, more=True)
    check_message(replace(said, text=said.text[:3900]))


def test_a_strangers_deal_shows_no_more_than_its_channel_and_people() -> None:
    of = picture(handoff=submitted(state=HandoffState.RETURNED, gaps="secret gaps"))
    assert "secret gaps" not in shown(deal_forms.found_message("fjord", [(of, False)], more=False))
    assert "secret gaps" in shown(deal_forms.found_message("fjord", [(of, True)], more=False))


def test_a_deal_without_its_channel_yet_can_be_shown() -> None:
    of = picture(channel=ChannelPicture(), state=DealState.OPENING)
    assert "being made" in shown(check_message(deals.deal_announced(of, {}, NOW)))


def _buttons(message: Message) -> list[dict[str, Any]]:
    return [button for block in message.blocks if block["type"] == "actions" for button in block["elements"]]


def _accessories(message: Message) -> list[dict[str, Any]]:
    return [block["accessory"] for block in message.blocks if "accessory" in block]
