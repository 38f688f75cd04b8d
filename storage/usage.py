"""Usage of the product: recorded in bulk, packed by week, and read as the detector and the charts want it.

Accounts are known by the name the feed gives them. Those the CRM does not know (yet) are kept the same way: they are
left out where accounts are read, and belong there from the moment the CRM names them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import numpy as np
from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.deals import DealState
from domain.usage.fleet import LONG_AGO, make_fleet
from domain.usage.history import History, beginnings
from domain.usage.samples import Samples, monday_of, week_number
from storage import due, usage_bulk, usage_columns, usage_names
from storage.due import NewDue
from storage.models import Account, Deal
from storage.usage_columns import Matrix
from storage.usage_models import UsageAccount, UsageMetric
from storage.usage_names import Names

WEEKS: Final = 60
"""What the detector is given (issue D, "Measured")."""
RETENTION_KIND: Final = "usage_retention"
RETENTION_SUBJECT: Final = "usage"
AT_NIGHT: Final = time(3)


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


async def record(
    session: AsyncSession, workspace_id: int, samples: Samples, now: datetime, names: Names | None = None
) -> Recorded:
    """Record sifted samples in the caller's transaction; of the same account, day and metric the last counts.

    With the first of a workspace its retention begins. `names` keeps what was looked up from one batch to the next.
    """
    count = len(samples)
    if not count:
        return Recorded(0, 0)
    names = names or Names()
    if await usage_names.metric_ids(session, workspace_id, samples.metrics, names):
        night = NewDue(RETENTION_KIND, RETENTION_SUBJECT, "UTC", now.date() + timedelta(days=1), AT_NIGHT)
        await due.ensure(session, workspace_id, [night])
    accounts = set(samples.accounts)
    made = await usage_names.account_ids(session, workspace_id, accounts, names)
    rows = usage_bulk.week_rows(samples, names)
    there = await usage_bulk.already_there(session, rows, await usage_bulk.mark(session, rows), made)
    await usage_bulk.write(session, rows)
    await usage_bulk.keep_last_days(session, rows)
    new = rows.told - there
    unknown = accounts & names.unknown
    if not unknown:
        return Recorded(new, count - new)
    aside = count if len(unknown) == len(accounts) else sum(map(unknown.__contains__, samples.accounts))
    return Recorded(new, count - new, aside, tuple(sorted(unknown)))


async def pack(session: AsyncSession, workspace_id: int, metrics: Collection[str], *, until: date, most: int) -> int:
    """Pack up to `most` weeks that changed, of these metrics and complete before `until`, in the caller's (write)
    transaction; how many there were. Call it, each time in a transaction of its own, until it gives 0; then
    `load_fleet` is quick. Not needed for `load_fleet` to be right."""
    ids = await _metric_ids(session, workspace_id, metrics)
    return await usage_columns.pack(session, list(ids.values()), week_number(until), most)


async def pack_all(session: AsyncSession, workspace_id: int, *, most: int) -> int:
    """Like `pack`, for every metric and week there is: after an import."""
    ids = await session.scalars(select(UsageMetric.id).where(UsageMetric.workspace_id == workspace_id))
    return await usage_columns.pack(session, list(ids.all()), week_number(date.max), most)


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

    A metric nothing was told of in these weeks is left out, and so are the weeks before the first that is known.
    """
    last = week_number(until) - 1
    ids = await _metric_ids(session, workspace_id, metrics)
    columns = await usage_columns.known(session, list(ids.values()), last - weeks + 1, last)
    first = min((column.week for column in columns), default=last + 1)
    accounts = await _accounts(session, workspace_id, leaving_out)
    usage_ids = np.array([account.usage_id or -1 for account in accounts], np.int64)
    matrices: dict[str, Matrix] = {}
    for name in metrics:
        mine = [column for column in columns if column.metric == ids.get(name)]
        if mine:
            matrices[name] = await usage_columns.matrix(session, mine, first, last - first + 1, usage_ids)
    created = np.array([LONG_AGO if one.won is None else one.won - first for one in accounts], np.int64)
    kept = (created >= 0) & (created <= last - first)
    for matrix in matrices.values():
        kept |= ~np.isnan(matrix).all(axis=0)
    if not kept.all():
        matrices = {name: matrix[:, kept] for name, matrix in matrices.items()}
        accounts = [one for one, here in zip(accounts, kept.tolist(), strict=True) if here]
        created = created[kept]
    fleet = make_fleet(
        [one.external_id for one in accounts],
        created=beginnings(matrices, created).tolist(),
        regions=[one.region for one in accounts],
        segments=[one.segment for one in accounts],
        patience=[patience.get(one.id, 1.0) for one in accounts] if patience else None,
    )
    return LoadedFleet(History(monday_of(first), fleet, matrices), tuple(one.id for one in accounts))


