"""News for open pages: who listens is told what changed, with enough ids to fetch it again."""

import asyncio
from collections.abc import Collection
from typing import Any

Json = dict[str, Any]
QUEUE = 1000


class Hub:
    """Listeners are pages (or tests) of one person; a page that does not read loses its oldest news."""

    def __init__(self) -> None:
        self._listeners: set[tuple[str, asyncio.Queue[Json | None]]] = set()

    def listen(self, user: str) -> asyncio.Queue[Json | None]:
        """A queue that gets every piece of news meant for `user`; None on it means that the sandbox stops."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue(QUEUE)
        self._listeners.add((user, queue))
        return queue

    def leave(self, user: str, queue: asyncio.Queue[Json | None]) -> None:
        """Ends a `listen`."""
        self._listeners.discard((user, queue))

    def tell(self, news: Json, audience: Collection[str] | None = None) -> None:
        """Tells the pages of `audience`, or all pages."""
        for user, queue in self._listeners:
            if audience is None or user in audience:
                _put(queue, news)

    def close(self) -> None:
        """Ends every listener's stream."""
        for _, queue in self._listeners:
            _put(queue, None)


def _put(queue: asyncio.Queue[Json | None], item: Json | None) -> None:
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(item)
