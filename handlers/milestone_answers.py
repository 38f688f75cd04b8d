"""How a change of a plan is answered: under the command, under the button, or in the window it came from."""

import asyncio
from collections.abc import Sequence
from typing import Final

import aiohttp
import structlog

from domain.outcome import Refused
from handlers import front, milestone_place
from handlers.answers import EPHEMERAL, say
from handlers.handoff_form.refresh import refresh
from handlers.listen import Ack, Body, Client, Respond
from handlers.milestone_place import Spot
from handlers.people import Asker
from handlers.plans import Changed
from handlers.services import Services
from handlers.typed import remembered
from messages.ids import VIEW_MILESTONE_EDIT, VIEW_PLAN_SAID
from messages.milestone_edit import Told
from messages.milestone_views import NOWHERE, Back, back_of, said_message, said_view
from messages.say import Message, View
from messages.text import escape
from messages.values import number, pack

PLAN: Final = "Plan"
RESPONSE_S: Final = 2.0
"""Slack waits three seconds for the acknowledgement, which is given after this."""
OURS: Final = frozenset({VIEW_MILESTONE_EDIT, VIEW_PLAN_SAID})
"""Windows about the milestone itself: what was done is said in them, and on top of any other."""
NOT_SENT: Final = (aiohttp.ClientError, TimeoutError, OSError, ValueError)
"""ValueError: Slack gave no address to answer at."""

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("handlers.milestones")


async def answer_command(ack: Ack, result: Changed | Refused, more: Sequence[str] = ()) -> None:
    """Under the command, seen by the asker alone, with an undo."""
    if isinstance(result, Refused):
        await say(ack, escape(result.reason))
    else:
        await say(ack, said_message(result.sentence, result.change_id, more))


async def whisper(respond: Respond, body: Body, message: Message) -> None:
    """Under the message whose button was pressed, seen by the presser alone; in the place of a message that only they
    see. What was done stays done when Slack does not take the answer."""
    replaces = bool(body.get("container", {}).get("is_ephemeral"))
    try:
        async with asyncio.timeout(RESPONSE_S):
            await respond(
                message.text, list(message.blocks) or None, response_type=EPHEMERAL, replace_original=replaces
            )
    except NOT_SENT as error:
        log.warning("an answer under a message was not sent", error=str(error))


async def dismiss(respond: Respond) -> None:
    """Take away a message that only the presser sees."""
    try:
        async with asyncio.timeout(RESPONSE_S):
            await respond(delete_original=True)
    except NOT_SENT as error:
        log.warning("a message was not taken away", error=str(error))


def in_window(body: Body) -> bool:
    """Whether a button stands in a window."""
    return bool(body.get("view", {}).get("type") == "modal")


def _is_full(body: Body) -> bool:
    """Whether three windows lie on each other already, Slack's most."""
    if not in_window(body):
        return False
    previous = body["view"].get("previous_view_id")
    return bool(previous) and previous != body["view"].get("root_view_id")


class Answers:
    """Tells people what became of the plan, and keeps the windows they have open true."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def refuse(self, ack: Ack, client: Client, body: Body, asker: Asker, spot: Spot | None, no: Refused) -> None:
        """A button came too late or from the wrong person: a small window says so, and what happened meanwhile."""
        late = await milestone_place.meanwhile(self._services, asker, spot) if spot is not None else ""
        text = f"{no.reason} {late}".strip()
        if _is_full(body):
            await refresh(client, str(body["view"]["id"]), said_view(text))
        else:
            await front.tell(client, body, PLAN, text)
        await ack()

    async def pressed(
        self,
        ack: Ack,
        client: Client,
        body: Body,
        respond: Respond,
        asker: Asker,
        result: Changed | Refused,
        spot: Spot | None = None,
        more: Sequence[str] = (),
    ) -> None:
        """A button changed the plan."""
        if isinstance(result, Refused):
            await self.refuse(ack, client, body, asker, spot, result)
        elif in_window(body):
            await self._told_in_window(client, body, asker, result, spot, more)
            await ack()
        elif body.get("response_url"):
            await whisper(respond, body, said_message(result.sentence, result.change_id, more))
            await ack()
        else:
            await front.show(client, body, said_view(result.sentence, result.change_id, more))
            await ack()

    async def _told_in_window(
        self, client: Client, body: Body, asker: Asker, result: Changed, spot: Spot | None, more: Sequence[str]
    ) -> None:
        view, page = body["view"], back_of(remembered(body["view"])).page
        if view.get("callback_id") == VIEW_MILESTONE_EDIT and spot is not None:
            told = Told(result.sentence, result.change_id)
            await self._show_milestone(client, str(view["id"]), asker, spot.milestone.id, Back(page=page), told)
        elif view.get("callback_id") in OURS or _is_full(body):
            await refresh(client, str(view["id"]), self._said(result, view, more))
        else:
            await front.show(client, body, self._said(result, view, more))
        await self.under(client, view, asker)

    async def submitted(
        self,
        ack: Ack,
        client: Client,
        body: Body,
        view: Body,
        asker: Asker,
        result: Changed | Refused,
        field: str = "",
        more: Sequence[str] = (),
        spot: Spot | None = None,
    ) -> None:
        """A window changed the plan: it says what was done, with an undo, and the windows under it follow. A refusal
        stands beside ``field``, or above the window."""
        if isinstance(result, Refused):
            changed = spot is not None and spot.milestone.version > number(remembered(view), "version") > 0
            late = await milestone_place.meanwhile(self._services, asker, spot) if changed and spot else ""
            reason = f"{result.reason} {late}".strip()
            if field and not changed:
                await ack(response_action="errors", errors={field: reason})
            else:
                await ack(front.on_top(body, PLAN, reason))
            return
        await ack(response_action="update", view=self._said(result, view, more))
        await self.under(client, view, asker)

    def _said(self, result: Changed, view: Body, more: Sequence[str]) -> View:
        carried = remembered(view)
        about = pack(milestone=number(carried, "milestone"), deal=result.plan.deal_id, **back_of(carried).packed())
        return said_view(result.sentence, result.change_id, more, about)

    async def under(self, client: Client, view: Body, asker: Asker) -> None:
        """Show anew the windows under this one: the milestone's own, and the whole plan."""
        carried = remembered(view)
        back = back_of(carried)
        if back == NOWHERE:
            return
        spot = await milestone_place.of_milestone(self._services, asker, number(carried, "milestone"))
        if back.edit and view.get("previous_view_id") and not isinstance(spot, Refused):
            shown = await milestone_place.window(self._services, asker, spot, Back(page=back.page))
            await refresh(client, str(view["previous_view_id"]), shown)
        place = spot
        if isinstance(spot, Refused):
            place = await milestone_place.of_deal(self._services, asker, number(carried, "deal"))
        root = str(view.get("root_view_id") or "")
        if back.page and root not in {"", view.get("id")} and not isinstance(place, Refused):
            await refresh(client, root, milestone_place.whole(self._services, asker, place, back.page))

    async def _show_milestone(
        self, client: Client, view_id: str, asker: Asker, milestone_id: int, back: Back, told: Told
    ) -> None:
        spot = await milestone_place.of_milestone(self._services, asker, milestone_id)
        if isinstance(spot, Refused):
            await refresh(client, view_id, said_view(told.sentence, told.change_id))
            return
        await refresh(client, view_id, await milestone_place.window(self._services, asker, spot, back, told))
