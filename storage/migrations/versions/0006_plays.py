"""What billing told of subscriptions, the plays it led to, and what people did about them

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

from storage.base import BigId
from storage.types import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN = "state = 'open' AND gone = ''"


def upgrade() -> None:
    op.create_table(
        "subscription_event",
        sa.Column("id", BigId, nullable=False),
        sa.Column("workspace_id", BigId, nullable=False),
        sa.Column("account_ref", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("before_plan", sa.Text(), nullable=False),
        sa.Column("after_plan", sa.Text(), nullable=False),
        sa.Column("delta", sa.Numeric(18, 2), nullable=True),
        sa.Column("effective_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_subscription_event_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_event")),
        sa.UniqueConstraint(
            "workspace_id",
            "account_ref",
            "fingerprint",
            name=op.f("uq_subscription_event_workspace_id_account_ref_fingerprint"),
        ),
    )
    op.create_index("ix_subscription_event_account", "subscription_event", ["workspace_id", "account_ref", "at"])
    op.create_table(
        "play",
        sa.Column("id", BigId, nullable=False),
        sa.Column("workspace_id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("anchor_id", BigId, nullable=False),
        sa.Column("effect", sa.String(16), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("owner_id", BigId, nullable=True),
        sa.Column("has_csm", sa.Boolean(), nullable=False),
        sa.Column("before_plan", sa.Text(), nullable=False),
        sa.Column("after_plan", sa.Text(), nullable=False),
        sa.Column("delta", sa.Numeric(18, 2), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("effective_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("gone", sa.String(16), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by", BigId, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_play_workspace_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_play_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["anchor_id"], ["subscription_event.id"], name=op.f("fk_play_anchor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_play_owner_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_play_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_play")),
        sa.UniqueConstraint("account_id", "anchor_id", "effect", name=op.f("uq_play_account_id_anchor_id_effect")),
    )
    op.create_index(
        "ix_play_open_owner",
        "play",
        ["owner_id", "due"],
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )
    op.create_index("ix_play_anchor_id", "play", ["anchor_id"])
    op.create_table(
        "play_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("play_id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", BigId, nullable=True),
        sa.Column("action", sa.String(24), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by", BigId, nullable=True),
        sa.ForeignKeyConstraint(["play_id"], ["play.id"], name=op.f("fk_play_change_play_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_play_change_by_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["person.id"], name=op.f("fk_play_change_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_play_change")),
    )
    op.create_index("ix_play_change_play_id", "play_change", ["play_id", "id"])


def downgrade() -> None:
    op.drop_table("play_change")
    op.drop_table("play")
    op.drop_table("subscription_event")
