"""The driver itself, in the session's transaction: for the few statements whose rows come by the hundred thousand.

SQLAlchemy would take four times as long to hand them over.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, cast

import aiosqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import driver_of


def is_sqlite(session: AsyncSession) -> bool:
    """Whether this is SQLite; else it is PostgreSQL."""
    return session.get_bind().dialect.name == "sqlite"


async def fetch(session: AsyncSession, statement: str, values: Sequence[Any] = ()) -> list[Any]:
    """All rows as tuples; `?` stands for each value. PostgreSQL sends them in binary."""
    connection = await session.connection()
    if is_sqlite(session):
        driver = await _sqlite(session)
        return list(await driver.execute_fetchall(statement, values))
    async with (await driver_of(connection)).cursor(binary=True) as cursor:
        await cursor.execute(statement.replace("?", "%s").encode(), values)
        return await cursor.fetchall()


async def sqlite_many(session: AsyncSession, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """One statement for each of the rows, which need not all be made at once."""
    driver = await _sqlite(session)
    await driver.executemany(statement, rows)


def one_of(session: AsyncSession, column: str, values: Sequence[int] | Sequence[str]) -> tuple[str, Any]:
    """The condition that `column` is one of the values, with one `?`, and what that is given."""
    if is_sqlite(session):
        return f"{column} IN (SELECT value FROM json_each(?))", json.dumps(list(values))  # noqa: S608 - our own names
    kind = "bigint" if values and isinstance(values[0], int) else "text"
    return f"{column} = ANY(CAST(? AS {kind}[]))", list(values)


async def _sqlite(session: AsyncSession) -> aiosqlite.Connection:
    raw = await (await session.connection()).get_raw_connection()
    return cast("aiosqlite.Connection", raw.driver_connection)
