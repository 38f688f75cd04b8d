"""The channel canvas “Handoff”, kept in step with the brief."""

from typing import Any, Final

from messages.canvas import canvas_markdown
from scheduler.delivery import Done, NotYet, StayQuiet
from scheduler.slack import SlackRefusedError, SlackUnknownError
from scheduler.workplace import Workplace
from storage import handoffs
from storage.notices import ClaimedNotice

TITLE: Final = "Handoff"
THERE_ALREADY: Final = "channel_canvas_already_exists"
GONE: Final = frozenset({"canvas_not_found", "canvas_deleted"})
CODE: Final = 64
PASSING: Final = frozenset({"canvas_editing_failed", "canvas_creation_failed"})
"""Slack failed and does not say why: worth trying again."""


async def sync_canvas(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """Make or rewrite the canvas. Where there are none to be had (plan, scope, settings) the pinned message is enough;
    the reason is kept, and it is tried again when the handoff changes."""
    picture = await place.picture(notice.deal_id or 0, plan=True)
    if picture is None or picture.handoff is None or not picture.channel.id or not picture.handoff.version:
        return StayQuiet("there is no handoff to show yet")
    handoff = picture.handoff
    content = {"type": "markdown", "markdown": canvas_markdown(picture, place.clock())}
    canvas = handoff.canvas_id
    try:
        if canvas:
            try:
                await _rewrite(place, canvas, content)
            except SlackRefusedError as error:
                if error.code not in GONE:
                    raise
                canvas = ""
        if not canvas:
            canvas = await _make(place, picture.channel.id, content)
    except SlackRefusedError as error:
        if error.code in PASSING:
            raise SlackUnknownError(error.method, str(error)) from error
        await _keep(place, handoff.id, canvas, error.code[:CODE])
        return StayQuiet(f"no canvas here: {error.code}")
    await _keep(place, handoff.id, canvas, "")
    return Done(canvas)


async def _make(place: Workplace, channel: str, content: dict[str, str]) -> str:
    try:
        answer = await place.slack.call(
            "conversations.canvases.create", channel_id=channel, title=TITLE, document_content=content
        )
    except SlackRefusedError as error:
        if error.code != THERE_ALREADY:
            raise
        info = await place.slack.call("conversations.info", channel=channel)
        properties: dict[str, Any] = info["channel"].get("properties") or {}
        known: dict[str, Any] = properties.get("canvas") or {}
        canvas = str(known.get("file_id") or "")
        if not canvas:
            raise
        await _rewrite(place, canvas, content)
        return canvas
    return str(answer["canvas_id"])


async def _rewrite(place: Workplace, canvas: str, content: dict[str, str]) -> None:
    change = {"operation": "replace", "document_content": content}
    await place.slack.call("canvases.edit", canvas_id=canvas, changes=[change])


async def _keep(place: Workplace, handoff_id: int, canvas: str, refused: str) -> None:
    async with place.db.write() as tx:
        await handoffs.set_canvas(tx.session, handoff_id, canvas_id=canvas, refused=refused)
