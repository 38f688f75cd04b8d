"""What the local Slack stands: `chat.postMessage` with ten blocks on one core, and memory after 100,000 messages."""

import asyncio
import contextlib
import itertools
import json
import os
import statistics
import sys
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator, Generator
from typing import Any
from urllib.parse import urlencode, urlsplit

from benchmarks.figures import line
from benchmarks.program import ROOT, Running

CONNECTIONS = 16
ROUNDS = 7
A_ROUND = 1_000
MESSAGES = 100_000
BLOCKS: list[dict[str, Any]] = [
    {"type": "header", "text": {"type": "plain_text", "text": "Acme is handed over"}},
    *(
        {
            "type": "section",
            "block_id": f"s{number}",
            "text": {"type": "mrkdwn", "text": f"*Goal {number}*\nFewer than {number} tickets a week by <@U01ADALIND>"},
            "fields": [{"type": "mrkdwn", "text": "*Owner*\nAda"}, {"type": "plain_text", "text": "due in May"}],
        }
        for number in range(6)
    ),
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "From <https://example.com|the CRM>"}]},
    {"type": "divider"},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": name, "value": "7", "text": {"type": "plain_text", "text": name}}
            for name in ("accept", "return", "ask")
        ],
    },
]


class Client:
    """As little client as there can be, so that its own time hides nothing: one prepared request over a connection."""

    def __init__(self, url: str, token: str) -> None:
        place = urlsplit(url)
        self.host, self.port = str(place.hostname), place.port
        form = urlencode(
            {"channel": "C00GENERAL", "text": "Acme is handed over", "blocks": json.dumps(BLOCKS)}
        ).encode()
        head = (
            f"POST /api/chat.postMessage HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n"
        )
        self.request = head.encode() + form

    async def _call(self, reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(self.request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        body = await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r\n")[0]))
        if not body.startswith(b'{"ok": true'):
            raise RuntimeError(f"not taken: {body[:300]!r}")

    async def calls(self, count: int) -> float:
        """Calls a second over all connections."""
        left = itertools.count()

        async def work() -> None:
            reader, writer = await asyncio.open_connection(self.host, self.port)
            while next(left) < count:
                await self._call(reader, writer)
            writer.close()
            await writer.wait_closed()

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
        return count / (time.perf_counter() - began)


@contextlib.contextmanager
def _elsewhere() -> Generator[int]:
    """Gives one core to the servers and keeps this process on the others, when there are others."""
    cores = os.sched_getaffinity(0)
    core = min(cores)
    os.sched_setaffinity(0, cores - {core} or cores)
    try:
        yield core
    finally:
        os.sched_setaffinity(0, cores)


@contextlib.asynccontextmanager
async def _server(core: int, *arguments: str) -> AsyncGenerator[tuple[Running, dict[str, str]]]:
    """A server on that core, and the `KEY=VALUE` lines it printed up to `url=`."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    os.sched_setaffinity(process.pid, {core})
    try:
        env: dict[str, str] = {}
        while "url" not in env and process.stdout is not None:
            said = (await process.stdout.readline()).decode().strip()
            if not said:
                raise RuntimeError(f"{arguments[0]} ended before it served")
            name, _, value = said.partition("=")
            env[name] = value
        yield Running(process, env["url"], time.perf_counter() - began), env
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def run() -> list[str]:
    """The rows of this benchmark."""
    ours: list[float] = []
    theirs: list[float] = []
    with _elsewhere() as core:
        async with (
            _server(core, "sandbox", "--port", "0", "--pace", "0") as (sandbox, env),
            _server(core, "benchmarks.form") as (baseline, _),
        ):
            client, other = Client(sandbox.url, env["SLACK_BOT_TOKEN"]), Client(baseline.url, "none")
            # in turn, so that a machine that slows down slows both; the first round warms up
            for number in range(ROUNDS + 1):
                mine, bare = await client.calls(A_ROUND), await other.calls(A_ROUND)
                if number:
                    ours.append(mine)
                    theirs.append(bare)
            before = sandbox.resident_mb()
            await client.calls(MESSAGES)
            after = sandbox.resident_mb()
            late = await client.calls(A_ROUND)
    title = "chat.postMessage, 10 blocks, requests a second on one core"
    return [
        line(title, statistics.median(ours), statistics.median(theirs), "/s", "≥ 200 /s"),
        line(f"the same after {MESSAGES:,} messages, against before", late, statistics.median(ours), "/s"),
        line(f"sandbox resident after {MESSAGES:,} messages, against before", after, before, "MB"),
    ]
