from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from slack_sdk.models.blocks import Block

from domain.deals import DealState
from domain.picture import DealPicture
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Raci, Role
from messages.blocks import characters
from messages.say import Message, Quiet
from messages.summary import questions_view, weekly_summary
from tests.domain.weeks import MONDAY, at, done, milestone, plan
from tests.messages.checks import check_message, check_view, formatted, shown
from tests.messages.pictures import ADA, CHLOE, HOSTILE, RIGHT_TO_LEFT, picture, promise, question
from tests.messages.shown import words_in

DAY = timedelta(days=1)
FACTS: dict[str, Any] = {"monday": MONDAY.isoformat(), "zone": "Europe/Amsterdam", "usual": None, "usage": ""}


def say(found: DealPicture, **facts: Any) -> Message:  # noqa: ANN401
    said = weekly_summary(found, FACTS | facts, at(MONDAY))
    assert isinstance(said, Message)
    return check_message(said)


def deal(*milestones: Milestone, **changes: Any) -> DealPicture:  # noqa: ANN401
    return picture(plan=plan(*milestones), **changes)


def one_line(message: Message) -> str:
    (block,) = message.blocks
    assert block["type"] == "section"
    assert "\n" not in block["text"]["text"]
    return str(block["text"]["text"])


def test_an_empty_week_is_exactly_one_line() -> None:
    said = one_line(say(deal(done(1, MONDAY - 20 * DAY), milestone(2, MONDAY + 9 * DAY))))
    assert said == ("*Fjordbank AS*: a quiet week, nothing due and nothing open. 1 of 2 milestones settled · day 28.")


def test_a_finished_plan_and_a_deal_without_plan_are_one_line_too() -> None:
    ended = plan(done(1, MONDAY - 20 * DAY), finished_at=at(MONDAY - 20 * DAY))
    assert "the plan is finished since Tue 10 Nov" in one_line(say(picture(plan=ended)))
    assert "There is no plan yet" in one_line(say(picture()))


def test_names_progress_and_each_part_with_its_count() -> None:
    blocked = milestone(5, MONDAY + DAY, state=State.BLOCKED, why="No VPN account", unblocker="Jonas Berg")
    said = say(
        deal(
            done(1, MONDAY - 2 * DAY, settled_by=ADA),
            milestone(2, MONDAY - 3 * DAY, title="Data loaded", owner=CHLOE),
            milestone(3, MONDAY + 2 * DAY, raci=Raci(Role.CUSTOMER, Role.CUSTOMER)),
            milestone(4, MONDAY + 3 * DAY, owner_name="Maria Silva"),
            blocked,
            questions=(question(2),),
            commitments=(promise(1, due=MONDAY - DAY), promise(2)),
        ),
        usual=71,
    )
    words = words_in(list(said.blocks))
    assert "▰▰▱▱▱▱▱▱▱▱ 1 of 5 milestones settled · day 28 (finished deals took 71 in the median)" in words
    assert "Overdue* · 1\n2. Data loaded – <@U03CHLOEDV>, 1 working day over (Fri 27 Nov)" in words
    assert "5. Step 5 – <@U03CHLOEDV>: No VPN account; Jonas Berg can unblock it; due Tue 1 Dec" in words
    assert (
        "Due this week* · 2\n3. Step 3 – the customer, Wed 2 Dec\n4. Step 4 – Maria Silva (customer), Thu 3 Dec"
        in words
    )
    assert "2. Who signs off the data migration? – waits for <@U01ADALIND>, open for" in words
    assert "• Free migration – Ada, 1 working day over" in words
    assert "Done last week* · 1\n1. Step 1 – Ada Lindqvist" in words
    assert "1 more promise is open, due later or without a date." in words
    assert said.text == (
        "The week of *Fjordbank AS*: 1 overdue, 1 blocked, 2 due this week, 1 done last week, 1 open question and "
        "1 promise due."
    )


def test_what_is_blocked_says_who_is_missing() -> None:
    words = words_in(list(say(deal(milestone(1, MONDAY - DAY, state=State.BLOCKED))).blocks))
    assert "no reason given; nobody is named to unblock it; 1 working day over" in words


def test_what_was_skipped_says_why() -> None:
    words = words_in(list(say(deal(done(1, MONDAY - DAY, state=State.SKIPPED, why="They had it"))).blocks))
    assert "1. Step 1 – skipped: They had it" in words


def test_the_usage_line_is_there_only_with_usage() -> None:
    quiet = say(deal(milestone(1, MONDAY)))
    told = say(deal(milestone(1, MONDAY)), usage="Weekly logins: 41, 12 % more than usual.")
    assert "Weekly logins: 41" not in shown(quiet)
    assert "Weekly logins: 41, 12 % more than usual." in shown(told)
    assert len(told.blocks) == len(quiet.blocks) + 1


