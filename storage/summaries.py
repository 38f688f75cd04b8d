"""What summaries are made from, for hundreds of deals at once: a constant number of queries on tables."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from sqlalchemy import BindParameter, Executable, Row, Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.deals import AccountFacts, DealFacts, DealState
from domain.handoff import Answers, HandoffState
from domain.person import PersonCard
from domain.picture import ChannelPicture, CommitmentPicture, DealPicture, HandoffPicture, QuestionPicture
from domain.plan_picture import PlanPicture
from storage import plans
from storage.models import Account, Commitment, Deal, Handoff, Person, Question
from storage.pictures import NEVER
from storage.plan_models import Plan

FINISHED: Final = 500
"""How many of the newest finished deals the median is taken from."""

_DEAL, _ACCOUNT, _HANDOFF, _PERSON, _QUESTION, _COMMITMENT, _PLAN = (
    cast("Table", model.__table__) for model in (Deal, Account, Handoff, Person, Question, Commitment, Plan)
)
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_DEALS: Final = (
    select(
        _DEAL.c.id,
        _DEAL.c.workspace_id,
        _DEAL.c.external_id,
        _DEAL.c.name,
        _DEAL.c.state,
        _DEAL.c.closed_at,
        _DEAL.c.owner_email,
        _DEAL.c.csm_email,
        _DEAL.c.ae_id,
        _DEAL.c.csm_id,
        _DEAL.c.csm_why,
        _DEAL.c.channel_id,
        _DEAL.c.channel_name,
        _DEAL.c.channel_private,
        _DEAL.c.channel_outsiders,
        _ACCOUNT.c.external_id.label("account_id"),
        _ACCOUNT.c.name.label("account_name"),
        _HANDOFF.c.id.label("handoff_id"),
        _HANDOFF.c.state.label("handoff_state"),
        _HANDOFF.c.version.label("handoff_version"),
        _HANDOFF.c.score.label("handoff_score"),
        _HANDOFF.c.requested_at,
    )
    .select_from(
        _DEAL.join(_ACCOUNT, _ACCOUNT.c.id == _DEAL.c.account_id).outerjoin(_HANDOFF, _HANDOFF.c.deal_id == _DEAL.c.id)
    )
    .where(_DEAL.c.id.in_(_IDS))
)
_QUESTIONS: Final = (
    select(
        _QUESTION.c.id,
        _QUESTION.c.deal_id,
        _QUESTION.c.number,
        _QUESTION.c.text,
        _QUESTION.c.asker_id,
        _QUESTION.c.owner_id,
        _QUESTION.c.asked_at,
    )
    .where(_QUESTION.c.deal_id.in_(_IDS), _QUESTION.c.state == "open")
    .order_by(_QUESTION.c.deal_id, _QUESTION.c.number)
)
_PROMISES: Final = (
    select(
        _COMMITMENT.c.id,
        _COMMITMENT.c.deal_id,
        _COMMITMENT.c.item_id,
        _COMMITMENT.c.text,
        _COMMITMENT.c.owner,
        _COMMITMENT.c.due,
    )
    .where(_COMMITMENT.c.deal_id.in_(_IDS), _COMMITMENT.c.state == "open")
    .order_by(_COMMITMENT.c.deal_id, _COMMITMENT.c.position, _COMMITMENT.c.id)
)
_CARDS: Final = select(
    _PERSON.c.id, _PERSON.c.slack_id, _PERSON.c.name, _PERSON.c.email, _PERSON.c.locale, _PERSON.c.zone
).where(_PERSON.c.id.in_(_IDS))
_TOOK: Final = (
    select(_PLAN.c.closed_on, _PLAN.c.finished_at)
    .where(_PLAN.c.workspace_id == bindparam("in_workspace"), _PLAN.c.finished_at.is_not(None))
    .order_by(_PLAN.c.finished_at.desc())
    .limit(FINISHED)
)


async def load_many(session: AsyncSession, deal_ids: Sequence[int]) -> dict[int, DealPicture]:
    """Deals with their plan, open questions and open promises, in six queries for any number of them.

    What no summary shows is left out: the CRM's notes and amounts, the handoff's answers, settled questions.
    """
    if not deal_ids:
        return {}
    ids = {"ids": sorted(set(deal_ids))}
    deals = await _all(session, _DEALS, ids)
    asked, promised = await _all(session, _QUESTIONS, ids), await _all(session, _PROMISES, ids)
    planned = await plans.load_many(session, ids["ids"])
    cards = await _people(session, deals, asked)
    questions: defaultdict[int, list[QuestionPicture]] = defaultdict(list)
    for row in asked:
        questions[row.deal_id].append(_question(row, cards))
    promises: defaultdict[int, list[CommitmentPicture]] = defaultdict(list)
    for row in promised:
        promises[row.deal_id].append(CommitmentPicture(row.id, row.item_id, row.text, row.owner, row.due, "open"))
    return {
        row.id: _picture(row, cards, tuple(questions[row.id]), tuple(promises[row.id]), planned.get(row.id))
        for row in deals
    }


async def days_taken(session: AsyncSession, workspace_id: int) -> list[int]:
    """Calendar days the newest finished deals took from their close to their last milestone."""
    rows = (await session.execute(_TOOK, {"in_workspace": workspace_id})).all()
    return [(row.finished_at.date() - row.closed_on).days for row in rows]


async def _all(session: AsyncSession, statement: Executable, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
    return cast("Sequence[Row[Any]]", (await session.execute(statement, values)).all())


async def _people(
    session: AsyncSession, deals: Iterable[Row[Any]], questions: Iterable[Row[Any]]
) -> dict[int, PersonCard]:
    ids = {number for row in deals for number in (row.ae_id, row.csm_id)}
    ids |= {number for row in questions for number in (row.asker_id, row.owner_id)}
    ids.discard(None)
    if not ids:
        return {}
    return {row.id: PersonCard(*row) for row in (await session.execute(_CARDS, {"ids": sorted(ids)})).all()}


def _question(row: Row[Any], cards: Mapping[int, PersonCard]) -> QuestionPicture:
    asker, owner = cards[row.asker_id], cards.get(row.owner_id or 0)
    return QuestionPicture(row.id, row.number, row.text, "open", asker, owner, row.asked_at)


def _picture(
    row: Row[Any],
    cards: Mapping[int, PersonCard],
    questions: tuple[QuestionPicture, ...],
    promises: tuple[CommitmentPicture, ...],
    plan: PlanPicture | None,
) -> DealPicture:
    handoff = None
    if row.handoff_id is not None:
        handoff = HandoffPicture(
            row.handoff_id,
            HandoffState(row.handoff_state),
            row.handoff_version,
            Answers(),
            row.handoff_score,
            "",
            row.requested_at,
        )
    return DealPicture(
        id=row.id,
        workspace_id=row.workspace_id,
        facts=DealFacts(
            row.external_id,
            row.name,
            AccountFacts(row.account_id, row.account_name),
            row.closed_at or NEVER,
            row.owner_email,
            csm_email=row.csm_email or None,
        ),
        state=DealState(row.state),
        stage="",
        probability_percent=None,
        expected_close=None,
        ae=cards.get(row.ae_id or 0),
        csm=cards.get(row.csm_id or 0),
        csm_why=row.csm_why,
        channel=ChannelPicture(row.channel_id or "", row.channel_name, row.channel_private, row.channel_outsiders),
        handoff=handoff,
        questions=questions,
        commitments=promises,
        plan=plan,
    )
