"""The tables of the app's Home: what somebody looks at there, and how each deal stands."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class Home(Base):
    """Where somebody is in their Home (``domain.home.Looking``), and when they were last seen there."""

    __tablename__ = "home"
    __table_args__ = (Index("ix_home_workspace_id_seen_at", "workspace_id", "seen_at"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    tab: Mapped[str] = mapped_column(String(8))
    looking: Mapped[dict[str, Any]]
    seen_at: Mapped[datetime]


class DealStanding(Base):
    """How a deal stood when it was last looked at, so that deals can be chosen and ordered by it.

    ``revision`` counts what was written about the deal, ``judged`` is the revision it was judged at, ``day`` the local
    day: with a newer revision or on a later day it is judged again before it is shown.
    """

    __tablename__ = "deal_standing"
    __table_args__ = (Index("ix_deal_standing_worst", "workspace_id", "level", "score"),)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    revision: Mapped[int] = mapped_column(default=0)
    judged: Mapped[int] = mapped_column(default=-1)
    day: Mapped[date | None]
    level: Mapped[int] = mapped_column(default=0)
    score: Mapped[int] = mapped_column(default=0)
    reasons: Mapped[list[Any]] = mapped_column(default=list)
