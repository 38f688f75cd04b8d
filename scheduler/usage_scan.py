"""A scan of usage: the kept history through the detector, and what of it is news to whom. It says nothing itself.

The arithmetic is done in a thread, a week at a time, so that the event loop goes on and a stop is heard.
"""

import asyncio
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import Calendars, at_wall, zone_named
from domain.hours import Hours, allowed_from
from domain.settings import Reminders
from domain.summary import WEEK, monday_of
from domain.usage.alerts import AccountAlert, Alert, FeedAlert, Severity
from domain.usage.history import History, replay_by_week
from domain.usage.metrics import Metrics
from domain.usage.settings import Settings
from domain.usage_alert import Ended, State, UsageAlertCard
from domain.usage_rules import (
    FEED_WEEKS,
    Candidate,
    Finished,
    Known,
    News,
    Opened,
    Route,
    Worsened,
    beside,
    by_account,
    feed_news,
    goes_on,
    is_back,
    move,
    news_of,
    route,
    signs,
    worth_factors,
)
from domain.usage_steps import UsageSteps
from storage import mornings, usage, usage_alerts
from storage.database import Database
from storage.mornings import Reader
from storage.usage import LoadedFleet
from storage.usage_alerts import Customer
from storage.usage_cards import Kept

NOBODY: Final = 0
"""The reader of what nobody is there for: no CSM has the customer, and no lead is named."""
PACKED_AT_ONCE: Final = 8
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ScanMeans:
    """What a scan works with. ``lead`` is a Slack id or an e-mail address, '' for none; ``zone`` the workspace's."""

    db: Database
    calendars: Calendars
    metrics: Metrics
    steps: UsageSteps = field(default_factory=UsageSteps)
    lead: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Found:
    """What the detector says of a workspace; ``newest`` is the Monday of the last complete week, ``left`` the
    customers (our ids) who are none any more."""

    workspace_id: int
    fleet: LoadedFleet
    alerts: tuple[Alert, ...]
    newest: date
    left: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Tiding:
    """News of one account (our id ``account``) for ``reader`` (our id, NOBODY for none): how, and on which local day of
    theirs. ``card`` is as it would be kept, or as it is kept for what goes on; ``kept`` what is kept."""

    account: int
    news: News
    card: UsageAlertCard
    reader: int = NOBODY
    route: Route = Route.WEEKLY
    on: date = date.min
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """Everything a scan would tell; ``readers`` by our id, ``lead`` ours of the lead."""

    workspace_id: int
    newest: date
    tidings: tuple[Tiding, ...]
    feed: tuple[FeedAlert, ...]
    readers: Mapping[int, Reader]
    lead: int | None = None


class Stopped(Exception):
    """The program ends while it computes."""


