"""Usage alerts pressed in a local Slack: taken, snoozed, not useful, the numbers, undone; each in its place."""

import json
from datetime import timedelta

from sqlalchemy import update

from domain.usage.alerts import Severity
from domain.usage_alert import DROP, Ended, State, close
from handlers import deal_clock
from messages.ids import ACT_USAGE_TAKE
from storage import usage_alerts, usage_cards
from storage.models import Deal, Notice
from tests.handlers.office import ADA, BEN, CHLOE, CS, DANIEL, FELIX, Office, chosen, typed
from tests.handlers.test_plays import always_at_work
from tests.handlers.usage_office import UsageOffice, with_usage


async def test_the_csm_and_the_channel_are_told_with_the_chart(office: Office) -> None:
    house = await with_usage(office)
    card = await house.told()
    said = await house.in_person()
    pictures = [block for block in said["blocks"] if block["type"] == "image"]
    assert len(pictures) == 1
    file = pictures[0]["slack_file"]["id"]
    assert (await house.card(card.id)).chart == file
    assert "since" in pictures[0]["alt_text"]
    text = json.dumps(said, ensure_ascii=False)
    for words in (
        "logins fell from 42 to 12 a week",
        "−71 %",
        "customers like this one did",
        "Fewer people use it",
        "Call the customer",
    ):
        assert words in text
    in_channel = await office.said(house.channel, DROP)
    assert any(block["type"] == "image" for block in in_channel["blocks"])
    assert len(await office.messages(house.channel, DROP)) == 1


async def test_i_am_on_it_shows_who_pressed_and_can_be_undone(office: Office) -> None:
    house = await with_usage(office)
    card = await house.told()
    said = await house.in_person()
    await office.press(CHLOE, said, "I'm on it")
    edited = await house.in_person("is on it until")
    assert edited["ts"] == said["ts"]
    assert f"<@{CHLOE}>" in json.dumps(edited)
    assert "I'm on it" not in json.dumps(edited)
    assert "is on it" in json.dumps(await office.said(house.channel, DROP, "is on it"))
    taken = await house.card(card.id)
    assert (taken.state, taken.by) == (State.TAKEN, CHLOE)
    assert taken.task_due is not None
    whispered = await house.ephemeral(CHLOE, said["channel"], "You are on it")
    await office.press(CHLOE, whispered, "Undo")
    await house.in_person("I'm on it")
    assert (await house.card(card.id)).state is State.OPEN
    assert {"usage_taken", "usage_undone"} <= set(await office.audited())


async def test_nothing_of_it_stays_in_a_channel_that_somebody_from_outside_reads(office: Office) -> None:
    house = await with_usage(office)
    await house.told()
    await office.said(house.channel, DROP)
    channels = office.sandbox.core.channels
    channels.add(channels.all[house.channel], FELIX, CHLOE)

    async def taken_out() -> bool:
        text = json.dumps(await office.messages(house.channel, DROP))
        return "for the team alone" in text and "fell from" not in text and "slack_file" not in text

    await office.until(taken_out)
    assert "fell from 42 to 12" in json.dumps(await house.in_person(), ensure_ascii=False)
    await office.ui("leave", user=FELIX, channel=house.channel)

    async def back() -> bool:
        return "fell from 42 to 12" in json.dumps(await office.messages(house.channel, DROP), ensure_ascii=False)

    await office.until(back)


async def test_another_csm_gets_what_the_one_before_left(office: Office) -> None:
    house = await with_usage(office)
    card = await house.told()
    await always_at_work(office, DANIEL)
    await office.press(CHLOE, await house.in_person(), "I'm on it")
    await house.in_person("is on it")
    services = office.baton.services
    daniel = (await services.people.find(DANIEL)).card
    async with services.db.write() as tx:
        deal = await tx.session.get_one(Deal, house.deal.id)
        deal.csm_id = daniel.id
        await tx.session.flush()
        await deal_clock.follow_csm(services, tx, house.deal.workspace_id, deal.id, daniel.id)
    await office.said_to(DANIEL, DROP, "I'm on it")
    assert f"Passed on to <@{DANIEL}>" in json.dumps(await house.in_person("Passed on"))
    handed = await house.card(card.id)
    assert (handed.state, handed.csm) == (State.OPEN, DANIEL)
    await office.press(DANIEL, await office.said_to(DANIEL, DROP), "I'm on it")
    await office.said_to(DANIEL, DROP, f"<@{DANIEL}> is on it")


async def test_the_task_is_done(office: Office) -> None:
    house = await with_usage(office)
    card = await house.told()
    await office.press(CHLOE, await house.in_person(), "I'm on it")
    await office.press(CHLOE, await house.in_person("is on it"), "Done")
    await house.in_person("did what was to be done")
    assert (await house.card(card.id)).task_done is not None


