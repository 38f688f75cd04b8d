"""Finding the date inside a line of a list."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from domain.handoff_words import CHINESE_ENDS, CHINESE_STARTS, LEADING, PROMISING, QUANTITY_UNITS


class DateRead(Protocol):
    """What a date reader gives back: the date, or why there is none and a plain sentence for the person."""

    @property
    def on(self) -> date | None:
        """The date, None when refused."""
        ...

    @property
    def reason(self) -> str | None:
        """Why it was refused: `not_understood`, `empty`, `past`, `ambiguous` …"""
        ...

    @property
    def sentence(self) -> str:
        """One plain sentence for the person."""
        ...


DateReader = Callable[[str], DateRead]


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a line: `rest` is the line without it, `words` what was typed for it."""

    rest: str
    on: date
    words: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A date was promised and cannot be read; `sentence` says what to type instead."""

    sentence: str


_UNCLEAR: Final = frozenset({None, "not_understood", "empty"})
_TRIM: Final = " \t,;，；、-–—("
_END: Final = " \t,;，；、-–—)）。."
_FEW_CHARACTERS: Final = 12
_FEW_WORDS: Final = 8


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![\w@])(?:{'|'.join(map(re.escape, longest_first))})(?!\w)[:：]?\s*", re.IGNORECASE)


_PROMISING: Final = _pattern(PROMISING)
_ANY_MARK: Final = _pattern(PROMISING + LEADING)


def find_date(text: str, reader: DateReader, *, strict: bool) -> Found | Unreadable | None:
    """The date at the end of `text`, announced by a word ("by", "senast", "之前" …) or set off by a comma or bracket.

    None when there is none. `strict`: after a word like "by" nothing but a date or a quantity ("by 5 %") may come;
    otherwise only words with a digit count as an attempt at one ("support by email" has no date).
    """
    for mark, words in _attempts(text):
        if is_quantity(_without_mark(words)):
            continue
        reading = reader(words)
        if reading.on is not None:
            return Found(text[:mark].rstrip(_TRIM), reading.on, words)
        if tells(reading, words):
            # "Friday or Monday" must not become Monday by trying what is shorter.
            return Unreadable(reading.sentence)
    return _broken_promise(text, reader, strict=strict)


def tells(reading: DateRead, words: str) -> bool:
    """Whether a refusal is about a date that was meant ("past", "ambiguous") and not about words that are none."""
    return reading.on is None and reading.reason not in _UNCLEAR and not is_quantity(words)


def _without_mark(words: str) -> str:
    return _PROMISING.sub("", words, count=1) if _PROMISING.match(words) else words


def is_quantity(words: str) -> bool:
    """Whether the words are an amount and no date: a bare number, or one with a unit ("5%", "20 users")."""
    match = re.match(r"[+\-]?[€$£¥]?\s?\d[\d.,]{0,20}\s?(\S*)", words)
    if match is None:
        return False
    unit = match.group(1).casefold().rstrip(".,;")
    return unit in QUANTITY_UNITS or (match.end() == len(words.strip()) and not unit)


def begins_with_mark(text: str) -> bool:
    """Whether a part of a line begins with a word that promises a date."""
    return _PROMISING.match(text) is not None or text.startswith(CHINESE_STARTS[:-2])


def date_splits(text: str) -> Iterator[tuple[str, str]]:
    """Ways to take `text` apart into what happens and when, likeliest first; at most some thirty."""
    for pattern in (r"(?<!\d)[:：]|[:：](?!\d\d)", r"\s[-–—|]+\s|\t|;|；", r"[,，、]"):
        found = list(re.finditer(pattern, text))
        for at in dict.fromkeys(found[:1] + found[-1:]):
            yield text[: at.start()], text[at.end() :]
            yield text[at.end() :], text[: at.start()]
    for mark, words in _attempts(text):
        yield text[:mark], words
    yield from _word_splits(text.split())
    if any("\u4e00" <= character <= "\u9fff" for character in text):
        yield from _character_splits(text)


def _word_splits(words: list[str]) -> Iterator[tuple[str, str]]:
    for at in range(max(1, len(words) - _FEW_WORDS), len(words)):
        yield " ".join(words[:at]), " ".join(words[at:])
    for at in range(min(len(words) - 1, _FEW_WORDS), 0, -1):
        yield " ".join(words[at:]), " ".join(words[:at])


def _character_splits(text: str) -> Iterator[tuple[str, str]]:
    for at in range(max(1, len(text) - _FEW_CHARACTERS), len(text)):
        yield text[:at], text[at:]
    for at in range(min(len(text) - 1, _FEW_CHARACTERS), 0, -1):
        yield text[at:], text[:at]


def _attempts(text: str) -> Iterator[tuple[int, str]]:
    """Places where a date may begin, with its words: longest first, each with and without the announcing word."""
    seen: set[str] = set()
    for start, words in _unchecked_attempts(text):
        trimmed = words.strip().rstrip(_END)
        if trimmed and trimmed not in seen:
            seen.add(trimmed)
            yield start, trimmed


def _unchecked_attempts(text: str) -> Iterator[tuple[int, str]]:
    for match in list(_ANY_MARK.finditer(text))[-_FEW_WORDS:]:
        with_mark, without_mark = text[match.start() :], text[match.end() :]
        # "in 3 weeks" and "på fredag" need their first word, "due: Friday" is better without.
        promising = _PROMISING.match(with_mark) is not None
        yield match.start(), without_mark if promising else with_mark
        yield match.start(), with_mark if promising else without_mark
    for match in list(re.finditer(r"[,，;；(（]", text))[-2:]:
        yield match.start(), text[match.end() :]
    stripped = text.rstrip(_END)
    if stripped.endswith(CHINESE_ENDS) or any(start in text for start in CHINESE_STARTS):
        yield from _chinese_attempts(_without_chinese_end(stripped))


def _chinese_attempts(text: str) -> Iterator[tuple[int, str]]:
    for start in CHINESE_STARTS:
        at = text.rfind(start)
        if at >= 0:
            yield at, text[at + len(start) :]
    last = _last_piece(text)
    yield len(text) - len(last), last
    for at in range(max(1, len(text) - _FEW_CHARACTERS), len(text) - 1):
        yield at, text[at:]


def _without_chinese_end(text: str) -> str:
    end = next((end for end in CHINESE_ENDS if text.endswith(end)), "")
    return text.removesuffix(end)


def _last_piece(text: str) -> str:
    return re.split(r"[\s,，、;；:：]", text)[-1]


def _broken_promise(text: str, reader: DateReader, *, strict: bool) -> Unreadable | None:
    marks = list(_PROMISING.finditer(text))
    if marks:
        words = text[marks[-1].end() :].strip()
        promised = strict or any(character.isdigit() for character in words)
        return Unreadable(reader(words).sentence) if promised and not is_quantity(words) else None
    if strict and text.rstrip(_END).endswith(CHINESE_ENDS):
        return Unreadable(reader(_last_piece(text.rstrip(_END))).sentence)
    return None
