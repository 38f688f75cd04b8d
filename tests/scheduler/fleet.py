"""A fleet of 120 customers whose weeks are told to the last digit, and the Mondays on which it is looked through."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import select

from domain.calendar import Calendars
from domain.usage.metrics import USUAL
from domain.usage.samples import Samples
from scheduler.usage_scan import Decided, ScanMeans, UsageScan
from scheduler.usage_tell import UsageTeller, Written
from storage import usage
from storage.database import Database
from storage.models import Account
from tests.domain.usage.fleets import Matrix, flat

WEEK = timedelta(weeks=1)
METRICS = ("logins", "active_users")
ACCOUNTS = 120


def name_of(place: int) -> str:
    """The CRM's id of an account."""
    return f"a{place:02d}"


@dataclass
class FleetFeed:
    """Weeks of every account up to the Monday ``until``; ``fallen`` says what is left of an account's usage in its last
    weeks, the oldest first. ``region`` and the like do not matter here."""

    db: Database
    workspace: int
    until: date
    weeks: int = 60
    falls: dict[int, list[float]] = field(default_factory=dict[int, list[float]])
    missing: int = 0
    """So many of the last weeks are not told at all."""
    told: Matrix | None = None
    """What was told before; only what differs is told again."""

    def counts(self) -> Matrix:
        found = flat(ACCOUNTS, self.weeks)
        for place, shares in self.falls.items():
            found[self.weeks - len(shares) :, place] = np.floor(found[0, place] * np.array(shares))
        return found

    async def tell(self, now: datetime) -> None:
        """Record what was not told so; accounts the CRM does not know yet are made."""
        counts = self.counts()
        first = self.until - WEEK * self.weeks
        counts = counts[: self.weeks - self.missing]
        before = np.full(counts.shape, np.nan)
        if self.told is not None:
            before[: len(self.told)] = self.told[: len(counts)]
        self.told = counts
        rows = [(int(week), int(place)) for week, place in np.argwhere(counts != before)]
        if not rows:
            return
        samples = Samples(
            [name_of(place) for _, place in rows] * len(METRICS),
            [(first + WEEK * week).toordinal() for week, _ in rows] * len(METRICS),
            [metric for metric in METRICS for _ in rows],
            np.array([counts[week, place] / share for share in (1, 3) for week, place in rows]),
            whole=True,
        )
        async with self.db.write() as tx:
            known = set(await tx.session.scalars(select(Account.external_id)))
            tx.session.add_all(
                Account(workspace_id=self.workspace, external_id=name, name=f"Customer {name}", updated_at=now)
                for name in map(name_of, range(ACCOUNTS))
                if name not in known
            )
            await tx.session.flush()
            await usage.record(tx.session, self.workspace, samples, now)

    async def account(self, place: int) -> int:
        """Our id of an account."""
        async with self.db.read() as session:
            found = await session.scalars(select(Account.id).where(Account.external_id == name_of(place)))
        return found.one()

    def go_on(self, **shares: Sequence[float]) -> None:
        """One more week; accounts named as ``a20`` do what is given instead of the usual."""
        self.until += WEEK
        self.weeks += 1
        for place in self.falls:
            self.falls[place].append(1.0)
        for name, (share,) in shares.items():
            self.falls.setdefault(int(name[1:]), [1.0])[-1] = share


def means(db: Database, lead: str = "", calendars: Calendars | None = None) -> ScanMeans:
    """What a scan is given."""
    return ScanMeans(db, calendars or Calendars(), USUAL, lead=lead)


async def decided(feed: FleetFeed, given: ScanMeans, now: datetime) -> Decided:
    """What a scan on the feed's Monday would tell."""
    scan = UsageScan(given)
    found = await scan.look(feed.workspace, feed.until)
    assert found is not None
    return await scan.decide(found, now)


async def scanned(feed: FleetFeed, given: ScanMeans, now: datetime) -> Written:
    """A scan on the feed's Monday, written down."""
    teller = UsageTeller(feed.db, given.calendars, given.steps)
    return await teller.tell(await decided(feed, given, now), now)
