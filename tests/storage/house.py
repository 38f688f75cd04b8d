"""A workspace with people and deals, as rows."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from domain.deals import AccountFacts, DealFacts, DealState
from storage import claims, deals, handoffs, notices, people
from storage.claims import Claims, Open
from storage.database import Database
from storage.models import Handoff, Notice
from storage.notices import ClaimedNotice, NewNotice
from storage.people import PersonFacts

NOW: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)
ERRANDS: Final = ("open_channel",)
T = TypeVar("T")


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def facts(number: int = 1, **changes: str) -> DealFacts:
    account = AccountFacts(changes.get("account_id", f"A-{number}"), changes.get("customer", f"Customer {number}"))
    return DealFacts(f"D-{number}", f"Deal {number}", account, NOW, "ada@northwind.example")


def notice(key: str, *, kind: str = "deal_opened", lane: str = "", at: datetime = NOW, priority: int = 5) -> NewNotice:
    return NewNotice(key, kind, lane or key, "deal", at, priority=priority)


@dataclass
class House:
    """``people``: row ids by first name."""

    db: Database
    workspace: int
    people: dict[str, int] = field(default_factory=dict[str, int])

    async def write(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """One transaction around ``work``."""
        async with self.db.write() as tx:
            return await work(tx.session)

    async def read(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        async with self.db.read() as session:
            return await work(session)

    async def deal(self, number: int = 1) -> int:
        """A won deal with its handoff; its row id."""
        async with self.db.write() as tx:
            told = facts(number)
            account = await deals.upsert_account(tx.session, self.workspace, told.account, NOW)
            deal = await deals.insert_if_new(tx.session, self.workspace, account, told, DealState.OPENING, NOW)
            assert deal is not None
            await deals.add_handoff(tx.session, deal.id, NOW)
            return deal.id

    async def handoff(self, deal_id: int) -> Handoff:
        found = await self.read(lambda session: handoffs.get(session, deal_id))
        assert found is not None
        return found

    # The outbox

    async def add(self, *new: NewNotice) -> list[int]:
        return await self.write(lambda session: notices.add(session, self.workspace, new, NOW))

    async def bump(self, *keys: str, at: datetime = NOW) -> list[int]:
        return await self.write(lambda session: notices.bump(session, self.workspace, keys, at))

    async def claim(
        self, at: datetime = NOW, *, limit: int = 10, errands: bool | None = None, db: Database | None = None
    ) -> list[ClaimedNotice]:
        """What the engine would take at ``at``: everything, or only errands, or only messages."""
        found = Claims(ERRANDS)
        may = Open() if errands is None else Open(posts=not errands, edits=not errands, errands=errands)
        async with (db or self.db).write() as tx:
            due = await found.due(tx.session, at, may, limit)
            return await claims.claim(tx.session, [one.id for one in due], at, at)

    async def keys(self, at: datetime = NOW, *, limit: int = 10) -> list[str]:
        return [one.key for one in await self.claim(at, limit=limit)]

    async def sent(self, one: ClaimedNotice, ts: str = "1.0", at: datetime = NOW) -> bool:
        return await self.write(lambda session: claims.mark_sent(session, one, channel_id="C1", ts=ts, now=at))

    async def put_back(self, one: ClaimedNotice, at: datetime, *, failed: bool = True, holds_lane: bool = True) -> None:
        await self.write(
            lambda session: claims.put_back(session, one, at=at, why="later", failed=failed, holds_lane=holds_lane)
        )

    async def row(self, key: str) -> Notice:
        found = await self.read(lambda session: notices.by_key(session, self.workspace, key))
        assert found is not None, key
        return found


async def make_house(db: Database) -> House:
    """A workspace with Ada, Chloé and Felix, who is a guest."""
    async with db.write() as tx:
        workspace = await people.ensure_workspace(tx.session, "T1", "Northwind", "UBOT", NOW)
        house = House(db, workspace)
        told = [
            PersonFacts("U1", "Ada", "Ada@northwind.example"),
            PersonFacts("U2", "Chloé", "chloe@northwind.example"),
            PersonFacts("U3", "Felix", "felix@northwind.example", is_guest=True),
        ]
        await people.upsert(tx.session, workspace, told, NOW)
        for one in told:
            found = await people.by_slack_id(tx.session, workspace, one.slack_id)
            assert found is not None
            house.people[one.name] = found.id
    return house


async def at_once(*work: Awaitable[T]) -> list[T]:
    """All of it side by side; raises what any of it raised."""
    return list(await asyncio.gather(*work))
