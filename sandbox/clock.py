"""The sandbox's clock: real speed, moved by an offset."""

import asyncio
import time
from datetime import UTC, datetime

# A sleeping task looks again at least this often, so that a jump of the machine's own clock is noticed.
LONGEST_NAP = 3600.0


class Clock:
    """Seconds since 1970 as `time()`; `offset` seconds ahead of the real clock; `version` counts the moves."""

    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset
        self.version = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def time(self) -> float:
        """The sandbox's time in seconds since 1970."""
        return time.time() + self.offset

    def now(self) -> datetime:
        """The sandbox's time, aware, UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def set(self, now: datetime) -> None:
        """Moves the clock to `now` (aware), forwards or backwards."""
        self.move(now.timestamp() - self.time())

    def move(self, seconds: float) -> None:
        """Moves the clock by `seconds`, forwards or backwards, and wakes whoever waits for it."""
        self.offset += seconds
        self.version += 1
        self.wake()

    def wake(self) -> None:
        """Lets everybody who waits look at the time again."""
        for waiter in list(self._waiting):
            if not waiter.done():
                waiter.set_result(None)

    async def changed(self, after: int, seconds: float) -> None:
        """Returns once the clock was moved since version `after`, or after `seconds` of real time."""
        if self.version == after and seconds > 0:
            await self._nap(seconds)

    async def sleep_until(self, moment: float) -> None:
        """Returns when the sandbox's time has reached `moment`, however it got there."""
        while (left := moment - self.time()) > 0:
            await self._nap(min(left, LONGEST_NAP))

    async def sleep(self, seconds: float) -> None:
        """Sleeps `seconds` of the sandbox's time."""
        await self.sleep_until(self.time() + seconds)

    async def _nap(self, seconds: float) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            # Not wait_for: in Python 3.11 it swallows a cancellation that comes while the waiter is being woken.
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            return
        finally:
            self._waiting.discard(waiter)
