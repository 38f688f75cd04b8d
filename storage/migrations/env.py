"""Alembic's entry: runs the steps on the connection that ``storage.migrate`` hands in."""

from alembic import context

from storage import models, plan_models
from storage.base import Base

TABLES = (models, plan_models)
"""Imported so that every table is known."""

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
