"""Who has the deal, and when it is finished."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.access import Action
from domain.deals import DealState
from domain.outcome import Refused
from domain.picture import DealPicture
from domain.plan.undo_window import out_of_time
from handlers import deal_clock, front, outbox
from handlers.ledger import may_touch
from handlers.outbox import Done, notice, to_person
from handlers.people import Asker
from handlers.plan_making import plan_key
from handlers.services import Services
from handlers.webhooks.deals import refresh
from messages.brief import shows_confidential
from storage import audit, confidential, csms, home_changes, people, pictures
from storage.database import Tx
from storage.models import Deal
from storage.notices import NewNotice

ASSIGNED: Final = "csm_assigned"
NOTHING_TO_UNDO: Final = Refused("The CSM was changed meanwhile; name who it should be with `/deal assign @somebody`.")


@dataclass(frozen=True, slots=True)
class NotYetCsm:
    """The person named is no CSM; whoever asks may make them one."""

    picture: DealPicture
    slack_id: str


@dataclass(frozen=True, slots=True)
class Assigned(Done):
    """The deal has another CSM, with this Slack id; ``had_csm``: there was one to give it back to."""

    deal_id: int
    csm: str
    had_csm: bool


def cannot_take(target: Asker) -> str:
    """Why somebody can't have a part in a deal, in one plain sentence; '' when they can."""
    facts = target.facts
    if facts.is_bot or facts.is_deleted or facts.is_guest or facts.is_external:
        return "Pick a member of this workspace: no guest, no app, nobody of another company."
    return ""


async def assign(
    services: Services, asker: Asker, deal_id: int, slack_id: str, via: str, *, make_csm: bool = False
) -> Done | NotYetCsm | Refused:
    """Give the deal to another CSM. With ``make_csm`` the lead or an admin makes the person one at once."""
    target = await services.people.find(slack_id)
    unfit = cannot_take(target)
    async with services.db.write() as tx:
        picture = may_touch(services, asker, await pictures.load(tx.session, deal_id), Action.ASSIGN)
        if isinstance(picture, Refused):
            return picture
        if unfit:
            return Refused(unfit)
        if picture.csm is not None and picture.csm.id == target.card.id:
            return Refused(f"{target.card.name} is the CSM of this deal already.")
        if not await csms.is_active(tx.session, target.card.id):
            manage = front.may(asker, front.relation(services, asker, picture), Action.MANAGE_CSMS)
            if isinstance(manage, Refused):
                return Refused(f"{target.card.name} is not a CSM. {manage.reason}")
            if not make_csm:
                return NotYetCsm(picture, slack_id)
            await people.set_csm(tx.session, asker.workspace_id, target.card.id)
            await outbox.wrote(services, tx, asker, "csm_added", via, None, person=slack_id)
        await _give(services, tx, asker, picture, target, via)
    said = f"{target.card.name} is now the CSM of {picture.facts.account.name}."
    return Assigned(said, picture.id, slack_id, picture.csm is not None)


async def take_back(services: Services, asker: Asker, deal_id: int, csm: str, via: str) -> Done | Refused:
    """Undo that this person (a Slack id) became CSM, within ten minutes and as long as they are. Who did it may, or
    who may assign."""
    async with services.db.read() as session:
        last = await audit.newest(session, deal_id, ASSIGNED)
    if last is None:
        return NOTHING_TO_UNDO
    old, new = str(last.detail.get("old") or ""), str(last.detail.get("new") or "")
    target = await services.people.find(old) if old else None
    async with services.db.write() as tx:
        action = Action.WORK_ON_OWN if last.actor == asker.card.slack_id else Action.ASSIGN
        picture = may_touch(services, asker, await pictures.load(tx.session, deal_id), action)
        if isinstance(picture, Refused):
            return picture
        if target is None or picture.csm is None or not csm == new == picture.csm.slack_id:
            return NOTHING_TO_UNDO
        stopped = out_of_time(last.at, services.clock())
        unfit = cannot_take(target)
        if stopped is not None or unfit:
            return stopped or Refused(f"{target.card.name} can't have it any more. {unfit}")
        told = await csms.told(tx.session, picture.id)
        await _give(services, tx, asker, picture, target, via)
        await outbox.redraw(services, tx, told)
    return Done(f"{target.card.name} is the CSM of {picture.facts.account.name} again.")


