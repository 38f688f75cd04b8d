"""`baton usage replay`."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final, TextIO

import typer

from bot.errors import Failure, WrongUsage
from bot.usage_files import Refusals, make_history, read_accounts, read_usage
from domain.usage.alerts import Alert, FeedAlert
from domain.usage.history import replay as replay_history
from domain.usage.settings import WATCHES, Kind
from messages.usage_words import explain

HEADING: Final = ("account_id", "week_start", "kind", "severity", "explanation")
WRITTEN: Final = frozenset(Kind) - {Kind.HELD, Kind.WORSE, Kind.NEW_NORMAL}
"""What a person is told anew; the rest edits an earlier message."""

usage = typer.Typer(
    name="usage",
    help="What customers do in the product: replay a history through the detector.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@usage.callback()
def _usage() -> None:
    """What customers do in the product: replay a history through the detector."""


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
