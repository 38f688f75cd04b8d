"""Text from outside, made safe to keep and to show."""

import unicodedata
from dataclasses import dataclass
from typing import Final

_ELLIPSIS: Final = "…"
_JOINER: Final = "\u200d"
_LINE_ENDS: Final = ("\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029")
# Embeddings, overrides and isolates reorder what stands after them, so a name could rewrite a whole message.
# The marks U+200E, U+200F and U+061C only steer themselves; right-to-left names need them.
_REORDERING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE: Final = frozenset("\u200b\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text that was made safe.

    `text` is at most the limit asked for; `cut` is the end that did not fit (empty when all of it did);
    `removed` counts control, invisible and reordering characters left out.
    """

    text: str
    cut: str
    removed: int


def clean(text: str, limit: int) -> Cleaned:
    """Make `text` safe to store, send and show, in at most `limit` characters.

    Line ends become a newline; control characters but newline and tab, characters that reorder others, invisible ones
    and lone surrogates go; white space at both ends goes. A text that is too long ends with an ellipsis, and what
    it lost is in `cut`. Cleaning twice changes nothing more. Raises ValueError when `limit` is below 1.
    """
    if limit < 1:
        raise ValueError("limit must be at least 1")
    for end in _LINE_ENDS:
        text = text.replace(end, "\n")
    kept = "".join(character for character in text if not _dangerous(character))
    removed = len(text) - len(kept)
    kept = kept.strip()
    if len(kept) <= limit:
        return Cleaned(kept, "", removed)
    at = _whole_character(kept, limit - len(_ELLIPSIS))
    head = kept[:at].rstrip()
    return Cleaned(head + _ELLIPSIS, kept[at:], removed)


def _dangerous(character: str) -> bool:
    if character in "\n\t":
        return False
    return character in _REORDERING or character in _INVISIBLE or unicodedata.category(character) in {"Cc", "Cs"}


def _whole_character(text: str, at: int) -> int:
    """The place at or before `at` where cutting does not tear an accent or a joined emoji apart."""
    place = at
    while place > 0 and (
        unicodedata.category(text[place]).startswith("M") or _JOINER in (text[place], text[place - 1])
    ):
        place -= 1
    # A text of marks only has no better place.
    return place or at
