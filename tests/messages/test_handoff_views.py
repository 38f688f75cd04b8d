from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.handoff import FIELDS, Answers
from domain.handoff_lists import Stakeholder
from domain.handoff_merge import Conflict, merge
from domain.limits import ITEMS
from messages.handoff_conflict import SHOWN, Conflicted, choice_name, conflict_view
from messages.handoff_form import Form, Newer, clearing_view, clock, form_view
from messages.handoff_inputs import as_typed
from messages.handoff_item import PARTS, ItemForm, item_view, raw_parts
from messages.handoff_list import PAGE, ListShown, list_view, pages
from messages.handoff_pick import LISTED, PickDeal, pick_view
from messages.handoff_place import BadPlace, Place, dump, load, token
from tests.messages.checks import check_view
from tests.messages.shown import words_in
from tests.messages.strategies import NOW, SLOW, answers, texts

PLACE = Place(deal=12, handoff=7, base=3)
CONFIDENTIAL = frozenset(field.name for field in FIELDS if field.confidential)
LISTS = tuple(field.name for field in FIELDS if field.kind == "list")
long_text = texts[3_000]
people = tuple(Stakeholder(f"s{n}", f"Person {n}") for n in range(200))


def form(filled: Answers, **more: object) -> Form:
    return replace(Form(PLACE, "Fjordbank", filled, NOW, "Europe/Stockholm", {}), **more)


@SLOW
@given(answers, long_text, long_text, st.booleans(), st.integers(0, 9))
def test_any_form_is_one_slack_takes(filled: Answers, typed: str, gaps: str, whole: bool, others: int) -> None:
    shown = form(
        filled,
        account=gaps[:200],
        typed=dict.fromkeys(LISTS, typed),
        hidden=frozenset() if whole else CONFIDENTIAL,
        draft_at=NOW if whole else None,
        others=tuple((f"U0{n}AAAAAAA", NOW) for n in range(others)),
        newer=Newer(4, "U02BENCART", NOW) if others else None,
        gaps=gaps,
    )
    view = form_view(shown)
    check_view(view)
    check_view(clearing_view(shown))


@SLOW
@given(answers, st.sampled_from(LISTS), long_text, st.integers(-1, 9))
def test_any_page_of_any_list_is_one_slack_takes(filled: Answers, field: str, typed: str, page: int) -> None:
    items = filled.items(field)
    shown = ListShown(replace(PLACE, field=field, page=page), items, typed, items[0] if items else None)
    check_view(list_view(shown))


@SLOW
@given(answers, st.sampled_from(LISTS), long_text)
def test_any_entry_is_one_slack_takes(filled: Answers, field: str, said: str) -> None:
    items = filled.items(field)
    raw = raw_parts(items[0]) if items else {part.name: said for part in PARTS[field]}
    echoes = {part.name: said[:300] or "–" for part in PARTS[field] if part.kind == "date"}
    place = replace(PLACE, field=field, item=items[0].id if items else "")
    check_view(item_view(ItemForm(place, raw, echoes, unfinished=True)))


@SLOW
@given(answers, answers)
def test_any_conflict_is_one_slack_takes(theirs: Answers, mine: Answers) -> None:
    conflicts = merge(Answers(), theirs, mine).conflicts
    view = conflict_view(Conflicted(replace(PLACE, against=4), conflicts, "U02BENCART"))
    check_view(view)
    names = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    assert {choice_name(conflict) for conflict in conflicts[:SHOWN]} <= names
    assert ("rest" in names) == (len(conflicts) > SHOWN)


@given(st.lists(st.builds(PickDeal, st.integers(1, 9), texts[200], st.just("deal-x")), min_size=1, max_size=LISTED))
@settings(deadline=None)
def test_any_choice_of_deals_is_one_slack_takes(deals: list[PickDeal]) -> None:
    check_view(pick_view(deals, more=True))


def test_every_input_is_named_by_its_field_and_tells_what_is_typed() -> None:
    inputs = [block for block in form_view(form(Answers()))["blocks"] if block["type"] == "input"]
    assert [block["block_id"] for block in inputs] == [field.name for field in FIELDS]
    for block in inputs:
        assert block["element"]["action_id"] == block["block_id"]
        assert block["dispatch_action"] is True
        assert block["element"]["dispatch_action_config"] == {"trigger_actions_on": ["on_character_entered"]}
        assert block["element"]["multiline"] is True


