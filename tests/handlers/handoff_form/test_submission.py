import asyncio

from domain.handoff import Answers, HandoffState
from storage import audit, handoffs
from storage.models import Deal
from tests.handlers.handoff_form.place import ADA, BEN, CHLOE, EVA, Place

GOOD = {"problem": "Slow reports", "success_metrics": "Weekly logins: 20 -> 60"}


async def stored(place: Place) -> Answers:
    picture = await place.picture()
    assert picture.handoff is not None
    return picture.handoff.answers


async def decide(place: Place, state: HandoffState, gaps: str = "") -> None:
    chloe = await place.services.people.find(CHLOE)
    picture = await place.picture()
    assert picture.handoff is not None
    async with place.db.write() as tx:
        done = await handoffs.decide(
            tx.session,
            picture.handoff.id,
            version=picture.handoff.version,
            was=picture.handoff.state,
            state=state,
            by=chloe.card.id,
            gaps=gaps,
            now=place.services.clock(),
        )
    assert done


async def test_handing_in_makes_a_version_and_its_notices_at_once(anywhere: Place) -> None:
    place = anywhere
    form = await place.opened(ADA)
    await form.type("problem", "Slow")
    assert await form.submit(**GOOD, sensitivities="the old vendor") == {"ok": True, "closed": True}
    picture = await place.picture()
    assert picture.handoff is not None
    assert picture.handoff.state is HandoffState.SUBMITTED
    assert picture.handoff.version == 1
    assert picture.handoff.answers.products == "Pro, Reports"
    assert picture.handoff.answers.success_metrics[0].target == "60"
    assert picture.handoff.score > 0
    assert await place.draft(ADA) is None
    assert await place.views(ADA) == []
    told = {one.key: one for one in await place.notices()}
    assert told["deal:1:brief"].kind == "handoff_submitted"
    assert told["deal:1:brief"].audience == "deal"
    assert told["deal:1:canvas"].kind == "sync_canvas"
    assert "deal:1:brief:v1" not in told
    # The channel is private and has no guests, so nobody needs telling in person.
    assert not await place.notices("handoff_confidential")
    async with place.db.read() as session:
        assert "handoff_submitted" in [entry.action for entry in await audit.of_deal(session, place.deal)]


async def test_what_the_channel_may_not_show_is_told_in_person(place: Place) -> None:
    async with place.db.write() as tx:
        deal = await tx.session.get_one(Deal, place.deal)
        deal.channel_outsiders = True
        await tx.session.flush()
    await (await place.opened(ADA)).submit(**GOOD, concerns="They fear the migration")
    told = await place.notices("handoff_confidential")
    assert [(one.audience, one.facts) for one in told] == [
        (f"person:{ADA}", {"to": ADA}),
        (f"person:{CHLOE}", {"to": CHLOE}),
    ]


async def test_missing_fields_are_named_beside_them(place: Place) -> None:
    form = await place.opened(ADA)
    answer = await form.submit(problem="Slow reports", success_metrics="   ")
    assert set(answer["errors"]) == {"success_metrics"}
    assert "is needed" in answer["errors"]["success_metrics"]
    kept = await place.draft(ADA)
    assert kept is not None
    assert kept.answers.problem == "Slow reports"


async def test_a_line_that_cannot_be_read_is_named_and_the_draft_kept(place: Place) -> None:
    form = await place.opened(ADA)
    answer = await form.submit(**GOOD, key_dates="Kickoff: 2020-01-01")
    assert "Line 1 (“Kickoff: 2020-01-01”)" in answer["errors"]["key_dates"]
    kept = await place.draft(ADA)
    assert kept is not None
    assert kept.typed["key_dates"] == "Kickoff: 2020-01-01"
    assert not await place.notices("handoff_submitted")


async def test_a_required_list_is_satisfied_by_its_entries(place: Place) -> None:
    form = await place.opened(ADA)
    entry = await (await form.list("success_metrics")).act("item_add")
    await entry.submit(metric="Weekly logins", target="60")
    await (await place.top(ADA)).close()
    assert (await (await place.top(ADA)).submit(problem="Slow reports"))["ok"]
    assert [item.metric for item in (await stored(place)).success_metrics] == ["Weekly logins"]


