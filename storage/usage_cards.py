"""Usage alerts read as cards."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import BindParameter, Row, Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.usage_alert import UsageAlertCard, from_json
from domain.usage_rules import Route
from storage.models import Account, Deal
from storage.usage_alert_models import UsageAlert

_ALERT, _ACCOUNT, _DEAL = (cast("Table", model.__table__) for model in (UsageAlert, Account, Deal))
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
WHOLE: Final = select(
    *(_ALERT.c[name] for name in ("id", "workspace_id", "account_id", "reader_id", "route", "routed_on", "told_on")),
    *(_ALERT.c[name] for name in ("opened", "by_id", "card")),
    _ACCOUNT.c.name.label("account_name"),
).join_from(_ALERT, _ACCOUNT, _ACCOUNT.c.id == _ALERT.c.account_id)
_OF_DEALS: Final = (
    WHOLE.add_columns(_DEAL.c.id.label("of_deal"))
    .join(_DEAL, _DEAL.c.account_id == _ALERT.c.account_id)
    .where(_DEAL.c.id.in_(_IDS), _ALERT.c.ended == "")
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An alert as it is kept. ``reader`` is our id of whoever is told, ``by`` of who acted last; the dates as in
    ``UsageAlert``."""

    card: UsageAlertCard
    workspace_id: int
    reader: int | None
    route: Route
    routed_on: date
    told_on: date | None
    opened: date
    by: int | None = None


async def load(session: AsyncSession, alert_id: int) -> Kept | None:
    """One alert by our id; None when it is gone."""
    return (await load_many(session, [alert_id])).get(alert_id)


async def load_many(session: AsyncSession, ids: Collection[int]) -> dict[int, Kept]:
    """These alerts by our id."""
    if not ids:
        return {}
    rows = await session.execute(WHOLE.where(_ALERT.c.id.in_(_IDS)), {"ids": sorted(set(ids))})
    return {row.id: kept_of(row) for row in rows.all()}


def kept_of(row: Row[Any]) -> Kept:
    """A row of ``WHOLE``, with more columns or without."""
    card = replace(from_json(row.card), id=row.id, account_name=row.account_name)
    return Kept(
        card, row.workspace_id, row.reader_id, Route(row.route), row.routed_on, row.told_on, row.opened, row.by_id
    )


async def of_deals(session: AsyncSession, deal_ids: Collection[int]) -> dict[int, UsageAlertCard]:
    """What goes on with the customers of these deals, by our id of the deal, in one query."""
    if not deal_ids:
        return {}
    rows = await session.execute(_OF_DEALS, {"ids": sorted(set(deal_ids))})
    return {row.of_deal: kept_of(row).card for row in rows.all()}
