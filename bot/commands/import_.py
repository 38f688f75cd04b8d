"""`baton import people|accounts|deals FILE`."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.app import Baton
from bot.commands.common import in_loop, say, settings_and_logs
from bot.config import Settings
from bot.csv_files import read_file
from bot.errors import FAILED, Failure
from bot.identity import learn_people
from bot.imports import (
    ACCOUNTS,
    DEALS,
    PEOPLE,
    Summary,
    read_accounts,
    read_deals,
    read_people,
    take_accounts,
    take_deals,
    take_people,
)
from bot.serve import started
from bot.slack_web import TROUBLE
from bot.workspace import the_workspace, unreachable
from messages.text import plural
from storage import people

SHOWN: Final = 100
"""Rows named one by one."""
Work = Callable[[Baton, Callable[[int, int], None]], Awaitable[Summary]]
Apply = Annotated[bool, typer.Option("--apply", help="Write it. Without this it is only tried: a dry run.")]

import_app = typer.Typer(
    name="import",
    help="Customers you have already: people, accounts and deals out of CSV files.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@import_app.callback()
def _import() -> None:
    """Customers you have already: people, accounts and deals out of CSV files."""


@import_app.command("people")
def people_(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help=f"CSV with the columns {','.join(PEOPLE)}.")],
    apply: Apply = False,
) -> None:
    """Make CSMs of people, and find out whom Slack does not know. `role` is csm or seller."""
    table = read_people(read_file(file))

    async def work(baton: Baton, progress: Callable[[int, int], None]) -> Summary:
        return await take_people(baton.services, table, progress, apply=apply)

    _run(work, apply=apply)


@import_app.command("accounts")
def accounts(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help=f"CSV with the columns {','.join(ACCOUNTS)}.")],
    apply: Apply = False,
) -> None:
    """Make customers known, by the ids your CRM gives them."""
    table = read_accounts(read_file(file))

    async def work(baton: Baton, progress: Callable[[int, int], None]) -> Summary:
        return await take_accounts(baton.services, table, progress, apply=apply)

    _run(work, apply=apply)


@import_app.command("deals")
def deals(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help=f"CSV with the columns {','.join(DEALS)}.")],
    apply: Apply = False,
    open_channels: Annotated[
        str, typer.Option(help="Ids of deals that get a channel with the card, parted by commas.")
    ] = "",
    start_plans: Annotated[
        str, typer.Option(help="Ids of deals that get channel, handoff, plan and reminders, parted by commas.")
    ] = "",
) -> None:
    """Make won deals known. Nothing is said in Slack, and no channel made, but for the deals you name, by these options
    or by channel or plan in the column `begin`.

    The file's facts count as of its last change: what the CRM told later stays.
    """
    table = read_deals(read_file(file), _ids(open_channels), _ids(start_plans))
    written = datetime.fromtimestamp(file.stat().st_mtime, UTC)

    async def work(baton: Baton, progress: Callable[[int, int], None]) -> Summary:
        at = min(written, baton.services.clock())
        return await take_deals(baton.services, table, at, progress, apply=apply)

    _run(work, apply=apply)


def _ids(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _run(work: Work, *, apply: bool) -> None:
    summary = in_loop(_work(settings_and_logs(), work))
    for row in summary.refused[:SHOWN]:
        say(f"line {row.line}: {row.reason}")
    if len(summary.refused) > SHOWN:
        say(f"and {len(summary.refused) - SHOWN} more rows that can't be used")
    for email, line in list(summary.unknown.items())[:SHOWN]:
        say(f"line {line}: nobody in Slack has the address {email}; the deal is kept all the same")
    counted = f"{summary.new} new, {summary.changed} updated, {summary.same} as they were"
    late = f", {summary.late} told newer by the CRM" if summary.late else ""
    say(f"{counted}{late}, {len(summary.refused)} refused")
    if summary.channels or summary.plans:
        say(_begun(summary))
    if not apply:
        say("Nothing was written: this was a dry run. --apply writes it.")
    if summary.refused and not summary.new + summary.changed + summary.same + summary.late:
        raise typer.Exit(FAILED)


def _begun(summary: Summary) -> str:
    overdue = f"; overdue already: {plural(summary.overdue, 'milestone')}" if summary.overdue else ""
    return f"{plural(summary.channels, 'channel')} to make, {plural(summary.plans, 'plan')} to begin{overdue}"


async def _work(settings: Settings, work: Work) -> Summary:
    async with started(settings, once=True) as baton:
        if baton.followed is not None:
            await baton.followed.read()
        await _know_people(settings, baton)
        with _bar() as bar:
            task = bar.add_task("Importing", total=None)

            def progress(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total)

            return await work(baton, progress)


async def _know_people(settings: Settings, baton: Baton) -> None:
    """Learn who is in the workspace: rows name people by their addresses."""
    workspace = await the_workspace(settings, baton.db)
    async with baton.db.read() as session:
        team_id = next(known.team_id for known in await people.workspaces(session) if known.id == workspace)
    baton.services.people.of_workspace(workspace, team_id)
    if settings.slack_bot_token is None:
        return
    try:
        await learn_people(baton.web, baton.db, workspace, team_id, baton.clock)
    except TROUBLE as error:
        raise Failure(unreachable(error)) from error


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))
