"""The queue on PostgreSQL, and the pace all processes share

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SECONDS: sa.Double[float] = sa.Double()
MOMENTS = sa.JSON().with_variant(postgresql.ARRAY(SECONDS), "postgresql")
FORGET_THE_QUEUE = """
DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers CASCADE;
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT oid::regprocedure AS name FROM pg_proc
        WHERE starts_with(proname, 'procrastinate_') AND pronamespace = current_schema()::regnamespace
    LOOP
        EXECUTE 'DROP FUNCTION ' || one.name;
    END LOOP;
END;
$$;
DROP TYPE procrastinate_job_to_defer_v1, procrastinate_job_status, procrastinate_job_event_type;
"""


def on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def run(script: str) -> None:
    """Several statements as they are: SQLAlchemy would look for parameters in them."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(script)


def upgrade() -> None:
    op.create_table(
        "pace_slot",
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("taken", MOMENTS, nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.Column("held_until", SECONDS, nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_pace_slot")),
        prefixes=["UNLOGGED"] if on_postgresql() else [],
    )
    op.create_index(
        "ix_notice_urgent",
        "notice",
        ["priority", "not_before", "id"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    if on_postgresql():
        run(SchemaManager.get_schema())


def downgrade() -> None:
    if on_postgresql():
        run(FORGET_THE_QUEUE)
    op.drop_index("ix_notice_urgent", "notice")
    op.drop_table("pace_slot")
