"""A running story for a module, by transport and database."""

import itertools
import uuid
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import TEMPLATE
from tests.story.harness import Story, tell

_places = itertools.count(1)


@pytest.fixture(scope="session")
def make_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Makes a fresh database of the newest schema: `sqlite` or `postgresql`."""

    def make(kind: str) -> str:
        if kind == "sqlite":
            template: Path = request.getfixturevalue("sqlite_template")
            path = tmp_path_factory.mktemp("database") / "baton.db"
            path.write_bytes(template.read_bytes())
            return f"sqlite:///{path}"
        server = str(request.getfixturevalue("postgres_server"))
        name = f"story_{uuid.uuid4().hex}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return f"{server}/{name}"

    return make


def pairs(*chosen: str) -> list[Any]:
    """Parameters of the fixture `story`; tests of one pair share one pair of programs."""
    return [pytest.param(pair, id=pair) for pair in chosen or ALL]


ALL = ("socket-sqlite", "http-sqlite", "socket-postgresql", "http-postgresql")


@pytest.fixture(scope="module")
def story(
    request: pytest.FixtureRequest, make_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Generator[Story]:
    """Both programs, shared by the tests of a module that do not disturb each other."""
    transport, _, kind = str(getattr(request, "param", "socket-sqlite")).partition("-")
    folder = tmp_path_factory.mktemp("bot")
    with tell(folder, make_database(kind), "http" if transport == "http" else "socket") as told:
        yield told
        told.no_secret_in_the_log()


@pytest.fixture
def own_story(request: pytest.FixtureRequest, make_database: Callable[[str], str], tmp_path: Path) -> Generator[Story]:
    """Both programs, for one test alone that breaks something."""
    transport, _, kind = str(getattr(request, "param", "socket-sqlite")).partition("-")
    with tell(tmp_path, make_database(kind), "http" if transport == "http" else "socket") as told:
        yield told
        told.no_secret_in_the_log()
