"""The app's Home of one person: where they are in it, and what it shows."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, cast

from sqlalchemy import Table, bindparam, exists, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import Calendars, WorkingDays, zone_named
from domain.home import (
    CUSTOMERS_SHOWN,
    Counts,
    Customer,
    HomePicture,
    Looking,
    Tab,
    at_first,
    looking_of,
    on_a_tab,
    turned,
    within,
)
from domain.person import PersonCard
from domain.usage.metrics import Metrics
from storage import home_changes, home_customers, home_team, home_waiting, mornings, standings
from storage.database import Database
from storage.home_changes import OPEN_FOR
from storage.home_customers import Whose
from storage.home_models import Home
from storage.models import Csm, Deal
from storage.mornings import ALIVE

SEEN_AGAIN: Final = timedelta(minutes=5)
"""Being seen again sooner is not worth writing down."""

_HOME, _DEAL, _CSM = (cast("Table", model.__table__) for model in (Home, Deal, Csm))
_ME: Final = bindparam("me", type_=_HOME.c.person_id.type)
_ALIVE: Final = _DEAL.c.state.in_(ALIVE)
_FOUND: Final = select(_HOME.c.looking, _HOME.c.seen_at).where(_HOME.c.person_id == _ME)
_ROLES: Final = select(
    or_(
        exists(select(_CSM.c.person_id).where(_CSM.c.person_id == _ME, _CSM.c.active.is_(True))),
        exists(select(_DEAL.c.id).where(_DEAL.c.csm_id == _ME, _ALIVE)),
    ),
    exists(select(_DEAL.c.id).where(_DEAL.c.ae_id == _ME, _ALIVE)),
)


@dataclass(frozen=True, slots=True)
class Means:
    """What a Home is read with. ``lead`` as in the settings: a Slack id or an e-mail address, '' for none; ``at_once``:
    the most deals that are judged for one look."""

    lead: str
    calendars: Calendars
    metrics: Metrics
    at_once: int = standings.AT_ONCE


@dataclass(frozen=True, slots=True)
class _Reader:
    card: PersonCard
    days: WorkingDays
    tabs: tuple[Tab, ...]
    kept: Looking | None
    seen_at: datetime | None


async def open_home(
    db: Database, workspace_id: int, person_id: int, means: Means, now: datetime, looking: Looking | None = None
) -> HomePicture | None:
    """The Home of this person (our id), who looks at it now: ``looking`` is where they turned to, None: where they
    were. It is kept, to be shown anew when something changes. None: they are no member (any more)."""
    async with db.read() as session:
        reader = await _reader(session, person_id, means)
    if reader is None:
        return None
    wanted = on_a_tab(looking or reader.kept or at_first(reader.tabs), reader.tabs)
    if wanted != reader.kept or reader.seen_at is None or now - reader.seen_at > SEEN_AGAIN:
        async with db.write() as tx:
            await _keep(tx.session, workspace_id, person_id, wanted, now)
    return await _picture(db, workspace_id, reader, wanted, means, now)


async def as_it_is(db: Database, workspace_id: int, person_id: int, means: Means, now: datetime) -> HomePicture | None:
    """The same for a Home that is shown anew; None also when it was never opened, or so long ago that it is closed."""
    async with db.read() as session:
        reader = await _reader(session, person_id, means)
    if reader is None or reader.kept is None or reader.seen_at is None or now - reader.seen_at > 2 * OPEN_FOR:
        return None
    return await _picture(db, workspace_id, reader, on_a_tab(reader.kept, reader.tabs), means, now)


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of somebody's customers, with whose they are and how many there are; ``today`` is their local day."""

    today: date
    looking: Looking
    counts: Counts
    rows: tuple[Customer, ...]


