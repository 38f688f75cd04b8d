"""An engine that is killed as a whole process once Slack has the post and before the database knows.

`python -m tests.scheduler.killed DATABASE_URL API_URL TOKEN [queue]`
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from domain.calendar import WorkingDays
from scheduler.courier import DealCourier
from scheduler.engine import EmbeddedEngine, EngineMeans
from scheduler.engine_procrastinate import ProcrastinateEngine
from scheduler.pacing import Pacer
from scheduler.slack import Slack
from scheduler.workplace import CourierSettings, Workplace
from storage.database import Database, Tx
from storage.notices import ClaimedNotice


class Killed(DealCourier):
    """The power goes while the mark is being written."""

    async def after_said(self, tx: Tx, notice: ClaimedNotice, channel: str, ts: str) -> Sequence[int]:
        os.kill(os.getpid(), signal.SIGKILL)
        return ()


def now() -> datetime:
    return datetime.now(UTC)


async def main(database: str, api: str, token: str, queue: str = "") -> None:
    db = Database(database)
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=token, base_url=api, session=session, retry_handlers=[])
        slack = Slack(client, Pacer(0), 5)
        place = Workplace(db, now, slack, WorkingDays(), CourierSettings())
        kind = EmbeddedEngine if db.is_sqlite or queue != "queue" else ProcrastinateEngine
        log = structlog.stdlib.get_logger("killed")
        await kind(EngineMeans(db, now, slack, Killed(place), log)).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
