"""What the pages tell people to type in Slack is understood there."""

import re
from collections.abc import Callable, Generator
from typing import Final

import pytest

from tests.bot.program import ROOT
from tests.story.conftest import make_database
from tests.story.harness import Story, channel_name, deal, tell

PAGES: Final = (ROOT / "docs" / "tutorial.md", *sorted((ROOT / "docs" / "how-to").glob("*.md")))
TYPED: Final = re.compile(r"(?:^|`)(/(?:deal|handoff|milestone|baton|cs)\b[^`\n]*)", re.MULTILINE)
SOMEBODY: Final = re.compile(r"@\w+")
MEI: Final = "<@U05MEICHEN|mei>"
ENDS: Final = ("/deal close", "/deal assign")
"""Left for the last: nothing can be done in the channel afterwards, or somebody else has to."""

__all__ = ["make_database"]


def typed() -> list[str]:
    found = [one.strip() for path in PAGES for one in TYPED.findall(path.read_text("utf-8"))]
    return sorted(dict.fromkeys(found), key=lambda one: one.startswith(ENDS))


@pytest.fixture(scope="module")
def told(make_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Generator[Story]:
    with tell(tmp_path_factory.mktemp("bot"), make_database("sqlite"), "socket") as story:
        yield story


def test_every_command_in_the_pages_is_understood(told: Story) -> None:
    facts = deal()
    told.win(facts)
    channel = told.deal_channel(channel_name(facts))
    commands = typed()
    assert len(commands) > 20
    for command in commands:
        answer = told.chloe.command(SOMEBODY.sub(MEI, command), channel)
        assert "is not something" not in answer, f"{command}: {answer}"
        assert "went wrong" not in answer, f"{command}: {answer}"
        if told.chloe.views():
            told.chloe.close(everything=True)


def test_nonsense_is_not_understood(told: Story) -> None:
    assert "is not something" in told.chloe.command("/milestone dance 3")
