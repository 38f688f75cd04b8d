"""The customers of somebody's Home: counted by filter, and one page of them with what is shown of each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Select,
    Table,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from domain.deals import DealState
from domain.home import CUSTOMERS_SHOWN, TREND_WEEKS, Arrow, Counts, Customer, Level, Looking, Show, Tab, arrow, within
from domain.usage.samples import week_number
from domain.usage_alert import UsageAlertCard
from storage import standings, usage_cards
from storage.deals import like
from storage.models import Account, Deal, Handoff, Person, Question
from storage.mornings import ALIVE
from storage.plan_models import Milestone, Plan
from storage.standings import STANDING
from storage.usage_columns import SUM
from storage.usage_models import UsageAccount, UsageMetric, UsageWeek

_DEAL, _ACCOUNT, _PERSON, _HANDOFF, _QUESTION, _PLAN, _MILESTONE, _NAMED, _METRIC, _WEEK = (
    cast("Table", model.__table__)
    for model in (
        *(Deal, Account, Person, Handoff, Question, Plan, Milestone),
        *(UsageAccount, UsageMetric, UsageWeek),
    )
)
_AE, _CSM = _PERSON.alias("ae"), _PERSON.alias("csm")
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_ME: Final = bindparam("me", type_=_PERSON.c.id.type)
_TODAY: Final[BindParameter[date]] = bindparam("today", type_=Date())
_ALIVE: Final = _DEAL.c.state.in_([literal(one, literal_execute=True) for one in ALIVE])
_OPEN: Final = _MILESTONE.c.state.in_([literal(one, literal_execute=True) for one in ("planned", "doing", "blocked")])
_WHOSE: Final[dict[Tab, ColumnElement[bool]]] = {
    Tab.CSM: _DEAL.c.csm_id == _ME,
    Tab.SELLER: _DEAL.c.ae_id == _ME,
    Tab.LEAD: _DEAL.c.workspace_id == bindparam("in_workspace"),
}
_AT_RISK: Final = STANDING.c.level == int(Level.AT_RISK)
_ONBOARDING: Final = and_(_PLAN.c.deal_id.is_not(None), _PLAN.c.finished_at.is_(None))
_FILTERS: Final[dict[Show, tuple[ColumnElement[bool], ...]]] = {
    Show.RISK: (_AT_RISK,),
    Show.ONBOARDING: (_ONBOARDING,),
    Show.ALL: (),
}
_JOINED: Final = _DEAL.outerjoin(STANDING, STANDING.c.deal_id == _DEAL.c.id).outerjoin(
    _PLAN, _PLAN.c.deal_id == _DEAL.c.id
)
_STALE: Final = standings.is_stale(cast("date", _TODAY))


def _many(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)


_SHOWN: Final = (
    select(
        *(_DEAL.c[name] for name in ("id", "name", "channel_id", "state")),
        _ACCOUNT.c.name.label("customer"),
        *(STANDING.c[name] for name in ("level", "reasons")),
        *(_PLAN.c[name] for name in ("closed_on", "finished_at")),
        _HANDOFF.c.state.label("handoff"),
        _AE.c.slack_id.label("ae"),
        _CSM.c.slack_id.label("csm"),
    )
    .select_from(
        _DEAL.join(_ACCOUNT, _ACCOUNT.c.id == _DEAL.c.account_id)
        .outerjoin(STANDING, STANDING.c.deal_id == _DEAL.c.id)
        .outerjoin(_PLAN, _PLAN.c.deal_id == _DEAL.c.id)
        .outerjoin(_HANDOFF, _HANDOFF.c.deal_id == _DEAL.c.id)
        .outerjoin(_AE, _AE.c.id == _DEAL.c.ae_id)
        .outerjoin(_CSM, _CSM.c.id == _DEAL.c.csm_id)
    )
    .where(_DEAL.c.id.in_(_IDS))
)
_PROGRESS: Final = (
    select(_MILESTONE.c.deal_id, func.count().label("every"), _many(~_OPEN).label("settled"))
    .where(_MILESTONE.c.deal_id.in_(_IDS))
    .group_by(_MILESTONE.c.deal_id)
)
_FIRST: Final = func.row_number().over(
    partition_by=_MILESTONE.c.deal_id,
    order_by=(case((_MILESTONE.c.due.is_(None), 1), else_=0), _MILESTONE.c.due, _MILESTONE.c.number),
)
_OPEN_ONES: Final = (
    select(_MILESTONE.c.deal_id, _MILESTONE.c.title, _MILESTONE.c.due, _FIRST.label("place"))
    .where(_MILESTONE.c.deal_id.in_(_IDS), _OPEN)
    .subquery()
)
_NEXT: Final = select(_OPEN_ONES.c.deal_id, _OPEN_ONES.c.title, _OPEN_ONES.c.due).where(_OPEN_ONES.c.place == 1)
_ASKED: Final = (
    select(_QUESTION.c.deal_id, func.count())
    .where(_QUESTION.c.deal_id.in_(_IDS), _QUESTION.c.state == "open")
    .group_by(_QUESTION.c.deal_id)
)
_SUM: Final[ColumnElement[float]] = literal_column(SUM, _WEEK.c.whole.type)
_WEEKS: Final = (
    select(_DEAL.c.id, _WEEK.c.week, _SUM)
    .join_from(_DEAL, _ACCOUNT, _ACCOUNT.c.id == _DEAL.c.account_id)
    .join(_NAMED, and_(_NAMED.c.workspace_id == _DEAL.c.workspace_id, _NAMED.c.external_id == _ACCOUNT.c.external_id))
    .join(_METRIC, and_(_METRIC.c.workspace_id == _DEAL.c.workspace_id, _METRIC.c.name == bindparam("metric")))
    .join(
        _WEEK,
        and_(
            _WEEK.c.metric_id == _METRIC.c.id,
            _WEEK.c.week.in_(bindparam("weeks", expanding=True)),
            _WEEK.c.account_id == _NAMED.c.id,
        ),
    )
    .where(_DEAL.c.id.in_(_IDS))
)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose customers, looked at how, on which local day; ``metric`` is the one whose trend is shown."""

    workspace_id: int
    person_id: int
    looking: Looking
    today: date
    metric: str

    @property
    def given(self) -> dict[str, Any]:
        """The values of the statements."""
        found: dict[str, Any] = {"today": self.today}
        found |= {"in_workspace": self.workspace_id} if self.looking.tab is Tab.LEAD else {"me": self.person_id}
        if self.looking.search:
            found["pattern"] = like(self.looking.search)
        return found


