"""Showing what the brief has no room for, and what the channel may not show."""

from collections.abc import Mapping
from typing import Any

from domain.access import Action
from domain.outcome import Refused
from domain.picture import DealPicture
from handlers import front
from handlers.handoff_form.opening import TITLE
from handlers.handoff_form.refresh import refresh
from handlers.handoff_form.work import NO_DEAL
from handlers.listen import Ack, Body, Client
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import remembered
from messages.brief import shows_confidential
from messages.brief_more import confidential_view, everything_view
from messages.ids import VIEW_HANDOFF_ALL
from messages.values import number, unpack
from storage import pictures


class Showing:
    """The handlers of “Show everything” and “Show the confidential parts”."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_all(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """The whole handoff in a window, or another page of it."""
        asker = front.asker_of(context)
        value, here = unpack(str(body["actions"][0].get("value") or "")), _here(body)
        found = await self._picture(asker, number(value, "deal"), Action.SEE_DEAL)
        if isinstance(found, Refused):
            await front.tell(client, body, TITLE, found.reason)
        else:
            may = front.may(asker, front.relation(self._services, asker, found), Action.SEE_CONFIDENTIAL)
            # Whoever presses it in the channel reads there what the channel shows; elsewhere only those who may.
            in_channel = here == found.channel.id and shows_confidential(found)
            confidential = in_channel or not isinstance(may, Refused)
            view = everything_view(found, number(value, "page"), confidential=confidential, here=here)
            if body.get("view", {}).get("callback_id") == VIEW_HANDOFF_ALL:
                await refresh(client, body["view"]["id"], view)
            else:
                await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    async def on_confidential(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """What is told in person only, to those who may read it."""
        value = unpack(str(body["actions"][0].get("value") or ""))
        found = await self._picture(front.asker_of(context), number(value, "deal"), Action.SEE_CONFIDENTIAL)
        if isinstance(found, Refused):
            await front.tell(client, body, TITLE, found.reason)
        else:
            await client.views_open(trigger_id=body["trigger_id"], view=confidential_view(found))
        await ack()

    async def _picture(self, asker: Asker, deal_id: int, action: Action) -> DealPicture | Refused:
        async with self._services.db.read() as session:
            picture = await pictures.load(session, deal_id)
        if picture is None or picture.workspace_id != asker.workspace_id:
            return NO_DEAL
        may = front.may(asker, front.relation(self._services, asker, picture), action)
        return may if isinstance(may, Refused) else picture


def _here(body: Body) -> str:
    """The channel the window is opened in; a page of it remembers."""
    view = body.get("view", {})
    if view.get("callback_id") == VIEW_HANDOFF_ALL:
        return str(remembered(view).get("here") or "")
    return str(body.get("channel", {}).get("id") or "")
