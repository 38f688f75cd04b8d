from datetime import date

from hypothesis import given

from domain.handoff import FIELDS, Answers
from domain.handoff_lists import Item, KeyDate, Metric, Stakeholder, format_item
from domain.handoff_merge import Change, Conflict, diff, merge
from domain.limits import ITEMS
from tests.domain.strategies import LIST_FIELDS, TEXT_FIELDS, answers

MARIA, BO = Stakeholder("m", "Maria"), Stakeholder("b", "Bo")
BASE = Answers(problem="Slow", stakeholders=(MARIA, BO))


def test_joins_changes_of_different_fields_and_items() -> None:
    cfo, it = Stakeholder("m", "Maria", "CFO"), Stakeholder("b", "Bo", "IT")
    theirs = Answers(problem="Very slow", stakeholders=(cfo, BO, Stakeholder("1", "New one")))
    mine = Answers(problem="Slow", notes="Call them", stakeholders=(MARIA, it, Stakeholder("2", "Newer")))
    merged = merge(BASE, theirs, mine)
    assert merged.conflicts == ()
    assert merged.answers == Answers(
        problem="Very slow",
        notes="Call them",
        stakeholders=(cfo, it, Stakeholder("1", "New one"), Stakeholder("2", "Newer")),
    )


def test_different_changes_of_one_field_are_shown() -> None:
    merged = merge(BASE, Answers(problem="A"), Answers(problem="B", stakeholders=(MARIA, BO)))
    assert merged.answers == Answers(problem="A")
    assert merged.conflicts == (Conflict("problem", "A", "B"),)


def test_the_same_change_by_both_is_no_conflict() -> None:
    both = Answers(problem="A", stakeholders=(BO,))
    assert merge(BASE, both, both) == merge(BASE, both, BASE)
    assert merge(BASE, both, both).conflicts == ()


def test_edit_against_remove_is_shown_either_way() -> None:
    edited = Answers(problem="Slow", stakeholders=(Stakeholder("m", "Maria", "CFO"), BO))
    removed = Answers(problem="Slow", stakeholders=(BO,))
    mine_removed = merge(BASE, edited, removed)
    assert mine_removed.answers == edited
    assert mine_removed.conflicts == (Conflict("stakeholders", "Maria, CFO", "", "m"),)
    theirs_removed = merge(BASE, removed, edited)
    assert theirs_removed.answers == removed
    assert theirs_removed.conflicts == (Conflict("stakeholders", "", "Maria, CFO", "m"),)


def test_both_filling_a_list_to_the_limit_loses_nothing_in_silence() -> None:
    theirs = Answers(key_dates=tuple(KeyDate(f"t{number}", "x") for number in range(ITEMS)))
    mine = Answers(key_dates=tuple(KeyDate(f"m{number}", f"y{number}") for number in range(3)))
    merged = merge(Answers(), theirs, mine)
    assert len(merged.answers.key_dates) == ITEMS
    assert [conflict.mine for conflict in merged.conflicts] == ["y0", "y1", "y2"]


def by_id(given_answers: Answers, name: str) -> dict[str, Item]:
    return {item.id: item for item in given_answers.items(name)}


@given(answers, answers, answers)
def test_no_change_is_lost_without_a_conflict(base: Answers, theirs: Answers, mine: Answers) -> None:
    merged = merge(base, theirs, mine)
    shown = {(conflict.field, conflict.item_id) for conflict in merged.conflicts}
    for name in TEXT_FIELDS:
        for side in (theirs, mine):
            if side.text(name) != base.text(name) and merged.answers.text(name) != side.text(name):
                assert (name, "") in shown
    for name in LIST_FIELDS:
        before, result = by_id(base, name), by_id(merged.answers, name)
        for side in (by_id(theirs, name), by_id(mine, name)):
            for item_id in before.keys() | side.keys():
                if side.get(item_id) != before.get(item_id) and result.get(item_id) != side.get(item_id):
                    assert (name, item_id) in shown


@given(answers, answers, answers)
def test_nothing_is_invented(base: Answers, theirs: Answers, mine: Answers) -> None:
    merged = merge(base, theirs, mine).answers
    for name in TEXT_FIELDS:
        assert merged.text(name) in {theirs.text(name), mine.text(name)}
    for name in LIST_FIELDS:
        assert set(merged.items(name)) <= set(theirs.items(name)) | set(mine.items(name))


@given(answers, answers)
def test_one_side_alone_wins_whole(base: Answers, edited: Answers) -> None:
    assert merge(base, edited, base) == merge(base, edited, edited)
    assert merge(base, edited, base).answers == edited
    mine_only = merge(base, base, edited)
    assert mine_only.conflicts == ()
    assert diff(edited, mine_only.answers) == ()


@given(answers, answers)
def test_a_difference_is_told_once_a_thing(old: Answers, new: Answers) -> None:
    changes = diff(old, new)
    assert diff(old, old) == ()
    assert all(change.before != change.after for change in changes)
    order = [field.name for field in FIELDS]
    assert [order.index(change.field) for change in changes] == sorted(order.index(c.field) for c in changes)
    for name in TEXT_FIELDS:
        assert (name in {change.field for change in changes}) == (old.text(name) != new.text(name))


def test_tells_items_in_plain_text() -> None:
    day = date(2027, 3, 31)
    old = Answers(success_metrics=(Metric("1", "Logins", "20", "60"), Metric("2", "NPS")))
    new = Answers(success_metrics=(Metric("1", "Logins", "20", "60", day), Metric("3", "Uptime")))
    assert diff(old, new) == (
        Change("success_metrics", "Logins: 20 → 60", "Logins: 20 → 60 by 2027-03-31"),
        Change("success_metrics", "NPS", ""),
        Change("success_metrics", "", "Uptime"),
    )


def test_an_item_is_one_line() -> None:
    assert format_item(Stakeholder("1", "Maria", "CFO", "cost", contact="m@example.com")) == (
        "Maria, CFO, m@example.com, cares about cost"
    )
