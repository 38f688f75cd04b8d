"""Usage alerts as they are kept: what was told of an account, what people did about it, and what is to be told yet."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, cast

from sqlalchemy import BindParameter, Row, Table, and_, bindparam, case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from domain.deals import DealState
from domain.plays.changes import Effect
from domain.reminders import Subject
from domain.usage.alerts import Severity
from domain.usage_alert import FEED_BROKEN, OF_ALERT, State, UsageAlertCard, Worth, to_json
from domain.usage_rules import Known, Route, Told, patience
from storage import home_changes, morning_items, notices, subscriptions
from storage.models import Account, Deal, Notice
from storage.play_models import Play
from storage.usage_alert_models import UsageAlert
from storage.usage_cards import WHOLE, Kept, kept_of, load

AT_ONCE: Final = 500
"""Accounts looked up, and alerts written, at once."""
REMEMBERED: Final = timedelta(weeks=60)
"""How long “not useful” counts: as long as the detector looks back."""
REASONS: Final = 20
SUMMARY: Final = "weekly_summary"

_ALERT, _ACCOUNT, _DEAL, _NOTICE, _PLAY = (
    cast("Table", model.__table__) for model in (UsageAlert, Account, Deal, Notice, Play)
)
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_WORKSPACE: Final[BindParameter[Any]] = bindparam("in_workspace")
_GOING_ON: Final = _ALERT.c.ended == ""
_KNOWN: Final = (
    select(_ALERT.c.account_id, _ALERT.c.opened, _ALERT.c.severity, _ALERT.c.ended, _ALERT.c.ended_week)
    .where(_ALERT.c.workspace_id == _WORKSPACE)
    .order_by(_ALERT.c.id)
)
_NOT_USEFUL: Final = (
    select(_ALERT.c.account_id, func.count())
    .where(
        _ALERT.c.workspace_id == _WORKSPACE,
        _ALERT.c.state == State.NOT_USEFUL.value,
        _ALERT.c.routed_on >= bindparam("since"),
    )
    .group_by(_ALERT.c.account_id)
)
_AT_ONCE: Final = (
    select(_ALERT.c.reader_id, _ALERT.c.routed_on, func.count())
    .where(
        _ALERT.c.workspace_id == _WORKSPACE,
        _ALERT.c.route == Route.NOW.value,
        _ALERT.c.routed_on >= bindparam("since"),
        _ALERT.c.reader_id.is_not(None),
    )
    .group_by(_ALERT.c.reader_id, _ALERT.c.routed_on)
)
_DEALS: Final = (
    select(
        *(_DEAL.c[name] for name in ("id", "account_id", "state", "csm_id", "channel_id", "channel_outsiders")),
        *(_DEAL.c[name] for name in ("amount", "currency")),
    )
    .where(_DEAL.c.account_id.in_(_IDS), _DEAL.c.state != DealState.PROSPECT.value)
    .order_by(_DEAL.c.id)
)
_ACCOUNTS: Final = select(_ACCOUNT.c.id, _ACCOUNT.c.external_id, _ACCOUNT.c.name).where(_ACCOUNT.c.id.in_(_IDS))
_WAITING: Final = and_(_GOING_ON, _ALERT.c.state.in_((State.OPEN.value, State.SNOOZED.value)))
_UNTOLD: Final = (
    WHOLE.where(
        _ALERT.c.reader_id.in_(_IDS),
        _WAITING,
        _ALERT.c.told_on.is_(None),
        or_(_ALERT.c.route == Route.WEEKLY.value, _ALERT.c.routed_on < bindparam("before")),
    )
    .order_by(_ALERT.c.id)
)  # fmt: skip
_KEEP: Final = (
    update(_ALERT)
    .where(_ALERT.c.id == bindparam("b_id"), _ALERT.c.version == bindparam("b_before"))
    .values(
        {
            name: bindparam(f"b_{name}", type_=_ALERT.c[name].type)
            for name in (
                *("severity", "state", "by_id", "until", "task_due", "task_done", "ended", "ended_week", "version"),
                *("card", "changed_at", "deal_id"),
            )
        }
    )
)


@dataclass(frozen=True, slots=True)
class Customer:
    """An account as routing sees it. ``csm`` is our id of who has its newest open deal, else its newest finished one;
    ``deal`` and ``channel`` are of the newest open deal whose channel nobody from outside is in."""

    account: int
    account_id: str
    name: str
    csm: int | None = None
    deal: int | None = None
    channel: str = ""
    worth: tuple[Worth, ...] = ()
    renewal: date | None = None


# What a scan needs


async def known(session: AsyncSession, workspace_id: int) -> dict[int, Known]:
    """The newest alert of every account that ever had one, by our id of the account."""
    rows = await session.execute(_KNOWN, {"in_workspace": workspace_id})
    return {
        row.account_id: Known(row.opened, Severity(row.severity), row.ended_week if row.ended else None)
        for row in rows.all()
    }


async def patience_of(session: AsyncSession, workspace_id: int, today: date) -> dict[int, float]:
    """The factor on the evidence asked of accounts whose alerts were called not useful, by our id of the account."""
    rows = await session.execute(_NOT_USEFUL, {"in_workspace": workspace_id, "since": today - REMEMBERED})
    return {account: patience(count) for account, count in rows.all()}


async def told_at_once(session: AsyncSession, workspace_id: int, since: date) -> dict[tuple[int, date], int]:
    """How many alerts each reader (our id) was told at once on a local day, from ``since`` on."""
    rows = await session.execute(_AT_ONCE, {"in_workspace": workspace_id, "since": since})
    return {(reader, on): count for reader, on, count in rows.all()}


async def left(session: AsyncSession, workspace_id: int, now: datetime) -> frozenset[int]:
    """The accounts (our ids) whose subscription has ended and was not taken up again."""
    rows = await session.scalars(
        select(_PLAY.c.account_id).where(
            _PLAY.c.workspace_id == workspace_id,
            _PLAY.c.effect == Effect.CANCEL.value,
            _PLAY.c.gone == "",
            _PLAY.c.effective_at <= now,
        )
    )
    return frozenset(rows.all())


def feed_key(monday: date) -> str:
    """The occurrence of a broken feed."""
    return f"usage_feed:{monday.isoformat()}"


async def feeds_told(session: AsyncSession, workspace_id: int, mondays: Sequence[date]) -> list[date]:
    """Those of these weeks (Mondays) a broken feed was told of."""
    keys = {feed_key(monday): monday for monday in mondays}
    rows = await session.scalars(
        select(_NOTICE.c.key).where(
            _NOTICE.c.workspace_id == workspace_id, _NOTICE.c.key.in_(sorted(keys)), _NOTICE.c.kind == FEED_BROKEN
        )
    )
    return [keys[key] for key in rows.all()]


async def customers(session: AsyncSession, account_pks: Collection[int]) -> dict[int, Customer]:
    """These accounts by our id, in three queries for each 500 of them."""
    found: dict[int, Customer] = {}
    ids = sorted(set(account_pks))
    for at in range(0, len(ids), AT_ONCE):
        some = {"ids": ids[at : at + AT_ONCE]}
        deals: defaultdict[int, list[Row[Any]]] = defaultdict(list)
        for row in (await session.execute(_DEALS, some)).all():
            deals[row.account_id].append(row)
        renewals = await subscriptions.renewals(session, some["ids"])
        for row in (await session.execute(_ACCOUNTS, some)).all():
            found[row.id] = replace(_customer(row, deals[row.id]), renewal=renewals.get(row.id))
    return found


def _customer(row: Any, deals: Sequence[Row[Any]]) -> Customer:  # noqa: ANN401 - a row of SQLAlchemy
    alive = [one for one in deals if one.state != DealState.CLOSED.value]
    csm = next((one.csm_id for one in [*reversed(alive), *reversed(deals)] if one.csm_id is not None), None)
    speaking = [one for one in alive if one.state == DealState.OPEN.value and one.channel_id]
    place = next((one for one in reversed(speaking) if not one.channel_outsiders), None)
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in deals:
        if one.amount is not None:
            sums[one.currency] += one.amount
    worth = tuple(Worth(currency, amount) for currency, amount in sorted(sums.items()))
    deal, channel = (place.id, place.channel_id) if place is not None else (None, "")
    return Customer(row.id, row.external_id, row.name, csm, deal, channel, worth)


# One alert


async def add(
    session: AsyncSession,
    workspace_id: int,
    card: UsageAlertCard,
    *,
    reader: int | None,
    route: Route,
    on: date,
    now: datetime,
) -> UsageAlertCard | None:
    """Keep a new alert; the card with its id, or None when this episode, or another of the account, goes on already."""
    values = {
        **_columns(card, now),
        "workspace_id": workspace_id,
        "account_id": card.account,
        "key": card.key,
        "route": route.value,
        "reader_id": reader,
        "opened": card.week,
        "routed_on": on,
        "told_on": on if route is Route.NOW else None,
        "by_id": None,
        "created_at": now,
    }
    insert = sqlite.insert(_ALERT) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(_ALERT)
    statement = insert.values(values).on_conflict_do_nothing().returning(_ALERT.c.id)
    number = (await session.scalars(statement)).first()
    if number is None:
        return None
    home_changes.account_changed(session, workspace_id, card.account, now)
    return replace(card, id=number)


def _columns(card: UsageAlertCard, now: datetime) -> dict[str, Any]:
    return {
        "severity": card.severity.value,
        "state": card.state.value,
        "until": card.until,
        "task_due": card.task_due,
        "task_done": card.task_done,
        "ended": card.ended.value if card.ended else "",
        "ended_week": card.ended_week,
        "version": card.version,
        "card": to_json(card),
        "changed_at": now,
        "deal_id": card.deal,
    }


async def going_on(session: AsyncSession, account_pks: Collection[int]) -> dict[int, Kept]:
    """The alerts of these accounts that are not over, by our id of the account."""
    if not account_pks:
        return {}
    statement = WHOLE.where(_ALERT.c.account_id.in_(_IDS), _GOING_ON)
    rows = await session.execute(statement, {"ids": sorted(set(account_pks))})
    return {row.account_id: kept_of(row) for row in rows.all()}


async def keep(session: AsyncSession, card: UsageAlertCard, by_id: int | None, now: datetime) -> bool:
    """Write down what a rule of ``domain.usage_alert`` made of an alert. ``by_id``: our id of who acted last. False:
    somebody else changed it meanwhile, so the rule has to be asked again."""
    given = {f"b_{name}": value for name, value in _columns(card, now).items()}
    given |= {"b_id": card.id, "b_before": card.version - 1, "b_by_id": by_id}
    result = await session.execute(_KEEP, given)
    return cast("Any", result).rowcount == 1


async def change(
    session: AsyncSession, kept: Kept, card: UsageAlertCard, by_id: int | None, now: datetime
) -> list[int] | None:
    """The same, and let what was said of it be edited in place, digests too: the ids of those notices, to be enqueued.
    ``kept`` is what the rule was asked about. None: somebody else was quicker."""
    if not await keep(session, card, by_id, now):
        return None
    readers = {one for one in (kept.reader, kept.by, by_id) if one is not None}
    ids = await notices.bump(session, kept.workspace_id, said_keys(card), now)
    home_changes.account_changed(session, kept.workspace_id, card.account, now)
    return ids + await morning_items.refresh_for(session, kept.workspace_id, readers, refs(card), now)


def refs(card: UsageAlertCard) -> list[str]:
    """What a morning's digest knows an alert and its task by."""
    return [f"{Subject.USAGE}:{card.id}", f"{Subject.USAGE_TASK}:{card.id}"]


