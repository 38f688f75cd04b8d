"""The lead says whether a message arrived: it is sent again or left, and the question shows who answered."""

import json

import pytest
from sqlalchemy import update

from messages.ids import ACT_UNSURE_ARRIVED
from messages.unsure import delivery_unsure
from storage import notices, unsure
from storage.models import Notice
from tests.handlers.office import ADA, CS, EVA, GENERAL, Office


async def asked(office: Office, deal_id: int) -> tuple[Notice, dict[str, object]]:
    """The request for the handoff may not have arrived, and the lead is asked; the notice and the question."""
    now = office.baton.clock()
    async with office.baton.db.write() as tx:
        await tx.session.execute(
            update(Notice)
            .where(Notice.kind == "handoff_requested")
            .values(state=notices.UNSURE, why="not_in_channel", ts="", channel_id="")
        )
    (row,) = await office.notices("handoff_requested")
    claimed = notices.ClaimedNotice(
        *(row.id, row.workspace_id, row.key, row.kind, row.lane, row.audience, deal_id, row.facts),
        *("", 1, 1, 0, "", "", now, now),
    )
    async with office.baton.db.write() as tx:
        (number,) = await unsure.tell(tx.session, claimed, row.why, f"person:{EVA}", now)
        # Posted here: the engine would wait for Eva's working hours.
        new = await tx.session.get_one(Notice, number)
        said, web = delivery_unsure(new.facts, now), office.baton.web
        metadata = {"event_type": "baton_notice", "event_payload": {"kind": new.kind, "key": new.key}}
        channel = (await web.conversations_open(users=EVA))["channel"]["id"]
        posted = await web.chat_postMessage(channel=channel, text=said.text, blocks=said.blocks, metadata=metadata)
        new.state, new.channel_id, new.ts, new.sent_revision = notices.SENT, channel, str(posted["ts"]), 1
    return row, await office.said_to(EVA, unsure.KIND)


async def state_of(office: Office, number: int) -> str:
    return next(one.state for one in await office.notices("handoff_requested") if one.id == number)


@pytest.mark.parametrize("label", ["It arrived", "Send again"])
async def test_the_lead_answers_and_the_question_shows_it(office: Office, label: str) -> None:
    deal = await office.deal()
    row, question = await asked(office, deal.id)
    await office.press(EVA, question, label)
    said = "It arrived, says" if label == "It arrived" else "Sent again by"
    answered = await office.said_to(EVA, unsure.KIND, said)
    assert f"<@{EVA}>" in json.dumps(answered)
    assert "all looked after" in json.dumps(answered)
    assert answered["ts"] == question["ts"]
    if label == "It arrived":
        assert await state_of(office, row.id) == notices.ARRIVED
    else:
        await office.until(lambda: _sent(office, row.id))
    assert f"notice_{'arrived' if label == 'It arrived' else 'resent'}" in await office.audited()
    await office.said(CS, "deal_announced")
    stale = await office.offer(CS, label, ACT_UNSURE_ARRIVED, notice=row.id)
    await office.press(EVA, stale, label)
    assert "answered this already" in await office.note(EVA)


async def _sent(office: Office, number: int) -> bool:
    return await state_of(office, number) == notices.SENT


async def test_only_lead_and_admins_answer(office: Office) -> None:
    deal = await office.deal()
    row, _ = await asked(office, deal.id)
    shown = await office.offer(deal.channel.id, "It arrived", ACT_UNSURE_ARRIVED, notice=row.id)
    await office.press(ADA, shown, "It arrived")
    assert "Only the customer-success lead or a workspace admin" in await office.note(ADA)
    assert await state_of(office, row.id) == notices.UNSURE


async def test_sent_again_from_the_status_it_shows_in_the_question(office: Office) -> None:
    deal = await office.deal()
    _, question = await asked(office, deal.id)
    shown = json.loads((await office.command(EVA, "/baton status")).splitlines()[-1])
    await office.press(EVA, {**shown, "channel": GENERAL}, "Send again")
    assert "on its way again" in await office.note(EVA)
    answered = await office.said_to(EVA, unsure.KIND, "Sent again by")
    assert answered["ts"] == question["ts"]
