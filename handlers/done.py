"""What was done is told to whoever did it, with an undo; and the undos of what has no history of its own.

A decision about a handoff, the CSM of a deal, one's settings, the roster of CSMs. Plans, plays and usage alerts keep
their changes and undo them themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.outcome import Refused
from handlers import decisions, front, listen, ownership
from handlers.answers import on_press, say
from handlers.decisions import Decided
from handlers.handoff_form.refresh import refresh
from handlers.listen import Ack, Body, Client, Respond
from handlers.milestone_answers import in_window, whisper
from handlers.outbox import Done
from handlers.ownership import Assigned
from handlers.services import Services
from handlers.typed import pressed
from messages import ids
from messages.done import done_message, done_view
from messages.values import number, pack

HANDOFF: Final = "Handoff"
DEAL: Final = "Deal"
BUTTON: Final = "button"


@dataclass(frozen=True, slots=True)
class Undo:
    """The button that takes something back: its action and what it carries."""

    action: str = ""
    value: str = ""


NO_UNDO: Final = Undo()


def of_decision(result: Done | Refused) -> Undo:
    """What takes a decision back."""
    if not isinstance(result, Decided):
        return NO_UNDO
    return Undo(ids.ACT_DECISION_UNDO, pack(deal=result.deal_id, version=result.version))


def of_assignment(result: object) -> Undo:
    """What gives a deal back to the CSM it had."""
    if not isinstance(result, Assigned) or not result.had_csm:
        return NO_UNDO
    return Undo(ids.ACT_CSM_UNDO, pack(deal=result.deal_id, csm=result.csm))


async def answer_press(
    ack: Ack, client: Client, body: Body, respond: Respond, title: str, result: Done | Refused, undo: Undo = NO_UNDO
) -> None:
    """Answer a button: under its message, or in a window where it stands in none; a refusal in a small window."""
    if isinstance(result, Refused):
        await on_press(ack, client, body, title, result)
        return
    if in_window(body):
        view = done_view(title, result.sentence, undo.action, undo.value)
        await refresh(client, str(body["view"]["id"]), view)
    elif body.get("response_url"):
        await whisper(respond, body, done_message(result.sentence, undo.action, undo.value))
    else:
        await front.show(client, body, done_view(title, result.sentence, undo.action, undo.value))
    await ack()


async def answer_command(ack: Ack, result: Done | Refused, undo: Undo = NO_UNDO) -> None:
    """Answer a command, seen by the asker alone."""
    if isinstance(result, Refused):
        await say(ack, done_message(result.reason))
    else:
        await say(ack, done_message(result.sentence, undo.action, undo.value))


class UndoActions:
    """Answers the undo buttons."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_decision(
        self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]
    ) -> None:
        """The handoff was not meant to be accepted, or returned."""
        carried, asker = pressed(body), front.asker_of(context)
        deal, version = number(carried, "deal"), number(carried, "version")
        result = await decisions.take_back(self._services, asker, deal, version, BUTTON)
        await answer_press(ack, client, body, respond, HANDOFF, result)

    async def on_csm(self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]) -> None:
        """The deal goes back to who had it."""
        asker, carried = front.asker_of(context), pressed(body)
        deal, csm = number(carried, "deal"), str(carried.get("csm") or "")
        result = await ownership.take_back(self._services, asker, deal, csm, BUTTON)
        await answer_press(ack, client, body, respond, DEAL, result)


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the undos."""
    handle = UndoActions(services)
    listen.action(app, ids.ACT_DECISION_UNDO, handle.on_decision)
    listen.action(app, ids.ACT_CSM_UNDO, handle.on_csm)
