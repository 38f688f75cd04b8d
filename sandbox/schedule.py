"""Messages for later, posted when the sandbox's clock gets there."""

import asyncio
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.channels import Channel, Channels
from sandbox.content import read_draft
from sandbox.errors import SlackError
from sandbox.messages import Author, Messages
from sandbox.world import World

Json = dict[str, Any]
# docs.slack.dev/reference/methods/chat.scheduleMessage
AHEAD_MOST = 120 * 24 * 3600
WINDOW = 300
PER_WINDOW = 30
FAR = 24 * 3600.0


@dataclass
class Scheduled:
    """One message for later; `sent` are its arguments."""

    id: str
    channel: str
    post_at: int
    sent: Json
    created: int


class Schedule:
    """Every message that waits."""

    def __init__(self, world: World, channels: Channels, messages: Messages) -> None:
        self.world = world
        self.channels = channels
        self.messages = messages
        self.waiting: dict[str, Scheduled] = {}
        self._changed = asyncio.Event()
        self.load()

    def load(self) -> None:
        """Reads what waits from the store."""
        self.waiting = {key: Scheduled(**body) for key, body in self.world.store.records("scheduled")}

    def add(self, channel: Channel, post_at: int, sent: Json) -> Scheduled:
        """Keeps a message for `post_at` (seconds since 1970).

        Raises `time_in_past`, `time_too_far`, `restricted_too_many`.
        """
        now = self.world.clock.time()
        if post_at <= now:
            raise SlackError("time_in_past")
        if post_at > now + AHEAD_MOST:
            raise SlackError("time_too_far")
        near = [one for one in self.waiting.values() if one.channel == channel.id]
        if sum(1 for one in near if one.post_at // WINDOW == post_at // WINDOW) >= PER_WINDOW:
            raise SlackError("restricted_too_many")
        made = Scheduled(self.world.ids.make("Q"), channel.id, post_at, sent, int(now))
        self.waiting[made.id] = made
        self.world.store.put("scheduled", made.id, asdict(made))
        self._changed.set()
        return made

    def remove(self, scheduled_id: str, channel: Channel) -> None:
        """Takes a message back. Raises `invalid_scheduled_message_id`."""
        found = self.waiting.get(scheduled_id)
        if found is None or found.channel != channel.id:
            raise SlackError("invalid_scheduled_message_id")
        self._drop(found)

    def _drop(self, one: Scheduled) -> None:
        del self.waiting[one.id]
        self.world.store.drop("scheduled", one.id)

    async def run(self) -> None:
        """Posts what is due, for as long as it is not cancelled."""
        while True:
            self.post_due()
            self._changed.clear()
            now = self.world.clock.time()
            soonest = min((one.post_at for one in self.waiting.values()), default=now + FAR)
            sleep = asyncio.create_task(self.world.clock.sleep_until(soonest))
            change = asyncio.create_task(self._changed.wait())
            try:
                await asyncio.wait({sleep, change}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                sleep.cancel()
                change.cancel()

    def post_due(self) -> None:
        """Posts what the clock has passed, the earliest first.

        A message with metadata is never posted: Slack loses such ones too.
        """
        now = self.world.clock.time()
        due = sorted((one for one in self.waiting.values() if one.post_at <= now), key=lambda one: one.post_at)
        for one in due:
            self._drop(one)
            channel = self.channels.all.get(one.channel)
            gone = channel is None or channel.archived or self.world.app.bot_user_id not in channel.members
            if channel is None or gone or one.sent.get("metadata"):
                continue
            # what can no longer be posted (its thread is gone) is dropped without a word, as Slack does
            with suppress(SlackError):
                self.messages.post(channel, Author(self.world.app.bot_user_id, bot=True), read_draft(one.sent))
        self.world.store.commit()
