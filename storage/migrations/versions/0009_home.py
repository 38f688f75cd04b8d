"""What people look at in their Home, how deals stand, and what is read for it

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

from storage.base import BigId
from storage.types import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OPEN = "state IN ('planned', 'doing', 'blocked')"
_ASKED = "state = 'open'"
_WAITING = "state IN ('requested', 'drafting', 'returned')"


def upgrade() -> None:
    op.create_table(
        "home",
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("workspace_id", BigId, nullable=False),
        sa.Column("tab", sa.String(8), nullable=False),
        sa.Column("looking", sa.JSON(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_home_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_home_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_home")),
    )
    op.create_index("ix_home_workspace_id_seen_at", "home", ["workspace_id", "seen_at"])
    op.create_table(
        "deal_standing",
        sa.Column("deal_id", BigId, nullable=False),
        sa.Column("workspace_id", BigId, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_deal_standing_deal_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_deal_standing_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("deal_id", name=op.f("pk_deal_standing")),
    )
    op.create_index("ix_deal_standing_worst", "deal_standing", ["workspace_id", "level", "score"])
    for name, table, columns, where in (
        ("ix_milestone_open_deal", "milestone", ["deal_id", "due"], _OPEN),
        ("ix_question_open_owner", "question", ["owner_id"], _ASKED),
        ("ix_handoff_waiting", "handoff", ["requested_at"], _WAITING),
    ):
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    op.drop_index("ix_handoff_waiting", table_name="handoff")
    op.drop_index("ix_question_open_owner", table_name="question")
    op.drop_index("ix_milestone_open_deal", table_name="milestone")
    op.drop_table("deal_standing")
    op.drop_table("home")
