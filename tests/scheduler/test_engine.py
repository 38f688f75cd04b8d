"""The engine against a local Slack: said once, edited in place, in order, found again after a kill."""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from scheduler.delivery import NotYet, Plan, Say
from scheduler.engine import EmbeddedEngine, EngineLimits
from scheduler.workplace import Workplace
from storage import notices
from storage.models import Notice
from storage.notices import ClaimedNotice, NewNotice
from tests.scheduler.desk import BOT, CS, GENERAL, MEI, Desk, open_desk, twice
from tests.scheduler.test_faults import PlainCourier, plain, plain_engine

ROOT = Path(__file__).parents[2]


async def test_a_deal_won_is_told_once_and_its_card_is_edited_in_place(any_desk: Desk) -> None:
    picture = await any_desk.opened()
    channels = await any_desk.channels()
    assert [channel["name"] for channel in channels] == ["deal-fjordbank"]
    assert await any_desk.keys(picture.channel.id) == ["deal:1:card", "deal:1:requested", "deal:1:plan"]
    assert await any_desk.keys(CS) == ["deal:1:announced"]
    await any_desk.won(name="Fjordbank Enterprise")
    await any_desk.deliver()
    (card,) = await any_desk.messages(picture.channel.id, "deal_opened")
    assert "Fjordbank Enterprise" in str(card["blocks"])
    assert twice(await any_desk.keys()) == []


async def test_every_message_carries_what_it_is(desk: Desk) -> None:
    await desk.opened()
    for message in await desk.messages():
        assert message["metadata"]["event_type"] == "baton_notice"
        assert set(message["metadata"]["event_payload"]) == {"kind", "key"}
        assert message["user"] == BOT


