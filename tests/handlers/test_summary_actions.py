"""Buttons of the weekly summary, pressed in a local Slack."""

import json

from messages.ids import ACT_SUMMARY_QUESTIONS
from tests.handlers.office import ADA, BEN, CHLOE, Office


async def test_the_open_questions_are_answered_from_the_summary(office: Office) -> None:
    deal = await office.deal()
    for number in range(1, 33):
        await office.command(CHLOE, f"/handoff ask Who signs part {number}?", deal.channel.id)
    row = await office.offer(deal.channel.id, "Answer questions", ACT_SUMMARY_QUESTIONS, deal=deal.id, page=0)
    await office.press(ADA, row, "Answer questions")
    shown = json.dumps(await office.view(ADA))
    assert "32 open questions" in shown
    assert "Part 1 of 2" in shown
    await office.press_in_view(ADA, "Go on")
    assert len(await office.views(ADA)) == 1
    assert "Who signs part 32?" in json.dumps(await office.view(ADA))
    await office.press_in_view(ADA, "Answer")
    assert (await office.view(ADA))["callback_id"] == "question_answer"
    assert (await office.submit(ADA, answer="Maria"))["ok"]
    assert len((await office.picture(deal.id)).open_questions) == 31


async def test_only_people_of_the_deal_are_shown_its_questions(office: Office) -> None:
    deal = await office.deal()
    await office.ui("invite", user=ADA, channel=deal.channel.id, users=[BEN])
    row = await office.offer(deal.channel.id, "Answer questions", ACT_SUMMARY_QUESTIONS, deal=deal.id, page=0)
    await office.press(BEN, row, "Answer questions")
    assert "Only the seller, the CSM" in await office.note(BEN)
