"""``/baton audit``: who did what, when and from where; for the lead and admins, in a window they alone see."""

import re
from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.access import Action, Allowed
from domain.outcome import Refused
from domain.text import clean
from domain.words import Command
from handlers import front, listen
from handlers.answers import on_press, report
from handlers.handoff_form.refresh import refresh
from handlers.listen import Ack, Body, Client
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import as_typed, people_in, pressed
from messages.audit import PAGE, WORDS, AuditLine, Filter, audit_view
from messages.ids import ACT_AUDIT_PAGE
from messages.say import View
from messages.values import number
from storage import audit_pages, deals

TITLE: Final = "Audit log"
DEALS: Final = 50
"""Deals of a name that are looked for."""
_MENTION: Final = re.compile(r"<@[^>]*>")


class AuditCommand:
    """Answers ``/baton audit …`` and the buttons of its window."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def _may(self, asker: Asker) -> Allowed | Refused:
        return front.may(asker, front.relation(self._services, asker, None), Action.READ_AUDIT)

    async def on_word(self, ack: Ack, body: Body, client: Client, asker: Asker, command: Command) -> None:
        """``command.rest`` may mention a person and name deals."""
        allowed = self._may(asker)
        if isinstance(allowed, Refused):
            await report(ack, allowed)
            return
        mentioned = people_in(command.rest)
        words = clean(as_typed(_MENTION.sub(" ", command.rest)), WORDS).text.strip()
        wanted = Filter(mentioned[0] if mentioned else "", words)
        await client.views_open(trigger_id=body["trigger_id"], view=await self._view(asker, wanted, 0))
        await ack()

    async def on_page(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Another page, in the place of the one that is shown."""
        asker = front.asker_of(context)
        allowed = self._may(asker)
        if isinstance(allowed, Refused):
            await on_press(ack, client, body, TITLE, allowed)
            return
        value = pressed(body)
        wanted = Filter(str(value.get("person") or ""), str(value.get("words") or "")[:WORDS])
        await refresh(client, str(body["view"]["id"]), await self._view(asker, wanted, number(value, "before")))
        await ack()

    async def _view(self, asker: Asker, wanted: Filter, before: int) -> View:
        async with self._services.db.read() as session:
            named = None
            if wanted.words:
                found = await deals.search(session, asker.workspace_id, wanted.words, person_id=None, limit=DEALS)
                named = [deal.id for deal in found]
            entries = await audit_pages.page(
                session, asker.workspace_id, most=PAGE + 1, before=before, person=wanted.person, deals=named
            )
        lines = [
            AuditLine(
                one.id,
                one.at,
                one.actor,
                one.action,
                one.via,
                one.customer,
                one.subject,
                one.detail,
                one.erased,
            )
            for one in entries[:PAGE]
        ]
        return audit_view(lines, wanted, before=before, more=len(entries) > PAGE)


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the window's buttons."""
    listen.action(app, re.compile(rf"^{ACT_AUDIT_PAGE}:"), AuditCommand(services).on_page)
