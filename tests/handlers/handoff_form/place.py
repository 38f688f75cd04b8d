"""A local Slack with Baton's form in it, one deal, and people who click."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from domain.calendar import WorkingDays
from domain.deals import AccountFacts, DealFacts, DealState
from domain.picture import DealPicture
from handlers import front, listen
from handlers.handoff_form import listening
from handlers.listen import Ack, Body, Client
from handlers.people import PeopleDirectory
from handlers.services import HandlerSettings, Services
from messages.blocks import actions, button
from messages.values import pack
from sandbox import Sandbox, SandboxConfig
from storage import deals, handoffs, people, pictures
from storage.database import Database, Tx
from storage.models import Notice
from tests.playbooks import shipped

ADA, BEN, CHLOE, DANIEL, EVA, FELIX = (
    *("U01ADALIND", "U02BENCART", "U03CHLOEDV"),
    *("U04DANLIM0", "U06EVANOVA", "U07FELIXGU"),
)
GENERAL = "C00GENERAL"
EXTERNAL = "C00EXTFJOR"
FACTS = DealFacts(
    id="D-100",
    name="Fjordbank Pro",
    account=AccountFacts("A-1", "Fjordbank"),
    closed_at=datetime(2026, 11, 20, tzinfo=UTC),
    owner_email="ada@northwind.example",
    products=("Pro", "Reports"),
    notes="They called twice & asked for <SSO>.",
)


class Unhurried:
    """An engine that leaves every notice in the outbox, where the tests look at them."""

    async def enqueue(self, tx: Tx, notice_ids: Sequence[int]) -> None:
        """Nothing to do: the notices are rows already."""

    async def run(self) -> None:
        """Nothing is delivered."""


@dataclass
class Place:
    """What the tests touch."""

    url: str
    http: aiohttp.ClientSession
    web: AsyncWebClient
    db: Database
    services: Services
    deal: int
    triggers: list[str]

    async def post(self, route: str, **body: object) -> dict[str, Any]:
        async with self.http.post(f"{self.url}_sandbox/ui/{route}", json=body) as answer:
            return await answer.json()

    async def picture(self) -> DealPicture:
        async with self.db.read() as session:
            found = await pictures.load(session, self.deal)
        assert found is not None
        return found

    async def draft(self, slack_id: str) -> handoffs.Draft | None:
        async with self.db.read() as session:
            person = await people.by_slack_id(session, self.services.people.workspace_id, slack_id)
            handoff = await handoffs.get(session, self.deal)
            assert person is not None
            assert handoff is not None
            return await handoffs.draft(session, handoff.id, person.id)

    async def notices(self, kind: str = "") -> list[Notice]:
        async with self.db.read() as session:
            found = (await session.scalars(select(Notice).order_by(Notice.id))).all()
        return [one for one in found if kind in ("", one.kind)]

    @property
    def client(self) -> Client:
        """Slack as handlers see it."""
        return cast("Client", self.web)

    async def trigger(self, slack_id: str) -> str:
        """A fresh trigger id: somebody presses a button nobody hears of."""
        self.triggers.clear()
        await (await self.offer("trigger_please")).press(slack_id)
        return self.triggers[0]

    async def another_deal(self, deal_id: str, account: str) -> int:
        """One more deal of Ada's and Chloé's."""
        facts = replace(FACTS, id=deal_id, name=account, account=AccountFacts(f"A-{deal_id}", account))
        return await make_deal(self.services, self.services.people.workspace_id, facts)

    async def offer(self, action_id: str, channel: str = GENERAL, **value: int) -> "Offer":
        """A message with one button, as the brief or the card have it."""
        packed = pack(**({"deal": self.deal} | value))
        row = actions([button("Press", action_id, packed)], "row")
        await self.web.conversations_join(channel=channel)
        answer = await self.web.chat_postMessage(channel=channel, text="Press", blocks=[row])
        return Offer(self, action_id, packed, channel, answer["ts"])

    async def opened(self, slack_id: str) -> "Window":
        """Somebody opens the form by its button."""
        await (await self.offer("handoff_open")).press(slack_id)
        return await self.top(slack_id)

    async def views(self, slack_id: str) -> list[dict[str, Any]]:
        async with self.http.get(f"{self.url}_sandbox/ui/views", params={"user": slack_id}) as answer:
            return (await answer.json())["views"]

    async def top(self, slack_id: str) -> "Window":
        return Window(self, slack_id, (await self.views(slack_id))[-1])


@dataclass
class Offer:
    """A button in a message."""

    place: Place
    action_id: str
    value: str
    channel: str
    ts: str

    async def press(self, slack_id: str) -> None:
        answer = await self.place.post(
            "action",
            user=slack_id,
            container={"type": "message", "channel_id": self.channel, "message_ts": self.ts},
            action={"type": "button", "block_id": "row", "action_id": self.action_id, "value": self.value},
            state={"values": {}},
        )
        assert answer["ok"], answer


@dataclass
class Window:
    """One person's view and what they do in it."""

    place: Place
    user: str
    view: dict[str, Any]

    @property
    def callback(self) -> str:
        return self.view["callback_id"]

    def element(self, action_id: str, block_id: str = "") -> tuple[str, dict[str, Any]]:
        for block in self.view["blocks"]:
            holders = [block.get("accessory"), block.get("element"), *block.get("elements", ())]
            for one in holders:
                if one and one.get("action_id") == action_id and block_id in ("", block["block_id"]):
                    return block["block_id"], one
        raise AssertionError(f"no {action_id} in {self.callback}")

    def value(self, name: str) -> str | None:
        """What stands in a field now."""
        return self.view["state"]["values"][name][name].get("value")

    async def act(self, action_id: str, block_id: str = "", **chosen: object) -> "Window":
        """Use an element; gives the view that is on top afterwards."""
        block, element = self.element(action_id, block_id)
        action = {"type": element["type"], "block_id": block, "action_id": action_id}
        if "value" in element:
            action["value"] = element["value"]
        answer = await self.place.post(
            "action",
            user=self.user,
            container={"type": "view", "view_id": self.view["id"]},
            action=action | chosen,
            state={"values": {}},
        )
        assert answer["ok"], answer
        return await self.place.top(self.user)

    async def menu(self, item_id: str, what: str) -> "Window":
        """Edit or remove a row of a list."""
        _, element = self.element("item_menu", f"row:{item_id}")
        option = next(one for one in element["options"] if one["value"].startswith(what))
        return await self.act("item_menu", f"row:{item_id}", selected_option=option)

    async def list(self, field: str) -> "Window":
        """Press "Edit list"."""
        return await self.act("list_open", f"list:{field}")

    async def type(self, name: str, text: str) -> "Window":
        """Type into a field; Slack tells of it."""
        values = {name: {name: {"type": "plain_text_input", "value": text}}}
        answer = await self.place.post(
            "action",
            user=self.user,
            container={"type": "view", "view_id": self.view["id"]},
            action={"type": "plain_text_input", "block_id": name, "action_id": name, "value": text},
            state={"values": values},
        )
        assert answer["ok"], answer
        return await self.place.top(self.user)

    async def submit(self, **texts: str) -> dict[str, Any]:
        """Fill fields and press the view's button."""
        values = {name: {name: {"type": "plain_text_input", "value": text}} for name, text in texts.items()}
        return await self.place.post("submit", user=self.user, view_id=self.view["id"], values=values)

    async def pick(self, name: str, value: str) -> dict[str, Any]:
        """Pick an option of a menu and press the view's button."""
        _, element = self.element(name)
        option = next(one for one in element["options"] if one["value"] == value)
        values = {name: {name: {"type": "static_select", "selected_option": option}}}
        return await self.place.post("submit", user=self.user, view_id=self.view["id"], values=values)

    async def decide(self, **sides: str) -> dict[str, Any]:
        """Choose "theirs" or "mine" for each field and press the view's button."""
        values: dict[str, Any] = {}
        for name, side in sides.items():
            _, element = self.element(name)
            option = next(one for one in element["options"] if one["value"].startswith(side))
            values[name] = {name: {"type": "radio_buttons", "selected_option": option}}
        return await self.place.post("submit", user=self.user, view_id=self.view["id"], values=values)

    async def close(self, *, everything: bool = False) -> None:
        await self.place.post("close", user=self.user, view_id=self.view["id"], all=everything)


