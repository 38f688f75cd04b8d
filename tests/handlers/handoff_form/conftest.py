from collections.abc import AsyncGenerator

import pytest_asyncio

from tests.handlers.handoff_form.place import Place, form_in_slack


@pytest_asyncio.fixture
async def place(sqlite_url: str) -> AsyncGenerator[Place]:
    """Baton's form in a local Slack; Eva, a workspace admin, is not the lead here."""
    async with form_in_slack(sqlite_url) as made:
        yield made


@pytest_asyncio.fixture
async def anywhere(database_url: str) -> AsyncGenerator[Place]:
    """The same on either database."""
    async with form_in_slack(database_url) as made:
        yield made
