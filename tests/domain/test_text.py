import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import clean


def test_leaves_plain_text_alone() -> None:
    cleaned = clean("Hej då\n\tvärlden", 100)
    assert (cleaned.text, cleaned.cut, cleaned.removed) == ("Hej då\n\tvärlden", "", 0)


@pytest.mark.parametrize(
    ("raw", "text", "removed"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd", 0),
        ("a\x00b\x07c", "abc", 2),
        ("pay \u202egro.live\u202c now", "pay gro.live now", 2),
        ("\u2067שלום\u2069", "שלום", 2),
        ("שלום\u200f!", "שלום\u200f!", 0),
        ("a\ud800b", "ab", 1),
        ("\ufeff  x \u200b", "x", 2),
    ],
)
def test_removes_what_could_mislead(raw: str, text: str, removed: int) -> None:
    cleaned = clean(raw, 100)
    assert (cleaned.text, cleaned.removed) == (text, removed)


def test_says_what_it_cut() -> None:
    cleaned = clean("abcdefghij", 5)
    assert cleaned.text == "abcd…"
    assert cleaned.cut == "efghij"


def test_does_not_tear_characters_apart() -> None:
    family = "👨\u200d👩\u200d👧"
    assert clean("ab" + family + "cdefgh", 5).text == "ab…"
    assert clean("abce\u0301fghij", 5).text == "abc…"


def test_refuses_a_limit_without_room() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        clean("a", 0)


@given(st.text(), st.integers(1, 50))
def test_is_bounded_storable_and_rests(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert len(cleaned.text) <= limit
    assert cleaned.text.encode().decode() == cleaned.text
    again = clean(cleaned.text, limit)
    assert (again.text, again.cut, again.removed) == (cleaned.text, "", 0)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zs", "Zl", "Zp"])), st.integers(1, 50))
def test_loses_nothing_in_silence(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    kept = cleaned.text.removesuffix("…") if cleaned.cut else cleaned.text
    assert kept + cleaned.cut == text
