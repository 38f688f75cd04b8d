"""The whole of Baton against a local Slack: people who type commands, press buttons and fill in forms."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, Final, TypeVar

import aiohttp
import structlog
from sqlalchemy import select

from bot.app import Baton
from bot.config import read_settings
from bot.logs import set_up_logs
from bot.serve import Address, listen, serve
from domain.deals import AccountFacts, DealFacts
from domain.handoff import Answers, HandoffState
from domain.picture import DealPicture
from handlers.webhooks.deals import Teller, record_deal_won
from messages.blocks import actions, button
from messages.values import pack
from sandbox import Sandbox, SandboxConfig
from storage import handoffs, people, pictures
from storage.audit_models import AuditEntry
from storage.models import Csm, Notice

ROOT: Final = Path(__file__).parents[2]
ADA, BEN, CHLOE, DANIEL, MEI, EVA, FELIX, GRETA = (
    *("U01ADALIND", "U02BENCART", "U03CHLOEDV", "U04DANLIM0"),
    *("U05MEICHEN", "U06EVANOVA", "U07FELIXGU", "U08GRETACO"),
)
GENERAL: Final = "C00GENERAL"
CS: Final = "C00CUSTSUC"
PATIENCE_S: Final = 15.0
FACTS: Final = DealFacts(
    id="D-100",
    name="Fjordbank Pro",
    account=AccountFacts("A-1", "Fjordbank"),
    closed_at=datetime(2026, 11, 20, tzinfo=UTC),
    owner_email="ada@northwind.example",
    csm_email="chloe@northwind.example",
    amount=Decimal(48000),
    currency="EUR",
    crm_url="https://crm.example/deals/D-100",
    products=("Pro", "Reports"),
    notes="They called twice & asked for <SSO>.",
)
T = TypeVar("T")


@dataclass
class Office:
    """What the tests touch."""

    url: str
    http: aiohttp.ClientSession
    baton: Baton
    sandbox: Sandbox
    log: StringIO
    address: str = ""
    """Where Baton's own HTTP side is."""

    async def get(self, path: str, **query: str) -> Any:  # noqa: ANN401
        async with self.http.get(f"{self.url}_sandbox/{path}", params=query) as answer:
            return await answer.json()

    async def ui(self, path: str, **body: Any) -> dict[str, Any]:  # noqa: ANN401
        async with self.http.post(f"{self.url}_sandbox/ui/{path}", json=body) as answer:
            return await answer.json()

    async def control(self, path: str, **body: Any) -> dict[str, Any]:  # noqa: ANN401
        """What happens in Slack by itself, or by its admins."""
        async with self.http.post(f"{self.url}_sandbox/{path}", json=body) as answer:
            assert answer.ok, await answer.text()
            return await answer.json()

    async def later(self, **duration: float) -> None:
        """Let time pass, for Slack and for Baton."""
        await self.control("clock", advance=timedelta(**duration).total_seconds())
        wanted = (await self.get("clock"))["now"]

        async def there() -> bool:
            return self.baton.clock() >= datetime.fromisoformat(wanted)

        await self.until(there)
        self.baton.ticker.wake()

    async def until(self, look: Callable[[], Awaitable[T | None]]) -> T:
        """What ``look`` finds, once it finds something."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                found = await look()
                if found:
                    return found
                await asyncio.sleep(0.01)

    # What people do

    async def command(self, user: str, text: str, channel: str = GENERAL) -> str:
        """Type a slash command; what the person reads under it, '' when nothing is said."""
        before = {message["ts"] for message in await self._ephemeral(user, channel)}
        answer = await self.ui("command", user=user, channel=channel, text=text)
        assert answer["ok"], answer
        new = [message for message in await self._ephemeral(user, channel) if message["ts"] not in before]
        return "\n".join(json.dumps(message, ensure_ascii=False) for message in new)

    async def _ephemeral(self, user: str, channel: str) -> list[dict[str, Any]]:
        shown = await self.get(f"ui/channels/{channel}", user=user)
        return [message for message in shown["messages"] if message.get("is_ephemeral")]

    async def press(self, user: str, message: Mapping[str, Any], label: str) -> None:
        """Press the button with this label in a message."""
        for block in message["blocks"]:
            elements = block.get("elements", []) if block["type"] == "actions" else [block.get("accessory") or {}]
            for element in elements:
                if element.get("text", {}).get("text") == label:
                    container = {
                        "type": "message",
                        "channel_id": message["channel"],
                        "message_ts": message["ts"],
                        "is_ephemeral": bool(message.get("is_ephemeral")),
                    }
                    await self._act(user, container, block["block_id"], element)
                    return
        raise AssertionError(f"there is no button {label!r}")

    async def press_in_view(self, user: str, label: str) -> None:
        """Press the first button with this label in the topmost window."""
        view = await self.view(user)
        for block in view["blocks"]:
            elements = block.get("elements", []) if block["type"] == "actions" else [block.get("accessory") or {}]
            for element in elements:
                if element.get("text", {}).get("text") == label:
                    await self._act(user, {"type": "view", "view_id": view["id"]}, block["block_id"], element)
                    return
        raise AssertionError(f"there is no button {label!r}")

    async def _act(self, user: str, container: dict[str, Any], block_id: str, element: dict[str, Any]) -> None:
        action = {"type": "button", "block_id": block_id, "action_id": element["action_id"]}
        action["value"] = element.get("value", "")
        answer = await self.ui("action", user=user, container=container, action=action, state={"values": {}})
        assert answer["ok"], answer

    async def offer(self, channel: str, label: str, action_id: str, **value: int | str) -> dict[str, Any]:
        """A message with one button, as an older message of Baton still shows it to somebody."""
        row = actions([button(label, action_id, pack(**value))], "row")
        posted = await self.baton.web.chat_postMessage(channel=channel, text=label, blocks=[row])
        return {"blocks": [row], "ts": posted["ts"], "channel": channel}

    async def views(self, user: str) -> list[dict[str, Any]]:
        return (await self.get("ui/views", user=user))["views"]

    async def view(self, user: str) -> dict[str, Any]:
        """The topmost window."""
        views = await self.views(user)
        assert views, "no window is open"
        return views[-1]

    async def submit(self, user: str, **values: Mapping[str, Any] | str) -> dict[str, Any]:
        """Fill in the topmost window and send it; a string is typed, a mapping is the state of another element."""
        view = await self.view(user)
        given = {name: value if isinstance(value, Mapping) else typed(value) for name, value in values.items()}
        filled = {name: {name: value} for name, value in given.items()}
        return await self.ui("submit", user=user, view_id=view["id"], values=filled)

    async def note(self, user: str) -> str:
        """The text of the small window that is open; it is closed."""
        view = await self.view(user)
        assert view["callback_id"] == "note", view["callback_id"]
        await self.ui("close", user=user, view_id=view["id"])
        return "\n".join(block["text"]["text"] for block in view["blocks"])

    # What is said

    async def messages(self, channel: str, kind: str = "") -> list[dict[str, Any]]:
        found = (await self.get("messages", channel=channel))["messages"]
        return [
            {**message, "channel": channel}
            for message in found
            if kind in ("", message.get("metadata", {}).get("event_payload", {}).get("kind"))
        ]

    async def said(self, channel: str, kind: str, holds: str = "") -> dict[str, Any]:
        """The newest message of this kind that holds a text, once it is there."""

        async def look() -> dict[str, Any] | None:
            found = [one for one in await self.messages(channel, kind) if holds in json.dumps(one, ensure_ascii=False)]
            return found[-1] if found else None

        return await self.until(look)

    async def said_to(self, user: str, kind: str, holds: str = "") -> dict[str, Any]:
        """The same in person."""

        async def look() -> str | None:
            notices = [one for one in await self.notices(kind) if one.audience == f"person:{user}" and one.channel_id]
            return notices[-1].channel_id if notices else None

        return await self.said(await self.until(look), kind, holds)

    # What is kept

    async def deal(self, **changes: Any) -> DealPicture:  # noqa: ANN401
        """A deal won, with its channel and its first messages."""
        services = self.baton.services
        teller = Teller("crm", "webhook", services.clock())
        async with services.db.write() as tx:
            recorded = await record_deal_won(services, tx, replace(FACTS, **changes), teller)

        async def opened() -> DealPicture | None:
            found = await self.picture(recorded.deal_id)
            return found if found.channel.id and found.state == "open" else None

        picture = await self.until(opened)
        await self.said(picture.channel.id, "handoff_requested")
        return picture

    async def picture(self, deal_id: int) -> DealPicture:
        async with self.baton.db.read() as session:
            found = await pictures.load(session, deal_id)
        assert found is not None
        return found

    async def handed_in(self, picture: DealPicture, **answers: Any) -> DealPicture:  # noqa: ANN401
        """The deal with a handoff handed in by Ada, as the form would."""
        given = Answers(**({"products": "Pro", "problem": "Logins take a whole minute."} | answers))
        now = self.baton.clock()
        async with self.baton.db.write() as tx:
            ada = await people.by_slack_id(tx.session, picture.workspace_id, ADA)
            assert ada is not None
            assert picture.handoff is not None
            await handoffs.submit(
                tx.session,
                picture.handoff.id,
                picture.id,
                based_on=picture.handoff.version,
                was=picture.handoff.state,
                before=picture.handoff.answers,
                state=HandoffState.SUBMITTED,
                answers=given,
                score=25,
                author_id=ada.id,
                now=now,
            )
        return await self.picture(picture.id)

    async def notices(self, kind: str) -> list[Notice]:
        async with self.baton.db.read() as session:
            return list((await session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id))).all())

    async def audited(self) -> list[str]:
        async with self.baton.db.read() as session:
            return list((await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))).all())

    async def csms(self) -> dict[str, Csm]:
        async with self.baton.db.read() as session:
            roster = await people.roster(session, self.baton.services.people.workspace_id)
            found = {entry.person.slack_id: await session.get_one(Csm, entry.person.id) for entry in roster}
        return {slack_id: csm for slack_id, csm in found.items() if csm.active}

    async def make_csm(self, *slack_ids: str) -> None:
        workspace = self.baton.services.people.workspace_id
        for slack_id in slack_ids:
            asker = await self.baton.services.people.find(slack_id)
            async with self.baton.db.write() as tx:
                await people.set_csm(tx.session, workspace, asker.card.id)


def typed(value: str) -> dict[str, Any]:
    """What a text field holds."""
    return {"type": "plain_text_input", "value": value}


def picked(user: str) -> dict[str, Any]:
    """What a people menu holds."""
    return {"type": "users_select", "selected_user": user}


def chosen(value: str, label: str) -> dict[str, Any]:
    """What a row of radio buttons holds."""
    option = {"text": {"type": "plain_text", "text": label, "emoji": True}, "value": value}
    return {"type": "radio_buttons", "selected_option": option}


@asynccontextmanager
async def open_office(
    database_url: str, *, http_mode: bool = False, follow_clock: bool = False, **more: str
) -> AsyncGenerator[Office]:
    """Baton, started as ``baton run`` starts it, and the local Slack with its manifest; Eva is the lead. With
    ``follow_clock`` it goes by the local Slack's clock. ``more``: other settings."""
    listener = listen("127.0.0.1", 0)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    # What Baton does is tested, not how fast the machine is: a busy one needs more than three seconds for a press.
    config = SandboxConfig(
        port=0,
        manifest=ROOT / "manifest.yaml",
        patience_s=PATIENCE_S,
        events_url=f"{address}/slack/events" if http_mode else None,
    )
    sandbox = Sandbox(config)
    up, stop = asyncio.Event(), asyncio.Event()
    slack = asyncio.create_task(sandbox.serve(ready=up))
    await up.wait()
    log = StringIO()
    set_up_logs("console", stream=log)
    given = {"DATABASE_URL": database_url, "BATON_PACE": "0", "BATON_CS_LEAD": "eva@northwind.example"}
    started: asyncio.Future[Baton] = asyncio.get_running_loop().create_future()

    def ready(baton: Baton, _address: Address) -> None:
        started.set_result(baton)

    async with aiohttp.ClientSession() as http:
        async with http.post(f"{sandbox.url}_sandbox/rates", json={"factor": 0}) as answer:
            assert answer.ok
        environment = sandbox.environment() | given | more
        if follow_clock:
            environment["BATON_CLOCK_URL"] = f"{sandbox.url}_sandbox/clock"
        if http_mode:
            del environment["SLACK_APP_TOKEN"]
        running = asyncio.create_task(serve(read_settings(environment), listener, stop, ready))
        await asyncio.wait({running, started}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        office = Office(sandbox.url, http, await started, sandbox, log, address)
        await office.baton.services.people.find(EVA)

        async def connected() -> bool:
            return http_mode or bool((await office.get("socket"))["connections"])

        try:
            await office.until(connected)
            yield office
        finally:
            stop.set()
            await running
            await sandbox.stop()
            await slack
            structlog.reset_defaults()
            logging.getLogger().handlers.clear()
