"""Buttons and windows of a plan, pressed and filled in by people in a local Slack."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest_asyncio

from domain.plan_picture import Milestone, State
from messages import ids
from messages.blocks import button, modal, section
from messages.values import pack
from tests.handlers.office import ADA, BEN, CHLOE, MEI, Office, chosen, picked
from tests.handlers.plan_office import PlanOffice, open_desk, picked_day, picked_time, texts

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest_asyncio.fixture
async def desk(office: Office) -> PlanOffice:
    """A deal of Ada (seller) and Chloé (CSM) with its plan."""
    return await open_desk(office)


async def pressed(desk: PlanOffice, user: str, action_id: str, one: Milestone) -> None:
    """A button of this kind in some message about the milestone, as the morning's digest has them."""
    row = await desk.offer("Press", action_id, milestone=one.id)
    await desk.office.press(user, row, "Press")


async def test_the_menu_of_the_plan_opens_a_milestone(desk: PlanOffice) -> None:
    one = await desk.alone()
    message = await desk.office.said(desk.channel, "plan", "Data checked")
    block = next(each for each in message["blocks"] if each["type"] == "actions")
    menu = next(each for each in block["elements"] if each["type"] == "static_select")
    option = next(each for each in menu["options"] if str(one.id) in each["value"])
    action = {
        "type": "static_select",
        "block_id": block["block_id"],
        "action_id": menu["action_id"],
        "selected_option": option,
    }
    container = {"type": "message", "channel_id": desk.channel, "message_ts": message["ts"], "is_ephemeral": False}
    answer = await desk.office.ui("action", user=CHLOE, container=container, action=action, state={"values": {}})
    assert answer["ok"], answer
    view = await desk.office.view(CHLOE)
    assert view["callback_id"] == "milestone_edit"
    assert "Data checked" in texts(view)


async def test_done_on_a_digest_is_done_at_once_and_says_so(desk: PlanOffice) -> None:
    one = await desk.alone()
    await pressed(desk, CHLOE, ids.ACT_MILESTONE_DONE, one)
    told = await desk.whispered(CHLOE, "You finished")
    assert await desk.in_state(one.number, State.DONE)
    await desk.office.said(desk.channel, "plan", "1 done")
    await desk.office.press(CHLOE, told, "Undo")
    assert "took back" in json.dumps(await desk.whispered(CHLOE, "took back"))
    assert await desk.in_state(one.number, State.PLANNED)
    shown = await desk.office.get(f"ui/channels/{desk.channel}", user=CHLOE)
    assert "You finished" not in json.dumps(shown)


async def test_a_button_that_comes_late_says_what_happened_and_by_whom(desk: PlanOffice) -> None:
    one = await desk.alone()
    row = await desk.offer("Done", ids.ACT_MILESTONE_DONE, milestone=one.id)
    await desk.say(ADA, f"done {one.number}")
    await desk.office.press(CHLOE, row, "Done")
    note = await desk.office.note(CHLOE)
    assert "“Data checked” is done already." in note
    assert "Ada Lindqvist finished “Data checked” just now." in note
    for action_id in (
        ids.ACT_MILESTONE_MOVE,
        ids.ACT_MILESTONE_BLOCK,
        ids.ACT_MILESTONE_SKIP,
        ids.ACT_MILESTONE_SNOOZE,
    ):
        await pressed(desk, CHLOE, action_id, one)
        assert "Ada Lindqvist finished" in await desk.office.note(CHLOE)


async def test_a_window_that_comes_late_says_so_above_what_was_typed(desk: PlanOffice) -> None:
    one = await desk.alone()
    await pressed(desk, CHLOE, ids.ACT_MILESTONE_BLOCK, one)
    await desk.say(ADA, f"done {one.number}")
    await desk.office.submit(CHLOE, why="no SSO yet")
    assert "Ada Lindqvist finished" in await desk.office.note(CHLOE)
    assert (await desk.office.view(CHLOE))["callback_id"] == "milestone_block"


async def test_an_undo_of_what_was_changed_since_is_refused(desk: PlanOffice) -> None:
    one = await desk.alone()
    await desk.say(CHLOE, f"start {one.number}")
    told = await desk.whispered(CHLOE, "You started")
    await desk.say(ADA, f"done {one.number}")
    await desk.office.press(CHLOE, told, "Undo")
    assert "was changed since" in await desk.office.note(CHLOE)
    assert await desk.in_state(one.number, State.DONE)


async def test_an_undo_is_done_once(desk: PlanOffice) -> None:
    one = await desk.alone()
    await desk.say(CHLOE, f"start {one.number}")
    told = await desk.whispered(CHLOE, "You started")
    await desk.say(CHLOE, "undo")
    await desk.office.press(CHLOE, told, "Undo")
    assert "Chloé de Vries undid this just now." in await desk.office.note(CHLOE)


