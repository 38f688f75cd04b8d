"""What people press and write down about a play."""

import json
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from domain.deals import AccountFacts
from domain.plays.outcome import CallOutcome, SaveOutcome
from domain.plays.picture import PlayPicture
from domain.plays.task import State
from domain.settings import PersonSettings
from handlers.webhooks.deals import Teller
from handlers.webhooks.models import PlanChanged, SubscriptionCanceled
from handlers.webhooks.subscriptions import record_canceled, record_plan_changed
from messages.ids import ACT_PLAY_MOVE, ACT_PLAY_NOT_USEFUL
from storage import plays
from storage import settings as kept
from storage.models import Deal
from storage.play_models import PlayChange
from tests.handlers.office import ADA, BEN, CHLOE, CS, EVA, Office, chosen
from tests.messages.shown import words_in


async def always_at_work(office: Office, *slack_ids: str) -> None:
    """Whatever time it is when the tests run."""
    hours = PersonSettings(begin=time(0), end=time(23, 59), weekdays=frozenset(range(7)))
    for slack_id in slack_ids:
        card = (await office.baton.services.people.find(slack_id)).card
        async with office.baton.db.write() as tx:
            await kept.keep(tx.session, card.id, card.zone, hours, office.baton.clock())


async def upgraded(office: Office, before: str = "Starter", after: str = "Premium") -> dict[str, Any]:
    """The message of an upgrade of Chloé's customer."""
    await office.deal()
    await always_at_work(office, CHLOE)
    services, now = office.baton.services, office.baton.clock()
    data = {"account_id": "A-1", "from": before, "to": after, "changed_at": now.isoformat(), "mrr_delta": 900}
    async with services.db.write() as tx:
        told = PlanChanged.model_validate(data)
        await record_plan_changed(services, tx, told, Teller("crm", "webhook", now))
    return await office.said_to(CHLOE, "plan_upgraded")


async def canceled(office: Office) -> dict[str, Any]:
    """The message of a cancellation."""
    await office.deal()
    await always_at_work(office, CHLOE)
    services, now = office.baton.services, office.baton.clock()
    data = {"account_id": "A-1", "effective_at": (now + timedelta(days=20)).isoformat(), "reason": "too dear"}
    async with services.db.write() as tx:
        told = SubscriptionCanceled.model_validate(data)
        await record_canceled(services, tx, told, Teller("crm", "webhook", now))
    return await office.said_to(CHLOE, "subscription_canceled")


async def play(office: Office) -> PlayPicture:
    async with office.baton.db.read() as session:
        found = await plays.load(session, 1)
    assert found is not None
    return found


async def whispered(office: Office, user: str, channel: str, holds: str) -> dict[str, Any]:
    """The newest message only this person sees there that holds a text."""

    async def look() -> dict[str, Any] | None:
        shown = await office.get(f"ui/channels/{channel}", user=user)
        found = [one for one in shown["messages"] if one.get("is_ephemeral") and holds in json.dumps(one)]
        return {**found[-1], "channel": channel} if found else None

    return await office.until(look)


async def offer(office: Office, label: str, action_id: str, play_id: int = 1) -> dict[str, Any]:
    """A button where the whole team sees it."""
    await office.said(CS, "deal_announced")
    return await office.offer(CS, label, action_id, play=play_id)


