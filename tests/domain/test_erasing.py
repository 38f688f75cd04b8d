import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.erasing import GONE, blanked, holds, traces_of

WORDS = st.sampled_from(["Nina Weiß", "Fjordbank", "nina@fjordbank.example", "小明王", "O'Brien", "A-1042"])
PIECES = st.sampled_from([" ", ", ", "-", "_", "'s ", "\n", "(", "…", "and 王"])


@given(st.lists(st.tuples(PIECES, WORDS, st.booleans()), min_size=1), st.sets(WORDS, min_size=1))
def test_nothing_is_found_in_what_is_left(parts: list[tuple[str, str, bool]], called: set[str]) -> None:
    traces = traces_of(called)
    text = "".join(piece + (word.upper() if loud else word) + " " for piece, word, loud in parts)
    left = traces.taken_out(text)
    assert not traces.found_in(left)
    for word in called:
        assert word.casefold() not in left.casefold()
    assert traces.taken_out(left) == left
    assert len(left) <= len(text)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), WORDS.map(lambda word: f"of {word}.")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4) | st.just("notes"), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(JSON, WORDS)
def test_json_keeps_its_shape(value: object, word: str) -> None:
    traces = traces_of([word])
    left = blanked(value, traces)
    assert type(left) is type(value)
    assert word not in str(left)
    if not traces.found_in(str(value)):
        assert left == value


def test_whole_words_are_taken_out() -> None:
    traces = traces_of(["Ann Lee", "Box"])
    assert traces.taken_out("Annual boxes; ann  lee's BOX, box_1") == f"Annual boxes; {GONE}'s […], […]_1"


@pytest.mark.parametrize("word", ["Open", "12", "2026", "Al", " ", "done"])
def test_common_words_are_not_looked_for(word: str) -> None:
    traces = traces_of([word])
    assert traces.words == ()
    assert not traces.found_in("open 12 2026 Al done")
    assert traces.taken_out("open 12") == "open 12"


def test_references_are_found_at_any_depth() -> None:
    body = {"samples": [{"account_id": "A-1", "value": 3}, {"account_id": "A-2"}], "account": {"id": "A-3"}}
    assert holds(body, frozenset({("account_id", "A-2")}))
    assert holds(body, frozenset({("account.id", "A-3")}))
    assert holds({"deal": 41}, frozenset({("deal", "41")}))
    assert not holds(body, frozenset({("account_id", "A-3"), ("id", "A-1")}))


def test_fields_of_our_own_keep_their_names() -> None:
    traces = traces_of(["Problem", "U01ADALIND"])
    assert blanked({"problem": "A Problem!", "U01ADALIND": 1}, traces) == {"problem": "A […]!", "[erased]": 1}