async def test_move_in_a_window_shows_the_effect_as_a_second_step(desk: PlanOffice) -> None:
    one, after = await desk.with_followers()
    await pressed(desk, CHLOE, ids.ACT_MILESTONE_MOVE, one)
    refused = await desk.office.submit(CHLOE, due="soon")
    assert "could not read" in refused["errors"]["due"]
    to = desk.day(50)
    await desk.office.submit(CHLOE, due=to.isoformat())
    view = await desk.office.view(CHLOE)
    assert view["callback_id"] == "milestone_effect"
    assert after[0].title in json.loads(json.dumps(texts(view))).replace("&amp;", "&")
    await desk.office.submit(CHLOE, along=chosen("one", "Only this one"))
    assert "You moved" in texts(await desk.office.view(CHLOE))
    assert (await desk.one(one.number)).due == to
    assert (await desk.one(after[0].number)).due == after[0].due
    await desk.office.press_in_view(CHLOE, "Undo")
    assert "took back" in texts(await desk.office.view(CHLOE))
    assert (await desk.one(one.number)).due == one.due


async def test_a_stale_second_step_shows_the_new_effect(desk: PlanOffice) -> None:
    one, after = await desk.with_followers()
    await pressed(desk, CHLOE, ids.ACT_MILESTONE_MOVE, one)
    await desk.office.submit(CHLOE, due=desk.day(50).isoformat())
    await desk.say(ADA, f"skip {after[0].number} not needed")
    await desk.office.submit(CHLOE, along=chosen("all", "Move all"))
    view = await desk.office.view(CHLOE)
    assert view["callback_id"] in {"milestone_effect", "plan_said"}
    if view["callback_id"] == "milestone_effect":
        assert "changed meanwhile" in texts(view)
        assert (await desk.one(one.number)).due == one.due


async def test_blocked_names_why_and_who(desk: PlanOffice) -> None:
    one = await desk.alone()
    await pressed(desk, CHLOE, ids.ACT_MILESTONE_BLOCK, one)
    await desk.office.submit(CHLOE, why="no SSO yet", unblocker_id=picked(MEI), unblocker="their IT")
    blocked = await desk.one(one.number)
    assert (blocked.state, blocked.why) == (State.BLOCKED, "no SSO yet")
    assert "Mei Chen, their IT" in blocked.unblocker


async def test_skip_asks_why(desk: PlanOffice) -> None:
    one = await desk.alone()
    await pressed(desk, CHLOE, ids.ACT_MILESTONE_SKIP, one)
    assert (await desk.office.submit(CHLOE, why="they have none"))["ok"]
    assert (await desk.one(one.number)).why == "they have none"


async def test_snooze_for_a_day_until_monday_or_a_day_of_ones_own(desk: PlanOffice) -> None:
    one = await desk.alone()
    today = desk.office.baton.clock().astimezone(AMSTERDAM).date()
    for choice, label, typed, until in (
        ("day", "One working day", "", None),
        ("monday", "Until Monday", "", today + timedelta(days=7 - today.weekday())),
        ("until", "Until a day of my own", desk.day(9).isoformat(), desk.day(9)),
        ("day", "One working day", desk.day(16).isoformat(), desk.day(16)),
    ):
        await pressed(desk, CHLOE, ids.ACT_MILESTONE_SNOOZE, one)
        given: dict[str, Mapping[str, Any] | str] = {"snooze": chosen(choice, label)}
        sent = await desk.office.submit(CHLOE, **given | ({"snoozed_until": typed} if typed else {}))
        assert sent["ok"], sent
        snoozed = (await desk.one(one.number)).snoozed_until
        assert snoozed is not None
        assert snoozed > today
        assert until is None or snoozed == until
    await pressed(desk, CHLOE, ids.ACT_MILESTONE_SNOOZE, one)
    refused = await desk.office.submit(CHLOE, snooze=chosen("until", "Until a day of my own"))
    assert "Write the day" in refused["errors"]["snoozed_until"]
    sent = await desk.office.submit(CHLOE, snooze=chosen("now", "Not any longer: remind as usual"))
    assert sent["ok"], sent
    assert "ended the snooze of" in texts(await desk.office.view(CHLOE))
    assert (await desk.one(one.number)).snoozed_until is None


async def test_a_milestone_is_edited_and_only_what_was_changed_is_saved(desk: PlanOffice) -> None:
    one = await desk.alone()
    await desk.open(CHLOE, one)
    await desk.say(ADA, f"move {one.number} to {desk.day(40).isoformat()}")
    sent = await desk.office.submit(CHLOE, title="Data & <more> checked", owner=picked(MEI), about="All of it")
    assert sent["ok"], sent
    view = await desk.office.view(CHLOE)
    assert "renamed" in texts(view)
    edited = await desk.one(one.number)
    assert (edited.title, edited.about, edited.due) == ("Data & <more> checked", "All of it", desk.day(40))
    assert edited.owner is not None
    assert edited.owner.slack_id == MEI
    await desk.office.press_in_view(CHLOE, "Undo")
    back = await desk.one(one.number)
    assert (back.title, back.owner, back.due) == ("Data checked", None, desk.day(40))


