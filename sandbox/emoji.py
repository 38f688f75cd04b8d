"""The emoji that everyone's Slack has, by name."""

import json
from pathlib import Path
from typing import Final, cast

LISTED: Final = Path(__file__).with_name("page") / "static" / "emoji.json"
# Slack's own, beside Unicode's.
OWN: Final = frozenset({"simple_smile", "slack", "slack_call", "shipit", "bowtie", "squirrel", "white_square"})


class Emoji:
    """The names a message can be reacted to with; the workspace has no custom ones."""

    def __init__(self) -> None:
        listed: object = json.loads(LISTED.read_text(encoding="utf-8"))
        names = cast("dict[str, dict[str, str]]", listed)["names"]
        self._names = OWN | names.keys()

    def knows(self, name: str) -> bool:
        """Whether `name`, without colons and with or without a skin tone, is one of them."""
        return name.partition("::skin-tone-")[0] in self._names
