"""Deals to work on: written straight into the database, with their people, channel and handoff."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select

from benchmarks.slack import AE, CSM, TEAM, interaction
from domain.handoff import FIELDS
from storage import people
from storage.database import Database
from storage.models import Account, Deal, Handoff, Person
from storage.people import PersonFacts

LINES = {
    "success_metrics": "Weekly logins: 20 -> 60\nReports sent a month: 4 -> 12",
    "key_dates": "",
    "stakeholders": "Maria Silva, CFO, cares about cost\nJonas Berg, project lead, cares about time",
    "commitments": "Free migration - Ada\nTraining for two teams - Ada",
}
TEXTS = {
    "products": "Core and Analytics, 40 seats, one year",
    "problem": "Branch managers see figures a month late and keep their own spreadsheets",
    "current_tool": "Spreadsheets",
    "working_style": "Short calls, decisions by mail",
}
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Known:
    """A deal of the benchmark and its handoff."""

    deal: int
    handoff: int


async def workspace(db: Database) -> tuple[int, dict[str, int]]:
    """The workspace and its two people; made when they are not there."""
    now = datetime.now(UTC)
    async with db.write() as tx:
        number = await people.ensure_workspace(tx.session, TEAM, "Bench", "U00BOT", now)
        facts = [PersonFacts(AE, "Ada", "ada@bench.example"), PersonFacts(CSM, "Chloé", "chloe@bench.example")]
        await people.upsert(tx.session, number, facts, now)
        rows = (await tx.session.execute(select(Person.slack_id, Person.id).where(Person.workspace_id == number))).all()
    return number, dict(rows)


async def fill_in(db: Database, count: int) -> list[Known]:
    """So many open deals more, each with a channel and an empty handoff, written in bulk."""
    number, ids = await workspace(db)
    now = datetime.now(UTC)
    found: list[Known] = []
    async with db.read() as session:
        start = (await session.scalars(select(Deal.id).order_by(Deal.id.desc()).limit(1))).first() or 0
    for first in range(start, start + count, AT_ONCE):
        names = [f"{at:07d}" for at in range(first, min(first + AT_ONCE, start + count))]
        async with db.write() as tx:
            accounts = await tx.session.scalars(
                insert(Account).returning(Account.id, sort_by_parameter_order=True),
                [
                    {"workspace_id": number, "external_id": f"A{n}", "name": f"Customer {n}", "updated_at": now}
                    for n in names
                ],
            )
            deals = await tx.session.scalars(
                insert(Deal).returning(Deal.id, sort_by_parameter_order=True),
                [
                    {
                        "workspace_id": number,
                        "account_id": account,
                        "external_id": f"D{n}",
                        "name": f"Deal {n}",
                        "search_name": f"deal {n} customer {n}",
                        "state": "open",
                        "channel_id": f"C{n}",
                        "channel_name": f"deal-customer-{n}",
                        "ae_id": ids[AE],
                        "csm_id": ids[CSM],
                        "closed_at": now,
                        "created_at": now,
                        "updated_at": now,
                    }
                    for n, account in zip(names, accounts.all(), strict=True)
                ],
            )
            made = list(deals.all())
            handoffs = await tx.session.scalars(
                insert(Handoff).returning(Handoff.id, sort_by_parameter_order=True),
                [{"deal_id": deal, "state": "requested", "requested_at": now} for deal in made],
            )
            found += [Known(deal, handoff) for deal, handoff in zip(made, handoffs.all(), strict=True)]
    return found


async def fill(database_url: str, count: int) -> list[Known]:
    """As ``fill_in``, on the database of this address."""
    db = Database(database_url)
    try:
        return await fill_in(db, count)
    finally:
        await db.close()


def submission(known: Known, base: int) -> dict[str, Any]:
    """The form handed in on top of version ``base``: the lists the first time, another problem each time."""
    texts = TEXTS | {"problem": f"{TEXTS['problem']} ({base})"}
    typed = LINES if base == 0 else {}
    values: dict[str, Any] = {}
    for field in FIELDS:
        text = (typed if field.kind == "list" else texts).get(field.name) or None
        values[field.name] = {field.name: {"type": "plain_text_input", "value": text}}
    view = {
        "id": "V00000001",
        "team_id": TEAM,
        "type": "modal",
        "callback_id": "handoff",
        "private_metadata": json.dumps({"deal": known.deal, "handoff": known.handoff, "base": base}),
        "state": {"values": values},
        "hash": "1.h",
        "root_view_id": "V00000001",
        "previous_view_id": None,
        "title": {"type": "plain_text", "text": "Handoff"},
        "blocks": [],
    }
    return interaction("view_submission", view=view, response_urls=[])
