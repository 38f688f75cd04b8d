"""Rules put together for ``plans.change_plan``: what a window changes at once becomes one change with one undo."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from domain.outcome import Refused
from domain.person import PersonCard
from domain.picture import DealPicture
from domain.plan import kickoff, steps
from domain.plan.change import Effect, PlanChange, applied
from domain.plan.moving import effect, moved
from domain.plan_picture import Milestone, PlanPicture
from domain.playbook import Kind, Role
from handlers.milestone_moves import TO_SHOW, DaysFor
from handlers.milestone_people import Owner
from handlers.plan_making import answers_of
from handlers.plans import NO_MILESTONE, Rule

NOTHING: Final = Refused("Nothing was changed.")
WRITTEN_DOWN: Final = frozenset({Kind.EARLY_WIN, Kind.CHECK_30, Kind.CHECK_90})
"""What the customer saw or answered is asked for, whatever the playbook says."""


@dataclass(frozen=True, slots=True)
class Edits:
    """What somebody changed in a milestone's window; None leaves a field as it is."""

    title: str | None = None
    about: str | None = None
    responsible: Role | None = None
    owner: Owner | None = None
    due: date | None = None


class Editing:
    """A rule that makes all edits one change. When other milestones would move along with a new day, the day waits:
    ``effect`` is then what is to be shown."""

    def __init__(self, number: int, edits: Edits, days_for: DaysFor, now: datetime) -> None:
        self._number, self._edits, self._days_for, self._now = number, edits, days_for, now
        self.effect: Effect | None = None

    def __call__(self, plan: PlanPicture, picture: DealPicture) -> PlanChange | Refused:
        """The change, a no, or TO_SHOW when nothing but the day is new and others would move along."""
        at, made = plan, list[PlanChange]()
        for step in (self._texts, self._owner, self._day):
            change = step(at, picture)
            if change is TO_SHOW and made:
                break
            if isinstance(change, Refused) and change != NOTHING:
                return change
            if isinstance(change, PlanChange):
                made.append(change)
                at = applied(at, change, self._now)
        return merged(made) if made else NOTHING

    def _texts(self, plan: PlanPicture, picture: DealPicture) -> PlanChange | Refused:
        edits = self._edits
        return steps.edit(plan, self._number, title=edits.title, about=edits.about, responsible=edits.responsible)

    def _owner(self, plan: PlanPicture, picture: DealPicture) -> PlanChange | Refused:
        owner = self._edits.owner
        return NOTHING if owner is None else steps.name_owner(plan, self._number, owner.card, owner.name)

    def _day(self, plan: PlanPicture, picture: DealPicture) -> PlanChange | Refused:
        one, to = plan.by_number(self._number), self._edits.due
        if one is None:
            return NO_MILESTONE
        if to is None or to == one.due:
            return NOTHING
        days = self._days_for(picture)
        found = effect(plan, self._number, to, days=days, answers=answers_of(picture))
        if isinstance(found, Refused):
            return found
        self.effect = found
        return TO_SHOW if found.along else moved(plan, found, days=days)


def merged(changes: Sequence[PlanChange]) -> PlanChange:
    """Several changes of the same milestones as one: each as it is in the end."""
    if len(changes) == 1:
        return changes[0]
    becomes = {one.number: one for change in changes for one in change.milestones}
    said = "; ".join(change.said for change in changes)
    return replace(changes[0], action="edit", said=said, milestones=tuple(becomes.values()))


def wants_evidence(one: Milestone) -> bool:
    """Whether it is asked how one can see it, by button as by command."""
    return bool(one.evidence_asked) or one.kind in WRITTEN_DOWN


def finished(number: int, evidence: str, by: PersonCard, now: datetime) -> Rule:
    """It is done; new evidence for one that is done already."""
    return lambda plan, _: steps.done(plan, number, evidence, by=by, now=now)


def held(early_win: str, on: date | None, evidence: str, by: PersonCard, now: datetime) -> Rule:
    """The kickoff was held, with its early win and how one can see it."""

    def rule(plan: PlanPicture, picture: DealPicture) -> PlanChange | Refused:
        change = kickoff.hold(plan, early_win, on=on, by=by, now=now)
        if isinstance(change, Refused) or not evidence or not change.milestones:
            return change
        number = change.milestones[0].number
        seen = steps.done(applied(plan, change, now), number, evidence, by=by, now=now)
        return seen if isinstance(seen, Refused) else replace(change, milestones=seen.milestones)

    return rule
