"""Summaries that were claimed together are read together."""

from typing import Any

from scheduler.deal_clocks import summary
from scheduler.gathered import Gathered
from storage.notices import ClaimedNotice
from tests.domain.weeks import MONDAY
from tests.scheduler.desk import Desk


def claimed(desk: Desk, number: int, deal_id: int, **changes: Any) -> ClaimedNotice:  # noqa: ANN401
    new, now = summary(deal_id, MONDAY, "UTC", None, desk.clock()), desk.clock()
    values = {
        "id": number,
        "workspace_id": desk.workspace,
        "key": new.key,
        "kind": new.kind,
        "lane": new.lane,
        "audience": new.audience,
        "deal_id": new.deal_id,
        "facts": new.facts,
        "thread_key": "",
        "attempts": 1,
        "revision": 1,
        "sent_revision": 0,
        "channel_id": "",
        "ts": "",
        "created_at": now,
        "claimed_at": now,
    }
    return ClaimedNotice(**values | changes)


async def test_each_claim_takes_its_deal_once(desk: Desk) -> None:
    deal = await desk.opened()
    gathered = Gathered(desk.place())
    ours, gone = claimed(desk, 1, deal.id), claimed(desk, 2, 999)
    other = claimed(desk, 3, deal.id, kind="deal_opened")
    await gathered.prepare([ours, gone, other])
    found = gathered.take(ours)
    assert found is not None
    assert (found.id, found.channel.id) == (deal.id, deal.channel.id)
    assert found.plan is not None
    assert [gathered.take(one) for one in (ours, gone, other)] == [None, None, None]


async def test_another_claim_of_the_same_notice_reads_again(desk: Desk) -> None:
    deal = await desk.opened()
    gathered = Gathered(desk.place())
    first = claimed(desk, 1, deal.id)
    await gathered.prepare([first])
    assert gathered.take(claimed(desk, 1, deal.id, attempts=2)) is None
    assert gathered.take(first) is not None