class UsageScan:
    """Looks through a workspace's usage; what is told of it is up to ``scheduler.usage_tell``."""

    def __init__(self, means: ScanMeans) -> None:
        self._means = means

    async def look(self, workspace_id: int, on: date) -> Found | None:
        """What there is on the local day ``on``, by the complete weeks before it; None without any. Customers who have
        left are not looked at."""
        fleet, left = await self._load(workspace_id, monday_of(on))
        history = fleet.history
        if not history.weeks or not len(history.fleet):
            return None
        stop = threading.Event()
        try:
            alerts = await asyncio.to_thread(_replayed, history, Settings(self._means.metrics.watches), stop)
        finally:
            stop.set()
        newest = history.first_monday + WEEK * (history.weeks - 1)
        return Found(workspace_id, fleet, tuple(alerts), newest, left)

    async def _load(self, workspace_id: int, monday: date) -> tuple[LoadedFleet, frozenset[int]]:
        db, watched = self._means.db, self._means.metrics.watched
        packed = PACKED_AT_ONCE
        while packed:
            async with db.write() as tx:
                packed = await usage.pack(tx.session, workspace_id, watched, until=monday, most=PACKED_AT_ONCE)
        async with db.read() as session:
            patience = await usage_alerts.patience_of(session, workspace_id, monday)
            left = await usage_alerts.left(
                session, workspace_id, at_wall(monday, time.min, zone_named(self._means.zone))
            )
            fleet = await usage.load_fleet(
                session, workspace_id, watched, until=monday, patience=patience, leaving_out=left
            )
            return fleet, left

    async def decide(self, found: Found, now: datetime) -> Decided:
        """What of it is news, to whom, and how loudly. Reads only."""
        async with self._means.db.read() as session:
            known = await usage_alerts.known(session, found.workspace_id)
            news, lost = _news(found, known)
            going_on = await _going_on(session, {account for account, _ in news} | lost)
            news += _back(found, going_on, lost - {account for account, _ in news})
            asked = {account for account, _ in news}
            customers = await usage_alerts.customers(session, asked)
            lead = await mornings.lead_id(session, found.workspace_id, self._means.lead)
            people = {one.csm for one in customers.values()} | {lead}
            readers = await mornings.readers(session, {number for number in people if number is not None})
            drafts = [
                tiding
                for account, one in news
                if account in customers
                and (tiding := await self._draft(session, found, one, customers[account], going_on.get(account)))
            ]
            drafts = [self._for_whom(one, customers[one.account], readers, lead, now) for one in drafts]
            told = await usage_alerts.told_at_once(session, found.workspace_id, (now - _DAY).date())
            mondays = [found.newest - WEEK * back for back in range(FEED_WEEKS + 1)]
            feeds = await usage_alerts.feeds_told(session, found.workspace_id, mondays)
        tidings = _routed(drafts, customers, readers, told, now.date())
        feed = tuple(feed_news(found.alerts, found.newest, feeds))
        return Decided(found.workspace_id, found.newest, tidings, feed, readers, lead)

    async def _draft(
        self, session: AsyncSession, found: Found, news: News, customer: Customer, kept: Kept | None
    ) -> Tiding | None:
        match news:
            case Opened(alert):
                return Tiding(customer.account, news, await self._card(session, found, alert, customer))
            case Worsened() | Finished():
                return Tiding(customer.account, news, kept.card, kept=kept) if kept is not None else None

    async def _card(
        self, session: AsyncSession, found: Found, alert: AccountAlert, customer: Customer
    ) -> UsageAlertCard:
        metrics = self._means.metrics
        others = beside(alert.metric, metrics)
        until = found.newest + WEEK
        weeks = await usage.weeks_of(session, customer.account, others, until=until)
        moves = tuple(
            one
            for name in others
            if (one := move(name, weeks.first_monday, weeks.counts.get(name, ()), alert)) is not None
        )
        looks = signs(alert, moves, metrics)
        return UsageAlertCard(
            id=0,
            account=customer.account,
            account_id=customer.account_id,
            account_name=customer.name,
            kind=alert.kind,
            severity=alert.severity,
            metric=alert.metric,
            usual=alert.usual,
            now=alert.now,
            missing=alert.missing,
            peers=alert.peers,
            baseline_weeks=alert.baseline_weeks,
            evidence=alert.evidence,
            threshold=alert.threshold,
            since=alert.since,
            week=alert.week,
            was=alert.severity,
            moves=moves,
            signs=looks,
            worth=customer.worth,
            renewal=customer.renewal,
            next_steps=self._means.steps.for_alert(alert.kind, alert.severity, looks),
            deal=customer.deal,
            channel=customer.channel,
        )

    def _for_whom(
        self, tiding: Tiding, customer: Customer, readers: Mapping[int, Reader], lead: int | None, now: datetime
    ) -> Tiding:
        """The CSM who has the customer, else the lead, and the first local day on which they can be told. What is
        severe goes to the lead while the CSM is away: it is told the same day, and not when they are back."""
        if tiding.kept is not None and tiding.kept.reader in readers:
            reader = tiding.kept.reader or NOBODY
        else:
            named = [number for number in (customer.csm, lead) if number is not None]
            there = [one for one in named if one in readers and readers[one].is_member]
            if tiding.card.is_severe:
                there.sort(key=lambda one: _is_away(readers[one], now))
            reader = there[0] if there else NOBODY
        if reader == NOBODY:
            return replace(tiding, on=now.astimezone(zone_named(self._means.zone)).date())
        one = readers[reader]
        zone = zone_named(one.card.zone)
        days = self._means.calendars.days(one.card.zone, one.settings.country, one.settings.weekdays)
        hours = Hours(one.settings.begin, one.settings.end)
        at = allowed_from(now, zone, hours, days, (), one.settings.away_until)
        card = tiding.card if tiding.kept else replace(tiding.card, csm=one.card.slack_id)
        return replace(tiding, reader=reader, on=at.astimezone(zone).date(), card=card)


