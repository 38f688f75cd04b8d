"""What several commands do the same way."""

import asyncio
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, TypeVar

import typer
import uvloop

from bot.config import Settings, read_settings
from bot.errors import WrongUsage
from bot.logs import set_up_logs

T = TypeVar("T")


def settings_and_logs(settings: Settings | None = None) -> Settings:
    """The settings, checked, with the logs set up so that none of their secrets is written."""
    found = read_settings() if settings is None else settings
    set_up_logs(found.baton_log, found.secrets(), debug="--debug" in sys.argv)
    return found


def in_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end in a loop of its own."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def moment(text: str | None, option: str) -> datetime | None:
    """An ISO 8601 moment given on the command line, UTC when it names no zone. Raises WrongUsage naming the option."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise WrongUsage(f"{option}: it has to be a moment in ISO 8601, such as 2026-12-01T09:00:00Z.") from None


def say(line: str) -> None:
    """A line for the person, at once."""
    typer.echo(line)
    sys.stdout.flush()