async def test_a_process_killed_between_post_and_mark_posts_nothing_twice(any_desk: Desk) -> None:
    desk = any_desk
    await desk.won()
    url = desk.db.url.render_as_string(hide_password=False).replace("+aiosqlite", "").replace("+psycopg", "")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.scheduler.killed", url, desk.slack.env["SLACK_API_URL"]),
        desk.slack.env["SLACK_BOT_TOKEN"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(30):
        assert await process.wait() == -signal.SIGKILL
    posted = await desk.keys()
    assert posted == ["deal:1:card"]
    assert (await desk.notice("deal:1:card")).state == "sending"
    desk.pass_time(60)
    await desk.deliver()
    assert (await desk.notice("deal:1:card")).why == "found in the history"
    assert twice(await desk.keys()) == []
    assert len(desk.slack.core.channels.all[(await desk.picture(1)).channel.id].pins) == 1


async def test_order_is_kept_in_each_lane_and_lanes_go_side_by_side(any_desk: Desk) -> None:
    desk = any_desk
    engine = await plain_engine(desk)
    for turn in range(6):
        await desk.add(*(plain(desk, f"{lane}:{turn}", lane=lane) for lane in "abcdefgh"))
    await desk.fault("chat.postMessage", "close_after", times=2)
    await desk.fault("chat.postMessage", "500", times=3)
    await desk.deliver(engine)
    said = await desk.keys(CS)
    for lane in "abcdefgh":
        assert [key for key in said if key.startswith(lane)] == [f"{lane}:{turn}" for turn in range(6)]
    assert len(said) == 48
    assert twice(said) == []


async def test_two_engines_at_one_outbox_say_everything_once(any_desk: Desk) -> None:
    desk = any_desk
    first = await plain_engine(desk)
    second = desk.engine(courier=PlainCourier)
    await desk.add(*(plain(desk, f"k:{n}", lane=f"lane:{n % 9}") for n in range(45)))
    await asyncio.gather(first.drain(), second.drain())
    await desk.deliver(first)
    assert sorted(await desk.keys()) == sorted(f"k:{n}" for n in range(45))


async def test_what_is_urgent_overtakes(desk: Desk) -> None:
    await plain_engine(desk)
    engine = desk.engine(courier=PlainCourier, limits=EngineLimits(messages=1))
    await desk.add(*(plain(desk, f"usual:{n}") for n in range(5)), plain(desk, "urgent", priority=1))
    await desk.deliver(engine)
    assert (await desk.keys())[0] == "urgent"


class Slow(PlainCourier):
    """The machine sleeps between claim and post, the first time."""

    def __init__(self, place: Workplace, desk: Desk) -> None:
        super().__init__(place)
        self.desk, self.sleeps = desk, 1

    async def plan(self, notice: ClaimedNotice) -> Plan:
        if self.sleeps:
            self.sleeps -= 1
            self.desk.wall.move(3_600)
        return await super().plan(notice)


async def test_a_process_that_slept_after_its_claim_does_not_post_on_it(desk: Desk) -> None:
    await plain_engine(desk)
    engine = desk.engine(courier=lambda place: Slow(place, desk))
    (number,) = await desk.add(plain(desk))
    assert await engine.step()
    await asyncio.wait(engine._in_hand.values())  # pyright: ignore[reportPrivateUsage]
    assert await desk.calls("chat.postMessage") == []
    notice = await desk.notice("k:1")
    assert (notice.id, notice.state, notice.why) == (number, "pending", "the claim grew old before the post")
    await desk.deliver(engine)
    assert await desk.keys() == ["k:1"]


async def test_what_was_decided_before_the_clock_was_moved_is_decided_again(desk: Desk) -> None:
    class Moving(PlainCourier):
        """Somebody moves the clock out of the reader's hours between the decision and the post."""

        async def plan(self, notice: ClaimedNotice) -> Plan:
            if desk.clock() >= closes:
                return NotYet(opens, "outside working hours", holds_lane=False)
            plan = await super().plan(notice)
            desk.slack.core.world.clock.move(7_200)
            return plan

    await plain_engine(desk)
    closes, opens = desk.clock() + timedelta(hours=1), desk.clock() + timedelta(hours=12)
    await desk.add(plain(desk))
    await desk.engine(courier=Moving).drain()
    assert await desk.calls("chat.postMessage") == []
    notice = await desk.notice("k:1")
    assert (notice.state, notice.why, notice.not_before) == ("pending", "outside working hours", opens)


async def test_a_change_while_it_is_posted_is_shown_by_an_edit(desk: Desk) -> None:
    class Changing(PlainCourier):
        async def plan(self, notice: ClaimedNotice) -> Plan:
            plan = await super().plan(notice)
            if notice.revision == 1:
                await desk.bump(notice.key)
            return plan

    await plain_engine(desk)
    await desk.add(plain(desk))
    await desk.deliver(desk.engine(courier=Changing))
    (message,) = await desk.messages()
    assert (message["text"], message["is_edited"]) == ("k:1 (2)", True)


async def test_what_waits_for_its_hour_waits_without_holding_others(desk: Desk) -> None:
    class Waiting(PlainCourier):
        async def plan(self, notice: ClaimedNotice) -> Plan:
            if notice.key == "k:1" and desk.clock() < opens:
                return NotYet(opens, "outside working hours", holds_lane=False)
            return await super().plan(notice)

    await plain_engine(desk)
    opens = desk.clock() + timedelta(hours=2)
    await desk.add(plain(desk, lane="a"), plain(desk, "k:2", lane="a"))
    engine = desk.engine(courier=Waiting)
    await engine.drain()
    assert await desk.keys() == ["k:2"]
    desk.pass_time(7_201)
    await engine.drain()
    assert await desk.keys() == ["k:2", "k:1"]


async def steps(engine: EmbeddedEngine) -> None:
    """Everything there is leave for now."""
    hand = engine._in_hand  # pyright: ignore[reportPrivateUsage]
    while await engine.step() or hand:
        if hand:
            await asyncio.wait(hand.values())


async def test_slacks_pace_is_kept_in_each_room(any_desk: Desk) -> None:
    desk = any_desk
    await plain_engine(desk)
    slack = desk.client(desk.pacer(20))
    engine = desk.engine(desk.place(slack), courier=PlainCourier)
    await desk.add(*(plain(desk, f"cs:{n}") for n in range(5)), plain(desk, "general", audience=GENERAL))
    desk.freeze()
    await steps(engine)
    assert sorted(await desk.keys()) == ["cs:0", "cs:1", "cs:2", "general"], "three in a row, then one a second"
    desk.pass_time(0.1)
    await steps(engine)
    assert len(await desk.keys()) == 4
    desk.pass_time(0.06)
    await steps(engine)
    assert (await desk.keys(CS))[3:] == ["cs:3", "cs:4"]
    assert {notice.attempts for notice in await desk.notices()} == {1}


async def test_the_workspaces_pace_spreads_many_and_lets_the_urgent_overtake(any_desk: Desk) -> None:
    desk = any_desk
    await plain_engine(desk)
    engine = desk.engine(desk.place(desk.client(desk.pacer(1))), courier=Somewhere)
    await desk.add(*(plain(desk, f"k:{n:02}", audience=f"room:{n}") for n in range(20)))
    desk.freeze()
    said: list[int] = []
    for second in range(4):
        if second == 2:
            await desk.add(plain(desk, "urgent", audience="room:urgent", priority=2))
        await steps(engine)
        said.append(len(await desk.keys()))
        desk.pass_time(1.03)
    assert said == [5, 10, 15, 20], "five a second are 300 a minute"
    assert "urgent" in (await desk.keys())[10:15]


async def test_a_slot_that_comes_free_while_the_engine_lies_down_to_rest_wakes_it(desk: Desk) -> None:
    await plain_engine(desk)
    engine = desk.engine(desk.place(desk.client(desk.pacer(1))), courier=Somewhere)
    await desk.add(*(plain(desk, f"k:{n:02}", audience=f"room:{n}") for n in range(9)))
    desk.freeze()
    await steps(engine)
    desk.pass_time(1.03)
    async with asyncio.timeout(0.5):
        await engine._rest()  # pyright: ignore[reportPrivateUsage]
    await steps(engine)
    assert len(await desk.keys()) == 9


async def test_two_engines_share_the_pace_on_postgresql(postgres_url: str) -> None:
    async with open_desk(postgres_url) as desk:
        await plain_engine(desk)
        engines = [desk.engine(desk.place(desk.client(desk.pacer(1))), courier=Somewhere) for _ in range(2)]
        await desk.add(*(plain(desk, f"k:{n:03}", audience=f"room:{n}") for n in range(400)))
        desk.freeze()
        for _ in range(58):
            await asyncio.gather(*(steps(engine) for engine in engines))
            desk.pass_time(1.03)
        said = await desk.keys()
        assert 290 * 58 / 60 < len(said) <= 300, "in a minute"
        assert twice(said) == []


async def test_retry_after_holds_every_replica(postgres_url: str) -> None:
    async with open_desk(postgres_url) as desk:
        await plain_engine(desk)
        first, second = (
            desk.engine(desk.place(desk.client(desk.pacer(1))), courier=Somewhere, limits=EngineLimits(messages=1))
            for _ in range(2)
        )
        await desk.add(*(plain(desk, f"k:{n}", audience=f"room:{n}") for n in range(3)))
        desk.freeze()
        await desk.fault("chat.postMessage", "429", retry_after=20)
        # Slack's refusal is on its way: the other replica knows of it once the first has it.
        await steps(first)
        assert len(await desk.calls("chat.postMessage")) == 1
        await steps(second)
        assert await desk.keys() == []
        desk.pass_time(19)
        await steps(second)
        assert len(await desk.calls("chat.postMessage")) == 1
        desk.pass_time(2)
        await steps(second)
        assert len(await desk.keys()) == 3


class Somewhere(PlainCourier):
    """Says everything in one channel, whatever room the engine takes it for."""

    async def plan(self, notice: ClaimedNotice) -> Plan:
        return Say(CS, str(notice.facts["words"]), ())


async def test_a_builder_that_breaks_is_tried_again_and_given_up_with_its_reason(desk: Desk) -> None:
    class Broken(PlainCourier):
        async def plan(self, notice: ClaimedNotice) -> Plan:
            raise KeyError("no such word")

    await desk.add(plain(desk))
    engine = desk.engine(courier=Broken)
    for _ in range(12):
        await engine.drain()
        desk.pass_time(700)
    notice = await desk.notice("k:1")
    assert (notice.state, notice.attempts) == ("dead", 12)
    assert "no such word" in notice.why


async def test_a_dead_letter_sent_again_arrives(desk: Desk) -> None:
    engine = await plain_engine(desk)
    (number,) = await desk.add(plain(desk, audience="C00SALES000"))
    await desk.deliver(engine)
    async with desk.db.read() as session:
        (letter,) = await notices.dead_letters(session, desk.workspace)
    assert "not_in_channel" in letter.why
    await desk.slack.api("conversations.join", json={"channel": "C00SALES000"})
    async with desk.db.write() as tx:
        assert await notices.resend(tx.session, desk.workspace, number, desk.clock())
    await desk.deliver(engine)
    assert await desk.keys("C00SALES000") == ["k:1"]


async def test_run_wakes_for_what_is_enqueued_and_finishes_what_is_in_hand(desk: Desk) -> None:
    await plain_engine(desk)
    engine = desk.engine(courier=PlainCourier)

    async def in_hand() -> bool:
        return (await desk.notice("k:2")).state != "pending"

    running = asyncio.create_task(engine.run())
    async with desk.db.write() as tx:
        ids = await notices.add(tx.session, desk.workspace, [plain(desk)], desk.clock())
        await engine.enqueue(tx, ids)
    await desk.until(desk.keys)
    await desk.add(plain(desk, "k:2"))
    await desk.fault("chat.postMessage", "latency", seconds=0.1)
    engine.wake()
    await desk.until(in_hand)
    async with asyncio.timeout(10):
        await engine.stop()
        await running
    assert await desk.keys() == ["k:1", "k:2"]
    assert (await desk.notice("k:2")).state == "sent"
    assert not engine.running


# Deals


async def test_an_answer_to_a_message_that_was_given_up_does_not_hold_its_lane(desk: Desk) -> None:
    picture = await desk.opened()
    lane = f"deal:{picture.id}"
    now = desk.clock()
    await desk.add(
        NewNotice("orphan", "handoff_requested", lane, "deal", now, picture.id, thread_key="gone"),
        NewNotice("after", "handoff_requested", lane, "deal", now, picture.id),
    )
    engine = desk.engine()
    for _ in range(3):
        await engine.drain()
    assert "after" in await desk.keys(picture.channel.id)
    assert "orphan" not in await desk.keys(picture.channel.id)


async def test_no_customer_success_channel_is_asked_for_once_and_waited_for(desk: Desk) -> None:
    engine = desk.engine(desk.place(cs_channel="nowhere"))
    for number in range(5):
        await desk.won(id=f"D-{number}", customer=f"Customer {number}")
    await engine.drain()
    assert len(await desk.calls("conversations.list")) == 1
    announced = await desk.notices("deal_announced")
    assert {(one.state, "#nowhere" in one.why) for one in announced} == {("pending", True)}
    await desk.slack.api("conversations.create", json={"name": "nowhere"})
    desk.pass_time(301)
    await engine.drain()
    assert len(await desk.messages(None, "deal_announced")) == 5


async def test_messages_in_person_open_one_conversation(desk: Desk) -> None:
    picture = await desk.opened()
    now = desk.clock()
    await desk.add(
        *(NewNotice(f"p:{n}", "handoff_requested", f"p:{n}", f"person:{MEI}", now, picture.id) for n in range(6))
    )
    await desk.deliver()
    assert len(await desk.calls("conversations.open")) == 1
    assert len({one.channel_id for one in await desk.notices() if one.audience == f"person:{MEI}"}) == 1


async def test_a_claim_of_a_dead_process_is_taken_up_when_it_is_old(desk: Desk) -> None:
    engine = await plain_engine(desk)
    await desk.add(plain(desk))
    async with desk.db.write() as tx:
        await tx.session.execute(update(Notice).values(state="sending", claimed_at=desk.wall()))
    await engine.drain()
    assert await desk.keys() == []
    desk.pass_time(60)
    await desk.deliver(engine)
    assert await desk.keys() == ["k:1"]
