"""The engine as the rest of Baton sees it: two methods, so that another queue can take its place."""

from collections.abc import Sequence
from typing import Protocol

from storage.database import Tx


class Engine(Protocol):
    """Delivers notices. Losing what was enqueued is harmless: a sweep finds every notice that is due."""

    async def enqueue(self, tx: Tx, notice_ids: Sequence[int]) -> None:
        """Say, inside the transaction that adds them, that these notices exist."""
        ...

    async def run(self) -> None:
        """Deliver until cancelled or stopped; finishes what is in hand before it returns."""
        ...