async def _give(services: Services, tx: Tx, asker: Asker, picture: DealPicture, target: Asker, via: str) -> None:
    now = services.clock()
    deal = await tx.session.get_one(Deal, picture.id, with_for_update=True, populate_existing=True)
    deal.csm_id, deal.csm_why, deal.updated_at = target.card.id, f"Named by {asker.card.name}.", now
    await tx.session.flush()
    await people.note_assigned(tx.session, target.card.id, now)
    await deal_clock.follow_csm(services, tx, asker.workspace_id, picture.id, target.card.id)
    old = picture.csm
    if old is not None:
        home_changes.changed_for(tx.session, asker.workspace_id, [old.id], now)
    passed = await csms.pass_questions(tx.session, picture.id, old.id, target.card.id) if old else []
    detail = {"new": target.card.slack_id, "old": old.slack_id if old else ""}
    await outbox.wrote(services, tx, asker, ASSIGNED, via, picture.id, **detail)
    await refresh(services, tx, asker.workspace_id, picture.id, now)
    await outbox.redraw_deal(services, tx, picture, *(f"question:{number}:asked" for number in passed))
    facts = detail | {"by": asker.card.slack_id}
    key = f"deal:{picture.id}:csm:{target.card.id}:{now.isoformat()}"
    new = [notice(picture.id, "csm_assigned", key, now, facts=facts)]
    if target.card.id != asker.card.id:
        person = to_person(target.card.slack_id)
        facts_in_person = {**facts, "in_person": True}
        new.append(notice(picture.id, "csm_assigned", f"{key}:in_person", now, audience=person, facts=facts_in_person))
    await outbox.say(services, tx, *new, *await _confidential(services, tx, picture.id, target))


async def _confidential(services: Services, tx: Tx, deal_id: int, target: Asker) -> list[NewNotice]:
    """What the channel may not show is sent to the new CSM in person."""
    picture = await pictures.load(tx.session, deal_id)
    if picture is None or shows_confidential(picture) or not confidential.hides(picture):
        return []
    return confidential.notices_to(picture, (target.card.slack_id,), services.clock())


async def may_close(services: Services, asker: Asker, deal_id: int) -> DealPicture | Refused:
    """The deal, if the asker may finish it now."""
    async with services.db.read() as session:
        return closable(may_touch(services, asker, await pictures.load(session, deal_id), Action.CLOSE))


def closable(picture: DealPicture | Refused) -> DealPicture | Refused:
    """Only a deal whose channel is there can be finished."""
    if isinstance(picture, Refused) or picture.state is DealState.OPEN:
        return picture
    return Refused("This deal's channel is still being made; finish it once it is there.")


async def close(services: Services, asker: Asker, deal_id: int, via: str) -> Done | Refused:
    """Finish the deal and archive its channel."""
    async with services.db.write() as tx:
        picture = closable(may_touch(services, asker, await pictures.load(tx.session, deal_id), Action.CLOSE))
        if isinstance(picture, Refused):
            return picture
        now = services.clock()
        await set_state(tx, picture.id, DealState.CLOSED, now)
        await deal_clock.end(tx, picture.id)
        await outbox.wrote(services, tx, asker, "deal_closed", via, picture.id)
        # The lane keeps this order: last edits and last word first, then the channel is archived.
        await outbox.redraw_deal(services, tx, picture, plan_key(picture.id))
        facts = {"by": asker.card.slack_id}
        key = f"deal:{picture.id}:closed:{now.isoformat()}"
        await outbox.say(services, tx, notice(picture.id, "deal_closed", key, now, facts=facts))
        await outbox.errand(services, tx, picture.id, "archive_channel", f"deal:{picture.id}:archive")
    return Done(f"{picture.facts.account.name} is finished; its channel is being archived.")


async def set_state(tx: Tx, deal_id: int, state: DealState, now: datetime) -> None:
    """Write the deal's state."""
    deal = await tx.session.get_one(Deal, deal_id, with_for_update=True, populate_existing=True)
    deal.state, deal.updated_at = state.value, now
    await tx.session.flush()
