"""The time: the machine's, or in tests and the demo a clock that somebody moves."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp
import structlog

from domain.clock import Clock

LONG_POLL_S: Final = 25
RETRY_S: Final = 1.0

_log = structlog.stdlib.get_logger("baton.clock")


def real_clock() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def shifted_clock(offset: timedelta) -> Clock:
    """The machine's clock, this far ahead or behind."""

    def shifted() -> datetime:
        return real_clock() + offset

    return shifted


class FollowedClock:
    """Runs at real speed, as far from the real time as the clock at `url` says; it asks, and never blocks.

    The clock answers `GET url?wait=SECONDS&after=VERSION` with `{"offset": seconds, "version": n}`, late when
    nothing has changed.
    """

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url, self._session = url, session
        self._offset = timedelta()
        self._version: int | None = None
        self._listeners: list[Callable[[], None]] = []

    def __call__(self) -> datetime:
        """The present moment there."""
        return real_clock() + self._offset

    def on_jump(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever the clock was moved: what is due may be due now."""
        self._listeners.append(listener)

    async def read(self, wait_s: int = 0) -> None:
        """Ask once. Raises aiohttp.ClientError, TimeoutError or ValueError when there is no sensible answer."""
        arguments = {"wait": str(wait_s)} | ({} if self._version is None else {"after": str(self._version)})
        timeout = aiohttp.ClientTimeout(total=wait_s + 5)
        async with self._session.get(self._url, params=arguments, timeout=timeout) as answer:
            answer.raise_for_status()
            body: Any = await answer.json()
        try:
            offset, version = timedelta(seconds=float(body["offset"])), int(body["version"])
        except (KeyError, TypeError, OverflowError) as error:
            raise ValueError("the clock's answer has no offset and version") from error
        moved = version != self._version
        self._offset, self._version = offset, version
        if moved:
            for listener in self._listeners:
                listener()

    async def follow(self) -> None:
        """Follow until cancelled. While the clock can't be asked the last offset stays."""
        lost = False
        while True:
            try:
                await self.read(LONG_POLL_S)
                lost = False
            except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
                if not lost:
                    _log.warning("the clock can't be read", url=self._url, reason=type(error).__name__)
                lost = True
                await asyncio.sleep(RETRY_S)
