"""Which schema this program needs, and which the database has."""

from typing import Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncSession

HEAD: Final = "0009"


def version_of(connection: Connection) -> str | None:
    """The schema's version in the database, or None when Baton was never set up there."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


async def current(session: AsyncSession) -> str | None:
    """As ``version_of``, for a session."""
    connection = await session.connection()
    return await connection.run_sync(version_of)
