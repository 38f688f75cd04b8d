"""Whatever is sent, the rules answer with problems and never fail; and they answer fast."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.blockkit.api import (
    Problem,
    Surface,
    assign_ids,
    check_submission,
    format_problems,
    initial_values,
    normalise,
    validate_attachments,
    validate_blocks,
    validate_metadata,
    validate_view,
)
from tests.growth import LINEAR, ratio
from tests.sandbox.blockkit.block_samples import BLOCKS, holding
from tests.sandbox.blockkit.samples import INLINE, TREE, Json, Value, mrkdwn, plain, rich

SURFACES: tuple[Surface, ...] = ("message", "modal", "home")
WORDS = st.sampled_from(
    ["type", "text", "elements", "blocks", "section", "modal", "home", "mrkdwn", "options", "event_payload", "x", ""]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | WORDS
    | st.text(max_size=5)
    | st.just("\ud83d")
)
ANY_JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[Surface, list[Json]]:
    """Valid blocks with one value somewhere replaced, dropped or doubled."""
    surface, block = draw(st.sampled_from(BLOCKS))
    root: list[Value] = copy.deepcopy([block])
    holder: Value = root
    key: Value = 0
    for _ in range(draw(st.integers(0, 7))):
        inner = holder[key]
        if not isinstance(inner, dict | list) or not inner:
            break
        holder = inner
        key = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    match draw(st.sampled_from(["replace", "drop", "add"])):
        case "replace":
            holder[key] = draw(ANY_JSON)
        case "drop":
            del holder[key]
        case _ if isinstance(holder, dict):
            holder[draw(WORDS)] = draw(ANY_JSON)
        case _:
            holder.append(holder[key])
    return surface, root


@given(ANY_JSON, st.sampled_from(SURFACES))
def test_any_json_is_judged(value: Value, surface: Surface) -> None:
    for problems in (
        validate_blocks(value, surface),
        validate_blocks([value], surface),
        validate_view(value),
        validate_view({"type": "modal", "title": plain(), "blocks": value}),
        validate_attachments(value),
        validate_attachments([value]),
        validate_attachments([{"blocks": [value]}]),
        validate_metadata(value),
    ):
        assert all(line.startswith("[ERROR] ") for line in format_problems(problems))


@settings(max_examples=400)
@given(spoilt())
def test_spoilt_blocks_are_judged(case: tuple[Surface, list[Json]]) -> None:
    surface, blocks = case
    problems = validate_blocks(blocks, surface)
    for problem in problems:
        assert problem.pointer.startswith("/blocks")
    if not problems:
        done = normalise(assign_ids(blocks))
        assert validate_blocks(done, surface) == []
        assert check_submission({"blocks": done}, {"values": None}) is not None
        assert isinstance(initial_values({"blocks": done}), dict)


@st.composite
def sections(draw: st.DrawFn) -> Json:
    return {"type": "rich_text_section", "elements": draw(st.lists(st.sampled_from(INLINE), max_size=6))}


@st.composite
def rich_texts(draw: st.DrawFn) -> Json:
    lists = st.builds(
        lambda items, style, indent: {
            "type": "rich_text_list",
            "style": style,
            "indent": indent,
            "elements": items,
        },
        st.lists(sections(), max_size=4),
        st.sampled_from(["bullet", "ordered"]),
        st.integers(0, 8),
    )
    return rich(*draw(st.lists(sections() | lists | st.sampled_from(TREE), max_size=5)))


@given(rich_texts(), st.sampled_from(SURFACES))
def test_every_rich_text_tree_is_taken(block: Json, surface: Surface) -> None:
    assert validate_blocks([block], surface) == []


@given(rich_texts())
def test_lists_do_not_hold_lists(block: Json) -> None:
    inner = {"type": "rich_text_list", "style": "bullet", "elements": []}
    outer = {"type": "rich_text_list", "style": "bullet", "elements": [inner]}
    problems = validate_blocks([{**block, "elements": [*block["elements"], outer]}], "message")
    at = f"/blocks/0/elements/{len(block['elements'])}/elements/0/type"
    assert [(p.pointer, p.message) for p in problems] == [(at, "unsupported type: rich_text_list")]


@pytest.mark.parametrize("kind", [[], {}, 7, None, True])
def test_types_of_any_kind_are_judged(kind: Value) -> None:
    assert validate_view({"type": kind, "title": plain(), "blocks": []})
    assert validate_blocks([{"type": kind}], "message")


def test_half_a_surrogate_pair_is_judged() -> None:
    """JSON escapes can carry one; it must not end in an internal error."""
    half = json.loads('"\\ud83d"')
    assert validate_view({"type": "home", "blocks": [{"type": "header", "text": plain(half)}]}) == []
    assert validate_metadata({"event_type": half, "event_payload": {}}) == []


def test_deep_json_is_carried_as_it_is() -> None:
    deep: Value = {}
    for _ in range(800):
        deep = {"a": deep}
    block = {"type": "call", "call_id": "R1", "call": deep}
    assert validate_blocks([block], "message") == []
    assert normalise([block]) == [block]


def test_validation_never_changes_what_it_reads() -> None:
    before = json.dumps([block for _, block in BLOCKS])
    for surface, block in BLOCKS:
        validate_blocks([block], surface)
        validate_view({"type": surface, "blocks": [block]})
    assert json.dumps([block for _, block in BLOCKS]) == before


@pytest.mark.parametrize("kind", ["message", "modal"])
def test_validation_costs_about_as_much_as_reading_the_json(kind: str) -> None:
    button = {"type": "button", "text": plain(), "action_id": "a", "value": "1", "style": "primary"}
    section = {"type": "section", "text": mrkdwn("x" * 500), "accessory": button}
    field = holding({"type": "plain_text_input", "action_id": "a", "max_length": 100})
    blocks = [dict(section if kind == "message" else field, block_id=f"b{n}") for n in range(40)]

    def validate(count: int) -> list[Problem]:
        if kind == "message":
            return validate_blocks(blocks[:count], "message")
        return validate_view({"type": "modal", "title": plain(), "submit": plain(), "blocks": blocks[:count]})

    assert validate(40) == []
    assert ratio(lambda: validate(10), lambda: json.loads(json.dumps(blocks[:10]))) < 15
    assert ratio(lambda: validate(40), lambda: validate(10)) < LINEAR
