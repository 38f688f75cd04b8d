"""One asyncio loop for everything: HTTP, Socket Mode, the engine and the clock; and an orderly end."""

import asyncio
import contextlib
import errno
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import structlog
import uvicorn
from fastapi import FastAPI

from bot.app import Baton, build
from bot.config import Settings
from bot.errors import Failure
from bot.http_patience import PatientProtocol, connections, descriptors
from bot.identity import find_workspace
from bot.slack_socket import SlackSocket
from handlers.health import database_troubles
from storage.database import Database

HTTP_PATIENCE_S: Final = 5
SOCKET_PATIENCE_S: Final = 5.0
ENGINE_PATIENCE_S: Final = 8.5
"""Side by side, so that the process ends within 10 s. The engine gives what it has in hand 8 s."""
ENGINE_LOOKS: Final = 200
ENGINE_LOOK_S: Final = 0.01
BACKLOG: Final = 2_048

_log = structlog.stdlib.get_logger("baton")


class _QuietServer(uvicorn.Server):
    """uvicorn without signal handlers of its own: this module decides when to stop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@dataclass(frozen=True, slots=True)
class Address:
    """Where the HTTP side listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address to call it by."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises Failure with a sentence naming `--host` or `--port`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OverflowError:
        raise Failure(f"--port {port}: a port is a number from 0 to 65535.") from None
    except socket.gaierror:
        raise Failure(f"--host {host}: there is no such address.") from None
    except PermissionError:
        raise Failure(f"--port {port}: this port needs administrator rights; choose one above 1023.") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Failure(
                f"--port {port}: something else already listens on {host}:{port}. Choose another port."
            ) from None
        raise Failure(f"--host {host} --port {port}: {error.strerror or error}.") from None


async def check_schema(db: Database) -> None:
    """Raise Failure unless the database answers and has the newest schema."""
    if not _file_is_there(db):
        raise Failure("DATABASE_URL: the database does not exist yet. Run `baton migrate` to make it.")
    reasons = await database_troubles(db)
    if reasons:
        raise Failure(f"DATABASE_URL: {reasons[0]}")


def _file_is_there(db: Database) -> bool:
    """SQLite would make an empty file; one that has to be migrated anyway."""
    return not db.is_sqlite or Path(db.url.database or "").exists()


@contextlib.asynccontextmanager
async def started(settings: Settings, offset: timedelta | None = None, *, once: bool = False) -> AsyncGenerator[Baton]:
    """Baton put together with its connections open, and all of them closed afterwards; nothing runs yet. `once`: it
    will not run, only deliver what is due."""
    async with aiohttp.ClientSession() as session:
        baton = build(settings, session, offset, once=once)
        try:
            await check_schema(baton.db)
            yield baton
        finally:
            await baton.studio.close()
            await baton.db.close()


async def serve(
    settings: Settings, listener: socket.socket, stop: asyncio.Event, ready: Callable[[Baton, Address], None]
) -> None:
    """Run until `stop` is set, then finish what is in hand and return, within 10 seconds.

    `ready` is called when HTTP answers, Slack was reached and the engine runs. Raises Failure when a part that Baton
    can't do without has ended by itself.
    """
    async with started(settings) as baton:
        await _Running(baton, listener, ready).until(stop)


