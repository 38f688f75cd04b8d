"""The table of usage alerts: what was told of an account, and what people did about it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId


class UsageAlert(Base):
    """One episode of one account. ``card`` is the whole of it (``domain.usage_alert``); the columns are what of it is
    asked for, written together with it.

    ``reader_id`` is who is told (the CSM, or the lead where nobody is), ``route`` how, ``routed_on`` the reader's local
    day it was decided for; ``told_on`` the day on which it was said at once or put into a digest, None: not yet.
    ``opened`` is the Monday of the last complete week it was first told from. ``ended`` is '' while it goes on; an
    account has one such at most.
    """

    __tablename__ = "usage_alert"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        Index(
            "ix_usage_alert_going_on",
            "account_id",
            unique=True,
            sqlite_where=text("ended = ''"),
            postgresql_where=text("ended = ''"),
        ),
        Index(
            "ix_usage_alert_reader_id",
            "reader_id",
            sqlite_where=text("ended = ''"),
            postgresql_where=text("ended = ''"),
        ),
        Index(
            "ix_usage_alert_task",
            "by_id",
            sqlite_where=text("task_due IS NOT NULL AND task_done IS NULL"),
            postgresql_where=text("task_due IS NOT NULL AND task_done IS NULL"),
        ),
        Index("ix_usage_alert_account_id", "account_id", "id"),
        Index("ix_usage_alert_routed_on", "workspace_id", "routed_on"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    key: Mapped[str]
    severity: Mapped[str] = mapped_column(String(8))
    route: Mapped[str] = mapped_column(String(8))
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deal.id", ondelete="SET NULL"))
    opened: Mapped[date]
    routed_on: Mapped[date]
    told_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    until: Mapped[date | None]
    task_due: Mapped[date | None]
    task_done: Mapped[date | None]
    ended: Mapped[str] = mapped_column(String(12), default="")
    ended_week: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    card: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
