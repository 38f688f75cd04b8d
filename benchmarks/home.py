"""The Home of a CSM, a seller and the lead with 500 deals each: our own time from the event to the view, without Slack.

The baseline is the Home of before: twelve of the deals read whole, one after the other, in the same run.
"""

import json
import time
from collections.abc import Awaitable, Callable
from statistics import quantiles

from sqlalchemy import select, update

from benchmarks.figures import line
from benchmarks.plans import NOW, planned
from benchmarks.slack import AE, CSM
from benchmarks.world import workspace
from domain.calendar import Calendars
from domain.home import HomePicture, Looking, Show, Tab
from domain.usage.metrics import USUAL
from messages.home import home_view
from storage import homes, pictures, standings
from storage.database import Database
from storage.homes import Means
from storage.models import Deal

DEALS = 500
ROUNDS = 60
BEFORE = 12
LIMIT = "< 300 ms"
MEANS = Means(CSM, Calendars(), USUAL)
"""The CSM is the lead, too."""


async def _p95(work: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds within which 95 of 100 are done."""
    taken: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await work()
        taken.append(time.perf_counter() - began)
    return quantiles(taken, n=20)[-1] * 1_000


async def run(url: str, kind: str) -> list[str]:
    """The rows for one database."""
    db = Database(url)
    try:
        known = await planned(db, DEALS)
        number, ids = await workspace(db)
        async with db.write() as tx:
            await tx.session.execute(update(Deal).values(csm_id=ids[CSM]))

        async def shown(who: str, looking: Looking) -> HomePicture:
            picture = await homes.open_home(db, number, ids[who], MEANS, NOW, looking)
            assert picture is not None
            json.dumps(home_view(picture))
            return picture

        async def before() -> None:
            async with db.read() as session:
                some = (await session.scalars(select(Deal.id).where(Deal.csm_id == ids[CSM]).limit(BEFORE))).all()
                for one in some:
                    await pictures.load(session, one)

        began = time.perf_counter()
        await shown(CSM, Looking(Tab.CSM))
        first = (time.perf_counter() - began) * 1_000
        baseline = await _p95(before)
        rows: list[str] = []
        for name, who, looking in (
            ("of a CSM", CSM, Looking(Tab.CSM)),
            ("of a CSM, page 40", CSM, Looking(Tab.CSM, page=40, waiting=40)),
            ("of a CSM, searched", CSM, Looking(Tab.CSM, search="customer 00001")),
            ("of a seller", AE, Looking(Tab.SELLER)),
            ("of the lead", CSM, Looking(Tab.LEAD, Show.RISK)),
        ):
            took = await _p95(lambda who=who, looking=looking: shown(who, looking))
            rows.append(line(f"{kind}, the Home {name} with {DEALS} deals, p95", took, baseline, limit=LIMIT))

        async def changed() -> None:
            async with db.write() as tx:
                await standings.touch(tx.session, number, [known[0].deal])
            await shown(CSM, Looking(Tab.CSM))

        rows.append(line(f"{kind}, the same after a change of a deal, p95", await _p95(changed), baseline, limit=LIMIT))
        rows.append(line(f"{kind}, the first of the day ({DEALS} deals judged)", first, baseline, limit="< 1 s"))
    finally:
        await db.close()
    return rows