async def test_whoever_comes_second_is_told_who_is_on_it(office: Office) -> None:
    house = await with_usage(office)
    card = await house.told()
    await office.press(CHLOE, await house.in_person(), "I'm on it")
    row = await office.offer(house.channel, "I'm on it", ACT_USAGE_TAKE, alert=card.id)
    await office.press(ADA, row, "I'm on it")
    assert "is on it already" in await office.note(ADA)


async def test_snoozed_for_weeks(office: Office) -> None:
    house = await with_usage(office)
    card = await house.told(Severity.MEDIUM)
    await house.choose(CHLOE, await house.in_person(), "2 weeks")
    await house.in_person("snoozed it until")
    snoozed = await house.card(card.id)
    assert snoozed.state is State.SNOOZED
    assert snoozed.until is not None
    today = office.baton.services.today(house.deal.csm.zone if house.deal.csm else "UTC")
    assert snoozed.until - today == timedelta(weeks=2)


async def test_not_useful_asks_why(office: Office) -> None:
    house = await with_usage(office)
    card = await house.told()
    await office.press(CHLOE, await house.in_person(), "Not useful")
    refused = await office.submit(CHLOE, reason=chosen("other", "Something else"), why=typed(""))
    assert "Say in a few words" in json.dumps(refused)
    await office.submit(CHLOE, reason=chosen("season", "It is a season"), why=typed("They close in <July> & August."))
    await house.in_person("found this not useful")
    useless = await house.card(card.id)
    assert useless.state is State.NOT_USEFUL
    assert useless.why == "It is a season, a holiday or a project's end: They close in <July> & August."
    assert "&lt;July&gt; &amp; August" in json.dumps(await house.in_person("August"))
    await office.press_in_view(CHLOE, "Undo")
    await house.in_person("I'm on it")
    assert (await house.card(card.id)).state is State.OPEN


async def test_the_numbers_are_a_table(office: Office) -> None:
    house = await with_usage(office)
    await house.told()
    await office.press(CHLOE, await house.in_person(), "Show the numbers")
    view = await office.view(CHLOE)
    assert view["callback_id"] == "usage_numbers"
    text = json.dumps(view, ensure_ascii=False)
    assert "Logins" in text
    assert "▸" in text
    assert text.count("\\n") >= 30


async def test_only_people_of_the_customer_act_but_members_of_the_channel_may_look(office: Office) -> None:
    house = await with_usage(office)
    card = await house.told()
    await office.ui("invite", user=ADA, channel=house.channel, users=[BEN])
    in_channel = await office.said(house.channel, DROP)
    await office.press(BEN, in_channel, "I'm on it")
    assert "Only the seller, the CSM" in await office.note(BEN)
    await office.press(BEN, in_channel, "Show the numbers")
    assert (await office.view(BEN))["callback_id"] == "usage_numbers"
    elsewhere = await office.offer(CS, "Numbers", "usage_numbers", alert=card.id)
    await office.press(DANIEL, elsewhere, "Numbers")
    assert "Only the seller" in await office.note(DANIEL)
    assert (await house.card(card.id)).state is State.OPEN


async def test_what_is_over_offers_only_its_numbers(office: Office) -> None:
    house = await with_usage(office)
    card = await house.told()
    await _end(house, card.id)
    said = await house.in_person("Usage is back")
    assert "I'm on it" not in json.dumps(said)
    row = await office.offer(house.channel, "I'm on it", ACT_USAGE_TAKE, alert=card.id)
    await office.press(CHLOE, row, "I'm on it")
    assert "nothing left to do" in await office.note(CHLOE)


async def test_an_undo_that_comes_too_late_says_so(office: Office) -> None:
    house = await with_usage(office)
    card = await house.told()
    said = await house.in_person()
    await office.press(CHLOE, said, "I'm on it")
    whispered = await house.ephemeral(CHLOE, said["channel"], "You are on it")
    await _end(house, card.id)
    await office.press(CHLOE, whispered, "Undo")
    assert "can't be undone" in await office.note(CHLOE)


async def test_an_alert_that_is_gone_is_said_to_be(office: Office) -> None:
    house = await with_usage(office)
    for label, action in (("a", ACT_USAGE_TAKE), ("b", "usage_numbers"), ("c", "usage_not_useful")):
        row = await office.offer(house.channel, label, action, alert=99_999)
        await office.press(CHLOE, row, label)
        assert "not there any more" in await office.note(CHLOE)


async def _end(house: UsageOffice, alert_id: int) -> None:
    now = house.office.baton.clock()
    async with house.office.baton.db.write() as tx:
        kept = await usage_cards.load(tx.session, alert_id)
        assert kept is not None
        over = close(kept.card, Ended.RECOVERED, house.monday, 40.0)
        ids = await usage_alerts.change(tx.session, kept, over, None, now)
        await house.office.baton.engine.enqueue(tx, ids or [])
        await tx.session.execute(update(Notice).where(Notice.id.in_(ids or [])).values(not_before=now))
