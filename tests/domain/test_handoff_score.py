from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.handoff import FIELDS, Answers
from domain.handoff_lists import Commitment, KeyDate, Metric, Phase, Stakeholder
from domain.handoff_score import completeness, promises, says_nothing
from tests.domain.strategies import LIST_FIELDS, TEXT_FIELDS, answers, item_lists

DAY = date(2027, 3, 31)
FULL = Answers(
    products="Pro",
    problem="Reports take three days by hand",
    success_metrics=(Metric("1", "Weekly logins", "20", "60", DAY),),
    key_dates=(KeyDate("1", "Go-live", DAY),),
    stakeholders=(Stakeholder("1", "Maria", "CFO", "cost"),),
    commitments=(Commitment("1", "Free migration", "Ada", DAY),),
    concerns="none",
    current_tool="Excel",
    working_style="Short calls, then mail",
    sensitivities="Do not mention the merger",
)


def test_a_full_handoff_scores_100() -> None:
    done = completeness(FULL)
    assert (done.score, done.missing, done.thin) == (100, (), ())


def test_an_empty_handoff_scores_0_and_misses_all_but_notes() -> None:
    done = completeness(Answers(notes="Only a note"))
    assert done.score == 0
    assert done.missing == tuple(field.name for field in FIELDS if field.name != "notes")


@pytest.mark.parametrize(
    ("changes", "score", "thin"),
    [
        ({"problem": ""}, 85, ()),
        ({"problem": "   \n"}, 85, ()),
        ({"problem": "slow"}, 92, ("problem",)),
        ({"problem": "to be decided"}, 92, ("problem",)),
        ({"problem": "报表太慢了全靠手工做"}, 100, ()),
        ({"products": "TBD"}, 95, ("products",)),
        ({"products": "?"}, 95, ("products",)),
        ({"concerns": "N/A"}, 97, ("concerns",)),
        ({"concerns": "Inga."}, 100, ()),
        ({"current_tool": "没有"}, 100, ()),
        ({"current_tool": "Okänt"}, 97, ("current_tool",)),
        ({"working_style": "none"}, 97, ("working_style",)),
        ({"commitments": (Commitment("1", "Geen"),)}, 100, ()),
        ({"commitments": (Commitment("1", "Migration", "Ada"),)}, 92, ("commitments",)),
        ({"commitments": (Commitment("1", "Migration", "", DAY),)}, 92, ("commitments",)),
        ({"success_metrics": (Metric("1", "NPS", "", "50"),)}, 92, ("success_metrics",)),
        ({"success_metrics": (Metric("1", "NPS", by=DAY),)}, 92, ("success_metrics",)),
        ({"key_dates": (KeyDate("1", "Go-live", None, "soon"),)}, 95, ("key_dates",)),
        ({"stakeholders": (Stakeholder("1", "Maria", "CFO"),)}, 92, ("stakeholders",)),
        ({"stakeholders": (Stakeholder("1", "Maria", "", "cost"),)}, 92, ("stakeholders",)),
        ({"stakeholders": (Stakeholder("1", " "),)}, 85, ()),
    ],
)
def test_what_a_thin_answer_costs(changes: dict[str, object], score: int, thin: tuple[str, ...]) -> None:
    done = completeness(replace(FULL, **changes))
    assert done.score == score
    assert tuple(entry.field for entry in done.thin) == thin


def test_says_what_is_thin_without_costing_more() -> None:
    two = replace(FULL, success_metrics=(*FULL.success_metrics, Metric("2", "NPS")))
    done = completeness(two)
    assert done.score == 100
    assert [entry.why for entry in done.thin] == ["“NPS” has no target and no date."]


def test_a_crowd_is_named_in_short() -> None:
    crowd = tuple(Stakeholder(str(number), "N" * 200) for number in range(40))
    (thin,) = completeness(replace(FULL, stakeholders=crowd)).thin
    assert thin.why.endswith("; and 37 more like that.")
    assert len(thin.why) < 500


@pytest.mark.parametrize(
    "text", ["none", "No.", " NONE! ", "没有。", "无", "Geen", "niets", "Inga", "nej", "Tiada", "tak ada"]
)
def test_nothing_in_five_languages(text: str) -> None:
    assert says_nothing(text)
    assert promises(Answers(commitments=(Commitment("1", text), Commitment("2", "Free migration")))) == (
        Commitment("2", "Free migration"),
    )


@pytest.mark.parametrize("text", ["", "no problem at all", "nothing but trouble", "x" * 10_000])
def test_other_words_do_not_say_nothing(text: str) -> None:
    assert not says_nothing(text)


@given(answers)
def test_the_score_is_bounded_and_every_field_is_judged(given_answers: Answers) -> None:
    done = completeness(given_answers)
    assert 0 <= done.score <= 100
    assert (done.score == 100) <= (not done.missing)
    assert not set(done.missing) & {entry.field for entry in done.thin}
    assert completeness(FULL).score >= done.score


@given(answers, st.sampled_from(TEXT_FIELDS), st.text(st.characters(categories=["L", "N"]), min_size=15))
def test_another_sentence_never_costs(given_answers: Answers, name: str, sentence: str) -> None:
    more = given_answers.with_text(name, given_answers.text(name) + " " + sentence)
    assert completeness(more).score >= completeness(given_answers).score


@given(answers, st.sampled_from(TEXT_FIELDS), st.text(min_size=1))
def test_filling_an_empty_field_never_costs(given_answers: Answers, name: str, text: str) -> None:
    empty = given_answers.with_text(name, "")
    assert completeness(empty.with_text(name, text)).score >= completeness(empty).score


@given(answers, st.sampled_from(LIST_FIELDS), st.data())
def test_another_item_never_costs(given_answers: Answers, name: str, data: st.DataObject) -> None:
    before = given_answers.items(name)
    extra = tuple(replace(item, id=f"new {item.id}") for item in data.draw(item_lists[name]))
    more = given_answers.with_items(name, before + extra)
    assert completeness(more).score >= completeness(given_answers).score


@given(answers, st.sampled_from(LIST_FIELDS), st.data())
def test_filling_an_empty_part_never_costs(given_answers: Answers, name: str, data: st.DataObject) -> None:
    items = given_answers.items(name)
    if not items:
        return
    at = data.draw(st.integers(0, len(items) - 1))
    empty = [part.name for part in fields(items[at]) if not getattr(items[at], part.name)]
    if not empty:
        return
    part = data.draw(st.sampled_from(empty))
    value = {"by": DAY, "on": DAY, "due": DAY, "phases": frozenset(Phase)}.get(part, "Said in full")
    filled = (*items[:at], replace(items[at], **{part: value}), *items[at + 1 :])
    more = given_answers.with_items(name, filled)
    assert completeness(more).score >= completeness(given_answers).score
