"""The CSM's decision: accept the handoff, or return it with what is missing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.access import Action
from domain.deals import DealState
from domain.handoff import HandoffEvent, HandoffState, advance
from domain.limits import TEXT
from domain.outcome import Refused
from domain.picture import DealPicture, HandoffPicture
from domain.plan.undo_window import out_of_time
from handlers import digests, front, outbox, plan_making
from handlers.outbox import Done, notice
from handlers.people import Asker
from handlers.services import Services
from messages.handoffs import meanwhile
from storage import handoffs, pictures
from storage.database import Tx

GONE = Refused("This deal is not there any more.")
FINISHED = Refused("This deal is finished; nothing about it can be changed.")
QUICKER: Final = Refused("Somebody else was quicker; look at the brief again.")
ACCEPTED: Final = "handoff_accepted"
RETURNED: Final = "handoff_returned"
DECIDED: Final = (HandoffState.ACCEPTED, HandoffState.RETURNED)


@dataclass(frozen=True, slots=True)
class Decided(Done):
    """Accepted or returned: ``version`` of the handoff of ``deal_id``, by which it is undone."""

    deal_id: int
    version: int


def may_decide(
    services: Services, asker: Asker, picture: DealPicture | None, action: Action, event: HandoffEvent, version: int = 0
) -> HandoffState | Refused:
    """The state after the decision, or why not. ``version`` is the one the button was drawn for, 0 for the newest."""
    if picture is None or picture.handoff is None or picture.workspace_id != asker.workspace_id:
        return GONE
    allowed = front.may(asker, front.relation(services, asker, picture), action)
    if isinstance(allowed, Refused):
        return allowed
    if picture.state is DealState.CLOSED:
        return FINISHED
    state = advance(picture.handoff.state, event)
    decided = picture.handoff.state in (HandoffState.ACCEPTED, HandoffState.RETURNED)
    if (version and version != picture.handoff.version) or (isinstance(state, Refused) and decided):
        return Refused(meanwhile(picture, services.clock(), asker.card.zone))
    return state


async def accept(services: Services, asker: Asker, deal_id: int, version: int, via: str) -> Done | Refused:
    """Accept the handoff; ``version`` 0 means the newest."""
    async with services.db.write() as tx:
        picture = await pictures.load(tx.session, deal_id)
        state = may_decide(services, asker, picture, Action.ACCEPT, HandoffEvent.ACCEPT, version)
        if isinstance(state, Refused):
            return state
        return await _decide(services, tx, asker, picture, state, "", via)


async def give_back(
    services: Services, asker: Asker, deal_id: int, version: int, gaps: str, via: str
) -> Done | Refused:
    """Return the handoff with what is missing; ``version`` 0 means the newest."""
    gaps = gaps.strip()
    if not gaps:
        return Refused("Say what is missing, so that the seller knows what to add.")
    if len(gaps) > TEXT:
        return Refused(f"This has {len(gaps):,} characters; {TEXT:,} is the most.")
    async with services.db.write() as tx:
        picture = await pictures.load(tx.session, deal_id)
        state = may_decide(services, asker, picture, Action.RETURN, HandoffEvent.RETURN, version)
        if isinstance(state, Refused):
            return state
        return await _decide(services, tx, asker, picture, state, gaps, via)


async def _decide(
    services: Services,
    tx: Tx,
    asker: Asker,
    picture: DealPicture | None,
    state: HandoffState,
    gaps: str,
    via: str,
) -> Done | Refused:
    assert picture is not None
    assert picture.handoff is not None
    now, handoff = services.clock(), picture.handoff
    done = await handoffs.decide(
        tx.session,
        handoff.id,
        version=handoff.version,
        was=handoff.state,
        state=state,
        by=asker.card.id,
        gaps=gaps,
        now=now,
    )
    if not done:
        return QUICKER
    facts = {"by": asker.card.slack_id, "at": now.isoformat(), "version": handoff.version}
    kind = ACCEPTED
    if state is HandoffState.RETURNED:
        kind, facts["gaps"] = RETURNED, gaps
    else:
        facts["dates"] = "firm" if await plan_making.firm_plan(services, tx, picture, asker.card) else "kept"
    await outbox.wrote(services, tx, asker, kind, via, picture.id, version=handoff.version)
    key = await _key(tx, picture, handoff, kind, now)
    await outbox.say(services, tx, notice(picture.id, kind, key, now, facts=facts))
    await outbox.redraw_deal(services, tx, picture, plan_making.plan_key(picture.id))
    name = picture.facts.account.name
    if state is HandoffState.RETURNED:
        said = f"You returned the handoff of {name}; the seller is told what is missing."
    else:
        said = f"You accepted the handoff of {name}."
    return Decided(said, picture.id, handoff.version)


async def _key(tx: Tx, picture: DealPicture, handoff: HandoffPicture, kind: str, now: datetime) -> str:
    """Decided once more after an undo it is told once more."""
    key = f"deal:{picture.id}:{kind}:v{handoff.version}"
    told = key in await handoffs.decisions_told(tx.session, picture.id, handoff.version)
    return f"{key}:{now.isoformat()}" if told else key


async def take_back(services: Services, asker: Asker, deal_id: int, version: int, via: str) -> Done | Refused:
    """Undo the decision about this version, within ten minutes and as long as nothing came after it."""
    async with services.db.write() as tx:
        picture = await pictures.load(tx.session, deal_id)
        if picture is None or picture.handoff is None or picture.workspace_id != asker.workspace_id:
            return GONE
        handoff = picture.handoff
        stopped = _cannot_take_back(services, asker, picture, version)
        if stopped is not None:
            return stopped
        at = handoff.decided_at
        assert at is not None
        done = await handoffs.undecide(tx.session, handoff.id, version=version, was=handoff.state, decided_at=at)
        if not done:
            return QUICKER
        loose = handoff.state is HandoffState.RETURNED
        loose = loose or await plan_making.loosen_plan(services, tx, picture, asker.card, at)
        await outbox.wrote(services, tx, asker, "handoff_undecided", via, picture.id, version=version)
        told = await handoffs.decisions_told(tx.session, picture.id, version)
        await outbox.redraw_deal(services, tx, picture, plan_making.plan_key(picture.id), *told)
        await digests.refresh(services, tx, picture.id, f"handoff:{picture.id}")
        what = "returned" if handoff.state is HandoffState.RETURNED else "accepted"
        kept = "" if loose else " The plan was changed since, so its dates stay firm."
    return Done(f"The handoff of {picture.facts.account.name} is not {what} any more; it waits for a decision.{kept}")


def _cannot_take_back(services: Services, asker: Asker, picture: DealPicture, version: int) -> Refused | None:
    """Why this decision stays; None when it can be undone."""
    handoff, now = picture.handoff, services.clock()
    assert handoff is not None
    action = Action.RETURN if handoff.state is HandoffState.RETURNED else Action.ACCEPT
    allowed = front.may(asker, front.relation(services, asker, picture), action)
    if isinstance(allowed, Refused):
        return allowed
    if picture.state is DealState.CLOSED:
        return FINISHED
    if handoff.state not in DECIDED or handoff.decided_at is None or handoff.version != version:
        return Refused(meanwhile(picture, now, asker.card.zone))
    return out_of_time(handoff.decided_at, now)
