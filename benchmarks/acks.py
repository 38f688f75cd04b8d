"""How long Slack waits for an acknowledgement: Baton against a bare Bolt listener, in turn, over both transports."""

import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from benchmarks.figures import line, spread
from benchmarks.program import Running, bare, baton
from benchmarks.slack import Slack, command
from benchmarks.world import Known, fill, submission

ROUNDS = 10
A_ROUND = 40
WARM_UP = 30

Send = Callable[[str, dict[str, Any]], Awaitable[Any]]


def sender(slack: Slack, program: Running, session: aiohttp.ClientSession, *, socket_mode: bool) -> Send:
    """Sends one payload of a kind over this transport and waits for its acknowledgement."""

    async def send(kind: str, payload: dict[str, Any]) -> Any:
        if socket_mode:
            return await slack.over_socket(kind, payload)
        return await slack.over_http(session, f"{program.url}/slack/events", kind, payload)

    return send


async def _round(send: Send, kind: str, payloads: list[dict[str, Any]]) -> list[float]:
    times: list[float] = []
    for payload in payloads:
        began = time.perf_counter()
        await send(kind, payload)
        times.append(time.perf_counter() - began)
    return times


async def _pair(
    ours: Send, theirs: Send, kind: str, make: Callable[[int], tuple[dict[str, Any], dict[str, Any]]]
) -> tuple[list[float], list[float]]:
    """In turn, round by round, so that a machine that slows down slows both."""
    mine: list[float] = []
    baseline: list[float] = []
    number = 0
    for number_of_round in range(ROUNDS + 1):
        count = WARM_UP if number_of_round == 0 else A_ROUND
        pairs = [make(number + i) for i in range(count)]
        number += count
        a = await _round(ours, kind, [pair[0] for pair in pairs])
        b = await _round(theirs, kind, [pair[1] for pair in pairs])
        if number_of_round:
            mine += a
            baseline += b
    return mine, baseline


async def run(database_url: str, kind: str) -> list[str]:
    """The rows of this benchmark for one database."""
    rows: list[str] = []
    for socket_mode in (False, True):
        transport = "Socket Mode" if socket_mode else "HTTP"
        mine, theirs = Slack(), Slack()
        await mine.start()
        await theirs.start()
        async with contextlib.AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            program = await stack.enter_async_context(baton(mine, database_url, socket_mode=socket_mode))
            baseline = await stack.enter_async_context(bare(theirs, socket_mode=socket_mode))
            ours = sender(mine, program, session, socket_mode=socket_mode)
            other = sender(theirs, baseline, session, socket_mode=socket_mode)
            deals = await fill(database_url, 20)

            def help_command(_number: int) -> tuple[dict[str, Any], dict[str, Any]]:
                return command("/baton", "help"), command("/baton", "help")

            a, b = await _pair(ours, other, "slash_commands", help_command)
            limit = "≤ 1.5"
            rows.append(line(f"ack /baton help, {transport}, {kind}, p50", spread(a).p50, spread(b).p50, limit=limit))

            def hand_in(number: int, deals: list[Known] = deals) -> tuple[dict[str, Any], dict[str, Any]]:
                payload = submission(deals[number % len(deals)], number // len(deals))
                return payload, payload

            a, b = await _pair(ours, other, "interactive", hand_in)
            rows.append(line(f"ack of a handoff submission, {transport}, {kind}, p50", spread(a).p50, spread(b).p50))
        await mine.stop()
        await theirs.stop()
    return rows
