"""Text to tokens. Every word must be known, else there are no tokens: a half-read sentence is a wrong date."""

import re
from dataclasses import dataclass
from functools import cache

from domain.dates.languages.chinese import CHINESE
from domain.dates.languages.dutch import DUTCH
from domain.dates.languages.english import ENGLISH
from domain.dates.languages.malay import MALAY
from domain.dates.languages.swedish import SWEDISH
from domain.dates.patterns import Reader, number_patterns
from domain.dates.tokens import Mark, Token, Tokens
from domain.dates.vocabulary import fold, phrase_table

MAX_TOKENS = 24
VOCABULARIES = {vocabulary.code: vocabulary for vocabulary in (ENGLISH, CHINESE, DUTCH, SWEDISH, MALAY)}

_SKIPPED = re.compile(r"(?:[\s,.;:!?()\[\]\"*_`·。“”„「」『』…]|'(?!\d\d))+")
_SIGNS = {"-": Mark.DASH, "–": Mark.DASH, "—": Mark.DASH, "~": Mark.DASH, "/": Mark.SLASH}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words and number patterns of one language, or of several with the first preferred."""

    phrases: dict[str, Tokens]
    phrase: re.Pattern[str]
    patterns: tuple[tuple[re.Pattern[str], Reader], ...]


def tokenize(text: str, codes: tuple[str, ...]) -> Tokens | None:
    """The tokens of `text` (already bounded in length) in these languages, or None when a word is unknown."""
    folded = fold(text)
    lexicon = _lexicon(codes)
    tokens: list[Token] = []
    position = 0
    while position < len(folded):
        if skipped := _SKIPPED.match(folded, position):
            position = skipped.end()
            continue
        found = _next(folded, position, lexicon)
        if found is None or len(tokens) > MAX_TOKENS:
            return None
        tokens.extend(found[0])
        position = found[1]
    return tuple(tokens)


def has_han(text: str) -> bool:
    """Whether the text holds Chinese signs, which settle its language."""
    return any("一" <= sign <= "鿿" for sign in text)


def _next(text: str, position: int, lexicon: Lexicon) -> tuple[Tokens, int] | None:
    for pattern, read in lexicon.patterns:
        match = pattern.match(text, position)
        if match is not None and (tokens := read(match)) is not None:
            return tokens, match.end()
    if match := lexicon.phrase.match(text, position):
        return lexicon.phrases[match.group()], match.end()
    if text[position] in _SIGNS:
        return (_SIGNS[text[position]],), position + 1
    return None


@cache
def _lexicon(codes: tuple[str, ...]) -> Lexicon:
    vocabularies = [VOCABULARIES[code] for code in codes]
    phrases: dict[str, Tokens] = {}
    for vocabulary in reversed(vocabularies):
        phrases.update(phrase_table(vocabulary))
    longest_first = sorted(phrases, key=len, reverse=True)
    return Lexicon(phrases, re.compile("|".join(map(_whole_phrase, longest_first))), number_patterns(vocabularies))


def _whole_phrase(key: str) -> str:
    """A phrase in Latin letters ends where a word ends; Chinese has no such place."""
    boundary = r"(?![a-z\d])" if key[-1].isascii() and key[-1].isalnum() else ""
    return re.escape(key) + boundary
