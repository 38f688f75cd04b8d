"""`baton date`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.commands.common import moment, say
from domain.dates import read_date, report_line


def date(
    text: Annotated[list[str], typer.Argument(help="Phrases, each quoted: 'next Friday' 'om två veckor'.")],
    now: Annotated[str | None, typer.Option(help="Read them as on this day (ISO 8601).")] = None,
    locale: Annotated[str, typer.Option(help="The person's Slack locale, such as sv-SE.")] = "en-US",
) -> None:
    """Show how Baton reads each phrase: a day, or - and the reason it refuses."""
    at = moment(now, "--now") or datetime.now(UTC)
    for phrase in text:
        say(report_line(read_date(phrase, now=at, locale=locale)))
