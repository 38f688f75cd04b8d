"""Socket Mode that can be stopped without dropping what it has begun."""

import asyncio
import time
from typing import Any, Final, cast

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from handlers.metrics import Metrics
from handlers.slack_shape import Misshapen, fit

PING_S: Final = 10.0

_log = structlog.stdlib.get_logger("baton.socket")


class SlackSocket(AsyncSocketModeHandler):
    """Bolt's Socket Mode handler, counting what is in hand.

    While draining, envelopes are neither handled nor acknowledged: Slack gives them to another connection, or to the
    next one.
    """

    def __init__(
        self, app: AsyncApp, web: AsyncWebClient, app_token: str, metrics: Metrics, ping_s: float = PING_S
    ) -> None:
        super().__init__(app, app_token, web_client=web, ping_interval=ping_s)
        self._ping_s = ping_s
        self._metrics = metrics
        self._in_hand = 0
        self._draining = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:
        """Answer one envelope."""
        if self._draining:
            _log.info("left for the next connection", envelope=req.envelope_id)
            return
        kind = req.type if req.type in {"slash_commands", "interactive", "events_api"} else "other"
        started = time.perf_counter()
        self._in_hand += 1
        self._idle.clear()
        try:
            req.payload = fit(cast("Any", req).payload)
            await super().handle(client, req)
        except Misshapen as error:
            # It would be the same the next time: acknowledged, so that it does not come again.
            _log.warning("Slack sent what can't be read", kind=kind, reason=str(error))
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                self._idle.set()
            self._metrics.envelopes.labels(kind).inc()
            self._metrics.envelope_seconds.labels(kind).observe(time.perf_counter() - started)

    async def run(self) -> None:
        """Connect, trying again as long as it takes, and stay connected until cancelled."""
        renewing = asyncio.create_task(self._renew())
        try:
            await self.connect_async()
            _log.info("connected to Slack by Socket Mode")
            await renewing
        finally:
            renewing.cancel()

    async def _renew(self) -> None:
        """slack_sdk tries again with the address it has, for ever; but each address is good once, and not for long."""
        client: Any = self.client
        while True:
            await asyncio.sleep(self._ping_s)
            if not await self.connected():
                client.wss_uri = None

    async def connected(self) -> bool:
        """Whether the connection is there."""
        client: Any = self.client
        return bool(await client.is_connected())

    async def stop(self, patience_s: float) -> None:
        """Take nothing more in, finish what is in hand for at most `patience_s` seconds, and hang up."""
        self._draining = True
        try:
            async with asyncio.timeout(patience_s):
                await self._idle.wait()
        except TimeoutError:
            _log.warning("stopped with envelopes in hand", count=self._in_hand)
        await self.close_async()
