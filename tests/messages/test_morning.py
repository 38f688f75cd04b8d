"""The digest stays inside Slack's limits, says what is left out, and escapes what comes from outside."""

from datetime import date, timedelta

import pytest

from domain.morning import Item, MorningPicture
from domain.reminders import Occurrence, Subject
from messages import ids
from messages.blocks import characters
from messages.limits import MESSAGE_BLOCKS, MESSAGE_CHARACTERS, VIEW_BLOCKS
from messages.morning import PAGE, all_view, morning, shown
from messages.say import Message, Quiet
from tests.messages.checks import check_message, check_view
from tests.messages.pictures import ADA, CHLOE
from tests.messages.shown import words_in

TODAY = date(2026, 12, 2)


def item(number: int, subject: Subject = Subject.MILESTONE, **more: object) -> Item:
    given: dict[str, object] = {"title": f"Step {number}", "number": number, "due": TODAY, "state": "planned", **more}
    return Item(Occurrence(subject, number, "due", TODAY), 5, "Fjordbank", "C0DEAL", **given)  # type: ignore[arg-type]


def picture(*items: Item, said: bool = False, day: date = TODAY, late: frozenset[int] = frozenset()) -> MorningPicture:
    return MorningPicture(CHLOE, day, TODAY, items, said, late)


def said(of: MorningPicture) -> Message:
    found = morning(of)
    assert isinstance(found, Message)
    check_message(found)
    assert len(found.blocks) <= MESSAGE_BLOCKS
    assert characters(found.blocks) <= MESSAGE_CHARACTERS
    return found


@pytest.mark.parametrize("count", [1, 20, 24, 25, 200, 1_000])
@pytest.mark.parametrize("title", ["Step", "<!channel> & 数据" * 200])
def test_two_hundred_things_fit_and_the_rest_is_counted(count: int, title: str) -> None:
    blocked = {"title": title, "state": "blocked", "why": title, "unblocker": title}
    items = [item(number, **blocked) for number in range(1, count + 1)]
    text = words_in(said(picture(*items)).blocks)
    assert "<!channel>" not in str(said(picture(*items)).blocks)
    listed = sum(f"· {number}. " in text for number in range(1, count + 1))
    if listed < count:
        assert f"and {count - listed:,} more, {count:,} in all" in text
        assert f"Show all {count:,}" in text
    assert listed >= min(count, 10)


def test_every_page_of_the_window_fits_and_together_they_show_everything() -> None:
    items = [item(number) for number in range(1, 201)]
    seen: list[str] = []
    for page in range(5):
        view = all_view(picture(*items), page)
        check_view(view)
        assert len(view["blocks"]) <= VIEW_BLOCKS
        seen += [line for line in words_in(view["blocks"]).splitlines() if "Step" in line]
    assert len(seen) == 200 == 5 * PAGE
    assert "Page 5 of 5" in words_in(all_view(picture(*items), 99)["blocks"])


def test_every_thing_has_its_buttons() -> None:
    items = [
        item(1),
        item(2, Subject.QUESTION),
        item(3, Subject.PROMISE),
        item(4, Subject.HANDOFF),
        item(5, Subject.LATE_MILESTONE, late=3, who=ADA),
        item(6, Subject.LATE_HANDOFF, late=3, who=ADA),
    ]
    rows = [block["elements"] for block in said(picture(*items)).blocks if block["type"] == "actions"]
    four = [ids.ACT_MILESTONE_DONE, ids.ACT_MILESTONE_MOVE, ids.ACT_MILESTONE_BLOCK, ids.ACT_MILESTONE_SNOOZE]
    assert [[one["action_id"] for one in row] for row in rows] == [
        four, [ids.ACT_QUESTION_ANSWER], [ids.ACT_COMMITMENT], [ids.ACT_HANDOFF_OPEN], four, [ids.ACT_HANDOFF_OPEN],
    ]  # fmt: skip
    assert rows[0][0]["value"] == '{"milestone":1}'


def test_settled_things_drop_out_before_and_are_struck_through_after() -> None:
    done, left = item(1, settled=True, state="done", settled_by=ADA), item(2)
    assert "Step 1" not in words_in(said(picture(done, left)).blocks)
    text = words_in(said(picture(done, left, said=True)).blocks)
    assert f"done by <@{ADA.slack_id}>" in text
    assert "~" in text
    assert isinstance(morning(picture(done)), Quiet)
    assert "Thank you" in said(picture(done, said=True)).text


def test_a_kickoff_told_in_its_own_message_is_not_told_twice() -> None:
    kickoff = item(1, kickoff=True, late=5)
    assert shown(picture(kickoff, item(2), late=frozenset({5}))) == [item(2)]
    assert isinstance(morning(picture(kickoff, late=frozenset({5}))), Quiet)


def test_a_digest_whose_day_is_over_is_left_to_the_next() -> None:
    assert isinstance(morning(picture(item(1), day=TODAY - timedelta(days=1))), Quiet)
    assert isinstance(morning(picture(item(1), day=TODAY - timedelta(days=1), said=True)), Message)


def test_late_things_say_how_late() -> None:
    text = words_in(said(picture(item(1, late=3, due=date(2026, 11, 27)), item(2, away=True))).blocks)
    assert "Overdue 3 working days" in text
    assert "Step 2" not in text
