"""What happened to a milestone, and what somebody did last to a plan."""

from dataclasses import replace
from datetime import timedelta

from domain.person import PersonCard
from domain.plan.change import PlanChange
from storage import plan_history, plans
from tests.storage.house import NOW, House
from tests.storage.test_plans import ada, loaded, planned


async def renamed(house: House, deal_id: int, number: int, title: str, by: PersonCard | None, minutes: int) -> int:
    """One change more; its id."""
    plan = await loaded(house, deal_id)
    one = plan.by_number(number)
    assert one is not None
    change = PlanChange("rename", f"renamed it to {title}", (replace(one, title=title),))
    at = NOW + timedelta(minutes=minutes)
    done = await house.write(lambda session: plans.apply(session, plan, change, by=by, now=at))
    assert done is not None
    return done.change_id


async def test_the_newest_changes_of_a_milestone_with_who_made_them(house: House) -> None:
    plan, card = await planned(house), await ada(house)
    await renamed(house, plan.deal_id, 1, "A", card, 1)
    undone = await renamed(house, plan.deal_id, 2, "B", card, 2)
    await renamed(house, plan.deal_id, 2, "C", None, 3)
    await house.write(lambda session: plans.mark_undone(session, undone, by=card, now=NOW))
    found = await house.read(lambda session: plan_history.of_milestone(session, plan.deal_id, 2, 5))
    assert [(one.said, one.by, one.undone) for one in found] == [
        ("renamed it to C", None, False),
        ("renamed it to B", card, True),
    ]
    assert found[0].at == NOW + timedelta(minutes=3)
    newest = await house.read(lambda session: plan_history.of_milestone(session, plan.deal_id, 2, 1))
    assert newest == found[:1]
    assert await house.read(lambda session: plan_history.of_milestone(session, plan.deal_id, 3, 5)) == []


async def test_ones_own_last_change_that_can_still_be_undone(house: House) -> None:
    plan, card = await planned(house), await ada(house)
    assert await house.read(lambda session: plan_history.last_of(session, plan.deal_id, card.id)) is None
    first = await renamed(house, plan.deal_id, 1, "A", card, 1)
    second = await renamed(house, plan.deal_id, 2, "B", card, 2)
    await renamed(house, plan.deal_id, 3, "C", None, 3)
    assert await house.read(lambda session: plan_history.last_of(session, plan.deal_id, card.id)) == second
    await house.write(lambda session: plans.mark_undone(session, second, by=card, now=NOW))
    assert await house.read(lambda session: plan_history.last_of(session, plan.deal_id, card.id)) == first
