"""The table of erasures: that something was erased, when and by whom, and not what."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId


class Erasure(Base):
    """One erasing under privacy law. While it is open (``closed_at`` None, within one transaction), the audit log lets
    the entries it names (``audit_entry.erasure_id``) lose who and what; the database's triggers see to it.

    ``kind``: ``account``, ``person`` or ``workspace``; ``counts`` how many rows of which table; nothing of what was
    erased.
    """

    __tablename__ = "erasure"
    __table_args__ = (Index("ix_erasure_workspace_id", "workspace_id", "id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    via: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
