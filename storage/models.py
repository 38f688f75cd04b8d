"""The tables. Root rows carry the workspace; times are aware UTC; what grows is indexed by how it is read."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Double,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId

Seconds: Double[float] = Double()
Moments = JSON().with_variant(ARRAY(Seconds), "postgresql")


class Workspace(Base):
    """One Slack workspace (team) Baton is installed in; ``gone_at``: since when it is not any more."""

    __tablename__ = "workspace"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str]
    bot_user_id: Mapped[str] = mapped_column(String(32), default="")
    cs_channel_id: Mapped[str | None] = mapped_column(String(32))
    people_synced_at: Mapped[datetime | None]
    zone_rules: Mapped[str] = mapped_column(String(16), default="")
    created_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]


class Person(Base):
    """Somebody in Slack, as last seen there."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("workspace_id", "slack_id"),
        Index("ix_person_workspace_id_email", "workspace_id", "email"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    slack_id: Mapped[str] = mapped_column(String(32))
    email: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(String(16), default="en-US")
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    is_guest: Mapped[bool] = mapped_column(default=False)
    is_external: Mapped[bool] = mapped_column(default=False)
    is_bot: Mapped[bool] = mapped_column(default=False)
    is_deleted: Mapped[bool] = mapped_column(default=False)
    is_admin: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime]


class Csm(Base):
    """A person who takes customers over; an empty list of regions or segments means any.

    ``open_deals`` is kept by ``storage.caseload``: counting them for each new deal would cost more with each deal.
    """

    __tablename__ = "csm"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"), index=True)
    regions: Mapped[list[Any]] = mapped_column(default=list)
    segments: Mapped[list[Any]] = mapped_column(default=list)
    active: Mapped[bool] = mapped_column(default=True)
    open_deals: Mapped[int] = mapped_column(default=0)
    last_assigned_at: Mapped[datetime | None]


