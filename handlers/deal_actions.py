"""Buttons and forms about a deal as a whole: its notes, its CSM, its end."""

from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.access import Action
from domain.outcome import Refused
from handlers import front, ledger, listen, ownership
from handlers.answers import on_press, on_submit
from handlers.listen import Ack, Body, Client
from handlers.ownership import NotYetCsm
from handlers.services import Services
from handlers.typed import person_of, pressed, remembered
from messages import ids
from messages.deal_forms import assign_view, become_csm_view
from messages.deals import notes_view
from messages.values import number
from storage import pictures

DEAL: Final = "Deal"
BUTTON: Final = "button"
FORM: Final = "form"


class DealActions:
    """Answers the card's own buttons."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_notes(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Show all notes of the CRM, page by page."""
        carried, asker = pressed(body), front.asker_of(context)
        async with self._services.db.read() as session:
            picture = await pictures.load(session, number(carried, "deal"))
        if picture is None or picture.workspace_id != asker.workspace_id:
            await on_press(ack, client, body, DEAL, ledger.GONE)
            return
        view = notes_view(picture, number(carried, "page"))
        if body.get("view", {}).get("type") == "modal":
            await client.views_update(view_id=str(body["view"]["id"]), view=view)
        else:
            await front.show(client, body, view)
        await ack()

    async def on_change_csm(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask for the new CSM."""
        asker = front.asker_of(context)
        async with self._services.db.read() as session:
            found = await pictures.load(session, number(pressed(body), "deal"))
        picture = ledger.may_touch(self._services, asker, found, Action.ASSIGN)
        if isinstance(picture, Refused):
            await on_press(ack, client, body, DEAL, picture)
            return
        await front.show(client, body, assign_view(picture))
        await ack()

    async def on_assigned(self, ack: Ack, body: Body, view: Body, context: Mapping[str, Any]) -> None:
        """Give the deal to who was picked; offer to make them a CSM first."""
        services, asker, carried = self._services, front.asker_of(context), remembered(view)
        offered = str(carried.get("person") or "")
        chosen = offered or person_of(view, "csm")
        if not chosen:
            await ack(response_action="errors", errors={"csm": "Pick somebody."})
            return
        deal = number(carried, "deal")
        result = await ownership.assign(services, asker, deal, chosen, FORM, make_csm=bool(offered))
        if isinstance(result, NotYetCsm):
            await ack(response_action="update", view=become_csm_view(result.picture, chosen))
        else:
            await on_submit(ack, body, DEAL, result, "" if offered else "csm")

    async def on_closed(self, ack: Ack, body: Body, view: Body, context: Mapping[str, Any]) -> None:
        """Finish the deal."""
        deal = number(remembered(view), "deal")
        result = await ownership.close(self._services, front.asker_of(context), deal, FORM)
        await on_submit(ack, body, DEAL, result)


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the buttons and forms."""
    handle = DealActions(services)
    for action_id in (ids.ACT_NOTES, f"{ids.ACT_NOTES}:back", f"{ids.ACT_NOTES}:on"):
        listen.action(app, action_id, handle.on_notes)
    listen.action(app, ids.ACT_CSM_CHANGE, handle.on_change_csm)
    listen.view(app, ids.VIEW_DEAL_ASSIGN, handle.on_assigned)
    listen.view(app, ids.VIEW_DEAL_CLOSE, handle.on_closed)
