"""A play as a person sees it: everything its message, its windows or its rules may need, read once."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from domain.person import PersonCard
from domain.plays.changes import Effect
from domain.plays.keeping import Gone
from domain.plays.outcome import Outcome
from domain.plays.task import State, Task


@dataclass(frozen=True, slots=True)
class LastChange:
    """What somebody did to a play last; ``by`` None for Baton."""

    id: int
    by: PersonCard | None
    said: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PlayPicture:
    """One play. ``key`` is the occurrence its message has now, ``owner`` whose task it is (None: the team's), ``csm``
    False when the customer has no CSM. ``before`` and ``after`` are plans as billing calls them; ``currency`` that of
    the customer's deal, '' when unknown; ``channel_id`` the deal's channel, '' for none. ``returned``: it ended a
    cancellation. ``team``: Slack ids of those who are CSM of a deal of the customer."""

    id: int
    workspace_id: int
    account_id: int
    customer: str
    key: str
    effect: Effect
    before: str
    after: str
    at: datetime
    state: State
    due: date | None
    version: int
    delta: Decimal | None = None
    currency: str = ""
    effective_at: datetime | None = None
    reason: str = ""
    returned: bool = False
    owner: PersonCard | None = None
    has_csm: bool = True
    channel_id: str = ""
    snoozed_until: date | None = None
    outcome: Outcome | None = None
    gone: Gone | None = None
    settled_by: PersonCard | None = None
    settled_at: datetime | None = None
    last: LastChange | None = None
    team: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state is State.OPEN and self.gone is None

    @property
    def task(self) -> Task:
        """What the rules of tasks look at."""
        return Task(self.effect, self.state, self.due, self.snoozed_until, self.outcome, self.gone)
