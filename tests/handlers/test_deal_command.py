"""``/deal`` typed by people in a local Slack."""

import json

import pytest

from domain.deals import DealState
from tests.handlers.office import ADA, BEN, CHLOE, CS, DANIEL, EVA, FELIX, GRETA, Office, picked


async def test_the_card_and_the_announcement_of_a_deal_won(office: Office) -> None:
    deal = await office.deal()
    card = await office.said(deal.channel.id, "deal_opened")
    assert "They called twice &amp; asked for &lt;SSO&gt;." in json.dumps(card)
    announced = await office.said(CS, "deal_announced")
    assert f"<#{deal.channel.id}" in json.dumps(announced)


async def test_deal_in_its_channel_shows_the_card_to_the_asker_alone(office: Office) -> None:
    deal = await office.deal()
    shown = await office.command(CHLOE, "/deal", deal.channel.id)
    assert "Fjordbank Pro" in shown
    assert "48,000 EUR" in shown


async def test_deal_elsewhere_finds_by_name_and_lists_several(office: Office) -> None:
    first = await office.deal()
    second = await office.deal(id="D-101", name="Fjordbank Extra")
    shown = await office.command(ADA, "/deal  FJORDBANK ")
    assert f"<#{first.channel.id}" in shown
    assert f"<#{second.channel.id}" in shown
    assert "48,000 EUR" in await office.command(ADA, "/deal extra")
    assert "No deal found for “acme &amp; sons”" in await office.command(ADA, "/deal acme & sons")


async def test_somebody_not_on_the_deal_learns_only_where_it_is(office: Office) -> None:
    await office.deal()
    shown = await office.command(BEN, "/deal fjordbank")
    assert "Fjordbank Pro" in shown
    assert "48,000" not in shown


async def test_a_word_nobody_knows_gets_the_nearest_and_the_help(office: Office) -> None:
    assert "Did you mean `/deal assign`?" in await office.command(ADA, "/deal asign")
    assert "/deal won" in await office.command(ADA, "/deal HELP")


@pytest.mark.parametrize("user", [FELIX, GRETA])
@pytest.mark.parametrize("text", ["/deal fjordbank", "/handoff", "/baton status"])
async def test_outsiders_are_refused_and_told_nothing(office: Office, user: str, text: str) -> None:
    await office.deal()
    answer = await office.command(user, text, "C00EXTFJOR")
    assert "only for members" in answer
    assert "Fjordbank Pro" not in answer
    assert await office.views(user) == []


async def test_recording_a_deal_by_hand(office: Office) -> None:
    await office.command(ADA, "/deal won")
    answer = await office.submit(
        ADA,
        account="Zuiderzee <Logistics> & Co",
        name="Pilot",
        owner=picked(ADA),
        csm=picked(DANIEL),
        closed_at="yesterday",
        amount="12 500,50",
        currency="eur",
        products="Core\nAnalytics",
        notes="Long story.",
    )
    assert answer["ok"], answer
    assert await office.views(ADA) == []
    announced = await office.said(CS, "deal_announced", "Zuiderzee")
    text = json.dumps(announced, ensure_ascii=False)
    assert "12,500.50 EUR" in text
    assert "Core, Analytics" in text
    assert f"<@{DANIEL}>" in text
    assert "Named by" in text
    assert "deal_won" in await office.audited()


async def test_sending_the_form_twice_makes_one_deal(office: Office) -> None:
    await office.command(ADA, "/deal won")
    view = await office.view(ADA)
    filled = {"account": "Acme", "name": "One", "closed_at": "today"}
    values = {name: {name: {"type": "plain_text_input", "value": value}} for name, value in filled.items()}
    values["owner"] = {"owner": picked(ADA)}
    for _ in range(2):
        await office.ui("submit", user=ADA, view_id=view["id"], values=values)
    assert (await office.audited()).count("deal_won") == 1