class _Running:
    """The tasks of one process."""

    def __init__(self, baton: Baton, listener: socket.socket, ready: Callable[[Baton, Address], None]) -> None:
        self._baton, self._listener, self._ready = baton, listener, ready
        host, port = listener.getsockname()[:2]
        self.address = Address(str(host), int(port))
        self._server = _http_server(baton.http)
        self._socket: SlackSocket | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def until(self, stop: asyncio.Event) -> None:
        baton = self._baton
        if baton.followed is not None:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError):
                await baton.followed.read()
            self._start("clock", baton.followed.follow())
        http = self._start("http", self._server.serve(sockets=[self._listener]))
        slack = self._start("slack", self._reach_slack())
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            await self._watch(stopping)
        finally:
            stopping.cancel()
            await self._end(http, slack)

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks[name] = task
        return task

    async def _watch(self, stopping: asyncio.Task[bool]) -> None:
        """Until somebody says stop; every part is meant to run as long as that."""
        while not stopping.done():
            waited: set[asyncio.Task[Any]] = {stopping, *self._tasks.values()}
            done, _ = await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                if stopping.done():
                    break
                self._ended(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = task.exception() if not task.cancelled() else None
        if isinstance(error, Failure):
            raise error
        if error is not None:
            _log.error("a part of Baton broke", part=task.get_name(), exc_info=error)
            raise Failure(
                f"Baton stopped because its {task.get_name()} broke: {type(error).__name__}. The log says more."
            )
        if task.get_name() == "slack":
            del self._tasks["slack"]
            return
        raise Failure(f"Baton stopped because its {task.get_name()} ended by itself.")

    async def _reach_slack(self) -> None:
        """Learn which workspace this is; only then deliver, and take in what Slack sends."""
        baton = self._baton
        services = baton.services
        identity = await find_workspace(baton.web, baton.db, baton.clock, services.people)
        baton.state.identity = identity
        self._start("engine", baton.engine.run())
        self._start("ticker", baton.ticker.run())
        token = baton.settings.slack_app_token
        if token is not None:
            self._socket = SlackSocket(baton.bolt, baton.web, token.get_secret_value(), baton.metrics)
            self._start("socket", self._socket.run())
        await self._server.up.wait()
        # So that what is said to be ready runs.
        await self._all_up()
        self._ready(baton, self.address)

    async def _all_up(self) -> None:
        """Until engine and clock are at work, or for a while: what keeps them from that is said by `/readyz`."""
        for _ in range(ENGINE_LOOKS):
            if self._baton.engine.running and self._baton.ticker.running:
                return
            await asyncio.sleep(ENGINE_LOOK_S)

    async def _end(self, http: asyncio.Task[None], slack: asyncio.Task[None]) -> None:
        """Stop taking in, and finish what is in hand."""
        self._baton.state.stopping = True
        _log.info("stopping")
        self._server.should_exit = True
        slack.cancel()
        ends: list[Coroutine[Any, Any, Any]] = [_within(http, HTTP_PATIENCE_S + 1.0)]
        if "ticker" in self._tasks:
            # What is due and not decided about is decided after the next start.
            self._tasks["ticker"].cancel()
        engine = self._tasks.get("engine")
        if engine is not None:
            # What requests in hand still add to the outbox is delivered after the next start.
            engine.cancel()
            ends.append(_within(engine, ENGINE_PATIENCE_S))
        if self._socket is not None:
            ends.append(self._socket.stop(SOCKET_PATIENCE_S))
        for result in await asyncio.gather(*ends, return_exceptions=True):
            if isinstance(result, Exception):
                _log.warning("could not be stopped in good order", reason=type(result).__name__)
        for name in ("socket", "clock"):
            if name in self._tasks:
                self._tasks[name].cancel()
        left = [task for task in self._tasks.values() if not task.done()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        _log.info("stopped")


async def _within(task: asyncio.Task[None], seconds: float) -> None:
    """Wait for a task that was told to end, no longer than this; it is cancelled then."""
    _, pending = await asyncio.wait({task}, timeout=seconds)
    for late in pending:
        _log.warning("did not end in time", part=late.get_name())
        late.cancel()


def _http_server(app: FastAPI) -> _QuietServer:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=HTTP_PATIENCE_S,
        ws="none",
        http=PatientProtocol,
        limit_concurrency=connections(descriptors()),
    )
    return _QuietServer(config)


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and SIGINT stop in good order; a second one ends the process at once."""
    loop = asyncio.get_running_loop()

    def on_signal(number: int) -> None:
        if stop.is_set():
            _log.warning("stopped at once")
            sys.exit(128 + number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number)
