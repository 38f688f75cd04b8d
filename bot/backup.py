"""A SQLite database copied while Baton runs, and a copy put back in its place.

Copying goes by SQLite's own backup (sqlite.org/backup.html), with one reader held for as long as it takes: what others
write meanwhile is not in the copy, and does not make it begin anew. What is written is written beside its place, looked
through, and only then moved there; so a full disk or a killed program leaves what was there.
"""

import os
import re
import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from bot.errors import Failure, WrongUsage
from storage.schema import HEAD
from storage.troubles import AWAY, BUSY, DAMAGED, NO_ROOM, NOT_WRITTEN, sentence_of

Progress = Callable[[int, int], None]
"""Called with the pages that are done and how many there are."""
PAGES_AT_ONCE: Final = 2_000
"""Eight megabytes; between them others have their turn."""
PATIENCE_S: Final = 2.0
MINE_ALONE: Final = 0o600
HEADER: Final = b"SQLite format 3\0"
BESIDE: Final = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database."""
_VERSION: Final = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy: how large it is in bytes, and the schema it has."""

    size: int
    schema: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place, and where the database of before lies now (None: there was none)."""

    copy: Copied
    aside: Path | None


def back_up(database: Path, file: Path, progress: Progress, *, overwrite: bool = False) -> Copied:
    """Copy the database into ``file``, which only its owner may read. Raises Failure; what was there is there still."""
    if not database.exists():
        raise Failure("DATABASE_URL: the database does not exist yet, so there is nothing to copy.")
    if file.exists() and file.samefile(database):
        raise WrongUsage(f"{file}: this is the database itself. Name another file.")
    if file.exists() and not overwrite:
        raise WrongUsage(f"{file}: it is there already. Name another file, or add --yes to overwrite it.")
    with _beside(file, ".partial") as partial:
        copied = _copy(database, partial, progress)
        with _in_words(file):
            partial.replace(file)
    return copied


def look_at(file: Path) -> str:
    """The schema of a backup that can be put back. Raises Failure saying why it can't."""
    try:
        with file.open("rb") as stream:
            head = stream.read(len(HEADER))
    except OSError as error:
        raise WrongUsage(f"{file}: {error.strerror or 'it can not be read'}.") from None
    if head != HEADER:
        raise Failure(f"{file}: this is no SQLite database, so no backup that `baton backup` made.")
    with _in_words(file), _opened(file, read_only=True) as connection:
        return _sound(connection, file)


def restore(file: Path, database: Path, now: datetime, progress: Progress) -> Restored:
    """Put a backup in the database's place; what was there is kept beside it. Raises Failure, with nothing changed,
    when the backup is of no use or a bot runs."""
    look_at(file)
    if database.exists() and file.samefile(database):
        raise WrongUsage(f"{file}: this is the database itself. Name a backup.")
    with _nobody_else(database), _beside(database, ".restoring") as partial:
        copied = _copy(file, partial, progress)
        aside = _aside(database, now) if database.exists() else None
        with _in_words(database):
            partial.replace(database)
    return Restored(copied, aside)


def _copy(source: Path, target: Path, progress: Progress) -> Copied:
    """Copy, look through, and have it on the disk for good."""
    with _in_words(target), _opened(source, read_only=True) as from_, _opened(target) as into:
        from_.execute("BEGIN")
        from_.execute("SELECT count(*) FROM sqlite_master").fetchone()
        from_.backup(
            into, pages=PAGES_AT_ONCE, progress=lambda _status, left, total: progress(total - left, total), sleep=0.001
        )
        # A file of its own: a copy in WAL mode would have two more beside it as soon as somebody looks.
        into.execute("PRAGMA journal_mode=DELETE")
        version = _sound(into, source)
    with _in_words(target), target.open("rb") as stream:
        os.fsync(stream.fileno())
        return Copied(os.fstat(stream.fileno()).st_size, version)


def _sound(connection: sqlite3.Connection, file: Path) -> str:
    """The schema of a database that is whole and not from the future. Raises Failure."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found is None or found[0] != "ok":
        raise Failure(f"{file}: it is damaged ({str(found[0] if found else 'nothing in it')[:100]}).")
    has = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    version = connection.execute("SELECT version_num FROM alembic_version").fetchone() if has else None
    if version is None:
        raise Failure(f"{file}: this is no database of Baton's.")
    if not _VERSION.fullmatch(str(version[0])) or str(version[0]) > HEAD:
        raise Failure(
            f"{file}: it has schema {str(version[0])[:40]}, made by a newer Baton than this one (up to {HEAD}). "
            "Install that version first."
        )
    return str(version[0])


@contextmanager
def _nobody_else(database: Path) -> Generator[None]:
    """Nobody has the database open, and nobody can open it, for as long as this lasts. Raises Failure when a bot runs.

    A database leaves WAL mode only when nobody else has it open (sqlite.org/wal.html), a bot that rests too.
    """
    if not database.exists():
        yield
        return
    with _opened(database) as connection:
        try:
            connection.execute("PRAGMA busy_timeout=500")
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            found = sentence_of(error)
            if found == BUSY:
                raise Failure("Baton runs, or another program has the database open: stop it first.") from None
            if found != DAMAGED:
                raise Failure(f"DATABASE_URL: {found or error}") from error
            # A damaged one is why people restore: it can't be locked, only put aside.
        yield


def _aside(database: Path, now: datetime) -> Path:
    """Move the database of before away, with what SQLite keeps beside it."""
    name = f"{database.name}.before-{now:%Y%m%d-%H%M%S}"
    aside = database.with_name(name)
    number = 1
    while aside.exists():
        number += 1
        aside = database.with_name(f"{name}-{number}")
    with _in_words(database):
        try:
            # A second name first: at no moment is there no database.
            os.link(database, aside)
        except OSError:
            # Some file systems know no second names.
            database.rename(aside)
        for more in BESIDE:
            with suppress(FileNotFoundError):
                database.with_name(database.name + more).rename(aside.with_name(aside.name + more))
    return aside


@contextmanager
def _beside(place: Path, ending: str) -> Generator[Path]:
    """A new file beside ``place`` that is gone afterwards unless it was moved there."""
    partial = place.with_name(place.name + ending)
    with _in_words(place):
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MINE_ALONE))
    try:
        yield partial
    finally:
        for more in ("", *BESIDE):
            partial.with_name(partial.name + more).unlink(missing_ok=True)


@contextmanager
def _opened(file: Path, *, read_only: bool = False) -> Generator[sqlite3.Connection]:
    address = f"file:{quote(str(file.absolute()))}?mode={'ro' if read_only else 'rw'}"
    with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE_S, isolation_level=None)) as connection:
        yield connection


@contextmanager
def _in_words(file: Path) -> Generator[None]:
    """Errors of files and of SQLite as a sentence about ``file``."""
    try:
        yield
    except sqlite3.Error as error:
        raise Failure(f"{file}: {_said(error)}") from error
    except OSError as error:
        raise Failure(f"{file}: {error.strerror or 'it can not be written'}. Nothing was changed.") from error


def _said(error: sqlite3.Error) -> str:
    match sentence_of(error):
        case said if said in (NO_ROOM, NOT_WRITTEN):
            return "there is not enough room for it, or the disk is broken. Nothing was changed."
        case said if said == AWAY:
            return "it can't be opened. Nothing was changed."
        case said:
            return said or str(error)
