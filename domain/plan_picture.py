"""A plan as a person sees it: its milestones with their people, dates and states, read once."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.person import PersonCard
from domain.playbook import CLOSE, REMIND, Kind, Raci, Role


class State(StrEnum):
    """Where a milestone stands. `done` and `skipped` are settled; all others are open."""

    PLANNED = "planned"
    DOING = "doing"
    BLOCKED = "blocked"
    DONE = "done"
    SKIPPED = "skipped"


OPEN = (State.PLANNED, State.DOING, State.BLOCKED)


@dataclass(frozen=True, slots=True)
class Milestone:
    """One milestone of one deal.

    `number` is what people call it by within the deal and never changes. `step` is its id in the playbook, '' when
    somebody added it. `due` is a local day of the customer's work, None for none. `after` and `working_days` say what
    it counts from (a step's id or `close`), so that it moves along. `owner` is the member named for it; without one it
    falls to whoever has the responsible role. `owner_name` is somebody at the customer. `why` is the reason of a
    blocked or skipped one, `unblocker` who can unblock it. `touched`: a person moved or changed it, so that another
    playbook or firm dates leave it alone. `booked_for`: the kickoff's appointment. `version` counts its changes.
    """

    id: int
    number: int
    title: str
    raci: Raci
    due: date | None = None
    state: State = State.PLANNED
    kind: Kind = Kind.OTHER
    step: str = ""
    about: str = ""
    after: str = CLOSE
    working_days: int | None = None
    by_day: int | None = None
    evidence_asked: str = ""
    evidence: str = ""
    why: str = ""
    unblocker: str = ""
    owner: PersonCard | None = None
    owner_name: str = ""
    remind: tuple[int, ...] = REMIND
    snoozed_until: date | None = None
    touched: bool = False
    booked_for: datetime | None = None
    settled_at: datetime | None = None
    settled_by: PersonCard | None = None
    changed_at: datetime | None = None
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done about it."""
        return self.state in OPEN

    @property
    def responsible(self) -> Role:
        """The role that does it."""
        return self.raci.responsible


@dataclass(frozen=True, slots=True)
class PlanPicture:
    """The plan of one deal; `milestones` in the order of their numbers. `closed_on` is the local day the deal was
    closed: day 0. `firm_at` None while the dates are tentative (the handoff is not accepted yet). `finished_at`: when
    the last milestone was settled. `early_win` is what was chosen at kickoff, '' before. `why` says why this playbook.
    `numbered` is the highest number ever given to a milestone of it: a number is never given twice. `made_at`: when the
    deal was told and the plan made.
    """

    deal_id: int
    playbook: str
    playbook_title: str
    why: str
    closed_on: date
    milestones: tuple[Milestone, ...]
    firm_at: datetime | None = None
    finished_at: datetime | None = None
    early_win: str = ""
    numbered: int = 0
    version: int = 1
    made_at: datetime | None = None

    def by_number(self, number: int) -> Milestone | None:
        """The milestone people call by this number."""
        return next((one for one in self.milestones if one.number == number), None)

    def by_id(self, milestone_id: int) -> Milestone | None:
        """The milestone with this row id."""
        return next((one for one in self.milestones if one.id == milestone_id), None)

    def of_kind(self, kind: Kind) -> Milestone | None:
        """The first milestone of this kind that was not skipped, e.g. the kickoff."""
        return next((one for one in self.milestones if one.kind is kind and one.state is not State.SKIPPED), None)
