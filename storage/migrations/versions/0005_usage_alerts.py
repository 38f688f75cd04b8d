"""What the detector told, and what people did with it

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

from storage.base import BigId
from storage.types import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GOING_ON = "ended = ''"
TASK = "task_due IS NOT NULL AND task_done IS NULL"


def upgrade() -> None:
    name = "usage_alert"
    op.create_table(
        name,
        sa.Column("id", BigId, nullable=False),
        sa.Column("workspace_id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(8), nullable=False),
        sa.Column("route", sa.String(8), nullable=False),
        sa.Column("reader_id", BigId, nullable=True),
        sa.Column("deal_id", BigId, nullable=True),
        sa.Column("opened", sa.Date(), nullable=False),
        sa.Column("routed_on", sa.Date(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("by_id", BigId, nullable=True),
        *(sa.Column(day, sa.Date(), nullable=True) for day in ("until", "task_due", "task_done")),
        sa.Column("ended", sa.String(12), nullable=False),
        sa.Column("ended_week", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("card", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{name}_{column}"), ondelete=ondelete)
            for column, target, ondelete in (
                ("workspace_id", "workspace.id", "CASCADE"),
                ("account_id", "account.id", "CASCADE"),
                ("reader_id", "person.id", None),
                ("deal_id", "deal.id", "SET NULL"),
                ("by_id", "person.id", None),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("workspace_id", "key", name=op.f(f"uq_{name}_workspace_id_key")),
    )
    for index, column, where, unique in (
        ("going_on", "account_id", GOING_ON, True),
        ("reader_id", "reader_id", GOING_ON, False),
        ("task", "by_id", TASK, False),
    ):
        op.create_index(
            f"ix_{name}_{index}",
            name,
            [column],
            unique=unique,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_index(f"ix_{name}_account_id", name, ["account_id", "id"])
    op.create_index(f"ix_{name}_routed_on", name, ["workspace_id", "routed_on"])


def downgrade() -> None:
    op.drop_table("usage_alert")
