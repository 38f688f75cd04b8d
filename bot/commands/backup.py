"""`baton backup FILE` and `baton restore FILE`."""

import shlex
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.backup import back_up, look_at
from bot.backup import restore as put_back
from bot.commands.common import say, settings_and_logs
from bot.config import Settings
from bot.errors import WrongUsage
from storage.database import parse_url
from storage.schema import HEAD

PG_DUMP = 'pg_dump --format=custom --file={file} "$DATABASE_URL"'
PG_RESTORE = 'pg_restore --clean --if-exists --dbname="$DATABASE_URL" {file}'


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes; its folder has to be there.")],
    yes: Annotated[bool, typer.Option("--yes", help="Overwrite FILE when it is there.")] = False,
) -> None:
    """Copy the database into a file, also while Baton runs (SQLite; for PostgreSQL it says which command to use)."""
    database = _sqlite(settings_and_logs(), PG_DUMP.format(file=shlex.quote(str(file))))
    with _bar("Copying") as progress:
        copied = back_up(database, file, progress, overwrite=yes)
    say(f"{file}: {copied.size / 1e6:,.1f} MB, schema {copied.schema}. Keep it as safe as the database itself.")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that `baton backup` made.")],
    yes: Annotated[bool, typer.Option("--yes", help="Put it in the place of a database that is there.")] = False,
) -> None:
    """Put a copy in the database's place; the database of before is kept beside it. Stop Baton first."""
    database = _sqlite(settings_and_logs(), PG_RESTORE.format(file=shlex.quote(str(file))))
    version = look_at(file)
    if database.exists() and not yes:
        raise WrongUsage(
            f"{database} is there already. `baton restore --yes {shlex.quote(str(file))}` puts the copy in its place "
            "and keeps the old one beside it. Nothing was changed."
        )
    with _bar("Putting back") as progress:
        restored = put_back(file, database, datetime.now(UTC), progress)
    say(f"{database}: {restored.copy.size / 1e6:,.1f} MB, schema {version}.")
    if restored.aside is not None:
        say(f"The database of before is {restored.aside}.")
    if version != HEAD:
        say(f"This Baton needs schema {HEAD}: run `baton migrate`.")


def _sqlite(settings: Settings, command: str) -> Path:
    """The database's file. Raises WrongUsage naming PostgreSQL's own command."""
    address = parse_url(settings.database_url.get_secret_value())
    if address.get_backend_name() != "sqlite":
        raise WrongUsage(f"PostgreSQL has its own tools for this, which work while Baton runs or not: {command}")
    return Path(address.database or "")


@contextmanager
def _bar(what: str) -> Generator[Callable[[int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
