"""Databases without a schema, and one with a workspace and three people in it."""

import uuid
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import psycopg
import pytest

from storage.database import Database
from tests.storage.house import House, make_house


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """A database without tables, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server, name = str(request.getfixturevalue("postgres_server")), f"e_{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def house(db: Database) -> House:
    """A workspace with people, on each kind of database in turn."""
    return await make_house(db)


@pytest.fixture
async def other(house: House) -> AsyncGenerator[Database]:
    """A second program on the same database."""
    database = Database(
        house.db.url.render_as_string(hide_password=False).replace("+aiosqlite", "").replace("+psycopg", "")
    )
    yield database
    await database.close()
