"""Whether a handler costs more when there are more deals: the same requests with 1,000 and with 100,000 deals."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from benchmarks.figures import line, spread
from benchmarks.saves import bolt_app, services_on
from benchmarks.slack import command
from benchmarks.world import fill_in, submission
from domain.deals import AccountFacts, DealFacts
from handlers.webhooks.deals import Teller, record_deal_won
from storage.database import Database

FEW, MANY = 1_000, 100_000
ROUNDS = 12
A_ROUND = 15

Work = Callable[[int], Awaitable[Any]]


async def _dispatch(app: AsyncApp, payload: dict[str, Any]) -> None:
    response = await app.async_dispatch(AsyncBoltRequest(body=payload, mode="socket_mode"))
    if response.status != 200:
        raise RuntimeError(f"not taken: {response.status} {response.body[:300]}")


async def _cases(db: Database, count: int) -> dict[str, Work]:
    """What is asked of a database with so many deals, by name."""
    deals = await fill_in(db, count)
    services = await services_on(db)
    app = bolt_app(services)
    some = deals[:: len(deals) // 20][:20]
    channel = f"C{some[7].deal - 1:07d}"

    async def won(number: int) -> None:
        facts = DealFacts(
            id=f"new-{number}",
            name=f"New deal {number}",
            account=AccountFacts(f"new-{number}", f"New customer {number}"),
            closed_at=datetime.now(UTC),
            owner_email="ada@bench.example",
        )
        async with services.db.write() as tx:
            await record_deal_won(services, tx, facts, Teller("crm", "webhook", datetime.now(UTC)))

    return {
        "/deal in a deal channel": lambda _: _dispatch(app, command("/deal", "") | {"channel_id": channel}),
        "/handoff status": lambda _: _dispatch(app, command("/handoff", "status") | {"channel_id": channel}),
        "a handoff handed in": lambda n: _dispatch(app, submission(some[n % len(some)], n // len(some))),
        "a deal won, its CSM chosen": won,
    }


async def _in_turn(few: Work, many: Work) -> tuple[list[float], list[float]]:
    """Round by round, so that a machine that slows down slows both; the first round warms up."""
    times: tuple[list[float], list[float]] = ([], [])
    for number_of_round in range(ROUNDS):
        for work, found in zip((few, many), times, strict=True):
            for number in range(number_of_round * A_ROUND, (number_of_round + 1) * A_ROUND):
                began = time.perf_counter()
                await work(number)
                if number_of_round:
                    found.append(time.perf_counter() - began)
    return times


async def run(few_url: str, many_url: str, kind: str) -> list[str]:
    """The rows of this benchmark; the two databases are fresh ones of the same kind."""
    few, many = Database(few_url), Database(many_url)
    try:
        small, large = await _cases(few, FEW), await _cases(many, MANY)
        rows: list[str] = []
        for name, work in small.items():
            before, after = await _in_turn(work, large[name])
            title = f"{name}, {MANY:,} deals against {FEW:,}, {kind}, p50"
            rows.append(line(title, spread(after).p50, spread(before).p50, limit="≤ 1.2"))
        return rows
    finally:
        await few.close()
        await many.close()
