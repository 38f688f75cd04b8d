"""``/baton``: help, status and who is a CSM."""

import json

import pytest
from sqlalchemy import update

from storage import notices
from storage.models import Notice
from tests.handlers.office import ADA, BEN, CHLOE, DANIEL, EVA, FELIX, GENERAL, Office, picked


@pytest.mark.parametrize("text", ["/baton", "/baton help", "/baton  HELP "])
async def test_help_lists_every_command_that_works(office: Office, text: str) -> None:
    shown = await office.command(ADA, text)
    for part in ("/deal won", "/handoff accept", "/baton status", "/baton csms"):
        assert part in shown
    assert "/milestone move" in shown
    assert "/cs usage" in shown
    assert "/cs health" in shown


async def test_an_unknown_word_gets_the_nearest(office: Office) -> None:
    assert "Did you mean `/baton status`?" in await office.command(ADA, "/baton statsu")


async def test_the_status_counts_deals_and_csms(office: Office) -> None:
    await office.deal()
    await office.make_csm(CHLOE)
    shown = await office.command(ADA, "/baton status")
    assert "Open deals of CSMs: 1." in shown
    assert "CSMs: 1." in shown


async def test_a_failed_message_is_listed_and_sent_again(office: Office) -> None:
    deal = await office.deal()
    async with office.baton.db.write() as tx:
        await tx.session.execute(
            update(Notice)
            .where(Notice.kind == "handoff_requested")
            .values(state=notices.DEAD, why="chat.postMessage: is_archived", ts="", channel_id="")
        )
    assert "is_archived" not in await office.command(ADA, "/baton status")
    shown = json.loads((await office.command(EVA, "/baton status")).splitlines()[-1])
    assert "is_archived" in json.dumps(shown)
    await office.press(EVA, {**shown, "channel": GENERAL}, "Send again")
    assert "on its way again" in await office.note(EVA)

    async def twice() -> bool:
        return len(await office.messages(deal.channel.id, "handoff_requested")) >= 1 and not [
            one for one in await office.notices("handoff_requested") if one.state != notices.SENT
        ]

    await office.until(twice)
    await office.press(EVA, {**shown, "channel": GENERAL}, "Send again")
    assert "Somebody sent this message again already." in await office.note(EVA)


async def test_the_lead_manages_who_is_a_csm_in_a_window(office: Office) -> None:
    await office.command(EVA, "/baton csms")
    assert "Nobody is a CSM yet" in json.dumps(await office.view(EVA))
    assert "csm" in (await office.submit(EVA, csm=picked(FELIX)))["errors"]
    sent = await office.submit(EVA, csm=picked(CHLOE), regions="EMEA, APAC,EMEA", segments="")
    assert sent["ok"]
    view = json.dumps(await office.view(EVA))
    assert f"<@{CHLOE}>: EMEA and APAC, every segment; 0 open deals" in view
    await office.press_in_view(EVA, "Remove")
    assert "Nobody is a CSM yet" in json.dumps(await office.view(EVA))
    assert await office.csms() == {}


async def test_csms_by_command(office: Office) -> None:
    await office.command(EVA, f"/baton csms add <@{DANIEL}> regions APAC, EMEA segments enterprise")
    csm = (await office.csms())[DANIEL]
    assert (csm.regions, csm.segments) == (["APAC", "EMEA"], ["enterprise"])
    assert "gets no new deals" in await office.command(EVA, f"/baton csms remove <@{DANIEL}>")
    assert "They are no CSM." in await office.command(EVA, f"/baton csms remove <@{BEN}>")
    assert "Did you mean `/baton csms remove`?" in await office.command(EVA, "/baton csms remov")


async def test_others_can_not_manage_csms(office: Office) -> None:
    answer = await office.command(ADA, f"/baton csms add <@{ADA}>")
    assert "Only the customer-success lead or a workspace admin" in answer
    assert await office.csms() == {}
