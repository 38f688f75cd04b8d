"""What is decided about a row that is due: the seam between the clock and the rules of each kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import Calendars
from domain.usage.metrics import USUAL, Metrics
from storage.due import DueRow
from storage.notices import NewNotice


@dataclass(frozen=True, slots=True)
class Unsaid:
    """An occurrence that is left out, kept with the reason so that it can be found."""

    notice: NewNotice
    why: str


@dataclass(frozen=True, slots=True)
class Freshened:
    """The key of a message that is edited in place from ``at`` on, when nothing else is to be said."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one row. ``next_day`` is the local day to look again, at the row's wall time (None: never);
    ``why`` what was decided when nothing is said; ``zone`` another zone to go by, '' for the row's.

    ``freshened``: messages of which time alone changes the text. ``unsaid``: occurrences recorded as quiet.
    ``withdrawn``: keys of notices not said yet that these take the place of. ``covered``: the local day decided about;
    None for today in the zone. ``falls``: falls of usage (our ids) that a digest tells, and on which day.
    """

    row_id: int
    next_day: date | None
    notices: tuple[NewNotice, ...] = ()
    why: str = ""
    zone: str = ""
    unsaid: tuple[Unsaid, ...] = ()
    withdrawn: tuple[str, ...] = ()
    covered: date | None = None
    freshened: tuple[Freshened, ...] = ()
    falls: tuple[tuple[int, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Means:
    """What deciders are given besides rows and time. ``lead`` is a Slack id or an e-mail address, '' for none; ``zone``
    the fallback of the workspace; ``usage_weeks`` how many weeks the days of usage are kept, ``metrics``
    what its metrics mean."""

    calendars: Calendars
    lead: str = ""
    zone: str = "UTC"
    usage_weeks: int = 60
    metrics: Metrics = USUAL


class Decider(Protocol):
    """The rules of one kind of row."""

    async def decide(self, session: AsyncSession, rows: Sequence[DueRow], now: datetime) -> Sequence[Decision]:
        """Decide about these rows of one kind, at most 500, in a constant number of queries. A row without a decision
        is looked at again on the next day."""
        ...


Deciders = Mapping[str, Decider]
"""By kind of row; put together in ``scheduler.rules``."""