def said_keys(card: UsageAlertCard) -> list[str]:
    """The occurrences of the messages that show an alert as it is: in person, in the channel, to the lead."""
    return [card.said_as, channel_key(card), lead_key(card)]


async def said_in_channel(session: AsyncSession, deal_id: int) -> list[str]:
    """The occurrences of what was said of usage in a deal's channel, and of its newest summary, which has a line about
    it: what is edited when somebody from outside comes or leaves. An older summary can't be: it would tell of today."""
    of_deal = (_NOTICE.c.deal_id == deal_id, _NOTICE.c.ts != "")
    said = await session.scalars(select(_NOTICE.c.key).where(*of_deal, _NOTICE.c.kind.in_(sorted(OF_ALERT))))
    summary = select(_NOTICE.c.key).where(*of_deal, _NOTICE.c.kind == SUMMARY).order_by(_NOTICE.c.id.desc()).limit(1)
    return [*said.all(), *(await session.scalars(summary)).all()]


def channel_key(card: UsageAlertCard) -> str:
    """The occurrence of the message in the deal's channel."""
    return f"{card.key}:deal"


def lead_key(card: UsageAlertCard) -> str:
    """The occurrence of the message to the lead."""
    return f"{card.key}:lead"


async def set_chart(session: AsyncSession, alert_id: int, file_id: str, now: datetime) -> list[int]:
    """Its picture is in Slack: let the messages show it; the ids of those notices, to be enqueued. What people do
    meanwhile stays: the alert is read again then."""
    while (kept := await load(session, alert_id)) is not None:
        card = replace(kept.card, chart=file_id, version=kept.card.version + 1)
        ids = await change(session, kept, card, kept.by, now)
        if ids is not None:
            return ids
    return []


