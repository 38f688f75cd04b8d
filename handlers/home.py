"""The app's Home: opened, turned to another tab, filter or page, searched.

A handler reads, keeps where the person is, and publishes; what changes while the Home is open is published by the
errand ``refresh_home``.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import structlog
from slack_bolt.async_app import AsyncApp

from domain.access import Action, Relation
from domain.home import Looking, looking_of, searched
from domain.outcome import Refused
from handlers import front, listen
from handlers.listen import Ack, Body, Client
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import pressed, remembered
from messages.home import home_view
from messages.ids import ACT_HOME_SEARCH, ACT_HOME_TURN
from storage import homes
from storage.homes import Means

EVENTS: Final = ("app_home_opened",)
_TURN: Final = re.compile(rf"^{ACT_HOME_TURN}(:|$)")

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("handlers")


class Homes:
    """Publishes Homes to those who look at them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_opened(self, event: Body, client: Client) -> None:
        """Somebody opened the Home tab: they see it where they left it. Outsiders get none."""
        if event.get("tab", "home") != "home":
            return
        asker = await self._services.people.find(str(event["user"]))
        if isinstance(front.may(asker, Relation.NONE, Action.FIND_DEAL), Refused):
            return
        await self._publish(client, asker)

    async def on_turn(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Another tab, filter or page."""
        await self._publish(client, front.asker_of(context), looking_of(pressed(body)))
        await ack()

    async def on_search(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Customers with what was typed in their name; nothing typed: all of them again."""
        typed = searched(str(body["actions"][0].get("value") or ""))
        looking = replace(looking_of(remembered(body["view"])), search=typed, page=0)
        await self._publish(client, front.asker_of(context), looking)
        await ack()

    async def _publish(self, client: Client, asker: Asker, looking: Looking | None = None) -> None:
        services = self._services
        means = Means(services.settings.lead, services.calendars, services.metrics)
        now = services.clock()
        picture = await homes.open_home(services.db, asker.workspace_id, asker.card.id, means, now, looking)
        if picture is None:
            log.info("no Home for an outsider")
            return
        await client.views_publish(user_id=asker.card.slack_id, view=home_view(picture))


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the Home."""
    handle = Homes(services)
    listen.event(app, "app_home_opened", handle.on_opened)
    listen.action(app, _TURN, handle.on_turn)
    listen.action(app, ACT_HOME_SEARCH, handle.on_search)
