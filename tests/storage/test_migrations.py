"""Up, down, up again; and the models say what the migrations build."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text

from storage import schema
from storage.database import Database, parse_url
from storage.migrate import migrate
from storage.tables import TABLES
from tests.storage.house import make_house


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    address = parse_url(url)
    driver = "sqlite" if address.get_backend_name() == "sqlite" else "postgresql+psycopg"
    engine = create_engine(address.set(drivername=driver))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def tables(url: str) -> set[str]:
    with connected(url) as connection:
        return set(inspect(connection).get_table_names())


def queue(url: str) -> set[str]:
    """Tables, functions and types of the queue, which its own library keeps."""
    if url.startswith("sqlite"):
        return set()
    with connected(url) as connection:
        found = connection.execute(
            text(
                "SELECT relname FROM pg_class WHERE relkind = 'r' UNION SELECT proname FROM pg_proc "
                "UNION SELECT typname FROM pg_type"
            )
        )
        return {name for name in found.scalars() if name.startswith("procrastinate_")}


def revisions() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    return ScriptDirectory.from_config(config)


def test_up_down_and_up_again(empty_url: str) -> None:
    migrate(empty_url)
    full, queued = tables(empty_url), queue(empty_url)
    assert full - queued == {*TABLES.tables, "alembic_version"}
    assert ("procrastinate_jobs" in queued) == empty_url.startswith("postgresql")
    migrate(empty_url, "base")
    assert tables(empty_url) == {"alembic_version"}
    assert queue(empty_url) == set()
    migrate(empty_url)
    assert (tables(empty_url), queue(empty_url)) == (full, queued)
    migrate(empty_url)
    assert (tables(empty_url), queue(empty_url)) == (full, queued)


def test_every_step_goes_down_and_up(empty_url: str) -> None:
    migrate(empty_url)
    steps = [script.revision for script in revisions().walk_revisions()]
    for revision in [*steps, *reversed(steps)]:
        migrate(empty_url, revision)
        with connected(empty_url) as connection:
            assert schema.version_of(connection) == revision


def ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not (name or "").startswith("procrastinate_")


def test_models_and_migrations_agree(empty_url: str) -> None:
    migrate(empty_url)
    with connected(empty_url) as connection:
        options = {"compare_type": True, "target_metadata": TABLES, "include_name": ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, TABLES) == []


def test_the_program_wants_the_newest_schema() -> None:
    assert revisions().get_heads() == [schema.HEAD]


async def test_a_database_says_its_version(empty_url: str) -> None:
    db = Database(empty_url)
    async with db.read() as session:
        assert await schema.current(session) is None
    await db.close()
    migrate(empty_url)
    db = Database(empty_url)
    async with db.read() as session:
        assert await schema.current(session) == schema.HEAD
    await db.close()


async def test_rows_outlive_a_second_migration(empty_url: str) -> None:
    migrate(empty_url)
    db = Database(empty_url)
    house = await make_house(db)
    migrate(empty_url)
    assert (await make_house(db)).people == house.people
    await db.close()


def test_an_unknown_revision_is_refused(empty_url: str) -> None:
    migrate(empty_url)
    with pytest.raises(Exception, match="9999"):
        migrate(empty_url, "9999")
