"""A desk to which billing tells of plans: what is told, and which plays and messages come of it."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from bot.plans_files import load_plans
from handlers.services import HandlerSettings, Services
from handlers.webhooks.deals import Teller, record_deal_won
from handlers.webhooks.models import PlanChanged, SubscriptionCanceled
from handlers.webhooks.subscriptions import record_canceled, record_plan_changed
from scheduler.workplace import CourierSettings, Workplace
from storage import people, plays
from storage.people import PersonFacts
from storage.play_models import Play
from tests.scheduler.desk import EVA, Desk, facts, payload
from tests.scheduler.mornings import calendars

PLANS: Final = load_plans(None)
KINDS: Final = ("plan_upgraded", "plan_downgraded", "subscription_canceled", "subscription_kept")


def services(desk: Desk, lead: str = EVA) -> Services:
    """What handlers are given, with the shipped plans and the calendars of people."""
    return replace(desk.services(), plans=PLANS, settings=HandlerSettings(lead=lead), calendars=calendars())


def place(desk: Desk) -> Workplace:
    """The courier's."""
    of = desk.place()
    return Workplace(desk.db, desk.clock, of.slack, of.days, CourierSettings(lead=EVA), calendars(), PLANS)


async def changed(
    desk: Desk,
    before: str,
    after: str,
    at: datetime | None = None,
    *,
    account: str = "A-1",
    lead: str = EVA,
    **more: Any,  # noqa: ANN401
) -> None:
    """Billing tells of another plan."""
    data = {"account_id": account, "from": before, "to": after, "changed_at": (at or desk.clock()).isoformat(), **more}
    told = PlanChanged.model_validate(data)
    async with desk.db.write() as tx:
        await record_plan_changed(services(desk, lead), tx, told, Teller("crm", "webhook", desk.clock()))


async def canceled(
    desk: Desk, ends: str, reason: str = "", *, at: datetime | None = None, account: str = "A-1"
) -> None:
    """Billing tells of an end."""
    told = SubscriptionCanceled.model_validate({"account_id": account, "effective_at": ends, "reason": reason})
    async with desk.db.write() as tx:
        await record_canceled(services(desk), tx, told, Teller("crm", "webhook", at or desk.clock()))


async def won(desk: Desk, **changes: Any) -> None:  # noqa: ANN401
    """The CRM tells of a deal."""
    async with desk.db.write() as tx:
        await record_deal_won(services(desk), tx, facts(**changes), Teller("crm", "webhook", desk.clock()))


async def join(desk: Desk, slack_id: str, name: str, zone: str = "Europe/Amsterdam") -> int:
    """Somebody is known from now on; their row id."""
    async with desk.db.write() as tx:
        who = PersonFacts(slack_id, name, f"{name.lower()}@northwind.example", zone=zone)
        await people.upsert(tx.session, desk.workspace, [who], desk.clock())
        found = await people.by_slack_id(tx.session, desk.workspace, slack_id)
    assert found is not None
    return found.id


async def deliver(desk: Desk) -> None:
    """Everything that may be said now is said."""
    await desk.engine(place(desk)).drain()


async def told(desk: Desk) -> list[dict[str, Any]]:
    """The messages of plays in Slack, oldest first."""
    return [one for one in await desk.messages() if payload(one).get("kind") in KINDS]


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    return [str(payload(one)["kind"]) for one in messages]


async def every(desk: Desk) -> list[tuple[str, str, str, str, str]]:
    """All plays: effect, plans, state and why they hold no more."""
    async with desk.db.read() as session:
        rows = (await session.scalars(select(Play).order_by(Play.id))).all()
    return [(one.effect, one.before_plan, one.after_plan, one.state, one.gone) for one in rows]


async def play_ids(desk: Desk) -> list[int]:
    async with desk.db.read() as session:
        return list((await session.scalars(select(Play.id).order_by(Play.id))).all())


async def one_play(desk: Desk) -> Any:  # noqa: ANN401 - its picture
    (number,) = await play_ids(desk)
    async with desk.db.read() as session:
        return await plays.load(session, number)
