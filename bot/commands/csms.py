"""`baton csms import FILE` and `baton csms list`."""

from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from bot.clock import real_clock
from bot.commands.common import in_loop, say, settings_and_logs
from bot.config import Settings
from bot.csms import Imported, RosterRow, import_rows, read_rows, unknown_emails
from bot.csv_files import BadRow, read_file
from bot.errors import FAILED, Failure
from bot.identity import learn_people
from bot.serve import check_schema
from bot.slack_web import TROUBLE, web_client
from bot.workspace import the_workspace, unreachable
from storage import people
from storage.database import Database

csms = typer.Typer(
    name="csms",
    help="Who takes customers over: import them, list them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@csms.command("import")
def import_(file: Annotated[Path, typer.Argument(help="CSV with the columns email,regions,segments,active.")]) -> None:
    """Make the people in a CSV file CSMs; rows that can't be used are named with the reason."""
    settings = settings_and_logs()
    rows, bad = read_rows(read_file(file))
    done = in_loop(_import(settings, rows, bad))
    for row in done.refused:
        say(f"line {row.line}: {row.reason}")
    say(f"{done.new} new, {done.changed} updated, {len(done.refused)} refused")
    if done.refused and not done.new + done.changed:
        raise typer.Exit(FAILED)


@csms.command("list")
def list_() -> None:
    """List the CSMs with what they look after and their open deals."""
    settings = settings_and_logs()
    for line in in_loop(_list(settings)):
        say(line)


async def _import(settings: Settings, rows: list[RosterRow], bad: list[BadRow]) -> Imported:
    db = Database(settings.database_url.get_secret_value())
    try:
        await check_schema(db)
        workspace = await the_workspace(settings, db)
        if settings.slack_bot_token and await unknown_emails(db, workspace, rows):
            await _ask_for_people(settings, db, workspace)
        return await import_rows(db, workspace, rows, bad, real_clock)
    finally:
        await db.close()


async def _list(settings: Settings) -> list[str]:
    db = Database(settings.database_url.get_secret_value())
    try:
        await check_schema(db)
        async with db.read() as session:
            rosters = [await people.roster(session, known.id) for known in await people.workspaces(session)]
    finally:
        await db.close()
    lines = [
        f"{entry.person.email or entry.person.slack_id}  regions: {', '.join(entry.regions) or 'any'}  "
        f"segments: {', '.join(entry.segments) or 'any'}  {'' if entry.active else 'inactive, '}"
        f"{entry.open_deals} open deals"
        for roster in rosters
        for entry in roster
    ]
    return lines or ["There are no CSMs yet. `baton csms import FILE.csv` adds them."]


async def _ask_for_people(settings: Settings, db: Database, workspace_id: int) -> None:
    async with db.read() as session:
        team_id = next(known.team_id for known in await people.workspaces(session) if known.id == workspace_id)
    async with aiohttp.ClientSession() as session:
        try:
            await learn_people(web_client(settings, session), db, workspace_id, team_id, real_clock)
        except TROUBLE as error:
            raise Failure(unreachable(error)) from error
