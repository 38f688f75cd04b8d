from collections.abc import AsyncGenerator
from pathlib import Path

import pytest_asyncio

from tests.handlers.handoff_form.place import Place, form_in_slack


@pytest_asyncio.fixture
async def place(tmp_path: Path) -> AsyncGenerator[Place]:
    """Baton's form in a local Slack; Eva, a workspace admin, is not the lead here."""
    async with form_in_slack(tmp_path) as made:
        yield made