async def test_what_is_wrong_stands_beside_its_field(office: Office) -> None:
    await office.command(ADA, "/deal won")
    answer = await office.submit(
        ADA, account="Acme", name="x", owner=picked(FELIX), closed_at="in 3 days", amount="lots", currency="1"
    )
    assert set(answer["errors"]) == {"owner", "closed_at", "amount", "currency"}
    assert "closed today or earlier" in answer["errors"]["closed_at"]
    assert await office.views(ADA) != []


async def test_a_colleague_recorded_as_seller_is_told_of_in_a_note(office: Office) -> None:
    await office.command(ADA, "/deal won")
    await office.submit(ADA, account="Acme", name="One", owner=picked(BEN), closed_at="today")
    assert "Ben Carter is asked for the handoff" in await office.note(ADA)


async def test_assigning_another_csm(office: Office) -> None:
    await office.make_csm(CHLOE, DANIEL)
    deal = await office.deal()
    answer = await office.command(ADA, f"/deal assign <@{DANIEL}>", deal.channel.id)
    assert "Daniel Lim is now the CSM of Fjordbank" in answer
    assert f"<@{CHLOE}>" in (await office.said(deal.channel.id, "csm_assigned"))["text"]
    assert "made you the CSM" in (await office.said_to(DANIEL, "csm_assigned"))["text"]
    assert (await office.picture(deal.id)).csm_why == "Named by Ada Lindqvist."
    again = await office.command(ADA, f"/deal assign <@{DANIEL}>", deal.channel.id)
    assert "is the CSM of this deal already" in again


async def test_who_is_no_csm_is_offered_to_the_lead_and_refused_to_others(office: Office) -> None:
    deal = await office.deal()
    assert "Ben Carter is not a CSM." in await office.command(ADA, f"/deal assign <@{BEN}>", deal.channel.id)
    await office.command(EVA, f"/deal assign <@{BEN}>", deal.channel.id)
    assert (await office.submit(EVA))["ok"]
    await office.said(deal.channel.id, "csm_assigned")
    assert BEN in await office.csms()


async def test_assigning_by_the_cards_button(office: Office) -> None:
    await office.make_csm(CHLOE, DANIEL)
    deal = await office.deal()
    await office.press(CHLOE, await office.said(deal.channel.id, "deal_opened"), "Change CSM")
    assert "csm" in (await office.submit(CHLOE, csm=picked(FELIX)))["errors"]
    assert (await office.submit(CHLOE, csm=picked(DANIEL)))["ok"]
    assert (await office.picture(deal.id)).csm is not None
    await office.said_to(DANIEL, "csm_assigned")


async def test_a_stranger_to_the_deal_can_not_assign_or_close(office: Office) -> None:
    deal = await office.deal()
    await office.ui("invite", user=ADA, channel=deal.channel.id, users=[BEN])
    await office.press(BEN, await office.said(deal.channel.id, "deal_opened"), "Change CSM")
    assert "Only the seller, the CSM" in await office.note(BEN)


async def test_closing_a_deal_archives_its_channel_after_the_last_word(office: Office) -> None:
    deal = await office.deal()
    await office.command(CHLOE, "/deal close", deal.channel.id)
    assert (await office.submit(CHLOE))["ok"]
    await office.said(deal.channel.id, "deal_closed")

    async def archived() -> bool:
        state = await office.get("state")
        return any(one["id"] == deal.channel.id and one["is_archived"] for one in state["channels"])

    await office.until(archived)
    assert (await office.picture(deal.id)).state is DealState.CLOSED
    await office.said(CS, "deal_announced", "is finished")
    assert not await office.messages(CS, "channel_archived")


async def test_commands_about_a_deal_outside_its_channel_say_what_to_do(office: Office) -> None:
    for text in ("/deal assign", "/deal close", "/handoff status", "/handoff accept", "/handoff promises"):
        assert "This channel belongs to no deal" in await office.command(CHLOE, text)
