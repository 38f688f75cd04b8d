"""What every message and window of Baton keeps to."""

import json
from collections.abc import Iterator
from typing import Any

from messages.blocks import characters
from messages.limits import MESSAGE_TEXT
from messages.say import Message, View
from sandbox.blockkit.api import format_problems, validate_blocks, validate_view


def check_message(message: Message) -> Message:
    """Slack would take it: blocks, text, the size of all of it together."""
    assert message.text
    assert len(message.text) <= MESSAGE_TEXT
    blocks = list(message.blocks)
    assert format_problems(validate_blocks(blocks, "message")) == []
    assert characters(blocks) < 12_000
    json.dumps(blocks)
    return message


def check_view(view: View) -> View:
    """Slack would open it."""
    assert format_problems(validate_view(view)) == []
    return view


def strings(value: Any) -> Iterator[str]:  # noqa: ANN401
    """Every text in a block, a view or a part of one."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from strings(each)


def shown(message: Message) -> str:
    """All its texts, one after the other."""
    return "\n".join([message.text, *strings(list(message.blocks))])


def formatted(value: Any) -> Iterator[str]:  # noqa: ANN401
    """Every text in which Slack would find mentions: loose ones and mrkdwn, not plain text."""
    for each in value:
        if isinstance(each, str):
            yield each
        else:
            yield from _mrkdwn(each)


def _mrkdwn(value: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for each in value.values():
            yield from _mrkdwn(each)
    elif isinstance(value, list):
        for each in value:
            yield from _mrkdwn(each)
