"""The windows of a plan: inside Slack's limits with 200 milestones and with texts that break things."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from slack_sdk.models.views import View as SlackView

from domain.limits import QUESTION, TEXT
from domain.picture import DealPicture
from domain.plan.change import Clash, ClashKind, Effect, Held, Move, Stay
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Kind, Offset, Playbook, Raci, Role, Step
from messages.milestone_edit import Past, Told, edit_view, state_line
from messages.milestone_views import (
    NOWHERE,
    Back,
    add_view,
    back_of,
    block_view,
    book_view,
    done_view,
    held_view,
    move_view,
    said_message,
    said_view,
    skip_view,
    snooze_view,
)
from messages.moves import effect_message, effect_view, warnings
from messages.plan_windows import PAGE, Offered, all_view, in_order, pages, playbook_view
from messages.say import View
from messages.values import pack, unpack
from tests.messages import pictures
from tests.messages.checks import check_message, check_view, formatted
from tests.messages.pictures import ADA, CHLOE, HOSTILE, NOW, RIGHT_TO_LEFT
from tests.messages.shown import words_in

TODAY = date(2026, 11, 23)
RACI = Raci(Role.CSM, Role.LEAD, (Role.AE, Role.CUSTOMER), (Role.ONBOARDING,))
STATES = tuple(State)
TEXTS = (
    "Kickoff held",
    HOSTILE,
    RIGHT_TO_LEFT,
    "x" * 3_000,
    "漢字" * 1_500,
    "👩‍👩‍👧" * 400,
    "<!channel>" * 300,
    " \n ",
)


def milestone(number: int = 1, **changes: Any) -> Milestone:  # noqa: ANN401
    usual = Milestone(100 + number, number, "Kickoff held", RACI, due=TODAY + timedelta(days=number), step=f"s{number}")
    return replace(usual, **changes)


def dressed(number: int, text: str, state: State) -> Milestone:
    """A milestone in which every text is this one."""
    return milestone(
        number,
        title=text,
        about=text[:TEXT],
        state=state,
        kind=Kind.KICKOFF if number % 7 == 0 else Kind.OTHER,
        after="s1" if number > 1 else "close",
        working_days=number,
        due=None if number % 11 == 0 else TODAY + timedelta(days=number - 60),
        evidence_asked=text[:QUESTION],
        evidence=text[:QUESTION] if state is State.DONE else "",
        why=text[:QUESTION],
        unblocker=text[:200],
        owner=CHLOE if number % 2 else None,
        owner_name=text[:200],
        snoozed_until=TODAY,
        booked_for=NOW,
        settled_at=NOW if state in (State.DONE, State.SKIPPED) else None,
        settled_by=replace(ADA, name=text),
    )


def deal(count: int = 3, text: str = "Kickoff held", state: State | None = None) -> tuple[DealPicture, PlanPicture]:
    milestones = tuple(dressed(n, text, state or STATES[n % len(STATES)]) for n in range(1, count + 1))
    plan = PlanPicture(7, "saas-90-days", text, text, TODAY - timedelta(days=60), milestones)
    account = replace(pictures.facts().account, name=text)
    return pictures.picture(plan=plan, facts=pictures.facts(account=account)), plan


def effect(plan: PlanPicture, text: str) -> Effect:
    moves = tuple(Move(one, one.due, TODAY + timedelta(days=400 + one.number)) for one in plan.milestones)
    stays = tuple(Stay(one, Held.SETTLED if one.number % 2 else Held.BY_HAND) for one in plan.milestones)
    clashes = tuple(Clash(n, text, TODAY, text, TODAY, ClashKind.KEY_DATE) for n in range(len(moves)))
    return Effect(moves, stays, clashes, free_day=True)


def fits(view: View) -> View:
    """The local Slack takes it, slack_sdk's models take it, and nothing typed pages anybody."""
    check_view(view)
    SlackView(**view).validate_json()
    assert not [text for text in formatted([view]) if "<!" in text.replace("<!date^", "")]
    return view


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("state", STATES)
def test_every_window_of_a_milestone_fits(text: str, state: State) -> None:
    picture, plan = deal(8, text, state)
    history = [Past(NOW, replace(ADA, name=text), text, undone=bool(n % 2)) for n in range(40)]
    for one in plan.milestones:
        fits(edit_view(picture, one, TODAY, history=history, told=Told(text, 9), back=Back(edit=True, page=3)))
        fits(edit_view(picture, one, TODAY, history=history, may_edit=False))
        for view in (
            done_view(picture, one, text),
            held_view(picture, one, TODAY, text),
            book_view(picture, one, NOW, "Europe/Stockholm"),
            move_view(picture, one, Back(page=2)),
            block_view(picture, one),
            skip_view(picture, one),
            snooze_view(picture, one, TODAY),
        ):
            fits(view)
    fits(add_view(picture, text))
    said = text.strip() or "You moved it."
    fits(said_view(said, 5, [f"*{len(text)}*"]))
    check_message(said_message(said, 5))


