"""Looking through a workspace's usage: the week's scan, with its claim kept fresh for as long as it computes."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

import structlog

from scheduler.delivery import Done, NotYet, StayQuiet
from scheduler.usage_scan import ScanMeans, UsageScan
from scheduler.usage_tell import UsageTeller
from scheduler.workplace import Workplace
from storage import claims
from storage.database import Database
from storage.notices import ClaimedNotice

BEAT_S: Final = 2.5
"""A claim older than Slack's time-out and a little is taken for abandoned; a scan of 100,000 accounts takes longer."""

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("baton.usage")


def scan_means(place: Workplace) -> ScanMeans:
    """What a scan is given, from what a courier has."""
    settings = place.settings
    return ScanMeans(place.db, place.calendars, place.metrics, place.steps, settings.lead, settings.timezone)


async def scan_usage(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """Look, decide, and write down what is told to whom. Done again after a crash it adds what is missing."""
    on = date.fromisoformat(str(notice.facts["on"]))
    means = scan_means(place)
    scan = UsageScan(means)
    async with kept_fresh(place.db, notice):
        found = await scan.look(notice.workspace_id, on)
        if found is None:
            return StayQuiet("nobody told of any usage")
        decided = await scan.decide(found, place.clock())
        teller = UsageTeller(place.db, place.calendars, place.steps, place.metrics)
        written = await teller.tell(decided, place.clock())
    log.info("usage_scanned", accounts=len(found.fleet.accounts), told=str(written))
    return Done(str(written))


@asynccontextmanager
async def kept_fresh(db: Database, notice: ClaimedNotice, beat_s: float = BEAT_S) -> AsyncGenerator[None]:
    """Nobody takes the claim over while this lasts."""

    async def beat() -> None:
        held = notice
        while True:
            await asyncio.sleep(beat_s)
            now = datetime.now(UTC)
            async with db.write() as tx:
                if not await claims.retake(tx.session, held, now):
                    return
            held = replace(held, claimed_at=now)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
