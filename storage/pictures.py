"""Reads a deal whole, in a handful of queries, as the picture that messages and views are built from."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.deals import AccountFacts, DealFacts, DealState
from domain.handoff import Answers, HandoffState
from domain.picture import ChannelPicture, CommitmentPicture, DealPicture, HandoffPicture, PersonCard, QuestionPicture
from storage import plans
from storage.models import Account, Commitment, Deal, Handoff, Person, Question

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def person_card(person: Person) -> PersonCard:
    """A person's row as a card."""
    return PersonCard(
        id=person.id,
        slack_id=person.slack_id,
        name=person.name,
        email=person.email,
        locale=person.locale,
        zone=person.zone,
    )


def deal_facts(deal: Deal, account: Account) -> DealFacts:
    """The CRM's facts of a deal as they were last told."""
    return DealFacts(
        id=deal.external_id,
        name=deal.name,
        account=AccountFacts(
            id=account.external_id,
            name=account.name,
            domain=account.domain or None,
            segment=account.segment or None,
            region=account.region or None,
        ),
        closed_at=deal.closed_at or NEVER,
        owner_email=deal.owner_email,
        amount=deal.amount,
        currency=deal.currency or None,
        csm_email=deal.csm_email or None,
        crm_url=deal.crm_url or None,
        products=tuple(deal.products),
        plan=deal.plan or None,
        notes=deal.notes or None,
        playbook=deal.playbook or None,
    )


async def _people(session: AsyncSession, ids: set[int]) -> dict[int, PersonCard]:
    if not ids:
        return {}
    rows = (await session.scalars(select(Person).where(Person.id.in_(ids)))).all()
    return {person.id: person_card(person) for person in rows}


def _handoff(handoff: Handoff, people: dict[int, PersonCard]) -> HandoffPicture:
    return HandoffPicture(
        id=handoff.id,
        state=HandoffState(handoff.state),
        version=handoff.version,
        answers=Answers.from_json(handoff.answers),
        score=handoff.score,
        gaps=handoff.gaps,
        requested_at=handoff.requested_at,
        submitted_at=handoff.submitted_at,
        submitted_by=people.get(handoff.submitted_by or 0),
        decided_at=handoff.decided_at,
        decided_by=people.get(handoff.decided_by or 0),
        canvas_id=handoff.canvas_id,
        canvas_refused=handoff.canvas_refused,
    )


def _question(question: Question, people: dict[int, PersonCard]) -> QuestionPicture:
    return QuestionPicture(
        id=question.id,
        number=question.number,
        text=question.text,
        state=question.state,
        asker=people[question.asker_id],
        owner=people.get(question.owner_id or 0),
        asked_at=question.asked_at,
        answer=question.answer,
        answered_by=people.get(question.answered_by or 0),
        answered_at=question.answered_at,
    )


def _commitment(commitment: Commitment, people: dict[int, PersonCard]) -> CommitmentPicture:
    return CommitmentPicture(
        id=commitment.id,
        item_id=commitment.item_id,
        text=commitment.text,
        owner=commitment.owner,
        due=commitment.due,
        state=commitment.state,
        evidence=commitment.evidence,
        resolved_by=people.get(commitment.resolved_by or 0),
        resolved_at=commitment.resolved_at,
    )


def _people_ids(
    deal: Deal, handoff: Handoff | None, questions: Sequence[Question], commitments: Sequence[Commitment]
) -> set[int]:
    ids = [deal.ae_id, deal.csm_id]
    if handoff:
        ids += [handoff.submitted_by, handoff.decided_by]
    for question in questions:
        ids += [question.asker_id, question.owner_id, question.answered_by]
    ids += [commitment.resolved_by for commitment in commitments]
    return {number for number in ids if number is not None}


async def load(session: AsyncSession, deal_id: int, *, plan: bool = False) -> DealPicture | None:
    """The whole picture of one deal, or None when there is no such deal. Five queries by key, whatever its size; up to
    three more with its ``plan``."""
    row = (
        await session.execute(
            select(Deal, Account, Handoff)
            .join(Account, Account.id == Deal.account_id)
            .outerjoin(Handoff, Handoff.deal_id == Deal.id)
            .where(Deal.id == deal_id)
        )
    ).first()
    if row is None:
        return None
    deal, account, handoff = row
    questions = (
        await session.scalars(select(Question).where(Question.deal_id == deal_id).order_by(Question.number))
    ).all()
    commitments = (
        await session.scalars(
            select(Commitment).where(Commitment.deal_id == deal_id).order_by(Commitment.position, Commitment.id)
        )
    ).all()
    people = await _people(session, _people_ids(deal, handoff, questions, commitments))
    picture = picture_of(deal, account, handoff, people, questions, commitments)
    return replace(picture, plan=await plans.load(session, deal_id)) if plan else picture


def picture_of(
    deal: Deal,
    account: Account,
    handoff: Handoff | None,
    people: dict[int, PersonCard],
    questions: Sequence[Question] = (),
    commitments: Sequence[Commitment] = (),
) -> DealPicture:
    """The picture from its rows; ``people`` by our id."""
    return DealPicture(
        id=deal.id,
        workspace_id=deal.workspace_id,
        facts=deal_facts(deal, account),
        state=DealState(deal.state),
        stage=deal.stage,
        probability_percent=deal.probability_percent,
        expected_close=deal.expected_close,
        ae=people.get(deal.ae_id or 0),
        csm=people.get(deal.csm_id or 0),
        csm_why=deal.csm_why,
        channel=ChannelPicture(
            id=deal.channel_id or "",
            name=deal.channel_name,
            private=deal.channel_private,
            outsiders=deal.channel_outsiders,
        ),
        handoff=_handoff(handoff, people) if handoff else None,
        questions=tuple(_question(question, people) for question in questions),
        commitments=tuple(_commitment(commitment, people) for commitment in commitments),
    )


async def by_channel(
    session: AsyncSession, workspace_id: int, channel_id: str, *, plan: bool = False
) -> DealPicture | None:
    """The picture of the deal this channel belongs to."""
    deal_id = (
        await session.scalars(select(Deal.id).where(Deal.workspace_id == workspace_id, Deal.channel_id == channel_id))
    ).first()
    return await load(session, deal_id, plan=plan) if deal_id is not None else None
