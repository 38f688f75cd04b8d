"""Handing in: check, join with what others handed in meanwhile, and record it all in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from domain.handoff import Answers, HandoffEvent, HandoffState, advance, missing_required, too_large
from domain.handoff_merge import Conflict, merge
from domain.handoff_score import completeness
from domain.outcome import Refused
from handlers import front
from handlers.handoff_form import reading
from handlers.handoff_form.choices import chosen, settle
from handlers.handoff_form.dates import reader_of
from handlers.handoff_form.notices import tell_all
from handlers.handoff_form.opening import TITLE, root_change, stamp_of
from handlers.handoff_form.work import Work, begin, keep
from handlers.listen import Ack, Body
from handlers.services import Services
from messages.handoff_conflict import SHOWN, Conflicted, choice_name, conflict_view
from messages.handoff_place import load
from messages.note import note_view
from storage import audit, handoffs

TRIES: Final = 5
"""Times somebody else may be quicker in one go before the person is asked to try again."""


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
        place = load(body["view"]["private_metadata"])
        for _ in range(TRIES):
            work = await begin(self._services, asker, place.deal, place.base)
            if isinstance(work, Refused):
                await ack(front.on_top(body, TITLE, work.reason))
                return
            filled = self._fill(work, values)
            joined = _join(work, filled.answers)
            errors = {**missing_required(joined.answers), **too_large(joined.answers), **filled.errors}
            if errors or joined.conflicts:
                await keep(self._services, work, root_change(values, stamp_of(body)))
            if errors:
                await ack(response_action="errors", errors=_beside(errors, values))
                return
            if joined.conflicts:
                await ack(response_action="push", view=conflict_view(_conflicted(joined)))
                return
            if await self._finish(ack, joined, again=False):
                return
        await ack(front.on_top(body, TITLE, _BUSY))

    async def on_decided(self, ack: Ack, body: Body, context: Mapping[str, Any]) -> None:
        """The person chose between theirs and mine."""
        asker = front.asker_of(context)
        values = body["view"]["state"]["values"]
        place = load(body["view"]["private_metadata"])
        for _ in range(TRIES):
            work = await begin(self._services, asker, place.deal, place.base)
            if isinstance(work, Refused):
                await ack(front.on_top(body, TITLE, work.reason))
                return
            kept = self._kept(work)
            joined = _join(work, kept.answers)
            choices = chosen(joined.conflicts, values, work.handoff.version)
            if choices is None:
                again = work.handoff.version != place.against
                await ack(response_action="update", view=conflict_view(replace(_conflicted(joined), again=again)))
                return
            answers = settle(joined.answers, joined.mine, choices)
            errors = {**missing_required(answers), **too_large(answers), **kept.errors}
            if errors:
                await ack(response_action="errors", errors=_on_choices(errors, joined.conflicts, values))
                return
            if await self._finish(ack, replace(joined, answers=answers), again=True):
                return
        await ack(front.on_top(body, TITLE, _BUSY))

    def _fill(self, work: Work, values: reading.Values) -> reading.Filled:
        reader = reader_of(work.asker.card, self._services.clock)
        return reading.fill(work.answers, values, reader, _seed(work))

    def _kept(self, work: Work) -> reading.Filled:
        """Mine, as the form kept it when it was handed in: the draft with the lines typed into its lists."""
        values = {name: {name: {"type": "plain_text_input", "value": text}} for name, text in work.typed.items()}
        return self._fill(work, values)

    async def _finish(self, ack: Ack, joined: Joined, *, again: bool) -> bool:
        """Record it and close the form; False when somebody else was quicker."""
        outcome = await hand_in(self._services, joined)
        if isinstance(outcome, Same) and not again:
            text = f"Nothing differs from version {outcome.version}, so it stays as it is."
            await ack(response_action="update", view=note_view(TITLE, text))
        elif isinstance(outcome, Refused):
            await ack(response_action="update", view=note_view(TITLE, outcome.reason))
        elif outcome is None:
            return False
        elif again:
            await ack(response_action="clear")
        else:
            await ack()
        return True


async def hand_in(services: Services, joined: Joined) -> int | Same | Refused | None:
    """One transaction: the next version, the draft gone, the audit entry, the notices. Returns the version.

    None when somebody else was quicker, Same when nothing differs, Refused when it cannot be handed in now.
    """
    work, handoff, answers = joined.work, joined.work.handoff, joined.answers
    asker, now = work.asker, services.clock()
    state = advance(handoff.state, HandoffEvent.SUBMIT)
    if isinstance(state, Refused):
        return state
    if handoff.version and answers == handoff.answers and handoff.state is not HandoffState.RETURNED:
        async with services.db.write() as tx:
            await handoffs.drop_draft(tx.session, handoff.id, asker.card.id)
        return Same(handoff.version)
    async with services.db.write() as tx:
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
        await handoffs.drop_draft(tx.session, handoff.id, asker.card.id)
        detail = {"version": version, "base": work.place.base, "state": state.value}
        act = audit.Act(asker.card.slack_id, "handoff_submitted", "form", work.picture.id, f"v{version}", detail)
        await audit.record(tx.session, asker.workspace_id, act, now)
        await tell_all(services, tx, work, answers, version, now)
    return version


_BUSY: Final = (
    "Others are handing in the same handoff right now. Yours is kept as your draft; please press “Hand in” again."
)


def _seed(work: Work) -> str:
    return f"{work.handoff.id}:{work.asker.card.id}:{work.place.base}"


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
