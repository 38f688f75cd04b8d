"""What happens in the workspace: people come, change and go, channels are renamed and archived."""

import json

from handlers import outbox
from handlers.workspace_events import WorkspaceEvents
from storage import people
from tests.handlers.office import ADA, CHLOE, CS, EVA, FELIX, Office


async def test_a_guest_in_the_channel_takes_the_confidential_parts_out_of_it(office: Office) -> None:
    deal = await office.handed_in(await office.deal(), concerns="They fear the price.")
    services = office.baton.services
    async with services.db.write() as tx:
        brief = outbox.notice(deal.id, "handoff_submitted", f"deal:{deal.id}:brief", services.clock())
        await outbox.say(services, tx, brief)
    assert "They fear the price." in json.dumps(await office.said(deal.channel.id, "handoff_submitted"))
    channels = office.sandbox.core.channels
    channels.add(channels.all[deal.channel.id], FELIX, EVA)
    told = await office.said(deal.channel.id, "outsiders_came")
    assert f"<@{FELIX}>" in told["text"]

    async def withdrawn() -> bool:
        return "They fear" not in json.dumps(await office.messages(deal.channel.id))

    await office.until(withdrawn)
    for reader in (ADA, CHLOE):
        assert "They fear the price." in json.dumps(await office.said_to(reader, "handoff_confidential"))
    assert (await office.picture(deal.id)).channel.outsiders
    await office.ui("leave", user=FELIX, channel=deal.channel.id)

    async def back() -> bool:
        return "They fear" in json.dumps(await office.messages(deal.channel.id, "handoff_submitted"))

    await office.until(back)
    assert not (await office.picture(deal.id)).channel.outsiders


async def test_a_colleague_in_the_channel_changes_nothing(office: Office) -> None:
    deal = await office.deal()
    await office.ui("invite", user=ADA, channel=deal.channel.id, users=["U02BENCART"])
    await office.command(ADA, "/baton")
    assert not (await office.picture(deal.id)).channel.outsiders


async def test_a_channel_archived_by_hand_is_told_of(office: Office) -> None:
    deal = await office.deal()
    await office.ui("archive", user=ADA, channel=deal.channel.id)
    told = await office.said(CS, "channel_archived")
    assert f"<@{ADA}> archived" in told["text"]
    assert "/deal close" in told["text"]


async def test_somebody_who_becomes_a_guest_is_refused_at_once(office: Office) -> None:
    services = office.baton.services
    assert not (await services.people.find(ADA)).facts.is_guest
    user = (await office.baton.web.users_info(user=ADA))["user"]
    assert isinstance(user, dict)
    event = {"type": "user_change", "user": {**user, "is_restricted": True}}
    await WorkspaceEvents(services).on_person(event)
    assert (await services.people.find(ADA)).facts.is_guest
    async with services.db.read() as session:
        person = await people.by_slack_id(session, services.people.workspace_id, ADA)
    assert person is not None
    assert person.is_guest
    assert "only for members" in await office.command(ADA, "/deal")


async def test_a_renamed_channel_is_followed(office: Office) -> None:
    deal = await office.deal()
    rooms, channels = office.sandbox.core.rooms, office.sandbox.core.channels
    rooms.rename(channels.all[deal.channel.id], "deal-fjordbank-2027", ADA)

    async def followed() -> bool:
        return (await office.picture(deal.id)).channel.name == "deal-fjordbank-2027"

    assert await office.until(followed)


async def test_a_member_of_the_channel_who_becomes_a_guest_is_noticed(office: Office) -> None:
    deal = await office.deal()
    office.sandbox.core.world.people[CHLOE].is_restricted = True
    user = (await office.baton.web.users_info(user=CHLOE))["user"]
    assert isinstance(user, dict)
    await office.baton.services.people.find(CHLOE)
    await WorkspaceEvents(office.baton.services).on_person({"type": "user_change", "user": user})

    async def noticed() -> bool:
        return (await office.picture(deal.id)).channel.outsiders

    assert await office.until(noticed)
