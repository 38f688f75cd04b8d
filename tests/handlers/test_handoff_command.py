"""The CSM's side of a handoff: by command and by button, in a local Slack."""

import json

from domain.handoff import HandoffState
from domain.handoff_lists import Commitment
from domain.picture import DealPicture
from handlers import outbox
from tests.handlers.office import ADA, BEN, CHLOE, EVA, Office, chosen


async def test_accepting_by_command_is_said_in_the_channel(office: Office) -> None:
    deal = await office.handed_in(await office.deal())
    assert "You accepted the handoff of Fjordbank." in await office.command(CHLOE, "/handoff  ACCEPT", deal.channel.id)
    said = await office.said(deal.channel.id, "handoff_accepted")
    assert f"<@{CHLOE}> accepted the handoff" in said["text"]
    assert _state(await office.picture(deal.id)) is HandoffState.ACCEPTED
    again = await office.command(EVA, "/handoff accept", deal.channel.id)
    assert "Chloé" in again
    assert "accepted this handoff just now." in again
    assert (await office.audited()).count("handoff_accepted") == 1


async def test_nothing_to_accept_before_it_is_handed_in(office: Office) -> None:
    deal = await office.deal()
    assert "has not been handed in yet" in await office.command(CHLOE, "/handoff accept", deal.channel.id)
    assert "has not been handed in yet" in await office.command(CHLOE, "/handoff return dates", deal.channel.id)


async def test_the_seller_can_not_accept_their_own(office: Office) -> None:
    deal = await office.handed_in(await office.deal())
    answer = await office.command(ADA, "/handoff accept", deal.channel.id)
    assert "Only the CSM, the customer-success lead or a workspace admin can accept" in answer


async def test_returning_names_the_gaps_and_mentions_the_seller(office: Office) -> None:
    deal = await office.handed_in(await office.deal())
    await office.command(CHLOE, "/handoff return The <rollout> dates & owners", deal.channel.id)
    said = await office.said(deal.channel.id, "handoff_returned")
    assert "The &lt;rollout&gt; dates &amp; owners" in json.dumps(said)
    assert f"<@{ADA}>" in said["text"]
    assert "Complete the handoff" in json.dumps(said)
    picture = await office.picture(deal.id)
    assert picture.handoff is not None
    assert picture.handoff.gaps == "The <rollout> dates & owners"


async def test_returning_without_words_proposes_what_is_missing(office: Office) -> None:
    deal = await office.handed_in(await office.deal())
    await office.command(CHLOE, "/handoff return", deal.channel.id)
    view = await office.view(CHLOE)
    assert "Key dates: nothing yet." in view["blocks"][1]["element"]["initial_value"]
    # Ada hands in a new version meanwhile: what Chloé looked at is not what she would return.
    await office.handed_in(await office.picture(deal.id), working_style="By mail")
    answer = await office.submit(CHLOE, gaps="Dates")
    assert answer["ok"]
    assert "changed this handoff just now" in await office.note(CHLOE)
    assert _state(await office.picture(deal.id)) is HandoffState.SUBMITTED


async def test_a_stale_button_says_what_happened_meanwhile(office: Office) -> None:
    deal = await office.handed_in(await office.deal())
    await office.press(CHLOE, await _post_brief(office, deal), "Accept")
    await office.said(deal.channel.id, "handoff_accepted")
    stale = await office.offer(deal.channel.id, "Accept", "handoff_accept", deal=deal.id, version=1)
    await office.press(EVA, stale, "Accept")
    assert "accepted this handoff just now." in await office.note(EVA)
    stale = await office.offer(deal.channel.id, "Return", "handoff_return", deal=deal.id, version=1)
    await office.press(EVA, stale, "Return")
    assert "accepted this handoff just now." in await office.note(EVA)


async def test_a_button_drawn_for_an_older_version_does_not_accept_a_newer_one(office: Office) -> None:
    deal = await office.handed_in(await office.deal())
    brief = await _post_brief(office, deal)
    await office.handed_in(deal, working_style="By mail")
    await office.press(CHLOE, brief, "Accept")
    assert "Please look at the newest version" in await office.note(CHLOE)
    assert _state(await office.picture(deal.id)) is HandoffState.SUBMITTED


