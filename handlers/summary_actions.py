"""Buttons of the weekly summary: the open questions, page by page."""

from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.access import Action
from domain.outcome import Refused
from handlers import front, ledger, listen
from handlers.answers import on_press
from handlers.listen import Ack, Body, Client
from handlers.services import Services
from handlers.typed import pressed
from messages import ids
from messages.summary import questions_view
from messages.values import number
from storage import pictures

TITLE: Final = "Questions"


class SummaryActions:
    """Answers them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_questions(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Every open question of a deal with its button, to whoever may answer."""
        carried, asker = pressed(body), front.asker_of(context)
        async with self._services.db.read() as session:
            found = await pictures.load(session, number(carried, "deal"))
        picture = ledger.may_touch(self._services, asker, found, Action.ANSWER)
        if isinstance(picture, Refused):
            await on_press(ack, client, body, TITLE, picture)
            return
        view, shown = questions_view(picture, number(carried, "page")), body.get("view", {})
        if shown.get("callback_id") == ids.VIEW_SUMMARY_QUESTIONS:
            await client.views_update(view_id=str(shown["id"]), view=view)
        else:
            await front.show(client, body, view)
        await ack()


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the buttons."""
    handle = SummaryActions(services)
    for end in ("", ":back", ":on"):
        listen.action(app, f"{ids.ACT_SUMMARY_QUESTIONS}{end}", handle.on_questions)
