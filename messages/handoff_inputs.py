"""The inputs of the handoff form: each reports what is typed, because a form that is closed tells nothing."""

from typing import Any, Final

from messages.blocks import input_block, plain
from messages.limits import PLACEHOLDER
from messages.say import Block
from messages.text import escape

_WHILE_TYPING: Final = {"trigger_actions_on": ["on_character_entered"]}


def typing_input(
    name: str,
    label: str,
    *,
    most: int,
    initial: str = "",
    hint: str = "",
    placeholder: str = "",
    multiline: bool = False,
    optional: bool = True,
) -> Block:
    """A field to type in that sends its text while it is typed. `initial` must be within `most` characters."""
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": name,
        "multiline": multiline,
        "max_length": most,
        "dispatch_action_config": _WHILE_TYPING,
    }
    if initial:
        element["initial_value"] = initial
    if placeholder:
        element["placeholder"] = plain(placeholder, PLACEHOLDER)
    return input_block(name, label, element, hint=hint, optional=optional) | {"dispatch_action": True}


def as_typed(text: str, limit: int) -> dict[str, Any]:
    """A plain text object that shows `text` as typed in at most `limit` characters, with an ellipsis when it is cut."""
    shown = text
    while len(escape(shown)) > limit:
        # Each round takes away at least what is too much at five characters an ampersand.
        keep = len(shown) - max(1, (len(escape(shown)) - limit) // 5) - 1
        shown = shown[:keep].rstrip("…") + "…"
    return {"type": "plain_text", "text": escape(shown) or "–", "emoji": False}


def row(text: str, limit: int, accessory: Block | None = None) -> Block:
    """A paragraph as typed, with at most one element beside it."""
    block: Block = {"type": "section", "text": as_typed(text, limit)}
    return block | {"accessory": accessory} if accessory else block
