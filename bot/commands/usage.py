"""`baton usage import`, `baton usage scan` and `baton usage replay`."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.clock import real_clock
from bot.commands.common import in_loop, say, settings_and_logs
from bot.commands.usage_scan import scan
from bot.config import Settings
from bot.errors import FAILED, Failure, WrongUsage
from bot.serve import check_schema
from bot.usage_files import Refusals, make_history, read_accounts, read_usage
from bot.usage_import import Imported, import_usage
from bot.usage_tables import open_table
from bot.workspace import the_workspace
from domain.usage.alerts import Alert, FeedAlert
from domain.usage.history import replay as replay_history
from domain.usage.settings import WATCHES, Kind
from messages.usage_words import explain
from storage.database import Database

HEADING: Final = ("account_id", "week_start", "kind", "severity", "explanation")
WRITTEN: Final = frozenset(Kind) - {Kind.HELD, Kind.WORSE, Kind.NEW_NORMAL}
"""What a person is told anew; the rest edits an earlier message."""
NAMED: Final = 10
"""Unknown accounts named one by one."""

usage = typer.Typer(
    name="usage",
    help="What customers do in the product: import it, scan it for falls, replay a history.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@usage.callback()
def _usage() -> None:
    """What customers do in the product: import it, scan it for falls, replay a history."""


usage.command("scan")(scan)


@usage.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="CSV or Parquet: account_id, day or week_start, metric, value; or a column a metric."
        ),
    ],
) -> None:
    """Import usage. Of the same account, day and metric the last value counts.

    Rows that can't be used are named with the reason, the rest is kept. Stopped and started again with the same file,
    it goes on where it stopped.
    """
    settings = settings_and_logs()
    refusals = Refusals()
    imported = in_loop(_import(settings, file, refusals))
    done = imported.done
    for line in refusals.lines:
        say(line)
    if refusals.count > len(refusals.lines):
        say(f"and {refusals.count - len(refusals.lines)} more rows that can't be used")
    if imported.resumed:
        say(f"Went on behind the first {imported.resumed} records, which an earlier run did; the numbers are of all.")
    say(f"{done.new} new, {done.updated} updated, {done.refused} refused")
    if done.aside:
        say(_kept_aside(imported))
    if done.refused and not done.new + done.updated:
        raise typer.Exit(FAILED)


@usage.command("replay")
def replay(
    file: Annotated[Path, typer.Argument(metavar="USAGE.csv", help="CSV: account_id,week_start,metric,value.")],
    accounts: Annotated[
        Path | None, typer.Option(help="CSV: account_id,created_week,region,vertical,size_class,seats.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where the alerts go; standard output without it.")] = None,
) -> None:
    """Replay a history week by week, as on each Monday, and write the alerts as CSV. No database is touched."""
    refusals = Refusals()
    rows = read_usage(file, refusals)
    known = read_accounts(accounts, refusals) if accounts else {}
    for line in refusals.lines:
        _note(line)
    if refusals.count > len(refusals.lines):
        _note(f"and {refusals.count - len(refusals.lines)} more rows that can't be used")
    if rows.value and not {watch.metric for watch in WATCHES} & set(rows.metrics):
        raise Failure(f"The file has none of the metrics that are watched: {', '.join(w.metric for w in WATCHES)}.")
    history = make_history(rows, known)
    alerts = list(replay_history(history))
    if out is None:
        _write(sys.stdout, alerts)
    else:
        try:
            with out.open("w", encoding="utf-8", newline="") as stream:
                _write(stream, alerts)
        except OSError as error:
            raise WrongUsage(f"--out {out}: {error.strerror or 'it can not be written'}.") from None
    for alert in alerts:
        if alert.kind is Kind.HELD:
            _note(f"{alert.week.isoformat()}: {explain(alert)}")
    _note(_summary(len(history.fleet), history.weeks, len(rows.value), refusals.count, alerts))


async def _import(settings: Settings, file: Path, refusals: Refusals) -> Imported:
    db = Database(settings.database_url.get_secret_value())
    try:
        await check_schema(db)
        with open_table(file) as table, _bar() as bar:
            workspace = await the_workspace(settings, db)
            task = bar.add_task("Importing", total=table.total)

            def progress(what: str, done: int, total: int) -> None:
                bar.update(task, description=what, completed=done, total=total)

            return await import_usage(db, workspace, file, table, real_clock, refusals, progress)
    finally:
        await db.close()


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))


def _kept_aside(imported: Imported) -> str:
    few = ", ".join(imported.unknown[:NAMED])
    more = f" and {len(imported.unknown) - NAMED} more" if len(imported.unknown) > NAMED else ""
    verb = "is" if imported.done.aside == 1 else "are"
    return (
        f"{imported.done.aside} of them {verb} of accounts the CRM has not named yet ({few}{more}): kept, and counted "
        "from the moment a deal of theirs is known."
    )


def _write(stream: TextIO, alerts: Iterable[Alert]) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADING)
    for alert in alerts:
        if alert.kind in WRITTEN:
            account = "*" if isinstance(alert, FeedAlert) else alert.account_id
            writer.writerow((account, alert.week.isoformat(), alert.kind, alert.severity, explain(alert)))


def _summary(accounts: int, weeks: int, rows: int, refused: int, alerts: Iterable[Alert]) -> str:
    kinds = Counter(str(alert.kind) for alert in alerts if alert.kind in WRITTEN)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "nothing to tell"
    return f"{accounts} accounts, {weeks} weeks, {rows} rows, {refused} refused: {told}"


def _note(line: str) -> None:
    typer.echo(line, err=True)
