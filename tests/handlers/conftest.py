from collections.abc import AsyncGenerator
from pathlib import Path

import pytest_asyncio

from tests.handlers.office import Office, open_office


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncGenerator[Office]:
    """Baton at work against a local Slack over Socket Mode."""
    async with open_office(tmp_path) as opened:
        yield opened