async def test_a_new_day_in_the_window_that_moves_others_is_shown_first(desk: PlanOffice) -> None:
    one, _ = await desk.with_followers()
    await desk.open(CHLOE, one)
    await desk.office.submit(CHLOE, due=desk.day(60).isoformat(), about="With their IT")
    view = await desk.office.view(CHLOE)
    assert view["callback_id"] == "milestone_effect"
    assert "You edited" in texts(view)
    assert (await desk.one(one.number)).due == one.due
    await desk.office.submit(CHLOE, along=chosen("all", "Move all"))
    assert (await desk.one(one.number)).due == desk.day(60)


async def test_a_window_saved_as_it_was_changes_nothing(desk: PlanOffice) -> None:
    one = await desk.alone()
    await desk.open(CHLOE, one)
    refused = await desk.office.submit(CHLOE)
    assert refused["errors"]["title"] == "Nothing was changed."
    assert (await desk.one(one.number)).version == one.version


async def test_steps_in_the_window_are_shown_in_it_and_in_the_one_below(desk: PlanOffice) -> None:
    one = await desk.alone()
    await desk.say(CHLOE, "show")
    opened = next(
        block
        for block in (await desk.office.view(CHLOE))["blocks"]
        if str(one.id) in block.get("accessory", {}).get("value", "")
    )
    below = await desk.office.view(CHLOE)
    container = {"type": "view", "view_id": below["id"]}
    action = {"type": "button", "block_id": opened["block_id"], **_of(opened["accessory"])}
    answer = await desk.office.ui("action", user=CHLOE, container=container, action=action, state={"values": {}})
    assert answer["ok"], answer
    await desk.office.press_in_view(CHLOE, "Start")
    top = await desk.office.view(CHLOE)
    assert "You started" in texts(top)
    assert "Chloé" in texts(top) or CHLOE in texts(top)
    assert "Begun" in texts((await desk.office.views(CHLOE))[0])
    await desk.office.press_in_view(CHLOE, "Blocked")
    assert len(await desk.office.views(CHLOE)) == 3
    await desk.office.submit(CHLOE, why="no SSO")
    below = (await desk.office.views(CHLOE))[:2]
    assert all("Blocked" in texts(view) for view in below)
    await desk.office.press_in_view(CHLOE, "Undo")
    assert "Begun" in texts((await desk.office.views(CHLOE))[1])


def _of(element: Mapping[str, Any]) -> dict[str, Any]:
    return {"action_id": element["action_id"], "value": element["value"]}


async def test_a_refusal_in_the_third_window_stays_in_it(desk: PlanOffice) -> None:
    one = await desk.alone()
    await desk.say(CHLOE, "show")
    await desk.office.press_in_view(CHLOE, "Open")
    await desk.office.press_in_view(CHLOE, "Skip")
    await desk.office.submit(CHLOE, why="not needed")
    await desk.age_changes(11)
    await desk.office.press_in_view(CHLOE, "Undo")
    assert "more than 10 minutes ago" in texts(await desk.office.view(CHLOE))
    assert one


async def test_a_milestone_is_added_in_a_window(desk: PlanOffice) -> None:
    message = await desk.office.said(desk.channel, "plan")
    await desk.office.press(CHLOE, message, "Add a milestone")
    refused = await desk.office.submit(CHLOE, title="Data checked", due="1 January 2020")
    assert "already gone" in refused["errors"]["due"]
    await desk.office.submit(CHLOE, title="Data checked", due="in 10 working days", owner_name="Maria")
    new = (await desk.plan()).milestones[-1]
    assert (new.title, new.owner_name) == ("Data checked", "Maria")
    await desk.office.press_in_view(CHLOE, "Undo")
    assert (await desk.plan()).by_number(new.number) is None


async def test_the_whole_plan_is_turned_page_by_page(desk: PlanOffice) -> None:
    services = desk.office.baton.services
    for number in range(45):
        assert "You added" in await desk.say(CHLOE, f"add Step {number} by {desk.day(30).isoformat()}")
    assert services
    message = await desk.office.said(desk.channel, "plan")
    await desk.office.press(CHLOE, message, "Show all")
    assert "page 1 of 2" in texts(await desk.office.view(CHLOE))
    await desk.office.press_in_view(CHLOE, "Next page")
    views = await desk.office.views(CHLOE)
    assert len(views) == 1
    assert "page 2 of 2" in texts(views[0])


