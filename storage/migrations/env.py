"""Alembic's entry: runs the steps on the connection that ``storage.migrate`` hands in."""

from alembic import context

from storage.tables import TABLES


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a thing in the database is Baton's: the queue's tables are kept by its library."""
    return kind != "table" or not (name or "").startswith("procrastinate_")


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=TABLES,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transactional_ddl=True,
    include_name=ours,
)
with context.begin_transaction():
    context.run_migrations()
