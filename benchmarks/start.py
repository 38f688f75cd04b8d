"""How soon `baton run` is ready, and what it holds in memory when nothing happens; the baseline is bare Bolt."""

import asyncio
import contextlib

from benchmarks.figures import line
from benchmarks.program import bare, baton
from benchmarks.slack import Slack

SETTLE_S = 3
TIMES = 5


async def run(database_url: str, kind: str) -> list[str]:
    """The rows of this benchmark; the smallest of several starts, because only noise is added."""
    ready: list[float] = []
    baseline: list[float] = []
    memory = bare_memory = 0.0
    for _ in range(TIMES):
        mine, theirs = Slack(), Slack()
        await mine.start()
        await theirs.start()
        async with contextlib.AsyncExitStack() as stack:
            program = await stack.enter_async_context(baton(mine, database_url, socket_mode=True))
            other = await stack.enter_async_context(bare(theirs, socket_mode=True))
            ready.append(program.ready_s)
            baseline.append(other.ready_s)
            await asyncio.sleep(SETTLE_S)
            memory, bare_memory = max(memory, program.resident_mb()), max(bare_memory, other.resident_mb())
        await mine.stop()
        await theirs.stop()
    return [
        line(f"baton run ready after its start, {kind}, best of {TIMES}", min(ready), min(baseline), "s", "< 2 s"),
        line(f"baton run idle, resident, {kind}, worst of {TIMES}", memory, bare_memory, "MB", "< 150 MB"),
    ]
