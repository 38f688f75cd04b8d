"""Where Baton was taken away nothing is said; after thirty days everything is erased, unless it came back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from scheduler.absence import AGAIN_S
from scheduler.slack import SlackLaterError
from storage import absence, notices, people
from storage.due import MORNING_KIND
from storage.erasure_models import Erasure
from storage.models import Deal, Workspace
from storage.plan_models import Due
from tests.scheduler.desk import Desk
from tests.scheduler.mornings import ticker
from tests.storage.everything import everything, fill


async def take_away(desk: Desk) -> bool:
    async with desk.db.write() as tx:
        return await absence.took_away(tx.session, desk.workspace, desk.clock())


async def come_back(desk: Desk) -> None:
    async with desk.db.write() as tx:
        found = await people.ensure_workspace(
            tx.session, desk.slack.core.world.team.id, "Northwind", "U00BOT0001", desk.clock()
        )
    assert found == desk.workspace


async def test_nothing_is_said_until_it_comes_back(any_desk: Desk) -> None:
    desk = any_desk
    engine = desk.engine()
    await desk.won()
    assert await take_away(desk)
    assert not await take_away(desk), "both events tell of it"
    await engine.drain()
    assert await desk.calls() == []
    waiting = await desk.notices()
    assert {(one.state, one.why) for one in waiting} == {(notices.PENDING, absence.WHY)}
    desk.pass_time(AGAIN_S / 2)
    await come_back(desk)
    await desk.deliver(desk.engine())
    assert await desk.messages(kind="deal_opened")
    async with desk.db.read() as session:
        assert (await session.get_one(Workspace, desk.workspace)).gone_at is None
        assert (await session.scalars(select(Due).where(Due.kind == absence.KIND))).all() == []


async def test_the_clock_waits_where_it_is_gone_and_goes_on_when_it_is_back(any_desk: Desk) -> None:
    desk = any_desk
    await desk.opened()
    tick = ticker(desk)
    await tick.gather()
    await take_away(desk)
    said = len(await desk.notices())
    for _ in range(3):
        desk.pass_time(timedelta(days=5).total_seconds())
        await tick.gather()
        assert await tick.tick() == 0
    assert len(await desk.notices()) == said
    await come_back(desk)
    assert await tick.tick() > 0
    mornings = [one for one in await desk.notices() if one.key.startswith(f"{MORNING_KIND}:")]
    assert len({(one.audience, one.key) for one in mornings}) == len({one.audience for one in mornings})


async def test_after_thirty_days_everything_is_erased(any_desk: Desk) -> None:
    desk = any_desk
    await desk.opened()
    async with desk.db.write() as tx:
        await fill(tx.session, desk.workspace, "Fjordbank")
        other = await people.ensure_workspace(tx.session, "T2", "Other", "UBOT2", desk.clock())
        await fill(tx.session, other, "Fjordbank")
    kept = await everything(desk.db, other)
    await take_away(desk)
    tick = ticker(desk)
    desk.pass_time(timedelta(days=29).total_seconds())
    await tick.tick()
    async with desk.db.read() as session:
        assert (await session.scalars(select(func.count()).select_from(Deal))).one() == 3
    desk.pass_time(timedelta(days=3).total_seconds())
    async with desk.db.write() as tx:
        # What is due in the other workspace is not what this is about.
        await tx.session.execute(Due.__table__.delete().where(Due.workspace_id == other))
    kept.pop("due")
    await tick.tick()
    left = await everything(desk.db, desk.workspace)
    assert {name for name, rows in left.items() if rows} == {"erasure"}
    after = await everything(desk.db, other)
    after.pop("due")
    assert after == kept
    async with desk.db.read() as session:
        row = await session.get_one(Workspace, desk.workspace)
        erasure = (await session.scalars(select(Erasure).where(Erasure.workspace_id == desk.workspace))).one()
    assert (row.name, row.bot_user_id) == ("", "")
    assert erasure.counts["deleted"]["deal"] == 2
    await come_back(desk)
    assert (await desk.opened(id="D-9")).channel.id, "it begins anew"


async def test_a_revoked_token_waits_and_holds_nobody(desk: Desk) -> None:
    client = desk.client()
    assert (await desk.slack.post("install", {"installed": False}))["installed"] is False
    with pytest.raises(SlackLaterError, match="taken away") as caught:
        await client.call("chat.postMessage", channel="C00GENERAL", text="Hello")
    assert caught.value.seconds == AGAIN_S
    assert client.pacer.held("chat.postMessage") == 0
