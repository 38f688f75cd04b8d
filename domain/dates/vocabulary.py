"""The shape of a language's word list, and how it becomes one table of phrases."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from domain.dates.tokens import (
    Day,
    Edge,
    Mark,
    Month,
    Number,
    Ordinal,
    Part,
    Period,
    Step,
    Token,
    Tokens,
    Unit,
    Weekday,
)

_HALF_SIGN = re.compile("½")
TRADITIONAL = str.maketrans(
    "週後兩個號禮內過還間爲為來這當點時聖誕國慶節終遲於開鐘現從該請結對說頭營業約歲尋",
    "周后两个号礼内过还间为为来这当点时圣诞国庆节终迟于开钟现从该请结对说头营业约岁寻",
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One language's words. Words that mean the same stand in one string, parted by `|`.

    `phrases` holds whatever is more than one token, or a token the other fields do not make.
    `ordinal_suffix`, `week_prefix` and `quarter_prefix` are alternations for a regular expression:
    what follows a number to make it a day of the month, and what stands before a week's or a quarter's number.
    `day_parts` are written onto a weekday's name (“vrijdagmiddag”).
    `clock` is a regular expression for the language's own ways to write a time of day.
    """

    code: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    numbers: Mapping[str, int] = field(default_factory=dict[str, int])
    ordinals: Mapping[str, int] = field(default_factory=dict[str, int])
    days: Mapping[str, int] = field(default_factory=dict[str, int])
    units: Mapping[Period, str] = field(default_factory=dict[Period, str])
    steps: Mapping[int, str] = field(default_factory=dict[int, str])
    edges: Mapping[Part, str] = field(default_factory=dict[Part, str])
    marks: Mapping[Mark, str] = field(default_factory=dict[Mark, str])
    phrases: Mapping[str, Tokens] = field(default_factory=dict[str, Tokens])
    fillers: str = ""
    ordinal_suffix: str = ""
    week_prefix: str = "week|w"
    quarter_prefix: str = "q"
    clock: str = ""
    day_parts: str = ""


def fold(text: str) -> str:
    """Text as words are compared: one width, lower case, no accents, no invisible signs, single spaces."""
    text = _HALF_SIGN.sub(lambda sign: ".5" if sign.start() and text[sign.start() - 1].isdecimal() else "0.5", text)
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        sign for sign in decomposed if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf"
    )
    plain = kept.translate(TRADITIONAL).replace("’", "'").replace("‘", "'").casefold()
    return " ".join(plain.split())


def phrase_table(vocabulary: Vocabulary) -> dict[str, Tokens]:
    """Every folded phrase of the language with the tokens it stands for; a filler stands for none."""
    table: dict[str, Tokens] = {}
    for phrase, token in _single_words(vocabulary):
        table[fold(phrase)] = (token,)
    for phrase in _split(vocabulary.fillers):
        table[fold(phrase)] = ()
    for phrases, tokens in vocabulary.phrases.items():
        for phrase in _split(phrases):
            table[fold(phrase)] = tokens
    return table


def _single_words(vocabulary: Vocabulary) -> Iterator[tuple[str, Token]]:
    groups: list[tuple[str, Token]] = [
        *((words, Number(value)) for words, value in vocabulary.numbers.items()),
        *((words, Ordinal(value)) for words, value in vocabulary.ordinals.items()),
        *((words, Day(offset)) for words, offset in vocabulary.days.items()),
        *((words, Unit(period)) for period, words in vocabulary.units.items()),
        *((words, Step(count)) for count, words in vocabulary.steps.items()),
        *((words, Edge(part)) for part, words in vocabulary.edges.items()),
        *((words, mark) for mark, words in vocabulary.marks.items()),
        *((words, Weekday(index)) for index, words in enumerate(vocabulary.weekdays)),
        *((_compounds(words, vocabulary.day_parts), Weekday(i)) for i, words in enumerate(vocabulary.weekdays)),
        *((words, Month(index)) for index, words in enumerate(vocabulary.months, start=1)),
    ]
    for words, token in groups:
        for phrase in _split(words):
            yield phrase, token


def _compounds(words: str, parts: str) -> str:
    return "|".join(word + part for word in _split(words) for part in _split(parts))


def _split(words: str) -> list[str]:
    return [word.strip() for word in words.split("|") if word.strip()]