def _is_away(reader: Reader, now: datetime) -> bool:
    until = reader.settings.away_until
    return until is not None and now.astimezone(zone_named(reader.card.zone)).date() < until


def _replayed(history: History, settings: Settings, stop: threading.Event) -> list[Alert]:
    found: list[Alert] = []
    for alerts in replay_by_week(history, settings):
        if stop.is_set():
            raise Stopped
        found += alerts
    return found


def _news(found: Found, known: Mapping[int, Known]) -> tuple[list[tuple[int, News]], set[int]]:
    """What is new of each account (our id), and the accounts with an alert the replay does not follow any more."""
    of_place = by_account(found.alerts)
    of_account = {found.fleet.accounts[place]: alerts for place, alerts in of_place.items()}
    lost = {
        account for account, one in known.items() if one.ended_week is None and not goes_on(of_account.get(account, ()))
    }
    gone: News = Finished(Ended.NEW_NORMAL, found.newest, quiet=True)
    news = [(account, gone) for account in sorted(lost & found.left)]
    lost -= found.left
    news += [
        (account, one)
        for account in sorted({*of_account, *lost})
        for one in news_of(of_account.get(account, ()), known.get(account), found.newest)
    ]
    return news, lost


async def _going_on(session: AsyncSession, accounts: Collection[int]) -> dict[int, Kept]:
    ids, found = sorted(accounts), dict[int, Kept]()
    for at in range(0, len(ids), usage_alerts.AT_ONCE):
        found |= await usage_alerts.going_on(session, ids[at : at + usage_alerts.AT_ONCE])
    return found


def _back(found: Found, going_on: Mapping[int, Kept], lost: Collection[int]) -> list[tuple[int, News]]:
    """Of the alerts the replay does not follow, those whose metric is back, by its plain counts."""
    places = {account: place for place, account in enumerate(found.fleet.accounts) if account in lost}
    news: list[tuple[int, News]] = []
    for account, place in sorted(places.items()):
        kept = going_on.get(account)
        counts = found.fleet.history.counts.get(kept.card.metric) if kept is not None else None
        if kept is None or counts is None:
            continue
        recent = [float(count) for count in counts[-2:, place]]
        if is_back(recent, kept.card.usual):
            news.append((account, Finished(Ended.RECOVERED, found.newest, recent[-1])))
    return news


def _routed(
    drafts: Sequence[Tiding],
    customers: Mapping[int, Customer],
    readers: Mapping[int, Reader],
    told: Mapping[tuple[int, date], int],
    today: date,
) -> tuple[Tiding, ...]:
    """How each fall is told; a fall told at once already goes on in its thread, whatever the day's number."""
    factors = worth_factors({one.account: customers[one.account].worth for one in drafts})
    asked: list[Candidate] = []
    for number, one in enumerate(drafts):
        severity = _severity(one)
        if severity is None:
            continue
        renewal = (one.card.renewal - today).days if one.card.renewal else None
        digest = one.reader in readers and readers[one.reader].settings.reminders is not Reminders.NONE
        asked.append(
            Candidate(f"{number:09d}", one.reader, one.on, severity, factors[one.account], renewal, mornings=digest)
        )
    routes = route(asked, told)
    return tuple(
        replace(one, route=routes.get(f"{number:09d}", one.kept.route if one.kept else Route.WEEKLY))
        for number, one in enumerate(drafts)
    )


def _severity(one: Tiding) -> Severity | None:
    """How bad is what is to be told; None for what needs no route."""
    match one.news:
        case Opened(alert):
            return alert.severity
        case Worsened(alert):
            kept = one.kept
            told = kept is None or kept.route is Route.NOW or kept.card.state is State.NOT_USEFUL
            return None if told else alert.severity
        case Finished():
            return None
