"""A small Bolt app, over both ways of delivery."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.conftest import Running, Start

Json = dict[str, Any]
Next = Callable[[], Awaitable[Any]]


class Heard:
    """What the app heard, in order, to wait for."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Json] = asyncio.Queue()

    async def put(self, body: Json) -> None:
        await self._queue.put(body)

    async def next(self, kind: str | None = None) -> Json:
        """The next body whose type (or event's type) is `kind`."""
        while True:
            body = await asyncio.wait_for(self._queue.get(), 10)
            if kind in {None, body.get("type"), body.get("event", {}).get("type"), body.get("command")}:
                return body


def make_app(env: dict[str, str], heard: Heard) -> AsyncApp:
    client = AsyncWebClient(token=env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"])
    app = AsyncApp(client=client, signing_secret=env["SLACK_SIGNING_SECRET"], process_before_response=True)

    async def listen(body: Json, next: Next) -> None:
        await heard.put(body)
        await next()

    async def ignore() -> None:
        return

    app.use(listen)
    for event in ("message", "app_mention", "app_home_opened", "member_joined_channel", "channel_created"):
        app.event(event)(ignore)
    return app


@asynccontextmanager
async def over_socket(slack: Running, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(app, slack.env["SLACK_APP_TOKEN"])
    await handler.connect_async()
    try:
        yield handler
    finally:
        await handler.close_async()


@asynccontextmanager
async def over_http(start: Start, heard: Heard, **settings: object) -> AsyncIterator[tuple[Running, AsyncApp]]:
    """A web server first, because the sandbox must know its address; the app once the sandbox's is known."""
    held: dict[str, AsyncApp] = {}

    async def endpoint(request: web.Request) -> web.Response:
        server = held["app"].server(port=0, path="/slack/events")
        return await server.handle_post_requests(request)

    site = web.Application()
    site.router.add_post("/slack/events", endpoint)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    try:
        slack = await start(pace=0, events_url=f"http://127.0.0.1:{port}/slack/events", **settings)
        held["app"] = make_app(slack.env, heard)
        yield slack, held["app"]
    finally:
        await runner.cleanup()
