"""The database: one writer at a time into SQLite, a pool on PostgreSQL, the same calls for both."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, cast

import psycopg
from sqlalchemy import URL, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from storage import caseload, home_changes

SQLITE_BUSY_MS = 10_000
SQLITE_READERS = 4
POSTGRES_POOL = 8
IDLE_S = 1.0
USED_AT = "used_at"


class DatabaseUrlError(ValueError):
    """The database address is not one Baton can use."""


@dataclass(slots=True)
class Tx:
    """One write transaction and what is to happen once it is committed."""

    session: AsyncSession
    after_commit: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])


def parse_url(text: str) -> URL:
    """The SQLAlchemy address for ``sqlite:///file`` or ``postgresql://…``; raises ``DatabaseUrlError`` for others."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise DatabaseUrlError("it is not a database address such as sqlite:///baton.db") from error
    backend = url.get_backend_name()
    if backend == "sqlite":
        if not url.database or url.database == ":memory:":
            raise DatabaseUrlError("it needs a file, such as sqlite:///baton.db")
        return url.set(drivername="sqlite+aiosqlite")
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise DatabaseUrlError("it has to begin with sqlite:/// or postgresql://")


def _prepare_sqlite(engine: AsyncEngine, begin: str) -> None:
    """WAL, foreign keys and our own BEGIN: the driver starts as a reader and fails when it must write."""

    def on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            f"busy_timeout={SQLITE_BUSY_MS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def on_begin(connection: Any) -> None:  # noqa: ANN401
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)


def _ask_when_idle(engine: AsyncEngine) -> None:
    """A connection that lay unused for a while is asked whether it still lives; one that was just used is not, which
    saves a round trip for each transaction under load. Lost ones are replaced before anybody sees them."""

    def on_checkin(_connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        entry.info[USED_AT] = time.monotonic()

    def on_checkout(connection: DBAPIConnection, entry: ConnectionPoolEntry, _fairy: object) -> None:
        if time.monotonic() - entry.info.get(USED_AT, 0.0) < IDLE_S:
            return
        dialect = engine.sync_engine.dialect
        try:
            alive = dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error
        if not alive:
            raise InvalidatePoolError

    event.listen(engine.sync_engine, "checkin", on_checkin)
    event.listen(engine.sync_engine, "checkout", on_checkout)


class Database:
    """Sessions on the database named by ``url`` (contract: ``DATABASE_URL``)."""

    def __init__(self, url: str, *, pool: int = POSTGRES_POOL) -> None:
        self.url = parse_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # Parameters are hidden in errors: what people wrote about customers does not belong in a log.
        if self.is_sqlite:
            self._writer = create_async_engine(self.url, pool_size=1, max_overflow=0, hide_parameters=True)
            self._reader = create_async_engine(self.url, pool_size=SQLITE_READERS, max_overflow=0, hide_parameters=True)
            _prepare_sqlite(self._writer, "BEGIN IMMEDIATE")
            _prepare_sqlite(self._reader, "BEGIN")
        else:
            self._writer = create_async_engine(self.url, pool_size=pool, max_overflow=0, hide_parameters=True)
            _ask_when_idle(self._writer)
            self._reader = self._writer
        self._at_once = self._writer.execution_options(isolation_level="AUTOCOMMIT")
        self._turn = asyncio.Lock()
        writing = sessionmaker(expire_on_commit=False, autoflush=False)
        caseload.keep_with(writing)
        self._write_session = async_sessionmaker(
            self._writer, expire_on_commit=False, autoflush=False, sync_session_class=writing.class_
        )
        self._read_session = async_sessionmaker(self._reader, expire_on_commit=False, autoflush=False)

    @property
    def conninfo(self) -> str:
        """The address as libpq takes it, for what brings connections of its own to PostgreSQL."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncSession]:
        """A session to read with; nothing is committed."""
        async with self._read_session() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[Tx]:
        """One transaction: committed at the end of the block, rolled back when it raises.

        On SQLite the writers of this process queue here in order of arrival, because writers that meet inside SQLite
        wait by polling: eight at once reached 430 ms at the 99th percentile, one after the other 20 ms.
        """
        turn: AbstractAsyncContextManager[Any] = self._turn if self.is_sqlite else nullcontext()
        async with turn, self._write_session() as session, session.begin():
            tx = Tx(session)
            yield tx
            await home_changes.settle(session)
        for call in tx.after_commit:
            call()

    @asynccontextmanager
    async def at_once(self) -> AsyncGenerator[AsyncConnection]:
        """A connection on which each statement is a transaction of its own."""
        async with self._at_once.connect() as connection:
            yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


async def driver_of(connection: AsyncConnection) -> psycopg.AsyncConnection[Any]:
    """The connection of psycopg beneath one to PostgreSQL, in its transaction."""
    raw = await connection.get_raw_connection()
    driver: object = raw.driver_connection
    assert isinstance(driver, psycopg.AsyncConnection)
    return cast("psycopg.AsyncConnection[Any]", driver)
