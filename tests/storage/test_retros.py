"""What handoffs taught, on both databases."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from domain.handoff import Answers, HandoffState
from storage import handoffs, retros
from storage.audit import Act, record
from storage.models import Deal, Handoff, Question
from tests.storage.house import NOW, House

SINCE = NOW - timedelta(days=180)


async def test_first_versions_returns_and_late_questions_by_seller(house: House) -> None:
    mine, nobodys, old = [await house.deal(number) for number in (1, 2, 3)]
    ada = house.people["Ada"]

    async def write(session: Any) -> None:  # noqa: ANN401
        await session.execute(update(Deal).where(Deal.id.in_([mine, old])).values(ae_id=ada))
        for deal, when in ((mine, NOW), (nobodys, NOW), (old, SINCE - timedelta(days=1))):
            given = Answers(products="Pro")
            for based_on in (0, 1):
                handoff = await handoffs.get(session, deal)
                assert handoff is not None
                await handoffs.submit(
                    session, handoff.id, deal, based_on=based_on, was=HandoffState(handoff.state), before=Answers(),
                    state=HandoffState.SUBMITTED, answers=given, score=10, author_id=ada, now=when,
                )  # fmt: skip
                session.expire_all()
                given = given.with_text("problem", "Told later")
        for deal, when in ((mine, NOW), (mine, NOW + timedelta(days=1)), (mine, SINCE - timedelta(days=9))):
            await record(session, house.workspace, Act("U2", "handoff_returned", "button", deal), when)
        for action in ("handoff_returned", "handoff_undecided", "handoff_accepted", "handoff_undecided"):
            await record(session, house.workspace, Act("U2", action, "button", mine), NOW)
        accepted = {"state": "accepted", "decided_at": NOW}
        await session.execute(update(Handoff).where(Handoff.deal_id == mine).values(**accepted))
        for number, hours in ((1, -1), (2, 1), (3, 2)):
            asked = {"number": number, "text": "Who signs?", "asker_id": ada, "asked_at": NOW + timedelta(hours=hours)}
            await session.execute(insert(Question), {"deal_id": mine, **asked})

    await house.write(write)
    found = await house.read(lambda session: retros.load(session, house.workspace, SINCE))
    assert sorted(one.seller for one in found.firsts) == ["", "U1"]
    assert all(not one.answers.problem for one in found.firsts), "as it was first handed in"
    assert found.returned == {"U1": 2}, "what was undone does not count"
    assert found.asked == {"U1": 2}
    other = await house.read(lambda session: retros.load(session, house.workspace + 1, SINCE))
    assert (list(other.firsts), other.returned, other.asked) == ([], {}, {})