@pytest.mark.parametrize("text", TEXTS)
def test_two_hundred_milestones_fit_and_none_is_left_out(text: str) -> None:
    picture, plan = deal(200, text)
    moves = effect(plan, text)
    check_message(effect_message(picture, moves, 7, TODAY, "Changed meanwhile."))
    shown = words_in(fits(effect_view(picture, moves, 7, TODAY, first="Changed meanwhile.")))
    assert all(f"• {n}. " in shown for n in range(2, 201))
    assert all(warnings(moves, TODAY))
    seen = 0
    for page in range(1, pages(200) + 1):
        view = fits(all_view(picture, plan, page, TODAY, may_edit=True))
        seen += sum(block.get("accessory", {}).get("action_id") == "milestone_open" for block in view["blocks"])
    assert (seen, pages(200)) == (200, 5)
    assert "page 5 of 5" in words_in(all_view(picture, plan, 99, TODAY, may_edit=False))


@pytest.mark.parametrize("count", [1, 2, 10, 11, 100, 140])
@pytest.mark.parametrize("text", ["SaaS", HOSTILE, "x" * 400])
def test_any_number_of_playbooks_can_be_chosen_from(count: int, text: str) -> None:
    picture, plan = deal(3)
    step = Step("a", text, RACI, Offset(working_days=1))
    offered = [Offered(Playbook(f"book-{n}", text, (step,), about=text), 2, 9) for n in range(count)]
    view = fits(playbook_view(picture, replace(plan, playbook="book-0"), offered))
    element = next(block for block in view["blocks"] if block.get("block_id") == "playbook")["element"]
    assert element["initial_option"]["value"] == "book-0"
    assert len(element["options"]) == min(count, 100)


@pytest.mark.parametrize("state", STATES)
def test_every_input_is_named_by_the_field_it_fills(state: State) -> None:
    picture, plan = deal(2, state=state)
    one = plan.milestones[0]
    views = [edit_view(picture, one, TODAY), done_view(picture, one), move_view(picture, one)]
    views.append(held_view(picture, one, TODAY))
    views += [block_view(picture, one), skip_view(picture, one), snooze_view(picture, one, TODAY), add_view(picture)]
    views += [book_view(picture, one, NOW, "UTC"), effect_view(picture, effect(plan, "x"), 1, TODAY)]
    inputs = [block for view in views for block in view["blocks"] if block["type"] == "input"]
    assert inputs
    assert all(block["block_id"] == block["element"]["action_id"] for block in inputs)


