"""``/handoff``: open the form, and the CSM's side of it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.access import Action
from domain.handoff import HandoffEvent, HandoffState
from domain.outcome import Refused
from domain.picture import DealPicture
from domain.words import Command, nearest, parse_command
from handlers import decisions, front, ledger, listen
from handlers.answers import report, say
from handlers.done import answer_command, of_decision
from handlers.handoff_form.opening import open_form, open_pick
from handlers.listen import Ack, Body, Client
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import as_typed
from messages.commitments import commitments_view, open_line
from messages.deals import handoff_line, name_of
from messages.handoffs import return_view, status_blocks
from messages.help import HANDOFF, NOT_HERE, unknown_word
from messages.questions import ask_view, open_lines
from messages.say import Message
from messages.text import listed, short
from storage import pictures

COMMAND: Final = "/handoff"
VIA: Final = "command"


class HandoffCommand:
    """Answers ``/handoff`` and its words."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._words: dict[str, Callable[[Ack, Body, Client, Asker, DealPicture, str], Awaitable[None]]] = {
            "status": self._status,
            "ask": self._ask,
            "accept": self._accept,
            "return": self._return,
            "promises": self._promises,
        }

    async def on_command(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Read the word and answer it."""
        command, asker = parse_command(as_typed(str(body.get("text") or ""))), front.asker_of(context)
        if command.word == "help":
            await say(ack, HANDOFF)
        elif command.word in {"", "open"}:
            await self._open(ack, body, client, asker)
        elif command.word in self._words:
            await self._in_channel(ack, body, client, asker, command)
        else:
            near = nearest(command.word, [*self._words, "help", "open"])
            await say(ack, unknown_word(COMMAND, command.word, near))

    async def _open(self, ack: Ack, body: Body, client: Client, asker: Asker) -> None:
        picture = await self._here(body, asker)
        if picture is None:
            await open_pick(client, self._services, asker, body["trigger_id"])
        else:
            await open_form(client, self._services, asker, picture.id, body["trigger_id"])
        await ack()

    async def _in_channel(self, ack: Ack, body: Body, client: Client, asker: Asker, command: Command) -> None:
        picture = await self._here(body, asker)
        if picture is None:
            await say(ack, NOT_HERE)
        else:
            await self._words[command.word](ack, body, client, asker, picture, command.rest)

    async def _here(self, body: Body, asker: Asker) -> DealPicture | None:
        async with self._services.db.read() as session:
            return await pictures.by_channel(session, asker.workspace_id, str(body.get("channel_id", "")))

    async def _status(
        self, ack: Ack, body: Body, client: Client, asker: Asker, picture: DealPicture, rest: str
    ) -> None:
        await say(ack, status_message(picture))

    async def _ask(self, ack: Ack, body: Body, client: Client, asker: Asker, picture: DealPicture, rest: str) -> None:
        if rest:
            await report(ack, await ledger.ask(self._services, asker, picture.id, rest, VIA))
            return
        allowed = ledger.may_touch(self._services, asker, picture, Action.ASK)
        if isinstance(allowed, Refused):
            await report(ack, allowed)
            return
        await client.views_open(trigger_id=body["trigger_id"], view=ask_view(picture))
        await ack()

    async def _accept(
        self, ack: Ack, body: Body, client: Client, asker: Asker, picture: DealPicture, rest: str
    ) -> None:
        result = await decisions.accept(self._services, asker, picture.id, 0, VIA)
        await answer_command(ack, result, of_decision(result))

    async def _return(
        self, ack: Ack, body: Body, client: Client, asker: Asker, picture: DealPicture, rest: str
    ) -> None:
        if rest:
            result = await decisions.give_back(self._services, asker, picture.id, 0, rest, VIA)
            await answer_command(ack, result, of_decision(result))
            return
        state = decisions.may_decide(self._services, asker, picture, Action.RETURN, HandoffEvent.RETURN)
        if isinstance(state, Refused):
            await report(ack, state)
            return
        await client.views_open(trigger_id=body["trigger_id"], view=return_view(picture))
        await ack()

    async def _promises(
        self, ack: Ack, body: Body, client: Client, asker: Asker, picture: DealPicture, rest: str
    ) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=commitments_view(picture))
        await ack()


def status_message(picture: DealPicture) -> Message:
    """How the handoff of a deal stands, for one person."""
    lines = [f"*{name_of(picture)}*", handoff_line(picture)]
    if picture.handoff is not None and picture.handoff.state is HandoffState.RETURNED:
        lines.append(f"Given back with: {short(picture.handoff.gaps, 550)}")
    if picture.open_questions:
        lines.append(listed(["*Open questions*", *open_lines(picture.open_questions)], 2_900))
    if open_line(picture):
        lines.append(open_line(picture))
    return Message("\n".join(lines[:2]), status_blocks(picture, lines))


def register(app: AsyncApp, services: Services) -> None:
    """Listen to ``/handoff``."""
    listen.command(app, COMMAND, HandoffCommand(services).on_command)
