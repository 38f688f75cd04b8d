"""How many open deals each CSM has, kept as deals change hands, so that choosing one costs the same for any number."""

from collections import Counter
from typing import Any, Final

from sqlalchemy import event, func, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, sessionmaker

from domain.deals import DealState
from storage.models import Csm, Deal

OPEN: Final = frozenset({DealState.OPENING.value, DealState.OPEN.value})


async def count(session: AsyncSession, person_id: int) -> int:
    """The open deals of one person, counted."""
    statement = select(func.count()).where(Deal.csm_id == person_id, Deal.state.in_(OPEN))
    return (await session.scalars(statement)).one()


def keep_with(sessions: sessionmaker[Session]) -> None:
    """Let these sessions keep the numbers; what is written past the mapped deals is not seen."""
    event.listen(sessions, "before_flush", _keep)


def _keep(session: Session, _context: object, _instances: object) -> None:
    moved: Counter[int] = Counter()
    for deal in session.dirty | session.new:
        if isinstance(deal, Deal):
            _count(deal, moved)
    for person_id, by in sorted(moved.items()):
        if by:
            session.execute(
                update(Csm)
                .where(Csm.person_id == person_id)
                .values(open_deals=Csm.open_deals + by)
                .execution_options(synchronize_session=False)
            )


def _count(deal: Deal, moved: Counter[int]) -> None:
    csm_before, csm_now = _change(deal, "csm_id")
    state_before, state_now = _change(deal, "state")
    if csm_before and state_before in OPEN:
        moved[csm_before] -= 1
    if csm_now and state_now in OPEN:
        moved[csm_now] += 1


def _change(deal: Deal, name: str) -> tuple[Any, Any]:
    """The value before this flush and now."""
    history = inspect(deal).attrs[name].history
    now = (history.added or history.unchanged or (None,))[0]
    before = (history.deleted or history.unchanged or (None,))[0]
    return before, now
