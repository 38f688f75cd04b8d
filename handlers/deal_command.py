"""``/deal``: see, find, record, reassign, finish."""

from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.access import Action, Relation
from domain.outcome import Refused
from domain.picture import DealPicture
from domain.words import nearest, parse_command
from handlers import deal_export, front, ledger, listen, ownership
from handlers.answers import report, say
from handlers.deal_won import open_won
from handlers.done import answer_command, of_assignment
from handlers.listen import Ack, Body, Client
from handlers.ownership import NotYetCsm
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import as_typed, people_in
from messages.deal_forms import assign_view, become_csm_view, close_view, found_message
from messages.deals import card_blocks, title
from messages.help import DEAL, NOT_HERE, unknown_word
from messages.say import Message
from messages.text import short
from storage import deals, pictures

COMMAND: Final = "/deal"
WORDS: Final = ("won", "assign", "close", "export", "help")
FOUND: Final = 10
VIA: Final = "command"


class DealCommand:
    """Answers ``/deal`` and its words; any other text is a name to look for."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_command(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Read the word and answer it."""
        text, asker = str(body.get("text") or ""), front.asker_of(context)
        words = as_typed(text)
        match parse_command(words).word:
            case "help":
                await say(ack, DEAL)
            case "won":
                await open_won(ack, body, client, asker)
            case "assign":
                await self._assign(ack, body, client, asker, people_in(text))
            case "close":
                await self._close(ack, body, client, asker)
            case "export":
                await self._export(ack, body, asker)
            case _:
                await self._find(ack, body, asker, words)

    async def _here(self, body: Body, asker: Asker) -> DealPicture | None:
        async with self._services.db.read() as session:
            return await pictures.by_channel(session, asker.workspace_id, str(body.get("channel_id", "")))

    async def _find(self, ack: Ack, body: Body, asker: Asker, words: str) -> None:
        here = None if words.strip() else await self._here(body, asker)
        if here is not None:
            await say(ack, Message(short(title(here), 200), card_blocks(here)))
            return
        found = await self._search(asker, words)
        near = nearest(parse_command(words).word, WORDS) if words.strip() and not found else None
        if near is not None:
            await say(ack, unknown_word(COMMAND, parse_command(words).word, near))
        elif len(found) == 1 and words.strip() and self._works_on(asker, found[0]):
            await say(ack, Message(short(title(found[0]), 200), card_blocks(found[0])))
        else:
            shown = [(picture, self._works_on(asker, picture)) for picture in found[:FOUND]]
            await say(ack, found_message(words, shown, more=len(found) > FOUND))

    async def _search(self, asker: Asker, words: str) -> list[DealPicture]:
        """Deals of this name; without a name the asker's own."""
        mine = None if words.strip() else asker.card.id
        async with self._services.db.read() as session:
            rows = await deals.search(session, asker.workspace_id, words[:200], person_id=mine, limit=FOUND + 1)
            found = [await pictures.load(session, row.id) for row in rows]
        return [picture for picture in found if picture is not None]

    def _works_on(self, asker: Asker, picture: DealPicture) -> bool:
        return asker.facts.is_admin or front.relation(self._services, asker, picture) is not Relation.NONE

    async def _assign(self, ack: Ack, body: Body, client: Client, asker: Asker, people: list[str]) -> None:
        picture = await self._allowed_here(ack, body, asker, Action.ASSIGN)
        if picture is None:
            return
        if len(people) != 1:
            await client.views_open(trigger_id=body["trigger_id"], view=assign_view(picture))
            await ack()
            return
        result = await ownership.assign(self._services, asker, picture.id, people[0], VIA)
        if isinstance(result, NotYetCsm):
            view = become_csm_view(result.picture, result.slack_id)
            await client.views_open(trigger_id=body["trigger_id"], view=view)
            await ack()
        else:
            await answer_command(ack, result, of_assignment(result))

    async def _close(self, ack: Ack, body: Body, client: Client, asker: Asker) -> None:
        picture = await self._allowed_here(ack, body, asker, Action.CLOSE)
        if picture is None:
            return
        closable = ownership.closable(picture)
        if isinstance(closable, Refused):
            await report(ack, closable)
            return
        await client.views_open(trigger_id=body["trigger_id"], view=close_view(picture))
        await ack()

    async def _export(self, ack: Ack, body: Body, asker: Asker) -> None:
        picture = await self._allowed_here(ack, body, asker, Action.EXPORT_DEAL)
        if picture is not None:
            await report(ack, await deal_export.order(self._services, asker, picture, body))

    async def _allowed_here(self, ack: Ack, body: Body, asker: Asker, action: Action) -> DealPicture | None:
        here = await self._here(body, asker)
        if here is None:
            await say(ack, NOT_HERE)
            return None
        picture = ledger.may_touch(self._services, asker, here, action)
        if isinstance(picture, Refused):
            await report(ack, picture)
            return None
        return picture


def register(app: AsyncApp, services: Services) -> None:
    """Listen to ``/deal``."""
    listen.command(app, COMMAND, DealCommand(services).on_command)
