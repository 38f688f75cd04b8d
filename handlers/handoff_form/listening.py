"""What the handoff form listens to."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from slack_bolt.async_app import AsyncApp

from domain.handoff import FIELDS
from handlers import listen
from handlers.handoff_form.lists import Lists
from handlers.handoff_form.opening import Opening
from handlers.handoff_form.showing import Showing
from handlers.handoff_form.submission import Submission
from handlers.listen import Body, Handler
from handlers.services import Services
from messages.handoff_item import PARTS
from messages.ids import (
    ACT_CONFIDENTIAL,
    ACT_HANDOFF_ALL,
    ACT_HANDOFF_OPEN,
    ACT_ITEM_ADD,
    ACT_ITEM_MENU,
    ACT_ITEM_UNDO,
    ACT_LIST_OPEN,
    ACT_LIST_PAGE,
    ACT_START_OVER,
    VIEW_HANDOFF,
    VIEW_HANDOFF_CONFLICT,
    VIEW_HANDOFF_ITEM,
    VIEW_HANDOFF_PICK,
)

_FIELD_NAMES: Final = re.compile("|".join(field.name for field in FIELDS))
_PART_NAMES: Final = re.compile("|".join(sorted({part.name for parts in PARTS.values() for part in parts})))


def register(app: AsyncApp, services: Services) -> None:
    """Everything the handoff form and its views send."""
    opening, lists, submission = Opening(services), Lists(services), Submission(services)
    showing = Showing(services)
    listen.action(app, ACT_HANDOFF_OPEN, opening.on_open)
    listen.view(app, VIEW_HANDOFF_PICK, opening.on_pick)
    listen.action(app, ACT_START_OVER, opening.on_start_over)
    _typed(app, _FIELD_NAMES, VIEW_HANDOFF, opening.on_typed)
    listen.view_closed(app, VIEW_HANDOFF, opening.on_closed)
    listen.view(app, VIEW_HANDOFF, submission.on_submit)
    listen.view(app, VIEW_HANDOFF_CONFLICT, submission.on_decided)

    listen.action(app, ACT_LIST_OPEN, lists.on_open_list)
    listen.action(app, ACT_ITEM_ADD, lists.on_add)
    listen.action(app, ACT_ITEM_MENU, lists.on_menu)
    listen.action(app, ACT_ITEM_UNDO, lists.on_undo)
    listen.action(app, re.compile(f"^{ACT_LIST_PAGE}:"), lists.on_page)
    _typed(app, _PART_NAMES, VIEW_HANDOFF_ITEM, lists.on_item_typed)
    listen.view(app, VIEW_HANDOFF_ITEM, lists.on_item)
    listen.view_closed(app, VIEW_HANDOFF_ITEM, lists.on_item_closed)

    listen.action(app, re.compile(f"^{ACT_HANDOFF_ALL}(:|$)"), showing.on_all)
    listen.action(app, ACT_CONFIDENTIAL, showing.on_confidential)


def _typed(app: AsyncApp, names: re.Pattern[str], callback_id: str, handler: Handler) -> None:
    """Inputs are named by the field they fill, and so are those of other windows: listen only to ours."""

    async def ours(body: Body) -> bool:
        return body.get("view", {}).get("callback_id") == callback_id

    matcher: Callable[[Body], Awaitable[bool]] = ours
    pattern = re.compile(f"^(?:{names.pattern})$")
    cast("Any", app).action(pattern, matchers=[matcher])(handler)
