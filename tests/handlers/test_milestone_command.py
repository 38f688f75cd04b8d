"""``/milestone`` typed by people in a local Slack."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from domain.plan_picture import State
from domain.playbook import Kind
from tests.handlers.office import ADA, BEN, CHLOE, EVA, FELIX, GENERAL, GRETA, MEI, Office, chosen
from tests.handlers.plan_office import PlanOffice, open_desk, texts

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest_asyncio.fixture
async def desk(office: Office) -> PlanOffice:
    """A deal of Ada (seller) and Chloé (CSM) with its plan."""
    return await open_desk(office)


async def test_the_plan_is_shown_to_the_asker_alone(desk: PlanOffice) -> None:
    shown = await desk.say(ADA, "")
    assert "Plan: Fjordbank" in shown
    assert "Show all" in shown
    assert "Add a milestone" in shown
    await desk.office.ui("invite", user=ADA, channel=desk.channel, users=[BEN])
    assert "Plan: Fjordbank" in await desk.say(BEN, "")


async def test_a_milestone_is_added_with_its_day_and_owner(desk: PlanOffice) -> None:
    day = desk.day(20)
    said = await desk.say(CHLOE, f"add Import & check <all> data by {day.isoformat()} <@{MEI}>")
    assert "You added “Import &amp; check &lt;all&gt; data”" in said
    assert "Undo" in said
    new = (await desk.plan()).milestones[-1]
    assert (new.title, new.due) == ("Import & check <all> data", day)
    assert new.owner is not None
    assert new.owner.slack_id == MEI
    assert "plan_add" in await desk.office.audited()


async def test_a_guest_who_is_named_stands_for_the_customer(desk: PlanOffice) -> None:
    await desk.say(CHLOE, f"add Send the export by {desk.day(20).isoformat()} <@{FELIX}>")
    new = (await desk.plan()).milestones[-1]
    assert new.owner is None
    assert "Felix" in new.owner_name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("add Data loaded", "Say by when it is due"),
        ("add by next Friday", "Say what is to be done"),
        ("add Data loaded by yesterday", "already gone"),
        ("add Data loaded by soon", "could not read"),
        ("add Data loaded by next Friday @nobody-here", "Slack knows nobody called"),
        ("done", "Say which milestone"),
        ("done 99", "There is no milestone 99"),
        ("done the moon landing", "No milestone is called"),
        ("move 1", "Say the new day"),
        ("block 1", "Say what blocks it"),
        ("skip 1", "Say why it is skipped"),
        ("unblock 1", "is not blocked"),
        ("reopen 1", "is open"),
        ("undo", "You changed nothing"),
        ("playbook nothing-like-it", "There is no playbook of this name"),
        ("kickoff next Tuesday", "Say the time as well"),
        ("win", "Say what the early win is"),
        ("evidence 1", "is not done yet"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_a_sentence(desk: PlanOffice, text: str, said: str) -> None:
    before = await desk.plan()
    assert said in await desk.say(CHLOE, text)
    assert await desk.plan() == before


async def test_done_takes_the_rest_as_evidence_and_can_be_undone(desk: PlanOffice) -> None:
    one = await desk.alone()
    said = await desk.say(CHLOE, f"done {one.number} https://wiki.example/data?a=1&b=2")
    assert "You finished “Data checked”" in said
    done = await desk.one(one.number)
    assert (done.state, done.evidence) == (State.DONE, "https://wiki.example/data?a=1&b=2")
    await desk.office.press(CHLOE, await desk.whispered(CHLOE, "finished"), "Undo")
    await desk.whispered(CHLOE, "took back")
    assert await desk.in_state(one.number, State.PLANNED)


async def test_done_without_the_evidence_asked_for_asks_for_it(desk: PlanOffice) -> None:
    one = next(each for each in (await desk.plan()).milestones if each.evidence_asked and each.kind is not Kind.KICKOFF)
    await desk.say(CHLOE, f"done #{one.number}")
    assert (await desk.office.view(CHLOE))["callback_id"] == "milestone_done"
    refused = await desk.office.submit(CHLOE)
    assert "evidence" in refused["errors"]
    assert (await desk.office.submit(CHLOE, why="they never sent it"))["ok"]
    done = await desk.one(one.number)
    assert (done.state, done.evidence) == (State.DONE, "Nothing to show: they never sent it")


async def test_a_title_in_words_names_a_milestone(desk: PlanOffice) -> None:
    one = await desk.alone()
    assert "You started “Data checked”" in await desk.say(CHLOE, "start data checked")
    assert await desk.in_state(one.number, State.DOING)
    await desk.say(CHLOE, f"add Data checkpoint by {desk.day(30).isoformat()}")
    ambiguous = await desk.say(CHLOE, "done data check")
    assert f"{one.number} “Data checked”" in ambiguous
    assert f"{one.number + 1} “Data checkpoint”" in ambiguous


async def test_full_width_digits_are_digits(desk: PlanOffice) -> None:
    one = await desk.alone()
    number = str(one.number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert "You started" in await desk.say(CHLOE, f"ＳＴＡＲＴ ＃{number}")


async def test_block_unblock_skip_and_reopen(desk: PlanOffice) -> None:
    one = await desk.alone()
    assert "blocked" in await desk.say(CHLOE, f"block {one.number} waits for SSO, <@{MEI}> can help")
    blocked = await desk.one(one.number)
    assert blocked.state is State.BLOCKED
    assert "waits for SSO" in blocked.why
    assert "Mei" in blocked.unblocker
    await desk.say(CHLOE, f"unblock {one.number}")
    assert "blocked" in await desk.say(CHLOE, f"block {one.number} waits for SSO, Jonas unblocks")
    blocked = await desk.one(one.number)
    assert (blocked.why, blocked.unblocker) == ("waits for SSO", "Jonas")
    assert "You unblocked" in await desk.say(CHLOE, f"unblock {one.number}")
    assert "You skipped" in await desk.say(CHLOE, f"skip {one.number} they have no old data")
    skipped = await desk.one(one.number)
    assert (skipped.state, skipped.why) == (State.SKIPPED, "they have no old data")
    late = await desk.say(ADA, f"start {one.number}")
    assert "Chloé de Vries skipped “Data checked” just now." in late
    assert "You reopened “Data checked”, due " in await desk.say(CHLOE, "reopen data checked")
    assert await desk.in_state(one.number, State.PLANNED)


async def test_a_move_nothing_depends_on_is_done_at_once(desk: PlanOffice) -> None:
    one = await desk.alone()
    to = desk.day(40)
    said = await desk.say(CHLOE, f"move {one.number} to {to.isoformat()}")
    assert "You moved “Data checked”" in said
    assert "Undo" in said
    assert (await desk.one(one.number)).due == to


async def test_a_move_shows_first_what_moves_along_and_then_moves_it(desk: PlanOffice) -> None:
    one, after = await desk.with_followers()
    assert one.due is not None
    to = desk.day((one.due - desk.office.baton.clock().date()).days + 14)
    before = await desk.plan()
    said = await desk.say(CHLOE, f"move {one.number} to {to.isoformat()}")
    assert after[0].title in said
    assert "Only this one" in said
    assert await desk.plan() == before
    shown = await desk.whispered(CHLOE, "Only this one")
    label = next(
        each["text"]["text"] for each in shown["blocks"][-1]["elements"] if each["text"]["text"].startswith("Move all")
    )
    await desk.office.press(CHLOE, shown, label)
    await desk.whispered(CHLOE, "You moved")
    moved = await desk.plan()
    assert (await desk.one(one.number)).due == to
    assert all(
        found.due != each.due for each in after if (found := moved.by_number(each.number)) is not None and each.due
    )
    await desk.office.press(CHLOE, await desk.whispered(CHLOE, "You moved"), "Undo")
    await desk.whispered(CHLOE, "took back")
    assert [each.due for each in (await desk.plan()).milestones] == [each.due for each in before.milestones]


async def test_only_this_one_leaves_the_others(desk: PlanOffice) -> None:
    one, after = await desk.with_followers()
    to = desk.day(45)
    await desk.say(CHLOE, f"move {one.number} to {to.isoformat()}")
    await desk.office.press(CHLOE, await desk.whispered(CHLOE, "Only this one"), "Only this one")
    await desk.whispered(CHLOE, "You moved")
    assert (await desk.one(one.number)).due == to
    for each in after:
        assert (await desk.one(each.number)).due == each.due


async def test_cancel_takes_the_question_away(desk: PlanOffice) -> None:
    one, _ = await desk.with_followers()
    before = await desk.plan()
    await desk.say(CHLOE, f"move {one.number} to {desk.day(45).isoformat()}")
    await desk.office.press(CHLOE, await desk.whispered(CHLOE, "Only this one"), "Cancel")
    shown = await desk.office.get(f"ui/channels/{desk.channel}", user=CHLOE)
    assert "Only this one" not in json.dumps(shown)
    assert await desk.plan() == before


async def test_an_effect_that_is_not_true_any_more_is_shown_anew(desk: PlanOffice) -> None:
    one, after = await desk.with_followers()
    await desk.say(CHLOE, f"move {one.number} to {desk.day(45).isoformat()}")
    shown = await desk.whispered(CHLOE, "Only this one")
    await desk.say(ADA, f"skip {after[0].number} not needed")
    await desk.office.press(CHLOE, shown, "Only this one")
    await desk.whispered(CHLOE, "The plan was changed meanwhile")
    assert (await desk.one(one.number)).due == one.due


async def test_undo_takes_back_ones_own_last_change_for_ten_minutes(desk: PlanOffice) -> None:
    one = await desk.alone()
    await desk.say(CHLOE, f"start {one.number}")
    assert "You changed nothing" in await desk.say(ADA, "undo")
    assert "You took back: started" in await desk.say(CHLOE, "undo")
    assert await desk.in_state(one.number, State.PLANNED)
    await desk.say(CHLOE, f"start {one.number}")
    await desk.age_changes(11)
    assert "more than 10 minutes ago" in await desk.say(CHLOE, "undo")
    assert await desk.in_state(one.number, State.DOING)


async def test_the_kickoff_is_booked_in_plain_words_of_ones_own_zone(desk: PlanOffice) -> None:
    day = desk.day(7)
    assert "You booked" in await desk.say(CHLOE, f"kickoff {day.isoformat()} at 14:00")
    booked = (await desk.kickoff()).booked_for
    assert booked is not None
    assert booked.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M") == f"{day.isoformat()} 14:00"


async def test_the_kickoff_held_asks_for_the_early_win(desk: PlanOffice) -> None:
    await desk.say(CHLOE, "kickoff held")
    view = await desk.office.view(CHLOE)
    assert view["callback_id"] == "kickoff_held"
    sent = await desk.office.submit(CHLOE, early_win="First 20 people log in", evidence="https://wiki.example/k")
    assert sent["ok"], sent
    plan, kickoff = await desk.plan(), await desk.kickoff()
    assert plan.early_win == "First 20 people log in"
    assert (kickoff.state, kickoff.evidence) == (State.DONE, "https://wiki.example/k")
    assert "was done already" in (late := await desk.say(ADA, "kickoff tomorrow at 14:00")) or "is done already" in late
    assert "Chloé de Vries held" in late
    assert "You chose the early win" in await desk.say(CHLOE, "win The first report")


async def test_done_kickoff_opens_the_same_window(desk: PlanOffice) -> None:
    await desk.say(CHLOE, f"done {(await desk.kickoff()).number}")
    assert (await desk.office.view(CHLOE))["callback_id"] == "kickoff_held"


async def test_evidence_is_listed_and_added_later(desk: PlanOffice) -> None:
    one = next(each for each in (await desk.plan()).milestones if each.evidence_asked and each.kind is not Kind.KICKOFF)
    assert "has it" in await desk.say(CHLOE, "evidence")
    await desk.say(CHLOE, f"done {one.number}")
    await desk.office.submit(CHLOE, why="later")
    await desk.say(CHLOE, f"evidence {one.number} https://wiki.example/report")
    assert (await desk.one(one.number)).evidence == "https://wiki.example/report"


async def test_another_playbook_is_offered_with_what_is_kept(desk: PlanOffice) -> None:
    kept = await desk.alone()
    await desk.say(CHLOE, "playbook")
    view = await desk.office.view(CHLOE)
    assert view["callback_id"] == "playbook"
    assert "Kept as they are" in texts(view)
    assert (await desk.office.submit(CHLOE, playbook=chosen("services-30-days", "Services")))["ok"]
    plan = await desk.plan()
    assert plan.playbook == "services-30-days"
    assert plan.by_number(kept.number) is not None
    assert "You " in await desk.say(CHLOE, "playbook SAAS-90-days")
    assert (await desk.plan()).playbook == "saas-90-days"


async def test_a_number_alone_shows_that_milestone(desk: PlanOffice) -> None:
    one = await desk.alone()
    await desk.say(CHLOE, f"#{one.number}")
    view = await desk.office.view(CHLOE)
    assert view["callback_id"] == "milestone_edit"
    assert "Data checked" in texts(view)
    await desk.office.ui("close", user=CHLOE, view_id=view["id"])
    await desk.say(CHLOE, "show")
    assert (await desk.office.view(CHLOE))["callback_id"] == "plan_all"


async def test_help_and_the_nearest_word(desk: PlanOffice) -> None:
    assert "/milestone move 3 to next Friday" in await desk.say(ADA, "help")
    unknown = await desk.say(ADA, "dnoe 3")
    assert "Did you mean `/milestone done`?" in unknown
    assert "/milestone undo" in unknown
    assert "/milestone add" in await desk.office.command(ADA, "/baton help")


async def test_outside_a_deals_channel_it_says_so(desk: PlanOffice) -> None:
    for text in ("", "add X by Friday", "done 1", "undo"):
        assert "This channel belongs to no deal" in await desk.say(ADA, text, GENERAL)


async def test_no_line_breaks_the_command(desk: PlanOffice) -> None:
    lines = [
        *(
            "add",
            "add by",
            f"add <@{MEI}>",
            "add 👩‍👩‍👧 by 💥",
            "add " + "by " * 300,
            "add " + "x" * 2_900 + " by Friday",
        ),
        *(
            "done 3 4",
            "done ３，４",
            "done “",
            "done \u202e3",
            "done " + "漢字" * 700,
            "move 3 to 3 to 3",
            "move 0 to Friday",
        ),
        *(
            "move -1 to Friday",
            "block <!channel>",
            "skip 1 " + "y" * 2_900,
            "win " + "z" * 2_900,
            "kickoff 99:99",
            "win <b>",
        ),
        *(
            "kickoff at 3",
            "kickoff held " + "z" * 2_900,
            "undo undo",
            "playbook \u200b",
            "evidence 1 1",
            "show 3 3",
            "#",
        ),
        *("# 3", "99999999999", "\u200b", "help me", "DONE", "-", "*", "`add`", "&lt;", "; drop table milestone"),
    ]
    for line in lines:
        answer = await desk.say(CHLOE, line)
        assert answer, line
        assert "Something went wrong" not in answer, line


async def test_only_people_of_the_deal_change_its_plan(desk: PlanOffice) -> None:
    one = await desk.alone()
    await desk.office.ui("invite", user=ADA, channel=desk.channel, users=[BEN])
    before = await desk.plan()
    for text in (f"start {one.number}", f"add X by {desk.day(9).isoformat()}", "playbook", "kickoff", "undo"):
        answer = await desk.say(BEN, text)
        assert "Only the seller, the CSM" in answer or "You changed nothing" in answer
    assert await desk.plan() == before
    assert "You started" in await desk.say(EVA, f"start {one.number}")


@pytest.mark.parametrize("user", [FELIX, GRETA])
async def test_outsiders_are_told_nothing(desk: PlanOffice, user: str) -> None:
    answer = await desk.say(user, "", "C00EXTFJOR")
    assert "only for members" in answer
    assert "Fjordbank Pro" not in answer


async def test_a_day_in_the_persons_own_language(desk: PlanOffice) -> None:
    today = desk.office.baton.clock().astimezone(AMSTERDAM).date()
    friday = today + timedelta(days=7 - today.weekday() + 4)
    assert "You added" in await desk.say(CHLOE, "add Training voor volgende week vrijdag")
    assert (await desk.plan()).milestones[-1].due == friday
    assert "You added" in await desk.say(ADA, "add Utbildning senast nästa fredag")
    assert (await desk.plan()).milestones[-1].due == friday
