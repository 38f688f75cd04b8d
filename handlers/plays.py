"""Plays seen, changed and put back: each change asked of a rule and kept in one transaction with what it causes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Action, relation_of
from domain.outcome import Refused
from domain.plan.undo_window import out_of_time
from domain.plays.picture import PlayPicture
from domain.plays.task import TaskChange
from handlers import front, outbox
from handlers.outbox import Done
from handlers.people import Asker
from handlers.play_making import refresh_digests
from handlers.services import Services
from messages.text import ago
from storage import audit, csms, plays
from storage.database import Tx

Rule = Callable[[PlayPicture], TaskChange | Refused]
"""What becomes of a play's task."""

NO_PLAY: Final = Refused("This task is not there any more.")
NO_CHANGE: Final = Refused("This change is not there any more.")
CHANGED_SINCE: Final = Refused("The task was changed again since; change it by hand instead.")


@dataclass(frozen=True, slots=True)
class Changed(Done):
    """It is done. ``change_id`` is what undoes it; ``play`` as it is now."""

    change_id: int
    play: PlayPicture


async def see(services: Services, asker: Asker, play_id: int) -> PlayPicture | Refused:
    """The play, for whoever may work on it."""
    async with services.db.read() as session:
        return await _allowed(services, session, asker, await plays.load(session, play_id))


async def change_play(services: Services, asker: Asker, play_id: int, rule: Rule, via: str) -> Changed | Refused:
    """Change a play as ``rule`` says. It is locked before the rule sees it: a stale button hears what the rule makes of
    the play as it is now."""
    async with services.db.write() as tx:
        play = await _allowed(services, tx.session, asker, await plays.lock(tx.session, play_id))
        if isinstance(play, Refused):
            return play
        change = rule(play)
        if isinstance(change, Refused):
            return Refused(f"{change.reason}{_by_whom(services, asker, play)}")
        change_id = await plays.apply(tx.session, play_id, change, by=asker.card, now=services.clock())
        await _told(services, tx, asker, play, f"play_{change.action}", via, said=change.said, change=change_id)
        becomes = await plays.load(tx.session, play_id)
        assert becomes is not None
        return Changed(f"You {change.said}.", change_id, becomes)


async def undo_change(services: Services, asker: Asker, change_id: int, via: str) -> Done | Refused:
    """Put back what one change did, within ten minutes and as long as nothing was done since."""
    async with services.db.write() as tx:
        stored = await plays.find_change(tx.session, change_id)
        if stored is None:
            return NO_CHANGE
        play = await _allowed(services, tx.session, asker, await plays.lock(tx.session, stored.play_id))
        if isinstance(play, Refused):
            return play
        # Read again under the lock: two who press at once come here one after the other.
        stored = await plays.find_change(tx.session, change_id)
        assert stored is not None
        now = services.clock()
        if stored.undone_at is not None:
            by = stored.undone_by.name if stored.undone_by else "Somebody"
            return Refused(f"{by} undid this {ago(stored.undone_at, now, asker.card.zone)}.")
        late = out_of_time(stored.at, now)
        if late is not None:
            return late
        if not stored.is_last:
            return CHANGED_SINCE
        await plays.undo(tx.session, change_id, by=asker.card, now=now)
        await _told(services, tx, asker, play, "play_undone", via, said=stored.said, change=change_id)
        return Done(f"You took back: {stored.said}.")


async def _allowed(
    services: Services, session: AsyncSession, asker: Asker, play: PlayPicture | None
) -> PlayPicture | Refused:
    """The play, if the asker may work on it: whoever is CSM of a deal of the customer, the lead, an admin; any CSM
    while the customer has none."""
    if play is None or play.workspace_id != asker.workspace_id:
        return NO_PLAY
    me = asker.card.slack_id
    mine = me in play.team or (not play.has_csm and await csms.is_active(session, asker.card.id))
    lead = me if front.is_lead(services, asker) else None
    relation = relation_of(me, ae=None, csm=me if mine else None, lead=lead)
    allowed = front.may(asker, relation, Action.WORK_ON_PLAY)
    return allowed if isinstance(allowed, Refused) else play


def _by_whom(services: Services, asker: Asker, play: PlayPicture) -> str:
    """Who settled it, for whoever comes too late."""
    if play.settled_by is None or play.settled_at is None:
        return ""
    return f" {play.settled_by.name} did it {ago(play.settled_at, services.clock(), asker.card.zone)}."


async def _told(
    services: Services, tx: Tx, asker: Asker, play: PlayPicture, action: str, via: str, *, said: str, change: int
) -> None:
    """Keep who did it, and let everything that shows the play be edited in place."""
    detail = {"play": play.id, "said": said, "change": change}
    act = audit.Act(asker.card.slack_id, action, via, subject=f"account:{play.account_id}", detail=detail)
    await audit.record(tx.session, asker.workspace_id, act, services.clock())
    await outbox.redraw(services, tx, [play.key])
    await refresh_digests(services, tx, play.id)
