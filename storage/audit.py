"""The audit log: rows are only ever added."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import home_changes
from storage.audit_models import AuditEntry

_INSERT: Final = insert(cast("Table", AuditEntry.__table__))


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what from where. ``actor``: a Slack id or ``crm``; ``via``: command, button, webhook …"""

    actor: str
    action: str
    via: str
    deal_id: int | None = None
    subject: str = ""
    detail: dict[str, Any] = field(default_factory=dict[str, Any])


async def record(session: AsyncSession, workspace_id: int, act: Act, now: datetime) -> None:
    """Add one entry in the caller's transaction. What is written about a deal changed something of it: Homes that show
    it follow."""
    await session.execute(
        _INSERT,
        {
            "workspace_id": workspace_id,
            "at": now,
            "actor": act.actor,
            "action": act.action,
            "via": act.via,
            "deal_id": act.deal_id,
            "subject": act.subject,
            "detail": act.detail,
        },
    )
    if act.deal_id is not None:
        home_changes.deal_changed(session, workspace_id, act.deal_id, now)


async def newest(session: AsyncSession, deal_id: int, action: str) -> AuditEntry | None:
    """The newest entry of this kind about a deal."""
    mine = (AuditEntry.deal_id == deal_id, AuditEntry.action == action)
    return (await session.scalars(select(AuditEntry).where(*mine).order_by(AuditEntry.id.desc()).limit(1))).first()


async def of_deal(session: AsyncSession, deal_id: int, limit: int = 200) -> list[AuditEntry]:
    """The newest entries about one deal, newest first."""
    statement = select(AuditEntry).where(AuditEntry.deal_id == deal_id).order_by(AuditEntry.id.desc()).limit(limit)
    return list((await session.scalars(statement)).all())
