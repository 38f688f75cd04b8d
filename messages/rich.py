"""Slack's rich text, for what people typed: nothing in it is read as formatting or as a mention, and links work.

Source: docs.slack.dev/reference/block-kit/blocks/rich-text-block. Text in it is literal: it is not escaped.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from messages.say import Block
from messages.text import cut

Leaf = dict[str, Any]

_ADDRESS: Final = re.compile(r"https?://[^\s<>|\"]{1,2000}[^\s<>|\".,;:!?)\]]")


def word(text: str, *, bold: bool = False, italic: bool = False, strike: bool = False) -> list[Leaf]:
    """Text of ours or theirs, in one style; nothing for ''."""
    styles = {name: True for name, on in (("bold", bold), ("italic", italic), ("strike", strike)) if on}
    if not text:
        return []
    leaf: Leaf = {"type": "text", "text": text}
    return [leaf | {"style": styles} if styles else leaf]


def typed(text: str) -> list[Leaf]:
    """Text as typed, with its web addresses made links."""
    leaves: list[Leaf] = []
    at = 0
    for found in _ADDRESS.finditer(text):
        leaves += [*word(text[at : found.start()]), {"type": "link", "url": found.group()}]
        at = found.end()
    return leaves + word(text[at:])


def person(slack_id: str) -> Leaf:
    """A person, as Slack shows and notifies them."""
    return {"type": "user", "user_id": slack_id}


def paragraph(leaves: Iterable[Leaf]) -> Leaf:
    """A run of text."""
    return {"type": "rich_text_section", "elements": list(leaves)}


def bullets(lines: Sequence[Sequence[Leaf]]) -> Leaf:
    """A list, one run of text an entry."""
    return {"type": "rich_text_list", "style": "bullet", "elements": [paragraph(line) for line in lines]}


def rich(*elements: Leaf) -> Block:
    """The block."""
    return {"type": "rich_text", "elements": list(elements)}


def field(label: str, text: str, limit: int) -> Block:
    """A label and what was typed under it, at most `limit` characters; how much there is when it was cut."""
    shown = cut(text, limit)
    more = f" ({len(text):,} characters in all)" if len(shown) < len(text.strip()) else ""
    return rich(paragraph([*word(f"{label}\n", bold=True), *(typed(shown) or word("–")), *word(more, italic=True)]))


def listing(label: str, lines: Sequence[str], limit: int, most: int) -> Block:
    """A label and its entries, at most `most` and as many as fit in `limit` characters, each at most a third of it;
    the rest is counted."""
    kept: list[str] = []
    room = limit
    for line in lines:
        one = cut(line, max(40, limit // 3))
        if len(one) > room or len(kept) == most:
            break
        kept.append(one)
        room -= len(one)
    left = len(lines) - len(kept)
    count = f" · {len(lines)}" if len(lines) > 1 else ""
    head = paragraph([*word(label, bold=True), *word(count), *([] if lines else word("\n–"))])
    rows = [typed(line) for line in kept] + ([word(f"… and {left} more", italic=True)] if left else [])
    return rich(head, bullets(rows)) if rows else rich(head)
