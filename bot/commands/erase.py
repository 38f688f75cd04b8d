"""`baton erase --account ID` and `baton erase --person ID`."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import real_clock
from bot.commands.common import in_loop, say, settings_and_logs
from bot.config import Settings
from bot.erase import Report, erase_all
from bot.errors import Failure, WrongUsage
from bot.serve import check_schema
from bot.workspace import the_workspace
from messages.text import plural
from storage import erase_targets
from storage.database import Database
from storage.erase_targets import Target


def erase(
    account: Annotated[str, typer.Option(help="A customer, by the id your CRM gives them.")] = "",
    person: Annotated[
        str, typer.Option(help="Somebody, by Slack id or e-mail address; or one of a customer's people, by name.")
    ] = "",
    also: Annotated[
        list[str] | None, typer.Option(help="Another name or address they go by; may be given several times.")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Erase. Without this it is only tried: a dry run.")] = False,
) -> None:
    """Erase a customer or somebody, as privacy law asks: names, notes, handoffs, usage, messages, audit texts.

    Messages, canvases and pictures of Baton in Slack are deleted or edited by the running bot.
    """
    if bool(account) == bool(person):
        raise WrongUsage("Name either --account ID or --person ID.")
    report = in_loop(_erase(settings_and_logs(), account, person, also or [], apply=apply))
    for line in _lines(report):
        say(line)
    if not report.clean:
        say("unused pages of the file may still hold it: run `sqlite3 FILE VACUUM` on the database in a quiet hour")
    if not apply:
        say("Nothing was erased: this was a dry run. --apply erases.")


async def _erase(settings: Settings, account: str, person: str, also: list[str], *, apply: bool) -> Report:
    db = Database(settings.database_url.get_secret_value())
    try:
        await check_schema(db)
        workspace = await the_workspace(settings, db)

        async def find(session: AsyncSession) -> Target | None:
            if account:
                return await erase_targets.account(session, workspace, account, also)
            return await erase_targets.person(session, workspace, person, also)

        report = await erase_all(db, workspace, find, real_clock, apply=apply)
    finally:
        await db.close()
    if report is None:
        raise Failure(f"--account {account}: the CRM, the usage feed and billing never told of such a customer.")
    if not report.rounds:
        raise Failure(f"--person {person}: nothing of them was found. Nothing was changed.")
    return report


def _lines(report: Report) -> Iterator[str]:
    target = report.target
    words = ", ".join(f"“{one}”" for one in target.traces.words)
    yield f"{target.kind.capitalize()} {target.title}: looked for {words}"
    if target.traces.common:
        common = ", ".join(f"“{one}”" for one in target.traces.common)
        yield f"too common to be looked for in other texts: {common}"
    yield from _table("rows that go", report.deleted())
    yield from _table("rows that lose a text", report.blanked())
    slack = [one.in_slack for one in report.rounds]
    parts = {
        "message": sum(len(one.messages) for one in slack),
        "canvas": sum(len(one.canvases) for one in slack),
        "picture": sum(len(one.files) for one in slack),
    }
    gone = ", ".join(
        plural(count, word, "canvases" if word == "canvas" else "") for word, count in parts.items() if count
    )
    channels = sum(len(one.channels) for one in slack)
    edited = sum(one.edited for one in report.rounds)
    if gone:
        yield f"in Slack the running bot deletes {gone}"
    if edited:
        yield f"in Slack the running bot edits {plural(edited, 'message')}"
    if channels:
        yield f"{plural(channels, 'channel')} lose name and topic and are archived; what people wrote there is Slack's"


def _table(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    if counts:
        yield f"{title}: " + ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in counts.items())
