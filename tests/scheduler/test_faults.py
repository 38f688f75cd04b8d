"""A Slack that fails at every turn: what was posted is found again and never said twice."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from messages.say import Block
from scheduler.delivery import Done, NotYet, Plan, Say, StayQuiet, Where
from scheduler.engine import EmbeddedEngine, EngineLimits
from scheduler.slack import Slack
from scheduler.workplace import Workplace
from storage.database import Tx
from storage.notices import ClaimedNotice, NewNotice
from tests.scheduler.desk import CS, GENERAL, Desk, twice

POST = "chat.postMessage"


class PlainCourier:
    """Says the notice's own words in the channel of its audience."""

    errands = frozenset[str]()

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self.quiet = False
        self.blocks: Sequence[Block] = ()

    async def plan(self, notice: ClaimedNotice) -> Plan:
        if self.quiet:
            return StayQuiet("nothing to say now")
        return Say(notice.audience, f"{notice.facts['words']} ({notice.revision})", self.blocks)

    async def said_where(self, notice: ClaimedNotice) -> Where | None:
        return Where(notice.audience)

    async def run_errand(self, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
        raise AssertionError(notice.kind)

    async def after_said(self, tx: Tx, notice: ClaimedNotice, channel: str, ts: str) -> Sequence[int]:
        return ()

    async def after_given_up(self, tx: Tx, notice: ClaimedNotice, why: str, *, unsure: bool) -> Sequence[int]:
        return ()


def plain(desk: Desk, key: str = "k:1", lane: str = "", audience: str = CS, priority: int = 5) -> NewNotice:
    return NewNotice(key, "deal_opened", lane or key, audience, desk.clock(), facts={"words": key}, priority=priority)


async def plain_engine(desk: Desk) -> EmbeddedEngine:
    await desk.slack.api("conversations.join", json={"channel": CS})
    await desk.slack.api("conversations.join", json={"channel": GENERAL})
    return desk.engine(courier=PlainCourier)


@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ("429", {"retry_after": 20}),
        ("500", {}),
        ("503", {}),
        ("internal_error", {}),
        ("close_before", {}),
        ("close_after", {}),
        ("malformed", {}),
        ("latency", {"seconds": 0.6}),
    ],
)
async def test_one_failure_makes_neither_no_message_nor_two(desk: Desk, fault: str, more: dict[str, Any]) -> None:
    engine = await plain_engine(desk)
    await desk.add(plain(desk))
    await desk.fault(POST, fault, **more)
    await desk.deliver(engine)
    assert await desk.keys() == ["k:1"]
    notice = await desk.notice("k:1")
    (message,) = await desk.messages()
    assert (notice.state, notice.channel_id, notice.ts) == ("sent", CS, message["ts"])


async def test_a_message_found_in_the_history_is_not_posted_again(desk: Desk) -> None:
    engine = await plain_engine(desk)
    await desk.add(plain(desk))
    await desk.fault(POST, "close_after")
    await desk.deliver(engine)
    assert len(await desk.calls(POST)) == 1
    assert (await desk.notice("k:1")).why == "found in the history"


@pytest.mark.parametrize("fault", ["429", "500", "close_after", "malformed", "latency"])
async def test_a_look_up_that_fails_is_no_leave_to_post_again(desk: Desk, fault: str) -> None:
    engine = await plain_engine(desk)
    await desk.add(plain(desk))
    await desk.fault(POST, "close_after")
    await desk.fault("conversations.history", fault, seconds=0.6, times=2)
    await desk.deliver(engine)
    assert len(await desk.calls(POST)) == 1
    assert await desk.keys() == ["k:1"]


async def test_what_is_quiet_when_it_is_looked_up_was_said_all_the_same(desk: Desk) -> None:
    courier = PlainCourier(desk.place())
    await plain_engine(desk)
    engine = desk.engine(courier=lambda _: courier)
    await desk.add(plain(desk))
    await desk.fault(POST, "close_after")
    await engine.drain()
    courier.quiet = True
    await desk.deliver(engine)
    courier.quiet = False
    await desk.bump("k:1")
    await desk.deliver(engine)
    (message,) = await desk.messages()
    assert message["is_edited"]


