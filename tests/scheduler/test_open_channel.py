"""One deal, one channel: whatever crashes, whoever was quicker, whoever is missing."""

import asyncio

import pytest
from sqlalchemy import update

from domain.channel import channel_name
from scheduler.delivery import Done
from scheduler.errands.channel import open_channel
from scheduler.slack import Slack
from storage import claims, notices, people
from storage.claims import Claims, Open
from storage.models import Deal, Workspace
from storage.notices import ClaimedNotice
from tests.scheduler.desk import ADA, CHLOE, CS, EVA, Desk, facts, twice

CALLS = 10
"""More than opening a channel takes."""


class Dying(Slack):
    """A process that is killed when Slack has carried out its n-th call."""

    left = 0

    async def call_now(self, method: str, **arguments: object) -> dict[str, object]:
        answer = await super().call_now(method, **arguments)
        self.left -= 1
        if self.left == 0:
            raise asyncio.CancelledError
        return answer


async def claimed(desk: Desk) -> ClaimedNotice:
    async with desk.db.write() as tx:
        due = await Claims(["open_channel"]).due(tx.session, desk.clock(), Open(posts=False, edits=False), 1)
        (notice,) = await claims.claim(tx.session, [one.id for one in due], desk.clock(), desk.wall())
    return notice


async def people_known(desk: Desk) -> None:
    """What `sync` does at the start: the workspace's members are in the database."""
    await desk.opened(id="D-0", customer="First")


async def assert_whole(desk: Desk, number: int) -> None:
    """Everything the deal's channel has to have, once."""
    picture = await desk.picture(number)
    named = [
        one for one in await desk.channels() if one["name"].startswith(channel_name(picture.facts.account.name, ""))
    ]
    assert [one["id"] for one in named] == [picture.channel.id]
    (channel,) = named
    assert {ADA, CHLOE, EVA} <= set(channel["members"])
    assert "Chloé" in channel["topic"]["value"]
    listed = await desk.slack.api("bookmarks.list", json={"channel_id": picture.channel.id})
    assert [one["link"] for one in listed["bookmarks"]] == [picture.facts.crm_url]
    said = [f"deal:{number}:{what}" for what in ("card", "requested", "plan")]
    assert await desk.keys(picture.channel.id) == said
    assert (await desk.keys(CS)).count(f"deal:{number}:announced") == 1
    assert len(desk.slack.core.channels.all[picture.channel.id].pins) == 1
    assert picture.state == "open"


async def test_a_crash_after_any_call_leaves_one_channel_one_card_one_announcement(desk: Desk) -> None:
    died = 0
    for n in range(1, CALLS + 1):
        recorded = await desk.won(id=f"D-{n}", customer=f"Customer {n:03d}", owner_email="ada@northwind.example")
        slack = desk.client(kind=Dying)
        slack.left = n
        notice = await claimed(desk)
        try:
            await open_channel(desk.place(slack), notice)
        except asyncio.CancelledError:
            died += 1
        desk.pass_time(60)
        await desk.deliver()
        await assert_whole(desk, recorded.deal_id)
    assert died >= 4
    assert twice(await desk.keys()) == []


@pytest.mark.parametrize("fault", ["close_after", "close_before", "500", "429", "malformed"])
async def test_an_answer_lost_at_any_call_leaves_one_channel(desk: Desk, fault: str) -> None:
    methods = (
        *("users.lookupByEmail", "users.info", "conversations.create", "conversations.setTopic"),
        *("conversations.invite", "bookmarks.add", "bookmarks.list", "conversations.list", "pins.add"),
    )
    for n, method in enumerate(methods, 1):
        recorded = await desk.won(id=f"D-{n}", customer=f"Customer {n:03d}")
        await desk.fault(method, fault)
        await desk.deliver()
        await desk.slack.session.delete(f"{desk.slack.url}_sandbox/faults")
        await assert_whole(desk, recorded.deal_id)


async def test_a_name_in_use_gets_a_number(desk: Desk) -> None:
    await desk.slack.api("conversations.create", json={"name": "deal-fjordbank"})
    await desk.slack.api("conversations.create", json={"name": "deal-fjordbank-2", "is_private": True})
    async with desk.db.write() as tx:
        await tx.session.execute(update(Workspace).values(bot_user_id="U0SOMEBODY"))
    picture = await desk.opened()
    assert picture.channel.name == "deal-fjordbank-3"
    second = await desk.opened(id="D-2")
    assert second.channel.name == "deal-fjordbank-4"


