"""Waiting for what happens in the local Slack, by its stream of events."""

import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

import httpx

T = TypeVar("T")
PATIENCE_S: Final = 20.0
LOOK_AGAIN_S: Final = 0.1
"""What happens outside Slack (a row written) makes no news: look again this often."""


class News:
    """Counts what the stream of one person says; looks again whenever something came."""

    def __init__(self, url: str, user: str) -> None:
        self._count = 0
        self._came = threading.Condition()
        self._heard = threading.Event()
        self._client = httpx.Client(timeout=None)
        self._thread = threading.Thread(target=self._listen, args=(f"{url}_sandbox/ui/events", user), daemon=True)
        self._thread.start()
        assert self._heard.wait(PATIENCE_S), "the stream of events did not begin"

    def _listen(self, address: str, user: str) -> None:
        try:
            with self._client.stream("GET", address, params={"user": user}) as answer:
                for line in answer.iter_lines():
                    if line.startswith("data:"):
                        self._heard.set()
                        with self._came:
                            self._count += 1
                            self._came.notify_all()
        except httpx.HTTPError:
            # The sandbox was stopped.
            return

    def until(self, look: Callable[[], T | None], what: str = "", patience_s: float = PATIENCE_S) -> T:
        """What `look` finds, once it finds something."""
        deadline = time.monotonic() + patience_s
        while True:
            with self._came:
                before = self._count
            found = look()
            if found:
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"it did not come within {patience_s:g} s: {what or look.__qualname__}")
            with self._came:
                self._came.wait_for(lambda: self._count != before, min(left, LOOK_AGAIN_S))  # noqa: B023

    def more(self, count: int, at_most_s: float) -> None:
        """So many more events, or as long as this."""
        with self._came:
            goal = self._count + count
            self._came.wait_for(lambda: self._count >= goal, at_most_s)

    def close(self) -> None:
        """After the sandbox ended."""
        self._thread.join(PATIENCE_S)
        self._client.close()
