"""Events to the app as it subscribed to them, with retries; and questions that wait for an answer."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

from sandbox.channels import Channels
from sandbox.delivery.transport import Ack, DeliveryFailed, Envelope, Kind, Transport
from sandbox.errors import SlackError
from sandbox.faults import Faults
from sandbox.record import Record
from sandbox.world import World

Json = dict[str, Any]
# docs.slack.dev/apis/events-api, "Retries": nearly at once, after one minute, after five minutes
RETRY_AFTER: Final = (0.0, 60.0, 300.0)
# How long an event that shall come out of order waits for another to overtake it, real seconds.
OVERTAKE_SECONDS = 1.0
MESSAGE_EVENTS: Final = {
    "public": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}
# Events about a channel that the app gets without being in it.
EVERYWHERE: Final = frozenset(
    {
        "channel_created",
        "channel_rename",
        "channel_archive",
        "channel_unarchive",
        "channel_deleted",
        "channel_shared",
        "link_shared",
    }
)


class Dispatcher:
    """Decides what the app hears of, and brings it there."""

    def __init__(self, world: World, channels: Channels, transport: Transport, faults: Faults, record: Record) -> None:
        self.world = world
        self.channels = channels
        self.transport = transport
        self.faults = faults
        self.record = record
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[Json] = []

    # events

    def emit(self, event: Json, channel_id: str | None) -> None:
        """Sends an event to the app if it is subscribed and, for a channel's event, may see it."""
        name = self._subscription(event, channel_id)
        if name is None or not self.world.app.wants(name):
            return
        event.setdefault("event_ts", f"{self.world.clock.time():.6f}")
        payload = self._wrap(event, channel_id)
        fault = self.faults.for_delivery(event["type"])
        if fault is not None and fault.fault == "out_of_order":
            self._held.append(payload)
            self._start(self._release(payload))
            return
        drop = fault is not None and fault.fault == "socket_drop"
        self._start(self._deliver(payload, drop=drop))
        if fault is not None and fault.fault == "duplicate":
            self._start(self._deliver(payload))
        for held in self._held:
            self._start(self._deliver(held))
        self._held.clear()

    def _subscription(self, event: Json, channel_id: str | None) -> str | None:
        kind: str = event["type"]
        channel = self.channels.all.get(channel_id or "")
        if channel is None:
            return kind
        if kind not in EVERYWHERE and self.world.app.bot_user_id not in channel.members:
            left = kind == "member_left_channel" and event["user"] == self.world.app.bot_user_id
            return None if not left else kind
        return MESSAGE_EVENTS[channel.kind] if kind == "message" else kind

    def _wrap(self, event: Json, channel_id: str | None) -> Json:
        team, app = self.world.team.id, self.world.app
        channel = self.channels.all.get(channel_id or "")
        return {
            "token": self.world.verification_token,
            "team_id": team,
            "context_team_id": team,
            "context_enterprise_id": None,
            "api_app_id": app.id,
            "event": event,
            "type": "event_callback",
            "event_id": self.world.ids.make("Ev"),
            "event_time": int(self.world.clock.time()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team,
                    "user_id": app.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": channel is not None and channel.is_ext_shared,
            "event_context": f"4-{self.world.ids.secret(40)}",
        }

    async def _release(self, payload: Json) -> None:
        await asyncio.sleep(OVERTAKE_SECONDS)
        if payload in self._held:
            self._held.remove(payload)
            await self._deliver(payload)

    def resume(self) -> None:
        """Goes on with the retries that were due when the sandbox stopped."""
        for _, kept in list(self.world.store.records("retry")):
            self._start(self._deliver(kept["payload"], kept["attempt"], kept["reason"], kept["due"]))

    async def _deliver(
        self, payload: Json, first: int = 0, reason: str = "", due: float = 0.0, *, drop: bool = False
    ) -> None:
        """One event, up to four attempts; a retry that waits is kept with the data until it is made."""
        what, event_id, store = str(payload["event"]["type"]), str(payload["event_id"]), self.world.store
        waited = False
        for attempt in range(first, len(RETRY_AFTER) + 1):
            if attempt:
                waited = True
                due = due or self.world.clock.time() + RETRY_AFTER[attempt - 1]
                store.put("retry", event_id, {"payload": payload, "attempt": attempt, "reason": reason, "due": due})
                store.commit()
                await self.world.clock.sleep_until(due)
                due = 0.0
            try:
                await self.transport.send(Envelope("events_api", payload, attempt, reason, drop and not attempt))
            except DeliveryFailed as failed:
                reason = failed.reason
                self.record.delivery("events_api", what, ok=False, error=reason, attempt=attempt, event_id=event_id)
                if failed.final:
                    break
            else:
                self.record.delivery("events_api", what, ok=True, attempt=attempt, event_id=event_id)
                break
        if waited:
            store.drop("retry", event_id)
            store.commit()

    # questions

    async def ask(self, kind: Kind, what: str, payload: Json) -> Ack:
        """Delivers a command or an interaction once and waits three seconds. Raises SlackError.

        `operation_timeout`: no answer in time; `dispatch_failed`: nobody there or an HTTP error.
        """
        fault = self.faults.for_delivery(kind)
        drop = fault is not None and fault.fault == "socket_drop"
        try:
            if fault is not None and fault.fault == "duplicate":
                self._start(self._again(kind, payload))
            ack = await self.transport.send(Envelope(kind, payload, drop=drop))
        except DeliveryFailed as failed:
            error = "operation_timeout" if failed.reason in {"timeout", "http_timeout"} else "dispatch_failed"
            self.record.delivery(kind, what, ok=False, error=error, reason=failed.reason)
            raise SlackError(error) from None
        self.record.delivery(kind, what, ok=True)
        return ack

    async def _again(self, kind: Kind, payload: Json) -> None:
        try:
            await self.transport.send(Envelope(kind, payload))
        except DeliveryFailed as failed:
            self.record.delivery(kind, "duplicate", ok=False, error=failed.reason)

    # tasks

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Gives up what is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.transport.close()
