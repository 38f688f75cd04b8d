"""What an erasing looks for in text, and what it leaves in its place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from re import Pattern
from typing import Final, cast

GONE: Final = "[erased]"
GONE_SHORT: Final = "[…]"
SHORTEST: Final = 3
_COMMON: Final = frozenset(
    {
        *("accepted", "account", "active", "answered", "approaching", "blocked", "booked", "business", "call"),
        *("canceled", "card", "closed", "command", "customer", "day", "deal", "demo", "doing", "done", "draft"),
        *("drafting", "email", "enterprise", "firm", "form", "handoff", "held", "lead", "medium", "meeting"),
        *("milestone", "monthly", "new", "none", "note", "open", "opening", "other", "pending", "person"),
        *("plan", "planned", "premium", "private", "pro", "public", "quiet", "renewal", "returned", "seller"),
        *("sent", "skipped", "small", "standard", "starter", "state", "submitted", "summary", "support"),
        *("tentative", "test", "text", "time", "title", "trial", "usage", "user", "view", "week", "yearly"),
    }
)
"""Words that stand in Baton's own rows; somebody of that name is not looked for by it."""
_LETTER: Final = r"[0-9A-Za-z\u00c0-\u024f\u0370-\u052f]"
"""Digits, and letters of the scripts that part words: Latin, Greek, Cyrillic."""
_OWN_FIELD: Final = re.compile(r"[a-z][a-z_]*")


@dataclass(frozen=True, slots=True)
class Traces:
    """What somebody or a customer is called: looked for whole, in any case, wherever text stands.

    ``common`` are those that were left out, because they would be found where nobody is meant: fewer than three
    letters, nothing but digits, or a word Baton itself uses.
    """

    words: tuple[str, ...]
    common: tuple[str, ...] = ()
    _pattern: Pattern[str] | None = field(default=None, repr=False, compare=False)

    def found_in(self, text: str) -> bool:
        """Whether any of them stands in the text."""
        return self._pattern is not None and self._pattern.search(text) is not None

    def taken_out(self, text: str) -> str:
        """The text without them."""
        return text if self._pattern is None else self._pattern.sub(_instead, text)


def _instead(found: re.Match[str]) -> str:
    """Never longer than what stood there: texts have limits."""
    return GONE if len(found.group()) >= len(GONE) else GONE_SHORT


def traces_of(called: Iterable[str]) -> Traces:
    """The traces for these names, addresses and ids."""
    given = [word for text in called if (word := " ".join(text.split()))]
    # Names are also kept folded, to be found by: “Weiß” stands there as “weiss”.
    every = dict.fromkeys([*given, *(fold for word in given if (fold := word.casefold()) != word.lower())])
    common = [word for word in every if _is_common(word)]
    words = sorted((word for word in every if word not in common), key=len, reverse=True)
    pattern = re.compile("|".join(map(_looked_for, words)), re.IGNORECASE) if words else None
    return Traces(tuple(words), tuple(common), pattern)


def _is_common(word: str) -> bool:
    folded = word.casefold()
    return len(word) < SHORTEST or not any(map(str.isalpha, word)) or folded in _COMMON


def _looked_for(word: str) -> str:
    """As whole words: “Ann” is not looked for in “annual”. Scripts that part no words (Chinese, Thai) have no edges."""
    spaced = r"\s+".join(map(re.escape, word.split()))
    before = f"(?<!{_LETTER})" if _parts_words(word[0]) else ""
    after = f"(?!{_LETTER})" if _parts_words(word[-1]) else ""
    return f"{before}{spaced}{after}"


def _parts_words(character: str) -> bool:
    return character.isdigit() or (character.isalpha() and character.lower() != character.upper())


def blanked(value: object, traces: Traces) -> object:
    """What JSON holds, without the traces, in texts and in names of fields that are not ours; equal to it when there
    are none."""
    if isinstance(value, str):
        return traces.taken_out(value)
    if isinstance(value, list):
        return [blanked(each, traces) for each in cast("list[object]", value)]
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value).items()
        return {_name(name, traces): blanked(each, traces) for name, each in fields}
    return value


def _name(name: str, traces: Traces) -> str:
    """Fields of our own are words in small letters; others may have been named from outside."""
    return name if _OWN_FIELD.fullmatch(name) else traces.taken_out(name)


def holds(value: object, refs: frozenset[tuple[str, str]]) -> bool:
    """Whether JSON refers to one of these by a field: ``("account_id", "A-1")`` is found in ``{"account_id": "A-1"}``,
    ``("account.id", "A-1")`` in ``{"account": {"id": "A-1"}}``, at any depth."""
    return any(ref in refs for ref in _refs(value, ""))


def _refs(value: object, beneath: str) -> Iterable[tuple[str, str]]:
    if isinstance(value, dict):
        for name, each in cast("dict[str, object]", value).items():
            if isinstance(each, str | int):
                yield name, str(each)
                yield f"{beneath}.{name}", str(each)
            else:
                yield from _refs(each, name)
    elif isinstance(value, list):
        for each in cast("list[object]", value):
            yield from _refs(each, beneath)
