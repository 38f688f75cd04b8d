"""`baton demo`."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import in_loop, moment, say
from bot.demo import Folder, run_demo
from bot.serve import stop_on_signals


def demo(
    port: Annotated[int, typer.Option(help="Port of the page to open; 0 takes a free one.")] = 8080,
    data: Annotated[Path, typer.Option(help="Folder in which everything is kept between runs.")] = Path(".baton-demo"),
    now: Annotated[str | None, typer.Option(help="Start the local Slack's clock there (ISO 8601).")] = None,
) -> None:
    """Start the local Slack and Baton together, and print one URL to open."""
    at = moment(now, "--now")
    in_loop(_demo(Folder(data), port, at))


async def _demo(folder: Folder, port: int, now: datetime | None) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    await run_demo(folder, port, now, stop, lambda page: say(f"Open {page}"))
