"""Questions and promises: asked, answered, withdrawn, kept. Each is one transaction with its notices."""

from datetime import datetime

from domain import commitments as promise_rules
from domain import questions as question_rules
from domain.access import Action
from domain.commitments import CommitmentState
from domain.deals import DealState
from domain.outcome import Refused
from domain.picture import CommitmentPicture, DealPicture, PersonCard, QuestionPicture
from domain.questions import QuestionState
from handlers import digests, front, outbox
from handlers.decisions import FINISHED, GONE
from handlers.outbox import Done, notice, to_person
from handlers.people import Asker
from handlers.services import Services
from messages import commitments as promise_texts
from messages import questions as question_texts
from storage import commitments, pictures, questions
from storage.database import Tx

NO_QUESTION = Refused("This question is not there any more.")
NO_PROMISE = Refused("This promise is not in the handoff any more.")
QUICKER = Refused("Somebody else was quicker; look at it again.")


def may_touch(services: Services, asker: Asker, picture: DealPicture | None, action: Action) -> DealPicture | Refused:
    """The deal, if the asker may do this to it now."""
    if picture is None or picture.workspace_id != asker.workspace_id:
        return GONE
    allowed = front.may(asker, front.relation(services, asker, picture), action)
    if isinstance(allowed, Refused):
        return allowed
    return FINISHED if picture.state is DealState.CLOSED else picture


async def ask(services: Services, asker: Asker, deal_id: int, text: str, via: str) -> Done | Refused:
    """Ask the seller; the CSM when the seller asks."""
    asked = question_rules.ask(text)
    if isinstance(asked, Refused):
        return asked
    async with services.db.write() as tx:
        picture = may_touch(services, asker, await pictures.load(tx.session, deal_id), Action.ASK)
        if isinstance(picture, Refused):
            return picture
        now, owner = services.clock(), _owner(picture, asker)
        question = await questions.add(
            tx.session,
            picture.id,
            text=asked.text,
            asker_id=asker.card.id,
            owner_id=owner.id if owner else None,
            now=now,
        )
        await outbox.wrote(services, tx, asker, "question_asked", via, picture.id, question=question.id)
        key = f"question:{question.id}:asked"
        new = notice(picture.id, "question_asked", key, now, facts={"question": question.id})
        await outbox.say(services, tx, new)
        await outbox.redraw_deal(services, tx, picture)
    who = owner.name if owner else "Everybody in the channel"
    return Done(f"Question {question.number} is asked. {who} is asked to answer; it stays open until then.")


def _owner(picture: DealPicture, asker: Asker) -> PersonCard | None:
    others = [card for card in (picture.ae, picture.csm) if card is not None and card.id != asker.card.id]
    return others[0] if others else None


async def answer(services: Services, asker: Asker, question_id: int, text: str, via: str) -> Done | Refused:
    """Answer an open question, and tell the asker in person."""
    return await _settle_question(services, asker, question_id, Action.ANSWER, text, via)


async def withdraw(services: Services, asker: Asker, question_id: int, via: str) -> Done | Refused:
    """Take a question back."""
    return await _settle_question(services, asker, question_id, Action.WITHDRAW_QUESTION, "", via)


async def reopen(services: Services, asker: Asker, question_id: int, via: str) -> Done | Refused:
    """Open a question again whose answer did not settle it."""
    return await _settle_question(services, asker, question_id, Action.ASK, "", via)


async def find_question(
    services: Services, asker: Asker, question_id: int, action: Action
) -> tuple[DealPicture, QuestionPicture] | Refused:
    """The question with its deal, if the asker may do this to it."""
    async with services.db.read() as session:
        row = await questions.get(session, question_id)
        picture = await pictures.load(session, row.deal_id) if row else None
    allowed = may_touch(services, asker, picture, action) if picture else NO_QUESTION
    if isinstance(allowed, Refused):
        return allowed
    question = question_texts.find(allowed, question_id)
    return (allowed, question) if question else NO_QUESTION


async def _settle_question(
    services: Services, asker: Asker, question_id: int, action: Action, text: str, via: str
) -> Done | Refused:
    async with services.db.write() as tx:
        row = await questions.get(tx.session, question_id)
        if row is None:
            return NO_QUESTION
        picture = may_touch(services, asker, await pictures.load(tx.session, row.deal_id), action)
        if isinstance(picture, Refused):
            return picture
        question = question_texts.find(picture, question_id)
        if question is None:
            return NO_QUESTION
        now, was = services.clock(), QuestionState(row.state)
        outcome = _question_rule(action, was, text)
        if isinstance(outcome, Refused):
            return Refused(question_texts.meanwhile(question, now, asker.card.zone) or outcome.reason)
        settled = outcome.state is not QuestionState.OPEN
        done = await questions.settle(
            tx.session,
            row,
            was=was,
            state=outcome.state,
            answer=outcome.text,
            by=asker.card.id if settled else None,
            at=now if settled else None,
        )
        if not done:
            return QUICKER
        what = {QuestionState.OPEN: "reopened"}.get(outcome.state, str(outcome.state))
        await outbox.wrote(services, tx, asker, f"question_{what}", via, picture.id, question=question_id)
        await outbox.redraw_deal(services, tx, picture, f"question:{question_id}:asked")
        await digests.refresh(services, tx, picture.id, f"question:{question_id}")
        if outcome.state is QuestionState.ANSWERED and question.asker.id != asker.card.id:
            await outbox.say(services, tx, _answered(picture, question, now))
    return Done(f"Question {question.number} is {'open again' if not settled else what}.")


