"""Plans and the clock

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

import storage.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_setting",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("updated_at", storage.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_setting_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_setting")),
    )
    op.create_table(
        "due",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("deal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("wall", sa.String(length=5), nullable=False),
        sa.Column("next_due_utc", storage.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("covered", sa.Date(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_due_deal_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_due_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_due_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due")),
        sa.UniqueConstraint("workspace_id", "kind", "subject", name=op.f("uq_due_workspace_id_kind_subject")),
    )
    with op.batch_alter_table("due", schema=None) as batch_op:
        batch_op.create_index("ix_due_deal_id", ["deal_id"], unique=False)
        batch_op.create_index("ix_due_next_due_utc", ["next_due_utc", "id"], unique=False)
        batch_op.create_index("ix_due_person_id", ["person_id"], unique=False)

    op.create_table(
        "milestone",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.Column("by_day", sa.Integer(), nullable=True),
        sa.Column("responsible", sa.String(length=16), nullable=False),
        sa.Column("accountable", sa.String(length=16), nullable=False),
        sa.Column("consulted", sa.JSON(), nullable=False),
        sa.Column("informed", sa.JSON(), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner_name", sa.Text(), nullable=False),
        sa.Column("evidence_asked", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("unblocker", sa.Text(), nullable=False),
        sa.Column("remind", sa.JSON(), nullable=False),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.Column("touched", sa.Boolean(), nullable=False),
        sa.Column("booked_for", storage.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("settled_at", storage.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("changed_at", storage.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_milestone_deal_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_milestone_owner_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_milestone_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("deal_id", "number", name=op.f("uq_milestone_deal_id_number")),
    )
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.create_index(
            "ix_milestone_open_due",
            ["due", "deal_id"],
            unique=False,
            sqlite_where=sa.text("state IN ('planned', 'doing', 'blocked')"),
            postgresql_where=sa.text("state IN ('planned', 'doing', 'blocked')"),
        )
        batch_op.create_index(
            "ix_milestone_open_owner",
            ["owner_id", "due"],
            unique=False,
            sqlite_where=sa.text("state IN ('planned', 'doing', 'blocked') AND owner_id IS NOT NULL"),
            postgresql_where=sa.text("state IN ('planned', 'doing', 'blocked') AND owner_id IS NOT NULL"),
        )

    op.create_table(
        "plan",
        sa.Column("deal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("playbook", sa.Text(), nullable=False),
        sa.Column("playbook_title", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("made_at", storage.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("firm_at", storage.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", storage.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("early_win", sa.Text(), nullable=False),
        sa.Column("numbered", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_plan_deal_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_plan_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("deal_id", name=op.f("pk_plan")),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index("ix_plan_workspace_id_finished_at", ["workspace_id", "finished_at"], unique=False)

    op.create_table(
        "plan_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", storage.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undone_at", storage.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_plan_change_by_id")),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_plan_change_deal_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["undone_by"], ["person.id"], name=op.f("fk_plan_change_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_change")),
    )
    with op.batch_alter_table("plan_change", schema=None) as batch_op:
        batch_op.create_index("ix_plan_change_deal_id", ["deal_id", "id"], unique=False)

    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.add_column(sa.Column("zone_rules", sa.String(length=16), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.drop_column("zone_rules")

    with op.batch_alter_table("plan_change", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_change_deal_id")

    op.drop_table("plan_change")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_workspace_id_finished_at")

    op.drop_table("plan")
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_milestone_open_owner",
            sqlite_where=sa.text("state IN ('planned', 'doing', 'blocked') AND owner_id IS NOT NULL"),
            postgresql_where=sa.text("state IN ('planned', 'doing', 'blocked') AND owner_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_milestone_open_due",
            sqlite_where=sa.text("state IN ('planned', 'doing', 'blocked')"),
            postgresql_where=sa.text("state IN ('planned', 'doing', 'blocked')"),
        )

    op.drop_table("milestone")
    with op.batch_alter_table("due", schema=None) as batch_op:
        batch_op.drop_index("ix_due_person_id")
        batch_op.drop_index("ix_due_next_due_utc")
        batch_op.drop_index("ix_due_deal_id")

    op.drop_table("due")
    op.drop_table("person_setting")