async def test_changes_to_different_things_are_joined_and_told(anywhere: Place) -> None:
    place = anywhere
    await (await place.opened(ADA)).submit(**GOOD)
    ada, chloe = await place.opened(ADA), await place.opened(CHLOE)
    await chloe.submit(working_style="Calls", stakeholders="Maria, CFO")
    assert (await ada.submit(notes="Call them Monday", stakeholders="Jonas, CTO"))["ok"]
    now = await stored(place)
    assert (now.working_style, now.notes) == ("Calls", "Call them Monday")
    assert [item.name for item in now.stakeholders] == ["Maria", "Jonas"]
    told = {one.key: one for one in await place.notices("handoff_version")}
    assert set(told) == {"deal:1:brief:v2", "deal:1:brief:v3"}
    third = told["deal:1:brief:v3"]
    assert third.thread_key == "deal:1:brief"
    assert (third.facts["old"], third.facts["new"], third.facts["base"]) == (2, 3, 1)
    assert third.facts["other"] == CHLOE
    assert ["notes", "They called twice & asked for <SSO>.", "Call them Monday"] in third.facts["changes"]
    brief = await place.notices("handoff_submitted")
    assert [one.revision for one in brief] == [3]


async def test_the_same_thing_changed_differently_must_be_decided(anywhere: Place) -> None:
    place = anywhere
    await (await place.opened(ADA)).submit(**GOOD)
    ada, chloe = await place.opened(ADA), await place.opened(CHLOE)
    await chloe.submit(problem="Wrong numbers", notes="hers")
    answer = await ada.submit(problem="Late numbers", working_style="Calls", stakeholders="Jonas, CTO")
    assert answer == {"ok": True, "closed": False}
    choice = await place.top(ADA)
    assert choice.callback == "handoff_conflict"
    shown = str(choice.view["blocks"])
    assert "Wrong numbers" in shown
    assert "Late numbers" in shown
    assert (await stored(place)).problem == "Wrong numbers"
    assert await choice.decide(problem="mine") == {"ok": True, "closed": True}
    now = await stored(place)
    assert (now.problem, now.notes, now.working_style) == ("Late numbers", "hers", "Calls")
    assert [item.name for item in now.stakeholders] == ["Jonas"]
    assert await place.views(ADA) == []
    assert await place.draft(ADA) is None


async def test_theirs_can_be_kept_and_one_can_go_back_first(place: Place) -> None:
    await (await place.opened(ADA)).submit(**GOOD)
    ada, chloe = await place.opened(ADA), await place.opened(CHLOE)
    await chloe.submit(problem="Wrong numbers")
    await ada.submit(problem="Late numbers", stakeholders="Jonas, CTO")
    await (await place.top(ADA)).close()
    form = await place.top(ADA)
    assert form.value("problem") == "Late numbers"
    await form.submit(problem="Very late numbers")
    assert await (await place.top(ADA)).decide(problem="theirs") == {"ok": True, "closed": True}
    now = await stored(place)
    assert now.problem == "Wrong numbers"
    assert [item.name for item in now.stakeholders] == ["Jonas"]


async def test_somebody_handing_in_while_one_decides_is_shown_too(place: Place) -> None:
    await (await place.opened(ADA)).submit(**GOOD)
    ada, chloe = await place.opened(ADA), await place.opened(CHLOE)
    await chloe.submit(problem="Wrong numbers")
    await ada.submit(problem="Late numbers")
    choice = await place.top(ADA)
    await (await place.opened(CHLOE)).submit(problem="No numbers", notes="hers")
    assert await choice.decide(problem="mine") == {"ok": True, "closed": False}
    again = await place.top(ADA)
    assert "once more while you were choosing" in str(again.view["blocks"])
    assert "No numbers" in str(again.view["blocks"])
    assert (await stored(place)).problem == "No numbers"
    assert (await again.decide(problem="mine"))["closed"]
    now = await stored(place)
    assert (now.problem, now.notes) == ("Late numbers", "hers")


