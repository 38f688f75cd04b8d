"""The lead answers whether a message arrived of which Slack did not say so."""

from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.access import Action
from domain.outcome import Refused
from handlers import front, listen, outbox
from handlers.answers import on_press
from handlers.listen import Ack, Body, Client
from handlers.outbox import Done
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import pressed
from messages.ids import ACT_UNSURE_ARRIVED, ACT_UNSURE_RESEND
from messages.values import number
from storage import notices, unsure
from storage.database import Tx
from storage.unsure import Decided

TITLE: Final = "Did it arrive?"
DECIDED: Final = Refused("Somebody has answered this already; the message shows who.")


async def written_down(services: Services, tx: Tx, asker: Asker, notice_id: int, what: str) -> None:
    """Show in the lead's message what was decided about a notice."""
    decision = Decided(what, asker.card.slack_id, services.clock())
    ids = await unsure.decided(tx.session, asker.workspace_id, notice_id, decision, services.clock())
    await services.engine.enqueue(tx, ids)


class Unsure:
    """The two buttons of the lead's message."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_resend(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """It is not there: say it again."""
        result = await self._decide(front.asker_of(context), number(pressed(body), "notice"), unsure.RESENT)
        await on_press(ack, client, body, TITLE, result)

    async def on_arrived(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """It is there: leave it."""
        result = await self._decide(front.asker_of(context), number(pressed(body), "notice"), unsure.ARRIVED)
        await on_press(ack, client, body, TITLE, result)

    async def _decide(self, asker: Asker, notice_id: int, what: str) -> Done | Refused:
        services = self._services
        allowed = front.may(asker, front.relation(services, asker, None), Action.RESEND)
        if isinstance(allowed, Refused):
            return allowed
        async with services.db.write() as tx:
            if what == unsure.RESENT:
                first = await notices.resend_unsure(tx.session, asker.workspace_id, notice_id, services.clock())
            else:
                first = await unsure.arrived(tx.session, asker.workspace_id, notice_id, asker.card.slack_id)
            if not first:
                return DECIDED
            if what == unsure.RESENT:
                await services.engine.enqueue(tx, [notice_id])
            await written_down(services, tx, asker, notice_id, what)
            await outbox.wrote(services, tx, asker, f"notice_{what}", "button", None, notice=notice_id)
        return Done("It is on its way again." if what == unsure.RESENT else "It is left as it is.")


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the buttons under the question."""
    handle = Unsure(services)
    listen.action(app, ACT_UNSURE_RESEND, handle.on_resend)
    listen.action(app, ACT_UNSURE_ARRIVED, handle.on_arrived)