async def customers(
    db: Database, workspace_id: int, person_id: int, means: Means, now: datetime, looking: Looking
) -> Listed | None:
    """One page of customers as the Home lists them, judged as they are now, without the rest of a Home. None: they have
    none, or are no member."""
    async with db.read() as session:
        reader = await _reader(session, person_id, means)
    if reader is None or not reader.tabs:
        return None
    today = now.astimezone(zone_named(reader.card.zone)).date()
    whose = Whose(workspace_id, person_id, on_a_tab(looking, reader.tabs), today, means.metrics.primary)
    await _judge(db, whose, reader, means.at_once)
    async with db.read() as session:
        counts, _ = await home_customers.counts(session, whose)
        total = counts.of(whose.looking.show)
        rows = await home_customers.page(session, whose, total)
    page = within(whose.looking.page, total, CUSTOMERS_SHOWN)
    return Listed(today, replace(whose.looking, page=page), counts, rows)


async def _reader(session: AsyncSession, person_id: int, means: Means) -> _Reader | None:
    """Three queries."""
    found = (await mornings.readers(session, [person_id])).get(person_id)
    if found is None or not found.is_member:
        return None
    card, settings = found.card, found.settings
    is_csm, is_seller = (await session.execute(_ROLES, {"me": person_id})).one()
    mine = {Tab.CSM: is_csm, Tab.SELLER: is_seller, Tab.LEAD: _is_lead(means.lead, card)}
    row = (await session.execute(_FOUND, {"me": person_id})).first()
    return _Reader(
        card,
        means.calendars.days(card.zone, settings.country, settings.weekdays),
        tuple(tab for tab in Tab if mine[tab]),
        looking_of(row[0]) if row else None,
        row[1] if row else None,
    )


def _is_lead(named: str, card: PersonCard) -> bool:
    named = named.strip()
    return bool(named) and (named == card.slack_id or named.casefold() == card.email.casefold())


async def _keep(session: AsyncSession, workspace_id: int, person_id: int, looking: Looking, now: datetime) -> None:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {"tab": looking.tab.value, "looking": looking.packed(), "seen_at": now}
    adding = insert(_HOME).values(person_id=person_id, workspace_id=workspace_id, **values)
    await session.execute(adding.on_conflict_do_update(index_elements=["person_id"], set_=values))


async def _picture(
    db: Database, workspace_id: int, reader: _Reader, looking: Looking, means: Means, now: datetime
) -> HomePicture:
    """Some twenty queries, whatever there is; and what is to be judged again, at most ``means.at_once`` deals."""
    card, tabs = reader.card, reader.tabs
    zone = zone_named(card.zone)
    today = now.astimezone(zone).date()
    whose = Whose(workspace_id, card.id, looking, today, means.metrics.primary)
    await _judge(db, whose, reader, means.at_once)
    async with db.read() as session:
        asked = home_waiting.Asked(workspace_id, card.id, looking.tab, today, reader.days, looking.waiting)
        waiting = await home_waiting.load(session, asked)
        if not tabs:
            return turned(HomePicture(card, today, tabs, looking, waiting))
        counts, left = await home_customers.counts(session, whose)
        rows = await home_customers.page(session, whose, counts.of(looking.show))
        team = None
        if looking.tab is Tab.LEAD:
            team = await home_team.load(session, workspace_id, today=today, zone=card.zone, days=reader.days)
    if left:
        # More deals than are judged at once: the rest is, errand by errand, and shown as it is known.
        async with db.write() as tx:
            home_changes.changed_for(tx.session, workspace_id, [card.id], now)
    return turned(HomePicture(card, today, tabs, looking, waiting, counts, rows, team))


async def _judge(db: Database, whose: Whose, reader: _Reader, at_once: int) -> None:
    """Judge what was written about since, or not yet today. Each deal costs this once, not once for each look."""
    if not reader.tabs:
        return
    zone = zone_named(reader.card.zone)
    everything = replace(whose, looking=replace(whose.looking, search=""))
    async with db.read() as session:
        ids = await home_customers.stale(session, everything, at_once)
        looked = await standings.look(session, ids, today=whose.today, zone=zone, days=reader.days) if ids else []
    if looked:
        async with db.write() as tx:
            await standings.keep(tx.session, whose.workspace_id, looked, whose.today)
