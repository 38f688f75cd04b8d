"""The plan in the channel and in the canvas: what it says, and that Slack takes it with 200 milestones of any words."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.deals import DealState
from domain.handoff import Answers, HandoffState
from domain.handoff_lists import KeyDate
from domain.picture import DealPicture
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Raci, Role
from messages.blocks import characters
from messages.canvas import LIMIT, canvas_markdown
from messages.catalog import BUILDERS
from messages.handoffs import handoff_accepted, handoff_returned
from messages.limits import MESSAGE_BLOCKS, MESSAGE_CHARACTERS, MESSAGE_TEXT
from messages.plan import plan, plan_message
from messages.say import Message, Quiet
from tests.messages.checks import check_message, formatted, shown
from tests.messages.pictures import ADA, CHLOE, EVA, HOSTILE, NOW, RIGHT_TO_LEFT, picture, submitted
from tests.messages.strategies import UNITS

TODAY = NOW.date()
"""A Monday."""


def milestone(number: int, days: int | None = 1, role: Role = Role.CSM, **changes: Any) -> Milestone:  # noqa: ANN401
    """An open milestone due so many days from today."""
    due = None if days is None else TODAY + timedelta(days=days)
    usual = Milestone(100 + number, number, f"Step {number}", Raci(role, Role.CSM), due)
    return replace(usual, **changes)


def planned(*milestones: Milestone, of: DealPicture | None = None, **changes: Any) -> DealPicture:  # noqa: ANN401
    found = PlanPicture(7, "saas-90-days", "SaaS, 90 days", "The usual one.", TODAY - timedelta(days=12), milestones)
    return replace(of or picture(), plan=replace(found, **changes))


def said(of: DealPicture) -> Message:
    message = plan(of, {}, NOW)
    assert isinstance(message, Message)
    return check_message(message)


def menu(message: Message) -> list[dict[str, Any]]:
    """The options of “Pick a milestone…”."""
    row = message.blocks[-1]
    return next((one["options"] for one in row["elements"] if one["type"] == "static_select"), [])


def labels(message: Message) -> list[str]:
    return [one["text"]["text"] for one in message.blocks[-1]["elements"] if one["type"] == "button"]


SIXTEEN = (
    milestone(1, -5, state=State.DONE, settled_at=NOW, settled_by=ADA),
    milestone(2, -4, state=State.SKIPPED, why="They have no data to move."),
    milestone(3, -3, Role.AE, title="Transition meeting"),
    milestone(4, -1, state=State.BLOCKED, why="No access", unblocker="Kim of IT"),
    milestone(5, 0, state=State.DOING),
    milestone(6, 6, Role.CUSTOMER, owner_name="Kim Lee"),
    milestone(7, 7, Role.CUSTOMER),
    milestone(8, 60, Role.LEAD),
    milestone(9, 200, owner=EVA),
    milestone(10, None, Role.ONBOARDING),
    *(milestone(number, number) for number in range(11, 17)),
)


def test_the_plan_says_how_far_it_is() -> None:
    message = said(planned(*SIXTEEN))
    text = shown(message)
    assert message.blocks[0]["text"]["text"] == "Plan: Fjordbank AS"
    assert "*2 of 16 settled* · day 12 after the close" in text
    assert "The dates are tentative until the handoff is accepted." in text
    assert "1 done and 1 skipped. " in text
    assert "Playbook: SaaS, 90 days. The usual one." in text
    assert message.text == ("Plan of *Fjordbank AS*: 2 of 16 milestones settled, 2 overdue; next: Step 5, Mon 23 Nov.")


def test_open_milestones_are_grouped_by_when_they_are_due() -> None:
    sections = [one["text"]["text"].splitlines() for one in said(planned(*SIXTEEN)).blocks if one["type"] == "section"]
    groups = {lines[0]: [line.split("*")[1] for line in lines[1:]] for lines in sections[1:]}
    assert groups == {
        "*Overdue* · 2": ["3.", "4."],
        "*This week* · 2": ["5.", "6."],
        "*Later* · 9": ["7.", "11.", "12.", "13.", "14.", "15.", "16.", "8.", "9."],
        "*Without a day* · 1": ["10."],
    }


@pytest.mark.parametrize(
    "line",
    [
        f":red_circle: *3.* Transition meeting · Fri 20 Nov · <@{ADA.slack_id}>",
        f":no_entry: *4.* Step 4 · Sun 22 Nov · <@{CHLOE.slack_id}> · blocked: No access (Kim of IT can unblock it)",
        f":hammer: *5.* Step 5 · Mon 23 Nov · <@{CHLOE.slack_id}>",
        ":white_circle: *6.* Step 6 · Sun 29 Nov · Kim Lee (customer)",
        ":white_circle: *7.* Step 7 · Mon 30 Nov · the customer",
        ":white_circle: *8.* Step 8 · Fri 22 Jan · the lead",
        f":white_circle: *9.* Step 9 · Fri 11 Jun 2027 · <@{EVA.slack_id}>",
        f":white_circle: *10.* Step 10 · <@{CHLOE.slack_id}>",
    ],
)
def test_each_line_says_who_does_it_and_until_when(line: str) -> None:
    assert line in shown(said(planned(*SIXTEEN))).splitlines()


def test_a_booked_kickoff_shows_its_hour() -> None:
    text = shown(said(planned(milestone(1, booked_for=NOW))))
    assert "booked for <!date^" in text


def test_the_menu_and_the_buttons() -> None:
    message = said(planned(*SIXTEEN))
    assert labels(message) == ["Add a milestone", "Show all", "Change playbook"]
    options = menu(message)
    assert [one["text"]["text"] for one in options[:2]] == [
        "3. Transition meeting · Fri 20 Nov",
        "4. Step 4 · blocked",
    ]
    assert [one["text"]["text"] for one in options[-2:]] == ["1. Step 1 · done", "2. Step 2 · skipped"]
    assert options[0]["value"] == '{"milestone":103}'
    assert len(options) == 16


def test_a_plan_without_milestones_has_no_menu() -> None:
    message = said(planned())
    assert menu(message) == []
    assert labels(message) == ["Add a milestone", "Show all", "Change playbook"]
    assert "*0 of 0 settled* · day 12 after the close" in shown(message)


def test_a_finished_deal_has_a_plan_without_buttons() -> None:
    message = said(planned(*SIXTEEN, of=picture(state=DealState.CLOSED)))
    assert [one["type"] for one in message.blocks].count("actions") == 0


def test_firm_dates_a_finished_plan_and_the_early_win_are_said() -> None:
    assert "The dates are firm since <!date^" in shown(said(planned(*SIXTEEN, firm_at=NOW)))
    done = [milestone(1, -1, state=State.DONE, settled_at=NOW)]
    text = shown(said(planned(*done, firm_at=NOW, finished_at=NOW, early_win="Ten <logins>")))
    assert ":tada: Finished <!date^" in text
    assert "Early win: Ten &lt;logins&gt;." in text


def test_without_a_plan_nothing_is_said() -> None:
    assert plan(picture(), {}, NOW) == Quiet("there is no plan yet")


def test_the_day_is_the_csms_else_the_sellers_else_the_workspaces() -> None:
    late = NOW.replace(hour=23, minute=30)
    of = planned(milestone(1, 0))

    def overdue(of: DealPicture, zone: str) -> bool:
        message = plan(of, {"zone": zone}, late)
        assert isinstance(message, Message)
        return "*Overdue*" in shown(message)

    assert overdue(of, "America/New_York")
    away = replace(CHLOE, zone="America/New_York")
    assert not overdue(replace(of, csm=away), "Europe/Stockholm")
    assert not overdue(replace(of, csm=None, ae=replace(ADA, zone="America/New_York")), "Europe/Stockholm")
    assert overdue(replace(of, csm=None, ae=None), "Europe/Stockholm")
    assert not overdue(replace(of, csm=None, ae=None), "America/New_York")


# The customer's own days


def clashing(of: DealPicture, *days: date) -> DealPicture:
    dates = tuple(KeyDate(f"k{n}", "Go-live <now>", on) for n, on in enumerate(days))
    handed_in = submitted(answers=Answers(products="Core", key_dates=dates))
    return replace(of, handoff=handed_in)


def decided(of: DealPicture, at: datetime = NOW) -> DealPicture:
    """Accepted at this moment."""
    assert of.handoff is not None
    return replace(of, handoff=replace(of.handoff, state=HandoffState.ACCEPTED, decided_at=at, decided_by=CHLOE))


def go_lives(count: int) -> list[Milestone]:
    return [milestone(number, 30, title="Go-live") for number in range(1, count + 1)]


def test_clashes_are_named_and_many_are_counted() -> None:
    one = clashing(planned(*go_lives(1)), TODAY + timedelta(days=20))
    text = shown(said(one))
    assert ":warning: 1. Go-live is due Wed 23 Dec, after the customer's “Go-live &lt;now&gt;” on Sun 13 Dec." in text
    many = clashing(planned(*go_lives(30)), TODAY + timedelta(days=20))
    assert "… and 24 more clashes with the customer's dates" in shown(said(many))
    assert ":warning:" not in shown(said(clashing(planned(*go_lives(1)), TODAY + timedelta(days=40))))


def test_who_accepts_hears_that_dates_are_firm_and_what_clashes() -> None:
    facts = {"by": CHLOE.slack_id, "at": NOW.isoformat(), "version": 2, "dates": "firm"}
    of = decided(clashing(planned(*go_lives(2), firm_at=NOW), TODAY + timedelta(days=20)))
    message = handoff_accepted(of, facts, NOW)
    assert isinstance(message, Message)
    assert message.text.endswith(
        " The dates of the plan are firm now. Not all of them go together with the customer's own days:"
    )
    assert shown(message).count(":warning: ") == 2
    calm = handoff_accepted(planned(*go_lives(2), firm_at=NOW), facts | {"dates": "kept"}, NOW)
    assert shown(calm).count(":warning: ") == 0
    assert "The dates of the plan stay as they are." in shown(calm)


def test_a_decision_that_was_taken_back_says_so() -> None:
    facts = {"by": CHLOE.slack_id, "at": NOW.isoformat(), "version": 2, "gaps": "Who signs?"}
    waiting = clashing(planned())
    assert "~ and took that back." in shown(handoff_accepted(waiting, facts, NOW))
    assert "took that back: it waits for the CSM again" in shown(handoff_returned(waiting, facts, NOW))
    again = decided(waiting, NOW + timedelta(minutes=2))
    assert "took that back" in shown(handoff_accepted(again, facts, NOW))
    assert "took that back" not in shown(handoff_accepted(decided(waiting), facts, NOW))
    assert "took that back" not in shown(handoff_returned(waiting, facts | {"version": 1}, NOW)), "another version"


# Slack's limits

TEXTS = [HOSTILE * 10, "x" * 3_000, "&" * 3_000, "🎉" * 1_000, RIGHT_TO_LEFT * 50, "\n" * 100, "Step"]


def crowded(text: str, count: int = 200) -> DealPicture:
    """A plan of 200 milestones in every state, with every text as long as it may be."""
    states = list(State)
    milestones = [
        milestone(
            number,
            number - 80 if number % 7 else None,
            list(Role)[number % 5],
            title=text[:300] or "–",
            state=states[number % 5] if number % 3 else State.PLANNED,
            why=text[:1_000],
            unblocker=text[:200],
            owner_name=text[:200] if number % 4 == 0 else "",
            evidence=text[:1_000],
            owner=replace(ADA, name=text[:200]) if number % 6 == 0 else None,
            booked_for=NOW if number % 9 == 0 else None,
        )
        for number in range(1, count + 1)
    ]
    dates = tuple(KeyDate(f"k{n}", "Go-live " + text[:200], TODAY) for n in range(20))
    of = picture(handoff=submitted(answers=Answers(products="Core", key_dates=dates)))
    return planned(*milestones, of=of, playbook_title=text[:300], why=text[:1_000], early_win=text[:1_000])


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_two_hundred_milestones_fit_and_none_is_lost_without_a_word(text: str) -> None:
    of = crowded(text)
    message = said(of)
    assert len(message.blocks) <= MESSAGE_BLOCKS
    assert len(message.text) <= MESSAGE_TEXT
    assert characters(message.blocks) <= MESSAGE_CHARACTERS
    assert not any("<!channel>" in one for one in formatted([message.text, *message.blocks]))
    assert len(menu(message)) == 100
    assert of.plan is not None
    opened = [one for one in of.plan.milestones if one.is_open]
    sections = [one["text"]["text"] for one in message.blocks if one["type"] == "section"]
    groups = [one for one in sections if one.startswith(("*Overdue*", "*This week*", "*Later*", "*Without a day*"))]
    counted = sum(int(one.splitlines()[0].split("· ")[1].replace(",", "")) for one in groups)
    assert counted == len(opened)
    for group in groups:
        count, lines = int(group.splitlines()[0].split("· ")[1]), group.count("\n")
        assert lines == count or f"{count - lines + 1} more: “Show all” has them" in group
    settled = [one for one in of.plan.milestones if not one.is_open]
    done = sum(one.state is State.DONE for one in settled)
    assert f"{done} done and {len(settled) - done} skipped." in shown(message)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(UNITS),
    st.integers(1, 300),
    st.integers(0, 400),
    st.booleans(),
)
def test_slack_takes_any_plan(unit: str, times: int, count: int, closed: bool) -> None:
    of = crowded((unit * times)[:1_000], count)
    of = replace(of, state=DealState.CLOSED if closed else DealState.OPEN)
    message = said(of)
    assert characters(message.blocks) <= MESSAGE_CHARACTERS
    assert plan_message(of, of.plan or planned().plan, TODAY).blocks  # type: ignore[arg-type]


def test_what_is_confidential_stays_out() -> None:
    answers = Answers(products="Core", concerns="They fear the price", sensitivities="The CTO is leaving")
    of = planned(*SIXTEEN, of=picture(handoff=submitted(answers=answers)), firm_at=NOW)
    facts = {"by": CHLOE.slack_id, "at": NOW.isoformat(), "version": 2}
    for kind in ("plan", "handoff_accepted"):
        message = BUILDERS[kind](of, facts, NOW)
        assert isinstance(message, Message)
        assert "price" not in shown(message)
        assert "CTO" not in shown(message)


# The canvas


def canvas(of: DealPicture) -> str:
    return canvas_markdown(of, NOW)


def test_the_canvas_ends_with_the_plan_as_a_checklist() -> None:
    of = planned(*SIXTEEN, of=picture(handoff=submitted(state=HandoffState.ACCEPTED)), firm_at=NOW)
    text = canvas(of)
    _, part = text.split("# Plan\n")
    lines = [line.replace("\\", "") for line in part.splitlines()]
    assert lines[1] == "- **2 of 16 milestones settled**"
    assert lines[2].startswith("- Firm dates, Mon 23 Nov 2026")
    assert "- [x] 1. Step 1 – Wed 18 Nov 2026 – Chloé de Vries" in lines
    assert "- [x] 2. Step 2 – Thu 19 Nov 2026 – Chloé de Vries – skipped: They have no data to move." in lines
    assert "- [ ] 3. Transition meeting – Fri 20 Nov 2026 – Ada Lindqvist" in lines
    assert "- [ ] 4. Step 4 – Sun 22 Nov 2026 – Chloé de Vries – blocked: No access" in lines
    assert "- [ ] 6. Step 6 – Sun 29 Nov 2026 – Kim Lee (customer)" in lines
    assert "- [ ] 10. Step 10 – no day yet – Chloé de Vries" in lines
    assert sum(line.startswith("- [") for line in lines) == 16


def test_the_canvas_mentions_nobody_for_the_plan_because_it_is_rewritten_often() -> None:
    of = planned(*SIXTEEN, of=picture(handoff=submitted()))
    assert "![](" not in canvas(of).split("# Plan\n")[1]


def test_before_anything_is_handed_in_there_is_no_canvas() -> None:
    assert canvas(planned(*SIXTEEN)) == ""


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_the_canvas_holds_two_hundred_milestones(text: str) -> None:
    of = crowded(text)
    whole = canvas(of)
    assert len(whole.encode("utf-8", "replace")) < LIMIT
    rows = [line for line in whole.splitlines() if line.startswith(("- [ ] ", "- [x] "))]
    assert len(rows) == 200 or f"- and {200 - len(rows)} more: “Show all” under the plan has them" in whole
    if len(text) < 10:
        assert len(rows) == 200


def test_a_plan_of_a_deal_told_weeks_late_says_why_it_begins_overdue() -> None:
    late = planned(milestone(1, -5), milestone(2, 3), made_at=NOW - timedelta(days=2))

    told = str(shown(plan_message(late, late.plan, TODAY))) if late.plan else ""
    assert "10 days after its close: 1 milestone was due before anybody here could know" in told
    assert "/milestone move 1 to next Friday" in told
    at_once = planned(milestone(1, -5), made_at=NOW - timedelta(days=12))
    assert at_once.plan is not None
    assert "days after its close" not in str(shown(plan_message(at_once, at_once.plan, TODAY)))
    moved = planned(milestone(1, 4), milestone(2, 3), made_at=NOW - timedelta(days=2))
    assert moved.plan is not None
    assert "days after its close" not in str(shown(plan_message(moved, moved.plan, TODAY)))