async def test_a_question_stays_open_until_it_is_answered(office: Office) -> None:
    deal = await office.deal()
    answer = await office.command(CHLOE, "/handoff ask Who signs off the <data> migration?", deal.channel.id)
    assert "Question 1 is asked. Ada" in answer
    asked = await office.said(deal.channel.id, "question_asked")
    assert f"<@{ADA}>, please answer" in asked["text"]
    assert "Who signs off the &lt;data&gt; migration?" in asked["text"]
    await office.press(ADA, asked, "Answer")
    assert (await office.submit(ADA, answer="Maria & Jon do."))["ok"]
    edited = await office.said(deal.channel.id, "question_asked", "Maria &amp; Jon do.")
    assert edited["ts"] == asked["ts"]
    assert f"*Answered* by <@{ADA}>" in json.dumps(edited)
    in_person = await office.said_to(CHLOE, "question_answered")
    assert "Maria &amp; Jon do." in in_person["text"]
    stale = await office.offer(deal.channel.id, "Answer", "question_answer", question=1)
    await office.press(EVA, stale, "Answer")
    assert "answered this question just now." in await office.note(EVA)
    await office.press(CHLOE, edited, "Open again")
    await office.said(deal.channel.id, "question_asked", "please answer")
    assert (await office.audited())[-3:] == ["question_asked", "question_answered", "question_reopened"]


async def test_a_question_can_be_withdrawn_once(office: Office) -> None:
    deal = await office.deal()
    await office.command(CHLOE, "/handoff ask Still needed?", deal.channel.id)
    asked = await office.said(deal.channel.id, "question_asked")
    await office.press(CHLOE, asked, "Withdraw")
    await office.said(deal.channel.id, "question_asked", "Withdrawn by")
    stale = await office.offer(deal.channel.id, "Withdraw", "question_withdraw", question=1)
    await office.press(CHLOE, stale, "Withdraw")
    assert "withdrew this question just now." in await office.note(CHLOE)


async def test_asking_by_the_cards_button(office: Office) -> None:
    deal = await office.deal()
    await office.press(ADA, await office.said(deal.channel.id, "deal_opened"), "Ask")
    assert (await office.submit(ADA, question="Which region hosts it?"))["ok"]
    asked = await office.said(deal.channel.id, "question_asked", "Which region")
    assert f"<@{CHLOE}>, please answer" in asked["text"]


async def test_only_people_of_the_deal_ask_and_answer(office: Office) -> None:
    deal = await office.deal()
    await office.command(CHLOE, "/handoff ask Who?", deal.channel.id)
    asked = await office.said(deal.channel.id, "question_asked")
    await office.ui("invite", user=ADA, channel=deal.channel.id, users=[BEN])
    await office.press(BEN, asked, "Answer")
    assert "Only the seller, the CSM" in await office.note(BEN)


async def test_a_promise_is_followed_to_its_end(office: Office) -> None:
    promises = (Commitment("c1", "Free migration", "Ada"), Commitment("c2", "A weekly call"))
    deal = await office.handed_in(await office.deal(), commitments=promises)
    await _post_brief(office, deal)
    await office.command(CHLOE, "/handoff promises", deal.channel.id)
    await office.press_in_view(CHLOE, "Settle")
    refused = await office.submit(CHLOE, outcome=chosen("done", "It is kept"))
    assert refused["ok"] is False
    sent = await office.submit(CHLOE, outcome=chosen("done", "It is kept"), evidence="https://crm.example/done")
    assert sent["ok"], sent
    said = await office.said(deal.channel.id, "commitment_resolved")
    assert "Free migration" in said["text"]
    assert "as kept" in said["text"]
    assert "Open again" in json.dumps(await office.view(CHLOE))
    await office.press_in_view(CHLOE, "Open again")
    await office.said(deal.channel.id, "commitment_resolved", "again")
    assert [one.state for one in (await office.picture(deal.id)).commitments] == ["open", "open"]


async def test_the_status_lists_what_is_open(office: Office) -> None:
    deal = await office.handed_in(await office.deal())
    await office.command(CHLOE, "/handoff ask Who signs?", deal.channel.id)
    shown = await office.command(ADA, "/handoff status", deal.channel.id)
    assert "25 % complete" in shown
    assert "Who signs?" in shown


async def test_handoff_in_a_deals_channel_opens_its_form(office: Office) -> None:
    deal = await office.deal()
    await office.command(ADA, "/handoff", deal.channel.id)
    assert (await office.view(ADA))["callback_id"] == "handoff"


async def test_an_unknown_word_gets_the_nearest(office: Office) -> None:
    deal = await office.deal()
    assert "Did you mean `/handoff accept`?" in await office.command(CHLOE, "/handoff acept", deal.channel.id)
    assert "/handoff return" in await office.command(CHLOE, "/handoff help", deal.channel.id)


def _state(picture: DealPicture) -> HandoffState:
    assert picture.handoff is not None
    return picture.handoff.state


async def _post_brief(office: Office, deal: DealPicture) -> dict[str, object]:
    """The brief, as it is posted when a handoff is handed in."""
    services = office.baton.services
    async with services.db.write() as tx:
        await outbox.say(
            services, tx, outbox.notice(deal.id, "handoff_submitted", f"deal:{deal.id}:brief", services.clock())
        )
    return await office.said(deal.channel.id, "handoff_submitted")
