"""What waits for somebody, for their Home: counted, and one page of it read whole; three queries and what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Table,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import WorkingDays
from domain.home import (
    PROMISES_AHEAD,
    WAITING_SHOWN,
    Accept,
    LateKickoff,
    Tab,
    Urgency,
    Wait,
    Waiting,
    last_day_before,
    within,
)
from domain.morning import Item
from domain.plan.kickoff import CSM_DAYS, LEAD_DAYS
from domain.playbook import Kind
from domain.reminders import Occurrence, Subject
from domain.usage_alert import State
from storage import morning_items
from storage.models import Account, Commitment, Deal, Handoff, Person, Question
from storage.mornings import ALIVE, FALLS_TO_AE, FALLS_TO_CSM, FALLS_TO_LEAD, WAITING
from storage.plan_models import Milestone, Plan
from storage.play_models import Play
from storage.usage_alert_models import UsageAlert

_PERSON, _DEAL, _ACCOUNT, _PLAN, _MILESTONE, _QUESTION, _COMMITMENT, _HANDOFF, _PLAY, _ALERT = (
    cast("Table", model.__table__)
    for model in (Person, Deal, Account, Plan, Milestone, Question, Commitment, Handoff, Play, UsageAlert)
)
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_ME: Final[BindParameter[Any]] = bindparam("me", type_=_PERSON.c.id.type)
_WORKSPACE: Final = bindparam("in_workspace", type_=_DEAL.c.workspace_id.type)
_TODAY: Final = bindparam("today", type_=Date())
_HORIZON: Final = bindparam("horizon", type_=Date())
_LATE_CLOSE: Final = bindparam("late_close", type_=Date())


def _written(column: ColumnElement[Any], *values: str) -> ColumnElement[bool]:
    """Written out, because an index over a part of the rows serves only a query that visibly asks for that part."""
    return column.in_([literal(one, literal_execute=True) for one in values])


_ALIVE: Final = _written(_DEAL.c.state, *ALIVE)
_OPEN: Final = _written(_MILESTONE.c.state, "planned", "doing", "blocked")
_AWAKE: Final = or_(_MILESTONE.c.snoozed_until.is_(None), _MILESTONE.c.snoozed_until <= _TODAY)
_MY_CUSTOMER: Final = _DEAL.c.csm_id == _ME
_MY_DEAL: Final = _DEAL.c.ae_id == _ME
_ANYBODYS: Final = _DEAL.c.workspace_id == _WORKSPACE
_LATE: Final = and_(
    _MILESTONE.c.kind == Kind.KICKOFF.value,
    _PLAN.c.closed_on <= _LATE_CLOSE,
    or_(_MILESTONE.c.booked_for.is_(None), _MILESTONE.c.due.is_(None), _MILESTONE.c.due < _TODAY),
)
"""As ``domain.plan.kickoff.late_since_close`` says."""
_NOT_TOLD_AS_LATE: Final = or_(_PLAN.c.deal_id.is_(None), ~_LATE)


def _by_day(day: ColumnElement[Any]) -> ColumnElement[int]:
    return case((day < _TODAY, int(Urgency.OVERDUE)), (day == _TODAY, int(Urgency.TODAY)), else_=int(Urgency.SOON))


def _row(wait: Wait, number: ColumnElement[Any], day: ColumnElement[Any], urgency: ColumnElement[int] | Urgency) -> Any:  # noqa: ANN401 - a SELECT of four columns
    if isinstance(urgency, Urgency):
        urgency = literal(int(urgency), literal_execute=True)
    named = literal(wait.value, literal_execute=True)
    return select(named.label("wait"), number.label("number"), day.label("day"), urgency.label("urgency"))


def _day_of(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """Only for the order: the day in UTC."""
    return func.date(moment, type_=Date())


def _milestones(*those: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a SELECT
    due = _MILESTONE.c.due
    return (
        _row(Wait.MILESTONE, _MILESTONE.c.id, due, _by_day(due))
        .join_from(_MILESTONE, _DEAL, _DEAL.c.id == _MILESTONE.c.deal_id)
        .outerjoin(_PLAN, _PLAN.c.deal_id == _DEAL.c.id)
        .where(_OPEN, _ALIVE, _AWAKE, due <= _TODAY, *those)
    )


def _kickoffs(*those: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a SELECT
    return (
        _row(Wait.KICKOFF, _MILESTONE.c.id, _PLAN.c.closed_on, Urgency.LATE_KICKOFF)
        .join_from(_MILESTONE, _DEAL, _DEAL.c.id == _MILESTONE.c.deal_id)
        .join(_PLAN, _PLAN.c.deal_id == _DEAL.c.id)
        .where(_OPEN, _ALIVE, _AWAKE, _LATE, *those)
    )


def _promises(whose: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a SELECT
    due = _COMMITMENT.c.due
    return (
        _row(Wait.PROMISE, _COMMITMENT.c.id, due, _by_day(due))
        .join_from(_COMMITMENT, _DEAL, _DEAL.c.id == _COMMITMENT.c.deal_id)
        .where(_COMMITMENT.c.state == "open", due <= _HORIZON, _ALIVE, whose)
    )


_OWNED: Final = _milestones(_MILESTONE.c.owner_id == _ME, or_(_NOT_TOLD_AS_LATE, _DEAL.c.csm_id != _ME))
_QUESTIONS: Final = (
    _row(Wait.QUESTION, _QUESTION.c.id, _day_of(_QUESTION.c.asked_at), Urgency.QUESTION)
    .join_from(_QUESTION, _DEAL, _DEAL.c.id == _QUESTION.c.deal_id)
    .where(_written(_QUESTION.c.state, "open"), _QUESTION.c.owner_id == _ME, _ALIVE)
)
_ACCEPTS: Final = (
    _row(Wait.ACCEPT, _HANDOFF.c.deal_id, _day_of(_HANDOFF.c.submitted_at), Urgency.HANDOFF)
    .join_from(_DEAL, _HANDOFF, _HANDOFF.c.deal_id == _DEAL.c.id)
    .where(_HANDOFF.c.state == "submitted", _MY_CUSTOMER, _ALIVE)
)
_HANDOFFS: Final = (
    _row(Wait.HANDOFF, _HANDOFF.c.deal_id, _day_of(_HANDOFF.c.requested_at), Urgency.HANDOFF)
    .join_from(_DEAL, _HANDOFF, _HANDOFF.c.deal_id == _DEAL.c.id)
    .where(_written(_HANDOFF.c.state, *WAITING), _MY_DEAL, _ALIVE)
)
_PLAYS: Final = _row(Wait.PLAY, _PLAY.c.id, _PLAY.c.due, _by_day(_PLAY.c.due)).where(
    _written(_PLAY.c.state, "open"),
    _written(_PLAY.c.gone, ""),
    _PLAY.c.owner_id == _ME,
    _PLAY.c.due <= _TODAY,
    or_(_PLAY.c.snoozed_until.is_(None), _PLAY.c.snoozed_until <= _TODAY),
)
_TASKS: Final = _row(Wait.USAGE_TASK, _ALERT.c.id, _ALERT.c.task_due, _by_day(_ALERT.c.task_due)).where(
    _ALERT.c.by_id == _ME,
    _ALERT.c.state == State.TAKEN.value,
    _ALERT.c.task_due <= _TODAY,
    _ALERT.c.task_done.is_(None),
    _written(_ALERT.c.ended, ""),
)
_FALLS: Final = _row(Wait.USAGE, _ALERT.c.id, _ALERT.c.opened, Urgency.USAGE).where(
    _ALERT.c.reader_id == _ME,
    _written(_ALERT.c.ended, ""),
    or_(
        _ALERT.c.state == State.OPEN.value,
        and_(_ALERT.c.state == State.SNOOZED.value, _ALERT.c.until <= _TODAY),
    ),
)
_OF: Final[dict[Tab, tuple[Any, ...]]] = {
    Tab.CSM: (
        _kickoffs(_MY_CUSTOMER),
        _milestones(_MY_CUSTOMER, FALLS_TO_CSM, _NOT_TOLD_AS_LATE),
        *(_OWNED, _QUESTIONS, _ACCEPTS, _promises(_MY_CUSTOMER), _PLAYS, _TASKS, _FALLS),
    ),
    Tab.SELLER: (_HANDOFFS, _QUESTIONS, _promises(_MY_DEAL), _milestones(_MY_DEAL, FALLS_TO_AE), _OWNED),
    Tab.LEAD: (
        _kickoffs(_ANYBODYS),
        _milestones(_ANYBODYS, FALLS_TO_LEAD, _NOT_TOLD_AS_LATE),
        *(_OWNED, _QUESTIONS, _TASKS, _FALLS),
    ),
}


def _counted(tab: Tab) -> Any:  # noqa: ANN401 - a SELECT
    every = union_all(*_OF[tab]).subquery()
    return select(every.c.urgency, every.c.wait, func.count()).group_by(every.c.urgency, every.c.wait)


def _paged(tab: Tab) -> Any:  # noqa: ANN401 - a SELECT over a UNION
    every = union_all(*_OF[tab]).subquery()
    order = (every.c.urgency, every.c.day, every.c.wait, every.c.number)
    return select(every.c.wait, every.c.number).order_by(*order).limit(WAITING_SHOWN).offset(bindparam("skip"))


_COUNTED: Final = {tab: _counted(tab) for tab in Tab}
_PAGED: Final = {tab: _paged(tab) for tab in Tab}
_WHERE: Final = (
    _DEAL.c.id.label("deal_id"),
    _ACCOUNT.c.name.label("customer"),
    _DEAL.c.channel_id,
)
_ACCEPT: Final = (
    select(*_WHERE, *(_HANDOFF.c[name] for name in ("version", "score", "submitted_at")), _PERSON.c.slack_id)
    .join_from(_HANDOFF, _DEAL, _DEAL.c.id == _HANDOFF.c.deal_id)
    .join(_ACCOUNT, _ACCOUNT.c.id == _DEAL.c.account_id)
    .outerjoin(_PERSON, _PERSON.c.id == _HANDOFF.c.submitted_by)
    .where(_HANDOFF.c.deal_id.in_(_IDS))
)
_KICKOFF: Final = (
    select(*_WHERE, _MILESTONE.c.id, _MILESTONE.c.booked_for, _PLAN.c.closed_on, _PERSON.c.slack_id)
    .join_from(_MILESTONE, _DEAL, _DEAL.c.id == _MILESTONE.c.deal_id)
    .join(_ACCOUNT, _ACCOUNT.c.id == _DEAL.c.account_id)
    .join(_PLAN, _PLAN.c.deal_id == _DEAL.c.id)
    .outerjoin(_PERSON, _PERSON.c.id == _DEAL.c.csm_id)
    .where(_MILESTONE.c.id.in_(_IDS))
)


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom, on which local day of theirs, by which calendar; ``page`` from 0."""

    workspace_id: int
    person_id: int
    tab: Tab
    today: date
    days: WorkingDays
    page: int = 0


