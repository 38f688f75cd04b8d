"""A desk on each kind of database, and one on SQLite for what does not depend on it."""

from collections.abc import AsyncGenerator

import pytest

from tests.scheduler.desk import Desk, open_desk


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncGenerator[Desk]:
    """Baton's engine at a local Slack, on SQLite."""
    async with open_desk(sqlite_url) as opened:
        yield opened


@pytest.fixture
async def any_desk(database_url: str) -> AsyncGenerator[Desk]:
    """The same on SQLite and on PostgreSQL."""
    async with open_desk(database_url) as opened:
        yield opened
