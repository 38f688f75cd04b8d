"""How open deals stand, for the portfolios of many CSMs at once: a thousand deals at a time, five queries each time."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import BindParameter, Row, Table, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.deals import DealState
from domain.handoff import HandoffState
from domain.plan_picture import Milestone
from domain.portfolio import Standing
from storage import glances
from storage.models import Account, Commitment, Deal, Handoff, Question
from storage.plan_models import Milestone as MilestoneRow
from storage.plan_models import Plan
from storage.usage_cards import of_deals

AT_ONCE: Final = 1_000
"""Deals of a portfolio read at once, so that the memory it takes is the same for any number of deals."""
ALIVE: Final = (DealState.OPENING.value, DealState.OPEN.value)

_DEAL, _ACCOUNT, _HANDOFF, _QUESTION, _COMMITMENT, _PLAN, _MILESTONE = (
    cast("Table", model.__table__) for model in (Deal, Account, Handoff, Question, Commitment, Plan, MilestoneRow)
)
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_OPEN: Final = _MILESTONE.c.state.in_(("planned", "doing", "blocked"))
_WHOLE: Final = select(
    _DEAL.c.id,
    _DEAL.c.csm_id,
    _DEAL.c.channel_id,
    _ACCOUNT.c.name,
    _HANDOFF.c.state.label("handoff_state"),
    _HANDOFF.c.requested_at,
    _HANDOFF.c.decided_at,
    _PLAN.c.closed_on,
    _PLAN.c.early_win,
).select_from(
    _DEAL.join(_ACCOUNT, _ACCOUNT.c.id == _DEAL.c.account_id)
    .outerjoin(_HANDOFF, _HANDOFF.c.deal_id == _DEAL.c.id)
    .outerjoin(_PLAN, _PLAN.c.deal_id == _DEAL.c.id)
)
_ALIVE: Final = _WHOLE.where(
    _DEAL.c.workspace_id == bindparam("in_workspace"),
    _DEAL.c.state.in_(ALIVE),
    _DEAL.c.id > bindparam("after"),
).order_by(_DEAL.c.id)
_EVERYBODYS: Final = _ALIVE.limit(bindparam("most"))
_SOMEBODYS: Final = _ALIVE.where(_DEAL.c.csm_id.in_(bindparam("csms", expanding=True))).limit(bindparam("most"))
_THESE: Final = _WHOLE.where(_DEAL.c.id.in_(_IDS))
_RISKY: Final = (
    select(*glances.COLUMNS)
    .where(
        _MILESTONE.c.deal_id.in_(_IDS),
        _OPEN,
        or_(
            _MILESTONE.c.due < bindparam("horizon"),
            _MILESTONE.c.state == "blocked",
            _MILESTONE.c.kind.in_(("kickoff", "early_win")),
        ),
    )
    .order_by(_MILESTONE.c.deal_id, _MILESTONE.c.number)
)
_ASKED: Final = (
    select(_QUESTION.c.deal_id, func.count().label("many"), func.min(_QUESTION.c.asked_at).label("oldest"))
    .where(_QUESTION.c.deal_id.in_(_IDS), _QUESTION.c.state == "open")
    .group_by(_QUESTION.c.deal_id)
)
_PROMISED: Final = (
    select(_COMMITMENT.c.deal_id, func.count().label("many"), func.min(_COMMITMENT.c.due).label("oldest"))
    .where(
        and_(_COMMITMENT.c.deal_id.in_(_IDS), _COMMITMENT.c.state == "open", _COMMITMENT.c.due < bindparam("horizon"))
    )
    .group_by(_COMMITMENT.c.deal_id)
)


async def standings(
    session: AsyncSession, workspace_id: int, horizon: date, csm_ids: Sequence[int] | None = None, most: int = AT_ONCE
) -> AsyncGenerator[list[Standing]]:
    """How the open deals of these CSMs stand (None: of everybody), at most ``most`` at a time and five queries
    each time. What is due on ``horizon`` or later is no risk to anybody yet."""
    after = 0
    while True:
        given: dict[str, Any] = {"in_workspace": workspace_id, "after": after, "most": most}
        if csm_ids is None:
            deals = await glances.rows(session, _EVERYBODYS, given)
        else:
            deals = await glances.rows(session, _SOMEBODYS, given | {"csms": sorted(csm_ids)})
        if not deals:
            return
        after = deals[-1].id
        yield await _standings(session, deals, horizon)
        if len(deals) < most:
            return


async def standings_of(session: AsyncSession, deal_ids: Sequence[int], horizon: date) -> list[Standing]:
    """How these deals stand, at most ``AT_ONCE`` of them, in five queries."""
    deals = await glances.rows(session, _THESE, {"ids": sorted(deal_ids)})
    return await _standings(session, deals, horizon) if deals else []


async def _standings(session: AsyncSession, deals: Sequence[Row[Any]], horizon: date) -> list[Standing]:
    ids = {"ids": [row.id for row in deals]}
    milestones: defaultdict[int, list[Milestone]] = defaultdict(list)
    for row in await glances.rows(session, _RISKY, ids | {"horizon": horizon}):
        milestones[row.deal_id].append(glances.milestone(row))
    asked = {row.deal_id: row for row in await glances.rows(session, _ASKED, ids)}
    promised = {row.deal_id: row for row in await glances.rows(session, _PROMISED, ids | {"horizon": horizon})}
    falls = await of_deals(session, ids["ids"])
    found: list[Standing] = []
    for row in deals:
        questions, promises = asked.get(row.id), promised.get(row.id)
        state = HandoffState(row.handoff_state) if row.handoff_state else None
        found.append(
            Standing(
                deal_id=row.id,
                name=row.name,
                channel_id=row.channel_id or "",
                csm_id=row.csm_id,
                plan=glances.plan(row, milestones[row.id]),
                handoff=state,
                handoff_since=row.decided_at if state is HandoffState.RETURNED else row.requested_at,
                questions=questions.many if questions else 0,
                oldest_question=questions.oldest if questions else None,
                promises=promises.many if promises else 0,
                oldest_promise=promises.oldest if promises else None,
                usage=falls.get(row.id),
            )
        )
    return found
