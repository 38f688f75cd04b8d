"""Notices that may have arrived or not, as the lead is told of them: one message for those of the same hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Table, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import notices
from storage.models import Account, Deal, Notice, Workspace
from storage.notices import ClaimedNotice, NewNotice

KIND: Final = "delivery_unsure"
RESENT: Final = "resent"
ARRIVED: Final = "arrived"
TOGETHER: Final = timedelta(hours=1)
"""What becomes unsure within this of the first is added to its message: Slack tells nobody of an edit."""
MOST: Final = 10
"""Of one message; the next gets one of its own."""
_SEARCHED: Final = 50
_PRIORITY: Final = 3

_NOTICE = cast("Table", Notice.__table__)
_OURS: Final = (_NOTICE.c.deal_id.is_(None), _NOTICE.c.kind == KIND)


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person said of a notice, ``RESENT`` or ``ARRIVED``; ``by`` is their Slack id."""

    what: str
    by: str
    at: datetime


async def tell(session: AsyncSession, notice: ClaimedNotice, why: str, audience: str, now: datetime) -> list[int]:
    """Let ``audience`` know of a notice that has just become unsure; the ids of what is to be said or edited."""
    workspace_id = notice.workspace_id
    await _one_at_a_time(session, workspace_id)
    letter = await _letter(session, notice, why, now)
    found = await session.execute(
        select(_NOTICE.c.id, _NOTICE.c.key, _NOTICE.c.facts)
        .where(
            *_OURS,
            _NOTICE.c.workspace_id == workspace_id,
            _NOTICE.c.audience == audience,
            or_(_NOTICE.c.created_at > now - TOGETHER, _NOTICE.c.ts == ""),
        )
        .order_by(_NOTICE.c.id.desc())
        .limit(1)
    )
    newest = found.first()
    if newest is not None and len(newest.facts["letters"]) < MOST:
        letters = [one for one in newest.facts["letters"] if one["notice"] != notice.id]
        await _keep(session, newest.id, newest.facts | {"letters": [*letters, letter]})
        return await notices.bump(session, workspace_id, [newest.key], now)
    new = NewNotice(
        key=f"unsure:{notice.id}:{now:%Y%m%dT%H%M%S}",
        kind=KIND,
        lane=f"unsure:{audience}",
        audience=audience,
        not_before=now,
        facts={"letters": [letter]},
        priority=_PRIORITY,
    )
    return await notices.add(session, workspace_id, [new], now)


async def decided(
    session: AsyncSession, workspace_id: int, notice_id: int, decision: Decided, now: datetime
) -> list[int]:
    """Write down in the messages that ask about a notice what somebody decided; the ids of those to be edited."""
    await _one_at_a_time(session, workspace_id)
    found = await session.execute(
        select(_NOTICE.c.id, _NOTICE.c.key, _NOTICE.c.facts)
        .where(*_OURS, _NOTICE.c.workspace_id == workspace_id)
        .order_by(_NOTICE.c.id.desc())
        .limit(_SEARCHED)
    )
    keys: list[str] = []
    for number, key, facts in found.all():
        letters = [_answered(one, notice_id, decision) for one in facts["letters"]]
        if letters != facts["letters"]:
            await _keep(session, number, facts | {"letters": letters})
            keys.append(key)
    return await notices.bump(session, workspace_id, keys, now)


async def arrived(session: AsyncSession, workspace_id: int, notice_id: int, by: str) -> bool:
    """A person saw that it arrived: it is never said again, nor edited, because nobody knows where it stands. False
    when somebody decided already."""
    statement = (
        update(_NOTICE)
        .where(_NOTICE.c.id == notice_id, _NOTICE.c.workspace_id == workspace_id, _NOTICE.c.state == notices.UNSURE)
        .values(state=notices.ARRIVED, why=f"{by} saw that it arrived")
        .returning(_NOTICE.c.id)
    )
    return (await session.scalars(statement)).first() is not None


def _answered(letter: Mapping[str, Any], notice_id: int, decision: Decided) -> Mapping[str, Any]:
    if letter["notice"] != notice_id or letter.get("decided"):
        return letter
    return {**letter, "decided": decision.what, "by": decision.by, "at": decision.at.isoformat()}


async def _letter(session: AsyncSession, notice: ClaimedNotice, why: str, now: datetime) -> dict[str, Any]:
    deal = None
    if notice.deal_id is not None:
        of_deal = (
            select(Account.name, Deal.channel_id)
            .join_from(Deal, Account, Account.id == Deal.account_id)
            .where(Deal.id == notice.deal_id)
        )
        deal = (await session.execute(of_deal)).first()
    return {
        "notice": notice.id,
        "kind": notice.kind,
        "audience": notice.audience,
        "customer": deal.name if deal else "",
        "channel": (deal.channel_id or "") if deal else "",
        "since": now.isoformat(),
        "why": why,
    }


async def _one_at_a_time(session: AsyncSession, workspace_id: int) -> None:
    """What becomes unsure at the same moment in several transactions belongs into one message."""
    await session.execute(select(Workspace.id).where(Workspace.id == workspace_id).with_for_update(key_share=True))


async def _keep(session: AsyncSession, notice_id: int, facts: Mapping[str, Any]) -> None:
    await session.execute(update(_NOTICE).where(_NOTICE.c.id == notice_id).values(facts=dict(facts)))
