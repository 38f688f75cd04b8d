from typing import Any

from hypothesis import given

from domain.handoff import FIELDS, Answers, too_large
from domain.handoff_lists import Stakeholder
from domain.handoff_merge import merge
from handlers.handoff_form.choices import chosen, settle
from messages.handoff_conflict import SHOWN, choice_name, choice_value
from tests.domain.strategies import answers


def picked(names: dict[str, str]) -> dict[str, Any]:
    return {
        name: {name: {"type": "radio_buttons", "selected_option": {"value": value}}} for name, value in names.items()
    }


@given(answers, answers, answers)
def test_choosing_one_side_everywhere_keeps_that_side_and_what_was_joined(
    base: Answers, theirs: Answers, mine: Answers
) -> None:
    merged = merge(base, theirs, mine)
    kept_theirs = settle(merged.answers, mine, dict.fromkeys(merged.conflicts, False))
    assert kept_theirs == merged.answers
    kept_mine = settle(merged.answers, mine, dict.fromkeys(merged.conflicts, True))
    for conflict in merged.conflicts:
        if conflict.item_id:
            ours = next((item for item in mine.items(conflict.field) if item.id == conflict.item_id), None)
            now = next((item for item in kept_mine.items(conflict.field) if item.id == conflict.item_id), None)
            assert now == ours
        else:
            assert kept_mine.text(conflict.field) == mine.text(conflict.field)
    assert too_large(kept_mine) == {}
    assert len(FIELDS) == 11


def test_every_conflict_must_be_decided_against_the_version_that_is_there() -> None:
    conflicts = merge(Answers(), Answers(problem="a", notes="b"), Answers(problem="c", notes="d")).conflicts
    both = {"problem": choice_value("mine", 4), "notes": choice_value("theirs", 4)}
    assert chosen(conflicts, picked(both), 4) == {conflicts[0]: True, conflicts[1]: False}
    assert chosen(conflicts, picked(both), 5) is None
    assert chosen(conflicts, picked({"problem": choice_value("mine", 4)}), 4) is None
    assert chosen((), {}, 4) == {}


def test_what_is_not_shown_one_by_one_is_decided_together() -> None:
    theirs = Answers(stakeholders=tuple(Stakeholder(f"s{n}", "theirs") for n in range(20)))
    mine = Answers(stakeholders=tuple(Stakeholder(f"s{n}", "mine") for n in range(20)))
    conflicts = merge(Answers(), theirs, mine).conflicts
    names = {choice_name(one): choice_value("theirs", 4) for one in conflicts[:SHOWN]}
    decided = chosen(conflicts, picked(names | {"rest": choice_value("mine", 4)}), 4)
    assert decided is not None
    assert [decided[one] for one in conflicts] == [False] * SHOWN + [True] * (20 - SHOWN)