async def weeks_of(
    session: AsyncSession, account_pk: int, metrics: Sequence[str], *, until: date, weeks: int = WEEKS
) -> AccountWeeks:
    """The last `weeks` complete weeks before the day `until` of one account, from the first it has a row in; none when
    it has none."""
    last = week_number(until) - 1
    feed = and_(UsageAccount.workspace_id == Account.workspace_id, UsageAccount.external_id == Account.external_id)
    found = select(Account.workspace_id, UsageAccount.id).join(UsageAccount, feed).where(Account.id == account_pk)
    account = (await session.execute(found)).first()
    if account is None:
        return AccountWeeks(monday_of(last + 1), dict.fromkeys(metrics, ()))
    ids = await _metric_ids(session, account[0], metrics)
    rows = await usage_columns.of_account(session, list(ids.values()), account[1], last - weeks + 1, last)
    first = min((week for _, week in rows), default=last + 1)
    counts = {name: tuple(rows.get((ids.get(name, 0), week)) for week in range(first, last + 1)) for name in metrics}
    return AccountWeeks(monday_of(first), counts)


async def last_day(session: AsyncSession, workspace_id: int) -> date | None:
    """The newest day anything was told for; None when nothing ever was."""
    newest = select(func.max(UsageMetric.last_day)).where(UsageMetric.workspace_id == workspace_id)
    found = (await session.scalars(newest)).one()
    return date.fromordinal(found) if found else None


async def metric_names(session: AsyncSession, workspace_id: int) -> list[str]:
    """Every metric the feed ever told of, by name."""
    names = select(UsageMetric.name).where(UsageMetric.workspace_id == workspace_id).order_by(UsageMetric.name)
    return list((await session.scalars(names)).all())


async def unknown_accounts(session: AsyncSession, workspace_id: int, limit: int) -> tuple[int, list[str]]:
    """How many accounts of the feed the CRM does not know, and the first `limit` of their names."""
    feed = and_(UsageAccount.workspace_id == Account.workspace_id, UsageAccount.external_id == Account.external_id)
    unknown = and_(UsageAccount.workspace_id == workspace_id, Account.id.is_(None))
    count = select(func.count()).select_from(UsageAccount).outerjoin(Account, feed).where(unknown)
    names = select(UsageAccount.external_id).outerjoin(Account, feed).where(unknown).order_by(UsageAccount.id)
    return (await session.scalars(count)).one(), list((await session.scalars(names.limit(limit))).all())


@dataclass(frozen=True, slots=True)
class _FleetAccount:
    """An account of the CRM; `usage_id` None when the feed never named it, `won` the week of its first deal."""

    id: int
    external_id: str
    region: str
    segment: str
    usage_id: int | None
    won: int | None = None


async def _accounts(session: AsyncSession, workspace_id: int, leaving_out: Collection[int]) -> list[_FleetAccount]:
    feed = and_(UsageAccount.workspace_id == Account.workspace_id, UsageAccount.external_id == Account.external_id)
    rows = await session.execute(
        select(Account.id, Account.external_id, Account.region, Account.segment, UsageAccount.id)
        .outerjoin(UsageAccount, feed)
        .where(Account.workspace_id == workspace_id)
        .order_by(Account.id)
    )
    first_deal = await session.execute(
        select(Deal.account_id, func.min(Deal.closed_at))
        .where(Deal.workspace_id == workspace_id, Deal.closed_at.is_not(None), Deal.state != DealState.PROSPECT.value)
        .group_by(Deal.account_id)
    )
    won: dict[int, int] = {account: week_number(at.date()) for account, at in first_deal.all() if at is not None}
    out = frozenset(leaving_out)
    return [
        _FleetAccount(pk, name, region, segment, usage_id, won.get(pk))
        for pk, name, region, segment, usage_id in rows.all()
        if pk not in out
    ]


async def _metric_ids(session: AsyncSession, workspace_id: int, names: Collection[str]) -> dict[str, int]:
    rows = await session.execute(
        select(UsageMetric.name, UsageMetric.id).where(
            UsageMetric.workspace_id == workspace_id, UsageMetric.name.in_(names)
        )
    )
    return {row[0]: row[1] for row in rows.all()}
