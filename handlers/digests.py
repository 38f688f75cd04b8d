"""The digest of a morning: kept up to date when something in it is settled, and shown whole."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.morning import MorningPicture
from handlers import front, listen
from handlers.listen import Ack, Body, Client
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import pressed
from messages.ids import ACT_MORNING_ALL, ACT_MORNING_PAGE
from messages.morning import all_view
from messages.values import number
from storage import morning_items, notices
from storage.database import Tx
from storage.mornings import key_of

TITLE: Final = "Your morning"
GONE: Final = "This digest is not there any more; the next one lists what is still open."
PAGES: Final = (f"{ACT_MORNING_PAGE}_back", f"{ACT_MORNING_PAGE}_further")


async def refresh(services: Services, tx: Tx, deal_id: int, *refs: str) -> None:
    """Something of a deal changed (``milestone:41``, ``question:7``, ``promise:9``, ``handoff:5``): the digests that
    show it are edited in place. In the caller's transaction."""
    lead = services.settings.lead.strip()
    ids = await morning_items.refresh(tx.session, services.people.workspace_id, deal_id, refs, services.clock(), lead)
    await services.engine.enqueue(tx, ids)


async def refresh_milestones(services: Services, tx: Tx, deal_id: int, milestone_ids: Collection[int]) -> None:
    """The same after a change of a plan."""
    if milestone_ids:
        await refresh(services, tx, deal_id, *(f"milestone:{one}" for one in milestone_ids))


async def refresh_for(services: Services, tx: Tx, readers: Collection[int], *refs: str) -> None:
    """The same for what belongs to no single deal (``play:3``): in the digests of these people (our ids)."""
    ids = await morning_items.refresh_for(tx.session, services.people.workspace_id, readers, refs, services.clock())
    await services.engine.enqueue(tx, ids)


class Digests:
    """Shows the whole of a digest that was too long for one message."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_all(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """“Show all”: one's own digest, page by page."""
        picture = await self._find(front.asker_of(context), str(pressed(body).get("day", "")))
        if picture is None:
            await front.tell(client, body, TITLE, GONE)
        else:
            await front.show(client, body, all_view(picture))
        await ack()

    async def on_page(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Another page of it."""
        wanted = pressed(body)
        picture = await self._find(front.asker_of(context), str(wanted.get("day", "")))
        if picture is None:
            await front.tell(client, body, TITLE, GONE)
        else:
            view = body["view"]
            page = all_view(picture, number(wanted, "page"))
            await client.views_update(view_id=str(view["id"]), view=page, hash=str(view["hash"]))
        await ack()

    async def _find(self, asker: Asker, on: str) -> MorningPicture | None:
        services = self._services
        try:
            day = date.fromisoformat(on)
        except ValueError:
            return None
        async with services.db.read() as session:
            found = await notices.by_key(session, asker.workspace_id, key_of(asker.card.id, day))
            if found is None:
                return None
            return await morning_items.load(session, found.facts, services.calendars, services.clock(), said=True)


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the digest's own buttons."""
    handle = Digests(services)
    listen.action(app, ACT_MORNING_ALL, handle.on_all)
    for action in PAGES:
        listen.action(app, action, handle.on_page)
