"""``/cs welcome``: the welcome call of a deal, for whoever prepares it; posted to the deal's channel by a button."""

from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.access import Action, Allowed
from domain.outcome import Refused
from domain.picture import DealPicture
from handlers import cs_place, front, listen, outbox
from handlers.answers import report, say
from handlers.cs_place import Unclear
from handlers.listen import Ack, Body, Client, Respond
from handlers.milestone_answers import whisper
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import as_typed, pressed
from messages import ids
from messages.cs_welcome import welcome_message
from messages.say import Message
from messages.values import number
from storage import deals, pictures

TITLE: Final = "Welcome call"
KIND: Final = "welcome_agenda"
POSTED: Final = "It is on its way to the deal's channel."
WHICH: Final = Refused("Which deal? Use it in the deal's channel, or name the customer: `/cs welcome acme`.")
NO_OPEN_DEAL: Final = Refused("This customer has no open deal.")


class CsWelcome:
    """Prepares welcome calls."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def show(self, ack: Ack, body: Body, asker: Asker, words: str) -> None:
        """In a deal's channel of that deal; elsewhere of the named customer's, or of one's only one."""
        found = await self._which(body, asker, as_typed(words).strip())
        if isinstance(found, Unclear):
            await say(ack, found.answer.replace("/cs usage", "/cs welcome"))
            return
        picture = await self._deal(asker, found) if isinstance(found, int) else found
        if isinstance(picture, Refused):
            await report(ack, picture)
            return
        relation = front.relation(self._services, asker, picture)
        confidential = isinstance(front.may(asker, relation, Action.SEE_CONFIDENTIAL), Allowed)
        await say(ack, welcome_message(picture, confidential=confidential))

    async def _which(self, body: Body, asker: Asker, typed: str) -> int | Refused | Unclear:
        services = self._services
        if not typed:
            here = await cs_place.deal_here(services, asker, str(body.get("channel_id", "")))
            if here is not None:
                return here.id
            mine = await cs_place.mine(services, asker)
            return mine[0][0] if len(mine) == 1 else WHICH
        found = await cs_place.by_name(services, asker, typed)
        if isinstance(found, Unclear):
            return found
        async with services.db.read() as session:
            open_ones = await deals.open_of_account(session, found.id, 1)
        return open_ones[0] if open_ones else NO_OPEN_DEAL

    async def _deal(self, asker: Asker, deal_id: int) -> DealPicture | Refused:
        picture = await cs_place.deal_for(self._services, asker, deal_id, Action.PREPARE_WELCOME)
        if isinstance(picture, Refused):
            return picture
        async with self._services.db.read() as session:
            return await pictures.load(session, deal_id, plan=True) or cs_place.NO_DEAL

    async def on_post(self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]) -> None:
        """The deal's channel reads it, without what is confidential."""
        services, asker = self._services, front.asker_of(context)
        picture = await self._deal(asker, number(pressed(body), "deal"))
        if isinstance(picture, Refused):
            await front.tell(client, body, TITLE, picture.reason)
        else:
            key = f"deal:{picture.id}:welcome:{body['trigger_id']}"
            new = outbox.notice(picture.id, KIND, key, services.clock(), facts={"by": asker.card.slack_id})
            async with services.db.write() as tx:
                await outbox.say(services, tx, new)
                await outbox.wrote(services, tx, asker, "welcome_posted", "button", picture.id)
            await whisper(respond, body, Message(POSTED))
        await ack()


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the button."""
    listen.action(app, ids.ACT_CS_POST, CsWelcome(services).on_post)
