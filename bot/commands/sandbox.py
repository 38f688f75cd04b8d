"""`baton sandbox`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import in_loop, say
from bot.errors import Failure, WrongUsage
from bot.manifest import manifest_path
from bot.serve import listen, stop_on_signals
from sandbox import Sandbox, SandboxConfig


def sandbox(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8080,
    signing_secret: Annotated[str | None, typer.Option(help="Signing secret; one is made when none is given.")] = None,
    events_url: Annotated[
        str | None, typer.Option(help="Deliver by signed HTTP to this address instead of Socket Mode.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder to keep everything in; in memory without it.")] = None,
) -> None:
    """Start the local Slack alone; prints the environment a bot needs to connect to it."""
    if events_url is not None and not events_url.startswith(("http://", "https://")):
        raise WrongUsage("--events-url: it has to be a web address such as http://127.0.0.1:3000/slack/events.")
    in_loop(_sandbox(port, signing_secret, events_url, data))


async def _sandbox(port: int, signing_secret: str | None, events_url: str | None, data: Path | None) -> None:
    with listen("127.0.0.1", port) as tried:
        free = int(tried.getsockname()[1])
    manifest = manifest_path()
    slack = Sandbox(
        SandboxConfig(
            port=free,
            data=data,
            signing_secret=signing_secret,
            events_url=events_url,
            manifest=manifest if manifest.is_file() else None,
        )
    )
    stop, up = asyncio.Event(), asyncio.Event()
    stop_on_signals(stop)
    serving = asyncio.create_task(slack.serve(ready=up), name="sandbox")
    waits = {asyncio.create_task(up.wait()), serving}
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        raise Failure(f"The local Slack did not start: {serving.exception() or 'it ended by itself'}.")
    for name, value in slack.environment().items():
        say(f"{name}={value}")
    say(f"url=http://127.0.0.1:{free}/")
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({stopping, serving}, return_when=asyncio.FIRST_COMPLETED)
    await slack.stop()
    await asyncio.gather(serving, return_exceptions=True)