def labels(view: View) -> list[str]:
    return [
        element["text"]["text"]
        for block in view["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def test_a_milestone_offers_what_can_be_done_with_it_now() -> None:
    picture, _ = deal(1)
    steps = {state: labels(edit_view(picture, milestone(state=state), TODAY)) for state in STATES}
    assert steps[State.PLANNED] == ["Done", "Start", "Move", "Blocked", "Skip", "Snooze"]
    assert steps[State.DOING] == ["Done", "Move", "Blocked", "Skip", "Snooze"]
    assert steps[State.BLOCKED] == ["Done", "Move", "Unblock", "Skip", "Snooze"]
    assert steps[State.DONE] == ["Open again", "Add evidence"]
    assert steps[State.SKIPPED] == ["Open again"]
    kickoff = milestone(kind=Kind.KICKOFF)
    assert labels(edit_view(picture, kickoff, TODAY))[:2] == ["Held", "Book"]
    assert "Book again" in labels(edit_view(picture, replace(kickoff, booked_for=NOW), TODAY))
    assert labels(edit_view(picture, kickoff, TODAY, may_edit=False)) == []


def test_a_milestone_says_where_it_stands() -> None:
    one = milestone(due=TODAY)
    assert state_line(one, TODAY) == ":white_circle: Planned, due today (Mon 23 Nov)"
    assert "overdue since Fri 20 Nov (3 days)" in state_line(replace(one, due=TODAY - timedelta(days=3)), TODAY)
    assert "due Tue 24 Nov (in 1 day)" in state_line(replace(one, due=TODAY + timedelta(days=1)), TODAY)
    assert "no day yet" in state_line(replace(one, due=None), TODAY)
    done = replace(one, state=State.DONE, settled_by=ADA, settled_at=NOW)
    assert state_line(done, TODAY).startswith(f":white_check_mark: Done by <@{ADA.slack_id}>, <!date^")


def test_the_window_tells_who_why_and_what_was_done() -> None:
    picture, _ = deal(1)
    one = milestone(state=State.BLOCKED, why="no SSO yet", unblocker="their IT", evidence_asked="a link", owner=ADA)
    view = edit_view(picture, one, TODAY, history=[Past(NOW, None, "made it"), Past(NOW, ADA, "moved it", undone=True)])
    text = words_in(view)
    for part in ("Waits for*: no SSO yet", "Can unblock it*: their IT", "asked for*: a link", f"<@{ADA.slack_id}>"):
        assert part in text
    assert "Baton made it" in text
    assert "~moved it~ (undone)" in text
    assert "the lead" in text
    assert "the customer" in text


def test_open_ones_come_first_by_their_day() -> None:
    order = (
        milestone(1, state=State.DONE),
        milestone(2, due=None),
        milestone(3, due=TODAY),
        milestone(4, due=TODAY - timedelta(days=1)),
    )
    plan = PlanPicture(7, "p", "P", "", TODAY, order)
    assert [one.number for one in in_order(plan)] == [4, 3, 2, 1]


def test_an_effect_that_moves_nothing_else_says_so() -> None:
    picture, plan = deal(1)
    message = effect_message(picture, Effect((Move(plan.milestones[0], None, TODAY),)), 3, TODAY)
    check_message(message)
    assert "moves nothing else" in message.text


def test_the_buttons_of_an_effect_say_which_one_it_is() -> None:
    picture, plan = deal(3)
    message = effect_message(picture, effect(plan, "x"), 77, TODAY)
    buttons = message.blocks[-1]["elements"]
    assert [one["text"]["text"] for one in buttons] == ["Move all 3", "Only this one", "Cancel"]
    assert unpack(buttons[0]["value"]) == {"milestone": 101, "to": "2027-12-29", "seen": 77}


def test_a_window_remembers_the_windows_under_it() -> None:
    for back in (NOWHERE, Back(edit=True), Back(edit=True, page=4)):
        assert back_of(unpack(pack(milestone=1, **back.packed()))) == back


def test_pages() -> None:
    assert [pages(count) for count in (0, 1, PAGE, PAGE + 1, 200)] == [1, 1, 1, 2, 5]


def test_what_is_snoozed_can_be_told_of_again() -> None:
    picture, plan = deal(1, "x")
    one = replace(plan.milestones[0], snoozed_until=TODAY + timedelta(days=3))
    view = snooze_view(picture, one, TODAY)
    fits(view)
    assert "It keeps quiet until Thu 26 Nov 2026." in words_in(view)
    assert "Not any longer: remind as usual" in words_in(view)
    over = snooze_view(picture, replace(one, snoozed_until=TODAY), TODAY)
    assert "Not any longer" not in words_in(over)
    assert "Quiet until" not in words_in(edit_view(picture, replace(one, snoozed_until=TODAY), TODAY))
