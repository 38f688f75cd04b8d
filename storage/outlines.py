"""A deal as the handoff form needs it, in one query: each keystroke in the form asks for it."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final, cast

from sqlalchemy import Select, Table, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.picture import DealPicture
from storage.handoffs import Draft, draft_of
from storage.models import Account, Deal, Handoff, HandoffDraft, Person
from storage.pictures import person_card, picture_of


@dataclass(frozen=True, slots=True)
class Outline:
    """A deal's picture without its questions and promises, and one person's draft of the handoff."""

    picture: DealPicture
    draft: Draft | None


_DEAL, _ACCOUNT, _HANDOFF, _DRAFT, _PERSON = (
    cast("Table", model.__table__) for model in (Deal, Account, Handoff, HandoffDraft, Person)
)
_PARTS: Final = {"deal": _DEAL, "account": _ACCOUNT, "handoff": _HANDOFF, "draft": _DRAFT}
_LINKS: Final = {
    "ae": _DEAL.c.ae_id,
    "csm": _DEAL.c.csm_id,
    "submitter": _HANDOFF.c.submitted_by,
    "decider": _HANDOFF.c.decided_by,
}
_CARD: Final = ("id", "slack_id", "name", "email", "locale", "zone")


def _query(*, handoff_there: bool) -> tuple[Select[Any], tuple[tuple[str, tuple[str, ...]], ...]]:
    """The query, and which of its columns, in order, belong to which part.

    Tables and not entities: making seven of them took more time than asking for them.
    """
    people = {name: _PERSON.alias(name) for name in _LINKS}
    mine = and_(_DRAFT.c.handoff_id == _HANDOFF.c.id, _DRAFT.c.person_id == bindparam("of_person"))
    joined = _DEAL.join(_ACCOUNT, _ACCOUNT.c.id == _DEAL.c.account_id)
    joined = joined.join(_HANDOFF, _HANDOFF.c.deal_id == _DEAL.c.id, isouter=not handoff_there).outerjoin(_DRAFT, mine)
    for name, link in _LINKS.items():
        joined = joined.outerjoin(people[name], people[name].c.id == link)
    layout = [(name, tuple(column.name for column in part.c)) for name, part in _PARTS.items()]
    layout += [(name, _CARD) for name in people]
    columns = [column for part in _PARTS.values() for column in part.c]
    columns += [person.c[name] for person in people.values() for name in _CARD]
    return select(*columns).select_from(joined).where(_DEAL.c.id == bindparam("of_deal")), tuple(layout)


_OUTLINE, _LAYOUT = _query(handoff_there=False)
_LOCKED: Final = _query(handoff_there=True)[0].with_for_update(of=_HANDOFF)
"""PostgreSQL locks only rows that are there for sure, and reads a locked one again when it had to wait for it."""


async def load(session: AsyncSession, deal_id: int, person_id: int, *, lock: bool = False) -> Outline | None:
    """The outline of one deal, or None when there is no such deal; ``lock`` keeps others off its handoff."""
    wanted = {"of_deal": deal_id, "of_person": person_id}
    row = (await session.execute(_LOCKED, wanted)).first() if lock else None
    row = row or (await session.execute(_OUTLINE, wanted)).first()
    if row is None:
        return None
    parts: dict[str, Any] = {}
    at = 0
    for name, columns in _LAYOUT:
        parts[name] = (
            SimpleNamespace(**dict(zip(columns, row[at : at + len(columns)], strict=True))) if row[at] else None
        )
        at += len(columns)
    return _outline(parts)


def _outline(parts: dict[str, Any]) -> Outline:
    """The parts have the models' columns as attributes, which is all that is read of them."""
    found = [parts[name] for name in _LINKS if parts[name]]
    cards = {person.id: person_card(person) for person in found}
    picture = picture_of(parts["deal"], parts["account"], parts["handoff"], cards)
    return Outline(picture, draft_of(parts["draft"]) if parts["draft"] else None)
