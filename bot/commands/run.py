"""`baton run`."""

import asyncio
from typing import Annotated

import structlog
import typer

from bot.app import Baton, version
from bot.commands.common import in_loop, settings_and_logs
from bot.config import Settings, need_slack
from bot.serve import Address, listen, serve, stop_on_signals

_log = structlog.stdlib.get_logger("baton")


def run(
    host: Annotated[
        str, typer.Option(help="Address to listen on for webhooks, health and Slack over HTTP.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 3000,
) -> None:
    """Run Baton against Slack: Socket Mode when SLACK_APP_TOKEN is set, else HTTP."""
    settings = settings_and_logs()
    need_slack(settings)
    in_loop(_run(settings, host, port))


async def _run(settings: Settings, host: str, port: int) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    with listen(host, port) as listener:
        await serve(settings, listener, stop, _ready)


def _ready(baton: Baton, address: Address) -> None:
    how = "Socket Mode" if baton.settings.socket_mode else "HTTP"
    team = baton.state.identity.team if baton.state.identity else ""
    _log.info("ready", url=address.url, slack=how, team=team, version=version())