async def test_a_name_refused_after_the_customer_was_renamed(desk: Desk) -> None:
    """The name written down before a crash is not among those of the new name: once this searched for ever."""
    recorded = await desk.won(customer="New name")
    async with desk.db.write() as tx:
        await tx.session.execute(update(Deal).values(channel_name="deal-old-name"))
        await tx.session.execute(update(Workspace).values(bot_user_id="U0SOMEBODY"))
    await desk.slack.api("conversations.create", json={"name": "deal-old-name"})
    async with asyncio.timeout(20):
        await desk.deliver()
    assert (await desk.picture(recorded.deal_id)).channel.name == "deal-new-name"


@pytest.mark.parametrize(
    ("customer", "named"),
    [("🎉🎉", "deal-d-1"), ("<!channel> & Søn", "deal-channel-søn"), ("株式会社", "deal-株式会社")],
)
async def test_names_of_any_kind(desk: Desk, customer: str, named: str) -> None:
    assert (await desk.opened(customer=customer)).channel.name == named


async def test_two_deliveries_of_one_deal_at_once_make_one_channel(any_desk: Desk) -> None:
    await asyncio.gather(*(any_desk.won() for _ in range(8)))
    await any_desk.deliver()
    assert len(await any_desk.channels()) == 1
    assert twice(await any_desk.keys()) == []


async def test_two_deals_of_one_customer_at_once_get_two_names(any_desk: Desk) -> None:
    for n in range(6):
        await any_desk.won(id=f"D-{n}")
    await any_desk.deliver()
    named = sorted(one["name"] for one in await any_desk.channels())
    assert named == ["deal-fjordbank", *(f"deal-fjordbank-{n}" for n in range(2, 7))]


async def test_an_unknown_seller_stops_nothing_and_is_told(desk: Desk) -> None:
    picture = await desk.opened(owner_email="nobody@northwind.example")
    assert picture.ae is None
    assert await desk.keys(picture.channel.id) == ["deal:1:card", "deal:1:requested", "deal:1:plan"]
    (told,) = await desk.messages(CS, "deal_announced")
    assert "nobody@northwind.example" in str(told)


@pytest.mark.parametrize("email", ["felix@northwind.example", "greta@fjordbank.example", "not an address", "x" * 254])
async def test_a_guest_a_stranger_or_nonsense_is_no_seller(desk: Desk, email: str) -> None:
    picture = await desk.opened(owner_email=email)
    assert picture.ae is None
    (channel,) = await desk.channels()
    assert set(channel["members"]) == {"U00BOT0001", CHLOE, EVA}


async def test_a_csm_who_is_not_in_slack_is_replaced_by_the_rule(desk: Desk) -> None:
    await people_known(desk)
    async with desk.db.write() as tx:
        chloe = await people.by_slack_id(tx.session, desk.workspace, CHLOE)
        assert chloe is not None
        await people.set_csm(tx.session, desk.workspace, chloe.id)
    picture = await desk.opened(csm_email="gone@northwind.example")
    assert picture.csm is not None
    assert picture.csm.slack_id == CHLOE
    assert picture.csm_why.startswith("gone@northwind.example is not in Slack.")


async def test_opening_again_changes_nothing(desk: Desk) -> None:
    picture = await desk.opened()
    before = len(await desk.calls())
    notice = await desk.notice("deal:1:channel")
    async with desk.db.write() as tx:
        await notices.bump(tx.session, desk.workspace, [notice.key], desk.clock())
    assert isinstance(await open_channel(desk.place(), await claimed(desk)), Done)
    again = [call["method"] for call in (await desk.calls())[before:]]
    assert set(again) <= {"conversations.invite"}, "members are the only thing Baton does not remember"
    assert (await desk.picture(1)) == picture


async def test_a_bookmark_somebody_removed_is_made_again(desk: Desk) -> None:
    picture = await desk.opened()
    where = {"channel_id": picture.channel.id}
    (mark,) = (await desk.slack.api("bookmarks.list", json=where))["bookmarks"]
    await desk.slack.api("bookmarks.remove", json={**where, "bookmark_id": mark["id"]})
    await desk.won(crm_url="https://crm.example/deals/other")
    await desk.deliver()
    listed = (await desk.slack.api("bookmarks.list", json=where))["bookmarks"]
    assert [one["link"] for one in listed] == ["https://crm.example/deals/other"]


async def test_a_bookmark_follows_the_address(desk: Desk) -> None:
    picture = await desk.opened()
    await desk.won(crm_url="https://crm.example/deals/other", name="Another name")
    await desk.deliver()
    listed = (await desk.slack.api("bookmarks.list", json={"channel_id": picture.channel.id}))["bookmarks"]
    assert [one["link"] for one in listed] == ["https://crm.example/deals/other"]
    assert facts().crm_url != listed[0]["link"]
