"""Plans for the deals of the benchmark: fifteen milestones each, written in bulk, a few CSMs, and their clocks."""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update

from benchmarks.slack import CSM
from benchmarks.world import AT_ONCE, Known, fill_in, workspace
from domain import deal_clock
from storage import due, people, plans
from storage.database import Database
from storage.due import NewDue
from storage.models import Commitment, Deal, Person, Question
from storage.people import PersonFacts
from storage.plan_models import Milestone, Plan

MONDAY = date(2026, 12, 7)
NOW = datetime(2026, 12, 7, 9, 0, 1, tzinfo=UTC)
CSMS = 125
MILESTONES = 15
OPEN_OF_THEM = 10
"""The others are settled; of the open ones one is late, one is blocked, one is due in the week."""
_KINDS = {3: "kickoff", 8: "early_win", 12: "check_30", 14: "check_90"}
_DEAL = cast("Table", Deal.__table__)
_GIVE = update(_DEAL).where(_DEAL.c.id == bindparam("on_id")).values(csm_id=bindparam("csm"))


def _milestone(deal: int, number: int) -> dict[str, Any]:
    open_ = number > MILESTONES - OPEN_OF_THEM
    settled = None if open_ else NOW - timedelta(days=4 if number == MILESTONES - OPEN_OF_THEM else 20)
    offsets = {6: -3, 7: 2, 9: 0}
    return {
        "deal_id": deal,
        "number": number,
        "step": f"step-{number}",
        "kind": _KINDS.get(number, "other"),
        "title": f"Milestone {number} of the onboarding plan",
        "due": MONDAY + timedelta(days=offsets.get(number, (number - 6) * 8)),
        "state": ("blocked" if number == 9 else "planned") if open_ else "done",
        "responsible": "csm",
        "accountable": "csm",
        "consulted": [],
        "informed": ["ae"],
        "why": "The customer's network team is away" if number == 9 else "",
        "unblocker": "Jonas Berg" if number == 9 else "",
        "remind": [7, 1, 0],
        "settled_at": settled,
        "changed_at": NOW,
    }


async def plan_all(db: Database, deals: Sequence[Known]) -> None:
    """A plan for each deal, one open question and one promise, a CSM of a hundred, and the clock of its summary."""
    number, ids = await workspace(db)
    people_ids = await _csms(db, number)
    for first in range(0, len(deals), AT_ONCE):
        some = [known.deal for known in deals[first : first + AT_ONCE]]
        async with db.write() as tx:
            plan = {"playbook": "saas-90-days", "playbook_title": "SaaS", "closed_on": MONDAY - timedelta(days=30)}
            await tx.session.execute(
                insert(Plan), [{"deal_id": deal, "workspace_id": number, "made_at": NOW, **plan} for deal in some]
            )
            await tx.session.execute(
                insert(Milestone), [_milestone(deal, at) for deal in some for at in range(1, MILESTONES + 1)]
            )
            question = {"number": 1, "text": "Who signs off the data migration?", "asker_id": ids[CSM]}
            await tx.session.execute(
                insert(Question),
                [{"deal_id": deal, "asked_at": NOW - timedelta(days=3), **question} for deal in some],
            )
            promise = {"item_id": "p1", "position": 0, "text": "Free migration", "owner": "Ada", "due": MONDAY}
            await tx.session.execute(insert(Commitment), [{"deal_id": deal, **promise} for deal in some])
            given = [{"on_id": deal, "csm": people_ids[deal % len(people_ids)]} for deal in some]
            await tx.session.execute(_GIVE, given)
            rows = [NewDue(deal_clock.WEEKLY, f"deal:{deal}", "UTC", MONDAY, deal_id=deal) for deal in some]
            await due.ensure(tx.session, number, rows)


async def _csms(db: Database, workspace_id: int) -> list[int]:
    facts = [PersonFacts(f"U{at:08d}", f"CSM {at}", f"csm{at}@bench.example") for at in range(CSMS)]
    async with db.write() as tx:
        await people.upsert(tx.session, workspace_id, facts, NOW)
        found: list[int] = []
        for one in facts:
            person = await people.by_slack_id(tx.session, workspace_id, one.slack_id)
            assert isinstance(person, Person)
            found.append(person.id)
    return found


async def planned(db: Database, count: int) -> list[Known]:
    """So many open deals with their plans."""
    deals = await fill_in(db, count)
    await plan_all(db, deals)
    return deals


async def reading(db: Database, ids: Sequence[int]) -> tuple[float, float]:
    """Processor milliseconds a deal: its plan read whole with that of the others, and its rows alone by Core. The
    quickest of five, in turn."""
    rows = select(Milestone.__table__).where(Milestone.deal_id.in_(ids))
    ours, theirs = [], []
    async with db.read() as session:
        for _ in range(5):
            began = time.process_time()
            (await session.execute(rows)).all()
            then = time.process_time()
            await plans.load_many(session, ids)
            theirs.append(then - began)
            ours.append(time.process_time() - then)
    return min(ours) / len(ids) * 1_000, min(theirs) / len(ids) * 1_000
