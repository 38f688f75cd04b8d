"""The followed clock: it runs, it jumps when told, and keeps its offset while nobody answers."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.clock import FollowedClock, real_clock, shifted_clock


@dataclass
class MovedClock:
    """Answers as the local Slack's clock does, late when nothing has changed."""

    url: str = ""
    offset: float = 0.0
    version: int = 1
    broken: Any = None
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def answer(self, request: web.Request) -> web.Response:
        if self.broken is not None:
            return web.json_response(self.broken)
        after = request.query.get("after")
        async with self.moved:
            if after == str(self.version) and request.query["wait"] != "0":
                await self.moved.wait_for(lambda: after != str(self.version))
        return web.json_response({"offset": self.offset, "version": self.version})

    async def move(self, offset: float) -> None:
        async with self.moved:
            self.offset, self.version = offset, self.version + 1
            self.moved.notify_all()


@pytest.fixture
async def there() -> AsyncIterator[MovedClock]:
    moved = MovedClock()
    app = web.Application()
    app.router.add_get("/clock", moved.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    moved.url = f"http://127.0.0.1:{runner.addresses[0][1]}/clock"
    yield moved
    await runner.cleanup()


def _apart(clock_now: datetime) -> float:
    return (clock_now - datetime.now(UTC)).total_seconds()


def test_the_real_clock_is_aware_and_a_shifted_one_runs_beside_it() -> None:
    assert real_clock().tzinfo is UTC
    assert _apart(shifted_clock(timedelta(days=2))()) == pytest.approx(172_800, abs=1)


async def test_it_follows_each_jump_and_tells_its_listeners(there: MovedClock) -> None:
    there.offset = 3600
    async with aiohttp.ClientSession() as session:
        clock = FollowedClock(there.url, session)
        await clock.read()
        assert _apart(clock()) == pytest.approx(3600, abs=1)
        jumped = asyncio.Event()
        clock.on_jump(jumped.set)
        following = asyncio.create_task(clock.follow())
        await there.move(86_400)
        async with asyncio.timeout(5):
            await jumped.wait()
        assert _apart(clock()) == pytest.approx(86_400, abs=1)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


@pytest.mark.parametrize("nonsense", [{}, [], {"offset": "far", "version": 1}, {"offset": 1e300, "version": 1}, None])
async def test_an_answer_without_sense_keeps_the_offset(nonsense: object, there: MovedClock) -> None:
    there.offset = 60
    async with aiohttp.ClientSession() as session:
        clock = FollowedClock(there.url, session)
        await clock.read()
        there.broken = nonsense if nonsense is not None else "null"
        with pytest.raises(ValueError, match=r"."):
            await clock.read()
        assert _apart(clock()) == pytest.approx(60, abs=1)


async def test_a_clock_that_is_away_keeps_the_offset(there: MovedClock) -> None:
    async with aiohttp.ClientSession() as session:
        clock = FollowedClock("http://127.0.0.1:9/clock", session)
        with pytest.raises(aiohttp.ClientError):
            await clock.read()
        assert _apart(clock()) == pytest.approx(0, abs=1)