def _which(whose: Whose) -> tuple[ColumnElement[bool], ...]:
    matching = (_DEAL.c.search_name.like(bindparam("pattern"), escape="\\"),) if whose.looking.search else ()
    return (_WHOSE[whose.looking.tab], _ALIVE, *matching)


async def counts(session: AsyncSession, whose: Whose) -> tuple[Counts, int]:
    """How many customers each filter leaves, and how many of them have to be judged before that is sure. One query."""
    statement = (
        select(func.count(), _many(_AT_RISK), _many(_ONBOARDING), _many(_STALE))
        .select_from(_JOINED)
        .where(*_which(whose))
    )
    every, at_risk, onboarding, stale = (await session.execute(statement, whose.given)).one()
    return Counts(every, at_risk, onboarding), stale


async def stale(session: AsyncSession, whose: Whose, most: int) -> Sequence[int]:
    """Deals that have to be judged, at most so many."""
    statement = select(_DEAL.c.id).select_from(_JOINED).where(*_which(whose), _STALE).order_by(_DEAL.c.id).limit(most)
    return list((await session.scalars(statement, whose.given)).all())


def page_of(whose: Whose, total: int) -> Select[Any]:
    """The ids of one page: the worst first, then by name. Of the page asked for, or the last there is."""
    looking = whose.looking
    skip = within(looking.page, total, CUSTOMERS_SHOWN) * CUSTOMERS_SHOWN
    worst = func.coalesce(STANDING.c.score, 0).desc()
    return (
        select(_DEAL.c.id)
        .select_from(_JOINED)
        .where(*_which(whose), *_FILTERS[looking.show])
        .order_by(worst, _DEAL.c.search_name, _DEAL.c.id)
        .limit(CUSTOMERS_SHOWN)
        .offset(skip)
    )


async def page(session: AsyncSession, whose: Whose, total: int) -> tuple[Customer, ...]:
    """One page of customers. Seven queries, whatever there is."""
    if not total:
        return ()
    return await these(session, list((await session.scalars(page_of(whose, total), whose.given)).all()), whose)


async def these(session: AsyncSession, ids: Sequence[int], whose: Whose) -> tuple[Customer, ...]:
    """The customers of these deals, in this order, as they were judged last. Six queries."""
    if not ids:
        return ()
    given: dict[str, Any] = {"ids": list(ids)}
    rows = {row.id: row for row in (await session.execute(_SHOWN, given)).all()}
    progress = {row.deal_id: (row.every, row.settled) for row in (await session.execute(_PROGRESS, given)).all()}
    first = {row.deal_id: (row.title, row.due) for row in (await session.execute(_NEXT, given)).all()}
    asked: dict[int, int] = {row[0]: row[1] for row in (await session.execute(_ASKED, given)).all()}
    falls = await usage_cards.of_deals(session, ids)
    arrows = await _arrows(session, ids, whose)
    found: list[Customer] = []
    for number in ids:
        row = rows.get(number)
        if row is not None:
            every, settled = progress.get(number, (0, 0))
            title, due = first.get(number, ("", None))
            shown = _customer(row, whose.today, falls.get(number))
            found.append(
                Customer(
                    **shown,
                    settled=settled,
                    total=every,
                    next_title=title,
                    next_due=due,
                    questions=asked.get(number, 0),
                    usage=arrows.get(number),
                )
            )
    return tuple(found)


def _customer(row: Any, today: date, fall: UsageAlertCard | None) -> dict[str, Any]:  # noqa: ANN401 - a row
    return {
        "deal_id": row.id,
        "name": row.customer,
        "deal": row.name,
        "channel_id": row.channel_id or "",
        "opening": row.state == DealState.OPENING.value,
        "level": Level(row.level or 0),
        "reasons": standings.reasons_from_json(row.reasons or ()),
        "ae": row.ae or "",
        "csm": row.csm or "",
        "handoff": row.handoff or "",
        "day": (today - row.closed_on).days if row.closed_on is not None else None,
        "finished": row.finished_at is not None,
        "fall": fall,
    }


async def _arrows(session: AsyncSession, ids: Sequence[int], whose: Whose) -> dict[int, Arrow]:
    """Where the usage of each of these deals' customers goes; those of whom too little is known are left out."""
    newest = week_number(whose.today) - 1
    weeks = list(range(newest - TREND_WEEKS + 1, newest + 1))
    rows = await session.execute(_WEEKS, {"ids": list(ids), "metric": whose.metric, "weeks": weeks})
    told: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for deal, week, count in rows.all():
        told[deal][week] = float(count or 0.0)
    found = {deal: arrow([counts.get(week) for week in weeks]) for deal, counts in told.items()}
    return {deal: one for deal, one in found.items() if one is not None}
