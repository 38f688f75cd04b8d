"""Bringing a database to another schema. Apart from ``storage.schema``, so that a program that only looks at the
version need not load Alembic."""

from importlib import resources

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine

from storage.database import parse_url
from storage.schema import version_of


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("storage") / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at ``url`` to ``revision``, upwards or, with an older one, downwards; ``base``: no tables."""
    address = parse_url(url)
    driver = "sqlite" if address.get_backend_name() == "sqlite" else "postgresql+psycopg"
    engine = create_engine(address.set(drivername=driver))
    try:
        with engine.connect() as connection:
            newer = revision != "base" and revision >= (version_of(connection) or "")
            if newer or revision == "head":
                command.upgrade(_config(connection), revision)
            else:
                command.downgrade(_config(connection), revision)
            connection.commit()
    finally:
        engine.dispose()
