"""What others do to a deal's channel: who comes and goes, its name, its end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from domain.deals import DealState
from handlers import front, listen, outbox
from handlers.handoff_form.notices import confidential_readers
from handlers.listen import Body
from handlers.outbox import notice
from handlers.services import Services
from handlers.webhooks.deals import TO_CS
from storage import audit, confidential, deals, notices, pictures, usage_alerts
from storage.database import Tx
from storage.models import Deal

VIA: Final = "event"
EVENTS: Final = (
    "member_joined_channel",
    "member_left_channel",
    "channel_shared",
    "channel_unshared",
    "channel_id_changed",
    "channel_rename",
    "group_rename",
    "channel_archive",
    "group_archive",
    "channel_deleted",
    "group_deleted",
)


class ChannelEvents:
    """Follows what happens to deal channels; all others are none of Baton's business."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_join(self, event: Body) -> None:
        """A guest or somebody of another company: the confidential parts leave the channel at once."""
        slack_id, channel = str(event.get("user", "")), str(event.get("channel", ""))
        if not await self._is_deal(channel) or not await self._is_outsider(slack_id):
            return
        await self._outsiders(channel, slack_id, str(event.get("event_ts", "")))

    async def on_shared(self, event: Body) -> None:
        """The channel is shared with another company."""
        channel = str(event.get("channel", ""))
        if await self._is_deal(channel):
            await self._outsiders(channel, "", str(event.get("event_ts", "")))

    async def on_leave(self, event: Body) -> None:
        """Whether somebody from outside is left only Slack can say: the engine looks."""
        channel = str(event.get("channel", ""))
        async with self._services.db.read() as session:
            deal = await deals.by_channel(session, self._services.people.workspace_id, channel)
        if deal is None or not deal.channel_outsiders:
            return
        async with self._services.db.write() as tx:
            key = f"deal:{deal.id}:confidential_check"
            await outbox.errand(self._services, tx, deal.id, "confidential_check", key)

    async def on_new_id(self, event: Body) -> None:
        """Slack gave the channel another id, as it does when two workspaces share or part (``channel_id_changed``)."""
        old, new = str(event.get("old_channel_id") or ""), str(event.get("new_channel_id") or "")
        services, now = self._services, self._services.clock()
        if not new or not await self._is_deal(old):
            return
        async with services.db.write() as tx:
            deal = await deals.by_channel(tx.session, services.people.workspace_id, old)
            taken = await deals.channels_known(tx.session, services.people.workspace_id, [new])
            if deal is None or taken:
                return
            deal.channel_id = new
            await tx.session.flush()
            await notices.moved(tx.session, services.people.workspace_id, old, new)
            await self._wrote(tx, deal.id, "channel_id_changed", now, old=old, new=new)
            key = f"deal:{deal.id}:confidential_check"
            await outbox.errand(services, tx, deal.id, "confidential_check", key)

    async def on_rename(self, event: Body) -> None:
        """Links follow by themselves; the name is kept for searches and for choosing free names."""
        renamed: Mapping[str, Any] = event.get("channel") or {}
        channel, name = str(renamed.get("id", "")), str(renamed.get("name", ""))
        if not name or not await self._is_deal(channel):
            return
        services, now = self._services, self._services.clock()
        async with services.db.write() as tx:
            deal = await deals.by_channel(tx.session, services.people.workspace_id, channel)
            taken = await deals.names_taken(tx.session, services.people.workspace_id, [name])
            if deal is None or deal.channel_name == name or taken:
                return
            await self._wrote(tx, deal.id, "channel_renamed", now, old=deal.channel_name, new=name)
            deal.channel_name = name
            await tx.session.flush()

    async def on_archive(self, event: Body) -> None:
        """Archived by hand while the deal is open: the customer-success channel is told."""
        await self._ended(event, gone=False)

    async def on_delete(self, event: Body) -> None:
        """The same for a channel that was deleted."""
        await self._ended(event, gone=True)

    async def _ended(self, event: Body, *, gone: bool) -> None:
        services, now = self._services, self._services.clock()
        channel = str(event.get("channel", ""))
        if not await self._is_deal(channel):
            return
        async with services.db.write() as tx:
            deal = await deals.by_channel(tx.session, services.people.workspace_id, channel)
            if deal is None or deal.state == DealState.CLOSED:
                return
            by = str(event.get("user") or "")
            await self._wrote(tx, deal.id, "channel_archived", now, by=by, gone=gone)
            key = f"deal:{deal.id}:archived:{event.get('event_ts') or now.isoformat()}"
            facts = {"by": by, "gone": gone}
            await outbox.say(services, tx, notice(deal.id, "channel_archived", key, now, audience=TO_CS, facts=facts))

    async def _is_deal(self, channel: str) -> bool:
        async with self._services.db.read() as session:
            return bool(channel) and (
                await deals.by_channel(session, self._services.people.workspace_id, channel) is not None
            )

    async def _is_outsider(self, slack_id: str) -> bool:
        """Somebody Slack does not tell us about counts as one: rather too careful."""
        try:
            facts = (await self._services.people.find(slack_id)).facts
        except SlackApiError as error:
            if front.code_of(error) in front.UNKNOWN_TO_US:
                return True
            raise
        return (facts.is_guest or facts.is_external) and not facts.is_bot

    async def _outsiders(self, channel: str, slack_id: str, stamp: str) -> None:
        services, now = self._services, self._services.clock()
        async with services.db.write() as tx:
            deal = await deals.by_channel(tx.session, services.people.workspace_id, channel)
            if deal is None or deal.channel_outsiders:
                return
            await self._mark(tx, deal, now, slack_id)
            await outbox.redraw(services, tx, await usage_alerts.said_in_channel(tx.session, deal.id))
            picture = await pictures.load(tx.session, deal.id)
            if picture is None or not confidential.hides(picture):
                return
            readers = await confidential_readers(services, tx, picture)
            shown = [*confidential.keys_in_channel(picture), *(confidential.key_of(deal.id, one) for one in readers)]
            await outbox.redraw_deal(services, tx, picture, *shown)
            why = confidential.GUEST if slack_id else confidential.SHARED
            told = confidential.told_of(picture, why, slack_id, stamp or now.isoformat(), now)
            await outbox.say(services, tx, *confidential.notices_to(picture, readers, now), *told)

    async def _mark(self, tx: Tx, deal: Deal, now: datetime, slack_id: str) -> None:
        deal.channel_outsiders = True
        await tx.session.flush()
        await self._wrote(tx, deal.id, "outsiders_came", now, who=slack_id)

    async def _wrote(self, tx: Tx, deal_id: int, action: str, now: datetime, **detail: str | bool) -> None:
        act = audit.Act("slack", action, VIA, deal_id=deal_id, detail=dict(detail))
        await audit.record(tx.session, self._services.people.workspace_id, act, now)


def register(app: AsyncApp, services: Services) -> None:
    """Listen to everything in EVENTS."""
    handle = ChannelEvents(services)
    listen.event(app, "member_joined_channel", handle.on_join)
    listen.event(app, "member_left_channel", handle.on_leave)
    listen.event(app, "channel_shared", handle.on_shared)
    listen.event(app, "channel_unshared", handle.on_leave)
    listen.event(app, "channel_id_changed", handle.on_new_id)
    for kind in ("channel_rename", "group_rename"):
        listen.event(app, kind, handle.on_rename)
    for kind in ("channel_archive", "group_archive"):
        listen.event(app, kind, handle.on_archive)
    for kind in ("channel_deleted", "group_deleted"):
        listen.event(app, kind, handle.on_delete)
