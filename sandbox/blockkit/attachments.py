"""Legacy attachments of a message (docs.slack.dev/legacy/legacy-messaging/legacy-message-attachments)."""

import re
from typing import Any, cast

from sandbox.blockkit import limits
from sandbox.blockkit.problem import INVALID_ATTACHMENTS, TOO_MANY_ATTACHMENTS, Problem
from sandbox.blockkit.schema import Out
from sandbox.blockkit.surface import check_blocks, recode

COLOR = re.compile(r"good|warning|danger|#?[0-9A-Fa-f]{3}([0-9A-Fa-f]{3})?")
_STRINGS = (
    "author_icon",
    "author_link",
    "author_name",
    "callback_id",
    "fallback",
    "footer",
    "footer_icon",
    "from_url",
    "image_url",
    "original_url",
    "pretext",
    "text",
    "thumb_url",
    "title",
    "title_link",
)
_LISTS = ("actions", "fields", "mrkdwn_in")


def _check_one(item: dict[str, Any], at: str, out: Out) -> None:
    for name in _STRINGS:
        if item.get(name) is not None and not isinstance(item[name], str):
            out.append(Problem(f"{at}/{name}", "must provide a string"))
    for name in _LISTS:
        if item.get(name) is not None and not isinstance(item[name], list):
            out.append(Problem(f"{at}/{name}", "must provide an array"))
    color = item.get("color")
    if color is not None and (not isinstance(color, str) or COLOR.fullmatch(color) is None):
        out.append(Problem(f"{at}/color", "must be a valid color"))
    blocks = item.get("blocks")
    if blocks is None:
        return
    if not isinstance(blocks, list):
        out.append(Problem(f"{at}/blocks", "must provide an array"))
        return
    check_blocks(cast("list[Any]", blocks), "message", f"{at}/blocks", out)


def validate_attachments(attachments: object, pointer: str = "/attachments") -> list[Problem]:
    """What Slack refuses in a message's attachments; code `invalid_attachments` or `too_many_attachments`.

    Unknown members are let through, as Slack does for attachments.
    """
    if not isinstance(attachments, list):
        return [Problem(pointer, "must provide an array", INVALID_ATTACHMENTS)]
    items = cast("list[object]", attachments)
    if len(items) > limits.ATTACHMENTS:
        return [Problem(pointer, f"no more than {limits.ATTACHMENTS} items allowed", TOO_MANY_ATTACHMENTS)]
    out: Out = []
    for index, item in enumerate(items):
        if isinstance(item, dict):
            _check_one(cast("dict[str, Any]", item), f"{pointer}/{index}", out)
        else:
            out.append(Problem(f"{pointer}/{index}", "must provide an object"))
    return recode(out, INVALID_ATTACHMENTS)
