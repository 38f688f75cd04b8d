"""A change to a plan: what a rule decided, and what the plan is afterwards. Nothing is kept here."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from domain.plan_picture import Milestone, PlanPicture


@dataclass(frozen=True, slots=True)
class ChosenPlaybook:
    """The playbook a plan follows from now on, and in `why` one plain sentence."""

    name: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class PlanChange:
    """What becomes of a plan.

    `action` is one word for the log (`move`, `done`, …). `said` is in the past tense, without the actor and the full
    stop, not escaped: “moved “Kickoff held” from Fri 4 Dec 2026 to Tue 8 Dec 2026”. `milestones` are the new or
    changed ones as they become (id 0: new); `removed` the numbers of those that go, which are never given again.
    `early_win` None leaves it. `firm` None leaves the dates as they are, True makes them firm, False tentative;
    `firm_at` since when, None for now.
    """

    action: str
    said: str
    milestones: tuple[Milestone, ...] = ()
    removed: tuple[int, ...] = ()
    early_win: str | None = None
    firm: bool | None = None
    firm_at: datetime | None = None
    playbook: ChosenPlaybook | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the plan stays as it is."""
        parts = (self.milestones, self.removed, self.early_win is not None, self.firm is not None, self.playbook)
        return not any(parts)


@dataclass(frozen=True, slots=True)
class Move:
    """A milestone whose day changes; `milestone` is as it was."""

    milestone: Milestone
    was: date | None
    becomes: date


class Held(StrEnum):
    """Why a milestone that counts from a moved one stays where it is."""

    SETTLED = "settled"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Stay:
    """A milestone that would move along but does not: it is done or skipped, or its day was set by hand."""

    milestone: Milestone
    why: Held


class ClashKind(StrEnum):
    """What a milestone clashes with: it is due after a key date of the customer's, or after the day a measure of
    success should be reached."""

    KEY_DATE = "key_date"
    METRIC = "metric"


@dataclass(frozen=True, slots=True)
class Clash:
    """A milestone planned for after the customer's day: `label` and `on` are theirs, `label` as typed."""

    number: int
    title: str
    due: date
    label: str
    on: date
    kind: ClashKind


@dataclass(frozen=True, slots=True)
class Effect:
    """What moving a milestone does, shown before it is done. `moves` begins with the milestone itself; then those that
    move along by the same number of working days, in the order of their days. `clashes`: of those moved, with their
    new days. `free_day`: nobody works on the new day (a weekend, a holiday)."""

    moves: tuple[Move, ...]
    stays: tuple[Stay, ...] = ()
    clashes: tuple[Clash, ...] = ()
    free_day: bool = False

    @property
    def along(self) -> tuple[Move, ...]:
        """Those that move along."""
        return self.moves[1:]


def highest_number(plan: PlanPicture) -> int:
    """The highest number ever given in this plan, 0 for none."""
    return max((plan.numbered, *(one.number for one in plan.milestones)))


def applied(plan: PlanPicture, change: PlanChange, now: datetime) -> PlanPicture:
    """The plan after the change: versions counted up, numbers kept, finished when nothing is open any more.

    New milestones still have id 0; whoever keeps them gives the ids.
    """
    by_number = {one.number: one for one in plan.milestones if one.number not in set(change.removed)}
    for one in change.milestones:
        known = plan.by_number(one.number)
        version = known.version + 1 if known else one.version
        by_number[one.number] = replace(one, version=version, changed_at=now)
    milestones = tuple(by_number[number] for number in sorted(by_number))
    firm_at = plan.firm_at
    if change.firm is not None:
        firm_at = (change.firm_at or plan.firm_at or now) if change.firm else None
    followed = change.playbook or ChosenPlaybook(plan.playbook, plan.playbook_title, plan.why)
    return replace(
        plan,
        playbook=followed.name,
        playbook_title=followed.title,
        why=followed.why,
        milestones=milestones,
        firm_at=firm_at,
        finished_at=_finished_at(milestones, now),
        early_win=plan.early_win if change.early_win is None else change.early_win,
        numbered=max((highest_number(plan), *by_number)),
        version=plan.version + 1,
    )


def _finished_at(milestones: tuple[Milestone, ...], now: datetime) -> datetime | None:
    """When the last one was settled, so that undoing and doing again gives the same moment."""
    if not milestones or any(one.is_open for one in milestones):
        return None
    return max((one.settled_at for one in milestones if one.settled_at is not None), default=now)
