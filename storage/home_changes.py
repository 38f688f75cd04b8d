"""Who has to see their Home anew when something changes, and that the deal is judged again before it is shown."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
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
_KEPT: Final = "home_changes"
"""Where a session keeps what it wrote about until its transaction ends."""

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


@dataclass(slots=True)
class _Changes:
    """What one transaction wrote about, by workspace."""

    now: datetime
    deals: set[int] = field(default_factory=set[int])
    accounts: set[int] = field(default_factory=set[int])
    people: set[int] = field(default_factory=set[int])


def deal_changed(session: AsyncSession, workspace_id: int, deal_id: int, now: datetime) -> None:
    """Something was written about this deal, in the caller's transaction: how it stands is judged again, and Homes that
    may show it are shown anew."""
    _of(session, workspace_id, now).deals.add(deal_id)


def account_changed(session: AsyncSession, workspace_id: int, account_id: int, now: datetime) -> None:
    """The same for every deal of a customer."""
    _of(session, workspace_id, now).accounts.add(account_id)


def changed_for(session: AsyncSession, workspace_id: int, people: Iterable[int], now: datetime) -> None:
    """The same for what belongs to people (our ids) and to no single deal. The lead sees it, too."""
    _of(session, workspace_id, now).people.update(people)


def _of(session: AsyncSession, workspace_id: int, now: datetime) -> _Changes:
    kept: dict[int, _Changes] = session.info.setdefault(_KEPT, {})
    return kept.setdefault(workspace_id, _Changes(now))


async def settle(session: AsyncSession) -> None:
    """Write down what follows from the changes of this transaction, as the last thing it does: everybody comes to these
    rows last and in one order, so that nobody waits here for somebody who waits for them."""
    kept: dict[int, _Changes] = session.info.pop(_KEPT, {})
    if kept:
        await session.flush()
    for workspace_id, changes in sorted(kept.items()):
        deals = changes.deals | set(await standings.of_accounts(session, changes.accounts))
        await standings.touch(session, workspace_id, deals)
        given = {"in_workspace": workspace_id, "since": changes.now - OPEN_FOR}
        people: set[int] = set()
        if deals:
            people |= set((await session.scalars(_LOOKING_AT_DEALS, given | {"ids": sorted(deals)})).all())
        if changes.people:
            people |= set((await session.scalars(_LOOKING, given | {"ids": sorted(changes.people)})).all())
        await _show_anew(session, workspace_id, people, changes.now)


async def _show_anew(session: AsyncSession, workspace_id: int, people: Collection[int], now: datetime) -> None:
    """One errand a person and day: the day's is woken again, and several changes at once are one. The engine finds it
    by its sweep, or when it is woken for what else the transaction says."""
    if not people:
        return
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
        await notices.bump(session, workspace_id, [one.key for one in new], at)
