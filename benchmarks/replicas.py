"""Two replicas against one: `baton run` as processes on one PostgreSQL, delivering what is due at unlimited pace.

The Slack they post to answers after as long as Slack takes, so that a replica is limited by its hands; with an answer
at once the machine would be measured, which all processes share.
"""

import asyncio
import math
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from aiohttp import web

from benchmarks import program
from benchmarks.figures import line
from benchmarks.slack import Slack
from benchmarks.world import fill_in, workspace
from storage import notices
from storage.database import Database
from storage.notices import NewNotice

MESSAGES = 1_500
ANSWERS_AFTER_S = 0.15
ROUNDS = 3
AT_ONCE = 500
PATIENCE_S = 300
POST = "chat.postMessage"


class SlowSlack(Slack):
    """Takes its time for a post; ``done`` when it has answered so many."""

    def __init__(self, expected: int) -> None:
        super().__init__()
        self.done = asyncio.Event()
        self.began, self.ended = math.inf, 0.0
        self.said: list[str] = []
        self._left = expected

    async def _api(self, request: web.Request) -> web.Response:
        if not request.path.endswith(POST):
            return await super()._api(request)
        self.began = min(self.began, time.perf_counter())
        self.said.append(str((await request.post())["metadata"]))
        await asyncio.sleep(ANSWERS_AFTER_S)
        answer = await super()._api(request)
        self.ended = time.perf_counter()
        self._left -= 1
        if not self._left:
            self.done.set()
        return answer


async def _due(db: Database, run: int, deals: Sequence[int]) -> None:
    """A message for each of these deals is due now."""
    number, _ = await workspace(db)
    now = datetime.now(UTC)
    for first in range(0, len(deals), AT_ONCE):
        async with db.write() as tx:
            new = [
                NewNotice(f"{run}:{deal}", "handoff_requested", f"deal:{deal}", "deal", now, deal)
                for deal in deals[first : first + AT_ONCE]
            ]
            await notices.add(tx.session, number, new, now)


async def _delivered(url: str, run: int, deals: Sequence[int], replicas: int) -> float:
    """Messages a second."""
    slack, db = SlowSlack(len(deals)), Database(url)
    await slack.start()
    try:
        async with AsyncExitStack() as stack:
            for _ in range(replicas):
                await stack.enter_async_context(program.baton(slack, url, socket_mode=False))
            await _due(db, run, deals)
            async with asyncio.timeout(PATIENCE_S):
                await slack.done.wait()
    finally:
        await db.close()
        await slack.stop()
    if len(slack.said) != len(set(slack.said)):
        raise RuntimeError("something was said twice")
    return len(deals) / (slack.ended - slack.began)


async def run(url: str) -> list[str]:
    """The row of this benchmark, on a fresh database on PostgreSQL; one and two replicas take turns."""
    db = Database(url)
    try:
        deals = [known.deal for known in await fill_in(db, MESSAGES)]
    finally:
        await db.close()
    found: dict[int, list[float]] = {1: [], 2: []}
    for number in range(ROUNDS):
        for count, figures in found.items():
            figures.append(await _delivered(url, number * 10 + count, deals, count))
    title = f"two replicas against one, PostgreSQL, best of {ROUNDS}"
    return [line(title, max(found[2]), max(found[1]), unit="/s", limit="≥ 1.6")]
