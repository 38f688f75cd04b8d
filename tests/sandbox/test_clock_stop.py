"""Whoever waits by the sandbox's clock can be cancelled while the clock wakes them."""

import asyncio

import pytest

from sandbox.clock import Clock


async def test_a_cancelled_sleeper_ends_though_it_was_just_woken() -> None:
    clock = Clock()
    sleeper = asyncio.create_task(clock.sleep(3_600))
    await asyncio.sleep(0)
    clock.wake()
    sleeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(2):
            await sleeper
    assert sleeper.cancelled()
