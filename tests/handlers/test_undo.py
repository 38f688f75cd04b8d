"""What a button, a form or a command did is taken back with its undo: decisions, the CSM, settings, the roster."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from domain.handoff import HandoffState
from domain.picture import DealPicture
from handlers import decisions, ownership
from handlers.outbox import Done
from handlers.people import Asker
from messages.ids import ACT_DECISION_UNDO, ACT_HANDOFF_ACCEPT, ACT_HANDOFF_RETURN
from storage import plans
from storage.models import Handoff
from storage.plan_models import PlanChange
from tests.handlers.office import ADA, BEN, CHLOE, EVA, GENERAL, Office, picked
from tests.handlers.plan_office import PlanOffice


async def asker(office: Office, slack_id: str) -> Asker:
    return await office.baton.services.people.find(slack_id)


async def press(office: Office, user: str, deal: DealPicture, label: str, action: str) -> None:
    """A button as the brief has it."""
    version = deal.handoff.version if deal.handoff else 0
    row = await office.offer(deal.channel.id, label, action, deal=deal.id, version=version)
    await office.press(user, row, label)


async def is_firm(office: Office, deal: DealPicture) -> bool:
    async with office.baton.db.read() as session:
        plan = await plans.load(session, deal.id)
    assert plan is not None
    return plan.firm_at is not None


async def state(office: Office, deal: DealPicture) -> HandoffState:
    found = (await office.picture(deal.id)).handoff
    assert found is not None
    return found.state


async def test_an_acceptance_is_taken_back_and_given_again(office: Office) -> None:
    deal = await office.handed_in(await office.deal())
    desk = PlanOffice(office, deal)
    await press(office, CHLOE, deal, "Accept", ACT_HANDOFF_ACCEPT)
    await office.said(deal.channel.id, "handoff_accepted", "are firm now")
    assert await is_firm(office, deal)
    told = await desk.whispered(CHLOE, "You accepted the handoff of Fjordbank")
    await office.press(CHLOE, told, "Undo")
    assert await state(office, deal) is HandoffState.SUBMITTED
    assert not await is_firm(office, deal)
    await office.said(deal.channel.id, "handoff_accepted", "took that back")
    assert "waits for a decision" in json.dumps(await desk.whispered(CHLOE, "waits for a decision"))
    await press(office, CHLOE, deal, "Undo", ACT_DECISION_UNDO)
    assert "changed this handoff" in await office.note(CHLOE), "there is no decision any more"
    await press(office, CHLOE, deal, "Accept", ACT_HANDOFF_ACCEPT)
    assert await is_firm(office, deal)

    async def twice() -> bool:
        texts = [json.dumps(one) for one in await office.messages(deal.channel.id, "handoff_accepted")]
        return len(texts) == 2 and "took that back" in texts[0] and "took that back" not in texts[1]

    assert await office.until(twice)
    assert (await office.audited()).count("handoff_undecided") == 1


async def test_a_return_is_taken_back_where_it_is_told(office: Office) -> None:
    deal = await office.handed_in(await office.deal())
    await press(office, CHLOE, deal, "Return", ACT_HANDOFF_RETURN)
    await office.submit(CHLOE, gaps="Who signs?")
    told = await office.said(deal.channel.id, "handoff_returned", "Who signs?")
    assert await office.views(CHLOE) == []
    await office.press(ADA, told, "Take it back")
    assert "Only the CSM" in await office.note(ADA)
    await office.press(CHLOE, told, "Take it back")
    assert await state(office, deal) is HandoffState.SUBMITTED
    await office.said(deal.channel.id, "handoff_returned", "took that back")
    assert "Undo" in await office.command(CHLOE, "/handoff return Who signs?", deal.channel.id)
    assert await state(office, deal) is HandoffState.RETURNED


async def test_a_decision_stays_after_ten_minutes_and_for_others(office: Office) -> None:
    deal = await office.handed_in(await office.deal())
    services, version = office.baton.services, 1
    done = await decisions.accept(services, await asker(office, CHLOE), deal.id, 0, "command")
    assert isinstance(done, Done)
    refused = await decisions.take_back(services, await asker(office, BEN), deal.id, version, "button")
    assert "Only" in getattr(refused, "reason", "")
    async with office.baton.db.write() as tx:
        early = services.clock() - timedelta(minutes=11)
        await tx.session.execute(update(Handoff).values(decided_at=early))
    late = await decisions.take_back(services, await asker(office, CHLOE), deal.id, version, "button")
    assert "more than 10 minutes ago" in getattr(late, "reason", "")
    assert await state(office, deal) is HandoffState.ACCEPTED


async def test_a_plan_that_was_changed_since_stays_firm(office: Office) -> None:
    deal = await office.handed_in(await office.deal())
    services, chloe = office.baton.services, await asker(office, CHLOE)
    await decisions.accept(services, chloe, deal.id, 0, "command")
    async with office.baton.db.write() as tx:
        firm = update(PlanChange).where(PlanChange.deal_id == deal.id, PlanChange.action == "firm")
        await tx.session.execute(firm.values(after={"plan": {"firm_at": "2020-01-01T00:00:00+00:00"}}))
    done = await decisions.take_back(services, chloe, deal.id, 1, "button")
    assert isinstance(done, Done)
    assert "its dates stay firm" in done.sentence
    assert await state(office, deal) is HandoffState.SUBMITTED
    assert await is_firm(office, deal)


async def test_a_deal_goes_back_to_the_csm_it_had(office: Office) -> None:
    await office.make_csm(CHLOE, BEN)
    deal = await office.deal()
    told = await office.command(CHLOE, f"/deal assign <@{BEN}>", deal.channel.id)
    assert "is now the CSM" in told
    assert "Undo" in told
    shown = await office.get(f"ui/channels/{deal.channel.id}", user=CHLOE)
    message = [one for one in shown["messages"] if one.get("is_ephemeral")][-1]
    await office.press(CHLOE, {**message, "channel": deal.channel.id}, "Undo")
    csm = (await office.picture(deal.id)).csm
    assert csm is not None
    assert csm.slack_id == CHLOE
    again = await ownership.take_back(office.baton.services, await asker(office, CHLOE), deal.id, BEN, "button")
    assert "changed meanwhile" in getattr(again, "reason", ""), "pressed twice it is taken back once"


async def test_nobody_else_gives_a_deal_back(office: Office) -> None:
    await office.make_csm(CHLOE, BEN)
    deal, services = await office.deal(), office.baton.services
    await ownership.assign(services, await asker(office, ADA), deal.id, BEN, "form")
    other = await ownership.take_back(services, await asker(office, CHLOE), deal.id, BEN, "button")
    assert "Only" in getattr(other, "reason", "")
    told = await office.said(deal.channel.id, "csm_assigned", "Undo")
    await office.press(ADA, told, "Undo")
    csm = (await office.picture(deal.id)).csm
    assert csm is not None
    assert csm.slack_id == CHLOE

    async def drawn() -> bool:
        every = await office.messages(deal.channel.id, "csm_assigned")
        return ["Undo" in json.dumps(one) for one in every] == [False, True]

    assert await office.until(drawn)


async def test_settings_go_back(office: Office) -> None:
    await office.command(ADA, "/baton settings")
    assert (await save(office, "14:00"))["ok"]
    assert "Undo" in json.dumps(await office.view(ADA))
    await office.press_in_view(ADA, "Undo")
    assert "as it was before" in json.dumps(await office.view(ADA))
    await office.ui("close", user=ADA, view_id=(await office.view(ADA))["id"])
    await office.command(ADA, "/baton settings")
    assert "14:00" not in json.dumps((await office.view(ADA))["blocks"])
    assert (await office.audited())[-1] == "settings_undone"


async def save(office: Office, end: str) -> dict[str, Any]:
    """Save the window of settings as it stands, with another end of the day."""
    state: dict[str, Any] = {}
    for block in (await office.view(ADA))["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            kept: dict[str, Any] = {"type": element["type"]}
            for one, name in (("initial_time", "selected_time"), ("initial_option", "selected_option")):
                if one in element:
                    kept[name] = element[one]
            if "initial_options" in element:
                kept["selected_options"] = element["initial_options"]
            state[block["block_id"]] = kept
    state["end"]["selected_time"] = end
    return await office.submit(ADA, **state)


async def test_the_roster_goes_back_in_its_window_and_under_the_command(office: Office) -> None:
    await office.make_csm(CHLOE)
    await office.command(EVA, "/baton csms")
    await office.press_in_view(EVA, "Remove")
    assert CHLOE not in await office.csms()
    await office.press_in_view(EVA, "Undo")
    assert CHLOE in await office.csms()
    assert "as before" in json.dumps(await office.view(EVA))
    await office.submit(EVA, csm=picked(BEN), regions="EMEA", segments="")
    assert (await office.csms())[BEN].regions == ["EMEA"]
    await office.press_in_view(EVA, "Undo")
    assert BEN not in await office.csms()
    told = await office.command(EVA, f"/baton csms add <@{CHLOE}> regions APAC")
    first = {**json.loads(told), "channel": GENERAL}
    await office.command(EVA, f"/baton csms add <@{CHLOE}> regions EMEA")
    await office.press(EVA, first, "Undo")
    assert "changed once more since" in await office.note(EVA)
    assert (await office.csms())[CHLOE].regions == ["EMEA"]