async def test_the_call_is_done_with_its_outcome_and_can_be_taken_back(office: Office) -> None:
    message = await upgraded(office)
    await office.press(CHLOE, message, "Done")
    view = await office.view(CHLOE)
    assert view["callback_id"] == "play_call"
    inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    assert inputs == ["reached", "needs", "feedback", "referral", "referral_name"]
    await office.submit(
        CHLOE,
        reached=chosen("yes", "Yes"),
        needs="40 seats & <SSO>",
        feedback="Quick to set up.",
        referral=chosen("yes", "Yes"),
        referral_name="Maria Silva",
    )
    done = await play(office)
    assert done.state is State.DONE
    assert isinstance(done.outcome, CallOutcome)
    assert (done.outcome.needs, done.outcome.referral_name) == ("40 seats & <SSO>", "Maria Silva")
    edited = await office.said_to(CHLOE, "plan_upgraded", "Maria Silva")
    assert edited["ts"] == message["ts"]
    text = words_in(edited["blocks"])
    for part in (f"Post-upgrade call done by <@{CHLOE}>", "40 seats & <SSO>", "Referral:* Yes, Maria Silva"):
        assert part in text
    assert "New for them" not in text
    assert (await office.view(CHLOE))["callback_id"] == "play_said"
    await office.press_in_view(CHLOE, "Undo")
    assert "You took back" in words_in((await office.view(CHLOE))["blocks"])
    assert (await play(office)).is_open
    await office.said_to(CHLOE, "plan_upgraded", "New for them")
    assert [one for one in await office.audited() if one.startswith("play_")] == ["play_done", "play_undone"]
    assert "plan_changed" in await office.audited()


async def test_the_outcome_can_be_written_anew(office: Office) -> None:
    message = await upgraded(office)
    await office.press(CHLOE, message, "Done")
    await office.submit(CHLOE, reached=chosen("yes", "Yes"), needs="first", referral=chosen("no", "No"))
    done = await office.said_to(CHLOE, "plan_upgraded", "Change the outcome")
    await office.press(CHLOE, done, "Change the outcome")
    view = await office.view(CHLOE)
    assert "first" in json.dumps(view)
    await office.submit(CHLOE, reached=chosen("yes", "Yes"), needs="second", referral=chosen("no", "No"))
    await office.said_to(CHLOE, "plan_upgraded", "second")


async def test_who_was_not_reached_is_called_again(office: Office) -> None:
    message = await upgraded(office)
    await office.press(CHLOE, message, "Done")
    await office.submit(
        CHLOE, reached=chosen("again", "No, I try again"), referral=chosen("not_asked", "I did not ask")
    )
    found = await play(office)
    assert found.is_open
    text = words_in((await office.said_to(CHLOE, "plan_upgraded", "did not reach"))["blocks"])
    assert f"<@{CHLOE}> did not reach the customer yet; it comes again on" in text


async def test_a_contradiction_is_said_beside_its_field(office: Office) -> None:
    message = await upgraded(office)
    await office.press(CHLOE, message, "Done")
    answer = await office.submit(
        CHLOE, reached=chosen("yes", "Yes"), referral=chosen("no", "No"), referral_name="Maria"
    )
    assert "referral_name" in json.dumps(answer)
    assert (await play(office)).state is State.OPEN


async def test_not_useful_at_once_and_taken_back_under_the_message(office: Office) -> None:
    message = await upgraded(office)
    await office.press(CHLOE, message, "Not useful")
    edited = await office.said_to(CHLOE, "plan_upgraded", "Marked as not useful")
    assert f"<@{CHLOE}>" in words_in(edited["blocks"])
    answer = await whispered(office, CHLOE, message["channel"], "Undo")
    await office.press(CHLOE, answer, "Undo")
    await office.said_to(CHLOE, "plan_upgraded", "New for them")
    assert (await play(office)).is_open


async def test_after_ten_minutes_it_stays(office: Office) -> None:
    message = await upgraded(office)
    await office.press(CHLOE, message, "Not useful")
    answer = await whispered(office, CHLOE, message["channel"], "Undo")
    async with office.baton.db.write() as tx:
        await tx.session.execute(update(PlayChange).values(at=office.baton.clock() - timedelta(minutes=11)))
    await office.press(CHLOE, answer, "Undo")
    assert "more than 10 minutes ago" in await office.note(CHLOE)
    assert (await play(office)).state is State.NOT_USEFUL


