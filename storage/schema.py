"""Which schema the database has, and bringing it to another one."""

from importlib import resources

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import parse_url

HEAD = "0001"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("storage") / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at ``url`` to ``revision``, upwards or, with an older one, downwards."""
    address = parse_url(url)
    driver = "sqlite" if address.get_backend_name() == "sqlite" else "postgresql+psycopg"
    engine = create_engine(address.set(drivername=driver))
    try:
        with engine.connect() as connection:
            if revision == "head" or revision >= (_version(connection) or ""):
                command.upgrade(_config(connection), revision)
            else:
                command.downgrade(_config(connection), revision)
            connection.commit()
    finally:
        engine.dispose()


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


async def current(session: AsyncSession) -> str | None:
    """The schema's version in the database, or None when Baton was never set up there."""
    connection = await session.connection()
    return await connection.run_sync(_version)
