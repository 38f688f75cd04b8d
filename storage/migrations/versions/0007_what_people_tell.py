"""Conversations with customers and what customers won; and what figures over many deals are read from

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

from storage.base import BigId
from storage.types import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_COUNTS = sa.text("undone_at IS NULL")
_READ = (
    ("ix_milestone_done", "milestone", ["deal_id", "step", "settled_at"], "state = 'done'"),
    ("ix_handoff_accepted", "handoff", ["decided_at"], "state = 'accepted'"),
    (
        "ix_notice_mornings",
        "notice",
        ["workspace_id", "sent_at"],
        "kind IN ('milestone_reminder', 'milestone_overdue')",
    ),
    ("ix_audit_entry_acted", "audit_entry", ["workspace_id", "actor", "at"], "deal_id IS NOT NULL"),
    ("ix_audit_entry_returned", "audit_entry", ["workspace_id", "at"], "action = 'handoff_returned'"),
)


def _table(name: str, *more: sa.Column[str]) -> None:
    op.create_table(
        name,
        sa.Column("id", BigId, nullable=False),
        sa.Column("workspace_id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("deal_id", BigId, nullable=True),
        sa.Column("author_id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        *more,
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(255), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f(f"fk_{name}_workspace_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{name}_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f(f"fk_{name}_deal_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f(f"fk_{name}_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("workspace_id", "origin", name=op.f(f"uq_{name}_workspace_id_origin")),
    )
    op.create_index(
        f"ix_{name}_account_id_at", name, ["account_id", "at"], sqlite_where=_COUNTS, postgresql_where=_COUNTS
    )
    op.create_index(f"ix_{name}_deal_id", name, ["deal_id"])


def upgrade() -> None:
    _table("interaction", sa.Column("kind", sa.String(16), nullable=False))
    _table("win")
    for name, table, columns, where in _READ:
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, table, _, _ in reversed(_READ):
        op.drop_index(name, table_name=table)
    op.drop_table("win")
    op.drop_table("interaction")
