from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from domain.handoff import Answers, HandoffState
from domain.handoff_lists import Commitment, KeyDate, Metric, Stakeholder
from domain.handoff_merge import diff
from domain.picture import DealPicture
from messages.brief import bar, handoff_submitted
from messages.brief_more import confidential_view, everything_view, handoff_confidential, handoff_version
from messages.canvas import LIMIT, as_typed, canvas_markdown
from messages.say import Message, Quiet
from tests.messages.checks import check_message, check_view
from tests.messages.shown import words_in
from tests.messages.strategies import NOW, SLOW, answers, picture_of, pictures

FULL = Answers(
    products="Pro plan, 40 seats",
    problem="Reports take a week & nobody trusts <them>",
    success_metrics=(Metric("m1", "Weekly logins", "20", "60", date(2027, 3, 31), "end of March"),),
    key_dates=(KeyDate("k1", "Go-live", date(2027, 3, 1), "1 March"),),
    stakeholders=tuple(Stakeholder(f"s{n}", f"Person {n}", "CFO", "cost") for n in range(200)),
    commitments=(Commitment("c1", "Free migration", "Ada", date(2027, 1, 15), "15 Jan"), Commitment("c2", "none")),
    concerns="They fear the migration",
    sensitivities="Do not mention the old vendor",
)


def said(picture: DealPicture) -> Message:
    message = handoff_submitted(picture, {}, NOW)
    assert isinstance(message, Message)
    return message


@SLOW
@given(pictures)
def test_any_brief_is_one_slack_takes(picture: DealPicture) -> None:
    check_message(said(picture))


@SLOW
@given(pictures, st.booleans())
def test_every_page_of_everything_is_one_slack_takes_and_nothing_is_left_out(
    picture: DealPicture, confidential: bool
) -> None:
    shown: list[str] = []
    page = 0
    while True:
        view = everything_view(picture, page, confidential=confidential)
        check_view(view)
        text = words_in(view["blocks"])
        shown.append(text)
        if "Go on" not in text:
            break
        page += 1
    whole = "\n".join(shown)
    assert picture.handoff is not None
    people = picture.handoff.answers.stakeholders
    if people:
        assert f"to {len(people)} of {len(people)}" in whole


@SLOW
@given(pictures)
def test_confidential_parts_are_messages_slack_takes(picture: DealPicture) -> None:
    message = handoff_confidential(picture, {"to": "U01ADALIND"}, NOW)
    assert isinstance(message, Message)
    check_message(message)
    check_view(confidential_view(picture))


@SLOW
@given(answers, answers, st.booleans(), st.booleans())
def test_any_version_is_told_in_a_message_slack_takes(
    old: Answers, new: Answers, returned: bool, private: bool
) -> None:
    changes = [[change.field, change.before[:400], change.after[:400]] for change in diff(old, new)][:60]
    facts = {"old": 2, "new": 3, "by": "U01ADALIND", "other": "U02BENCART", "at": NOW.isoformat(), "base": 1}
    facts |= {"returned": returned, "changes": changes, "more": 5}
    message = handoff_version(picture_of(new, private=private), facts, NOW)
    check_message(message)
    assert "while you were writing" in message.text


@SLOW
@given(pictures)
def test_any_canvas_is_below_one_mebibyte(picture: DealPicture) -> None:
    assert len(canvas_markdown(picture, NOW).encode("utf-8", "surrogatepass")) < LIMIT


def test_the_brief_shows_fields_dates_score_and_gaps() -> None:
    text = words_in(list(said(picture_of(FULL, questions=2)).blocks))
    assert "by Wed 31 Mar 2027 (“end of March”)" in text
    assert "Go-live · Mon 1 Mar 2027 (“1 March”)" in text
    assert "Reports take a week & nobody trusts <them>" in text
    assert "Person 0 · CFO · cares about cost" in text
    assert "more" in text
    assert "*Empty*: What they use today and How they like to work" in text
    assert "2 questions about this handoff are open" in text
    assert "Free migration\nAda · by Fri 15 Jan 2027 (“15 Jan”)" in text
    assert "Accept" in text


def test_none_is_no_promise_but_is_shown_as_the_answer() -> None:
    text = words_in(list(said(picture_of(Answers(commitments=(Commitment("c", "none"),)))).blocks))
    assert "What we promised\nnone" in text
    assert "Settle" not in text


def test_buttons_follow_the_state() -> None:
    waiting = words_in(list(said(picture_of(FULL)).blocks))
    accepted = words_in(list(said(picture_of(FULL, HandoffState.ACCEPTED)).blocks))
    returned = words_in(list(said(picture_of(FULL, HandoffState.RETURNED, gaps="Who signs?")).blocks))
    assert "Accept\n" in waiting
    assert "Accept\n" not in accepted
    assert "*Accepted* by <@U03CHLOEDV>" in accepted
    assert "Complete the handoff" in returned
    assert "Who signs?" in returned


def test_accept_names_the_version_it_was_drawn_for() -> None:
    row = said(picture_of(FULL, version=5)).blocks[-1]
    accept = next(element for element in row["elements"] if element["action_id"] == "handoff_accept")
    assert accept["value"] == '{"deal":12,"version":5}'


def test_confidential_fields_stay_out_of_channels_that_may_not_show_them() -> None:
    for picture in (picture_of(FULL, private=False), picture_of(FULL, outsiders=True)):
        message = said(picture)
        everything = message.text + words_in(list(message.blocks)) + canvas_markdown(picture, NOW)
        assert "old vendor" not in everything
        assert "fear the migration" not in everything
        assert "Show the confidential parts" in everything
        told = handoff_confidential(picture, {"to": "U01ADALIND"}, NOW)
        assert isinstance(told, Message)
        assert "Do not mention the old vendor" in words_in(list(told.blocks))
    assert "Do not mention the old vendor" in words_in(list(said(picture_of(FULL)).blocks))


def test_a_confidential_change_is_named_and_not_shown() -> None:
    facts = {"old": 1, "new": 2, "by": "U1AAAAAAA", "base": 1, "changes": [["sensitivities", "", "the old vendor"]]}
    hidden = handoff_version(picture_of(FULL, private=False), facts, NOW)
    assert "the old vendor" not in words_in(list(hidden.blocks))
    assert "Handle with care: \nchanged" in words_in(list(hidden.blocks))
    assert "the old vendor" in words_in(list(handoff_version(picture_of(FULL), facts, NOW).blocks))


def test_nothing_handed_in_is_quiet() -> None:
    picture = picture_of(Answers(), version=0)
    assert isinstance(handoff_submitted(picture, {}, NOW), Quiet)
    assert isinstance(handoff_confidential(picture, {}, NOW), Quiet)
    assert canvas_markdown(picture, NOW) == ""


def test_the_bar() -> None:
    assert bar(0) == "▱" * 10
    assert bar(62) == "▰" * 6 + "▱" * 4
    assert bar(100) == "▰" * 10


def test_the_canvas_reads_nothing_as_markdown() -> None:
    assert as_typed("# *a* [b](c) <!channel> ![](@U1)") == (
        "\\# \\*a\\* \\[b\\]\\(c\\) \\<\\!channel\\> \\!\\[\\]\\(\\@U1\\)"
    )
    text = canvas_markdown(picture_of(FULL), NOW)
    assert text.startswith("# Handoff: Fjordbank\n")
    assert "- Go\\-live · Mon 1 Mar 2027" in text
    assert "![](@U01ADALIND)" in text
