"""`baton export --deal ID`."""

from pathlib import Path
from typing import Annotated

import typer

from bot.clock import real_clock
from bot.commands.common import in_loop, say, settings_and_logs
from bot.config import Settings
from bot.errors import Failure, WrongUsage
from bot.export import write
from bot.metrics_files import load_metrics
from bot.serve import check_schema
from bot.workspace import the_workspace
from domain.usage.metrics import Metrics
from storage import export as exports
from storage.database import Database
from storage.export import DealExport


def export(
    deal: Annotated[str, typer.Option(help="The deal, by the id your CRM gives it.")],
    json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Where the JSON goes.")] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Where the page goes; it prints well, also as PDF.")
    ] = None,
    without_confidential: Annotated[
        bool, typer.Option("--without-confidential", help="Leave out worries and what to handle with care.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Overwrite files that are there.")] = False,
) -> None:
    """Write everything known of one deal: handoff, plan, questions, promises, usage, conversations and history."""
    if json is None and html is None:
        raise WrongUsage("Name a file: --json FILE, --html FILE or both.")
    settings = settings_and_logs()
    metrics = load_metrics(settings.baton_playbooks)
    found = in_loop(_read(settings, deal, metrics))
    files = {"json": json, "html": html}
    confidential = not without_confidential
    zone, now = settings.baton_timezone, real_clock()
    for file in write(found, now, metrics, zone, files, confidential=confidential, overwrite=yes):
        say(str(file))


async def _read(settings: Settings, deal: str, metrics: Metrics) -> DealExport:
    db = Database(settings.database_url.get_secret_value())
    try:
        await check_schema(db)
        workspace = await the_workspace(settings, db)
        async with db.read() as session:
            number = await exports.find(session, workspace, deal)
            found = await exports.load(session, number or 0, metrics, real_clock().date())
    finally:
        await db.close()
    if found is None:
        raise Failure(f"--deal {deal}: the CRM never told of such a deal.")
    return found
