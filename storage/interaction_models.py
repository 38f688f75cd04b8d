"""The tables of what people tell with ``/cs``: conversations with customers, and what customers won."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId


class Interaction(Base):
    """A call, e-mail or meeting with a customer. ``origin`` is Slack's trigger of the command: told twice it is kept
    once. ``undone_at``: taken back since then, it counts no more."""

    __tablename__ = "interaction"
    __table_args__ = (
        UniqueConstraint("workspace_id", "origin"),
        Index(
            "ix_interaction_account_id_at",
            "account_id",
            "at",
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index("ix_interaction_deal_id", "deal_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deal.id", ondelete="SET NULL"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(16))
    note: Mapped[str]
    origin: Mapped[str] = mapped_column(String(255))
    undone_at: Mapped[datetime | None]


class Win(Base):
    """What a customer won with the product, as a CSM told it; the columns as in ``Interaction``."""

    __tablename__ = "win"
    __table_args__ = (
        UniqueConstraint("workspace_id", "origin"),
        Index(
            "ix_win_account_id_at",
            "account_id",
            "at",
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index("ix_win_deal_id", "deal_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deal.id", ondelete="SET NULL"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    note: Mapped[str]
    origin: Mapped[str] = mapped_column(String(255))
    undone_at: Mapped[datetime | None]
