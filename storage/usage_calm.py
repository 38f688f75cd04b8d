"""What the customers of many deals did in one week and in those before, for the line in their summaries."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, Final, cast

from sqlalchemy import BindParameter, ColumnElement, Table, and_, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.usage.samples import week_number
from storage.models import Account, Deal
from storage.usage_columns import SUM
from storage.usage_models import UsageAccount, UsageMetric, UsageWeek

_DEAL, _ACCOUNT, _NAMED, _METRIC, _WEEK = (
    cast("Table", model.__table__) for model in (Deal, Account, UsageAccount, UsageMetric, UsageWeek)
)
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_SUM: Final[ColumnElement[float]] = literal_column(SUM, _WEEK.c.whole.type)
BEFORE: Final = 4
"""Weeks a week is held against."""
_DID: Final = (
    select(_DEAL.c.id, _WEEK.c.week, _SUM)
    .join_from(_DEAL, _ACCOUNT, _ACCOUNT.c.id == _DEAL.c.account_id)
    .join(_NAMED, and_(_NAMED.c.workspace_id == _DEAL.c.workspace_id, _NAMED.c.external_id == _ACCOUNT.c.external_id))
    .join(_METRIC, and_(_METRIC.c.workspace_id == _DEAL.c.workspace_id, _METRIC.c.name == bindparam("metric")))
    .join(
        _WEEK,
        and_(
            _WEEK.c.metric_id == _METRIC.c.id,
            _WEEK.c.week.between(bindparam("first"), bindparam("number")),
            _WEEK.c.account_id == _NAMED.c.id,
        ),
    )
    .where(_DEAL.c.id.in_(_IDS))
)


@dataclass(frozen=True, slots=True)
class Did:
    """What a customer did in a week; ``before``: the median of the four before it that have a row, None without any."""

    count: float
    before: float | None = None


async def did(session: AsyncSession, deal_ids: Collection[int], metric: str, monday: date) -> dict[int, Did]:
    """What the customers of these deals did in the week from ``monday``, by our id of the deal, in one query; deals
    whose customers have no row in it are left out."""
    if not deal_ids:
        return {}
    number = week_number(monday)
    given = {"ids": sorted(set(deal_ids)), "metric": metric, "number": number, "first": number - BEFORE}
    weeks: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for deal, week, count in (await session.execute(_DID, given)).all():
        weeks[deal][week] = float(count or 0.0)
    return {
        deal: Did(of[number], median(others) if (others := [of[week] for week in of if week != number]) else None)
        for deal, of in weeks.items()
        if number in of
    }
