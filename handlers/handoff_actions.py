"""Buttons and forms about a handoff: decide, ask, answer, settle what was promised."""

from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.access import Action
from domain.commitments import CommitmentState
from domain.handoff import HandoffEvent
from domain.outcome import Refused
from handlers import decisions, front, ledger, listen
from handlers.answers import on_press, on_submit
from handlers.done import answer_press, of_decision
from handlers.handoff_form.refresh import refresh
from handlers.listen import Ack, Body, Client, Respond
from handlers.outbox import Done
from handlers.services import Services
from handlers.typed import choice_of, pressed, remembered, text_of
from messages import ids
from messages.commitments import commitment_view, commitments_view
from messages.commitments import meanwhile as promise_meanwhile
from messages.handoffs import return_view
from messages.questions import answer_view, ask_view
from messages.questions import meanwhile as question_meanwhile
from messages.values import number
from storage import commitments, pictures

HANDOFF: Final = "Handoff"
QUESTION: Final = "Question"
PROMISE: Final = "Promise"
BUTTON: Final = "button"
FORM: Final = "form"


class HandoffActions:
    """Answers the buttons of brief, card, questions and promises."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_accept(
        self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]
    ) -> None:
        """Accept, if the handoff is still what the button was drawn for."""
        carried, asker = pressed(body), front.asker_of(context)
        deal, version = number(carried, "deal"), number(carried, "version")
        result = await decisions.accept(self._services, asker, deal, version, BUTTON)
        await answer_press(ack, client, body, respond, HANDOFF, result, of_decision(result))

    async def on_return(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask what is missing."""
        carried, asker = pressed(body), front.asker_of(context)
        async with self._services.db.read() as session:
            picture = await pictures.load(session, number(carried, "deal"))
        state = decisions.may_decide(
            self._services, asker, picture, Action.RETURN, HandoffEvent.RETURN, number(carried, "version")
        )
        if isinstance(state, Refused):
            await on_press(ack, client, body, HANDOFF, state)
            return
        assert picture is not None
        await front.show(client, body, return_view(picture))
        await ack()

    async def on_returned(self, ack: Ack, body: Body, view: Body, context: Mapping[str, Any]) -> None:
        """Return with what was typed; a handoff that changed meanwhile is not returned unseen."""
        carried, asker = remembered(view), front.asker_of(context)
        deal, version = number(carried, "deal"), number(carried, "version")
        result = await decisions.give_back(self._services, asker, deal, version, text_of(view, "gaps"), FORM)
        await on_submit(ack, body, HANDOFF, result)

    async def on_ask(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask for the question."""
        asker = front.asker_of(context)
        async with self._services.db.read() as session:
            found = await pictures.load(session, number(pressed(body), "deal"))
        picture = ledger.may_touch(self._services, asker, found, Action.ASK)
        if isinstance(picture, Refused):
            await on_press(ack, client, body, QUESTION, picture)
            return
        await front.show(client, body, ask_view(picture))
        await ack()

    async def on_asked(self, ack: Ack, body: Body, view: Body, context: Mapping[str, Any]) -> None:
        """Record the question."""
        deal = number(remembered(view), "deal")
        result = await ledger.ask(self._services, front.asker_of(context), deal, text_of(view, "question"), FORM)
        await on_submit(ack, body, QUESTION, result, "question")

    async def on_answer(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask for the answer, unless there is one."""
        asker = front.asker_of(context)
        found = await ledger.find_question(self._services, asker, number(pressed(body), "question"), Action.ANSWER)
        if isinstance(found, Refused):
            await on_press(ack, client, body, QUESTION, found)
            return
        picture, question = found
        late = question_meanwhile(question, self._services.clock(), asker.card.zone)
        if late:
            await on_press(ack, client, body, QUESTION, Refused(late))
            return
        await front.show(client, body, answer_view(picture, question))
        await ack()

    async def on_answered(self, ack: Ack, body: Body, view: Body, context: Mapping[str, Any]) -> None:
        """Record the answer."""
        question, text = number(remembered(view), "question"), text_of(view, "answer")
        result = await ledger.answer(self._services, front.asker_of(context), question, text, FORM)
        await on_submit(ack, body, QUESTION, result, "answer")

    async def on_withdraw(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Take a question back."""
        question = number(pressed(body), "question")
        result = await ledger.withdraw(self._services, front.asker_of(context), question, BUTTON)
        await on_press(ack, client, body, QUESTION, result)

    async def on_reopen(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Open a question again."""
        question = number(pressed(body), "question")
        result = await ledger.reopen(self._services, front.asker_of(context), question, BUTTON)
        await on_press(ack, client, body, QUESTION, result)

    async def on_promises(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Show what was promised."""
        asker = front.asker_of(context)
        async with self._services.db.read() as session:
            found = await pictures.load(session, number(pressed(body), "deal"))
        picture = ledger.may_touch(self._services, asker, found, Action.SETTLE_COMMITMENT)
        if isinstance(picture, Refused):
            await on_press(ack, client, body, PROMISE, picture)
            return
        await front.show(client, body, commitments_view(picture))
        await ack()

    async def on_promise(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask what became of a promise."""
        asker = front.asker_of(context)
        found = await ledger.find_promise(self._services, asker, number(pressed(body), "commitment"))
        if isinstance(found, Refused):
            await on_press(ack, client, body, PROMISE, found)
            return
        picture, promise = found
        late = promise_meanwhile(promise, self._services.clock(), asker.card.zone)
        if late:
            await on_press(ack, client, body, PROMISE, Refused(late))
            return
        await front.show(client, body, commitment_view(picture, promise))
        await ack()

    async def on_promise_settled(
        self, ack: Ack, body: Body, view: Body, client: Client, context: Mapping[str, Any]
    ) -> None:
        """Write down what became of a promise."""
        asker, promise = front.asker_of(context), number(remembered(view), "commitment")
        becomes = CommitmentState.WITHDRAWN if choice_of(view, "outcome") == "withdrawn" else CommitmentState.DONE
        note = text_of(view, "evidence")
        result = await ledger.settle_promise(self._services, asker, promise, becomes, note, FORM)
        if isinstance(result, Done) and view.get("previous_view_id"):
            await self._redraw_promises(client, str(view["previous_view_id"]), promise)
        await on_submit(ack, body, PROMISE, result, "evidence")

    async def on_promise_undo(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Open a promise again."""
        asker, promise = front.asker_of(context), number(pressed(body), "commitment")
        result = await ledger.settle_promise(self._services, asker, promise, CommitmentState.OPEN, "", BUTTON)
        if isinstance(result, Done) and body.get("view", {}).get("type") == "modal":
            await self._redraw_promises(client, str(body["view"]["id"]), promise)
        await on_press(ack, client, body, PROMISE, result)

    async def _redraw_promises(self, client: Client, view_id: str, promise: int) -> None:
        async with self._services.db.read() as session:
            row = await commitments.get(session, promise)
            picture = await pictures.load(session, row.deal_id) if row else None
        if picture is not None:
            await refresh(client, view_id, commitments_view(picture))


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the buttons and forms."""
    handle = HandoffActions(services)
    listen.action(app, ids.ACT_HANDOFF_ACCEPT, handle.on_accept)
    listen.action(app, ids.ACT_HANDOFF_RETURN, handle.on_return)
    listen.view(app, ids.VIEW_HANDOFF_RETURN, handle.on_returned)
    listen.action(app, ids.ACT_QUESTION_ASK, handle.on_ask)
    listen.view(app, ids.VIEW_QUESTION_ASK, handle.on_asked)
    listen.action(app, ids.ACT_QUESTION_ANSWER, handle.on_answer)
    listen.view(app, ids.VIEW_QUESTION_ANSWER, handle.on_answered)
    listen.action(app, ids.ACT_QUESTION_WITHDRAW, handle.on_withdraw)
    listen.action(app, ids.ACT_QUESTION_REOPEN, handle.on_reopen)
    listen.action(app, ids.ACT_COMMITMENTS, handle.on_promises)
    listen.action(app, ids.ACT_COMMITMENT, handle.on_promise)
    listen.view(app, ids.VIEW_COMMITMENT, handle.on_promise_settled)
    listen.action(app, ids.ACT_COMMITMENT_UNDO, handle.on_promise_undo)
