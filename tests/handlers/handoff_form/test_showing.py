import pytest

from domain.handoff_lists import Stakeholder
from handlers.handoff_form.work import Work, begin, keep
from storage.models import Deal
from tests.handlers.handoff_form.place import ADA, BEN, CHLOE, EVA, Place

SECRET = "Do not mention the old vendor"


async def handed_in(place: Place, people: int = 0) -> None:
    work = await begin(place.services, await place.services.people.find(ADA), place.deal)
    assert isinstance(work, Work)
    cares = "They care about cost, time and not being called on a Friday afternoon. " * 6
    listed = tuple(Stakeholder(f"s{n}", f"Person {n}", "CFO", cares) for n in range(people))
    await keep(place.services, work, lambda answers, typed: (answers.with_items("stakeholders", listed), typed))
    form = await place.opened(ADA)
    await form.submit(problem="Slow reports", success_metrics="Logins: 20 -> 60", sensitivities=SECRET)


async def made_public(place: Place) -> None:
    async with place.db.write() as tx:
        deal = await tx.session.get_one(Deal, place.deal)
        deal.channel_private = False
        await tx.session.flush()


async def test_everything_is_shown_page_by_page(place: Place) -> None:
    await handed_in(place, people=200)
    await (await place.offer("handoff_all")).press(BEN)
    window = await place.top(BEN)
    shown = str(window.view["blocks"])
    pages = 1
    while "handoff_all:on" in str(window.view["blocks"]):
        window = await window.act("handoff_all:on")
        shown += str(window.view["blocks"])
        pages += 1
    assert pages > 2
    assert all(f"Person {n} " in shown for n in range(200))
    assert len(await place.views(BEN)) == 1
    back = await window.act("handoff_all:back")
    assert f"Part {pages - 1} of {pages}" in str(back.view["blocks"])


@pytest.mark.parametrize(("who", "sees"), [(ADA, True), (CHLOE, True), (BEN, False), (EVA, False)])
async def test_confidential_parts_are_for_those_on_the_deal(place: Place, who: str, sees: bool) -> None:
    await handed_in(place)
    await made_public(place)
    await (await place.offer("handoff_all")).press(who)
    assert (SECRET in str((await place.top(who)).view)) is sees
    await (await place.offer("handoff_confidential")).press(who)
    window = await place.top(who)
    assert (SECRET in str(window.view)) is sees
    assert window.callback == ("handoff_all" if sees else "note")
