"""The blocks Baton uses, as plain dictionaries (slack_sdk's models check them in the tests)."""

from collections.abc import Sequence
from typing import Any, Literal, cast

from messages.limits import (
    BUTTON,
    CONFIRM_BUTTON,
    CONFIRM_TEXT,
    CONFIRM_TITLE,
    CONTEXT_TEXT,
    HEADER,
    INPUT_HINT,
    PLACEHOLDER,
    VIEW_TITLE,
)
from messages.say import Block, View
from messages.text import chunks, cut

Style = Literal["primary", "danger"]


def plain(text: str, limit: int, *, emoji: bool = False) -> dict[str, Any]:
    """Plain text, shown as typed."""
    return {"type": "plain_text", "text": cut(text, limit) or "–", "emoji": emoji}


def mrkdwn(text: str) -> dict[str, Any]:
    """Text that is escaped already; ``verbatim`` keeps Slack from finding mentions in it."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def header(text: str) -> Block:
    """A title, as typed."""
    return {"type": "header", "text": plain(text, HEADER)}


def section(text: str, accessory: Block | None = None) -> Block:
    """A paragraph of escaped mrkdwn, at most 3,000 characters: use ``sections`` for text of any length."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return block | {"accessory": accessory} if accessory else block


def sections(text: str) -> list[Block]:
    """Text from outside of any length, as typed, over as many sections as it needs."""
    return [section(piece) for piece in chunks(text)]


def sections_within(text: str, room: int, rest: str) -> list[Block]:
    """As ``sections``, in at most ``room`` escaped characters; ``rest`` (escaped) says where the remainder stands."""
    found: list[Block] = []
    for piece in chunks(text):
        if len(piece) > room:
            return [*found, context(rest)]
        found.append(section(piece))
        room -= len(piece)
    return found


def fields(pairs: Sequence[tuple[str, str]]) -> list[Block]:
    """Label and escaped value, two beside each other; ten in a section."""
    shown = [mrkdwn(f"*{label}*\n{value}") for label, value in pairs if value]
    return [{"type": "section", "fields": shown[at : at + 10]} for at in range(0, len(shown), 10)]


def context(text: str) -> Block:
    """Small print, escaped mrkdwn."""
    return {"type": "context", "elements": [mrkdwn(text[:CONTEXT_TEXT])]}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def confirm(title: str, text: str, yes: str, no: str = "Cancel", *, danger: bool = False) -> dict[str, Any]:
    """Asks before a button does something."""
    asked: dict[str, Any] = {
        "title": plain(title, CONFIRM_TITLE),
        "text": plain(text, CONFIRM_TEXT),
        "confirm": plain(yes, CONFIRM_BUTTON),
        "deny": plain(no, CONFIRM_BUTTON),
    }
    return asked | {"style": "danger"} if danger else asked


def button(
    text: str,
    action_id: str,
    value: str = "",
    *,
    style: Style | None = None,
    url: str = "",
    ask: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A button; ``value`` says which deal, question or promise it is about."""
    made: dict[str, Any] = {"type": "button", "text": plain(text, BUTTON, emoji=True), "action_id": action_id}
    for name, given in (("value", value), ("style", style), ("url", url), ("confirm", ask)):
        if given:
            made[name] = given
    return made


def actions(buttons: Sequence[dict[str, Any]], block_id: str = "") -> Block:
    """A row of buttons."""
    block: Block = {"type": "actions", "elements": list(buttons)}
    return block | {"block_id": block_id} if block_id else block


def text_input(
    name: str,
    label: str,
    *,
    initial: str = "",
    hint: str = "",
    placeholder: str = "",
    multiline: bool = False,
    optional: bool = False,
    most: int = 3_000,
    kind: Literal["plain_text_input", "url_text_input", "number_input", "email_text_input"] = "plain_text_input",
) -> Block:
    """A field to type in; ``name`` is both block id and action id. ``initial`` longer than ``most`` is refused by
    Slack, so it must have been cut, and said to be, before."""
    element: dict[str, Any] = {"type": kind, "action_id": name}
    if kind == "plain_text_input":
        element |= {"multiline": multiline, "max_length": most}
    if kind == "number_input":
        element["is_decimal_allowed"] = True
    if initial:
        element["initial_value"] = initial
    if placeholder:
        element["placeholder"] = plain(placeholder, PLACEHOLDER)
    return input_block(name, label, element, hint=hint, optional=optional)


def input_block(name: str, label: str, element: dict[str, Any], *, hint: str = "", optional: bool = False) -> Block:
    """An input of any kind."""
    block: Block = {"type": "input", "block_id": name, "label": plain(label, 2_000), "element": element}
    if hint:
        block["hint"] = plain(hint, INPUT_HINT)
    if optional:
        block["optional"] = True
    return block


def modal(
    callback_id: str,
    title: str,
    blocks: Sequence[Block],
    *,
    submit: str = "",
    close: str = "Cancel",
    metadata: str = "",
    tell_when_closed: bool = False,
) -> View:
    """A window. ``metadata`` comes back with its submission."""
    view: View = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, VIEW_TITLE),
        "close": plain(close, VIEW_TITLE),
        "blocks": list(blocks),
    }
    if submit:
        view["submit"] = plain(submit, VIEW_TITLE)
    if metadata:
        view["private_metadata"] = metadata
    if tell_when_closed:
        view["notify_on_close"] = True
    return view


def without_pictures(blocks: Sequence[Block]) -> list[Block]:
    """The same without the images that were uploaded to Slack."""
    return [block for block in blocks if block.get("type") != "image" or "slack_file" not in block]


def characters(blocks: Sequence[Block]) -> int:
    """How many characters of text all these blocks hold together (see ``limits.MESSAGE_CHARACTERS``)."""
    return sum(_characters(block) for block in blocks)


def _characters(value: object) -> int:
    if isinstance(value, dict):
        found = cast("dict[str, object]", value)
        return sum(
            len(each) if name == "text" and isinstance(each, str) else _characters(each) for name, each in found.items()
        )
    if isinstance(value, list):
        return sum(_characters(each) for each in cast("list[object]", value))
    return 0
