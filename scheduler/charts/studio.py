"""Has charts drawn by one process, kept warm, so that the event loop never waits for a picture.

A process of our own with pipes, not a `ProcessPoolExecutor`: started by `spawn` that would import the whole program
first, and when its bot is killed it would stay behind for good. This one knows only what it draws with, and ends with
its input.
"""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any, Final

import structlog

from domain.metrics import panels
from domain.metrics.panels import Panels
from domain.usage.trend import Trend, to_json

WORKER: Final = "scheduler.charts.worker"
PATIENCE_S: Final = 20.0
"""The first picture waits for imports, and on a new machine for matplotlib's list of fonts."""
GRACE_S: Final = 1.0
"""An idle process ends in milliseconds; one that hangs is killed."""
LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a picture; ours have 80,000."""
_OURS: Final = ("BATON_", "DATABASE_", "SLACK_")
_ROOT: Final = str(Path(__file__).parents[2])

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("baton.charts")


class ChartError(Exception):
    """There is no picture; the sentence says why."""


class Studio:
    """Draws one picture after the other. The process begins with the first one: a bot without usage has none."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._turn = asyncio.Lock()
        self.worker: Process | None = None
        """The process, once something was drawn."""
        self._closed = False

    async def draw(self, wanted: Trend | Panels) -> bytes:
        """The chart as a PNG. Raises ChartError when it can't be drawn, or not in time; the next one has a new process
        then."""
        value = panels.to_json(wanted) if isinstance(wanted, Panels) else to_json(wanted)
        line = json.dumps(value).encode() + b"\n"
        async with self._turn:
            if self._closed:
                raise ChartError("Baton is stopping")
            try:
                async with asyncio.timeout(self._patience_s):
                    return await self._ask(await self._running(), line)
            except TimeoutError as error:
                await self._end()
                raise ChartError(f"no picture within {self._patience_s:g} s") from error
            except (OSError, ValueError, EOFError) as error:
                await self._end()
                raise ChartError(f"the process that draws ended: {type(error).__name__}") from error
            except asyncio.CancelledError:
                # Half an answer may be on its way: it must not be taken for the next one's.
                await self._end()
                raise

    async def close(self) -> None:
        """End the process; nothing is drawn after this."""
        self._closed = True
        if self._turn.locked() and self.worker is not None:
            # Nobody waits for a picture any more.
            with contextlib.suppress(ProcessLookupError):
                self.worker.kill()
        async with self._turn:
            await self._end()

    async def _running(self) -> Process:
        if self.worker is None or self.worker.returncode is not None:
            self.worker = await asyncio.create_subprocess_exec(
                sys.executable, "-m", WORKER, stdin=PIPE, stdout=PIPE, env=_environment()
            )
            log.info("charts_ready", process=self.worker.pid)
        return self.worker

    async def _ask(self, worker: Process, line: bytes) -> bytes:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(line)
        await worker.stdin.drain()
        head: dict[str, Any] = json.loads(await worker.stdout.readline() or b"{}")
        size = int(head.get("size", -1))
        if not 0 <= size <= LARGEST:
            raise EOFError
        picture = await worker.stdout.readexactly(size)
        if not picture:
            raise ChartError(str(head.get("why")))
        return picture

    async def _end(self) -> None:
        worker, self.worker = self.worker, None
        if worker is None:
            return
        assert worker.stdin is not None
        worker.stdin.close()
        try:
            async with asyncio.timeout(GRACE_S):
                await worker.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                worker.kill()
            await worker.wait()


def _environment() -> dict[str, str]:
    """Ours without the secrets. One thread is enough for thirty numbers."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    path = os.pathsep.join(filter(None, (_ROOT, kept.get("PYTHONPATH"))))
    return kept | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