class Account(Base):
    """A customer, as the CRM knows it."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("workspace_id", "external_id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    external_id: Mapped[str]
    name: Mapped[str]
    domain: Mapped[str] = mapped_column(default="")
    segment: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime]


class Deal(Base):
    """A deal: its facts from the CRM, its people, and how far its channel has come."""

    __tablename__ = "deal"
    __table_args__ = (
        UniqueConstraint("workspace_id", "external_id"),
        Index("ix_deal_workspace_id_channel_id", "workspace_id", "channel_id", unique=True),
        Index(
            "ix_deal_channel_name_taken",
            "workspace_id",
            "channel_name",
            unique=True,
            sqlite_where=text("channel_name <> ''"),
            postgresql_where=text("channel_name <> ''"),
        ),
        Index("ix_deal_csm_id_state", "csm_id", "state"),
        Index("ix_deal_ae_id_state", "ae_id", "state"),
        Index("ix_deal_workspace_id_search_name", "workspace_id", "search_name"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    external_id: Mapped[str]
    name: Mapped[str]
    search_name: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))
    amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    currency: Mapped[str] = mapped_column(String(8), default="")
    closed_at: Mapped[datetime | None]
    owner_email: Mapped[str] = mapped_column(default="")
    csm_email: Mapped[str] = mapped_column(default="")
    crm_url: Mapped[str] = mapped_column(default="")
    products: Mapped[list[Any]] = mapped_column(default=list)
    plan: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    playbook: Mapped[str] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(default="")
    probability_percent: Mapped[int | None]
    expected_close: Mapped[date | None]
    source_at: Mapped[datetime | None]
    ae_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    csm_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    csm_why: Mapped[str] = mapped_column(default="")
    channel_id: Mapped[str | None] = mapped_column(String(32))
    channel_name: Mapped[str] = mapped_column(default="")
    channel_private: Mapped[bool] = mapped_column(default=True)
    channel_outsiders: Mapped[bool] = mapped_column(default=False)
    bookmark_id: Mapped[str] = mapped_column(String(32), default="")
    bookmark_url: Mapped[str] = mapped_column(default="")
    topic: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Handoff(Base):
    """What sales passed on about one deal; ``version`` counts submissions (0: none yet)."""

    __tablename__ = "handoff"
    __table_args__ = (
        Index(
            "ix_handoff_waiting",
            "requested_at",
            sqlite_where=text("state IN ('requested', 'drafting', 'returned')"),
            postgresql_where=text("state IN ('requested', 'drafting', 'returned')"),
        ),
        Index(
            "ix_handoff_accepted",
            "decided_at",
            sqlite_where=text("state = 'accepted'"),
            postgresql_where=text("state = 'accepted'"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=0)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    score: Mapped[int] = mapped_column(default=0)
    gaps: Mapped[str] = mapped_column(default="")
    requested_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    canvas_id: Mapped[str] = mapped_column(String(32), default="")
    canvas_refused: Mapped[str] = mapped_column(String(64), default="")


class HandoffVersion(Base):
    """Every submission, whole, so that a later one can be compared and merged."""

    __tablename__ = "handoff_version"
    __table_args__ = (UniqueConstraint("handoff_id", "version"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoff.id", ondelete="CASCADE"))
    version: Mapped[int]
    answers: Mapped[dict[str, Any]]
    score: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class HandoffDraft(Base):
    """What one person has typed and not yet submitted; ``typed`` holds the form's raw text."""

    __tablename__ = "handoff_draft"
    __table_args__ = (UniqueConstraint("handoff_id", "person_id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoff.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    base_version: Mapped[int]
    answers: Mapped[dict[str, Any]]
    typed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    updated_at: Mapped[datetime]


class Stakeholder(Base):
    """One person at the customer, from the newest submission."""

    __tablename__ = "stakeholder"
    __table_args__ = (UniqueConstraint("deal_id", "item_id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"))
    item_id: Mapped[str] = mapped_column(String(32))
    position: Mapped[int]
    name: Mapped[str]
    role: Mapped[str] = mapped_column(default="")
    cares_about: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    phases: Mapped[list[Any]] = mapped_column(default=list)


class Commitment(Base):
    """One promise sales made, followed until it is done or withdrawn."""

    __tablename__ = "commitment"
    __table_args__ = (UniqueConstraint("deal_id", "item_id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"))
    item_id: Mapped[str] = mapped_column(String(32))
    position: Mapped[int]
    text: Mapped[str]
    owner: Mapped[str] = mapped_column(default="")
    due: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(16), default="open")
    evidence: Mapped[str] = mapped_column(default="")
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    resolved_at: Mapped[datetime | None]


class Question(Base):
    """A question of the CSM, open until somebody answers or the asker withdraws it; ``number`` counts within a deal."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("deal_id", "number"),
        Index(
            "ix_question_open_owner",
            "owner_id",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str]
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(16), default="open")
    answer: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class Notice(Base):
    """One thing said to one audience once, or one errand done in Slack once.

    ``key`` is the occurrence; the database forbids a second one. ``lane`` keeps order: within a lane the older notice
    goes first. ``revision`` counts what the facts have become, ``sent_revision`` what Slack shows.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        Index(
            "ix_notice_due",
            "not_before",
            "id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_notice_urgent",
            "priority",
            "not_before",
            "id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_notice_lane_unfinished",
            "lane",
            "id",
            sqlite_where=text("state IN ('pending', 'sending')"),
            postgresql_where=text("state IN ('pending', 'sending')"),
        ),
        Index(
            "ix_notice_in_hand",
            "claimed_at",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        Index("ix_notice_workspace_id_state", "workspace_id", "state"),
        Index(
            "ix_notice_given_up",
            "id",
            sqlite_where=text("state IN ('dead', 'unsure')"),
            postgresql_where=text("state IN ('dead', 'unsure')"),
        ),
        Index("ix_notice_deal_id_kind", "deal_id", "kind"),
        Index(
            "ix_notice_mornings",
            "workspace_id",
            "sent_at",
            sqlite_where=text("kind IN ('milestone_reminder', 'milestone_overdue')"),
            postgresql_where=text("kind IN ('milestone_reminder', 'milestone_overdue')"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    key: Mapped[str]
    kind: Mapped[str] = mapped_column(String(40))
    lane: Mapped[str]
    audience: Mapped[str]
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    thread_key: Mapped[str] = mapped_column(default="")
    priority: Mapped[int] = mapped_column(default=5)
    not_before: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="pending")
    why: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    sent_revision: Mapped[int] = mapped_column(default=0)
    channel_id: Mapped[str] = mapped_column(String(32), default="")
    ts: Mapped[str] = mapped_column(String(32), default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class PaceSlot(Base):
    """The calls to Slack that count against one limit, shared by every process: ``taken`` are the newest moments, by
    the database's clock in seconds since 1970; ``granted`` is what the last who asked was given. On PostgreSQL the
    table is not logged: after a crash nothing of it is worth having.
    """

    __tablename__ = "pace_slot"
    bucket: Mapped[str] = mapped_column(primary_key=True)
    taken: Mapped[list[float]] = mapped_column(Moments)
    granted: Mapped[int]
    held_until: Mapped[float] = mapped_column(Seconds)


class InboundEvent(Base):
    """Something that came in once: the second delivery of the same id finds this row and does nothing."""

    __tablename__ = "inbound_event"
    __table_args__ = (
        UniqueConstraint("workspace_id", "source", "event_id"),
        Index("ix_inbound_event_kind", "kind", "received_at"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(24))
    event_id: Mapped[str]
    kind: Mapped[str] = mapped_column(String(40))
    received_at: Mapped[datetime]
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
