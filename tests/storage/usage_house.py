"""Usage in a house: recorded by plain rows, and read back as a table."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import text

from domain.deals import AccountFacts
from domain.usage.samples import Sifter, monday_of
from storage import deals, usage
from storage.usage import LoadedFleet, Recorded
from storage.usage_names import Names
from tests.storage.house import NOW, House

MONDAY = date(2026, 9, 7)
Row = tuple[str, date, str, float]
Table = dict[tuple[str, str, date], float]
"""What each account (its name in the feed) did, by metric and day; a whole week's number is under its Monday."""


def day(week: int, weekday: int = 0) -> date:
    """A day of a week counted from `MONDAY`."""
    return MONDAY + timedelta(weeks=week, days=weekday)


@dataclass
class UsageHouse:
    """A house with an account A-1 that the CRM knows."""

    house: House

    @property
    def workspace(self) -> int:
        return self.house.workspace

    async def record(self, rows: Sequence[Row], *, whole: bool = False, names: Names | None = None) -> Recorded:
        """One batch, in a transaction of its own."""
        accounts, days, metrics, values = zip(*rows, strict=True) if rows else ((), (), (), ())
        samples, refused = Sifter(whole=whole).sift(accounts, days, metrics, values)
        assert not refused
        return await self.house.write(lambda session: usage.record(session, self.workspace, samples, NOW, names))

    async def account(self, *names: str) -> list[int]:
        """Accounts the CRM knows; their row ids."""
        found: list[int] = []
        for name in names:
            told = AccountFacts(name, f"Customer {name}")
            found.append(
                await self.house.write(
                    lambda session, told=told: deals.upsert_account(session, self.workspace, told, NOW)
                )
            )
        return found

    async def table(self) -> Table:
        """Every number there is."""
        numbers = ", ".join(("whole", *(f"d{number}" for number in range(1, 8))))
        statement = (
            f"SELECT a.external_id, m.name, w.week, {numbers} FROM usage_week w "
            "JOIN usage_account a ON a.id = w.account_id JOIN usage_metric m ON m.id = w.metric_id "
            "WHERE m.workspace_id = :workspace"
        )
        rows = await self.house.read(lambda session: session.execute(text(statement), {"workspace": self.workspace}))
        found: Table = {}
        for account, metric, week, whole, *days in rows.all():
            if whole is not None:
                found[account, metric, monday_of(week)] = whole
            for number, value in enumerate(days):
                if value is not None:
                    found[account, metric, monday_of(week) + timedelta(days=number)] = value
        return found

    async def pack(self, until: date, most: int = 100) -> int:
        """Pack logins and users."""
        return await self.house.write(
            lambda session: usage.pack(session, self.workspace, ["logins", "users"], until=until, most=most)
        )

    async def fleet(self, until: date, weeks: int = 60, patience: Mapping[int, float] | None = None) -> LoadedFleet:
        """Logins and users as the detector gets them."""
        return await self.house.read(
            lambda session: usage.load_fleet(
                session, self.workspace, ["logins", "users"], until=until, weeks=weeks, patience=patience
            )
        )


def shown(loaded: LoadedFleet) -> dict[str, dict[str, list[float | None]]]:
    """A loaded fleet by metric and account, None where there is no row."""
    return {
        metric: {
            name: [None if math.isnan(value) else value for value in matrix[:, place].tolist()]
            for place, name in enumerate(loaded.history.fleet.ids)
        }
        for metric, matrix in loaded.history.counts.items()
    }
