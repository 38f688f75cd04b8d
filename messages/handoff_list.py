"""One list of the handoff in its own view: a row an entry, page by page."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from domain.handoff import FIELD_BY_NAME
from domain.handoff_lists import Item, item_to_json
from domain.limits import ITEMS
from messages.blocks import actions, button, context, modal, plain, section
from messages.handoff_inputs import row
from messages.handoff_items import counted, details, title
from messages.handoff_place import Place, dump, token
from messages.ids import ACT_ITEM_ADD, ACT_ITEM_MENU, ACT_ITEM_UNDO, ACT_LIST_PAGE, VIEW_HANDOFF_LIST
from messages.limits import BUTTON_VALUE, OPTION
from messages.say import Block, View
from messages.text import plural, short

PAGE: Final = 40
"""Rows a page: with what stands around them far below the 100 blocks and 250 KB of a view."""

_ROW: Final = 700
_ADD_ONE: Final = {
    "success_metrics": "Add a measure",
    "key_dates": "Add a date",
    "stakeholders": "Add a person",
    "commitments": "Add a promise",
}


@dataclass(frozen=True, slots=True)
class ListShown:
    """A list as somebody edits it. `typed` is what they wrote into the form's own input for it, not yet in the list;
    `removed` the entry just taken out, for one press of Undo, and `removed_at` its place."""

    place: Place
    items: Sequence[Item]
    typed: str = ""
    removed: Item | None = None
    removed_at: int = 0


def pages(count: int) -> int:
    """How many pages a list of `count` entries has, at least one."""
    return max(1, -(-count // PAGE))


def list_view(shown: ListShown) -> View:
    """The view pushed on the form. A page beyond the end shows the last one."""
    field = FIELD_BY_NAME[shown.place.field]
    last = pages(len(shown.items)) - 1
    page = min(max(shown.place.page, 0), last)
    rows = shown.items[page * PAGE : (page + 1) * PAGE]
    blocks = [*_top(shown, page, last), *(_row(item) for item in rows), *_bottom(shown, page, last)]
    return modal(
        VIEW_HANDOFF_LIST,
        field.label,
        blocks,
        close="Back",
        metadata=dump(replace(shown.place, page=page)),
    )


def _top(shown: ListShown, page: int, last: int) -> list[Block]:
    count = len(shown.items)
    name = shown.place.field
    place = f", page {page + 1} of {last + 1}" if last else ""
    blocks: list[Block] = []
    if count < ITEMS:
        add = button(_ADD_ONE[name], ACT_ITEM_ADD, name, style="primary")
        blocks.append(section(f"*{counted(name, count)}*{place}", add) | {"block_id": "add"})
    else:
        blocks.append(section(f"*{counted(name, count)}*{place}. A list holds {ITEMS}; remove one to add another."))
    if shown.removed is not None:
        blocks.append(_removed(shown.removed, shown.removed_at))
    lines = [line for line in shown.typed.splitlines() if line.strip()]
    if lines:
        what = plural(len(lines), "line")
        blocks.append(context(f"You also typed {what} in the form; what is in them is added when you hand it in."))
    if not count:
        blocks.append(context("Nothing listed yet. Close this to type several at once, one a line."))
    return blocks


def _removed(item: Item, at: int) -> Block:
    text = f"Removed: {short(title(item), 80)}"
    value = json.dumps({"at": at, "item": item_to_json(item)}, ensure_ascii=False, separators=(",", ":"))
    if len(value) > BUTTON_VALUE:
        return section(text)
    return section(text, button("Undo", ACT_ITEM_UNDO, value)) | {"block_id": "undo"}


def _row(item: Item) -> Block:
    rest = details(item)
    menu: dict[str, Any] = {
        "type": "overflow",
        "action_id": ACT_ITEM_MENU,
        "options": [
            {"text": plain("Edit", OPTION), "value": f"edit:{token(item.id)}"},
            {"text": plain("Remove", OPTION), "value": f"remove:{token(item.id)}"},
        ],
    }
    text = f"{title(item)}\n{rest}" if rest else title(item)
    return row(text, _ROW, menu) | {"block_id": f"row:{token(item.id)}"}


def _bottom(shown: ListShown, page: int, last: int) -> list[Block]:
    if not last:
        return []
    steps: list[Block] = []
    if page:
        steps.append(button("Previous page", f"{ACT_LIST_PAGE}:previous", str(page - 1)))
    if page < last:
        steps.append(button("Next page", f"{ACT_LIST_PAGE}:next", str(page + 1)))
    return [actions(steps, "pages")]
