"""Usage of the product: recorded in bulk, packed by week, and read as the detector and the charts want it.

Accounts are known by the name the feed gives them. Those the CRM does not know (yet) are kept the same way: they are
left out where accounts are read, and belong there from the moment the CRM names them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.usage.history import History
from domain.usage.samples import Samples

WEEKS = 60


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of samples that were recorded: `new` and `updated` add up to all of them; `aside` of them are of
    accounts the CRM does not know, some of which are `unknown`."""

    new: int
    updated: int
    aside: int = 0
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadedFleet:
    """What `domain.usage.history.replay` takes. `accounts[n]` is the row id (`account.id`) of the history's account n
    (`AccountAlert.account`), whose `fleet.ids[n]` is the CRM's id."""

    history: History
    accounts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AccountWeeks:
    """One account's weeks in a row from `first_monday`: for each metric the sums, None where there is no row."""

    first_monday: date
    counts: Mapping[str, tuple[float | None, ...]]


async def record(session: AsyncSession, workspace_id: int, samples: Samples, now: datetime) -> Recorded:
    """Record sifted samples in the caller's transaction; of the same account, day and metric the last counts."""
    raise NotImplementedError


async def pack(session: AsyncSession, workspace_id: int, metrics: Collection[str], *, until: date, most: int) -> int:
    """Pack up to `most` weeks that changed, of these metrics and complete before `until`, in the caller's (write)
    transaction; how many there were. Call it, each time in a transaction of its own, until it gives 0; then
    `load_fleet` is quick. Not needed for `load_fleet` to be right."""
    raise NotImplementedError


async def load_fleet(
    session: AsyncSession,
    workspace_id: int,
    metrics: Sequence[str],
    *,
    until: date,
    weeks: int = WEEKS,
    patience: Mapping[int, float] | None = None,
    leaving_out: Collection[int] = (),
) -> LoadedFleet:
    """The last `weeks` complete weeks before the day `until` (a scan's day), of all accounts the CRM knows that have
    usage or were won in these weeks, ordered by row id. `patience` and `leaving_out` (customers who left) go by row id.
    """
    raise NotImplementedError


async def weeks_of(
    session: AsyncSession, account_pk: int, metrics: Sequence[str], *, until: date, weeks: int = WEEKS
) -> AccountWeeks:
    """The last `weeks` complete weeks before the day `until` of one account, never more than are known."""
    raise NotImplementedError


async def last_day(session: AsyncSession, workspace_id: int) -> date | None:
    """The newest day anything was told for; None when nothing ever was."""
    raise NotImplementedError


async def unknown_accounts(session: AsyncSession, workspace_id: int, limit: int) -> tuple[int, list[str]]:
    """How many accounts of the feed the CRM does not know, and the first of their names."""
    raise NotImplementedError