def test_no_usage_where_somebody_from_outside_reads_along() -> None:
    picture = deal(milestone(1, MONDAY))
    joined = replace(picture, channel=replace(picture.channel, outsiders=True))
    assert "logins" not in shown(say(joined, usage="Weekly logins: 41, 12 % more than usual."))


def test_a_deal_that_was_finished_meanwhile_says_nothing() -> None:
    said = weekly_summary(deal(milestone(1, MONDAY), state=DealState.CLOSED), FACTS, at(MONDAY))
    assert said == Quiet("the deal is finished")


def crowded(text: str, count: int = 200) -> DealPicture:
    kinds = [
        lambda n: milestone(n, MONDAY - n * DAY, title=text),
        lambda n: milestone(n, MONDAY, title=text, state=State.BLOCKED, why=text, unblocker=text),
        lambda n: milestone(n, MONDAY + (n % 7) * DAY, title=text, owner_name=text),
        lambda n: done(n, MONDAY - (1 + n % 7) * DAY, title=text, settled_by=replace(ADA, name=text), why=text),
    ]
    return deal(
        *(kinds[n % 4](n) for n in range(1, count + 1)),
        questions=tuple(question(n, text=text) for n in range(1, count + 1)),
        commitments=tuple(promise(n, text=text, owner=text, due=MONDAY) for n in range(1, count + 1)),
    )


@pytest.mark.parametrize("text", ["x", "x" * 3_000, HOSTILE * 40, RIGHT_TO_LEFT * 60, "🎉" * 500, "&" * 1_000])
def test_200_of_everything_fit_and_nothing_is_cut_in_silence(text: str) -> None:
    said = say(crowded(text), usage=text)
    assert characters(list(said.blocks)) < 11_000
    assert not any("<!channel>" in found for found in formatted([said.text, *said.blocks]))
    words = words_in(list(said.blocks))
    for part, count in (("Overdue", 50), ("Blocked", 50), ("Due this week", 50), ("Open questions", 200)):
        assert f"{part}* · {count}\n" in words
    shown_lines = words.count("waits for")
    assert shown_lines < 200
    assert f"… and {200 - shown_lines} more" in words
    (buttons,) = [one for one in said.blocks if one["type"] == "actions"]
    assert [one["text"]["text"] for one in buttons["elements"]] == ["Show all", "Answer questions", "All promises"]


def test_slack_sdks_models_take_it() -> None:
    for found in (crowded("Data loaded"), deal(), deal(milestone(1, MONDAY))):
        blocks = list(say(found).blocks)
        for parsed in Block.parse_all(blocks):
            parsed.validate_json()


@pytest.mark.parametrize("page", [-1, 0, 3, 6, 99])
def test_every_open_question_has_its_page(page: int) -> None:
    check_view(questions_view(crowded("Who signs?"), page))


def test_all_questions_are_on_some_page() -> None:
    found = crowded("Who signs?")
    values = {
        block["accessory"]["value"]
        for page in range(7)
        for block in questions_view(found, page)["blocks"]
        if "accessory" in block
    }
    assert len(values) == 200


def test_a_week_told_late_names_its_own_monday() -> None:
    said = weekly_summary(deal(milestone(1, MONDAY)), FACTS, at(MONDAY + 3 * DAY))
    assert isinstance(said, Message)
    words = words_in(list(said.blocks))
    assert "Week of Mon 30 Nov 2026" in words
    assert "3 working days over (Mon 30 Nov)" in words


def test_a_day_far_away_has_its_year() -> None:
    old: PlanPicture = plan(milestone(1, date(2025, 3, 3)))
    assert "(Mon 3 Mar 2025)" in words_in(list(say(picture(plan=old)).blocks))


def test_lateness_is_counted_in_the_csms_working_days_as_in_their_digest() -> None:
    late = deal(milestone(2, MONDAY - 6 * DAY, title="Data loaded"))
    thursday_off = {"weekdays": [0, 1, 2, 3, 4], "free": [(MONDAY - 4 * DAY).isoformat()]}

    assert "4 working days over" in words_in(list(say(late).blocks))
    assert "3 working days over" in words_in(list(say(late, **thursday_off).blocks))


def test_conversations_are_counted_for_us_and_not_before_people_from_outside() -> None:
    late = deal(milestone(1, MONDAY - DAY))
    assert "3 conversations with the customer in the last seven days." in shown(say(late, talked=3))
    assert "conversation" not in shown(say(late))
    watched = replace(late, channel=replace(late.channel, outsiders=True))
    assert "conversation" not in shown(say(watched, talked=3))
