"""What handoffs of a period taught: their first versions, returns, and questions after acceptance, by seller."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import BindParameter, Table, bindparam, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.handoff import Answers
from domain.retro import First
from storage.audit_models import AuditEntry
from storage.models import Deal, Handoff, HandoffVersion, Person, Question
from storage.types import UtcDateTime

NEWEST: Final = 1_000
"""First versions that are looked at: judging one takes a tenth of a millisecond."""
_DEAL, _PERSON, _HANDOFF, _VERSION, _QUESTION, _ENTRY = (
    cast("Table", model.__table__) for model in (Deal, Person, Handoff, HandoffVersion, Question, AuditEntry)
)
_SINCE: Final[BindParameter[datetime]] = bindparam("since", type_=UtcDateTime())
_WORKSPACE: Final = _DEAL.c.workspace_id == bindparam("workspace")
_SELLER: Final = func.coalesce(_PERSON.c.slack_id, "")
_FIRSTS: Final = (
    select(_SELLER, _VERSION.c.answers)
    .select_from(
        _VERSION.join(_HANDOFF, _HANDOFF.c.id == _VERSION.c.handoff_id)
        .join(_DEAL, _DEAL.c.id == _HANDOFF.c.deal_id)
        .outerjoin(_PERSON, _PERSON.c.id == _DEAL.c.ae_id)
    )
    .where(_WORKSPACE, _VERSION.c.version == 1, _VERSION.c.at >= _SINCE)
    .order_by(_VERSION.c.id.desc())
    .limit(NEWEST)
)
_BACK: Final = (
    select(_ENTRY.c.deal_id)
    .where(
        _ENTRY.c.workspace_id == bindparam("workspace"),
        _ENTRY.c.action == literal("handoff_returned", literal_execute=True),
        _ENTRY.c.at >= _SINCE,
    )
    .distinct()
)
_DECIDED: Final = (
    select(_SELLER, _ENTRY.c.deal_id, _ENTRY.c.action)
    .select_from(_ENTRY.join(_DEAL, _DEAL.c.id == _ENTRY.c.deal_id).outerjoin(_PERSON, _PERSON.c.id == _DEAL.c.ae_id))
    .where(
        _ENTRY.c.deal_id.in_(_BACK),
        _ENTRY.c.action.in_(("handoff_returned", "handoff_accepted", "handoff_undecided")),
        _ENTRY.c.at >= _SINCE,
    )
    .order_by(_ENTRY.c.id)
)
"""Every decision about deals whose handoff was given back, so that one that was undone does not count."""
_ASKED: Final = (
    select(_SELLER, func.count())
    .select_from(
        _HANDOFF.join(_DEAL, _DEAL.c.id == _HANDOFF.c.deal_id)
        .join(_QUESTION, _QUESTION.c.deal_id == _DEAL.c.id)
        .outerjoin(_PERSON, _PERSON.c.id == _DEAL.c.ae_id)
    )
    .where(
        _WORKSPACE,
        _HANDOFF.c.state == literal("accepted", literal_execute=True),
        _HANDOFF.c.decided_at >= _SINCE,
        _QUESTION.c.asked_at > _HANDOFF.c.decided_at,
    )
    .group_by(_SELLER)
)


@dataclass(frozen=True, slots=True)
class Taught:
    """By seller (a Slack id, '' for one who is not in this Slack)."""

    firsts: Sequence[First]
    returned: dict[str, int]
    asked: dict[str, int]


async def load(session: AsyncSession, workspace_id: int, since: datetime) -> Taught:
    """What was handed in, given back and asked since then; three queries."""
    given: dict[str, Any] = {"workspace": workspace_id, "since": since}
    firsts = [First(seller, Answers.from_json(answers)) for seller, answers in await _rows(session, _FIRSTS, given)]
    decided = (await session.execute(_DECIDED, given)).all()
    returned = _returned((str(seller), int(deal), str(action)) for seller, deal, action in decided)
    return Taught(firsts, returned, dict(await _rows(session, _ASKED, given)))


def _returned(decided: Iterable[tuple[str, int, str]]) -> dict[str, int]:
    """How often each seller's handoffs were given back; ``decided`` in the order it was done."""
    found: Counter[str] = Counter()
    last: dict[int, str] = {}
    for seller, deal, action in decided:
        if action == "handoff_returned":
            found[seller] += 1
        elif action == "handoff_undecided" and last.get(deal) == "handoff_returned":
            found[seller] -= 1
        last[deal] = action
    return dict(+found)


async def _rows(session: AsyncSession, statement: Any, given: dict[str, Any]) -> list[tuple[str, Any]]:  # noqa: ANN401
    rows = cast("list[tuple[str, Any]]", (await session.execute(statement, given)).all())
    return [(row[0], row[1]) for row in rows]
