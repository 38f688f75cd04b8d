"""Socket Mode when the address Slack gave is no longer good."""

import asyncio

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_socket import SlackSocket
from handlers.metrics import Metrics

PING_S = 0.1
PATIENCE_S = 10


class Slack:
    """Gives addresses with a ticket each; only the third one opens."""

    def __init__(self) -> None:
        self.tickets = 0
        self.port = 0
        self.connected = asyncio.Event()

    async def open(self, _request: web.Request) -> web.Response:
        self.tickets += 1
        return web.json_response({"ok": True, "url": f"ws://127.0.0.1:{self.port}/link?ticket={self.tickets}"})

    async def link(self, request: web.Request) -> web.StreamResponse:
        if request.query["ticket"] != "3":
            return web.Response(status=403)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connected.set()
        async for _ in socket:
            continue
        return socket


async def test_a_refused_address_is_not_tried_for_ever() -> None:
    slack, server = Slack(), web.Application()
    server.add_routes([web.post("/api/apps.connections.open", slack.open), web.get("/link", slack.link)])
    runner = web.AppRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.port = runner.addresses[0][1]

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="U1", bot_id="B1", bot_token="xoxb-1")

    client = AsyncWebClient(base_url=f"http://127.0.0.1:{slack.port}/api/")
    app = AsyncApp(client=client, authorize=authorize, process_before_response=True)
    socket = SlackSocket(app, client, "xapp-1", Metrics(), ping_s=PING_S)
    running = asyncio.create_task(socket.run())
    try:
        async with asyncio.timeout(PATIENCE_S):
            await slack.connected.wait()
    finally:
        running.cancel()
        await socket.stop(1)
        await runner.cleanup()