@pytest.mark.parametrize("field", LISTS)
def test_the_inputs_of_an_entry_are_named_by_what_they_fill(field: str) -> None:
    view = item_view(ItemForm(replace(PLACE, field=field), {}, {}))
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    assert [block["block_id"] for block in inputs] == [block["element"]["action_id"] for block in inputs]
    assert [block["block_id"] for block in inputs] == [part.name for part in PARTS[field]]
    assert all(block["dispatch_action"] for block in inputs)


def test_the_form_offers_the_draft_and_names_others() -> None:
    shown = form(
        Answers(stakeholders=people[:4]),
        draft_at=NOW,
        others=(("U02BENCART", NOW - timedelta(minutes=3)),),
        newer=Newer(4, "U02BENCART", NOW),
        gaps="Who signs?",
    )
    text = words_in(form_view(shown))
    assert "Your draft of 10:14 is here." in text
    assert "Start over" in text
    assert "<@U02BENCART> (at 10:11) has a draft" in text
    assert "<@U02BENCART> handed in version 4" in text
    assert "Who signs?" in text
    assert "*People on their side* · 4 listed" in text


def test_hidden_fields_are_not_in_the_form() -> None:
    view = form_view(form(Answers(sensitivities="the old vendor"), hidden=CONFIDENTIAL))
    assert "old vendor" not in words_in(view)
    assert not CONFIDENTIAL & {block.get("block_id") for block in view["blocks"]}


def test_a_time_of_another_day_says_which() -> None:
    assert clock(NOW, NOW, "Europe/Stockholm") == "10:14"
    assert clock(NOW - timedelta(days=1), NOW, "Europe/Stockholm") == "Tue 1 Dec 2026, 10:14"


def rows(view: dict[str, object]) -> list[str]:
    blocks = view["blocks"]
    assert isinstance(blocks, list)
    return [block["block_id"] for block in blocks if str(block.get("block_id")).startswith("row:")]


def test_forty_people_are_on_one_page_and_two_hundred_on_five() -> None:
    place = replace(PLACE, field="stakeholders")
    assert len(rows(list_view(ListShown(place, people[:40])))) == 40
    assert pages(200) == 5
    found = [row for page in range(5) for row in rows(list_view(ListShown(replace(place, page=page), people)))]
    assert found == [f"row:s{n}" for n in range(200)]
    last = words_in(list_view(ListShown(replace(place, page=9), people)))
    assert "page 5 of 5" in last
    assert "Previous page" in last
    assert "Next page" not in last


def test_a_full_list_takes_no_more() -> None:
    text = words_in(list_view(ListShown(replace(PLACE, field="stakeholders"), people[:ITEMS])))
    assert "Add a person" not in text
    assert PAGE < ITEMS


def test_a_choice_says_which_texts_it_is_between() -> None:
    conflict = Conflict("problem", "Slow reports", "")
    view = conflict_view(Conflicted(replace(PLACE, against=4), (conflict,), "U02BENCART", again=True))
    block = view["blocks"][-1]
    assert block["block_id"] == block["element"]["action_id"] == "problem"
    assert [option["value"] for option in block["element"]["options"]] == ["theirs@4", "mine@4"]
    assert "(removed or left empty)" in words_in(view)
    assert "once more while you were choosing" in words_in(view)


@given(st.text(max_size=300), st.integers(10, 200))
def test_what_is_typed_is_shown_as_typed_or_cut_with_an_ellipsis(text: str, limit: int) -> None:
    shown = as_typed(text, limit)["text"]
    assert len(shown) <= limit
    assert shown.endswith("…") or len(text) <= len(shown)


@given(st.builds(Place, st.integers(0), st.integers(0), st.integers(0), st.text(max_size=30), st.text(max_size=200),
                 st.integers(0, 99), st.integers(0, 99)))  # fmt: skip
def test_a_place_is_read_back(place: Place) -> None:
    assert load(dump(place)) == place


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"deal":"1","handoff":2,"base":3}',
        '{"deal":1,"handoff":2}',
        '{"deal":true,"handoff":2,"base":3}',
        '{"deal":1,"handoff":2,"base":3,"x":1}',
    ],
)
def test_metadata_of_somebody_else_is_refused(text: str) -> None:
    with pytest.raises(BadPlace):
        load(text)


@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=200))
def test_tokens_fit_and_tell_entries_apart(one: str, other: str) -> None:
    assert len(f"remove:{token(one)}") <= 150
    assert (token(one) == token(other)) == (one == other)
