"""The notices that what people do causes, added in the transaction of the facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from domain.picture import DealPicture
from handlers.people import Asker
from handlers.services import Services
from storage import audit, held, notices
from storage.database import Tx
from storage.notices import NewNotice

TO_DEAL: Final = "deal"
SOON: Final = 2
"""Somebody is waiting for it."""


@dataclass(frozen=True, slots=True)
class Done:
    """It is done; ``sentence`` is plain text for whoever did it."""

    sentence: str


def to_person(slack_id: str) -> str:
    """The audience of a message to one person."""
    return f"person:{slack_id}"


def notice(
    deal_id: int,
    kind: str,
    key: str,
    now: datetime,
    *,
    audience: str = TO_DEAL,
    facts: Mapping[str, Any] | None = None,
    thread_key: str = "",
) -> NewNotice:
    """One thing to say in the order of its deal."""
    return NewNotice(
        key=key,
        kind=kind,
        lane=f"deal:{deal_id}",
        audience=audience,
        not_before=now,
        deal_id=deal_id,
        facts=dict(facts or {}),
        thread_key=thread_key,
        priority=SOON,
    )


async def say(services: Services, tx: Tx, *new: NewNotice) -> None:
    """Add notices and tell the engine."""
    ids = await notices.add(tx.session, services.people.workspace_id, new, services.clock())
    await services.engine.enqueue(tx, ids)


async def redraw(services: Services, tx: Tx, keys: Sequence[str]) -> None:
    """What was said under these keys is to be edited in place."""
    ids = await notices.bump(tx.session, services.people.workspace_id, keys, services.clock())
    await services.engine.enqueue(tx, ids)


async def redraw_deal(services: Services, tx: Tx, picture: DealPicture, *more: str) -> None:
    """Something about the deal or its handoff changed: card, announcement, brief and canvas follow."""
    deal = picture.id
    await redraw(services, tx, [f"deal:{deal}:card", f"deal:{deal}:announced", f"deal:{deal}:brief", *more])
    if picture.handoff is not None and picture.handoff.version:
        await errand(services, tx, deal, "sync_canvas", f"deal:{deal}:canvas")


async def errand(services: Services, tx: Tx, deal_id: int, kind: str, key: str) -> None:
    """Work to do in Slack that may be done again: added the first time, woken after that."""
    now = services.clock()
    new = NewNotice(key=key, kind=kind, lane=f"deal:{deal_id}", audience="", not_before=now, deal_id=deal_id)
    await say_or_redraw(services, tx, new)


async def say_or_redraw(services: Services, tx: Tx, new: NewNotice) -> None:
    """Add a notice; one that is there already is said or done again in its place."""
    now = services.clock()
    ids = await notices.add(tx.session, services.people.workspace_id, [new], now)
    if not ids:
        ids = await notices.bump(tx.session, services.people.workspace_id, [new.key], now)
    await services.engine.enqueue(tx, ids)


async def look_again(services: Services, slack_id: str, seconds: float = 0) -> None:
    """Somebody can be spoken to at other hours than before: what waits for them is looked at again, in a transaction of
    its own and after so many seconds. Mostly nothing waits, and nothing is written."""
    workspace, at = services.people.workspace_id, services.clock() + timedelta(seconds=seconds)
    async with services.db.read() as session:
        if not await held.is_any(session, workspace, slack_id, at):
            return
    async with services.db.write() as tx:
        await services.engine.enqueue(tx, await held.look_again(tx.session, workspace, slack_id, at))


async def wrote(
    services: Services,
    tx: Tx,
    asker: Asker,
    action: str,
    via: str,
    deal_id: int | None,
    **detail: Any,  # noqa: ANN401
) -> None:
    """Keep who did what in the audit log."""
    act = audit.Act(asker.card.slack_id, action, via, deal_id=deal_id, detail=detail)
    await audit.record(tx.session, asker.workspace_id, act, services.clock())
