"""Taking a success metric apart: what is measured, from which value, to which."""

import re
from typing import Final

from domain.handoff_words import ARROWS, CHINESE_FROM, CHINESE_TO, FROM, TARGETS, TO
from domain.words import fold

_COLON: Final = re.compile(r"(?<!\d)[:：]|[:：](?!\d\d)")
_TRIM: Final = " \t,;:，；：、-–—="


def metric_parts(line: str) -> tuple[str, str, str]:
    """(name, start, target) of a line like `Weekly logins: 20 -> 60`, `NPS from 20 to 50`, `周活跃：从20到60`.

    The date must be gone already. What cannot be told apart is all in the name; '' for what is not there.
    """
    colon = _COLON.search(line)
    if colon:
        name, values = line[: colon.start()].strip(_TRIM), line[colon.end() :].strip()
        pair = _pair(values)
        if pair:
            before, start, target = pair
            return name, " ".join(filter(None, (before, start))), target
        return name, "", _without_target_word(values).strip(_TRIM)
    pair = _pair(line)
    if pair:
        name, start, target = pair
        return name.strip(_TRIM), start, target
    return line.strip(_TRIM), "", ""


def _pair(text: str) -> tuple[str, str, str] | None:
    """(what stands before, start, target) when two values are joined by an arrow or by words."""
    return _by_arrow(text) or _by_words(text.split()) or _in_chinese(text)


def _by_arrow(text: str) -> tuple[str, str, str] | None:
    for arrow in ARROWS:
        left, found, right = f"{text} ".partition(arrow)
        if found:
            words = left.split()
            at = _value_start(words)
            return " ".join(words[:at]), _without_from(words[at:]), right.strip(_TRIM)
    return None


def _by_words(words: list[str]) -> tuple[str, str, str] | None:
    folded = [fold(word) for word in words]
    for at, word in enumerate(folded[:-1]):
        if word in TO and at > 0:
            origin = next((place for place in range(at - 1, -1, -1) if folded[place] in FROM), None)
            target = " ".join(words[at + 1 :]).strip(_TRIM)
            if origin is not None and origin + 1 < at:
                return " ".join(words[:origin]), " ".join(words[origin + 1 : at]), target
            start = _value_start(words[:at])
            if start < at and _has_digit(words[at + 1]):
                return " ".join(words[:start]), " ".join(words[start:at]), target
    return None


def _in_chinese(text: str) -> tuple[str, str, str] | None:
    origin = next((text.find(word) for word in CHINESE_FROM if word in text), -1)
    if origin < 0:
        return None
    rest = text[origin + 1 :]
    for word in CHINESE_TO:
        start, found, target = rest.partition(word)
        if found and start.strip() and target.strip():
            return text[:origin].strip(_TRIM), start.strip(), target.strip(_TRIM)
    return None


def _value_start(words: list[str]) -> int:
    """Where the value at the end of `words` begins: its last word with a digit; the end when there is none."""
    for at in range(len(words) - 1, -1, -1):
        if _has_digit(words[at]):
            return at
    return len(words)


def _without_from(words: list[str]) -> str:
    kept = words[1:] if words and fold(words[0]) in FROM else words
    return " ".join(kept).strip(_TRIM)


def _without_target_word(text: str) -> str:
    for word in TARGETS:
        if text.casefold().startswith(word) and _has_digit(text) and not text[len(word) : len(word) + 1].isalpha():
            return text[len(word) :]
    return text


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)
