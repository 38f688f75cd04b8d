"""One customer's usage as people see it, and how a customer is found by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.deals import DealState
from domain.usage.metrics import Metrics
from domain.usage.samples import monday_of, week_number
from domain.usage.trend import AccountTrend, trend_of
from storage import deals, usage
from storage.models import Account, Deal, Person
from storage.usage_models import UsageColumn, UsageMetric

MANY: Final = 2_000
"""Names looked at for the nearest one: comparing them takes some 50 ms."""


@dataclass(frozen=True, slots=True)
class Customer:
    """An account by our id; ``sellers`` and ``csms`` are the Slack ids of whoever has a deal of it."""

    id: int
    workspace_id: int
    name: str
    sellers: frozenset[str] = frozenset()
    csms: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Named:
    """An account that a name may mean, by our id."""

    id: int
    name: str


async def load(session: AsyncSession, account_pk: int) -> Customer | None:
    """A customer with the people of its deals; None when it is gone."""
    account = await session.get(Account, account_pk)
    if account is None:
        return None
    rows = await session.execute(
        select(Person.slack_id, Deal.ae_id == Person.id, Deal.csm_id == Person.id)
        .join(Deal, or_(Deal.ae_id == Person.id, Deal.csm_id == Person.id))
        .where(Deal.account_id == account_pk, Deal.state != DealState.PROSPECT.value)
    )
    found = rows.all()
    return Customer(
        account.id,
        account.workspace_id,
        account.name,
        frozenset(slack_id for slack_id, sells, _ in found if sells),
        frozenset(slack_id for slack_id, _, serves in found if serves),
    )


async def of_channel(session: AsyncSession, workspace_id: int, channel_id: str) -> int | None:
    """The account of the deal whose channel this is."""
    deal = await deals.by_channel(session, workspace_id, channel_id)
    return deal.account_id if deal is not None else None


async def find(session: AsyncSession, workspace_id: int, words: str, limit: int) -> list[Named]:
    """Accounts called so, or by the CRM's id, or with ``words`` in their name or a deal's; those called exactly so
    alone when there are any."""
    exact = select(Account.id, Account.name).where(
        Account.workspace_id == workspace_id, or_(Account.external_id == words, Account.name == words)
    )
    rows = (await session.execute(exact.order_by(Account.id).limit(limit))).all()
    if not rows:
        several = await deals.search(session, workspace_id, words, person_id=None, limit=limit * 3)
        ids = list(dict.fromkeys(deal.account_id for deal in several))[:limit]
        named = select(Account.id, Account.name).where(Account.id.in_(ids)).order_by(Account.name)
        rows = (await session.execute(named)).all()
    return [Named(*row) for row in rows]


async def mine(session: AsyncSession, workspace_id: int, person_id: int, limit: int) -> list[Named]:
    """The accounts somebody has an open deal of, by name."""
    ids = {deal.account_id for deal in await deals.of_person(session, workspace_id, person_id, limit * 3)}
    statement = select(Account.id, Account.name).where(Account.id.in_(ids)).order_by(Account.name).limit(limit)
    return [Named(*row) for row in (await session.execute(statement)).all()]


async def names(session: AsyncSession, workspace_id: int) -> Sequence[str]:
    """Names of accounts, the newest first, at most ``MANY``."""
    statement = select(Account.name).where(Account.workspace_id == workspace_id).order_by(Account.id.desc()).limit(MANY)
    return (await session.scalars(statement)).all()


async def trend(
    session: AsyncSession,
    customer: Customer,
    metrics: Metrics,
    *,
    until: date,
    metric: str = "",
    since: date | None = None,
    level: float | None = None,
) -> AccountTrend | None:
    """A customer's complete weeks before the day ``until``, with the trend of ``metric`` (the primary one for ''); None
    when nothing was told of it. A week without a row counts as none used, unless the whole feed has none."""
    main = metric or metrics.primary
    every = tuple(dict.fromkeys((main, *metrics.watched, *((metrics.champion,) if metrics.champion else ()))))
    weeks = await usage.weeks_of(session, customer.id, every, until=until)
    length = len(weeks.counts[main])
    if not length:
        return None
    first = week_number(weeks.first_monday)
    told = await _told(session, customer.workspace_id, every, first, first + length - 1)
    counts = {name: _filled(weeks.counts[name], first, told.get(name, frozenset())) for name in every}
    last = max((at for at in range(length) if any(row[at] is not None for row in counts.values())), default=-1)
    counts = {name: row[: last + 1] for name, row in counts.items() if any(one is not None for one in row)}
    if main not in counts:
        main = next(iter(counts), "")
    if not main:
        return None
    start = monday_of(first)
    shown = trend_of(start, counts[main], since=since, level=level if main == (metric or metrics.primary) else None)
    return AccountTrend(customer.name, main, shown, start, counts)


async def _told(
    session: AsyncSession, workspace_id: int, names: Sequence[str], first: int, last: int
) -> dict[str, frozenset[int]]:
    """For each metric the weeks in which anything was told of anybody."""
    rows = await session.execute(
        select(UsageMetric.name, UsageColumn.week)
        .join(UsageColumn, UsageColumn.metric_id == UsageMetric.id)
        .where(
            UsageMetric.workspace_id == workspace_id,
            UsageMetric.name.in_(names),
            UsageColumn.week.between(first, last),
        )
    )
    found: dict[str, set[int]] = {}
    for name, week in rows.all():
        found.setdefault(name, set()).add(week)
    return {name: frozenset(weeks) for name, weeks in found.items()}


def _filled(counts: Sequence[float | None], first: int, told: frozenset[int]) -> tuple[float | None, ...]:
    """Zero where the feed had others' rows and not this one's, from the account's first week on."""
    began = next((at for at, one in enumerate(counts) if one is not None), len(counts))
    return tuple(0.0 if one is None and at > began and first + at in told else one for at, one in enumerate(counts))
