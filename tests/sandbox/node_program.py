"""A Node program of `tests/sandbox/node/` as a child: lines of JSON both ways."""

import asyncio
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

Json = dict[str, Any]
FOLDER = Path(__file__).parent / "node"
# what a loaded machine may take for one step
PATIENCE_SECONDS = 30


class Program:
    """What runs; `heard(kind)` waits for the next line about it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._numbers = count(1)

    async def _line(self) -> Json:
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), PATIENCE_SECONDS)
        assert line, "the Node program ended; its words are on stderr"
        return json.loads(line)

    async def heard(self, kind: str) -> Json:
        """The next line that says it heard `kind`; others are passed over."""
        while True:
            line = await self._line()
            if line.get("heard") == kind:
                return line

    async def tell(self, **order: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        await self._process.stdin.drain()

    async def ask(self, way: str, **order: object) -> Json:
        """Gives an order and waits for its line: `{"answer"}` or `{"failed"}`, and what was heard before as `heard`."""
        number = next(self._numbers)
        await self.tell(id=number, way=way, **order)
        before: list[Json] = []
        while True:
            line = await self._line()
            if line.get("id") == number:
                return {**line, "heard": before}
            before.append(line)


@asynccontextmanager
async def node(script: str, *arguments: str, env: dict[str, str]) -> AsyncIterator[Program]:
    """Runs a script with the given variables; ends it by closing its input."""
    assert (FOLDER / "node_modules").is_dir(), "the Node clients are not installed: make node"
    process = await asyncio.create_subprocess_exec(
        "node", str(FOLDER / script), *arguments, stdin=PIPE, stdout=PIPE, limit=2**24, env={**os.environ, **env}
    )
    try:
        yield Program(process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
