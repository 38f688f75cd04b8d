"""``/cs log`` and ``/cs wow``: kept in one transaction with the audit, and taken back for ten minutes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.access import Action
from domain.contact import GONE, NO_KIND, NO_WIN, NOTE, Contact, Talked, may_take_back, read_talk, read_win
from domain.outcome import Refused
from domain.picture import DealPicture
from handlers import cs_place, front, listen, outbox
from handlers.answers import report, say
from handlers.handoff_form.refresh import refresh
from handlers.listen import Ack, Body, Client, Respond
from handlers.milestone_answers import in_window, whisper
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import as_typed, choice_of, pressed, remembered, text_of
from messages import ids
from messages.cs_tell import LOG, TAKEN_BACK, WIN, kept_message, kept_view, tell_view
from messages.note import note_view
from messages.say import Message
from messages.values import number
from storage import deals, interactions
from storage.interaction_models import Interaction, Win
from storage.interactions import NewTold

TITLE: Final = "Take it back"
KIND: Final = "customer_win"
RECENT: Final = timedelta(days=30)
COMMAND: Final = "command"
VIEW: Final = "view"
BUTTON: Final = "button"
NONE_OF_YOURS: Final = Refused("You have no open deal. In the channel of a deal it is kept for that deal's customer.")
PICK: Final = "Pick the customer it was with."


class CsTell:
    """Keeps what people tell of customers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def log(self, ack: Ack, body: Body, client: Client, asker: Asker, words: str) -> None:
        """``/cs log call Agreed on the date``: for this channel's deal; elsewhere, or without words, a window asks."""
        typed = as_typed(words).strip()
        talked = read_talk(typed)
        here = await cs_place.deal_here(self._services, asker, str(body.get("channel_id", "")))
        if isinstance(talked, Talked) and here is not None:
            await self._keep_here(ack, body, asker, here, talked.note, talked.contact)
        elif isinstance(talked, Refused) and typed and here is not None:
            await report(ack, talked)
        else:
            told = talked if isinstance(talked, Talked) else None
            note = told.note if told else typed[:NOTE]
            await self._ask(ack, body, client, asker, here, LOG, note, told.contact if told else None)

    async def win(self, ack: Ack, body: Body, client: Client, asker: Asker, words: str) -> None:
        """``/cs wow They closed the month in two days``."""
        won = read_win(as_typed(words))
        here = await cs_place.deal_here(self._services, asker, str(body.get("channel_id", "")))
        if isinstance(won, str) and here is not None:
            await self._keep_here(ack, body, asker, here, won, None)
        else:
            await self._ask(ack, body, client, asker, here, WIN, won if isinstance(won, str) else "")

    async def _keep_here(
        self, ack: Ack, body: Body, asker: Asker, here: DealPicture, note: str, contact: Contact | None
    ) -> None:
        result = await self._keep(asker, here.id, note, contact, str(body["trigger_id"]), COMMAND)
        await (report(ack, result) if isinstance(result, Refused) else say(ack, result))

    async def _ask(
        self,
        ack: Ack,
        body: Body,
        client: Client,
        asker: Asker,
        here: DealPicture | None,
        what: str,
        note: str,
        contact: Contact | None = None,
    ) -> None:
        choice = (
            [(here.id, here.facts.account.name)] if here is not None else await cs_place.mine(self._services, asker)
        )
        if not choice:
            await report(ack, NONE_OF_YOURS)
            return
        view = tell_view(what, choice, contact=contact, note=note, one=len(choice) == 1)
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    async def on_told(self, ack: Ack, body: Body, context: Mapping[str, Any]) -> None:
        """The window was sent."""
        asker, view = front.asker_of(context), body["view"]
        what, picked, note = str(remembered(view).get("what")), choice_of(view, "customer"), text_of(view, "note")
        contact = next((one for one in Contact if one.value == choice_of(view, "contact")), None)
        if not picked.isdecimal() or len(picked) > 18:
            await ack(response_action="errors", errors={"customer": PICK})
        elif what == LOG and contact is None:
            await ack(response_action="errors", errors={"contact": NO_KIND.reason})
        elif isinstance(read_win(note), Refused):
            await ack(
                response_action="errors", errors={"note": NO_WIN.reason if what == WIN else "Say it in a few words."}
            )
        else:
            kind = contact if what == LOG else None
            result = await self._keep(asker, int(picked), note[:NOTE], kind, str(view["id"]), VIEW)
            if isinstance(result, Refused):
                await ack(response_action="errors", errors={"customer": result.reason})
            else:
                await ack(response_action="update", view=kept_view(result))

    async def _keep(
        self, asker: Asker, deal_id: int, note: str, contact: Contact | None, origin: str, via: str
    ) -> Message | Refused:
        """One transaction: what was told, the audit, and for a win the message to the team."""
        services, now = self._services, self._services.clock()
        picture = await cs_place.deal_for(services, asker, deal_id, Action.TELL_OF_CUSTOMER)
        if isinstance(picture, Refused):
            return picture
        async with services.db.write() as tx:
            account_id = await deals.account_of(tx.session, deal_id)
            if account_id is None:
                return cs_place.NO_DEAL
            told = NewTold(account_id, deal_id, asker.card.id, note, origin, contact.value if contact else "")
            told_id = await interactions.keep(tx.session, asker.workspace_id, told, now)
            count = await interactions.count_since(tx.session, account_id, now - RECENT) if contact else 0
            if told_id is None:
                return kept_message(picture.facts.account.name, contact, 0, count)
            await outbox.wrote(services, tx, asker, f"{LOG if contact else WIN}_told", via, deal_id, told=told_id)
            if contact is None:
                facts = {"note": note, "by": asker.card.slack_id, "win": told_id}
                await outbox.say(
                    services, tx, outbox.notice(deal_id, KIND, key_of(told_id), now, audience="cs", facts=facts)
                )
        return kept_message(picture.facts.account.name, contact, told_id, count)

    async def on_undo(self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]) -> None:
        """Take back what was told, within ten minutes; only whoever told it can."""
        result = await self._take_back(front.asker_of(context), pressed(body))
        if isinstance(result, Refused):
            await front.tell(client, body, TITLE, result.reason)
        elif in_window(body):
            await refresh(client, str(body["view"]["id"]), note_view("Taken back", TAKEN_BACK))
        else:
            await whisper(respond, body, Message(TAKEN_BACK))
        await ack()

    async def _take_back(self, asker: Asker, carried: Mapping[str, Any]) -> Refused | None:
        services, now = self._services, self._services.clock()
        what, told_id = str(carried.get("what")), number(carried, "told")
        model = Win if what == WIN else Interaction
        allowed = front.may(asker, front.relation(services, asker, None), Action.WORK_ON_OWN)
        if isinstance(allowed, Refused):
            return allowed
        async with services.db.write() as tx:
            told = await interactions.get(tx.session, asker.workspace_id, model, told_id)
            if told is None:
                return GONE
            undone = told.undone_at is not None
            no = may_take_back(author_id=told.author_id, by_id=asker.card.id, at=told.at, undone=undone, now=now)
            if no is not None:
                return no
            if not await interactions.take_back(tx.session, model, told_id, now):
                return GONE
            named = f"{WIN if model is Win else LOG}_taken_back"
            await outbox.wrote(services, tx, asker, named, BUTTON, told.deal_id, told=told_id)
            if model is Win:
                await interactions.forget_words(tx.session, asker.workspace_id, key_of(told_id))
                await outbox.redraw(services, tx, [key_of(told_id)])
        return None


def key_of(win_id: int) -> str:
    """The occurrence of a win's message."""
    return f"win:{win_id}"


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the window and the undo."""
    handle = CsTell(services)
    listen.view(app, ids.VIEW_CS_TELL, handle.on_told)
    listen.action(app, ids.ACT_CS_UNDO, handle.on_undo)