def _question_rule(action: Action, was: QuestionState, text: str) -> question_rules.Settled | Refused:
    match action:
        case Action.ANSWER:
            # A second answer would silently replace the first.
            if was is QuestionState.ANSWERED:
                return Refused("This question was answered meanwhile.")
            return question_rules.answer(was, text)
        case Action.WITHDRAW_QUESTION:
            return question_rules.withdraw(was, text)
        case _:
            return question_rules.reopen(was)


def _answered(picture: DealPicture, question: QuestionPicture, now: datetime) -> outbox.NewNotice:
    key = f"question:{question.id}:answered:{now.isoformat()}"
    audience = to_person(question.asker.slack_id)
    return notice(picture.id, "question_answered", key, now, audience=audience, facts={"question": question.id})


async def find_promise(
    services: Services, asker: Asker, commitment_id: int
) -> tuple[DealPicture, CommitmentPicture] | Refused:
    """The promise with its deal, if the asker may settle it."""
    async with services.db.read() as session:
        row = await commitments.get(session, commitment_id)
        picture = await pictures.load(session, row.deal_id) if row else None
    allowed = may_touch(services, asker, picture, Action.SETTLE_COMMITMENT) if picture else NO_PROMISE
    if isinstance(allowed, Refused):
        return allowed
    promise = promise_texts.find(allowed, commitment_id)
    return (allowed, promise) if promise else NO_PROMISE


async def settle_promise(
    services: Services, asker: Asker, commitment_id: int, becomes: CommitmentState, note: str, via: str
) -> Done | Refused:
    """Keep, withdraw or open a promise again."""
    async with services.db.write() as tx:
        row = await commitments.get(tx.session, commitment_id)
        if row is None:
            return NO_PROMISE
        picture = may_touch(services, asker, await pictures.load(tx.session, row.deal_id), Action.SETTLE_COMMITMENT)
        if isinstance(picture, Refused):
            return picture
        promise = promise_texts.find(picture, commitment_id)
        if promise is None:
            return NO_PROMISE
        return await _settle_promise(services, tx, asker, picture, promise, becomes, note, via)


async def _settle_promise(
    services: Services,
    tx: Tx,
    asker: Asker,
    picture: DealPicture,
    promise: CommitmentPicture,
    becomes: CommitmentState,
    note: str,
    via: str,
) -> Done | Refused:
    now, was = services.clock(), CommitmentState(promise.state)
    outcome = _promise_rule(becomes, was, note)
    if isinstance(outcome, Refused):
        meanwhile = promise_texts.meanwhile(promise, now, asker.card.zone)
        return Refused(meanwhile or outcome.reason)
    settled = outcome.state is not CommitmentState.OPEN
    done = await commitments.settle(
        tx.session,
        promise.id,
        was=was,
        state=outcome.state,
        note=outcome.note,
        by=asker.card.id if settled else None,
        at=now if settled else None,
    )
    if not done:
        return QUICKER
    await outbox.wrote(services, tx, asker, f"commitment_{outcome.state}", via, picture.id, commitment=promise.id)
    facts = {"text": promise.text, "state": outcome.state.value, "note": outcome.note, "by": asker.card.slack_id}
    key = f"commitment:{promise.id}:{outcome.state}:{now.isoformat()}"
    thread = f"deal:{picture.id}:brief"
    await outbox.redraw_deal(services, tx, picture)
    await digests.refresh(services, tx, picture.id, f"promise:{promise.id}")
    new = notice(picture.id, "commitment_resolved", key, now, facts=facts, thread_key=thread)
    await outbox.say(services, tx, new)
    return Done("The promise is open again." if not settled else "It is written down.")


def _promise_rule(becomes: CommitmentState, was: CommitmentState, note: str) -> promise_rules.Settled | Refused:
    match becomes:
        case CommitmentState.DONE:
            return promise_rules.deliver(was, note)
        case CommitmentState.WITHDRAWN:
            return promise_rules.withdraw(was, note)
        case CommitmentState.OPEN:
            return promise_rules.undo(was)
