"""Handing in: check, join with what others handed in meanwhile, and record it all in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from domain.handoff import Answers, HandoffEvent, HandoffState, advance, missing_required, too_large
from domain.handoff_lines import LinesRead
from domain.handoff_merge import Conflict, merge
from domain.handoff_score import completeness
from domain.outcome import Refused
from handlers import front
from handlers.handoff_form import reading
from handlers.handoff_form.choices import chosen, settle
from handlers.handoff_form.dates import reader_of
from handlers.handoff_form.notices import tell_all
from handlers.handoff_form.opening import TITLE, root_change, stamp_of
from handlers.handoff_form.places import place_of
from handlers.handoff_form.work import Work, begin_in, keep_in
from handlers.listen import Ack, Body
from handlers.people import Asker
from handlers.services import Services
from messages.handoff_conflict import SHOWN, Conflicted, choice_name, conflict_view
from messages.handoff_place import Place
from messages.note import note_view
from storage import audit, handoffs
from storage.database import Tx

Answer = dict[str, Any] | None
"""What a submission is answered; empty to close the form, None when somebody else was quicker."""


@dataclass(frozen=True, slots=True)
class Joined:
    """What would be handed in, and what of it the person must decide first."""

    work: Work
    mine: Answers
    answers: Answers
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Same:
    """Nothing differs from the version that is there."""

    version: int


class Submission:
    """The handlers of the form's and of the conflict view's “Hand in”."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_submit(self, ack: Ack, body: Body, context: Mapping[str, Any]) -> None:
        """The form is handed in."""
        asker = front.asker_of(context)
        values = body["view"]["state"]["values"]
        place = place_of(body)
        # Reading dates takes time, which nobody else should wait for: it is done before the transaction.
        lines = reading.read_lines(values, reader_of(asker.card, self._services.clock), _seed(place, asker))
        async with self._services.db.write() as tx:
            work = await begin_in(tx.session, self._services, asker, place.deal, place.base, lock=True)
            if isinstance(work, Refused):
                answer: Answer = front.on_top(body, TITLE, work.reason)
            else:
                answer = await self._submit(tx, work, values, lines, stamp_of(body))
        await _give(ack, front.on_top(body, TITLE, _BUSY) if answer is None else answer)

    async def _submit(
        self, tx: Tx, work: Work, values: reading.Values, lines: Mapping[str, LinesRead], stamp: str
    ) -> Answer:
        filled = reading.fill(work.answers, values, lines)
        joined = _join(work, filled.answers)
        errors = {**missing_required(joined.answers), **too_large(joined.answers), **filled.errors}
        if not errors and not joined.conflicts:
            return await self._finish(tx, joined, again=False)
        await keep_in(tx, self._services, work, root_change(values, stamp))
        if errors:
            return {"response_action": "errors", "errors": _beside(errors, values)}
        return {"response_action": "push", "view": conflict_view(_conflicted(joined))}

    async def on_decided(self, ack: Ack, body: Body, context: Mapping[str, Any]) -> None:
        """The person chose between theirs and mine."""
        asker = front.asker_of(context)
        values = body["view"]["state"]["values"]
        place = place_of(body)
        async with self._services.db.write() as tx:
            work = await begin_in(tx.session, self._services, asker, place.deal, place.base, lock=True)
            if isinstance(work, Refused):
                answer: Answer = front.on_top(body, TITLE, work.reason)
            else:
                answer = await self._decide(tx, work, values, place.against)
        await _give(ack, front.on_top(body, TITLE, _BUSY) if answer is None else answer)

    async def _decide(self, tx: Tx, work: Work, values: reading.Values, against: int) -> Answer:
        kept = self._kept(work)
        joined = _join(work, kept.answers)
        choices = chosen(joined.conflicts, values, work.handoff.version)
        if choices is None:
            again = work.handoff.version != against
            return {
                "response_action": "update",
                "view": conflict_view(replace(_conflicted(joined), again=again)),
            }
        answers = settle(joined.answers, joined.mine, choices)
        errors = {**missing_required(answers), **too_large(answers), **kept.errors}
        if errors:
            return {"response_action": "errors", "errors": _on_choices(errors, joined.conflicts, values)}
        return await self._finish(tx, replace(joined, answers=answers), again=True)

    def _kept(self, work: Work) -> reading.Filled:
        """Mine, as the form kept it when it was handed in: the draft with the lines typed into its lists."""
        values = {name: {name: {"type": "plain_text_input", "value": text}} for name, text in work.typed.items()}
        reader = reader_of(work.asker.card, self._services.clock)
        return reading.fill(work.answers, values, reading.read_lines(values, reader, _seed(work.place, work.asker)))

    async def _finish(self, tx: Tx, joined: Joined, *, again: bool) -> Answer:
        """Record it and close the form; None when somebody else was quicker."""
        match await hand_in(self._services, tx, joined):
            case Same(version) if not again and not _mine_just_now(joined.work):
                text = f"Nothing differs from version {version}, so it stays as it is."
                return {"response_action": "update", "view": note_view(TITLE, text)}
            case Refused(reason):
                return {"response_action": "update", "view": note_view(TITLE, reason)}
            case None:
                return None
            case _:
                return {"response_action": "clear"} if again else {}


