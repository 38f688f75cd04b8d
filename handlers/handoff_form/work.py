"""One person at work on one handoff: what they see, what they have typed, and what others do meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Action
from domain.deals import DealState, prefill
from domain.handoff import FIELDS, Answers, HandoffState
from domain.outcome import Refused
from domain.picture import DealPicture, HandoffPicture
from handlers import front
from handlers.people import Asker
from handlers.services import Services
from messages.handoff_form import Form, Newer
from messages.handoff_list import ListShown
from messages.handoff_place import Place
from storage import audit, handoffs, notices, outlines
from storage.database import Tx

OTHERS_SINCE: Final = timedelta(days=7)
"""A draft nobody touched for longer is not shown to others."""

NO_DEAL: Final = Refused("This deal is not here any more.")
FINISHED: Final = Refused("This deal is finished; its handoff cannot be changed any more.")
NOT_WON: Final = Refused("There is nothing to hand over yet: this deal has not been won.")
IMPORTED: Final = Refused(
    "This customer was won before Baton came, so no handoff is asked for. An admin can begin one with "
    "`baton import deals` and `--start-plans`."
)


@dataclass(frozen=True, slots=True)
class Work:
    """`base` are the answers of the version it began from (`place.base`), `answers` the person's own so far, `typed`
    the raw text of what is not in them yet; `draft_at` when it was kept last, None when nothing was."""

    asker: Asker
    picture: DealPicture
    handoff: HandoffPicture
    place: Place
    base: Answers
    answers: Answers
    typed: dict[str, str]
    draft_at: datetime | None
    hidden: frozenset[str]
    now: datetime

    @property
    def theirs(self) -> Answers:
        """What stands now; before anything was handed in, what the form began with."""
        return self.handoff.answers if self.handoff.version else self.base


Change = Callable[[Answers, dict[str, str]], tuple[Answers, dict[str, str]]]
"""Takes the answers and raw texts kept so far, gives those to keep."""


async def begin(services: Services, asker: Asker, deal_id: int, base: int | None = None) -> Work | Refused:
    """Everything about this person's work on the deal's handoff, or why they cannot do it.

    Without `base` it goes on from their draft, else from the newest version.
    """
    async with services.db.read() as session:
        return await begin_in(session, services, asker, deal_id, base)


async def begin_in(
    session: AsyncSession, services: Services, asker: Asker, deal_id: int, base: int | None, *, lock: bool = False
) -> Work | Refused:
    """As `begin`, in the caller's session; with `lock` nobody else changes the handoff until its end."""
    outline = await outlines.load(session, deal_id, asker.card.id, lock=lock)
    if outline is None or outline.picture.workspace_id != asker.workspace_id:
        return NO_DEAL
    picture = outline.picture
    if picture.handoff is None:
        return NOT_WON if picture.state is DealState.PROSPECT else IMPORTED
    if picture.state is DealState.CLOSED:
        return FINISHED
    relation = front.relation(services, asker, picture)
    allowed = front.may(asker, relation, Action.EDIT_HANDOFF)
    if isinstance(allowed, Refused):
        return allowed
    sees = not isinstance(front.may(asker, relation, Action.SEE_CONFIDENTIAL), Refused)
    hidden = frozenset[str]() if sees else frozenset(field.name for field in FIELDS if field.confidential)
    return await _work(session, asker, outline, picture.handoff, base, hidden, services.clock())


async def _work(
    session: AsyncSession,
    asker: Asker,
    outline: outlines.Outline,
    handoff: HandoffPicture,
    base: int | None,
    hidden: frozenset[str],
    now: datetime,
) -> Work:
    picture, draft = outline.picture, outline.draft
    if base is None:
        base = draft.base_version if draft else handoff.version
    if draft and draft.base_version != base:
        draft = None
    began = await _answers_of(session, picture, handoff, base)
    return Work(
        asker=asker,
        picture=picture,
        handoff=handoff,
        place=Place(picture.id, handoff.id, base),
        base=began,
        answers=draft.answers if draft else began,
        typed=draft.typed if draft else {},
        draft_at=draft.updated_at if draft else None,
        hidden=hidden,
        now=now,
    )


async def _answers_of(session: AsyncSession, picture: DealPicture, handoff: HandoffPicture, version: int) -> Answers:
    if version == handoff.version and version:
        return handoff.answers
    found = await handoffs.version_answers(session, handoff.id, version) if version else None
    return prefill(picture.facts) if found is None else found


async def keep(services: Services, work: Work, change: Change) -> Work:
    """Change this person's draft in one transaction and return the work as it is then."""
    async with services.db.write() as tx:
        return await keep_in(tx, services, work, change)


async def keep_in(tx: Tx, services: Services, work: Work, change: Change) -> Work:
    """As `keep`, in the caller's transaction."""
    now = services.clock()
    draft = await handoffs.draft(tx.session, work.handoff.id, work.asker.card.id, lock=True)
    ours = draft is not None and draft.base_version == work.place.base
    answers, typed = change(draft.answers if draft and ours else work.base, dict(draft.typed) if draft and ours else {})
    await handoffs.save_draft(
        tx.session,
        work.handoff.id,
        work.asker.card.id,
        base_version=work.place.base,
        answers=answers,
        typed=typed,
        now=now,
    )
    if work.handoff.state is HandoffState.REQUESTED:
        act = audit.Act(work.asker.card.slack_id, "handoff_begun", "form", work.picture.id)
        await audit.record(tx.session, work.asker.workspace_id, act, now)
        ids = await notices.bump(tx.session, work.asker.workspace_id, [f"deal:{work.picture.id}:card"], now)
        await services.engine.enqueue(tx, ids)
    return replace(work, answers=answers, typed=typed, draft_at=now)


async def form_of(services: Services, work: Work) -> Form:
    """What the form shows."""
    handoff = work.handoff
    since = work.now - OTHERS_SINCE
    async with services.db.read() as session:
        others = await handoffs.other_drafters(session, handoff.id, work.asker.card.id, since)
    newer = None
    if handoff.version > work.place.base:
        by = handoff.submitted_by.slack_id if handoff.submitted_by else ""
        newer = Newer(handoff.version, by, handoff.submitted_at)
    return Form(
        place=work.place,
        account=work.picture.facts.account.name,
        answers=work.answers,
        typed=work.typed,
        now=work.now,
        zone=work.asker.card.zone,
        hidden=work.hidden,
        draft_at=work.draft_at,
        others=tuple(others),
        newer=newer,
        gaps=handoff.gaps if handoff.state is HandoffState.RETURNED else "",
    )


def list_of(work: Work, place: Place) -> ListShown:
    """One list of the form in its own view."""
    return ListShown(place, work.answers.items(place.field), work.typed.get(place.field, ""))