@asynccontextmanager
async def running_sandbox() -> AsyncGenerator[Sandbox]:
    """A local Slack without rate limits on a free port."""
    sandbox, ready = Sandbox(SandboxConfig(port=0, pace=0, patience_s=15)), asyncio.Event()
    serving = asyncio.create_task(sandbox.serve(ready=ready))
    await ready.wait()
    try:
        yield sandbox
    finally:
        await sandbox.stop()
        await serving


@asynccontextmanager
async def form_in_slack(db_url: str) -> AsyncGenerator[Place]:
    """Baton's form beside a local Slack over Socket Mode, with one deal of Ada's and Chloé's."""
    async with running_sandbox() as sandbox, aiohttp.ClientSession() as http:
        env = sandbox.environment()
        db = Database(db_url)
        web = AsyncWebClient(token=env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"])

        async def users_info(slack_id: str) -> dict[str, Any]:
            return (await web.users_info(user=slack_id, include_locale=True))["user"]

        def clock() -> datetime:
            return datetime.now(UTC)

        directory = PeopleDirectory(db, clock, users_info)
        services = Services(
            db=db,
            clock=clock,
            engine=Unhurried(),
            people=directory,
            settings=HandlerSettings(),
            playbooks=shipped(),
            days=WorkingDays(),
        )
        async with db.write() as tx:
            workspace = await people.ensure_workspace(tx.session, "T00NORTHW", "Northwind", "U00BOT0001", clock())
        directory.of_workspace(workspace, "T00NORTHW")
        deal = await make_deal(services, workspace)
        triggers: list[str] = []
        app = _app(web, services, triggers)
        handler = AsyncSocketModeHandler(app, env["SLACK_APP_TOKEN"], web_client=AsyncWebClient(
            token=env["SLACK_APP_TOKEN"], base_url=env["SLACK_API_URL"]))  # fmt: skip
        await handler.connect_async()
        try:
            yield Place(sandbox.url, http, web, db, services, deal, triggers)
        finally:
            await handler.close_async()
            await db.close()


def _app(web: AsyncWebClient, services: Services, triggers: list[str]) -> AsyncApp:
    async def note_trigger(ack: Ack, body: Body) -> None:
        triggers.append(body["trigger_id"])
        await ack()

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id="T00NORTHW", bot_user_id="U00BOT0001", bot_id="B00BOT0001", bot_token=web.token
        )

    app = AsyncApp(
        client=web, authorize=authorize, process_before_response=True, raise_error_for_unhandled_request=True
    )
    front.register(app, services)
    listening.register(app, services)
    listen.action(app, "trigger_please", note_trigger)
    front.register_rest(app)
    return app


async def make_deal(services: Services, workspace: int, facts: DealFacts = FACTS) -> int:
    """A won deal with its channel, Ada its seller and Chloé its CSM."""
    ada = await services.people.find(ADA)
    chloe = await services.people.find(CHLOE)
    now = services.clock()
    async with services.db.write() as tx:
        account = await deals.upsert_account(tx.session, workspace, facts.account, now)
        deal = await deals.insert_if_new(tx.session, workspace, account, facts, DealState.OPEN, now)
        assert deal is not None
        deal.ae_id, deal.csm_id = ada.card.id, chloe.card.id
        deal.channel_id, deal.channel_name = f"C{facts.id}", f"deal-{facts.id.lower()}"
        await tx.session.flush()
        await deals.add_handoff(tx.session, deal.id, now)
        return deal.id
