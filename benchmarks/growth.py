"""Whether a handler costs more when there are more deals: the same requests with 1,000 and with 100,000 deals."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from benchmarks.figures import line, spread
from benchmarks.saves import bolt_app
from benchmarks.slack import command
from benchmarks.world import Known, fill_in, submission
from storage.database import Database

FEW, MANY = 1_000, 100_000
TIMES = 150
WARM_UP = 20


async def _times(work: Callable[[int], Awaitable[Any]]) -> list[float]:
    times: list[float] = []
    for number in range(WARM_UP + TIMES):
        began = time.perf_counter()
        await work(number)
        if number >= WARM_UP:
            times.append(time.perf_counter() - began)
    return times


async def _dispatch(app: AsyncApp, payload: dict[str, Any]) -> None:
    response = await app.async_dispatch(AsyncBoltRequest(body=payload, mode="socket_mode"))
    if response.status != 200:
        raise RuntimeError(f"not taken: {response.status} {response.body[:300]}")


async def _measure(app: AsyncApp, deals: Sequence[Known]) -> dict[str, float]:
    step = max(1, len(deals) // 20)
    some = deals[::step][:20]
    channel = f"C{some[7].deal - 1:07d}"
    found: dict[str, float] = {}
    found["/deal in a deal channel"] = spread(
        await _times(lambda _: _dispatch(app, command("/deal", "") | {"channel_id": channel}))
    ).p50
    found["/handoff status"] = spread(
        await _times(lambda _: _dispatch(app, command("/handoff", "status") | {"channel_id": channel}))
    ).p50
    found["a handoff handed in"] = spread(
        await _times(lambda n: _dispatch(app, submission(some[n % len(some)], n // len(some))))
    ).p50
    return found


async def run(few_url: str, many_url: str, kind: str) -> list[str]:
    """The rows of this benchmark; the two databases are fresh ones of the same kind."""
    few, many = Database(few_url), Database(many_url)
    try:
        small, large = await bolt_app(few), await bolt_app(many)
        few_deals, many_deals = await fill_in(few, FEW), await fill_in(many, MANY)
        before, after = await _measure(small, few_deals), await _measure(large, many_deals)
        return [
            line(f"{name}, {MANY:,} deals against {FEW:,}, {kind}, p50", after[name], before[name], limit="≤ 1.2")
            for name in before
        ]
    finally:
        await few.close()
        await many.close()
