"""The engine on PostgreSQL: jobs in the notice's own transaction, any number of processes, nothing lost with them."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from scheduler.courier import DealCourier
from scheduler.delivery import Plan
from scheduler.engine import EngineLimits
from scheduler.pacing import Pacer
from storage import notices
from storage.migrate import migrate
from storage.notices import ClaimedNotice
from storage.pace import SharedSlots
from tests import postgres
from tests.scheduler.desk import CS, GENERAL, Desk, open_desk, twice
from tests.scheduler.queue import at_work, jobs, queue_engine, said, say, until_running, until_said
from tests.scheduler.test_engine import Somewhere
from tests.scheduler.test_faults import PlainCourier, plain, plain_engine

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def desk(postgres_url: str) -> AsyncGenerator[Desk]:
    async with open_desk(postgres_url) as opened:
        await plain_engine(opened)
        yield opened


async def sql(desk: Desk, statement: str) -> None:
    async with desk.db.write() as tx:
        await tx.session.execute(text(statement))


async def test_a_job_is_deferred_in_the_notices_own_transaction(desk: Desk) -> None:
    engine = queue_engine(desk)

    async def changes_its_mind() -> None:
        async with desk.db.write() as tx:
            ids = await notices.add(tx.session, desk.workspace, [plain(desk, "gone")], desk.clock())
            await engine.enqueue(tx, ids)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await changes_its_mind()
    assert await jobs(desk) == []
    (number,) = await say(desk, engine, plain(desk, priority=3))
    assert await jobs(desk) == [(f"notice:{number}", CS, -3, "post")]
    assert await desk.keys() == []
    async with at_work(engine):
        assert await said(desk, 1) == ["k:1"]
    assert await jobs(desk) == []


async def test_a_notice_has_at_most_one_waiting_job_and_none_before_its_time(desk: Desk) -> None:
    engine = queue_engine(desk)
    later = replace(plain(desk, "later", lane="k:1"), not_before=desk.clock() + timedelta(hours=1))
    number, _ = await say(desk, engine, plain(desk), later)
    async with desk.db.write() as tx:
        await engine.enqueue(tx, [number, number, number + 999])
        await engine.enqueue(tx, [])
    assert [job[0] for job in await jobs(desk)] == [f"notice:{number}"]
    async with at_work(engine):
        await said(desk, 1)
        assert (await desk.notice("later")).state == "pending"
        desk.pass_time(3_601)
        engine.wake()
        assert await said(desk, 2) == ["k:1", "later"]


async def test_changes_by_many_at_once_never_fail_for_a_job_that_is_there(desk: Desk) -> None:
    engine = queue_engine(desk)
    keys = [f"k:{n}" for n in range(12)]
    await desk.add(*(plain(desk, key) for key in keys))

    async def change(turn: int) -> None:
        for _ in range(8):
            async with desk.db.write() as tx:
                changed = keys[turn:] + keys[:turn]
                ids = await notices.bump(tx.session, desk.workspace, changed, desk.clock())
                await engine.enqueue(tx, ids)

    async with at_work(engine, queue_engine(desk)):
        await asyncio.gather(*(change(turn) for turn in range(5)))
        await said(desk, 12)
    shown = {message["text"] for message in await desk.messages()}
    assert shown == {f"{key} (41)" for key in keys}
    assert twice(await desk.keys()) == []


async def test_a_queue_that_was_emptied_loses_nothing(desk: Desk) -> None:
    engine = queue_engine(desk)
    await say(desk, engine, *(plain(desk, f"k:{n}", lane=f"lane:{n % 7}") for n in range(30)))
    assert len(await jobs(desk)) == 30
    await sql(desk, "DELETE FROM procrastinate_jobs")
    async with at_work(engine):
        assert sorted(await said(desk, 30)) == sorted(f"k:{n}" for n in range(30))


async def test_a_job_that_fails_loses_nothing(desk: Desk) -> None:
    engine = queue_engine(desk)
    await say(desk, engine, plain(desk), plain(desk, "k:2"))
    await sql(desk, "UPDATE procrastinate_jobs SET args = '{}'")
    async with at_work(engine):
        assert sorted(await said(desk, 2)) == ["k:1", "k:2"]


async def test_engines_side_by_side_say_everything_once_and_in_order(desk: Desk) -> None:
    engines = [queue_engine(desk) for _ in range(3)]
    for turn in range(6):
        await say(desk, engines[turn % 3], *(plain(desk, f"{lane}:{turn}", lane=lane) for lane in "abcdefgh"))
    await desk.fault("chat.postMessage", "500", times=3)
    await desk.fault("chat.postMessage", "close_after", times=2)
    async with at_work(*engines):
        await until_said(desk, 48, *engines)
    keys = await desk.keys()
    assert Counter(keys) == Counter(f"{lane}:{turn}" for lane in "abcdefgh" for turn in range(6))
    for lane in "abcdefgh":
        assert [key for key in keys if key.startswith(lane)] == [f"{lane}:{turn}" for turn in range(6)]


@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ("429", {"retry_after": 1}),
        ("500", {}),
        ("close_before", {}),
        ("close_after", {}),
        ("latency", {"seconds": 0.6}),
    ],
)
async def test_one_failure_makes_neither_no_message_nor_two(desk: Desk, fault: str, more: dict[str, Any]) -> None:
    engine = queue_engine(desk)
    await desk.fault("chat.postMessage", fault, **more)
    await say(desk, engine, plain(desk))
    async with at_work(engine):
        assert await until_said(desk, 1, engine) == ["k:1"]
    assert (await desk.notice("k:1")).state == "sent"


async def test_a_process_that_slept_after_its_claim_does_not_post_on_it(desk: Desk) -> None:
    class Slow(PlainCourier):
        sleeps = 1

        async def plan(self, notice: ClaimedNotice) -> Plan:
            if self.sleeps:
                self.sleeps -= 1
                desk.wall.move(2)
            return await super().plan(notice)

    engine = queue_engine(desk, Slow)
    await say(desk, engine, plain(desk))
    async with at_work(engine):
        assert await said(desk, 1) == ["k:1"]
    assert len(await desk.calls("chat.postMessage")) == 1
    assert (await desk.notice("k:1")).attempts == 1


async def test_a_change_while_it_is_posted_is_shown_by_an_edit(desk: Desk) -> None:
    class Changing(PlainCourier):
        async def plan(self, notice: ClaimedNotice) -> Plan:
            plan = await super().plan(notice)
            if notice.revision == 1:
                await desk.bump(notice.key)
            return plan

    async def shown() -> bool:
        return (await desk.notice("k:1")).sent_revision == 2

    engine = queue_engine(desk, Changing)
    await say(desk, engine, plain(desk))
    async with at_work(engine):
        await desk.until(shown)
    (message,) = await desk.messages()
    assert (message["text"], message["is_edited"]) == ("k:1 (2)", True)


async def test_a_worker_killed_in_the_middle_of_its_job_says_it_once(desk: Desk) -> None:
    await desk.won()
    url = desk.db.url.render_as_string(hide_password=False).replace("+psycopg", "")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.scheduler.killed", url, desk.slack.env["SLACK_API_URL"]),
        *(desk.slack.env["SLACK_BOT_TOKEN"], "queue"),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(30):
        assert await process.wait() == -signal.SIGKILL
    assert await desk.keys() == ["deal:1:card"]
    assert (await desk.notice("deal:1:card")).state == "sending"
    held = await jobs(desk, "status", "lock")
    assert ("doing", "deal:1") in held
    await sql(desk, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    desk.pass_time(60)
    engine = queue_engine(desk, DealCourier)
    async with at_work(engine):
        await until_said(desk, 3, engine)
    assert (await desk.notice("deal:1:card")).why == "found in the history"
    assert twice(await desk.keys()) == []


async def test_a_deal_is_opened_and_told_through_the_queue(desk: Desk) -> None:
    engine = queue_engine(desk, DealCourier)
    async with at_work(engine, queue_engine(desk, DealCourier)):
        await desk.won()
        engine.wake()
        await until_said(desk, 4, engine)
    picture = await desk.picture(1)
    assert await desk.keys(picture.channel.id) == ["deal:1:card", "deal:1:requested", "deal:1:plan"]
    assert await desk.keys(CS) == ["deal:1:announced"]


async def test_a_stop_lets_what_is_in_hand_be_finished(desk: Desk) -> None:
    async def in_hand() -> bool:
        return (await desk.notice("k:1")).state != "pending"

    engine = queue_engine(desk, limits=EngineLimits(stop_s=3), slack=desk.client(timeout_s=5))
    await desk.fault("chat.postMessage", "latency", seconds=0.5)
    async with at_work(engine):
        await say(desk, engine, plain(desk))
        await desk.until(in_hand)
    assert (await desk.notice("k:1")).state == "sent"
    assert not engine.running


async def test_processes_share_the_workspaces_pace(desk: Desk) -> None:
    def paced() -> Pacer:
        return Pacer(20, slots=SharedSlots(desk.db))

    engines = [queue_engine(desk, Somewhere, slack=desk.client(paced(), timeout_s=5)) for _ in range(2)]
    await say(desk, engines[0], *(plain(desk, f"k:{n}", audience=f"room:{n}") for n in range(230)))
    async with at_work(*engines):
        await said(desk, 230)
    times = sorted(float(message["ts"]) for message in await desk.messages())
    for first, beyond in zip(times, times[100:], strict=False):
        assert beyond - first > 0.9, "100 in about a second are 6,000 a minute"


async def test_what_is_urgent_overtakes_what_waits_for_the_pace(desk: Desk) -> None:
    slack = desk.client(Pacer(4, slots=SharedSlots(desk.db)), timeout_s=5)
    engine = queue_engine(desk, Somewhere, slack=slack)
    await say(desk, engine, *(plain(desk, f"k:{n}", audience=f"room:{n}") for n in range(80)))
    async with at_work(engine):
        await said(desk, 20)
        await say(desk, engine, plain(desk, "urgent", audience="room:urgent", priority=2))
        keys = await said(desk, 81)
    assert keys.index("urgent") < 60


async def test_a_room_gets_one_a_second_however_many_processes(desk: Desk) -> None:
    engines = [
        queue_engine(desk, slack=desk.client(Pacer(10, slots=SharedSlots(desk.db)), timeout_s=5)) for _ in range(2)
    ]
    await say(desk, engines[0], *(plain(desk, f"cs:{n}") for n in range(20)), plain(desk, "g", audience=GENERAL))
    async with at_work(*engines):
        await said(desk, 21)
    times = sorted(float(message["ts"]) for message in await desk.messages(CS))
    for first, beyond in zip(times, times[3:], strict=False):
        assert beyond - first > 0.25, "three in 0.3 s"


async def test_a_postgresql_that_is_restarted_is_found_again_and_nothing_is_lost() -> None:
    with postgres.restartable() as server:
        migrate(f"{server.address}/postgres")
        async with open_desk(f"{server.address}/postgres") as desk:
            await plain_engine(desk)
            engines = [queue_engine(desk) for _ in range(2)]
            async with at_work(*engines):
                await say(desk, engines[0], *(plain(desk, f"k:{n}", audience=(CS, GENERAL)[n % 2]) for n in range(60)))
                await desk.until(desk.keys)
                await asyncio.to_thread(server.stop)
                await until_running(*engines, none=True)
                await asyncio.to_thread(server.start)
                await until_running(*engines)
                await say(desk, engines[1], plain(desk, "after"))
                keys = await until_said(desk, 61, *engines)
    assert sorted(keys) == sorted(["after", *(f"k:{n}" for n in range(60))])
