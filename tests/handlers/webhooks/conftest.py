"""The webhook's route on a real server, a real SQLite file, and an engine that only remembers what it was told."""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from standardwebhooks import Webhook

from domain.calendar import WorkingDays
from handlers.people import PeopleDirectory
from handlers.services import HandlerSettings, Services
from handlers.webhooks.openapi import describe_events
from handlers.webhooks.router import webhook_router
from storage import people
from storage.database import Database, Tx
from tests.playbooks import shipped

SECRET = "whsec_" + base64.b64encode(b"a webhook secret of 32 bytes ...").decode()
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass
class RememberingEngine:
    """An engine of the port's shape; delivery itself is tested with the real one."""

    enqueued: list[int] = field(default_factory=list[int])

    async def enqueue(self, tx: Tx, notice_ids: Sequence[int]) -> None:
        self.enqueued.extend(notice_ids)

    async def run(self) -> None:
        await asyncio.Event().wait()


@dataclass
class Crm:
    """Sends events as a CRM would."""

    client: httpx.AsyncClient
    services: Services
    secret: str = SECRET
    sent: int = 0

    def signed(self, body: bytes, event_id: str, at: datetime | None = None) -> dict[str, str]:
        moment = at or datetime.now(UTC)
        signature = Webhook(self.secret).sign(event_id, moment, body.decode())
        return {
            "webhook-id": event_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": signature,
            "content-type": "application/json",
        }

    async def send_raw(self, body: bytes, event_id: str | None = None) -> httpx.Response:
        self.sent += 1
        headers = self.signed(body, event_id or f"evt_{self.sent}")
        return await self.client.post("/webhooks/baton", content=body, headers=headers)

    async def send(
        self, kind: str, data: Mapping[str, Any], event_id: str | None = None, at: str = ""
    ) -> httpx.Response:
        body = {"type": kind, "timestamp": at or "2026-11-20T12:00:00Z", "data": data}
        return await self.send_raw(json.dumps(body).encode(), event_id)


@pytest.fixture
def store(sqlite_url: str) -> str:
    """The database's address; a module that is about the database gives both kinds instead."""
    return sqlite_url


@pytest.fixture
async def services(store: str) -> AsyncIterator[Services]:
    db = Database(store)

    async def users_info(slack_id: str) -> Mapping[str, Any]:
        return {"id": slack_id}

    directory = PeopleDirectory(db, lambda: NOW, users_info)
    async with db.write() as tx:
        workspace = await people.ensure_workspace(tx.session, "T1", "Northwind", "UBOT", NOW)
        await people.upsert(
            tx.session,
            workspace,
            [
                people.PersonFacts("U01", "Ada", "ada@northwind.example"),
                people.PersonFacts("U03", "Chloé", "chloe@northwind.example"),
                people.PersonFacts("U05", "Mei", "mei@northwind.example"),
                people.PersonFacts("U07", "Felix", "felix@northwind.example", is_guest=True),
            ],
            NOW,
        )
        for email, regions in (("chloe@northwind.example", ["EMEA"]), ("mei@northwind.example", ["APAC"])):
            person = await people.by_email(tx.session, workspace, email)
            assert person is not None
            await people.set_csm(tx.session, workspace, person.id, regions=regions)
    directory.of_workspace(workspace, "T1")
    yield Services(db, lambda: NOW, RememberingEngine(), directory, HandlerSettings(), shipped(), WorkingDays())
    await db.close()


@pytest.fixture
async def crm(services: Services) -> AsyncIterator[Crm]:
    app = FastAPI()
    app.include_router(webhook_router(services, SECRET))
    describe_events(app)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        yield Crm(client, services)
    server.should_exit = True
    await running


def won(**changes: object) -> dict[str, Any]:
    """A `deal.won` as a CRM sends it."""
    return {
        "id": "D-1",
        "name": "Fjordbank – platform",
        "account": {"id": "A-1", "name": "Fjordbank AS", "segment": "mid-market", "region": "EMEA"},
        "amount": 48000,
        "currency": "EUR",
        "closed_at": "2026-11-20T11:00:00Z",
        "owner_email": "ada@northwind.example",
        "products": ["Core"],
        "notes": "Go-live before Christmas.",
        **changes,
    }
