"""Baton at work in a thread, for tests that send it far more than people do; and what it must never say."""

import asyncio
import contextlib
import json
import threading
import uuid
from collections.abc import Coroutine, Generator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

import psycopg

from sandbox.delivery.transport import Ack, Envelope, Transport
from tests.conftest import TEMPLATE
from tests.handlers.office import Office, open_office

WEBHOOK_SECRET: Final = "whsec_ZnV6emVkIGZ1enplZCBmdXp6ZWQgZnV6emVkIDMyISE="
LEAKS: Final = (
    *("Traceback", 'File "', ".py", "site-packages"),
    *("SELECT ", "INSERT INTO", "sqlalchemy", "psycopg", "sqlite"),
)
T = TypeVar("T")


@dataclass
class Recording:
    """The local Slack's way to the app, keeping what went along it."""

    inner: Transport
    kept: list[Envelope] = field(default_factory=list[Envelope])

    async def send(self, envelope: Envelope) -> Ack:
        self.kept.append(replace(envelope, payload=json.loads(json.dumps(envelope.payload))))
        return await self.inner.send(envelope)

    async def close(self) -> None:
        await self.inner.close()


@dataclass
class Thread:
    """An office whose loop runs beside the test."""

    office: Office
    loop: asyncio.AbstractEventLoop
    secrets: tuple[str, ...]

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the office's loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def said(self, from_at: int = 0) -> str:
        """The log from one character on."""
        return self.office.log.getvalue()[from_at:]

    def leaks(self, text: str) -> list[str]:
        """What of the inside stands in an answer."""
        return [leak for leak in (*LEAKS, *self.secrets) if leak in text]


@contextlib.contextmanager
def postgres_of_its_own(server: str) -> Generator[str]:
    """A database of the newest schema for a whole module, dropped in the end."""
    name = f"fuzzed_{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def in_a_thread(database_url: str, *, http_mode: bool) -> Generator[Thread]:
    """Open an office in a thread of its own, close it in the end."""
    opened: Future[Thread] = Future()
    done = threading.Event()

    async def work() -> None:
        loop = asyncio.get_running_loop()
        async with open_office(database_url, http_mode=http_mode, BATON_WEBHOOK_SECRET=WEBHOOK_SECRET) as office:
            world = office.sandbox.core.world
            secrets = (world.bot_token, world.app_token, world.signing_secret, WEBHOOK_SECRET)
            opened.set_result(Thread(office, loop, secrets))
            await loop.run_in_executor(None, done.wait)

    def run() -> None:
        try:
            asyncio.run(work())
        except BaseException as error:
            if opened.done():
                raise
            opened.set_exception(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield opened.result(60)
    finally:
        done.set()
        thread.join(60)
