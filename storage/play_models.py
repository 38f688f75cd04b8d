"""The tables of plays: what billing told of subscriptions, the plays it led to, and what people did about them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId


class SubscriptionEvent(Base):
    """One change of plan or cancellation as billing told it, kept for good. ``account_ref`` is what billing calls the
    customer, known to us or not (yet); ``fingerprint`` is made of what was told, so that a repetition is found."""

    __tablename__ = "subscription_event"
    __table_args__ = (
        UniqueConstraint("workspace_id", "account_ref", "fingerprint"),
        Index("ix_subscription_event_account", "workspace_id", "account_ref", "at"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    account_ref: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    before_plan: Mapped[str] = mapped_column(default="")
    after_plan: Mapped[str] = mapped_column(default="")
    delta: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    effective_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]


class Play(Base):
    """What a CSM is asked to do about a change (see domain.plays). ``anchor_id`` is the event it was opened for,
    ``key`` the occurrence of its message now, ``gone`` why it holds no more, '' while it does."""

    __tablename__ = "play"
    __table_args__ = (
        UniqueConstraint("account_id", "anchor_id", "effect"),
        Index(
            "ix_play_open_owner",
            "owner_id",
            "due",
            sqlite_where=text("state = 'open' AND gone = ''"),
            postgresql_where=text("state = 'open' AND gone = ''"),
        ),
        Index("ix_play_anchor_id", "anchor_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    anchor_id: Mapped[int] = mapped_column(ForeignKey("subscription_event.id", ondelete="CASCADE"))
    effect: Mapped[str] = mapped_column(String(16))
    key: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    has_csm: Mapped[bool] = mapped_column(default=True)
    before_plan: Mapped[str] = mapped_column(default="")
    after_plan: Mapped[str] = mapped_column(default="")
    delta: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    at: Mapped[datetime]
    effective_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    returned: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(16))
    gone: Mapped[str] = mapped_column(String(16), default="")
    due: Mapped[date | None]
    snoozed_until: Mapped[date | None]
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class PlayChange(Base):
    """What somebody did to a play, with what was there before, so that it can be undone; ``version`` is the play's
    after it."""

    __tablename__ = "play_change"
    __table_args__ = (Index("ix_play_change_play_id", "play_id", "id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    play_id: Mapped[int] = mapped_column(ForeignKey("play.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(24))
    said: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any]]
    version: Mapped[int]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