async def load(session: AsyncSession, asked: Asked) -> Waiting:
    """What waits, counted, and the page asked for, or the last there is."""
    late = LEAD_DAYS if asked.tab is Tab.LEAD else CSM_DAYS
    ahead = PROMISES_AHEAD if asked.tab is Tab.SELLER else 0
    given: dict[str, Any] = {
        "me": asked.person_id,
        "in_workspace": asked.workspace_id,
        "today": asked.today,
        "horizon": asked.today + timedelta(days=ahead),
        "late_close": last_day_before(asked.today, late, asked.days),
    }
    rows = cast("Sequence[tuple[int, str, int]]", (await session.execute(_COUNTED[asked.tab], given)).all())
    counts = {(Urgency(row[0]), Wait(row[1])): row[2] for row in rows}
    total = sum(counts.values())
    if not total:
        return Waiting()
    given["skip"] = within(asked.page, total, WAITING_SHOWN) * WAITING_SHOWN
    shown = cast("Sequence[tuple[str, int]]", (await session.execute(_PAGED[asked.tab], given)).all())
    page = [(Wait(wait), number) for wait, number in shown]
    return Waiting(counts, tuple(await _whole(session, page, asked)))


async def _whole(
    session: AsyncSession, page: Sequence[tuple[Wait, int]], asked: Asked
) -> list[Item | Accept | LateKickoff]:
    """Each thing of the page as it is now; at most nine queries, whatever there is."""
    found: dict[tuple[Wait, int], Item | Accept | LateKickoff] = {}
    accepts = [number for wait, number in page if wait is Wait.ACCEPT]
    if accepts:
        for row in (await session.execute(_ACCEPT, {"ids": accepts})).all():
            where = (row.deal_id, row.customer, row.channel_id or "")
            found[Wait.ACCEPT, row.deal_id] = Accept(
                *where, row.version, row.score, row.submitted_at, row.slack_id or ""
            )
    kickoffs = [number for wait, number in page if wait is Wait.KICKOFF]
    if kickoffs:
        for row in (await session.execute(_KICKOFF, {"ids": kickoffs})).all():
            where = (row.deal_id, row.customer, row.channel_id or "")
            since = asked.days.between(row.closed_on, asked.today)
            found[Wait.KICKOFF, row.id] = LateKickoff(*where, since, row.booked_for, row.slack_id or "")
    others = {
        str(one): (wait, number)
        for wait, number in page
        if wait not in (Wait.ACCEPT, Wait.KICKOFF)
        for one in [Occurrence(Subject(wait.value), number, "open", asked.today)]
    }
    for item in await morning_items.items(session, list(others), asked.today, asked.days):
        found[others[str(item.occurrence)]] = item
    return [found[each] for each in page if each in found]
