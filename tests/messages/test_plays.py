"""What a play says, at every turn, inside what Slack takes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.plans_files import load_plans
from domain.person import PersonCard
from domain.plays.changes import Effect
from domain.plays.keeping import Gone
from domain.plays.outcome import CallOutcome, Reached, Referral, Result, SaveOutcome
from domain.plays.picture import LastChange, PlayPicture
from domain.plays.plans import PlanOrder, Tier, Track
from domain.plays.task import State
from messages.play_views import move_view, outcome_view, said_message, said_view, snooze_view
from messages.plays import plan_unknown, play_message
from messages.say import Message, Quiet
from tests.messages.checks import check_message, check_view, formatted, shown

PLANS: Final = load_plans(None)
NOW: Final = datetime(2026, 11, 30, 9, tzinfo=UTC)
CHLOE: Final = PersonCard(2, "U03CHLOEDV", "Chloé", zone="America/Los_Angeles")
PLAY: Final = PlayPicture(
    id=7,
    workspace_id=1,
    account_id=3,
    customer="Fjordbank & <Sons>",
    key="account:3:plan:upgrade:9",
    effect=Effect.UPGRADE,
    before="starter",
    after="PLUS",
    at=NOW,
    state=State.OPEN,
    due=date(2026, 12, 2),
    version=1,
    delta=Decimal("-0.50"),
    currency="EUR",
    owner=CHLOE,
    channel_id="C1",
)
CANCEL: Final = replace(PLAY, effect=Effect.CANCEL, effective_at=NOW + timedelta(days=31), reason="too dear")


def said(play: PlayPicture, plans: PlanOrder = PLANS, *, key: str = "", before: bool = False) -> str:
    """The whole text of a message; ``before``: it was not said yet."""
    message = play_message(play, plans, key or play.key, NOW, said=not before)
    assert isinstance(message, Message), message
    return shown(check_message(message))


def quiet(play: PlayPicture, key: str = "") -> str:
    found = play_message(play, PLANS, key or play.key, NOW, said=False)
    assert isinstance(found, Quiet)
    return found.reason


def test_plans_are_called_as_we_call_them_and_names_are_escaped() -> None:
    text = said(PLAY, before=True)
    assert "*Fjordbank &amp; &lt;Sons&gt;* (<#C1>) moved up from *Starter* to *Premium* (−0.50 EUR a month)." in text
    assert "<Sons>" not in text
    assert "with Premium they may call" in text
    assert "Growth: Reports and integrations" in text
    assert "Premium: Phone support on working days" in text


def test_one_step_names_no_plan_before_its_lines() -> None:
    text = said(replace(PLAY, before="Growth"))
    assert "• Phone support on working days" in text
    assert "Premium: Phone" not in text


def test_a_downgrade_says_what_they_lose() -> None:
    text = said(replace(PLAY, effect=Effect.DOWNGRADE, before="Enterprise", after="Premium", delta=None))
    assert "moved down from *Enterprise* to *Premium*." in text
    assert "What they lose" in text
    assert "A dedicated manager" in text
    assert "Ask for the reasons" in text


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        (datetime(2026, 12, 31, tzinfo=UTC), "ends on Thu 31 Dec 2026, in 31 days"),
        (datetime(2026, 11, 30, tzinfo=UTC), "ends today"),
        (datetime(2026, 11, 1, tzinfo=UTC), "ended on Sun 1 Nov 2026"),
        (datetime(2026, 12, 2, 3, tzinfo=UTC), "ends on Tue 1 Dec 2026, in 1 day"),
        (None, "when it ends was not told"),
    ],
)
def test_when_a_subscription_ends(ends: datetime | None, told: str) -> None:
    assert told in said(replace(CANCEL, effective_at=ends))


def test_the_reason_or_that_there_is_none() -> None:
    assert "What they said: “too dear”." in said(CANCEL)
    assert "They gave no reason." in said(replace(CANCEL, reason=" "))


def test_a_customer_who_stays() -> None:
    kept = replace(PLAY, effect=Effect.KEPT, state=State.TOLD, due=None, returned=True)
    assert "took the cancellation back and stays on *Premium*" in said(kept)
    assert "To do" not in said(kept)
    assert "They had canceled before" in said(replace(PLAY, returned=True))


def test_who_pressed_is_said() -> None:
    last = LastChange(3, CHLOE, "moved the post-upgrade call to Fri 4 Dec 2026", NOW)
    text = said(replace(PLAY, last=last, snoozed_until=date(2026, 12, 3)))
    assert "<@U03CHLOEDV> moved the post-upgrade call to Fri 4 Dec 2026 (" in text
    assert "keep quiet until Thu 3 Dec 2026" in text


def test_what_came_of_it_takes_the_place_of_the_advice() -> None:
    outcome = CallOutcome(Reached.YES, "seats & <more>", "", Referral.YES, "Maria")
    done = replace(PLAY, state=State.DONE, outcome=outcome, settled_by=CHLOE, settled_at=NOW)
    text = said(done)
    for part in ("done by <@U03CHLOEDV>", "seats &amp; &lt;more&gt;", "*Referral:* Yes, Maria", "Change the outcome"):
        assert part in text
    assert "Phone support" not in text
    assert "Feedback" not in text
    assert "It was put back within the hour" in said(replace(done, gone=Gone.UNDONE))
    left = replace(CANCEL, state=State.DONE, outcome=SaveOutcome(Result.LEFT, "price", "a pause"))
    assert "*Outcome:* They go" in said(left)
    useless = replace(PLAY, state=State.NOT_USEFUL, settled_by=CHLOE, settled_at=NOW)
    assert "Marked as not useful by <@U03CHLOEDV>" in said(useless)


@pytest.mark.parametrize("gone", list(Gone))
def test_what_fell_away_is_edited_or_never_said(gone: Gone) -> None:
    play = replace(PLAY, gone=gone)
    assert "To do" not in said(play)
    assert gone.value in quiet(play)


def test_what_was_passed_on_names_the_new_one() -> None:
    text = said(PLAY, key="account:3:plan:upgrade:8")
    assert "Passed on to <@U03CHLOEDV>" in text
    assert "To do" not in text
    assert quiet(PLAY, "account:3:plan:upgrade:8") == "another CSM has the customer now"


def test_without_a_csm_somebody_is_looked_for() -> None:
    text = said(replace(PLAY, has_csm=False))
    assert "Nobody is CSM of this customer" in text
    assert "· <@U03CHLOEDV>" in text
    assert "Nobody is CSM" in said(replace(PLAY, has_csm=False, owner=None))


def test_braces_in_a_name_change_nothing() -> None:
    text = said(replace(PLAY, customer="{plan} {customer}"))
    assert "Thank {plan} {customer} for the trust" in text


def test_a_plan_nobody_knows() -> None:
    text = said(replace(PLAY, before="", after="Gold <2>"))
    assert "from no plan to *Gold &lt;2&gt;*" in text
    for effect, told in (("none", "nobody can tell"), ("upgrade", "an upgrade"), ("downgrade", "a downgrade")):
        message = plan_unknown({"name": "Gold <2>", "customer": "A & B", "effect": effect}, NOW)
        assert isinstance(message, Message)
        text = shown(check_message(message))
        assert told in text
        assert "“Gold &lt;2&gt;”" in text


HUGE = "<&>" * 400
LINES = tuple([HUGE[:500]] * 10)


@pytest.mark.parametrize(
    ("effect", "state"),
    [
        (Effect.KEPT, State.TOLD),
        *((one, state) for one in (Effect.UPGRADE, Effect.DOWNGRADE, Effect.CANCEL) for state in State),
    ],
)
def test_the_longest_texts_fit(effect: Effect, state: State) -> None:
    track = Track(LINES, LINES)
    plans = PlanOrder(tuple(Tier(f"P{n}", (), LINES, LINES) for n in range(50)), track, track, track)
    call = CallOutcome(Reached.AGAIN, HUGE[:1000], HUGE[:1000], Referral.YES, HUGE[:200])
    outcome = call if effect is Effect.UPGRADE else SaveOutcome(Result.TALKING, HUGE[:1000], HUGE[:1000])
    play = replace(
        CANCEL,
        effect=effect,
        state=state,
        customer=HUGE[:300],
        before="P0",
        after="P49",
        reason=HUGE,
        outcome=outcome,
        settled_by=CHLOE,
        settled_at=NOW,
        last=LastChange(1, CHLOE, HUGE, NOW),
        snoozed_until=date(2026, 12, 1),
    )
    said(play, plans)
    said(replace(play, gone=Gone.LATER), plans)
    if effect is not Effect.KEPT:
        for view in (outcome_view(play), move_view(play), snooze_view(play), said_view(HUGE, 4)):
            check_view(view)
    check_message(said_message(HUGE, 4))


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=200))
def test_nothing_typed_elsewhere_mentions_anybody(customer: str, plan: str, reason: str) -> None:
    hostile = "<!channel> " + customer
    for effect in (Effect.UPGRADE, Effect.CANCEL):
        play = replace(CANCEL, effect=effect, customer=hostile, after=f"<@U1>{plan}", reason=f"<!here>{reason}")
        message = play_message(play, PLANS, play.key, NOW, said=True)
        assert isinstance(message, Message)
        for text in formatted([message.text, *message.blocks]):
            assert "<!channel>" not in text
            assert "<!here>" not in text
            assert "<@U1>" not in text
