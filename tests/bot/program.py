"""Runs `python -m bot …` as a process of its own, as people do."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def environment(values: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child process: ours without any setting of Baton, then these values."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "BATON_", "DATABASE_"))}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | dict(values)


@dataclass
class Finished:
    """How a process ended."""

    code: int
    out: str
    err: str


async def baton(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None, patience_s: float = 60) -> Finished:
    """Run a command to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=cwd,
        env=environment(env or {}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(patience_s):
        out, err = await process.communicate()
    return Finished(process.returncode or 0, out.decode(), err.decode())


@dataclass
class Running:
    """A `baton run` that said it is ready; its log lines as they came."""

    process: asyncio.subprocess.Process
    url: str
    log: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def said(self, event: str, patience_s: float = 10) -> None:
        """Wait until the log has this event."""
        async with asyncio.timeout(patience_s), self.came:
            await self.came.wait_for(lambda: any(entry.get("event") == event for entry in self.log))


@asynccontextmanager
async def baton_run(*arguments: str, cwd: Path, env: Mapping[str, str]) -> AsyncIterator[Running]:
    """`baton run` on a free port until the end of the block; waits for its line `ready`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        "--port",
        "0",
        *arguments,
        cwd=cwd,
        env=environment({"BATON_LOG": "json", **env}),
        stderr=asyncio.subprocess.PIPE,
    )
    running = Running(process, "")
    stream = process.stderr
    assert stream is not None
    async with asyncio.timeout(30):
        while not running.url:
            line = await stream.readline()
            assert line, f"baton run ended before it was ready: {running.log}"
            entry = _entry(line)
            running.log.append(entry)
            if entry.get("event") == "ready":
                running.url = str(entry["url"])

    async def collect() -> None:
        async for line in stream:
            async with running.came:
                running.log.append(_entry(line))
                running.came.notify_all()

    collecting = asyncio.create_task(collect())
    try:
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await collecting


def _entry(line: bytes) -> dict[str, Any]:
    text = line.decode()
    return json.loads(text) if text.startswith("{") else {"event": text.strip()}
