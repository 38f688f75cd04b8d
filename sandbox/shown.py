"""Which uploaded files blocks may show.

Source: docs.slack.dev/reference/block-kit/composition-objects/slack-file-object: an image the poster has access to, as
`png`, `jpg`, `jpeg` or `gif`. Slack says `invalid slack file` to any other, and to one whose upload it is still
working on (slackapi/python-slack-sdk issues 1521 and 1658).
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, cast
from urllib.parse import urlsplit

from sandbox.blockkit.api import Problem
from sandbox.errors import refuse_problems

PICTURES: Final = frozenset({"png", "jpg", "jpeg", "gif"})
MEMBER: Final = "slack_file"


class Shown:
    """Asked by everything that takes blocks; `can_show` gets the id of a file, or one of its addresses."""

    def __init__(self) -> None:
        self.can_show: Callable[[str], bool] = _never

    def check(self, blocks: object, at: str, code: str) -> None:
        """Raises SlackError(`code`) for files in `blocks` (JSON pointer `at`) that can't be shown."""
        refuse_problems(
            Problem(place, "invalid slack file", code)
            for place, named in _named(blocks, at)
            if not self.can_show(named)
        )


def _never(_: str) -> bool:
    return False


def _named(value: object, at: str) -> Iterator[tuple[str, str]]:
    """Every file that is named, with where."""
    if isinstance(value, list):
        for number, one in enumerate(cast("list[object]", value)):
            yield from _named(one, f"{at}/{number}")
    elif isinstance(value, dict):
        for name, one in cast("dict[str, object]", value).items():
            if name == MEMBER and isinstance(one, dict):
                file = cast("dict[str, Any]", one)
                yield f"{at}/{name}", str(file.get("id") or file.get("url") or "")
            else:
                yield from _named(one, f"{at}/{name}")


def id_in(named: str) -> str:
    """The id of a file that is named by it or by an address of ours (`…/files/F…/…`)."""
    parts = urlsplit(named).path.split("/")
    return next((part for part in reversed(parts) if part.startswith("F")), "") if "/" in named else named
