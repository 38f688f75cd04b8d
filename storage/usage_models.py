"""Usage of the product: a row a week with its seven days, and whole weeks of all accounts packed as arrays.

Weeks are numbered from Monday 0001-01-01. Rows are ordered by metric, week and account, so that a week of the whole
feed lies together: it comes so, and is packed so. What an account is called is kept apart from the CRM's accounts:
usage may come before its account is known, and belongs to it by that name from the moment it is.
"""

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId


class UsageMetric(Base):
    """A metric as the feed names it; ``last_day`` is the newest day anything was told for (``date.toordinal``)."""

    __tablename__ = "usage_metric"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    last_day: Mapped[int] = mapped_column(Integer, default=0)


class UsageAccount(Base):
    """An account as the feed names it, known to the CRM or not (yet)."""

    __tablename__ = "usage_account"
    __table_args__ = (UniqueConstraint("workspace_id", "external_id"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    external_id: Mapped[str] = mapped_column(Text)


class UsageWeek(Base):
    """One account's week of one metric: ``d1`` Monday … ``d7`` Sunday, None where nothing was told; ``whole`` the
    week's own number, which counts in place of its days.

    No foreign keys: they would cost a fifth of a bulk import, and only ``storage.usage`` writes here.
    """

    __tablename__ = "usage_week"
    __table_args__ = ({"sqlite_with_rowid": False},)
    metric_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    week: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    whole: Mapped[float | None] = mapped_column(Double)
    d1: Mapped[float | None] = mapped_column(Double)
    d2: Mapped[float | None] = mapped_column(Double)
    d3: Mapped[float | None] = mapped_column(Double)
    d4: Mapped[float | None] = mapped_column(Double)
    d5: Mapped[float | None] = mapped_column(Double)
    d6: Mapped[float | None] = mapped_column(Double)
    d7: Mapped[float | None] = mapped_column(Double)


class UsageColumn(Base):
    """A week of one metric over all accounts. ``changed``: it has to be packed (again); ``daily``: it may have days.
    Whoever writes into the week has this row first, so writers and packers of the same week come one by one."""

    __tablename__ = "usage_column"
    __table_args__ = (Index("ix_usage_column_week_daily", "week", "daily"),)
    metric_id: Mapped[int] = mapped_column(
        ForeignKey("usage_metric.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    week: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    changed: Mapped[bool] = mapped_column(default=True)
    daily: Mapped[bool] = mapped_column(default=False)


class UsagePacked(Base):
    """The sums of a week of one metric, of all accounts that have a row: ids as little-endian 32-bit whole numbers in
    rising order, and for each its sum as a 64-bit float."""

    __tablename__ = "usage_packed"
    metric_id: Mapped[int] = mapped_column(
        ForeignKey("usage_metric.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    week: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    accounts: Mapped[bytes] = mapped_column(LargeBinary)
    sums: Mapped[bytes] = mapped_column(LargeBinary)


class UsageImport(Base):
    """A file whose import has not come to its end: how many of its records are done, and what became of them."""

    __tablename__ = "usage_import"
    __table_args__ = (UniqueConstraint("workspace_id", "digest"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))
    records: Mapped[int] = mapped_column(Integer, default=0)
    new: Mapped[int] = mapped_column(Integer, default=0)
    updated: Mapped[int] = mapped_column(Integer, default=0)
    aside: Mapped[int] = mapped_column(Integer, default=0)
    refused: Mapped[int] = mapped_column(Integer, default=0)
    at: Mapped[datetime]
