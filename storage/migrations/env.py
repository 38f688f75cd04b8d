"""Alembic's entry: runs the steps on the connection that ``storage.migrate`` hands in."""

from alembic import context

from storage import (
    erasure_models,
    home_models,
    interaction_models,
    models,
    plan_models,
    play_models,
    usage_alert_models,
    usage_models,
)
from storage.base import Base

TABLES = (
    erasure_models,
    home_models,
    interaction_models,
    models,
    plan_models,
    play_models,
    usage_alert_models,
    usage_models,
)
"""Imported so that every table is known."""


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a thing in the database is Baton's: the queue's tables are kept by its library."""
    return kind != "table" or not (name or "").startswith("procrastinate_")


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transactional_ddl=True,
    include_name=ours,
)
with context.begin_transaction():
    context.run_migrations()
