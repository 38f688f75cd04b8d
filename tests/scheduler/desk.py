"""The engine at work against a local Slack over HTTP, on clocks that only the test moves."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from domain.calendar import WorkingDays
from domain.deals import AccountFacts, DealFacts
from domain.picture import DealPicture
from handlers.people import PeopleDirectory
from handlers.services import HandlerSettings, Services
from handlers.webhooks.deals import Recorded, Teller, record_deal_won
from sandbox import SandboxConfig
from scheduler.courier import DealCourier
from scheduler.delivery import Courier
from scheduler.engine import EmbeddedEngine, EngineLimits, EngineMeans
from scheduler.pacing import Pacer
from scheduler.slack import Slack
from scheduler.workplace import CourierSettings, Workplace
from storage import notices, people, pictures
from storage.database import Database
from storage.models import Notice
from storage.notices import NewNotice
from storage.pace import SharedSlots
from tests.playbooks import shipped
from tests.sandbox.conftest import Running, running

MANIFEST: Final = Path(__file__).parents[2] / "manifest.yaml"
ADA, BEN, CHLOE, DANIEL, MEI, EVA, FELIX, GRETA = (
    *("U01ADALIND", "U02BENCART", "U03CHLOEDV", "U04DANLIM0"),
    *("U05MEICHEN", "U06EVANOVA", "U07FELIXGU", "U08GRETACO"),
)
GENERAL: Final = "C00GENERAL"
CS: Final = "C00CUSTSUC"
FACTS: Final = DealFacts(
    id="D-1",
    name="Fjordbank Pro",
    account=AccountFacts("A-1", "Fjordbank"),
    closed_at=datetime(2026, 11, 20, tzinfo=UTC),
    owner_email="ada@northwind.example",
    csm_email="chloe@northwind.example",
    amount=Decimal(48000),
    currency="EUR",
    crm_url="https://crm.example/deals/D-1",
)
TIMEOUT_S: Final = 0.3
BOT: Final = "U00BOT0001"


class Wall:
    """The machine's clock, ahead by what the test moved it."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self.frozen: datetime | None = None

    def __call__(self) -> datetime:
        return (self.frozen or datetime.now(UTC)) + self.ahead

    def move(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


@dataclass
class Desk:
    """What the tests touch. ``workspace``: our row id of the sandbox's workspace."""

    slack: Running
    db: Database
    wall: Wall
    workspace: int = 0
    frozen: float = 0.0

    def clock(self) -> datetime:
        """Baton's clock, which follows the local Slack's."""
        return self.slack.core.world.clock.now()

    def pass_time(self, seconds: float) -> None:
        """Move every clock forward."""
        self.slack.core.world.clock.move(seconds)
        self.wall.move(seconds)

    def client(self, pacer: Pacer | None = None, kind: type[Slack] = Slack, timeout_s: float = TIMEOUT_S) -> Slack:
        """The Web API as the engine calls it, without retries of its own."""
        web = AsyncWebClient(
            token=self.slack.env["SLACK_BOT_TOKEN"],
            base_url=self.slack.env["SLACK_API_URL"],
            session=self.slack.session,
            retry_handlers=[],
        )
        return kind(web, pacer or Pacer(0, self.monotonic), timeout_s)

    def monotonic(self) -> float:
        """Seconds that pass as the test moves the clocks."""
        return (self.frozen or time.monotonic()) + self.wall.ahead.total_seconds()

    def pacer(self, factor: float) -> Pacer:
        """Slack's pace, shared on PostgreSQL as `baton run` does, by the test's own clock."""
        slots = None if self.db.is_sqlite else SharedSlots(self.db, self.monotonic)
        return Pacer(factor, self.monotonic, slots=slots)

    def freeze(self) -> None:
        """Let no time pass for the pace and the claims but what the test moves."""
        self.wall.frozen = datetime.now(UTC)
        self.frozen = time.monotonic()

    def place(self, slack: Slack | None = None, **settings: str) -> Workplace:
        """What a courier is given."""
        given = CourierSettings(**{"lead": EVA, **settings})
        return Workplace(self.db, self.clock, slack or self.client(), WorkingDays(), given)

    def engine(
        self,
        place: Workplace | None = None,
        courier: Callable[[Workplace], Courier] = DealCourier,
        limits: EngineLimits | None = None,
    ) -> EmbeddedEngine:
        """An engine as ``baton run`` makes it, with these parts."""
        at = place or self.place()
        log = structlog.stdlib.get_logger("test")
        means = EngineMeans(self.db, self.clock, at.slack, courier(at), log, limits or EngineLimits(), self.wall)
        return EmbeddedEngine(means)

    async def deliver(self, engine: EmbeddedEngine | None = None, rounds: int = 8, step_s: float = 30) -> None:
        """Deliver what is due, then let time pass and look again, until nothing is in hand or waiting for Slack."""
        worker = engine or self.engine()
        for _ in range(rounds):
            await worker.drain()
            if not await self.unfinished():
                return
            self.pass_time(step_s)
        raise AssertionError(f"not delivered: {[(n.key, n.state, n.why) for n in await self.unfinished()]}")

    async def unfinished(self) -> list[Notice]:
        """Notices in hand, and those that were tried and wait to be tried again."""
        rows = await self.notices()
        return [n for n in rows if n.state == "sending" or (n.state == "pending" and (n.claimed_at or n.why))]

    async def until(self, look: Callable[[], Awaitable[object]]) -> None:
        """Until ``look`` finds something."""
        async with asyncio.timeout(10):
            while True:
                if await look():
                    return
                await asyncio.sleep(0.01)

    # What is kept

    async def notices(self, kind: str = "") -> list[Notice]:
        async with self.db.read() as session:
            rows = (await session.scalars(select(Notice).order_by(Notice.id))).all()
        return [n for n in rows if kind in ("", n.kind)]

    async def notice(self, key: str) -> Notice:
        async with self.db.read() as session:
            found = await notices.by_key(session, self.workspace, key)
        assert found is not None, key
        return found

    async def picture(self, deal_id: int) -> DealPicture:
        async with self.db.read() as session:
            found = await pictures.load(session, deal_id)
        assert found is not None
        return found

    async def add(self, *new: NewNotice) -> list[int]:
        async with self.db.write() as tx:
            return await notices.add(tx.session, self.workspace, new, self.clock())

    async def bump(self, *keys: str) -> None:
        async with self.db.write() as tx:
            await notices.bump(tx.session, self.workspace, keys, self.clock())

    async def won(self, **changes: Any) -> Recorded:  # noqa: ANN401
        """A deal is won, by the rule the webhook uses; nothing is delivered yet."""
        async with self.db.write() as tx:
            return await record_deal_won(self.services(), tx, facts(**changes), Teller("crm", "webhook", self.clock()))

    async def opened(self, **changes: Any) -> DealPicture:  # noqa: ANN401
        """A deal is won and everything about it is said."""
        recorded = await self.won(**changes)
        await self.deliver()
        return await self.picture(recorded.deal_id)

    def services(self) -> Services:
        directory = PeopleDirectory(self.db, self.clock, _nobody)
        directory.of_workspace(self.workspace, self.slack.core.world.team.id)
        return Services(self.db, self.clock, self.engine(), directory, HandlerSettings(), shipped(), WorkingDays())

    # What Slack has

    async def messages(self, channel: str | None = None, kind: str = "") -> list[dict[str, Any]]:
        """Messages of Baton, oldest first."""
        query = {"channel": channel} if channel else {}
        found = (await self.slack.get("messages", **query))["messages"]
        return [one for one in found if key_of(one) and kind in ("", payload(one).get("kind"))]

    async def keys(self, channel: str | None = None) -> list[str]:
        return [key_of(one) for one in await self.messages(channel)]

    async def channels(self, prefix: str = "deal-") -> list[dict[str, Any]]:
        found = (await self.slack.get("state"))["channels"]
        return [one for one in found if one.get("name", "").startswith(prefix)]

    async def canvases(self) -> list[dict[str, Any]]:
        return (await self.slack.get("state"))["canvases"]

    async def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        return (await self.slack.get("calls", **({"method": method} if method else {})))["calls"]

    async def fault(self, method: str, fault: str, **more: Any) -> None:  # noqa: ANN401
        answer = await self.slack.post("faults", {"method": method, "fault": fault, **more})
        assert "faults" in answer, answer


def facts(**changes: Any) -> DealFacts:  # noqa: ANN401
    """The sample deal with changes; ``customer`` names its account."""
    customer = changes.pop("customer", None)
    if customer is not None:
        changes["account"] = AccountFacts(changes.pop("account_id", f"A-{customer}"), customer)
    return replace(FACTS, **changes)


def payload(message: dict[str, Any]) -> dict[str, Any]:
    return message.get("metadata", {}).get("event_payload", {})


def key_of(message: dict[str, Any]) -> str:
    return str(payload(message).get("key", ""))


def twice(keys: Sequence[str]) -> list[str]:
    """Keys that were posted more than once."""
    return sorted({key for key in keys if keys.count(key) > 1})


async def _nobody(slack_id: str) -> dict[str, Any]:
    raise AssertionError(f"nobody asks for {slack_id}")


@asynccontextmanager
async def open_desk(url: str, **config: Any) -> AsyncGenerator[Desk]:  # noqa: ANN401
    """A local Slack without rate limits and Baton's storage in the database at ``url``."""
    config = {"port": 0, "pace": 0, "manifest": MANIFEST, **config}
    db = Database(url)
    try:
        async with running(SandboxConfig(**config)) as slack:
            desk = Desk(slack, db, Wall())
            world = slack.core.world
            async with db.write() as tx:
                desk.workspace = await people.ensure_workspace(
                    tx.session, world.team.id, "Northwind", world.app.bot_user_id, desk.clock()
                )
            yield desk
    finally:
        await db.close()
