"""The audit log's table."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId


class AuditEntry(Base):
    """Who did what, when, from where. Rows are only ever added: triggers refuse anything else, but for an erasing under
    privacy law, which stands in ``erasure_id`` (``storage.erasure_models``)."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_workspace_id_at", "workspace_id", "at"),
        Index("ix_audit_entry_deal_id", "deal_id"),
        Index("ix_audit_entry_actor", "workspace_id", "actor", "id"),
        Index(
            "ix_audit_entry_acted",
            "workspace_id",
            "actor",
            "at",
            sqlite_where=text("deal_id IS NOT NULL"),
            postgresql_where=text("deal_id IS NOT NULL"),
        ),
        Index(
            "ix_audit_entry_returned",
            "workspace_id",
            "at",
            sqlite_where=text("action = 'handoff_returned'"),
            postgresql_where=text("action = 'handoff_returned'"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(String(40))
    via: Mapped[str] = mapped_column(String(24))
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deal.id", ondelete="SET NULL"))
    subject: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    erasure_id: Mapped[int | None] = mapped_column(BigId)
