"""What the customers of many deals did in one week, for the line in their summaries."""

from collections.abc import Collection
from datetime import date
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
_DID: Final = (
    select(_DEAL.c.id, _SUM)
    .join_from(_DEAL, _ACCOUNT, _ACCOUNT.c.id == _DEAL.c.account_id)
    .join(_NAMED, and_(_NAMED.c.workspace_id == _DEAL.c.workspace_id, _NAMED.c.external_id == _ACCOUNT.c.external_id))
    .join(_METRIC, and_(_METRIC.c.workspace_id == _DEAL.c.workspace_id, _METRIC.c.name == bindparam("metric")))
    .join(
        _WEEK,
        and_(
            _WEEK.c.metric_id == _METRIC.c.id,
            _WEEK.c.week == bindparam("number"),
            _WEEK.c.account_id == _NAMED.c.id,
        ),
    )
    .where(_DEAL.c.id.in_(_IDS))
)


async def did(session: AsyncSession, deal_ids: Collection[int], metric: str, monday: date) -> dict[int, float]:
    """What the customers of these deals did in the week from ``monday``, by our id of the deal, in one query; deals
    whose customers have no row are left out."""
    if not deal_ids:
        return {}
    rows = await session.execute(_DID, {"ids": sorted(set(deal_ids)), "metric": metric, "number": week_number(monday)})
    return {row[0]: float(row[1] or 0.0) for row in rows.all()}
