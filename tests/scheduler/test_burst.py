"""Many deals in one burst; `BATON_BURST=1000` makes it the thousand of the promise."""

import asyncio
import os

from storage import notices
from tests.scheduler.desk import CS, Desk, twice

DEALS = int(os.environ.get("BATON_BURST", "40"))
PATIENCE_S = 170


async def test_a_burst_of_deals_makes_a_channel_for_each(desk: Desk) -> None:
    for number in range(DEALS):
        told = {"id": f"D-{number}", "customer": f"Customer {number % (DEALS * 2 // 5)}", "account_id": f"A-{number}"}
        await asyncio.gather(desk.won(**told), desk.won(**told))
    engine = desk.engine(desk.place(desk.client(timeout_s=10)))
    async with asyncio.timeout(PATIENCE_S):
        await engine.drain()
    async with desk.db.read() as session:
        unfinished = await notices.unfinished(session, desk.clock())
        assert (unfinished.due, unfinished.given_up) == (0, 0)
    names = [channel["name"] for channel in await desk.channels()]
    assert len(set(names)) == len(names) == DEALS
    said = await desk.messages()
    keys = [one["metadata"]["event_payload"]["key"] for one in said]
    assert twice(keys) == []
    assert len(keys) == 4 * DEALS
    assert len([one for one in said if one["channel"] == CS]) == DEALS
    for channel in {one["channel"] for one in said} - {CS}:
        kinds = [one["metadata"]["event_payload"]["kind"] for one in said if one["channel"] == channel]
        assert kinds == ["deal_opened", "handoff_requested", "plan"]
