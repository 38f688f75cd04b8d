import pytest
from sqlalchemy import update

from domain.handoff import HandoffState
from handlers.handoff_form.opening import handed_in, open_pick
from handlers.handoff_form.work import Work, begin
from messages.values import pack
from storage.models import Deal
from tests.handlers.handoff_form.place import ADA, BEN, CHLOE, DANIEL, EVA, EXTERNAL, FELIX, Place


async def test_the_form_begins_with_what_the_crm_knows(place: Place) -> None:
    form = await place.opened(ADA)
    assert form.callback == "handoff"
    assert form.view["notify_on_close"] is True
    assert form.value("products") == "Pro, Reports"
    assert form.value("notes") == "They called twice & asked for <SSO>."
    assert form.value("problem") is None
    assert await place.draft(ADA) is None


async def test_what_is_typed_is_kept_and_offered_again(place: Place) -> None:
    form = await place.opened(ADA)
    await form.type("problem", "Reports take a week")
    await form.type("stakeholders", "Maria, CFO\nJon")
    kept = await place.draft(ADA)
    assert kept is not None
    assert kept.answers.problem == "Reports take a week"
    assert kept.answers.products == "Pro, Reports"
    assert kept.typed["stakeholders"] == "Maria, CFO\nJon"
    await form.close()
    again = await place.opened(ADA)
    assert again.value("problem") == "Reports take a week"
    assert again.value("stakeholders") == "Maria, CFO\nJon"
    assert "Your draft of" in str(again.view["blocks"])
    picture = await place.picture()
    assert picture.handoff is not None
    assert picture.handoff.state is HandoffState.DRAFTING


async def test_starting_over_forgets_what_was_typed(place: Place) -> None:
    form = await place.opened(ADA)
    form = await form.type("problem", "Wrong deal")
    await form.type("products", "")
    await form.close()
    again = await place.opened(ADA)
    fresh = await again.act("handoff_start_over")
    assert fresh.value("problem") is None
    assert fresh.value("products") == "Pro, Reports"
    assert "Your draft of" not in str(fresh.view["blocks"])
    assert await place.draft(ADA) is None


async def test_others_with_a_draft_are_named(place: Place) -> None:
    await (await place.opened(ADA)).type("problem", "x")
    form = await place.opened(CHLOE)
    assert f"<@{ADA}>" in str(form.view["blocks"])
    assert form.value("problem") is None


@pytest.mark.parametrize("who", [BEN, DANIEL])
async def test_people_of_other_deals_are_told_who_may(place: Place, who: str) -> None:
    note = await place.opened(who)
    assert note.callback == "note"
    assert "Only the seller, the CSM" in str(note.view["blocks"])


async def test_guests_are_told_nothing(place: Place) -> None:
    await (await place.offer("handoff_open", channel=EXTERNAL)).press(FELIX)
    note = await place.top(FELIX)
    assert note.callback == "note"
    assert "Fjordbank" not in str(note.view)


async def test_an_admin_edits_without_the_confidential_fields(place: Place) -> None:
    await (await place.opened(ADA)).submit(
        problem="Slow reports", success_metrics="Logins: 20 -> 60", sensitivities="the old vendor"
    )
    form = await place.opened(EVA)
    assert "old vendor" not in str(form.view)
    assert await form.submit(notes="Seen by Eva") == {"ok": True, "closed": True}
    picture = await place.picture()
    assert picture.handoff is not None
    assert picture.handoff.answers.sensitivities == "the old vendor"
    assert picture.handoff.answers.notes == "Seen by Eva"


async def test_letters_that_arrive_after_handing_in_are_no_draft(place: Place) -> None:
    form = await place.opened(ADA)
    await form.submit(problem="Slow reports", success_metrics="Logins: 20 -> 60")
    ada, chloe = await place.services.people.find(ADA), await place.services.people.find(CHLOE)
    mine = await begin(place.services, ada, place.deal, 0)
    hers = await begin(place.services, chloe, place.deal, 0)
    assert isinstance(mine, Work)
    assert isinstance(hers, Work)
    assert handed_in(mine)
    assert not handed_in(hers)


async def test_a_finished_deal_is_not_edited(place: Place) -> None:
    async with place.db.write() as tx:
        await tx.session.execute(update(Deal).values(state="closed"))
    note = await place.opened(ADA)
    assert "This deal is finished" in str(note.view["blocks"])


async def test_one_deal_needs_no_picking_and_many_are_offered(place: Place) -> None:
    ada = await place.services.people.find(ADA)
    trigger = await place.trigger(ADA)
    await open_pick(place.client, place.services, ada, trigger)
    assert (await place.top(ADA)).callback == "handoff"
    second = await place.another_deal("D-200", "Northbank")
    await open_pick(place.client, place.services, ada, await place.trigger(ADA))
    pick = await place.top(ADA)
    assert pick.callback == "handoff_pick"
    assert "Northbank" in str(pick.view["blocks"])
    await pick.pick("deal", pack(deal=second))
    form = await place.top(ADA)
    assert form.callback == "handoff"
    assert "Northbank" in str(form.view["blocks"])


async def test_who_has_no_deal_is_told_where_to_go(place: Place) -> None:
    ben = await place.services.people.find(BEN)
    await open_pick(place.client, place.services, ben, await place.trigger(BEN))
    assert "not the seller or the CSM of any open deal" in str((await place.top(BEN)).view["blocks"])


async def test_a_deal_that_is_gone_is_said_to_be(place: Place) -> None:
    await (await place.offer("handoff_open", deal=999)).press(ADA)
    note = await place.top(ADA)
    assert "not here any more" in str(note.view["blocks"])
