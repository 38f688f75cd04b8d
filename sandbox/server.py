"""The sandbox as a program: its routes, its address, starting and stopping."""

import asyncio
import contextlib
import socket
from collections.abc import Generator

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route, WebSocketRoute
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.config import SandboxConfig
from sandbox.control import routes as control_routes
from sandbox.core import Core
from sandbox.guard import OwnPagesOnly
from sandbox.page import routes as page_routes
from sandbox.pipeline import Pipeline
from sandbox.ui import routes as ui_routes
from sandbox.web import routes as web_routes

# websocket pings: the official clients give a connection up after 30 seconds without one
PING_SECONDS = 10.0
STOP_SECONDS = 1


class _Protocol(HttpToolsProtocol):
    """Lets a fault close the connection under an answer."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["sandbox.abort"] = self.transport.abort  # type: ignore[typeddict-unknown-key]


class _Server(uvicorn.Server):
    """Leaves the signals to the program the sandbox is part of."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class Sandbox:
    """A local Slack. `await serve()` runs it until `stop()`; nothing runs before."""

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self.config = config or SandboxConfig()
        self.core = Core(self.config)
        self.app = Starlette(routes=self._routes(), middleware=[Middleware(OwnPagesOnly, host=self.config.host)])
        self._server: _Server | None = None
        self._ended = asyncio.Event()
        self._port = self.config.port

    def _routes(self) -> list[BaseRoute]:
        pipeline = Pipeline(self.core)
        return [
            Route("/api/{method:path}", pipeline.endpoint, methods=["GET", "POST"]),
            WebSocketRoute("/link/", self.core.sockets.connect),
            *web_routes(self.core),
            *control_routes(self.core),
            *ui_routes(self.core),
            *page_routes(self),
        ]

    @property
    def url(self) -> str:
        """Where a browser finds it, with a slash at the end. Raises RuntimeError before a free port was found."""
        if not self._port:
            raise RuntimeError("port 0: the address is known once the sandbox serves")
        return f"http://{self.config.host}:{self._port}/"

    def environment(self) -> dict[str, str]:
        """What a bot needs to connect. Raises RuntimeError before a free port was found."""
        world = self.core.world
        return {
            "SLACK_BOT_TOKEN": world.bot_token,
            "SLACK_APP_TOKEN": world.app_token,
            "SLACK_SIGNING_SECRET": world.signing_secret,
            "SLACK_CLIENT_ID": world.client_id,
            "SLACK_CLIENT_SECRET": world.client_secret,
            "SLACK_API_URL": f"{self.url}api/",
        }

    async def serve(self, *, ready: asyncio.Event | None = None) -> None:
        """Serves until `stop()`; sets `ready` once it can be called. Raises OSError when the port is taken."""
        # asyncio switches the delay of small packets off only where it is told that this is TCP
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((self.config.host, self.config.port))
        except OSError:
            listening.close()
            raise
        listening.listen(512)
        self._port = int(listening.getsockname()[1])
        self.core.listen_at(self.url.rstrip("/"))
        server = self._server = _Server(
            uvicorn.Config(
                self.app,
                http=_Protocol,
                ws="websockets-sansio",
                ws_ping_interval=PING_SECONDS,
                log_level="warning",
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )
        clockwork = asyncio.create_task(self.core.run())
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        if ready is not None:
            ready.set()
        try:
            await asyncio.wait({serving, clockwork}, return_when=asyncio.FIRST_COMPLETED)
            if clockwork.done():
                clockwork.result()
        finally:
            server.should_exit = True
            clockwork.cancel()
            await self.core.quiet()
            await asyncio.gather(serving, clockwork, return_exceptions=True)
            listening.close()
            await self.core.close()
            self._ended.set()

    async def stop(self) -> None:
        """Stops serving and waits until all is kept."""
        if self._server is None:
            return
        await self.core.quiet()
        self._server.should_exit = True
        await self._ended.wait()
