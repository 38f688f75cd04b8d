import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.words import Command, nearest, parse_command

HANDOFF = ("status", "ask", "accept", "return", "help")


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("", "", ""),
        ("   ", "", ""),
        ("help", "help", ""),
        ("  ASK  Who  signs off? ", "ask", "Who  signs off?"),
        ("ａｃｃｅｐｔ", "accept", ""),
        ("return\u00a0the dates", "return", "the dates"),
        ("ask\u3000誰ですか", "ask", "誰ですか"),
        ("\u200bhelp", "help", ""),
        ("ask\nline one\nline two", "ask", "line one\nline two"),
    ],
)
def test_forgives_case_and_spaces(text: str, word: str, rest: str) -> None:
    assert parse_command(text) == Command(word, rest)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("acept", "accept"),
        ("STATSU", "status"),
        ("stat", "status"),
        ("retrun", "return"),
        ("hlep", "help"),
        ("xyzzy", None),
        ("", None),
        ("🎉", None),
        ("a" * 100_000, None),
        ("a", None),
    ],
)
def test_finds_the_word_that_was_meant(typed: str, meant: str | None) -> None:
    assert nearest(typed, HANDOFF) == meant


@given(st.text())
def test_gives_only_known_words(text: str) -> None:
    assert nearest(text, HANDOFF) in {None, *HANDOFF}
    command = parse_command(text)
    assert command.rest in text
    assert command.word == command.word.strip()
