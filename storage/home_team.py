"""What only the lead's Home shows: late handoffs by seller, and what became of alerts; five queries."""

from datetime import date, time, timedelta
from typing import Any, Final, cast

from sqlalchemy import Table, and_, bindparam, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import WorkingDays, at_wall, zone_named
from domain.handoff import HandoffState
from domain.home import SELLERS_SHOWN, Owing, Team, handoff_late_since
from storage import usage_alerts
from storage.models import Deal, Handoff, Person
from storage.mornings import ALIVE, WAITING
from storage.types import UtcDateTime

ALERT_DAYS: Final = 90
"""Days back for which the usefulness of alerts is told."""
_DEAL, _HANDOFF, _PERSON = (cast("Table", model.__table__) for model in (Deal, Handoff, Person))
_BACK: Final = and_(_HANDOFF.c.state == HandoffState.RETURNED.value, _HANDOFF.c.decided_at.is_not(None))
_SINCE: Final = case((_BACK, _HANDOFF.c.decided_at), else_=_HANDOFF.c.requested_at)
_LATE: Final = (
    _HANDOFF.c.state.in_([literal(one, literal_execute=True) for one in WAITING]),
    _DEAL.c.state.in_(ALIVE),
    _DEAL.c.workspace_id == bindparam("in_workspace"),
    bindparam("before", type_=UtcDateTime()) > _SINCE,
)
_ON_DEAL: Final = _HANDOFF.join(_DEAL, _DEAL.c.id == _HANDOFF.c.deal_id)
_COUNT: Final = func.count()
_OLDEST: Final = func.min(_SINCE, type_=UtcDateTime())
_BY_SELLER: Final = (
    select(_PERSON.c.slack_id, _COUNT.label("many"), _OLDEST.label("oldest"))
    .select_from(_ON_DEAL.outerjoin(_PERSON, _PERSON.c.id == _DEAL.c.ae_id))
    .where(*_LATE)
    .group_by(_DEAL.c.ae_id, _PERSON.c.slack_id)
    .order_by(_COUNT.desc(), _OLDEST)
    .limit(SELLERS_SHOWN)
)
_IN_ALL: Final = (
    select(
        func.count(),
        func.count(_DEAL.c.ae_id.distinct()),
        func.coalesce(func.max(case((_DEAL.c.ae_id.is_(None), 1), else_=0)), 0),
    )
    .select_from(_ON_DEAL)
    .where(*_LATE)
)


async def load(session: AsyncSession, workspace_id: int, *, today: date, zone: str, days: WorkingDays) -> Team:
    """The lead's part, on the lead's local day and by the lead's calendar."""
    where = zone_named(zone)
    first_in_time = handoff_late_since(today, days) + timedelta(days=1)
    given: dict[str, Any] = {"in_workspace": workspace_id, "before": at_wall(first_in_time, time.min, where)}
    handoffs, sellers, nobodys = (await session.execute(_IN_ALL, given)).one()
    owing: list[Owing] = []
    if handoffs:
        for row in (await session.execute(_BY_SELLER, given)).all():
            since = row.oldest.astimezone(where).date()
            owing.append(Owing(row.slack_id or "", row.many, since, days.between(since, today)))
    told_since = today - timedelta(days=ALERT_DAYS)
    told = await usage_alerts.counts(session, workspace_id, told_since)
    return Team(tuple(owing), sellers + nobodys, handoffs, told, told_since)
