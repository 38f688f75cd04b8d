"""Handing in 32 handoffs at once: Baton's whole handler against the same rows written by SQLAlchemy alone.

Both run in one process on databases of the same kind, in turn. The baseline does what nobody could leave out: one
transaction with the compare-and-set, the version, the lists, the audit entry and the notices, as Core statements
that SQLAlchemy has compiled before. Ours is Bolt's dispatch of the payload, reading the deal, the rules, and the save.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import delete, insert, update

from benchmarks.figures import Spread, line, spread
from benchmarks.slack import AE, BOT, CSM, TEAM
from benchmarks.world import Known, fill_in, submission, workspace
from domain.calendar import WorkingDays
from handlers.people import PeopleDirectory
from handlers.registry import register_all
from handlers.services import HandlerSettings, Services
from storage import people
from storage.audit_models import AuditEntry
from storage.database import Database, Tx
from storage.models import Commitment, Handoff, HandoffDraft, HandoffVersion, Notice, Stakeholder
from tests.playbooks import shipped

HANDOFF, VERSION, DRAFT = Handoff.__table__, HandoffVersion.__table__, HandoffDraft.__table__
STAKEHOLDER, COMMITMENT = Stakeholder.__table__, Commitment.__table__
AUDIT, NOTICE = AuditEntry.__table__, Notice.__table__
PARALLEL = 32
ROUNDS = 12


class NoEngine:
    """Delivers nothing: here only the save is measured."""

    async def enqueue(self, tx: Tx, notice_ids: Sequence[int]) -> None:
        """Nobody is woken."""

    async def run(self) -> None:
        """Nothing runs."""


async def services_on(db: Database) -> Services:
    """What handlers are given, on this database; its two people are Ada and Chloé, who is the only CSM."""

    async def nobody(_slack_id: str) -> dict[str, Any]:
        raise LookupError

    number, ids = await workspace(db)
    async with db.write() as tx:
        await people.set_csm(tx.session, number, ids[CSM])
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731
    directory = PeopleDirectory(db, clock, nobody)
    directory.of_workspace(number, TEAM)
    return Services(
        db, clock, NoEngine(), directory, HandlerSettings(lead="chloe@bench.example"), shipped(), WorkingDays()
    )


def bolt_app(services: Services) -> AsyncApp:
    """All of Baton's handlers, without a transport."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_user_id=BOT, bot_id="B00BOT", bot_token="xoxb-b")

    app = AsyncApp(
        authorize=authorize,
        client=AsyncWebClient(token="xoxb-b", base_url="http://127.0.0.1:9/"),
        process_before_response=True,
        signing_secret="",
        logger=logging.getLogger("slack_bolt"),
        raise_error_for_unhandled_request=True,
    )
    register_all(app, services)
    return app


async def _ours(app: AsyncApp, known: Known, base: int) -> None:
    request = AsyncBoltRequest(body=submission(known, base), mode="socket_mode")
    response = await app.async_dispatch(request)
    if response.status != 200 or response.body:
        raise RuntimeError(f"the form was not taken: {response.status} {response.body[:300]}")


async def _alone(db: Database, ids: tuple[int, int], known: Known, base: int) -> None:
    """The same rows, by hand."""
    number, person = ids
    now, lane = datetime.now(UTC), f"deal:{known.deal}"
    answers = {"problem": f"Branch managers see figures a month late ({base})", "padding": "x" * 900}
    async with db.write() as tx:
        changed = await tx.session.execute(
            update(HANDOFF)
            .where(HANDOFF.c.id == known.handoff, HANDOFF.c.version == base)
            .values(
                version=base + 1, state="submitted", answers=answers, score=70, submitted_at=now, submitted_by=person
            )
            .returning(HANDOFF.c.id)
        )
        if changed.first() is None:
            raise RuntimeError("somebody else was quicker")
        version = {"handoff_id": known.handoff, "version": base + 1, "answers": answers, "score": 70, "at": now}
        await tx.session.execute(insert(VERSION), version | {"author_id": person})
        if base == 0:
            await tx.session.execute(
                insert(STAKEHOLDER),
                [_item(known, i) | {"name": f"Person {i}", "role": "CFO", "cares_about": "cost"} for i in range(2)],
            )
            await tx.session.execute(
                insert(COMMITMENT),
                [_item(known, i) | {"text": f"Promise {i}", "owner": "Ada", "state": "open"} for i in range(2)],
            )
        await tx.session.execute(delete(DRAFT).where(DRAFT.c.handoff_id == known.handoff, DRAFT.c.person_id == person))
        entry = {"workspace_id": number, "at": now, "actor": AE, "action": "handoff_submitted", "via": "form"}
        await tx.session.execute(insert(AUDIT), entry | {"deal_id": known.deal, "detail": {"version": base + 1}})
        keys = [f"{lane}:brief", f"{lane}:canvas"] if base == 0 else [f"{lane}:brief:v{base + 1}"]
        await tx.session.execute(
            insert(NOTICE),
            [
                {
                    "workspace_id": number, "key": key, "kind": "handoff_submitted", "lane": lane, "audience": "deal",
                    "deal_id": known.deal, "not_before": now, "created_at": now,
                }
                for key in keys
            ],
        )  # fmt: skip
        if base:
            await tx.session.execute(
                update(NOTICE)
                .where(NOTICE.c.workspace_id == number, NOTICE.c.key.in_([f"{lane}:brief", f"{lane}:canvas"]))
                .values(revision=NOTICE.c.revision + 1)
            )


def _item(known: Known, position: int) -> dict[str, Any]:
    return {"deal_id": known.deal, "item_id": f"i{position}", "position": position}


async def _round(work: Callable[[Known], Awaitable[None]], deals: Sequence[Known]) -> list[float]:
    """All at once; each one's time from the common start of the round until it is saved."""

    async def timed(known: Known) -> float:
        began = time.perf_counter()
        await work(known)
        return time.perf_counter() - began

    return await asyncio.gather(*(timed(known) for known in deals))


async def run(ours_url: str, alone_url: str, kind: str) -> list[str]:
    """The rows of this benchmark; the two databases are fresh ones of the same kind."""
    mine, theirs = Database(ours_url), Database(alone_url)
    try:
        app = bolt_app(await services_on(mine))
        number, ids = await workspace(theirs)
        deals, others = await fill_in(mine, PARALLEL), await fill_in(theirs, PARALLEL)
        ours: list[float] = []
        alone: list[float] = []
        for base in range(ROUNDS + 1):
            a = await _round(lambda known, base=base: _ours(app, known, base), deals)
            b = await _round(lambda known, base=base: _alone(theirs, (number, ids[AE]), known, base), others)
            if base:
                ours += a
                alone += b
        return _rows(spread(ours), spread(alone), kind)
    finally:
        await mine.close()
        await theirs.close()


def _rows(ours: Spread, alone: Spread, kind: str) -> list[str]:
    return [
        line(f"handoff save, {PARALLEL} in parallel, {kind}, p50", ours.p50, alone.p50, limit="≤ 1.5"),
        line(f"handoff save, {PARALLEL} in parallel, {kind}, p99 against its own p50", ours.p99, ours.p50, limit="≤ 3"),
    ]
