from collections.abc import AsyncGenerator

import pytest_asyncio

from tests.handlers.office import Office, open_office


@pytest_asyncio.fixture
async def office(sqlite_url: str) -> AsyncGenerator[Office]:
    """Baton at work against a local Slack over Socket Mode."""
    async with open_office(sqlite_url) as opened:
        yield opened
