"""``/cs``, ``health``, ``log`` and ``wow`` in a local Slack: for the asker alone, unless a button shares it."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from domain.deals import AccountFacts
from storage.interaction_models import Interaction, Win
from tests.handlers.office import ADA, BEN, CHLOE, CS, EVA, GENERAL, MEI, Office


async def only_for(office: Office, user: str, channel: str, holds: str) -> dict[str, Any]:
    """What only this person sees, once it holds this."""

    async def look() -> dict[str, Any] | None:
        shown = (await office.get(f"ui/channels/{channel}", user=user))["messages"]
        found = [one for one in shown if one.get("is_ephemeral") and holds in json.dumps(one, ensure_ascii=False)]
        return {**found[-1], "channel": channel} if found else None

    return await office.until(look)


async def kept(office: Office, model: type[Interaction] | type[Win]) -> list[Any]:
    async with office.baton.db.read() as session:
        return list((await session.scalars(select(model).order_by(model.id))).all())


async def test_the_portfolio_is_the_askers_alone_and_shared_by_a_button(office: Office) -> None:
    deal = await office.deal(closed_at=office.baton.clock())
    assert "You have no customers yet" in await office.command(BEN, "/cs", GENERAL)
    said = await office.command(CHLOE, "/cs", CS)
    assert "Your customers" in said
    assert "1 customer, none at risk" in said
    assert deal.channel.id in said
    shown = await only_for(office, CHLOE, CS, "Your customers")
    await office.press(CHLOE, shown, "Why?")
    why = await only_for(office, CHLOE, CS, "How your customers are")
    assert "at risk" in json.dumps(why)
    await office.press(CHLOE, why, "Share in channel")
    shared = await office.said(CS, "cs_shared", "Shared by")
    assert not [block for block in shared["blocks"] if block["type"] == "actions"]
    assert "portfolio_shared" in await office.audited()
    assert "All customers" in await office.command(EVA, "/cs", GENERAL)


async def test_health_says_why_in_plain_words_with_every_weight(office: Office) -> None:
    deal = await office.deal(closed_at=office.baton.clock())
    here = deal.channel.id
    said = await office.command(CHLOE, "/cs health", here)
    assert "is :large_green_circle: healthy" in said
    assert "no conversation was recorded" in said
    await office.command(CHLOE, "/cs log call Agreed on <the> date & time", here)
    assert "you talked today" in await office.command(CHLOE, "/cs health fjordbank", CS)
    slow = AccountFacts("A-3", "Slowbank")
    await office.deal(id="D-3", name="Slow", account=slow, closed_at=office.baton.clock() - timedelta(days=40))
    late = await office.command(CHLOE, "/cs health", CS)
    assert "Slowbank" in late
    assert "is :red_circle: at risk" in late
    assert "(weight " in late
    assert "Only the seller" in await office.command(MEI, "/cs health slowbank", CS)
    assert "No customer is called" in await office.command(CHLOE, "/cs health zzzz", CS)


async def test_a_conversation_is_kept_once_and_taken_back_for_ten_minutes(office: Office) -> None:
    deal = await office.deal()
    here = deal.channel.id
    said = await office.command(CHLOE, "/cs log call Agreed on the go-live date", here)
    assert "1 conversation in thirty days" in said
    assert "Say first what it was" in await office.command(CHLOE, "/cs log about the date", here)
    (told,) = await kept(office, Interaction)
    assert (told.kind, told.note, told.deal_id) == ("call", "Agreed on the go-live date", deal.id)
    button = await only_for(office, CHLOE, here, "1 conversation")
    row = await office.offer(here, "Undo it", "cs_undo", told=told.id, what="log")
    await office.press(ADA, row, "Undo it")
    assert "Only whoever told it" in await office.note(ADA)
    await office.press(CHLOE, button, "Undo")
    await only_for(office, CHLOE, here, "as if it was never told")
    (told,) = await kept(office, Interaction)
    assert told.undone_at is not None
    assert told.note == ""
    await office.press(CHLOE, row, "Undo it")
    assert "taken back already" in await office.note(CHLOE)
    await office.command(CHLOE, "/cs log email The guide", here)
    newest = (await kept(office, Interaction))[-1]
    async with office.baton.db.write() as tx:
        at = office.baton.clock() - timedelta(minutes=11)
        await tx.session.execute(update(Interaction).where(Interaction.id == newest.id).values(at=at))
    row = await office.offer(here, "Undo late", "cs_undo", told=newest.id, what="log")
    await office.press(CHLOE, row, "Undo late")
    assert "more than 10 minutes ago" in await office.note(CHLOE)


async def test_elsewhere_the_customer_is_picked_in_a_window(office: Office) -> None:
    deal = await office.deal()
    await office.deal(id="D-2", name="Second", account=AccountFacts("A-2", "Northern <Lights>"))
    assert "You have no open deal" in await office.command(BEN, "/cs log call Hello", GENERAL)
    await office.command(CHLOE, "/cs log meeting About the data", CS)
    view = await office.view(CHLOE)
    assert "Northern" in json.dumps(view)
    assert "About the data" in json.dumps(view)
    option = {"text": {"type": "plain_text", "text": "Fjordbank", "emoji": False}, "value": str(deal.id)}
    customer = {"type": "static_select", "selected_option": option}
    meeting = {"text": {"type": "plain_text", "text": "Meeting", "emoji": False}, "value": "meeting"}
    contact = {"type": "radio_buttons", "selected_option": meeting}
    await office.submit(CHLOE, customer=customer, contact=contact, note="About the data, with Jonas")
    assert "is kept" in json.dumps(await office.view(CHLOE))
    (told,) = await kept(office, Interaction)
    assert (told.kind, told.note, told.deal_id) == ("meeting", "About the data, with Jonas", deal.id)
    await office.press_in_view(CHLOE, "Undo")
    assert "as if it was never told" in await office.note(CHLOE)
    assert (await kept(office, Interaction))[0].undone_at is not None


async def test_a_win_is_told_to_the_team_and_taken_back(office: Office) -> None:
    deal = await office.deal()
    said = await office.command(CHLOE, "/cs wow Closed the month in *two* days & <!channel>", deal.channel.id)
    assert "hears of it" in said
    told = await office.said(CS, "customer_win")
    text = json.dumps(told, ensure_ascii=False)
    assert "&lt;!channel&gt;" in text
    assert "<!channel>" not in text
    await office.press(MEI, told, "Undo")
    assert "Only whoever told it" in await office.note(MEI)
    await office.press(CHLOE, told, "Undo")
    gone = await office.said(CS, "customer_win", "taken back")
    assert "two" not in json.dumps(gone["blocks"])
    (win,) = await kept(office, Win)
    assert win.note == ""
    audited = await office.audited()
    assert {"win_told", "win_taken_back"} <= set(audited)