async def reroute(session: AsyncSession, alert_id: int, route: Route, on: date) -> None:
    """It is told anew, this way, on this local day of its reader: it got worse before anybody saw it at once."""
    told = on if route is Route.NOW else None
    values = {"route": route.value, "routed_on": on, "told_on": told}
    await session.execute(update(_ALERT).where(_ALERT.c.id == alert_id).values(values))


async def hand_over(session: AsyncSession, alert_id: int, reader: int, on: date) -> None:
    """Somebody else (our id) is its reader from their local day ``on``."""
    told = case((_ALERT.c.told_on.is_(None), None), else_=on)
    await session.execute(update(_ALERT).where(_ALERT.c.id == alert_id).values(reader_id=reader, told_on=told))


async def told_in_digest(session: AsyncSession, ids: Collection[int], on: date) -> None:
    """These are in a digest of ``on``."""
    if ids:
        which = (_ALERT.c.id.in_(sorted(ids)), _ALERT.c.told_on.is_(None))
        await session.execute(update(_ALERT).where(*which).values(told_on=on))


# What digests and summaries show


async def untold(session: AsyncSession, readers: Collection[int], today: date) -> dict[int, list[Kept]]:
    """What waits for the week's digest of each of these people (our ids), and what no morning's digest said."""
    if not readers:
        return {}
    found: defaultdict[int, list[Kept]] = defaultdict(list)
    for row in (await session.execute(_UNTOLD, {"ids": sorted(readers), "before": today})).all():
        found[row.reader_id].append(kept_of(row))
    return dict(found)


async def counts(session: AsyncSession, workspace_id: int, since: date) -> Told:
    """What was told from ``since`` on, and what became of it; the newest reasons of “not useful”."""
    mine = (_ALERT.c.workspace_id == workspace_id, _ALERT.c.routed_on >= since)
    states = await session.execute(select(_ALERT.c.state, func.count()).where(*mine).group_by(_ALERT.c.state))
    by_state: dict[str, int] = {row[0]: row[1] for row in states.all()}
    recovered = await session.scalar(select(func.count()).where(*mine, _ALERT.c.ended == "recovered"))
    useless = (
        select(_ALERT.c.card).where(*mine, _ALERT.c.state == State.NOT_USEFUL.value).order_by(_ALERT.c.id.desc())
    ).limit(REASONS)
    return Told(
        told=sum(by_state.values()),
        taken=by_state.get(State.TAKEN.value, 0),
        snoozed=by_state.get(State.SNOOZED.value, 0),
        not_useful=by_state.get(State.NOT_USEFUL.value, 0),
        recovered=recovered or 0,
        reasons=tuple(str(card["why"]) for card in (await session.scalars(useless)).all()),
    )
