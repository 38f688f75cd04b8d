"""The composition root: every part is made here, once, and handed to the others."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import metadata
from typing import Any

import aiohttp
import structlog
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import FollowedClock, real_clock, shifted_clock
from bot.config import Settings
from bot.identity import Identity
from bot.metrics_files import load_metrics
from bot.plans_files import load_plans
from bot.playbook_files import load_playbooks
from bot.slack_web import call, web_client
from bot.usage_steps_files import load_usage_steps
from bot.zones import country_of_zone, zone_rules
from domain.calendar import Calendars
from domain.clock import Clock
from domain.plays.plans import PlanOrder
from domain.usage.metrics import Metrics as UsageMetrics
from domain.usage_steps import UsageSteps
from handlers.health import health_router
from handlers.metrics import MeasuredRequests, Metrics
from handlers.people import PeopleDirectory
from handlers.registry import register_all
from handlers.services import HandlerSettings, Services
from handlers.slack_http import slack_router
from handlers.slack_signature import Signatures
from handlers.webhooks.openapi import describe_events
from handlers.webhooks.router import webhook_router
from scheduler.charts.studio import Studio
from scheduler.clock import ClockMeans, Ticker
from scheduler.courier import DealCourier
from scheduler.deciders import Means
from scheduler.engine import EmbeddedEngine, EngineMeans
from scheduler.engine_procrastinate import ProcrastinateEngine
from scheduler.pacing import Pacer
from scheduler.rules import deciders
from scheduler.slack import Slack
from scheduler.workplace import CourierSettings, Workplace
from storage.database import Database
from storage.pace import SharedSlots

VIEW_TIMEOUT_S = 3
"""Handlers only open and change views; later than this nobody can use the answer (a `trigger_id` lives 3 s)."""


class NotReached(Exception):
    """Slack sent something before it was known which workspace the token belongs to."""


@dataclass
class State:
    """What is known of the running process."""

    identity: Identity | None = None
    stopping: bool = False
    connected: bool = False


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
    engine: EmbeddedEngine | ProcrastinateEngine
    embedded: EmbeddedEngine
    ticker: Ticker
    http: FastAPI
    metrics: Metrics
    studio: Studio
    state: State = field(default_factory=State)

    def troubles(self) -> Sequence[str]:
        """What of the process does not run, in plain sentences."""
        return troubles(self.state, self.engine, self.ticker)


@dataclass(frozen=True)
class Engines:
    """`embedded` delivers what is due once; `running` is the one that runs: on PostgreSQL a queue that any number of
    processes share."""

    embedded: EmbeddedEngine
    running: EmbeddedEngine | ProcrastinateEngine
    courier: DealCourier
    studio: Studio


def make_engines(
    settings: Settings,
    db: Database,
    clock: Clock,
    session: aiohttp.ClientSession,
    calendars: Calendars,
    *,
    once: bool,
    plans: PlanOrder,
    steps: UsageSteps,
    metrics: UsageMetrics,
) -> Engines:
    """What delivers, with a client of Slack of its own, which repeats nothing by itself."""
    place = Workplace(
        db=db,
        clock=clock,
        slack=Slack(web_client(settings, session), _pacer(settings, db), settings.baton_slack_timeout),
        days=calendars.installation,
        settings=CourierSettings(
            lead=settings.baton_cs_lead or "", cs_channel=settings.baton_cs_channel, timezone=settings.baton_timezone
        ),
        calendars=calendars,
        plans=plans,
        steps=steps,
        metrics=metrics,
    )
    courier, log = DealCourier(place), structlog.stdlib.get_logger("baton.engine")
    means = EngineMeans(db, clock, place.slack, courier, log)
    embedded = EmbeddedEngine(means)
    if db.is_sqlite or once:
        return Engines(embedded, embedded, courier, place.studio)
    return Engines(embedded, ProcrastinateEngine(means), courier, place.studio)


def make_ticker(
    settings: Settings, db: Database, clock: Clock, engines: Engines, calendars: Calendars, metrics: UsageMetrics
) -> Ticker:
    """The clock, with everything that decides about what is due."""
    lead = settings.baton_cs_lead or ""
    means = Means(calendars, lead, settings.baton_timezone, settings.baton_usage_weeks, metrics)
    log = structlog.stdlib.get_logger("baton.clock")
    return Ticker(
        ClockMeans(db, clock, engines.running, deciders(means), log, zone_rules(), lead, settings.baton_timezone)
    )


def _pacer(settings: Settings, db: Database) -> Pacer:
    """Slack's pace: of this process on SQLite, of all of them on PostgreSQL."""
    slots = None if db.is_sqlite else SharedSlots(db)
    return Pacer(settings.baton_pace, posts_per_minute=settings.baton_posts_per_minute, slots=slots)


