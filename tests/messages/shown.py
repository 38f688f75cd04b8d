"""What somebody reads in blocks: every text in them, joined."""

import html
from collections.abc import Iterator
from typing import cast


def words_in(value: object) -> str:
    """All text of blocks or a view, entities undone, in order."""
    return "\n".join(_texts(value))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for one in cast("list[object]", value):
            yield from _texts(one)
    elif isinstance(value, dict):
        value = cast("dict[str, str]", value)
        kind = value.get("type")
        if kind in {"mrkdwn", "plain_text"}:
            yield html.unescape(value["text"])
        elif kind == "text":
            yield value["text"]
        elif kind == "link":
            yield value["url"]
        else:
            for name, one in value.items():
                if name not in {"private_metadata", "value"}:
                    yield from _texts(one)
