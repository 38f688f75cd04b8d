"""A morning's digest as its reader sees it: every reminder with what became of the thing meanwhile."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.person import PersonCard
from domain.reminders import Occurrence
from domain.usage_alert import UsageAlertCard


@dataclass(frozen=True, slots=True)
class Item:
    """One thing somebody is reminded of.

    ``title`` and ``why`` are as typed, ``customer`` the customer's name; ``number`` what people call it by in its deal.
    ``due`` is its day now, ``late`` working days overdue. ``state`` is its own word (``blocked``, ``answered``,
    ``done``); ``settled``: nothing is left to do about it, by ``settled_by``. ``who`` does it or asked it. ``away``:
    snoozed to a later day meanwhile, or owned by somebody else. ``usage``: the fall it is about.
    """

    occurrence: Occurrence
    deal_id: int
    customer: str
    channel_id: str
    title: str = ""
    number: int = 0
    due: date | None = None
    late: int = 0
    state: str = ""
    settled: bool = False
    settled_by: PersonCard | None = None
    who: PersonCard | None = None
    why: str = ""
    unblocker: str = ""
    since: datetime | None = None
    kickoff: bool = False
    away: bool = False
    usage: UsageAlertCard | None = None


@dataclass(frozen=True, slots=True)
class MorningPicture:
    """The digest of one person for ``day``, looked at on ``today`` of theirs. ``said``: Slack shows it already, so what
    was settled since is struck through; before that it is left out. ``late_kickoffs``: deals whose late kickoff is told
    in a message of its own this morning."""

    reader: PersonCard
    day: date
    today: date
    items: tuple[Item, ...]
    said: bool = False
    late_kickoffs: frozenset[int] = frozenset()
