"""A desk with a clock that ticks when the test says so, and plans with milestones on given days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select, update

from domain.calendar import Calendars
from domain.settings import PersonSettings
from scheduler.clock import ClockMeans, Ticker
from scheduler.deciders import Deciders, Means
from scheduler.rules import deciders
from scheduler.workplace import CourierSettings, Workplace
from storage import settings as kept
from storage.models import Notice, Person
from storage.plan_models import Due, Milestone
from tests.scheduler.desk import EVA, Desk, key_of, payload

ZONES = {"Europe/Stockholm": "SE", "Europe/Amsterdam": "NL", "America/New_York": "US", "Asia/Tokyo": "JP"}


def calendars(*everybody: str) -> Calendars:
    return Calendars(ZONES, everybody)


def ticker(desk: Desk, rules: Deciders | None = None, *, lead: str = EVA, zone_rules: str = "2026a") -> Ticker:
    """The clock as ``baton run`` has it; an engine looks at the outbox when the test says so."""
    known = rules or deciders(Means(calendars(), lead=lead))
    log = structlog.stdlib.get_logger("test")
    return Ticker(ClockMeans(desk.db, desk.clock, desk.engine(), known, log, zone_rules, lead))


def place(desk: Desk) -> Workplace:
    """The courier's, with the same calendars."""
    of = desk.place()
    return Workplace(desk.db, desk.clock, of.slack, of.days, CourierSettings(lead=EVA), calendars())


async def at(desk: Desk, moment: str, zone: str = "UTC") -> None:
    """Move every clock forward to this local time, ``2026-12-03 09:00``."""
    wanted = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    seconds = (wanted - desk.clock()).total_seconds()
    assert seconds >= 0, f"{moment} has passed: it is {desk.clock()}"
    desk.pass_time(seconds)


async def said(desk: Desk, clock: Ticker | None = None) -> None:
    """Everything that is due is decided and delivered, as ``baton tick`` does it."""
    at_work = clock or ticker(desk)
    await at_work.gather()
    await at_work.tick()
    await desk.engine(place(desk)).drain()


async def only(desk: Desk, deal_id: int, *milestones: dict[str, Any]) -> list[int]:
    """Let these be the only milestones of a deal; their row ids."""
    async with desk.db.write() as tx:
        await tx.session.execute(update(Milestone).where(Milestone.deal_id == deal_id).values(state="done"))
        rows = [
            Milestone(
                deal_id=deal_id,
                number=100 + number,
                changed_at=desk.clock(),
                **{
                    "title": f"Step {number}",
                    "responsible": "csm",
                    "accountable": "csm",
                    "remind": [7, 1, 0],
                    "version": 2,
                    **given,
                },
            )
            for number, given in enumerate(milestones)
        ]
        tx.session.add_all(rows)
        await tx.session.flush()
        return [row.id for row in rows]


async def person(desk: Desk, slack_id: str) -> Person:
    async with desk.db.read() as session:
        return (await session.scalars(select(Person).where(Person.slack_id == slack_id))).one()


async def live_in(desk: Desk, slack_id: str, zone: str) -> None:
    """Somebody's zone from the beginning: no row of theirs is there yet, or moves along."""
    async with desk.db.write() as tx:
        who = (await tx.session.scalars(select(Person).where(Person.slack_id == slack_id))).one()
        who.zone = zone
        await tx.session.flush()
        from_now = update(Due).where(Due.person_id == who.id).values(zone=zone)
        await tx.session.execute(from_now)


async def choose(desk: Desk, slack_id: str, settings: PersonSettings) -> None:
    who = await person(desk, slack_id)
    async with desk.db.write() as tx:
        await kept.keep(tx.session, who.id, who.zone, settings, desk.clock())


async def digests(desk: Desk, slack_id: str) -> list[dict[str, Any]]:
    """The digests somebody has in Slack, oldest first."""
    who = await person(desk, slack_id)
    every = await desk.messages()
    return [one for one in every if key_of(one).startswith(f"morning:{who.id}:")]


async def rows(desk: Desk, slack_id: str) -> list[Notice]:
    who = await person(desk, slack_id)
    return [one for one in await desk.notices() if one.key.startswith(f"morning:{who.id}:")]


def days_of(messages: list[dict[str, Any]]) -> list[str]:
    return [key_of(one).rpartition(":")[2] for one in messages]


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    return [str(payload(one)["kind"]) for one in messages]


async def occurrences(desk: Desk, slack_id: str) -> list[str]:
    """What the digests that were said hold, in order."""
    return [item for one in await rows(desk, slack_id) if one.ts for item in one.facts["items"]]


def day_after(day: str, days: int) -> date:
    return date.fromisoformat(day) + timedelta(days=days)
