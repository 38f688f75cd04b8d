"""Bringing a database to another schema. Apart from ``storage.schema``, so that a program that only looks at the
version need not load Alembic."""

from importlib import resources
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from storage.database import parse_url
from storage.schema import HEAD, version_of

SQLITE_PATIENCE_S = 5.0


class NewerSchemaError(Exception):
    """The database has a schema this program does not know: a newer one made it. ``version`` is what it has."""

    def __init__(self, version: str) -> None:
        super().__init__(f"the database has schema {version}, newer than {HEAD}")
        self.version = version


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("storage") / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at ``url`` to ``revision``, upwards or, with an older one, downwards; ``base``: no tables.

    All steps are one transaction on both databases: a full disk or a killed program leaves the schema of before.
    Raises NewerSchemaError for a database of a newer program, with nothing changed.
    """
    address = parse_url(url)
    sqlite = address.get_backend_name() == "sqlite"
    driver = "sqlite" if sqlite else "postgresql+psycopg"
    arguments = {"timeout": SQLITE_PATIENCE_S} if sqlite else {}
    engine = create_engine(address.set(drivername=driver), connect_args=arguments)
    if sqlite:
        # The driver would begin no transaction for DDL (docs.python.org/3/library/sqlite3.html, transaction control).
        event.listen(engine, "connect", _no_begin)
        event.listen(engine, "begin", _begin)
    try:
        with engine.connect() as connection:
            found = version_of(connection) or ""
            if found > HEAD:
                raise NewerSchemaError(found)
            newer = revision != "base" and revision >= found
            if newer or revision == "head":
                command.upgrade(_config(connection), revision)
            else:
                command.downgrade(_config(connection), revision)
            connection.commit()
    finally:
        engine.dispose()


def _no_begin(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None


def _begin(connection: Any) -> None:  # noqa: ANN401
    connection.exec_driver_sql("BEGIN IMMEDIATE")
