"""More people can read a deal's channel, or fewer again: what only seller, CSM and lead may read follows."""

import json
from collections.abc import AsyncGenerator

import pytest_asyncio

from domain.picture import DealPicture
from handlers.channel_events import ChannelEvents
from tests.handlers.office import ADA, BEN, CHLOE, EVA, FELIX, Office, open_office


@pytest_asyncio.fixture
async def office(sqlite_url: str) -> AsyncGenerator[Office]:
    """Baton by the local Slack's clock."""
    async with open_office(sqlite_url, follow_clock=True) as opened:
        yield opened


async def _handed_in(office: Office) -> DealPicture:
    """A deal whose brief with its confidential parts stands in the channel, and a second version under it."""
    deal = await office.deal()
    for concerns in ("They fear the price.", "They fear the price and the date."):
        await office.command(ADA, "/handoff", deal.channel.id)
        await office.submit(ADA, concerns=concerns, problem="Logins are slow.", success_metrics="Logins: 20 -> 60")
    assert "fear the price" in json.dumps(await office.said(deal.channel.id, "handoff_version"))
    return await office.picture(deal.id)


async def _withdrawn(office: Office, deal: DealPicture) -> None:
    """Nothing in the channel shows them, and seller and CSM know why and have them in person."""

    async def gone() -> bool:
        return "They fear" not in json.dumps(await office.messages(deal.channel.id))

    await office.until(gone)
    for reader in (ADA, CHLOE):
        assert "They fear the price and the date." in json.dumps(await office.said_to(reader, "handoff_confidential"))
        assert "were taken out of the channel" in (await office.said_to(reader, "confidential_withdrawn"))["text"]
    assert "They fear" not in json.dumps(await office.get("state"))


async def _back(office: Office, deal: DealPicture) -> None:
    async def back() -> bool:
        return "They fear" in json.dumps(await office.messages(deal.channel.id, "handoff_submitted"))

    await office.until(back)


async def test_a_channel_shared_with_another_company_loses_the_confidential_parts(office: Office) -> None:
    deal = await _handed_in(office)
    share = {"channel": deal.channel.id, "team": "T09CUSTOME"}
    await office.control("share", **share, shared=True)
    assert "Another company" in (await office.said(deal.channel.id, "outsiders_came"))["text"]
    await _withdrawn(office, deal)
    await office.control("share", **share, shared=False)
    await _back(office, deal)


async def test_a_channel_made_public_loses_them_within_minutes(office: Office) -> None:
    deal = await _handed_in(office)
    await office.control("convert", channel=deal.channel.id, user=EVA, private=False)
    # Slack says nothing to Baton; the clock looks every ten minutes.
    await office.later(minutes=11)
    assert "Every member" in (await office.said(deal.channel.id, "outsiders_came"))["text"]
    await _withdrawn(office, deal)
    assert not (await office.picture(deal.id)).channel.private
    await office.control("convert", channel=deal.channel.id, user=EVA, private=True)
    await office.later(minutes=11)
    await _back(office, deal)


async def test_what_slack_told_while_baton_was_away_is_found_the_next_night(office: Office) -> None:
    deal = await _handed_in(office)
    await office.later(minutes=11)
    channel = office.sandbox.core.channels.all[deal.channel.id]
    channel.members.append(FELIX)
    await office.later(days=1)
    await _withdrawn(office, deal)


async def test_a_member_who_becomes_a_guest_takes_them_out(office: Office) -> None:
    deal = await _handed_in(office)
    await office.ui("invite", user=ADA, channel=deal.channel.id, users=[BEN])
    await office.baton.services.people.find(BEN)
    await office.control("people", user=BEN, is_ultra_restricted=True)
    await _withdrawn(office, deal)
    assert "only for members" in await office.command(BEN, "/deal")


async def test_somebody_deactivated_is_refused_and_nobody_new_is_trusted_blindly(office: Office) -> None:
    await office.deal()
    await office.baton.services.people.find(BEN)
    await office.control("people", user=BEN, deleted=True)
    await office.control("people", user="U0NEWGUEST", name="nils", real_name="Nils Ny", is_restricted=True)

    async def known() -> bool:
        find = office.baton.services.people.find
        return (await find(BEN)).facts.is_deleted and (await find("U0NEWGUEST")).facts.is_guest

    assert await office.until(known)


async def test_a_channel_with_another_id_is_the_same_channel(office: Office) -> None:
    deal = await office.deal()
    event = {"type": "channel_id_changed", "old_channel_id": deal.channel.id, "new_channel_id": "C0ANOTHER1"}
    await ChannelEvents(office.baton.services).on_new_id(event)
    assert (await office.picture(deal.id)).channel.id == "C0ANOTHER1"
    assert {one.channel_id for one in await office.notices("deal_opened")} == {"C0ANOTHER1"}