async def test_an_entry_edited_by_one_and_removed_by_the_other(anywhere: Place) -> None:
    place = anywhere
    await (await place.opened(ADA)).submit(**GOOD, stakeholders="Maria, CFO")
    maria = (await stored(place)).stakeholders[0].id
    ada, chloe = await place.opened(ADA), await place.opened(CHLOE)
    await (await (await chloe.list("stakeholders")).menu(maria, "edit")).submit(name="Maria Silva")
    await (await place.top(CHLOE)).close()
    await (await place.top(CHLOE)).submit()
    await (await ada.list("stakeholders")).menu(maria, "remove")
    await (await place.top(ADA)).close()
    await (await place.top(ADA)).submit()
    choice = await place.top(ADA)
    assert choice.callback == "handoff_conflict"
    assert (await choice.decide(**{f"stakeholders:{maria}": "theirs"}))["closed"]
    assert [item.name for item in (await stored(place)).stakeholders] == ["Maria Silva"]


async def test_many_at_once_lose_nothing(anywhere: Place) -> None:
    place = anywhere
    await (await place.opened(ADA)).submit(**GOOD)
    ada, chloe, eva = await place.opened(ADA), await place.opened(CHLOE), await place.opened(EVA)
    await asyncio.gather(
        ada.submit(stakeholders="Maria"), chloe.submit(stakeholders="Jonas"), eva.submit(stakeholders="Olga")
    )
    assert {item.name for item in (await stored(place)).stakeholders} == {"Maria", "Jonas", "Olga"}
    assert [one.key for one in await place.notices("handoff_version")] == [f"deal:1:brief:v{n}" for n in (2, 3, 4)]


async def test_editing_keeps_the_acceptance(place: Place) -> None:
    await (await place.opened(ADA)).submit(**GOOD)
    form = await place.opened(ADA)
    await decide(place, HandoffState.ACCEPTED)
    await form.submit(notes="One more thing")
    picture = await place.picture()
    assert picture.handoff is not None
    assert picture.handoff.state is HandoffState.ACCEPTED
    assert picture.handoff.version == 2
    assert picture.handoff.decided_by is not None


async def test_a_returned_handoff_shows_what_is_missing_and_is_handed_in_again(place: Place) -> None:
    await (await place.opened(ADA)).submit(**GOOD)
    await decide(place, HandoffState.RETURNED, "Who signs?")
    form = await place.opened(ADA)
    assert "Who signs?" in str(form.view["blocks"])
    assert (await form.submit())["closed"]
    picture = await place.picture()
    assert picture.handoff is not None
    assert picture.handoff.state is HandoffState.SUBMITTED
    assert (await place.notices("handoff_version"))[0].facts["returned"] is True


async def test_nothing_changed_makes_no_version(place: Place) -> None:
    await (await place.opened(ADA)).submit(**GOOD)
    answer = await (await place.opened(CHLOE)).submit()
    assert answer == {"ok": True, "closed": False}
    note = await place.top(CHLOE)
    assert "Nothing differs from version 1" in str(note.view["blocks"])
    assert not await place.notices("handoff_version")


async def test_none_is_an_answer_and_no_promise(place: Place) -> None:
    await (await place.opened(ADA)).submit(**GOOD, commitments="none")
    picture = await place.picture()
    assert picture.commitments == ()
    assert (await stored(place)).commitments[0].text == "none"


async def test_hostile_text_comes_back_as_it_was_typed(place: Place) -> None:
    text = "<!channel> & “Söns” 🎉 *x* שלום &amp; https://example.com/?a=1&b=2"
    await (await place.opened(ADA)).submit(problem=text, success_metrics="Logins", stakeholders=f"{text[:60]}")
    assert (await stored(place)).problem == text
    form = await place.opened(CHLOE)
    assert form.value("problem") == text


async def test_a_stranger_to_the_deal_cannot_hand_in(place: Place) -> None:
    note = await place.opened(BEN)
    assert note.callback == "note"
    assert (await stored(place)) == Answers()
