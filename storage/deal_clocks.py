"""What the clocks of deals need to know, for up to 500 deals in two queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import BindParameter, Row, Table, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import zone_named
from domain.deals import DealState
from domain.person import PersonCard
from domain.plan_picture import Milestone, PlanPicture
from domain.settings import PersonSettings, from_json
from domain.summary import WEEK, monday_of
from storage import glances
from storage.due import NewDue
from storage.models import Deal, Person, Workspace
from storage.plan_models import Due, PersonSetting, Plan
from storage.plan_models import Milestone as MilestoneRow
from storage.usage_alert_models import UsageAlert

PORTFOLIO: Final = "portfolio_digest"
"""Kind of the rows and notices of portfolios."""

_DEAL, _PERSON, _SETTING, _PLAN, _MILESTONE, _WORKSPACE, _DUE, _ALERT = (
    cast("Table", model.__table__)
    for model in (Deal, Person, PersonSetting, Plan, MilestoneRow, Workspace, Due, UsageAlert)
)
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_CARD: Final = tuple(_PERSON.c[name] for name in ("id", "slack_id", "name", "email", "locale", "zone"))
_DEALS: Final = (
    select(
        _DEAL.c.id,
        _DEAL.c.state,
        _PLAN.c.closed_on,
        _PLAN.c.early_win,
        _PLAN.c.finished_at,
        _SETTING.c["values"].label("settings"),
        *(column.label(f"csm_{column.name}") for column in _CARD),
    )
    .select_from(
        _DEAL.outerjoin(_PERSON, _PERSON.c.id == _DEAL.c.csm_id)
        .outerjoin(_SETTING, _SETTING.c.person_id == _DEAL.c.csm_id)
        .outerjoin(_PLAN, _PLAN.c.deal_id == _DEAL.c.id)
    )
    .where(_DEAL.c.id.in_(_IDS))
)
_MARKED: Final = (
    select(*glances.COLUMNS)
    .where(
        _MILESTONE.c.deal_id.in_(_IDS),
        _MILESTONE.c.kind.in_(("kickoff", "early_win", "check_30", "check_90")),
    )
    .order_by(_MILESTONE.c.deal_id, _MILESTONE.c.number)
)
_PEOPLE: Final = (
    select(*_CARD, _SETTING.c["values"].label("settings"))
    .select_from(_PERSON.outerjoin(_SETTING, _SETTING.c.person_id == _PERSON.c.id))
    .where(_PERSON.c.id.in_(_IDS), _PERSON.c.is_deleted.is_(False))
)
_WITH_DEALS: Final = select(_DEAL.c.csm_id).where(_DEAL.c.state.in_(("opening", "open")), _DEAL.c.csm_id.is_not(None))
_WITH_FALLS: Final = select(_ALERT.c.reader_id).where(_ALERT.c.ended == "", _ALERT.c.reader_id.is_not(None))
_HAS_PORTFOLIO: Final = (
    select(_DUE.c.id)
    .where(_DUE.c.person_id == _PERSON.c.id, _DUE.c.kind == PORTFOLIO, _DUE.c.next_due_utc.is_not(None))
    .exists()
)
_WITHOUT_PORTFOLIO: Final = select(_PERSON.c.workspace_id, _PERSON.c.id, _PERSON.c.zone).where(
    _PERSON.c.is_deleted.is_(False), ~_HAS_PORTFOLIO
)


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """A deal as its clocks see it. ``plan`` holds only the milestones they look at: kickoff, early win, checks.
    ``plan_is_open``: it has a plan that is not finished, whatever was asked for."""

    deal_id: int
    state: DealState
    csm: PersonCard | None
    settings: PersonSettings
    plan: PlanPicture | None
    plan_is_open: bool = False


async def load_many(session: AsyncSession, deal_ids: Sequence[int], *, plans: bool) -> dict[int, ClockFacts]:
    """These deals by id, one query more with ``plans``; those that are gone are left out."""
    if not deal_ids:
        return {}
    ids = {"ids": sorted(set(deal_ids))}
    milestones: defaultdict[int, list[Milestone]] = defaultdict(list)
    if plans:
        for row in await glances.rows(session, _MARKED, ids):
            milestones[row.deal_id].append(glances.milestone(row))
    return {row.id: _facts(row, milestones[row.id], plans=plans) for row in await glances.rows(session, _DEALS, ids)}


async def people(session: AsyncSession, person_ids: Sequence[int]) -> dict[int, tuple[PersonCard, PersonSettings]]:
    """These people with what they set; those who left are left out."""
    if not person_ids:
        return {}
    rows = await glances.rows(session, _PEOPLE, {"ids": sorted(set(person_ids))})
    return {row.id: (_card(row), from_json(row.settings or {})) for row in rows}


def portfolio_row(person_id: int, zone: str, now: datetime) -> NewDue:
    """The row of somebody's portfolio, from next week on; the day of the week is theirs to choose and looked up when it
    is decided."""
    monday = monday_of(now.astimezone(zone_named(zone)).date())
    return NewDue(PORTFOLIO, f"person:{person_id}", zone, monday + WEEK, person_id=person_id)


async def without_portfolio(session: AsyncSession, lead: str) -> dict[int, list[tuple[int, str]]]:
    """CSMs of open deals, who is told of falls of usage, and the lead, if they have no row for their portfolio: our id
    and zone, by workspace."""
    which = or_(_PERSON.c.id.in_(_WITH_DEALS), _PERSON.c.id.in_(_WITH_FALLS))
    if lead:
        which = or_(which, _PERSON.c.email == lead.casefold() if "@" in lead else _PERSON.c.slack_id == lead)
    found: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for row in await glances.rows(session, _WITHOUT_PORTFOLIO.where(which), {}):
        found[row.workspace_id].append((row.id, row.zone))
    return dict(found)


async def team_id(session: AsyncSession, workspace_id: int) -> str:
    """Slack's id of the workspace."""
    return (await session.scalars(select(_WORKSPACE.c.team_id).where(_WORKSPACE.c.id == workspace_id))).one()


def _card(row: Row[Any]) -> PersonCard:
    return PersonCard(row.id, row.slack_id, row.name, row.email, row.locale, row.zone)


def _facts(row: Row[Any], milestones: Sequence[Milestone], *, plans: bool) -> ClockFacts:
    csm = None
    if row.csm_id is not None:
        csm = PersonCard(row.csm_id, row.csm_slack_id, row.csm_name, row.csm_email, row.csm_locale, row.csm_zone)
    plan = glances.plan(row, milestones) if plans else None
    is_open = row.closed_on is not None and row.finished_at is None
    return ClockFacts(row.id, DealState(row.state), csm, from_json(row.settings or {}), plan, is_open)
