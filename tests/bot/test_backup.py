"""`baton backup` and `baton restore`: while others write, on a full disk, with damaged, foreign and newer databases."""

import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.backup import HEADER, back_up, look_at, restore
from bot.errors import Failure, WrongUsage
from storage.database import Database
from storage.migrate import NewerSchemaError, migrate
from storage.schema import HEAD
from storage.troubles import BUSY, NO_ROOM, NOT_WRITTEN, sentence_of
from tests.bot.program import baton
from tests.storage.house import make_house

NOW = datetime(2026, 11, 26, 3, 4, 5, tzinfo=UTC)
HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("PRAGMA locking_mode=EXCLUSIVE")
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


def quiet(done: int, total: int) -> None:
    assert 0 <= done <= total


@pytest.fixture
def database(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite:///"))


def keep(database: Path, *names: str) -> None:
    """Workspaces of these names."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executemany(
            "INSERT INTO workspace (team_id, name, bot_user_id, zone_rules, created_at) VALUES (?, ?, '', '', ?)",
            [(name, name, "2026-11-26 00:00:00.000000") for name in names],
        )


def kept(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM workspace ORDER BY name")]


def as_of(database: Path, version: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))


def beside(database: Path) -> list[Path]:
    """Databases that were put aside."""
    return list(database.parent.glob("*.before-*"))


@contextmanager
def small_disk(most: int = 65_536) -> Generator[None]:
    """No file of this process grows beyond so many bytes: the write fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def held(database: Path) -> Generator[None]:
    """Another process has the database for itself."""
    command = [sys.executable, "-c", HOLD, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            other.stdin.close()


def test_a_copy_is_whole_while_others_write(database: Path, tmp_path: Path) -> None:
    keep(database, "before")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE much (what BLOB)")
        connection.executemany("INSERT INTO much VALUES (?)", [(bytes(100_000),)] * 300)
    stop, written = threading.Event(), 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            keep(database, f"meanwhile {written}")
            written += 1

    writer, steps = threading.Thread(target=write), list[tuple[int, int]]()
    writer.start()
    try:
        copied = back_up(database, tmp_path / "copy.db", lambda done, total: steps.append((done, total)))
    finally:
        stop.set()
        writer.join()
    done = [step[0] for step in steps]
    assert done == sorted(done), "it began anew"
    assert len({total for _, total in steps}) == 1
    assert len(steps) > 2
    assert written > 0
    assert copied.schema == HEAD
    copy = tmp_path / "copy.db"
    assert copied.size == copy.stat().st_size > 30_000_000
    assert copy.stat().st_mode & 0o777 == 0o600
    assert "before" in kept(copy)
    assert sorted(one.name for one in tmp_path.glob("copy.db*")) == ["copy.db"]


def test_a_full_disk_leaves_the_older_copy(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(database, copy, quiet)
    older = copy.read_bytes()
    with pytest.raises(WrongUsage, match="there already"):
        back_up(database, copy, quiet)
    with small_disk(), pytest.raises(Failure, match="not enough room"):
        back_up(database, copy, quiet, overwrite=True)
    assert copy.read_bytes() == older
    assert not list(tmp_path.glob("*.partial*"))


def test_a_locked_database_is_not_copied(database: Path, tmp_path: Path) -> None:
    keep(database, "here")
    with held(database), pytest.raises(Failure, match="Another program has the database locked"):
        back_up(database, tmp_path / "copy.db", quiet)
    assert not (tmp_path / "copy.db").exists()


def test_where_there_is_nothing_to_copy(database: Path, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="does not exist"):
        back_up(tmp_path / "none.db", tmp_path / "copy.db", quiet)
    with pytest.raises(WrongUsage, match="the database itself"):
        back_up(database, database, quiet, overwrite=True)
    with pytest.raises(Failure, match="No such file or directory"):
        back_up(database, tmp_path / "no folder" / "copy.db", quiet)


def test_a_copy_is_put_back_and_the_old_one_kept(database: Path, tmp_path: Path) -> None:
    keep(database, "then")
    back_up(database, tmp_path / "copy.db", quiet)
    keep(database, "since")
    first = restore(tmp_path / "copy.db", database, NOW, quiet)
    assert kept(database) == ["then"]
    assert first.aside == database.with_name("baton.db.before-20261126-030405")
    assert kept(first.aside) == ["since", "then"]
    second = restore(first.aside, database, NOW, quiet)
    assert second.aside == database.with_name("baton.db.before-20261126-030405-2")
    assert kept(database) == ["since", "then"]
    assert not list(tmp_path.glob("*.restoring*"))


async def test_nothing_is_put_back_while_a_bot_runs(sqlite_url: str, database: Path, tmp_path: Path) -> None:
    bot = Database(sqlite_url)
    await make_house(bot)
    back_up(database, tmp_path / "copy.db", quiet)
    async with bot.read() as session:
        await session.connection()
    # It rests: no transaction is open.
    with pytest.raises(Failure, match="stop it first"):
        restore(tmp_path / "copy.db", database, NOW, quiet)
    assert not beside(database)
    await make_house(bot)
    await bot.close()
    restore(tmp_path / "copy.db", database, NOW, quiet)
    assert kept(database) == ["Northwind"]


def test_a_full_disk_leaves_the_database_in_place(database: Path, tmp_path: Path) -> None:
    keep(database, "here")
    back_up(database, tmp_path / "copy.db", quiet)
    keep(database, "newer")
    with small_disk(), pytest.raises(Failure, match="not enough room"):
        restore(tmp_path / "copy.db", database, NOW, quiet)
    assert kept(database) == ["here", "newer"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["baton.db", "copy.db"]


def test_what_is_no_backup_is_refused(database: Path, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy.db", quiet)
    other = tmp_path / "other.db"
    other.write_text("hello")
    with pytest.raises(Failure, match="no SQLite database"):
        restore(other, database, NOW, quiet)
    other.unlink()
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(Failure, match=r"no database of Baton's"):
        restore(other, database, NOW, quiet)
    shutil.copy(tmp_path / "copy.db", other)
    as_of(other, "9999")
    with pytest.raises(Failure, match="schema 9999, made by a newer Baton"):
        look_at(other)
    broken = bytearray((tmp_path / "copy.db").read_bytes())
    broken[4_096 : 4_096 * 20] = bytes(4_096 * 19)
    other.write_bytes(broken)
    with pytest.raises(Failure, match="damaged"):
        restore(other, database, NOW, quiet)
    assert kept(database) == []


def test_a_damaged_database_makes_room_for_the_copy(database: Path, tmp_path: Path) -> None:
    keep(database, "then")
    back_up(database, tmp_path / "copy.db", quiet)
    database.write_bytes(HEADER + b"\xff" * 20_000)
    restored = restore(tmp_path / "copy.db", database, NOW, quiet)
    assert kept(database) == ["then"]
    assert restored.aside is not None
    assert restored.aside.read_bytes().startswith(HEADER + b"\xff")


def test_a_migration_on_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    database = tmp_path / "old.db"
    migrate(f"sqlite:///{database}", "0001")
    with small_disk(database.stat().st_size), pytest.raises(OperationalError) as caught:
        migrate(f"sqlite:///{database}")
    assert sentence_of(caught.value) in (NO_ROOM, NOT_WRITTEN)
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'plan'").fetchall()
    migrate(f"sqlite:///{database}")
    assert look_at(database) == HEAD


def test_a_database_from_the_future_is_left_alone(database: Path) -> None:
    as_of(database, "9999")
    with pytest.raises(NewerSchemaError, match="9999"):
        migrate(f"sqlite:///{database}")


async def much(bot: Database) -> None:
    """More than a small disk holds, in one transaction."""
    async with bot.write() as tx:
        connection = await tx.session.connection()
        for number in range(200):
            await connection.exec_driver_sql("UPDATE workspace SET name = ?", (f"{number}{'x' * 20_000}",))
            await connection.exec_driver_sql("INSERT INTO usage_metric SELECT NULL, id, name, 0 FROM workspace")


async def test_a_full_disk_in_a_transaction_loses_nothing(sqlite_url: str, database: Path) -> None:
    bot = Database(sqlite_url)
    await make_house(bot)
    with small_disk(), pytest.raises(OperationalError) as caught:
        await much(bot)
    assert sentence_of(caught.value) in (NO_ROOM, NOT_WRITTEN)
    assert kept(database) == ["Northwind"]
    await make_house(bot)
    await bot.close()


async def test_the_commands(sqlite_url: str, database: Path, tmp_path: Path) -> None:
    env = {"DATABASE_URL": sqlite_url}
    keep(database, "then")
    made = await baton("backup", "copy.db", cwd=tmp_path, env=env)
    assert (made.code, made.out.split(":")[0]) == (0, "copy.db"), made.err
    refused = await baton("restore", "copy.db", cwd=tmp_path, env=env)
    assert refused.code == 2
    assert "`baton restore --yes copy.db` puts the copy in its place" in refused.err
    done = await baton("restore", "--yes", "copy.db", cwd=tmp_path, env=env)
    assert done.code == 0, done.err
    assert f"The database of before is {database}.before-" in done.out
    as_of(database, "9999")
    newer = await baton("migrate", cwd=tmp_path, env=env)
    assert newer.code == 1
    assert "schema 9999, made by a newer Baton" in newer.err


async def test_postgresql_is_told_its_own_commands(tmp_path: Path) -> None:
    env = {"DATABASE_URL": "postgresql://baton:secret@127.0.0.1:1/baton"}
    told = await baton("backup", "my copy.dump", cwd=tmp_path, env=env)
    assert told.code == 2
    assert "pg_dump --format=custom --file='my copy.dump' \"$DATABASE_URL\"" in told.err
    assert "secret" not in told.err


def test_other_errors_have_no_sentence() -> None:
    assert sentence_of(ValueError("no")) == ""
    assert sentence_of(sqlite3.IntegrityError("no")) == ""


def test_a_lock_has_a_sentence(database: Path) -> None:
    keep(database, "here")
    with held(database), closing(sqlite3.connect(database, timeout=0)) as connection:
        with pytest.raises(sqlite3.OperationalError) as caught:
            connection.execute("SELECT * FROM workspace")
        assert sentence_of(caught.value) == BUSY
