"""Programs under measurement: `baton run` and the bare baseline, as processes of their own."""

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from benchmarks.slack import SECRET, Slack

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Running:
    """A process and where it listens; ``ready_s`` is how long it took to be ready."""

    process: asyncio.subprocess.Process
    url: str
    ready_s: float

    def resident_mb(self) -> float:
        """Resident memory now, in MiB."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _answers(url: str, path: str, process: asyncio.subprocess.Process) -> None:
    async with aiohttp.ClientSession() as session:
        while True:
            if process.returncode is not None:
                raise RuntimeError(f"the process ended with {process.returncode} before it was ready")
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(url + path) as response:
                    if response.status in {200, 404}:
                        return
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def _process(arguments: list[str], env: Mapping[str, str]) -> AsyncGenerator[asyncio.subprocess.Process]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "BATON_", "DATABASE_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, cwd=ROOT, env=kept | dict(env), stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


@contextlib.asynccontextmanager
async def baton(slack: Slack, database_url: str, *, socket_mode: bool) -> AsyncGenerator[Running]:
    """`baton run` on this database, connected to the benchmark's Slack."""
    env = {
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{slack.url}/api/",
        "DATABASE_URL": database_url,
        "BATON_PACE": "0",
        "BATON_LOG": "json",
        "BATON_CS_LEAD": "chloe@bench.example",
    }
    if socket_mode:
        env["SLACK_APP_TOKEN"] = "xapp-bench"
    url = f"http://127.0.0.1:{(port := free_port())}"
    began = time.perf_counter()
    async with _process(["bot", "run", "--port", str(port)], env) as process:
        await _answers(url, "/readyz", process)
        if socket_mode:
            await slack.connected()
        yield Running(process, url, time.perf_counter() - began)


@contextlib.asynccontextmanager
async def bare(slack: Slack, *, socket_mode: bool) -> AsyncGenerator[Running]:
    """The baseline: Bolt alone."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    how = ["socket", f"{slack.url}/api/"] if socket_mode else ["http", str(port)]
    began = time.perf_counter()
    async with _process(["benchmarks.bare", *how], {}) as process:
        if socket_mode:
            await slack.connected()
        else:
            await _answers(url, "/none", process)
        yield Running(process, url, time.perf_counter() - began)
