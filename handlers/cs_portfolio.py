"""``/cs`` and ``/cs health``: pages for the asker alone, turned in their place, shared by a button."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.access import Action
from domain.calendar import zone_named
from domain.health import Health, health_of
from domain.home import Customer, Looking, Tab, looking_of
from domain.outcome import Refused
from handlers import cs_place, front, listen, outbox, usage_alerts
from handlers.answers import report, say
from handlers.cs_place import Unclear
from handlers.listen import Ack, Body, Client, Respond
from handlers.milestone_answers import whisper
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import as_typed, pressed
from messages import ids
from messages.cs_portfolio import (
    HEALTH,
    NOBODY,
    health_message,
    health_of_one,
    no_open_deal,
    portfolio_message,
    without_buttons,
)
from messages.say import Message
from storage import deals, home_customers, homes, interactions, standings, usage_accounts
from storage.home_customers import Whose
from storage.homes import Listed, Means
from storage.notices import NewNotice

TITLE: Final = "Your customers"
SHARED: Final = "cs_shared"
MOST: Final = 10
"""Open deals of one customer that are judged."""
ON_ITS_WAY: Final = "It is on its way to this channel. If it does not come, invite Baton to the channel first."
OUTSIDERS: Final = Refused("There are people from outside in this channel: it is not shared here.")
_TURN: Final = re.compile(rf"^{ids.ACT_CS_TURN}(:|$)")


class CsPortfolio:
    """Shows somebody's customers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def portfolio(self, ack: Ack, asker: Asker) -> None:
        """``/cs``: the first page."""
        await say(ack, await self._page(asker, "", Looking()) or NOBODY)

    async def health(self, ack: Ack, body: Body, asker: Asker, words: str) -> None:
        """``/cs health``: in a deal's channel and with a name that customer, elsewhere each of one's own."""
        typed = as_typed(words).strip()
        channel = "" if typed else str(body.get("channel_id", ""))
        here = await cs_place.deal_here(self._services, asker, channel)
        if here is not None:
            async with self._services.db.read() as session:
                account_id = await deals.account_of(session, here.id) or 0
            await self._one(ack, asker, account_id)
        elif typed:
            found = await cs_place.by_name(self._services, asker, typed)
            await (say(ack, found.answer) if isinstance(found, Unclear) else self._one(ack, asker, found.id))
        else:
            await say(ack, await self._page(asker, HEALTH, Looking()) or NOBODY)

    async def _one(self, ack: Ack, asker: Asker, account_id: int) -> None:
        services = self._services
        async with services.db.read() as session:
            customer = await usage_accounts.load(session, account_id)
            if customer is None or customer.workspace_id != asker.workspace_id:
                await report(ack, usage_alerts.NO_CUSTOMER)
                return
            allowed = front.may(asker, usage_alerts.relation(services, asker, customer), Action.SEE_HEALTH)
            if isinstance(allowed, Refused):
                await report(ack, allowed)
                return
            today, zone = services.today(asker.card.zone), zone_named(asker.card.zone)
            open_ones = await deals.open_of_account(session, account_id, MOST)
            days = services.calendars.installation
            looked = await standings.look(session, open_ones, today=today, zone=zone, days=days) if open_ones else []
            whose = Whose(asker.workspace_id, asker.card.id, Looking(Tab.LEAD), today, services.metrics.primary)
            rows = await home_customers.these(session, open_ones, whose)
        by_deal = {deal: how for deal, _, how in looked}
        judged = [
            replace(row, level=by_deal[row.deal_id].level, reasons=by_deal[row.deal_id].reasons)
            for row in rows
            if row.deal_id in by_deal
        ]
        if not judged:
            await say(ack, no_open_deal(customer.name))
        else:
            await say(ack, health_of_one(judged, await self._health(asker, judged, today)))

    async def on_turn(self, ack: Ack, body: Body, respond: Respond, context: Mapping[str, Any]) -> None:
        """Another page, or the same page in the other light; in its place."""
        carried = pressed(body)
        message = await self._page(front.asker_of(context), str(carried.get("what")), looking_of(carried))
        await whisper(respond, body, message or Message(NOBODY))
        await ack()

    async def on_share(
        self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]
    ) -> None:
        """The page as it is now goes to everybody in the channel."""
        services, asker, carried = self._services, front.asker_of(context), pressed(body)
        channel = str(body.get("channel", {}).get("id") or body.get("container", {}).get("channel_id") or "")
        message = await self._page(asker, str(carried.get("what")), looking_of(carried))
        here = await cs_place.deal_here(services, asker, channel)
        if here is not None and here.channel.outsiders:
            await front.tell(client, body, TITLE, OUTSIDERS.reason)
        elif message is None or not channel:
            await front.tell(client, body, TITLE, NOBODY)
        else:
            facts = {"text": message.text, "blocks": without_buttons(message.blocks), "by": asker.card.slack_id}
            key = f"cs:shared:{body['trigger_id']}"
            now = services.clock()
            new = NewNotice(key, SHARED, key, f"channel:{channel}", now, facts=facts, priority=outbox.SOON)
            async with services.db.write() as tx:
                await outbox.say(services, tx, new)
                await outbox.wrote(services, tx, asker, "portfolio_shared", "button", None, channel=channel)
            await whisper(respond, body, Message(ON_ITS_WAY))
        await ack()

    async def _page(self, asker: Asker, what: str, looking: Looking) -> Message | None:
        services = self._services
        means = Means(services.settings.lead, services.calendars, services.metrics)
        now = services.clock()
        found = await homes.customers(services.db, asker.workspace_id, asker.card.id, means, now, looking)
        if found is None:
            return None
        if what != HEALTH:
            return portfolio_message(found.looking, found.counts, found.rows, found.today)
        return await self._health_page(asker, found)

    async def _health_page(self, asker: Asker, found: Listed) -> Message:
        health = await self._health(asker, found.rows, found.today)
        return health_message(found.looking, found.counts, found.rows, health, found.today)

    async def _health(self, asker: Asker, rows: Sequence[Customer], today: date) -> dict[int, Health]:
        zone = zone_named(asker.card.zone)
        async with self._services.db.read() as session:
            last = await interactions.last_of_deals(session, [one.deal_id for one in rows])
        days = {deal: at.astimezone(zone).date() for deal, at in last.items()}
        return {one.deal_id: health_of(one, days.get(one.deal_id), today) for one in rows}


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the buttons."""
    handle = CsPortfolio(services)
    listen.action(app, _TURN, handle.on_turn)
    listen.action(app, ids.ACT_CS_SHARE, handle.on_share)
