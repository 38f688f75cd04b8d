"""From a notice's audience to a channel of Slack."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import update

from domain.picture import DealPicture
from scheduler.delivery import Where
from scheduler.slack import SlackRefusedError
from scheduler.workplace import Workplace
from storage.models import Workspace
from storage.notices import ClaimedNotice

PERSON: Final = "person:"
CHANNEL: Final = "channel:"
DEAL: Final = "deal"
CS: Final = "cs"
PAGE: Final = 999
MISSING_S: Final = 60
"""How long nobody asks Slack again for a channel that was not there: listing them is 20 calls a minute."""


@dataclass(frozen=True, slots=True)
class Nowhere:
    """There is no such channel (yet); ``reason`` says what to do about it."""

    reason: str


class Audiences:
    """Finds the channel of an audience: ``deal``, ``cs``, ``person:U…`` or ``channel:C…``.

    Slack is asked once, whoever asks here meanwhile; and not again for a while when there is no such channel.
    """

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._direct: dict[str, str] = {}
        self._cs: dict[int, str] = {}
        self._missing_until: datetime | None = None
        self._asking: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def find(self, notice: ClaimedNotice, picture: DealPicture | None) -> Where | Nowhere:
        """The channel to post this notice into. Raises the errors of scheduler.slack."""
        audience = notice.audience
        if notice.channel_id:
            return Where(notice.channel_id)
        if audience == DEAL:
            channel = picture.channel.id if picture else ""
            return Where(channel) if channel else Nowhere("the deal's channel is not made yet")
        if audience == CS:
            async with self._asking[CS]:
                return await self._cs_channel(notice.workspace_id)
        if audience.startswith(PERSON):
            async with self._asking[audience]:
                return Where(await self._direct_channel(audience.removeprefix(PERSON)))
        return Where(audience.removeprefix(CHANNEL))

    def forget(self, notice: ClaimedNotice) -> None:
        """Slack refused something there: look the channel up again next time."""
        if notice.audience == CS:
            self._cs.pop(notice.workspace_id, None)
            self._missing_until = None
        elif notice.audience.startswith(PERSON):
            self._direct.pop(notice.audience.removeprefix(PERSON), None)

    async def _direct_channel(self, slack_id: str) -> str:
        if slack_id not in self._direct:
            opened = await self._place.slack.call("conversations.open", users=slack_id)
            self._direct[slack_id] = str(opened["channel"]["id"])
        return self._direct[slack_id]

    async def _cs_channel(self, workspace_id: int) -> Where | Nowhere:
        name = self._place.settings.cs_channel
        nowhere = Nowhere(f"there is no channel #{name} Baton can join: make it, or set BATON_CS_CHANNEL")
        if self._missing_until is not None and self._place.clock() < self._missing_until:
            return nowhere
        if workspace_id not in self._cs:
            found = await find_channel(self._place, name)
            if found is None:
                self._missing_until = self._place.soon(MISSING_S)
                return nowhere
            self._cs[workspace_id] = str(found["id"])
            async with self._place.db.write() as tx:
                await tx.session.execute(
                    update(Workspace).where(Workspace.id == workspace_id).values(cs_channel_id=self._cs[workspace_id])
                )
        return Where(self._cs[workspace_id])


async def find_channel(place: Workplace, named: str) -> Mapping[str, Any] | None:
    """The channel with this name or id that Baton is in, or can join and has joined now; None when there is none."""
    wanted = named.removeprefix("#")
    every = place.slack.each(
        "conversations.list", "channels", types="public_channel,private_channel", exclude_archived=True, limit=PAGE
    )
    async for channel in every:
        if wanted in (channel["name"], channel["id"]):
            return await _joined(place, channel)
    return None


async def _joined(place: Workplace, channel: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if channel.get("is_member"):
        return channel
    if channel.get("is_private"):
        return None
    try:
        await place.slack.call("conversations.join", channel=channel["id"])
    except SlackRefusedError:
        return None
    return channel
