"""Reading messages and views as people see them, and finding what they can press."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]


def text_of(shown: Mapping[str, Any]) -> str:
    """All that stands in a message or view, as JSON with plain letters."""
    return json.dumps(shown, ensure_ascii=False)


def elements(shown: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    """Every element of the blocks with its block's id."""
    for block in shown.get("blocks", ()):
        held = [block.get("accessory"), block.get("element")]
        if block["type"] == "actions":
            held += block["elements"]
        for element in held:
            if element:
                yield block["block_id"], element


def buttons(shown: Mapping[str, Any]) -> dict[str, tuple[str, Json]]:
    """The buttons by their label; the first of a label."""
    found: dict[str, tuple[str, Json]] = {}
    for block_id, element in elements(shown):
        if element["type"] == "button":
            found.setdefault(element["text"]["text"], (block_id, element))
    return found


def key_of(message: Mapping[str, Any]) -> str:
    """The occurrence key of a message of ours, else ''."""
    return str(message.get("metadata", {}).get("event_payload", {}).get("key", ""))


def kind_of(message: Mapping[str, Any]) -> str:
    """The kind of a message of ours, else ''."""
    return str(message.get("metadata", {}).get("event_payload", {}).get("kind", ""))


def typed(text: str) -> Json:
    """The state of a text field."""
    return {"type": "plain_text_input", "value": text}


def live_text(shown: object) -> str:
    """The text in which Slack reads mentions and links: a message's own and every mrkdwn object's."""
    if isinstance(shown, list):
        return "\n".join(live_text(one) for one in shown)
    if not isinstance(shown, dict):
        return ""
    own = str(shown.get("text")) if shown.get("type") in {"mrkdwn", "message"} else ""
    return "\n".join([own, *(live_text(value) for value in shown.values())])
