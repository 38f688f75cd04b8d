"""Who has to see their Home anew when something changes, and that the deal is judged again before it is shown."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import BindParameter, Table, and_, bindparam, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from domain.home import Tab
from storage import notices, standings
from storage.home_models import Home
from storage.models import Deal, Question
from storage.notices import NewNotice
from storage.plan_models import Milestone
from storage.types import UtcDateTime

KIND: Final = "refresh_home"
OPEN_FOR: Final = timedelta(hours=1)
"""Slack does not say when somebody leaves their Home: so long after they came it is kept in step."""
SETTLES: Final = timedelta(seconds=1)
"""A burst of changes is shown once."""
PRIORITY: Final = 3

_HOME, _DEAL, _MILESTONE, _QUESTION = (cast("Table", model.__table__) for model in (Home, Deal, Milestone, Question))
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_OF_DEALS: Final = union(
    select(_DEAL.c.ae_id).where(_DEAL.c.id.in_(_IDS)),
    select(_DEAL.c.csm_id).where(_DEAL.c.id.in_(_IDS)),
    select(_MILESTONE.c.owner_id).where(_MILESTONE.c.deal_id.in_(_IDS), _MILESTONE.c.owner_id.is_not(None)),
    select(_QUESTION.c.owner_id).where(_QUESTION.c.deal_id.in_(_IDS), _QUESTION.c.owner_id.is_not(None)),
)
_OPEN_NOW: Final = and_(
    _HOME.c.workspace_id == bindparam("in_workspace"), _HOME.c.seen_at > bindparam("since", type_=UtcDateTime())
)
_IS_LEADS: Final = _HOME.c.tab == Tab.LEAD.value
_ANYBODY: Final = select(_HOME.c.person_id).where(_OPEN_NOW)
_LOOKING_AT_DEALS: Final = _ANYBODY.where(or_(_IS_LEADS, _HOME.c.person_id.in_(_OF_DEALS)))
_LOOKING: Final = _ANYBODY.where(or_(_IS_LEADS, _HOME.c.person_id.in_(_IDS)))


async def deal_changed(session: AsyncSession, workspace_id: int, deal_ids: Collection[int], now: datetime) -> list[int]:
    """Something was written about these deals, in the caller's transaction: how they stand is judged again, and Homes
    that may show them are shown anew. The ids of the notices, to be enqueued; a sweep finds those that are not."""
    if not deal_ids:
        return []
    await standings.touch(session, workspace_id, deal_ids)
    return await _of_deals(session, workspace_id, deal_ids, now)


async def account_changed(session: AsyncSession, workspace_id: int, account_id: int, now: datetime) -> list[int]:
    """The same for every deal of a customer."""
    deals = await standings.touch_accounts(session, workspace_id, [account_id])
    return await _of_deals(session, workspace_id, deals, now) if deals else []


async def _of_deals(session: AsyncSession, workspace_id: int, deal_ids: Collection[int], now: datetime) -> list[int]:
    given = {"in_workspace": workspace_id, "since": now - OPEN_FOR, "ids": sorted(deal_ids)}
    people = (await session.scalars(_LOOKING_AT_DEALS, given)).all()
    return await _show_anew(session, workspace_id, people, now)


async def changed_for(session: AsyncSession, workspace_id: int, people: Collection[int], now: datetime) -> list[int]:
    """The same for what belongs to people (our ids) and to no single deal. The lead sees it, too."""
    given = {"in_workspace": workspace_id, "since": now - OPEN_FOR, "ids": sorted(people)}
    return await _show_anew(session, workspace_id, (await session.scalars(_LOOKING, given)).all(), now)


async def _show_anew(session: AsyncSession, workspace_id: int, people: Sequence[int], now: datetime) -> list[int]:
    """One errand a person and day: the day's is woken again, and several changes at once are one."""
    if not people:
        return []
    at = now + SETTLES
    new = [
        NewNotice(
            key=f"home:{one}:{now.date().isoformat()}",
            kind=KIND,
            lane=f"home:{one}",
            audience="",
            not_before=at,
            facts={"person": one},
            priority=PRIORITY,
        )
        for one in sorted(people)
    ]
    ids = await notices.add(session, workspace_id, new, now)
    if len(ids) < len(new):
        ids += await notices.bump(session, workspace_id, [one.key for one in new], at)
    return ids