async def test_the_kickoff_is_booked_by_pickers_and_booked_again(desk: PlanOffice) -> None:
    row = await desk.offer("Book", ids.ACT_KICKOFF_BOOK, deal=desk.deal.id)
    await desk.office.press(CHLOE, row, "Book")
    day = desk.day(9)
    sent = await desk.office.submit(CHLOE, day=picked_day(day), time=picked_time("15:30"))
    assert sent["ok"], sent
    booked = (await desk.kickoff()).booked_for
    assert booked is not None
    assert booked.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M") == f"{day.isoformat()} 15:30"
    await desk.office.press(CHLOE, row, "Book")
    assert "It is booked for" in texts(await desk.office.view(CHLOE))
    refused = await desk.office.submit(CHLOE, words="soon")
    assert "words" in refused["errors"]
    later = desk.day(12)
    assert (await desk.office.submit(CHLOE, words=f"{later.isoformat()} at 09:30"))["ok"]
    again = (await desk.kickoff()).booked_for
    assert again is not None
    assert again.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M") == f"{later.isoformat()} 09:30"


async def test_the_kickoff_was_held_on_another_day(desk: PlanOffice) -> None:
    row = await desk.offer("Held", ids.ACT_KICKOFF_HELD, deal=desk.deal.id)
    await desk.office.press(CHLOE, row, "Held")
    tomorrow = desk.office.baton.clock().date() + timedelta(days=2)
    refused = await desk.office.submit(CHLOE, held_on=picked_day(tomorrow))
    assert "still to come" in refused["errors"]["held_on"]
    yesterday = desk.office.baton.clock().date() - timedelta(days=1)
    assert (await desk.office.submit(CHLOE, held_on=picked_day(yesterday), early_win="20 log in"))["ok"]
    kickoff = await desk.kickoff()
    assert kickoff.settled_at is not None
    assert kickoff.settled_at.date() == yesterday
    await desk.office.press(ADA, row, "Held")
    assert "Chloé de Vries held" in await desk.office.note(ADA)


async def test_only_people_of_the_deal_press_its_buttons(desk: PlanOffice) -> None:
    one = await desk.alone()
    await desk.office.ui("invite", user=ADA, channel=desk.channel, users=[BEN])
    for action_id in (
        ids.ACT_MILESTONE_DONE,
        ids.ACT_MILESTONE_START,
        ids.ACT_MILESTONE_MOVE,
        ids.ACT_MILESTONE_REOPEN,
    ):
        await pressed(desk, BEN, action_id, one)
        assert "Only the seller, the CSM" in await desk.office.note(BEN)
    view = await desk.open(BEN, one)
    assert "Data checked" in texts(view)
    assert not [block for block in view["blocks"] if block["type"] in {"input", "actions"}]


async def test_whoever_owns_a_milestone_may_finish_it(desk: PlanOffice) -> None:
    await desk.say(CHLOE, f"add Data checked by {desk.day(20).isoformat()} <@{BEN}>")
    one = (await desk.plan()).milestones[-1]
    await desk.office.ui("invite", user=ADA, channel=desk.channel, users=[BEN])
    await pressed(desk, BEN, ids.ACT_MILESTONE_DONE, one)
    await desk.whispered(BEN, "You finished")
    assert await desk.in_state(one.number, State.DONE)


async def test_buttons_about_what_is_gone_say_so(desk: PlanOffice) -> None:
    one = await desk.alone()
    await desk.say(CHLOE, "undo")
    await pressed(desk, CHLOE, ids.ACT_MILESTONE_DONE, one)
    assert "not there any more" in await desk.office.note(CHLOE)
    row = await desk.offer("Undo", ids.ACT_PLAN_UNDO, change=999_999)
    await desk.office.press(CHLOE, row, "Undo")
    assert "not there any more" in await desk.office.note(CHLOE)


async def test_on_top_of_another_window_it_is_said_in_its_own(desk: PlanOffice) -> None:
    one = await desk.alone()
    row = button("Start", ids.ACT_MILESTONE_START, pack(milestone=one.id))
    view = modal(ids.VIEW_MORNING, "Your morning", [section("Data checked", row)], close="Close")
    trigger = await desk.offer("Open", ids.ACT_MILESTONE_OPEN, milestone=one.id)
    await desk.office.press(CHLOE, trigger, "Open")
    shown = await desk.office.view(CHLOE)
    await desk.office.baton.web.views_update(view_id=shown["id"], view=view)
    await desk.office.press_in_view(CHLOE, "Start")
    views = await desk.office.views(CHLOE)
    assert [each["callback_id"] for each in views] == [ids.VIEW_MORNING, ids.VIEW_PLAN_SAID]
    assert "You started" in texts(views[1])
