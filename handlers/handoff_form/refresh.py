"""Showing a view anew that may be closed meanwhile."""

from typing import Any, Final, cast

import structlog
from slack_sdk.errors import SlackApiError

from handlers.listen import Client
from messages.say import View

CLOSED: Final = frozenset({"not_found", "view_not_found", "hash_conflict"})
"""Slack's answers when the person closed the view, or changed it, before the update came (views.update)."""

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("handlers.handoff_form")


async def refresh(client: Client, view_id: str, view: View) -> None:
    """Show `view` in the place of the one with this id; when that is closed there is nothing to show."""
    try:
        await client.views_update(view_id=view_id, view=view)
    except SlackApiError as error:
        code = str(cast("Any", error.response).get("error", ""))  # pyright: ignore[reportUnknownMemberType]
        if code not in CLOSED:
            raise
        log.info("a view was closed before it could be shown anew", error=code)