async def test_a_history_closed_to_us_leaves_it_to_a_person(desk: Desk) -> None:
    engine = await plain_engine(desk)
    await desk.add(plain(desk))
    await desk.fault(POST, "close_after")
    await engine.drain()
    await desk.slack.api("conversations.leave", json={"channel": CS})
    await desk.deliver(engine)
    notice = await desk.notice("k:1")
    assert notice.state == "unsure"
    assert "not_in_channel" in notice.why


class FailingMark(PlainCourier):
    """Fails in the transaction that marks, after the post, the first time."""

    failures = 1

    async def after_said(self, tx: Tx, notice: ClaimedNotice, channel: str, ts: str) -> Sequence[int]:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the database went away")
        return ()


async def test_a_failure_to_mark_is_no_leave_to_post_again(desk: Desk) -> None:
    await plain_engine(desk)
    engine = desk.engine(courier=FailingMark)
    await desk.add(plain(desk))
    await desk.deliver(engine)
    assert len(await desk.calls(POST)) == 1
    assert (await desk.notice("k:1")).state == "sent"


class Hanging(PlainCourier):
    """Never comes to mark."""

    def __init__(self, place: Workplace) -> None:
        super().__init__(place)
        self.reached = asyncio.Event()

    async def after_said(self, tx: Tx, notice: ClaimedNotice, channel: str, ts: str) -> Sequence[int]:
        self.reached.set()
        await asyncio.Event().wait()
        return ()


async def test_an_engine_cancelled_between_post_and_mark(any_desk: Desk) -> None:
    desk = any_desk
    second = await plain_engine(desk)
    courier = Hanging(desk.place())
    first = desk.engine(courier=lambda _: courier, limits=EngineLimits(stop_s=0))
    await desk.add(plain(desk))
    running = asyncio.create_task(first.run())
    await courier.reached.wait()
    running.cancel()
    await asyncio.wait([running])
    assert (await desk.notice("k:1")).state == "sending"
    await desk.deliver(second)
    assert await desk.keys() == ["k:1"]
    assert (await desk.notice("k:1")).why == "found in the history"


async def test_retry_after_holds_what_has_its_slot_already(desk: Desk) -> None:
    engine = await plain_engine(desk)
    await desk.add(*(plain(desk, f"k:{n}") for n in range(5)))
    await desk.fault(POST, "429", retry_after=20)
    await engine.drain()
    held = len(await desk.calls(POST))
    await engine.drain()
    assert len(await desk.calls(POST)) == held
    desk.pass_time(5)
    await engine.drain()
    assert len(await desk.calls(POST)) == held


async def test_an_edit_is_repeated_until_it_shows(desk: Desk) -> None:
    engine = await plain_engine(desk)
    await desk.add(plain(desk))
    await desk.deliver(engine)
    for fault in ("500", "close_before", "close_after", "malformed", "429"):
        await desk.fault("chat.update", fault)
        await desk.bump("k:1")
        await desk.deliver(engine)
    (message,) = await desk.messages()
    assert message["text"] == "k:1 (6)"
    assert (await desk.notice("k:1")).sent_revision == 6


async def test_a_slack_that_can_not_be_reached_costs_nothing(desk: Desk, unused_tcp_port: int) -> None:
    slack = desk.client()
    slack._client.base_url = f"http://127.0.0.1:{unused_tcp_port}/api/"  # pyright: ignore[reportPrivateUsage]
    await plain_engine(desk)
    away = desk.engine(desk.place(slack), courier=PlainCourier)
    await desk.add(plain(desk))
    await away.drain()
    notice = await desk.notice("k:1")
    assert (notice.state, notice.attempts) == ("pending", 0)
    assert "can't be reached" in notice.why
    desk.pass_time(5)
    await desk.deliver(desk.engine(courier=PlainCourier))
    assert twice(await desk.keys()) == []
    assert (await desk.notice("k:1")).state == "sent"


async def test_what_slack_refuses_is_a_dead_letter_that_can_be_sent_again(desk: Desk) -> None:
    engine = await plain_engine(desk)
    await desk.add(plain(desk, audience="C00SALES000"), plain(desk, "k:2", lane="k:1"))
    await desk.deliver(engine)
    assert (await desk.notice("k:1")).state == "dead"
    assert (await desk.notice("k:2")).state == "sent", "a dead letter does not hold its lane"


def test_an_engine_takes_no_client_that_repeats_by_itself(desk: Desk) -> None:
    with pytest.raises(ValueError, match="retry"):
        Slack(desk.slack.web, desk.client().pacer)
