"""The CSM's decision: accept the handoff, or return it with what is missing."""

from domain.access import Action
from domain.deals import DealState
from domain.handoff import HandoffEvent, HandoffState, advance
from domain.limits import TEXT
from domain.outcome import Refused
from domain.picture import DealPicture, HandoffPicture
from handlers import front, outbox, plan_making
from handlers.outbox import Done, notice
from handlers.people import Asker
from handlers.services import Services
from messages.handoffs import meanwhile
from storage import handoffs, pictures
from storage.database import Tx

GONE = Refused("This deal is not there any more.")
FINISHED = Refused("This deal is finished; nothing about it can be changed.")


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
        return Refused("Somebody else was quicker; look at the brief again.")
    facts = {"by": asker.card.slack_id, "at": now.isoformat(), "version": handoff.version}
    kind = "handoff_accepted"
    if state is HandoffState.RETURNED:
        kind, facts["gaps"] = "handoff_returned", gaps
    else:
        facts["dates"] = "firm" if await plan_making.firm_plan(services, tx, picture, asker.card) else "kept"
    await outbox.wrote(services, tx, asker, kind, via, picture.id, version=handoff.version)
    await outbox.say(services, tx, notice(picture.id, kind, _key(picture, handoff, kind), now, facts=facts))
    await outbox.redraw_deal(services, tx, picture, plan_making.plan_key(picture.id))
    name = picture.facts.account.name
    if state is HandoffState.RETURNED:
        return Done(f"You returned the handoff of {name}; the seller is told what is missing.")
    return Done(f"You accepted the handoff of {name}.")


def _key(picture: DealPicture, handoff: HandoffPicture, kind: str) -> str:
    return f"deal:{picture.id}:{kind}:v{handoff.version}"
