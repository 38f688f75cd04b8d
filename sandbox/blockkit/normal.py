"""Blocks as Slack gives them back when they are read."""

from typing import Any, cast

from sandbox.blockkit.mrkdwn import as_stored, escape_text
from sandbox.blockkit.schema import JsonValue

_DISPATCH = {"trigger_actions_on": ["on_enter_pressed"]}
_DISPATCHING = ("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input")
_DEFAULTS: dict[str, dict[str, Any]] = {
    "input": {"optional": False, "dispatch_action": False},
    "rich_text_list": {"indent": 0, "border": 0},
    "rich_text_preformatted": {"border": 0},
    "container": {"width": "standard", "is_collapsible": False},
    "alert": {"level": "default"},
    **{kind: {"dispatch_action_config": _DISPATCH} for kind in _DISPATCHING},
}
# Held as sent: no text objects inside, and `call` and `citation` may hold JSON of any depth.
_LITERAL = frozenset({"raw_text", "raw_number", "markdown", "text", "link", "url", "call", "citation"})


def _escaped(text: str) -> str:
    """Escapes a plain text once: entities that are already there stay."""
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return escape_text(plain)


def _normal(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_normal(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    members = cast("dict[str, Any]", value)
    kind = members.get("type")
    if kind == "mrkdwn":
        verbatim = bool(members.get("verbatim", False))
        return {**members, "text": as_stored(members["text"], verbatim=verbatim), "verbatim": verbatim}
    if kind == "plain_text":
        return {"emoji": True, **members, "text": _escaped(members["text"])}
    if kind in _LITERAL:
        return members
    done = {name: _normal(member) for name, member in members.items()}
    defaults = _DEFAULTS.get(kind) if isinstance(kind, str) else None
    return {**defaults, **done} if defaults else done


def normalise(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Copies of valid blocks with the defaults, escapes and links that Slack adds.

    `markdown` blocks stay as they were sent (Slack turns them into `rich_text`).
    """
    return [_normal(block) for block in blocks]