def _mine_just_now(work: Work) -> bool:
    """Whether this very form was handed in already: its answer was lost on the way and the person pressed again."""
    by = work.handoff.submitted_by
    return by is not None and by.id == work.asker.card.id and work.handoff.version == work.place.base + 1


async def hand_in(services: Services, tx: Tx, joined: Joined) -> int | Same | Refused | None:
    """The next version, the draft gone, the audit entry and the notices, in the caller's transaction. Returns the
    version.

    None when somebody else was quicker, Same when nothing differs, Refused when it cannot be handed in now.
    """
    work, handoff, answers = joined.work, joined.work.handoff, joined.answers
    asker, now = work.asker, services.clock()
    state = advance(handoff.state, HandoffEvent.SUBMIT)
    if isinstance(state, Refused):
        return state
    if work.draft_at is not None:
        await handoffs.drop_draft(tx.session, handoff.id, asker.card.id)
    if handoff.version and answers == handoff.answers and handoff.state is not HandoffState.RETURNED:
        return Same(handoff.version)
    version = await handoffs.submit(
        tx.session,
        handoff.id,
        work.picture.id,
        based_on=handoff.version,
        was=handoff.state,
        before=handoff.answers,
        state=state,
        answers=answers,
        score=completeness(answers).score,
        author_id=asker.card.id,
        now=now,
    )
    if version is None:
        return None
    detail = {"version": version, "base": work.place.base, "state": state.value}
    act = audit.Act(asker.card.slack_id, "handoff_submitted", "form", work.picture.id, f"v{version}", detail)
    await audit.record(tx.session, asker.workspace_id, act, now)
    await tell_all(services, tx, work, answers, version, now)
    return version


async def _give(ack: Ack, answer: Mapping[str, Any]) -> None:
    if answer:
        await ack(dict(answer))
    else:
        await ack()


_BUSY: Final = (
    "Others are handing in the same handoff right now. Yours is kept as your draft; please press “Hand in” again."
)


def _seed(place: Place, asker: Asker) -> str:
    return f"{place.handoff}:{asker.card.id}:{place.base}"


def _join(work: Work, mine: Answers) -> Joined:
    merged = merge(work.base, work.theirs, mine)
    return Joined(work, mine, merged.answers, merged.conflicts)


def _conflicted(joined: Joined) -> Conflicted:
    handoff = joined.work.handoff
    by = handoff.submitted_by.slack_id if handoff.submitted_by else ""
    return Conflicted(replace(joined.work.place, against=handoff.version), joined.conflicts, by)


def _beside(errors: Mapping[str, str], values: reading.Values) -> dict[str, str]:
    """Each error beside its field; one about a field that is not in the form beside the first that is."""
    shown = {name: text for name, text in errors.items() if name in values}
    return shown or {next(iter(values)): " ".join(errors.values())}


def _on_choices(errors: Mapping[str, str], conflicts: tuple[Conflict, ...], values: reading.Values) -> dict[str, str]:
    """The errors beside the choice about their field, else beside the first."""
    names = {conflict.field: choice_name(conflict) for conflict in conflicts[:SHOWN]}
    first = next(iter(values))
    return {names.get(field, first): text for field, text in errors.items()}
