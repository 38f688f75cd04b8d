"""``/cs metrics`` over 10,000 finished deals: our own time from the command to the message, without Slack.

Each deal has fifteen milestones done, four conversations and an accepted handoff; there are 25,000 mornings and 100,000
entries of the audit log. The baseline reads the milestones of the same deals and counts them in the program.
"""

import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select, update

from benchmarks.figures import line
from benchmarks.plans import MILESTONES
from benchmarks.slack import AE, CSM
from benchmarks.world import AT_ONCE, fill_in, workspace
from messages.cs_metrics import metrics_message
from storage import figures
from storage.audit_models import AuditEntry
from storage.database import Database
from storage.interaction_models import Interaction
from storage.models import Deal, Handoff, Notice
from storage.plan_models import Milestone, Plan

DEALS = 10_000
MORNINGS = 25_000
ENTRIES = 100_000
TALKS = 4
ROUNDS = 5
LIMIT = "< 1 s"
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


async def run(url: str, kind: str) -> list[str]:
    """The rows for one database."""
    db = Database(url)
    try:
        number, csm = await fill(db)

        async def whole() -> None:
            async with db.read() as session:
                found = await figures.load(session, number, NOW.date())
            json.dumps(metrics_message(found).blocks)

        async def of_one() -> None:
            async with db.read() as session:
                await figures.load(session, number, NOW.date(), csm=csm, csm_slack_id=CSM)

        async def by_hand() -> None:
            statement = select(Plan.closed_on, Plan.finished_at, Milestone.step, Milestone.settled_at).join_from(
                Plan, Milestone, Milestone.deal_id == Plan.deal_id
            )
            async with db.read() as session:
                rows = (await session.execute(statement.where(Milestone.state == "done"))).all()
            Counter(
                (step, finished.month, (settled.date() - closed).days)
                for closed, finished, step, settled in rows
                if finished is not None and settled is not None
            )

        baseline = await _quickest(by_hand)
        return [
            line(f"{kind}, /cs metrics over {DEALS:,} finished deals", await _quickest(whole), baseline, limit=LIMIT),
            line(f"{kind}, the same of one CSM with all of them", await _quickest(of_one), baseline, limit=LIMIT),
        ]
    finally:
        await db.close()


async def _quickest(work: Callable[[], Awaitable[None]]) -> float:
    """Milliseconds."""
    found: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await work()
        found.append(time.perf_counter() - began)
    return min(found) * 1_000


async def fill(db: Database) -> tuple[int, int]:
    """The finished deals with everything the figures look at; our ids of the workspace and of the CSM."""
    known = await fill_in(db, DEALS)
    number, ids = await workspace(db)
    for first in range(0, DEALS, AT_ONCE):
        some = [(place, known[place].deal) for place in range(first, min(first + AT_ONCE, DEALS))]
        async with db.write() as tx:
            accounts = dict(
                (
                    await tx.session.execute(select(Deal.id, Deal.account_id).where(Deal.id.in_([d for _, d in some])))
                ).all()
            )
            await tx.session.execute(insert(Plan), [_plan(number, place, deal) for place, deal in some])
            await tx.session.execute(
                insert(Milestone), [_done(place, deal, at) for place, deal in some for at in range(MILESTONES)]
            )
            talks = {"workspace_id": number, "author_id": ids[CSM], "kind": "call", "note": "Agreed on the date"}
            await tx.session.execute(
                insert(Interaction),
                [
                    {
                        **talks,
                        "account_id": accounts[deal],
                        "deal_id": deal,
                        "at": _closed(place) + timedelta(days=1 + at * 5),
                        "origin": f"{deal}:{at}",
                    }
                    for place, deal in some
                    for at in range(TALKS)
                ],
            )
    async with db.write() as tx:
        decided = {"state": "accepted", "score": 80, "decided_at": NOW - timedelta(days=100)}
        await tx.session.execute(update(Handoff).values(requested_at=NOW - timedelta(days=103), **decided))
        for first in range(0, MORNINGS, AT_ONCE):
            mornings = [_morning(number, place) for place in range(first, first + AT_ONCE)]
            await tx.session.execute(insert(Notice), mornings)
        for first in range(0, ENTRIES, AT_ONCE):
            entries = [_entry(number, place, known[place % DEALS].deal) for place in range(first, first + AT_ONCE)]
            await tx.session.execute(insert(AuditEntry), entries)
    await _analysed(db)
    return number, ids[CSM]


async def _analysed(db: Database) -> None:
    """Both databases keep statistics by themselves; after filling them in a minute they have none yet."""
    async with db.write() as tx:
        connection = await tx.session.connection()
        await connection.exec_driver_sql("ANALYZE")


def _closed(place: int) -> datetime:
    return NOW - timedelta(days=40 + place % 360)


def _plan(number: int, place: int, deal: int) -> dict[str, object]:
    closed = _closed(place)
    plan = {"playbook": "saas-90-days", "playbook_title": "SaaS", "closed_on": closed.date(), "made_at": closed}
    return {"deal_id": deal, "workspace_id": number, "finished_at": closed + timedelta(days=30 + place % 17), **plan}


def _done(place: int, deal: int, at: int) -> dict[str, object]:
    settled = _closed(place) + timedelta(days=1 + at * 2 + place % 5)
    return {
        "deal_id": deal,
        "number": at + 1,
        "step": f"step-{at}",
        "kind": "kickoff" if at == 2 else "other",
        "title": f"Milestone {at} of the onboarding plan",
        "state": "done",
        "responsible": "csm",
        "accountable": "csm",
        "settled_at": settled,
        "changed_at": settled,
    }


def _morning(number: int, place: int) -> dict[str, object]:
    sent = NOW - timedelta(days=1 + place % 250)
    return {
        "workspace_id": number,
        "key": f"morning:{place}",
        "kind": "milestone_reminder",
        "lane": f"morning:{place}",
        "audience": f"person:{CSM if place % 2 else AE}",
        "not_before": sent,
        "state": "sent",
        "created_at": sent,
        "sent_at": sent,
    }


def _entry(number: int, place: int, deal: int) -> dict[str, object]:
    at = NOW - timedelta(minutes=place * 4)
    who = CSM if place % 2 else AE
    return {"workspace_id": number, "at": at, "actor": who, "action": "plan_done", "via": "button", "deal_id": deal}
