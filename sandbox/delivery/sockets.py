"""Socket Mode: up to ten connections, each envelope to one of them.

Protocol: docs.slack.dev/apis/events-api/using-socket-mode and what the official clients expect.
"""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, cast
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from sandbox.delivery.transport import Ack, DeliveryFailed, Envelope
from sandbox.record import Record
from sandbox.world import World

Json = dict[str, Any]
Reason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]
CONNECTIONS = 10
TICKET_SECONDS = 30.0
# A connection lives for hours in Slack; it is warned shortly before it has to go.
CONNECTION_SECONDS = 18_060.0
WARNING_SECONDS = 10.0
# What the app may answer with its acknowledgement; events are only acknowledged.
ANSWERABLE = frozenset({"slash_commands", "interactive"})


@dataclass
class _Connection:
    socket: WebSocket
    number: int
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    going: bool = False
    waiting: dict[str, asyncio.Future[Ack]] = field(default_factory=dict[str, "asyncio.Future[Ack]"])


class Sockets:
    """The app's Socket Mode connections; the transport of a sandbox without `events_url`."""

    def __init__(self, world: World, record: Record) -> None:
        self.world = world
        self.record = record
        self.connections: list[_Connection] = []
        self._tickets: dict[str, float] = {}
        self._turn = 0
        self._number = 0
        self.wrong_acks = 0

    def ticket(self) -> str:
        """A one-time pass for the next connection, good for thirty seconds."""
        now = self.world.clock.time()
        self._tickets = {key: until for key, until in self._tickets.items() if until > now}
        ticket = self.world.ids.secret(32).lower()
        self._tickets[ticket] = now + TICKET_SECONDS
        return ticket

    async def connect(self, socket: WebSocket) -> None:
        """Serves one connection until it ends."""
        until = self._tickets.pop(socket.query_params.get("ticket", ""), 0.0)
        if until < self.world.clock.time():
            await socket.close(4001)
            return
        await socket.accept()
        self._number += 1
        connection = _Connection(socket, self._number)
        if len(self.connections) >= CONNECTIONS:
            await _say_goodbye(connection, "too_many_websockets")
            await socket.close()
            return
        self.connections.append(connection)
        self._count()
        aging = asyncio.create_task(self._age(connection))
        try:
            await socket.send_json(self._hello(connection, lifetime=CONNECTION_SECONDS))
            await self._read(connection)
        except WebSocketDisconnect:
            return
        finally:
            aging.cancel()
            self._forget(connection)

    def _count(self) -> None:
        self.world.hub.tell({"type": "connections", "count": len(self.connections)})

    def _hello(self, connection: _Connection, lifetime: float) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": self.world.app.id},
            "debug_info": {
                "host": f"applink-{connection.number}",
                "started": datetime.now(UTC).isoformat(),
                "build_number": 1,
                "approximate_connection_time": int(lifetime),
            },
        }

    async def _read(self, connection: _Connection) -> None:
        receive = asyncio.create_task(_next(connection.socket))
        closed = asyncio.create_task(connection.closed.wait())
        try:
            while True:
                await asyncio.wait({receive, closed}, return_when=asyncio.FIRST_COMPLETED)
                if closed.done():
                    await _close(connection.socket)
                    return
                said = receive.result()
                if said is None:
                    return
                self._acknowledged(connection, said)
                receive = asyncio.create_task(_next(connection.socket))
        finally:
            receive.cancel()
            closed.cancel()

    def _acknowledged(self, connection: _Connection, said: str) -> None:
        """Takes `{"envelope_id", "payload"?}`; anything else is counted and left alone, as Slack does."""
        try:
            answer: object = json.loads(said)
        except ValueError:
            answer = None
        members = cast("Json", answer) if isinstance(answer, dict) else {}
        future = connection.waiting.pop(str(members.get("envelope_id")), None)
        if future is None:
            self.wrong_acks += 1
            return
        payload = members.get("payload")
        if not future.done():
            future.set_result(_ack(payload))

    def _forget(self, connection: _Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
            self._count()
        for future in connection.waiting.values():
            if not future.done():
                future.set_exception(DeliveryFailed("connection_failed"))
        connection.waiting.clear()

    async def _age(self, connection: _Connection) -> None:
        """Warns a connection of its end, asks it to come anew, then closes it."""
        await self.world.clock.sleep(CONNECTION_SECONDS - WARNING_SECONDS)
        await _say_goodbye(connection, "warning")
        await self.world.clock.sleep(WARNING_SECONDS)
        await self._refresh(connection)
        await self.world.clock.sleep(WARNING_SECONDS)
        connection.closed.set()

    async def _refresh(self, connection: _Connection) -> None:
        connection.going = True
        await _say_goodbye(connection, "refresh_requested")

    # orders

    async def disconnect(self, reason: str) -> int:
        """Says `warning`, `refresh_requested` or `link_disabled` to every connection, or drops them (`drop`)."""
        told = list(self.connections)
        for connection in told:
            if reason == "drop":
                connection.closed.set()
            elif reason == "refresh_requested":
                await self._refresh(connection)
            else:
                await _say_goodbye(connection, cast("Reason", reason))
        return len(told)

    # the transport

    def _choose(self) -> _Connection:
        open_ones = [one for one in self.connections if not one.closed.is_set()]
        staying = [one for one in open_ones if not one.going] or open_ones
        if not staying:
            raise DeliveryFailed("connection_failed")
        self._turn += 1
        return staying[self._turn % len(staying)]

    async def send(self, envelope: Envelope) -> Ack:
        """Delivers over one connection and waits for its acknowledgement. Raises DeliveryFailed."""
        connection = self._choose()
        envelope_id = str(uuid4())
        body: Json = {"envelope_id": envelope_id, "type": envelope.kind, "payload": envelope.payload}
        body["accepts_response_payload"] = envelope.kind in ANSWERABLE
        if envelope.kind == "events_api":
            body |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason}
        future: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = future
        try:
            await connection.socket.send_text(json.dumps(body))
            if envelope.drop:
                connection.closed.set()
            return await asyncio.wait_for(future, self.world.config.patience_s)
        except TimeoutError:
            raise DeliveryFailed("timeout") from None
        except (WebSocketDisconnect, RuntimeError):
            raise DeliveryFailed("connection_failed") from None
        finally:
            connection.waiting.pop(envelope_id, None)

    async def close(self) -> None:
        """Ends every connection."""
        for connection in list(self.connections):
            connection.closed.set()


async def _next(socket: WebSocket) -> str | None:
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        return None
    text = message.get("text")
    return text if text is not None else bytes(message.get("bytes") or b"").decode(errors="replace")


async def _say_goodbye(connection: _Connection, reason: Reason) -> None:
    if connection.socket.application_state == WebSocketState.CONNECTED:
        debug = {"host": f"applink-{connection.number}"}
        try:
            await connection.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": debug})
        except (WebSocketDisconnect, RuntimeError):
            # The client hung up first: there is nobody left to say it to.
            connection.closed.set()


async def _close(socket: WebSocket) -> None:
    if socket.application_state == WebSocketState.CONNECTED:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await socket.close(1001)


def _ack(payload: object) -> Ack:
    if isinstance(payload, dict):
        return Ack(cast("Json", payload))
    return Ack(None, payload if isinstance(payload, str) else "")
