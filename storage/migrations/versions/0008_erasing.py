"""An audit log that only grows, erasing under privacy law, and workspaces that took Baton away

Revision: 0008, after 0007

The audit log's rows are never deleted and never changed, but for two things: the link to a deal goes when the deal
does, and an erasing that is on record and open may take who and what out of an entry. Who may drop a trigger may do
anything: this guards against mistakes and against the program, not against the database's owner.
"""

import sqlalchemy as sa
from alembic import op

from storage.base import BigId
from storage.types import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

REFUSED = "the audit log is append-only"

_SAME = " AND ".join(f"NEW.{name} {{same}} OLD.{name}" for name in ("id", "workspace_id", "at", "action", "via"))
_KEPT = f"""
    {_SAME}
    AND (NEW.deal_id {{same}} OLD.deal_id
         OR (NEW.deal_id IS NULL AND NOT EXISTS (SELECT 1 FROM deal WHERE id = OLD.deal_id)))
    AND ((NEW.actor {{same}} OLD.actor AND NEW.subject {{same}} OLD.subject
          AND {{new_detail}} {{same}} {{old_detail}} AND NEW.erasure_id {{same}} OLD.erasure_id)
         OR EXISTS (SELECT 1 FROM erasure WHERE id = NEW.erasure_id AND workspace_id = OLD.workspace_id
                    AND closed_at IS NULL))
"""  # noqa: S608 - our own words
_WHOLE = """EXISTS (SELECT 1 FROM erasure WHERE workspace_id = OLD.workspace_id
                    AND kind = 'workspace' AND closed_at IS NULL)"""
_ENDED = "OLD.closed_at IS NULL AND NEW.id = OLD.id AND NEW.workspace_id = OLD.workspace_id"

_SQLITE = tuple(
    f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    for name, event, table, when in (
        (
            "audit_entry_unchanged",
            "UPDATE",
            "audit_entry",
            f"NOT ({_KEPT.format(same='IS', new_detail='NEW.detail', old_detail='OLD.detail')})",
        ),
        ("audit_entry_kept", "DELETE", "audit_entry", f"NOT {_WHOLE}"),
        # INSERT OR REPLACE deletes without asking the trigger for that.
        (
            "audit_entry_not_replaced",
            "INSERT",
            "audit_entry",
            "EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id)",
        ),
        ("erasure_unchanged", "UPDATE", "erasure", f"NOT ({_ENDED})"),
        ("erasure_kept", "DELETE", "erasure", "1"),
    )
)
_POSTGRESQL = (
    f"""
    CREATE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF {_KEPT.format(same="IS NOT DISTINCT FROM", new_detail="NEW.detail::text", old_detail="OLD.detail::text")}
            THEN RETURN NEW; END IF;
        ELSIF TG_OP = 'DELETE' THEN
            IF {_WHOLE} THEN RETURN OLD; END IF;
        END IF;
        RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    f"""
    CREATE FUNCTION erasure_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF {_ENDED} THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    *(
        f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {table}_guard()"
        for table in ("audit_entry", "erasure")
        for name, event, each in (
            ("unchanged", "UPDATE OR DELETE", "ROW"),
            ("not_emptied", "TRUNCATE", "STATEMENT"),
        )
    ),
)
_NO_MORE = {
    "sqlite": (
        "DROP TRIGGER audit_entry_unchanged",
        "DROP TRIGGER audit_entry_kept",
        "DROP TRIGGER audit_entry_not_replaced",
        "DROP TRIGGER erasure_unchanged",
        "DROP TRIGGER erasure_kept",
    ),
    "postgresql": ("DROP FUNCTION audit_entry_guard() CASCADE", "DROP FUNCTION erasure_guard() CASCADE"),
}


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", BigId, nullable=False),
        sa.Column("workspace_id", BigId, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("via", sa.String(24), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_erasure_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index("ix_erasure_workspace_id", "erasure", ["workspace_id", "id"])
    op.add_column("audit_entry", sa.Column("erasure_id", BigId, nullable=True))
    op.create_index("ix_audit_entry_actor", "audit_entry", ["workspace_id", "actor", "id"])
    op.add_column("workspace", sa.Column("gone_at", UtcDateTime(), nullable=True))
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    for statement in _NO_MORE[op.get_bind().dialect.name]:
        op.execute(statement)
    op.drop_column("workspace", "gone_at")
    op.drop_index("ix_audit_entry_actor", table_name="audit_entry")
    op.drop_column("audit_entry", "erasure_id")
    op.drop_table("erasure")
