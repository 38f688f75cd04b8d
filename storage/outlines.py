"""A deal as the handoff form needs it, in one query: each keystroke in the form asks for it."""

from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.picture import DealPicture
from storage.handoffs import Draft, draft_of
from storage.models import Account, Deal, Handoff, HandoffDraft, Person
from storage.pictures import person_card, picture_of


@dataclass(frozen=True, slots=True)
class Outline:
    """A deal's picture without its questions and promises, and one person's draft of the handoff."""

    picture: DealPicture
    draft: Draft | None


Row = tuple[
    Deal, Account, Handoff | None, HandoffDraft | None, Person | None, Person | None, Person | None, Person | None
]


def _query() -> Select[Deal, Account, Handoff, HandoffDraft, Person, Person, Person, Person]:
    ae, csm, submitter, decider = aliased(Person), aliased(Person), aliased(Person), aliased(Person)
    mine = and_(HandoffDraft.handoff_id == Handoff.id, HandoffDraft.person_id == bindparam("of_person"))
    return (
        select(Deal, Account, Handoff, HandoffDraft, ae, csm, submitter, decider)
        .join(Account, Account.id == Deal.account_id)
        .outerjoin(Handoff, Handoff.deal_id == Deal.id)
        .outerjoin(HandoffDraft, mine)
        .outerjoin(ae, ae.id == Deal.ae_id)
        .outerjoin(csm, csm.id == Deal.csm_id)
        .outerjoin(submitter, submitter.id == Handoff.submitted_by)
        .outerjoin(decider, decider.id == Handoff.decided_by)
        .where(Deal.id == bindparam("of_deal"))
    )


_OUTLINE: Final = _query()


async def load(session: AsyncSession, deal_id: int, person_id: int) -> Outline | None:
    """The outline of one deal, or None when there is no such deal."""
    found = (await session.execute(_OUTLINE, {"of_deal": deal_id, "of_person": person_id})).first()
    if found is None:
        return None
    deal, account, handoff, draft, *people = cast("Row", found)
    cards = {person.id: person_card(person) for person in people if person is not None}
    return Outline(picture_of(deal, account, handoff, cards), draft_of(draft) if draft else None)
