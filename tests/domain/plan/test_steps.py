"""One milestone changed by somebody; the kickoff; what clashes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.handoff import Answers
from domain.handoff_lists import KeyDate, Metric
from domain.outcome import Refused
from domain.plan import kickoff, steps
from domain.plan.change import ClashKind, PlanChange
from domain.plan.clashes import clashes
from domain.plan_picture import PlanPicture, State
from domain.playbook import Kind, Role
from tests.domain.plan.plans import ADA, CHLOE, NOW, WEEKDAYS, after, by_step, plan_of, saas

KICKOFF = 3


@pytest.fixture
def plan() -> PlanPicture:
    return plan_of(saas())


def test_the_way_of_a_milestone(plan: PlanPicture) -> None:
    plan = after(plan, steps.start(plan, 4))
    plan = after(plan, steps.block(plan, 4, "No VPN yet", "Maria of IT"))
    stuck = plan.by_number(4)
    assert (stuck.state, stuck.why, stuck.unblocker) == (State.BLOCKED, "No VPN yet", "Maria of IT")
    plan = after(plan, steps.unblock(plan, 4))
    assert (plan.by_number(4).state, plan.by_number(4).why) == (State.DOING, "")
    plan = after(plan, steps.done(plan, 4, "all green", by=ADA, now=NOW))
    settled = plan.by_number(4)
    assert (settled.state, settled.evidence, settled.settled_by, settled.settled_at) == (
        State.DONE,
        "all green",
        ADA,
        NOW,
    )
    assert settled.version == 5
    plan = after(plan, steps.done(plan, 4, "screenshot", by=ADA, now=NOW))
    assert plan.by_number(4).evidence == "screenshot"
    plan = after(plan, steps.reopen(plan, 4))
    assert (plan.by_number(4).state, plan.by_number(4).settled_at) == (State.PLANNED, None)
    plan = after(plan, steps.skip(plan, 4, "They host it themselves", by=ADA, now=NOW))
    assert plan.by_number(4).why == "They host it themselves"
    assert plan.by_number(4).touched


def test_a_no_is_one_plain_sentence(plan: PlanPicture) -> None:
    done = after(plan, steps.done(plan, 3, by=ADA, now=NOW))
    skipped = after(plan, steps.skip(plan, 3, "no", by=ADA, now=NOW))
    started = after(plan, steps.start(plan, 3))
    for found, said in (
        (steps.start(plan, 40), "There is no milestone 40 in this plan."),
        (steps.start(started, 3), "“Kickoff held” was started already."),
        (steps.start(done, 3), "“Kickoff held” is done already. Open it again first."),
        (steps.done(done, 3, by=ADA, now=NOW), "“Kickoff held” is done already."),
        (steps.done(skipped, 3, by=ADA, now=NOW), "“Kickoff held” was skipped. Open it again first."),
        (steps.block(plan, 3, "  "), "Say what blocks it, so that somebody can help."),
        (steps.skip(plan, 3, "", by=ADA, now=NOW), "Say why it is skipped; somebody will ask."),
        (steps.unblock(plan, 3), "“Kickoff held” is not blocked."),
        (steps.reopen(plan, 3), "“Kickoff held” is open."),
        (steps.edit(plan, 3), "Nothing was changed."),
        (steps.edit(plan, 3, title=" \n "), "Say what the milestone is called."),
        (steps.name_owner(plan, 3, None), "Nothing was changed."),
        (steps.add(plan, "x" * 151, None), "A title has at most 150 characters; this has 151."),
        (steps.add(plan, "\u202e", None), "Say what the milestone is called."),
        (steps.done(plan, 3, "x" * 1_001, by=ADA, now=NOW), "Use at most 1,000 characters; this has 1,001."),
        (steps.snooze(plan, 3, None, today=NOW.date()), "“Kickoff held” is not snoozed."),
        (
            steps.snooze(plan, 3, NOW.date(), today=NOW.date()),
            "Choose a day after today, within 60 days. When it is due later, move it.",
        ),
    ):
        assert found == Refused(said)


def test_what_is_added_takes_the_next_number_and_the_customers_name(plan: PlanPicture) -> None:
    plan = after(plan, steps.add(plan, " Call\ntheir  board ", date(2026, 12, 3), owner_name="Maria"))
    new = plan.by_number(16)
    assert (new.title, new.owner_name, new.responsible) == ("Call their board", "Maria", Role.CUSTOMER)
    assert new.touched
    plan = after(plan, steps.add(plan, "Another", None, owner=CHLOE))
    assert (plan.by_number(17).owner, plan.by_number(17).responsible) == (CHLOE, Role.CSM)


def test_a_plan_has_room_for_200(plan: PlanPicture) -> None:
    while len(plan.milestones) < 200:
        plan = after(plan, steps.add(plan, "More", None))
    assert isinstance(steps.add(plan, "More", None), Refused)


def test_snoozing_is_no_change_of_the_plan_itself(plan: PlanPicture) -> None:
    until = NOW.date() + timedelta(days=3)
    plan = after(plan, steps.snooze(plan, 3, until, today=NOW.date()))
    assert plan.by_number(3).snoozed_until == until
    assert not plan.by_number(3).touched
    plan = after(plan, steps.snooze(plan, 3, None, today=NOW.date()))
    assert plan.by_number(3).snoozed_until is None


def test_a_plan_is_finished_with_its_last_milestone(plan: PlanPicture) -> None:
    for one in plan.milestones:
        assert plan.finished_at is None
        plan = after(plan, steps.done(plan, one.number, by=ADA, now=NOW + timedelta(days=one.number)), now=NOW)
    assert plan.finished_at == NOW + timedelta(days=15)
    assert after(plan, steps.reopen(plan, 2)).finished_at is None


def test_the_kickoff_is_signed_booked_and_held(plan: PlanPicture) -> None:
    zone = ZoneInfo("Asia/Kuala_Lumpur")
    assert kickoff.status(plan) is kickoff.KickoffStatus.SIGNED
    # 18:30 UTC on the 1st is half past two in the night of the 2nd in Kuala Lumpur.
    at = datetime(2026, 12, 1, 18, 30, tzinfo=UTC)
    booking = kickoff.book(plan, at, zone=zone, days=WEEKDAYS, now=NOW)
    assert isinstance(booking, kickoff.Booking)
    assert booking.change.said.startswith("booked “Kickoff held” for Wed 2 Dec 2026, 02:30; 8 milestones moved along")
    plan = after(plan, booking.change)
    assert kickoff.status(plan) is kickoff.KickoffStatus.BOOKED
    assert (plan.by_number(KICKOFF).due, plan.by_number(KICKOFF).booked_for) == (date(2026, 12, 2), at)
    held = kickoff.hold(plan, "First report without Excel", by=CHLOE, now=NOW)
    plan = after(plan, held)
    assert kickoff.status(plan) is kickoff.KickoffStatus.HELD
    assert plan.early_win == "First report without Excel"
    plan = after(plan, kickoff.hold(plan, "Another", by=CHLOE, now=NOW))
    assert plan.early_win == "Another"
    assert kickoff.hold(plan, "Another", by=CHLOE, now=NOW) == Refused("That is the early win already.")


def test_booking_the_past_or_what_was_held_is_refused(plan: PlanPicture) -> None:
    assert isinstance(kickoff.book(plan, NOW, zone=ZoneInfo("UTC"), days=WEEKDAYS, now=NOW), Refused)
    held = after(plan, kickoff.hold(plan, "", on=date(2026, 11, 24), by=ADA, now=NOW))
    assert held.by_number(KICKOFF).settled_at == datetime(2026, 11, 24, 12, tzinfo=UTC)
    later = NOW + timedelta(days=2)
    assert isinstance(kickoff.book(held, later, zone=ZoneInfo("UTC"), days=WEEKDAYS, now=NOW), Refused)
    assert isinstance(kickoff.hold(plan, "", on=later.date(), by=ADA, now=NOW), Refused)


def test_a_kickoff_is_late_after_five_working_days_unless_it_is_booked(plan: PlanPicture) -> None:
    late = {
        day: kickoff.late_since_close(plan, date(2026, 11, 23) + timedelta(days=day), WEEKDAYS) for day in range(12)
    }
    assert {day: count for day, count in late.items() if count is not None} == {7: 5, 8: 6, 9: 7, 10: 8, 11: 9}
    booking = kickoff.book(plan, datetime(2026, 12, 3, 9, tzinfo=UTC), zone=ZoneInfo("UTC"), days=WEEKDAYS, now=NOW)
    assert isinstance(booking, kickoff.Booking)
    booked = after(plan, booking.change)
    assert kickoff.late_since_close(booked, date(2026, 12, 3), WEEKDAYS) is None
    assert kickoff.late_since_close(booked, date(2026, 12, 4), WEEKDAYS) == 9
    held = after(plan, kickoff.hold(plan, "", by=ADA, now=NOW))
    assert kickoff.late_since_close(held, date(2026, 12, 30), WEEKDAYS) is None


@pytest.mark.parametrize(
    ("label", "step"),
    [
        ("Go-live", "go_live"),
        ("Launch of the portal", "go_live"),
        ("上线", "go_live"),
        ("Livegang", "go_live"),
        ("driftsättning", "go_live"),
        ("Pelancaran", "go_live"),
        ("Old contract ends", "go_live"),
        ("kick-off", "kickoff"),
        ("Startmöte", "kickoff"),
        ("Training for the team", "training_held"),
        ("用户培训", "training_held"),
        ("Utbildning", "training_held"),
        ("Migratie", "migration"),
        ("Data loaded", "data_loaded"),
        ("Process reviewed", "process_review"),
    ],
)
def test_a_key_date_is_about_a_milestone(plan: PlanPicture, label: str, step: str) -> None:
    found = clashes(plan, Answers(key_dates=(KeyDate("k", label, plan.closed_on),)))
    assert by_step(plan, step).number in {clash.number for clash in found}
    assert {clash.kind for clash in found} == {ClashKind.KEY_DATE}
    on_time = Answers(key_dates=(KeyDate("k", label, date(2027, 12, 1)),))
    assert clashes(plan, on_time) == ()


@pytest.mark.parametrize("label", ["Board dinner", "Summer holidays", "Delivery of chairs", "", "去吃饭"])
def test_other_dates_clash_with_nothing(plan: PlanPicture, label: str) -> None:
    found = clashes(plan, Answers(key_dates=(KeyDate("k", label, plan.closed_on),)))
    assert {clash.number for clash in found} <= {by_step(plan, "value_review").number}


def test_a_measure_can_not_be_reached_before_the_go_live(plan: PlanPicture) -> None:
    answers = Answers(
        success_metrics=(Metric("m", "Weekly logins", "20", "60", date(2026, 12, 31)), Metric("n", "NPS"))
    )
    (clash,) = clashes(plan, answers)
    assert (clash.title, clash.label, clash.kind) == ("Go-live", "Weekly logins", ClashKind.METRIC)
    settled = after(plan, steps.done(plan, clash.number, by=ADA, now=NOW))
    assert clashes(settled, answers) == ()
    assert plan.of_kind(Kind.GO_LIVE) is not None


def test_nothing_clashes_before_there_is_a_handoff(plan: PlanPicture) -> None:
    assert clashes(plan, None) == ()
    assert isinstance(steps.start(plan, 1), PlanChange)
