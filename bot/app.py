"""The composition root: every part is made here, once, and handed to the others."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import metadata
from typing import Any, Protocol

import aiohttp
from fastapi import FastAPI
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import FollowedClock, real_clock, shifted_clock
from bot.config import Settings
from bot.identity import Identity
from bot.slack_web import call, web_client
from domain.clock import Clock
from handlers import front
from handlers.health import health_router
from handlers.metrics import MeasuredRequests, Metrics
from handlers.people import PeopleDirectory
from handlers.services import HandlerSettings, Services
from handlers.slack_http import slack_router
from handlers.webhooks.openapi import describe_events
from handlers.webhooks.router import webhook_router
from scheduler.port import Engine
from storage.database import Database, Tx

VIEW_TIMEOUT_S = 3
"""Handlers only open and change views; later than this nobody can use the answer (a `trigger_id` lives 3 s)."""


class NotReached(Exception):
    """Slack sent something before it was known which workspace the token belongs to."""


@dataclass
class State:
    """What is known of the running process."""

    identity: Identity | None = None
    engine_runs: bool = False
    stopping: bool = False
    connected: bool = False


class RunningEngine(Engine, Protocol):
    """The engine as this program runs it."""

    def wake(self) -> None:
        """Look at once: something may be due."""
        ...

    async def drain(self) -> None:
        """Deliver everything that is due now, then return."""
        ...


@dataclass(frozen=True)
class Baton:
    """Everything that runs, put together."""

    settings: Settings
    clock: Clock
    followed: FollowedClock | None
    db: Database
    web: AsyncWebClient
    bolt: AsyncApp
    services: Services
    engine: RunningEngine
    http: FastAPI
    metrics: Metrics
    state: State = field(default_factory=State)

    def troubles(self) -> Sequence[str]:
        """What of the process does not run, in plain sentences."""
        return troubles(self.state)


class WaitingEngine:
    """Takes note of nothing and delivers nothing: in its place until there is a courier to give to the real one."""

    async def enqueue(self, tx: Tx, notice_ids: Sequence[int]) -> None:
        """A sweep finds every notice that is due."""

    def wake(self) -> None:
        """Nothing is delivered."""

    async def drain(self) -> None:
        """Nothing is delivered."""

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.Event().wait()


def make_engine() -> RunningEngine:
    """The engine that delivers notices."""
    return WaitingEngine()


def register_handlers(bolt: AsyncApp, services: Services) -> None:
    """Every handler of Slack's commands, actions, views and events, in the order in which they are asked."""
    front.register(bolt, services)
    front.register_rest(bolt)


def build(settings: Settings, session: aiohttp.ClientSession, offset: timedelta | None = None) -> Baton:
    """Make every part; nothing runs yet and nobody was asked anything. Needs a running event loop.

    With an `offset` the clock is the machine's, that far ahead or behind.
    """
    followed = FollowedClock(settings.baton_clock_url, session) if settings.baton_clock_url else None
    clock: Clock = followed or real_clock
    if offset is not None:
        followed, clock = None, shifted_clock(offset)
    db = Database(settings.database_url.get_secret_value())
    web = web_client(settings, session)
    state = State()
    engine = make_engine()
    if followed is not None:
        followed.on_jump(engine.wake)
    services = Services(
        db=db, clock=clock, engine=engine, people=_directory(db, clock, web), settings=_handler_settings(settings)
    )
    bolt = _bolt(settings, session, state)
    register_handlers(bolt, services)
    metrics = Metrics()
    http = _http(settings, bolt, services, metrics, state)
    return Baton(settings, clock, followed, db, web, bolt, services, engine, http, metrics, state)


def troubles(state: State) -> Sequence[str]:
    """What of the process does not run, in plain sentences."""
    found: list[str] = []
    if state.stopping:
        found.append("Baton is stopping.")
    if not state.engine_runs:
        found.append("The engine does not run.")
    if state.identity is None:
        found.append("Slack has not been reached yet.")
    return found


def version() -> str:
    """Baton's version, or 'development' when it runs from a folder that was not installed."""
    try:
        return metadata.version("baton")
    except metadata.PackageNotFoundError:
        return "development"


def _directory(db: Database, clock: Clock, web: AsyncWebClient) -> PeopleDirectory:
    async def users_info(slack_id: str) -> dict[str, Any]:
        return (await call(web, "users.info", user=slack_id, include_locale="true")).data["user"]

    return PeopleDirectory(db, clock, users_info)


def _handler_settings(settings: Settings) -> HandlerSettings:
    return HandlerSettings(
        lead=settings.baton_cs_lead or "",
        cs_channel=settings.baton_cs_channel,
        timezone=settings.baton_timezone,
        private_channels=settings.baton_channel_visibility == "private",
        version=version(),
    )


def _bolt(settings: Settings, session: aiohttp.ClientSession, state: State) -> AsyncApp:
    """Bolt without a call to Slack of its own: who the bot is was asked at the start."""

    async def authorize() -> AuthorizeResult:
        identity = state.identity
        if identity is None:
            raise NotReached
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.team_id,
            bot_user_id=identity.bot_user_id,
            bot_id=identity.bot_id,
            bot_token=settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else None,
        )

    secret = settings.slack_signing_secret
    logger = logging.getLogger("slack_bolt")
    logger.addFilter(_no_advice)
    # Bolt sets the level of the logger that has the app's name: "baton" would silence our own.
    return AsyncApp(
        name="slack_bolt.app",
        logger=logger,
        client=web_client(settings, session, timeout_s=VIEW_TIMEOUT_S),
        signing_secret=secret.get_secret_value() if secret else "",
        authorize=authorize,
        process_before_response=True,
        raise_error_for_unhandled_request=True,
    )


def _no_advice(record: logging.LogRecord) -> bool:
    """Bolt warns that it does not need SLACK_BOT_TOKEN from the environment, where it always is."""
    return "`token`" not in str(record.msg)


def _http(settings: Settings, bolt: AsyncApp, services: Services, metrics: Metrics, state: State) -> FastAPI:
    app = FastAPI(
        title="Baton",
        version=version(),
        summary="Signed events from CRM, billing, product and help desk",
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
    )
    secret = settings.baton_webhook_secret
    app.include_router(webhook_router(services, secret.get_secret_value() if secret else None))
    app.include_router(health_router(services.db, metrics, lambda: troubles(state)))
    if not settings.socket_mode:
        app.include_router(slack_router(bolt))
    app.add_middleware(MeasuredRequests, metrics=metrics)
    describe_events(app)
    return app
