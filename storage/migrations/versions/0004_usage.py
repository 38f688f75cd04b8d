"""Usage of the product by week and day, packed by week, and imports that did not come to their end

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

from storage.base import BigId
from storage.types import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AMOUNT: sa.Double[float] = sa.Double()
DAYS = ("d1", "d2", "d3", "d4", "d5", "d6", "d7")


def upgrade() -> None:
    for name, called in (("usage_metric", "name"), ("usage_account", "external_id")):
        more = [sa.Column("last_day", sa.Integer(), nullable=False)] if name == "usage_metric" else []
        op.create_table(
            name,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("workspace_id", BigId, nullable=False),
            sa.Column(called, sa.Text(), nullable=False),
            *more,
            sa.ForeignKeyConstraint(
                ["workspace_id"], ["workspace.id"], name=op.f(f"fk_{name}_workspace_id"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
            sa.UniqueConstraint("workspace_id", called, name=op.f(f"uq_{name}_workspace_id_{called}")),
        )
    op.create_table(
        "usage_week",
        sa.Column("metric_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("week", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, AMOUNT, nullable=True) for name in ("whole", *DAYS)),
        sa.PrimaryKeyConstraint("metric_id", "week", "account_id", name=op.f("pk_usage_week")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "usage_column",
        sa.Column("metric_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("week", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("daily", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["metric_id"], ["usage_metric.id"], name=op.f("fk_usage_column_metric_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("metric_id", "week", name=op.f("pk_usage_column")),
    )
    op.create_index("ix_usage_column_week_daily", "usage_column", ["week", "daily"])
    op.create_table(
        "usage_packed",
        sa.Column("metric_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("week", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accounts", sa.LargeBinary(), nullable=False),
        sa.Column("sums", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["metric_id"], ["usage_metric.id"], name=op.f("fk_usage_packed_metric_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("metric_id", "week", name=op.f("pk_usage_packed")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Counts hardly shrink, and to try would cost more than to read them.
        for name in ("accounts", "sums"):
            op.execute(f"ALTER TABLE usage_packed ALTER COLUMN {name} SET STORAGE EXTERNAL")
    op.create_table(
        "usage_import",
        sa.Column("id", BigId, nullable=False),
        sa.Column("workspace_id", BigId, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("records", "new", "updated", "aside", "refused")),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_usage_import_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_import")),
        sa.UniqueConstraint("workspace_id", "digest", name=op.f("uq_usage_import_workspace_id_digest")),
    )


def downgrade() -> None:
    for name in ("usage_import", "usage_packed", "usage_column", "usage_week", "usage_account", "usage_metric"):
        op.drop_table(name)
