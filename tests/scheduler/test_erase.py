"""What was erased goes from Slack as well: through the engine, over restarts, and said plainly where Slack refuses."""

import json
from typing import Any, get_type_hints

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.erase import Report, erase_all
from domain.handoff import Answers, HandoffState
from domain.handoff_lists import Stakeholder
from domain.picture import DealPicture
from handlers import outbox
from handlers.plan_making import plan_key
from messages.catalog import BUILDERS
from messages.say import Message
from scheduler.slack import Slack, SlackLaterError
from storage import erase_targets, handoffs, notices, people
from storage.erase_messages import LIVING
from storage.erase_targets import Target
from storage.home_models import Home
from storage.models import Deal
from storage.notices import NewNotice
from tests.scheduler.desk import ADA, CHLOE, CS, Desk

NINA = "Nina Weiss"


class BusyAfterTwo(Slack):
    """Slack that asks to wait at the third message that is to go."""

    seen = 0

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        if method == "chat.delete":
            self.seen += 1
            if self.seen > 2:
                raise SlackLaterError(method, 30, "Slack asked to wait")
        return await super().call(method, **arguments)


async def erased(desk: Desk, *, account: str = "", person: str = "") -> Report:
    async def find(session: AsyncSession) -> Target | None:
        if account:
            return await erase_targets.account(session, desk.workspace, account, ())
        return await erase_targets.person(session, desk.workspace, person, ())

    report = await erase_all(desk.db, desk.workspace, find, desk.clock, apply=True)
    assert report is not None
    return report


async def told(desk: Desk, **deal: str) -> DealPicture:
    """A deal with its channel, a handoff that names Nina, a digest for Chloé, and all of it in Slack."""
    picture = await desk.opened(**deal)
    assert picture.handoff is not None
    contact = Stakeholder(id="s1", name=NINA, role="CFO", contact="nina@fjord.example")
    answers = Answers(problem="Slow logins.", notes=f"Call {NINA} first.", stakeholders=(contact,))
    services = desk.services()
    async with desk.db.write() as tx:
        ada = await people.by_slack_id(tx.session, desk.workspace, ADA)
        assert ada is not None
        await handoffs.submit(
            tx.session,
            picture.handoff.id,
            picture.id,
            based_on=0,
            was=picture.handoff.state,
            before=Answers(),
            state=HandoffState.SUBMITTED,
            answers=answers,
            score=40,
            author_id=ada.id,
            now=desk.clock(),
        )
        brief = outbox.notice(picture.id, "handoff_submitted", f"deal:{picture.id}:brief", desk.clock())
        await outbox.say(services, tx, brief)
    picture = await desk.picture(picture.id)
    async with desk.db.write() as tx:
        await outbox.redraw_deal(services, tx, picture, plan_key(picture.id))
        facts = {
            "name": picture.facts.account.name,
            "counted": "logins",
            "named": "Logins",
            "alt": "A line",
            "file": "",
        }
        asked = NewNotice(f"asked:{picture.id}", "usage_asked", "asked", f"person:{CHLOE}", desk.clock(), facts=facts)
        await outbox.say(services, tx, asked)
    await desk.deliver()
    return picture


async def said(desk: Desk, channel: str | None = None) -> list[dict[str, Any]]:
    """Messages of Baton that are still there."""
    return [one for one in await desk.messages(channel) if not one["deleted"]]


async def shown(desk: Desk) -> str:
    """All that Slack shows of Baton: messages, canvases, channels."""
    state = await desk.slack.get("state")
    every: list[Any] = [await said(desk), state["canvases"]]
    every += [[one["name"], one["topic"]["value"], one["purpose"]["value"]] for one in await desk.channels()]
    return json.dumps(every, ensure_ascii=False)


def test_what_is_edited_always_says_something() -> None:
    """A builder that may say nothing would leave the old text in Slack; these do so only for what is not there."""
    gone = {"plan", "question_asked", "handoff_submitted"}
    for kind in LIVING - gone:
        assert get_type_hints(BUILDERS[kind])["return"] is Message, kind


async def test_a_customer_goes_from_slack(any_desk: Desk) -> None:
    desk = any_desk
    picture = await told(desk)
    other = await told(desk, id="D-2", customer="Lindgren", name="Lindgren Start")
    before = await desk.keys(other.channel.id)
    assert "Fjordbank" in await shown(desk)
    assert "Fjordbank" in json.dumps(await desk.messages(CS))
    async with desk.db.write() as tx:
        chloe = await people.by_slack_id(tx.session, desk.workspace, CHLOE)
        assert chloe is not None
        tx.session.add(
            Home(person_id=chloe.id, workspace_id=desk.workspace, tab="csm", looking={}, seen_at=desk.clock())
        )
    report = await erased(desk, account="A-1")
    assert "Fjordbank" in await shown(desk), "the running bot does it"
    await desk.deliver()
    left = await shown(desk)
    assert "Fjordbank" not in left
    assert "fjordbank" not in left
    assert await said(desk, picture.channel.id) == []
    assert len(report.rounds[0].in_slack.canvases) == 1
    assert "Open this page again" in json.dumps((await desk.slack.get("state"))["homes"][CHLOE])
    channels = {one["id"]: one for one in (await desk.slack.get("state"))["channels"]}
    gone = channels[picture.channel.id]
    assert (gone["name"], gone["is_archived"]) == (f"deal-erased-{picture.id}", True)
    assert await desk.keys(other.channel.id) == before
    assert "Lindgren" in left


async def test_one_of_a_customers_people_goes_and_the_rest_stays(desk: Desk) -> None:
    picture = await told(desk)
    assert NINA in await shown(desk)
    report = await erased(desk, person="nina@fjord.example")
    assert report.rounds[0].edited
    await desk.deliver()
    left = await shown(desk)
    assert NINA not in left
    assert "nina@fjord.example" not in left
    assert "Slow logins." in left
    assert "deal_opened" in json.dumps(await desk.messages(picture.channel.id))


async def test_a_restart_goes_on_where_it_was(desk: Desk) -> None:
    await told(desk)
    await erased(desk, account="A-1")
    errand = next(one for one in await desk.notices("erase_in_slack") if "messages" in one.facts)
    wanted = len(errand.facts["messages"])
    assert wanted > 4
    await desk.engine(desk.place(desk.client(kind=BusyAfterTwo))).drain()
    rest = (await desk.notice(errand.key)).facts["messages"]
    assert len(rest) == wanted - 2
    desk.pass_time(60)
    await desk.deliver(desk.engine())
    assert (await desk.notice(errand.key)).state == notices.SENT
    assert "Fjordbank" not in await shown(desk)


async def test_an_archived_channel_is_said_and_tried_again(desk: Desk) -> None:
    picture = await told(desk)
    client = desk.client()
    await client.call("conversations.archive", channel=picture.channel.id)
    await erased(desk, account="A-1")
    await desk.deliver()
    (errand,) = [one for one in await desk.notices("erase_in_slack") if one.state == notices.DEAD]
    assert "is_archived" in errand.why
    assert "Unarchive the channel, invite Baton, and send this again" in errand.why
    async with desk.db.read() as session:
        assert (await session.scalars(select(func.count()).select_from(Deal))).one() == 0


async def test_erasing_somebody_edits_what_names_them(desk: Desk) -> None:
    picture = await told(desk)
    assert ADA in json.dumps(await desk.messages(picture.channel.id, "deal_opened"))
    await erased(desk, person=ADA)
    await desk.deliver()
    left = await shown(desk)
    assert ADA not in left
