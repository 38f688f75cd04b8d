"""The audit log as it is read, page by page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit_models import AuditEntry
from storage.models import Account, Deal


@dataclass(frozen=True, slots=True)
class Written:
    """One entry as it is read: ``customer`` of the deal it is about, '' for none; ``erased``: who and what were taken
    out of it under privacy law."""

    id: int
    at: datetime
    actor: str
    action: str
    via: str
    customer: str
    subject: str
    detail: dict[str, Any]
    erased: bool


async def page(
    session: AsyncSession,
    workspace_id: int,
    *,
    most: int,
    before: int = 0,
    person: str = "",
    deals: Collection[int] | None = None,
) -> list[Written]:
    """The newest ``most`` entries, newest first; older than the entry ``before`` when it is given. ``person``: only
    what this Slack id did or what was done to them; ``deals``: only what is about these (our ids)."""
    statement = (
        select(AuditEntry, Account.name)
        .outerjoin(Deal, Deal.id == AuditEntry.deal_id)
        .outerjoin(Account, Account.id == Deal.account_id)
        .where(AuditEntry.workspace_id == workspace_id)
        .order_by(AuditEntry.id.desc())
        .limit(most)
    )
    if before:
        statement = statement.where(AuditEntry.id < before)
    if person:
        statement = statement.where(or_(AuditEntry.actor == person, AuditEntry.subject == person))
    if deals is not None:
        statement = statement.where(AuditEntry.deal_id.in_(sorted(deals)))
    return [
        Written(
            id=entry.id,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            via=entry.via,
            customer=name or "",
            subject=entry.subject,
            detail=entry.detail,
            erased=entry.erasure_id is not None,
        )
        for entry, name in (await session.execute(statement)).all()
    ]