def register_handlers(bolt: AsyncApp, services: Services) -> None:
    """Every handler of Slack's commands, actions, views and events, in the order in which they are asked."""
    register_all(bolt, services)


def build(
    settings: Settings, session: aiohttp.ClientSession, offset: timedelta | None = None, *, once: bool = False
) -> Baton:
    """Make every part; nothing runs yet and nobody was asked anything. Needs a running event loop. Raises
    WrongPlaybooks.

    With an `offset` the clock is the machine's, that far ahead or behind. `once`: what is due will be delivered by
    `embedded.drain`, and the queue on PostgreSQL is left alone.
    """
    followed = FollowedClock(settings.baton_clock_url, session) if settings.baton_clock_url else None
    clock: Clock = followed or real_clock
    if offset is not None:
        followed, clock = None, shifted_clock(offset)
    db = Database(settings.database_url.get_secret_value())
    web = web_client(settings, session)
    state = State()
    calendars = Calendars(country_of_zone(), settings.holiday_countries)
    plans = load_plans(settings.baton_playbooks)
    steps = load_usage_steps(settings.baton_playbooks)
    usage_metrics = load_metrics(settings.baton_playbooks)
    engines = make_engines(
        settings, db, clock, session, calendars, once=once, plans=plans, steps=steps, metrics=usage_metrics
    )
    ticker = make_ticker(settings, db, clock, engines, calendars, usage_metrics)
    if followed is not None:
        followed.on_jump(ticker.wake)
        followed.on_jump(engines.running.wake)
    services = Services(
        db=db,
        clock=clock,
        engine=engines.running,
        people=_directory(db, clock, web),
        settings=_handler_settings(settings),
        playbooks=load_playbooks(settings.baton_playbooks),
        days=calendars.installation,
        calendars=calendars,
        plans=plans,
        metrics=usage_metrics,
        disturbed=engines.courier.disturbed,
        taken_away=engines.courier.taken_away,
    )
    bolt = _bolt(settings, session, state)
    register_handlers(bolt, services)
    metrics = Metrics()
    http = _http(settings, bolt, services, metrics, lambda: troubles(state, engines.running, ticker))
    return Baton(
        settings=settings,
        clock=clock,
        followed=followed,
        db=db,
        web=web,
        bolt=bolt,
        services=services,
        engine=engines.running,
        embedded=engines.embedded,
        ticker=ticker,
        http=http,
        metrics=metrics,
        studio=engines.studio,
        state=state,
    )


def troubles(state: State, engine: EmbeddedEngine | ProcrastinateEngine, ticker: Ticker) -> Sequence[str]:
    """What of the process does not run, in plain sentences."""
    found: list[str] = []
    if state.stopping:
        found.append("Baton is stopping.")
    if not engine.running:
        found.append("The engine does not run.")
    if not ticker.running:
        found.append("The clock does not run.")
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


def _http(
    settings: Settings, bolt: AsyncApp, services: Services, metrics: Metrics, wrong: Callable[[], Sequence[str]]
) -> FastAPI:
    # Its pages come from this machine: an admin who reads the docs tells no content network about it.
    app = FastAPIOffline(
        title="Baton",
        version=version(),
        summary="Signed events from CRM, billing, product and help desk",
        redoc_url=None,
    )
    secret = settings.baton_webhook_secret
    app.include_router(webhook_router(services, secret.get_secret_value() if secret else None))
    app.include_router(health_router(services.db, services.clock, metrics, wrong))
    if not settings.socket_mode:
        signing = settings.slack_signing_secret
        signatures = Signatures(signing.get_secret_value(), services.db) if signing else None
        app.include_router(slack_router(bolt, signatures, services.people))
    app.add_middleware(MeasuredRequests, metrics=metrics)
    describe_events(app)
    return app