async def test_move_and_snooze_are_shown_with_who_did_it(office: Office) -> None:
    message = await upgraded(office)
    await office.press(CHLOE, message, "Move")
    await office.submit(CHLOE, due="in 3 weeks")
    moved = await play(office)
    assert moved.due is not None
    assert moved.due > office.baton.clock().date() + timedelta(days=14)
    edited = await office.said_to(CHLOE, "plan_upgraded", "moved the post-upgrade call to")
    assert f"<@{CHLOE}> moved" in words_in(edited["blocks"])
    await office.press(CHLOE, edited, "Snooze")
    await office.submit(CHLOE, snooze=chosen("monday", "Until Monday"))
    assert (await play(office)).snoozed_until is not None
    await office.said_to(CHLOE, "plan_upgraded", "Reminders keep quiet until")


async def test_a_day_nobody_can_read_is_said_beside_the_field(office: Office) -> None:
    message = await upgraded(office)
    await office.press(CHLOE, message, "Move")
    assert "due" in json.dumps(await office.submit(CHLOE, due="when it suits"))
    assert "passed" in json.dumps(await office.submit(CHLOE, due="2026-01-05")) or (await play(office)).version == 1


async def test_two_at_once_hear_what_happened_meanwhile(office: Office) -> None:
    message = await upgraded(office)
    await office.press(CHLOE, message, "Not useful")
    row = await offer(office, "Not useful", ACT_PLAY_NOT_USEFUL)
    await office.press(EVA, row, "Not useful")
    note = await office.note(EVA)
    assert "was marked as not useful already. Chlo" in note


@pytest.mark.parametrize("user", [BEN, ADA])
async def test_who_has_nothing_to_do_with_the_customer_is_refused(office: Office, user: str) -> None:
    await upgraded(office)
    row = await offer(office, "Move", ACT_PLAY_MOVE)
    await office.press(user, row, "Move")
    await office.note(user)
    assert (await play(office)).version == 1


async def test_a_play_that_is_not_there(office: Office) -> None:
    await office.deal()
    row = await offer(office, "Move", ACT_PLAY_MOVE, 77)
    await office.press(CHLOE, row, "Move")
    assert "not there any more" in await office.note(CHLOE)


async def test_a_save_play_asks_for_the_reasons(office: Office) -> None:
    message = await canceled(office)
    await office.press(CHLOE, message, "Done")
    view = await office.view(CHLOE)
    assert view["callback_id"] == "play_save"
    assert [one["block_id"] for one in view["blocks"] if one["type"] == "input"] == ["reasons", "tried", "result"]
    talking = chosen("talking", "We are still talking")
    await office.submit(CHLOE, reasons="The price", tried="A smaller plan", result=talking)
    assert (await play(office)).is_open
    edited = await office.said_to(CHLOE, "subscription_canceled", "The price")
    await office.press(CHLOE, edited, "Done")
    await office.submit(
        CHLOE, reasons="The price", tried="A smaller plan", result=chosen("smaller", "They stay, with less")
    )
    done = await play(office)
    assert isinstance(done.outcome, SaveOutcome)
    assert done.state is State.DONE
    await office.said_to(CHLOE, "subscription_canceled", "They stay, with less")


async def test_without_a_csm_any_csm_may_act_in_the_team_s_channel(office: Office) -> None:
    await office.make_csm(BEN)
    picture = await office.deal(csm_email="gone@northwind.example", account=AccountFacts("A-9", "Alone"))
    async with office.baton.db.write() as tx:
        await tx.session.execute(update(Deal).where(Deal.id == picture.id).values(csm_id=None))
    services, now = office.baton.services, office.baton.clock()
    data = {"account_id": "A-9", "from": "Starter", "to": "Growth", "changed_at": now.isoformat()}
    async with services.db.write() as tx:
        told = PlanChanged.model_validate(data)
        await record_plan_changed(services, tx, told, Teller("crm", "webhook", now))
    message = await office.said(CS, "plan_upgraded", "Nobody is CSM")
    assert f"<@{EVA}>" in words_in(message["blocks"])
    await office.press(BEN, message, "Not useful")
    await office.said(CS, "plan_upgraded", "Marked as not useful")
