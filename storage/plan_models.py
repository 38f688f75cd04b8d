"""The tables of plans and of the clock: milestones, their changes, what is due when, what people set."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId


class Plan(Base):
    """The onboarding plan of one deal. ``version`` counts its changes, so that a stale button finds out;
    ``numbered`` is the highest number a milestone of it ever had."""

    __tablename__ = "plan"
    __table_args__ = (Index("ix_plan_workspace_id_finished_at", "workspace_id", "finished_at"),)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    playbook: Mapped[str]
    playbook_title: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    closed_on: Mapped[date]
    made_at: Mapped[datetime]
    firm_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    early_win: Mapped[str] = mapped_column(default="")
    numbered: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class Milestone(Base):
    """One milestone of a plan; ``number`` is what people call it by within the deal (see domain.plan_picture)."""

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("deal_id", "number"),
        Index(
            "ix_milestone_open_due",
            "due",
            "deal_id",
            sqlite_where=text("state IN ('planned', 'doing', 'blocked')"),
            postgresql_where=text("state IN ('planned', 'doing', 'blocked')"),
        ),
        Index(
            "ix_milestone_open_deal",
            "deal_id",
            "due",
            sqlite_where=text("state IN ('planned', 'doing', 'blocked')"),
            postgresql_where=text("state IN ('planned', 'doing', 'blocked')"),
        ),
        Index(
            "ix_milestone_open_owner",
            "owner_id",
            "due",
            sqlite_where=text("state IN ('planned', 'doing', 'blocked') AND owner_id IS NOT NULL"),
            postgresql_where=text("state IN ('planned', 'doing', 'blocked') AND owner_id IS NOT NULL"),
        ),
        Index(
            "ix_milestone_done",
            "deal_id",
            "step",
            "settled_at",
            sqlite_where=text("state = 'done'"),
            postgresql_where=text("state = 'done'"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"))
    number: Mapped[int]
    step: Mapped[str] = mapped_column(String(64), default="")
    kind: Mapped[str] = mapped_column(String(24), default="other")
    title: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    due: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(16), default="planned")
    after: Mapped[str] = mapped_column(String(64), default="close")
    working_days: Mapped[int | None]
    by_day: Mapped[int | None]
    responsible: Mapped[str] = mapped_column(String(16))
    accountable: Mapped[str] = mapped_column(String(16))
    consulted: Mapped[list[Any]] = mapped_column(default=list)
    informed: Mapped[list[Any]] = mapped_column(default=list)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    owner_name: Mapped[str] = mapped_column(default="")
    evidence_asked: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(default="")
    unblocker: Mapped[str] = mapped_column(default="")
    remind: Mapped[list[Any]] = mapped_column(default=list)
    snoozed_until: Mapped[date | None]
    touched: Mapped[bool] = mapped_column(default=False)
    booked_for: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class PlanChange(Base):
    """One change to a plan with what was there before, so that it can be undone. ``before`` holds whole milestones by
    id (None: it did not exist), and the plan's own fields under ``plan``."""

    __tablename__ = "plan_change"
    __table_args__ = (Index("ix_plan_change_deal_id", "deal_id", "id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(24))
    said: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Due(Base):
    """Something the clock will ask about: what kind, about what, at which local time of which zone.

    One row for each ``kind`` and ``subject`` (``deal:41``, ``person:7``). ``on_day`` and ``wall`` are the local day and
    time of the next occurrence, ``next_due_utc`` the moment they mean by the zone's rules of today (None: nothing more
    to come). ``covered`` is the last local day that was decided about, ``why`` what was decided if it was silence.
    """

    __tablename__ = "due"
    __table_args__ = (
        UniqueConstraint("workspace_id", "kind", "subject"),
        Index("ix_due_next_due_utc", "next_due_utc", "id"),
        Index("ix_due_person_id", "person_id"),
        Index("ix_due_deal_id", "deal_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    zone: Mapped[str] = mapped_column(String(64))
    on_day: Mapped[date]
    wall: Mapped[str] = mapped_column(String(5), default="09:00")
    next_due_utc: Mapped[datetime | None]
    covered: Mapped[date | None]
    why: Mapped[str] = mapped_column(default="")


class PersonSetting(Base):
    """What somebody set with ``/baton settings``; a missing row or field means the default of domain.settings."""

    __tablename__ = "person_setting"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    updated_at: Mapped[datetime]
