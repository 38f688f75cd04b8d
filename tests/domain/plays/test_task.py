"""The task of a play, and what came of it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import WorkingDays
from domain.outcome import Refused
from domain.plays import task as rules
from domain.plays.changes import Effect
from domain.plays.keeping import Gone
from domain.plays.outcome import (
    CallOutcome,
    Reached,
    Referral,
    Result,
    SaveOutcome,
    call_outcome,
    from_json,
    save_outcome,
    to_json,
)
from domain.plays.task import State, Task, TaskChange, first_due

DAYS = WorkingDays()
FRIDAY, SATURDAY, MONDAY, TUESDAY = date(2026, 12, 4), date(2026, 12, 5), date(2026, 12, 7), date(2026, 12, 8)
OPEN = Task(Effect.UPGRADE, State.OPEN, TUESDAY)
CALLED = CallOutcome(Reached.YES, "more seats", "good", Referral.YES, "Maria")


def changed(found: TaskChange | Refused) -> TaskChange:
    assert isinstance(found, TaskChange), found
    return found


def no(found: object) -> str:
    assert isinstance(found, Refused), found
    return found.reason


def test_two_working_days_for_a_call_and_one_for_who_leaves() -> None:
    assert first_due(Effect.UPGRADE, FRIDAY, DAYS) == TUESDAY
    assert first_due(Effect.UPGRADE, SATURDAY, DAYS) == TUESDAY
    assert first_due(Effect.DOWNGRADE, FRIDAY, DAYS) == TUESDAY
    assert first_due(Effect.CANCEL, FRIDAY, DAYS) == MONDAY
    assert first_due(Effect.KEPT, FRIDAY, DAYS) is None


def test_a_call_is_done_and_its_outcome_may_be_written_anew() -> None:
    done = changed(rules.finish(replace(OPEN, snoozed_until=MONDAY), CALLED, FRIDAY, DAYS))
    assert (done.task.state, done.task.outcome, done.task.snoozed_until) == (State.DONE, CALLED, None)
    assert done.said == "wrote down the outcome of the post-upgrade call"
    better = replace(CALLED, needs="other things")
    assert changed(rules.finish(done.task, better, FRIDAY, DAYS)).task.outcome == better


def test_who_was_not_reached_is_called_the_next_working_day() -> None:
    again = changed(rules.finish(OPEN, CallOutcome(Reached.AGAIN), FRIDAY, DAYS))
    assert (again.task.state, again.task.due) == (State.OPEN, MONDAY)
    assert "Mon 7 Dec 2026" in again.said
    left = changed(rules.finish(OPEN, CallOutcome(Reached.NO), FRIDAY, DAYS))
    assert left.task.state is State.DONE


def test_talks_that_go_on_come_again_in_two_working_days() -> None:
    save = Task(Effect.CANCEL, State.OPEN, MONDAY)
    again = changed(rules.finish(save, SaveOutcome(Result.TALKING, "price"), FRIDAY, DAYS))
    assert (again.task.state, again.task.due) == (State.OPEN, TUESDAY)
    assert changed(rules.finish(save, SaveOutcome(Result.KEPT, "price"), FRIDAY, DAYS)).task.state is State.DONE


def test_done_and_then_changed_to_not_reached_is_open_again() -> None:
    done = changed(rules.finish(OPEN, CALLED, FRIDAY, DAYS)).task
    assert changed(rules.finish(done, CallOutcome(Reached.AGAIN), FRIDAY, DAYS)).task.state is State.OPEN
    fell_away = replace(done, gone=Gone.UNDONE)
    assert "not needed" in no(rules.finish(fell_away, CallOutcome(Reached.AGAIN), FRIDAY, DAYS))
    assert changed(rules.finish(fell_away, CALLED, FRIDAY, DAYS)).task.state is State.DONE


def test_move_and_snooze() -> None:
    moved = changed(rules.move(replace(OPEN, snoozed_until=MONDAY), MONDAY, FRIDAY))
    assert (moved.task.due, moved.task.snoozed_until) == (MONDAY, None)
    assert moved.said == "moved the post-upgrade call to Mon 7 Dec 2026"
    snoozed = changed(rules.snooze(OPEN, MONDAY, FRIDAY))
    assert (snoozed.task.due, snoozed.task.snoozed_until) == (TUESDAY, MONDAY)
    assert "passed" in no(rules.move(OPEN, date(2026, 12, 3), FRIDAY))
    assert "already" in no(rules.move(OPEN, TUESDAY, FRIDAY))
    assert "after today" in no(rules.snooze(OPEN, FRIDAY, FRIDAY))


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        (replace(OPEN, state=State.DONE), "is done already"),
        (replace(OPEN, state=State.NOT_USEFUL), "was marked as not useful already"),
        (replace(OPEN, gone=Gone.LATER), "changed again meanwhile"),
        (Task(Effect.KEPT, State.TOLD, None), "nothing to do"),
    ],
)
def test_what_is_settled_is_settled(task: Task, reason: str) -> None:
    for found in (rules.not_useful(task), rules.move(task, MONDAY, FRIDAY), rules.snooze(task, MONDAY, FRIDAY)):
        assert reason in no(found)
    assert reason in no(rules.not_open(task))
    if task.state is not State.DONE:
        assert reason in no(rules.finish(task, CALLED, FRIDAY, DAYS))


def test_not_useful_is_settled_at_once() -> None:
    assert changed(rules.not_useful(OPEN)).task.state is State.NOT_USEFUL
    assert rules.not_open(OPEN) is None


def test_what_is_typed_about_a_call() -> None:
    assert call_outcome(reached="") == {"reached": Refused("Say whether you reached the customer.")}
    assert call_outcome(reached="yes", referral="no", referral_name="Maria") == {
        "referral_name": Refused("You chose “No”; take the name out, or choose “Yes”.")
    }
    named = call_outcome(reached="yes", referral_name=" Maria\u202e ")
    assert named == CallOutcome(Reached.YES, referral=Referral.YES, referral_name="Maria")
    assert call_outcome(reached="no", referral="perhaps") == CallOutcome(Reached.NO)


def test_the_reasons_are_asked_for() -> None:
    assert "reasons" in save_outcome(result="kept")  # pyright: ignore[reportOperatorIssue]
    assert "result" in save_outcome(result="won", reasons="x")  # pyright: ignore[reportOperatorIssue]
    assert save_outcome(result="left", reasons="price") == SaveOutcome(Result.LEFT, "price")


@settings(deadline=None)
@given(
    st.one_of(
        st.builds(CallOutcome, st.sampled_from(Reached), st.just("a"), st.just(""), st.sampled_from(Referral)),
        st.builds(SaveOutcome, st.sampled_from(Result), st.sampled_from(["why", "x y"]), st.just("")),
    )
)
def test_it_is_kept_as_it_was_written(outcome: CallOutcome | SaveOutcome) -> None:
    assert from_json(to_json(outcome)) == outcome


@pytest.mark.parametrize("values", [{}, {"reached": "perhaps"}, {"result": "kept"}, {"result": 3, "reasons": "x"}])
def test_what_makes_no_sense_is_none(values: dict[str, object]) -> None:
    assert from_json(values) is None
    assert to_json(None) == {}
