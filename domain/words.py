"""What a person typed after a slash command."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

_LONGEST_WORD: Final = 40
_ALIKE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Command:
    """`word` is the sub-command, folded to lower case ('' for none); `rest` is what follows it, as typed."""

    word: str
    rest: str


def parse_command(text: str) -> Command:
    """Split the text of a slash command. Case, full-width letters and any kind of space are forgiven in the word."""
    parts = text.split(maxsplit=1)
    if not parts:
        return Command("", "")
    return Command(fold(parts[0]), parts[1].strip() if len(parts) > 1 else "")


def fold(word: str) -> str:
    """The word as it is compared: compatibility forms unified, case dropped, invisible characters gone."""
    plain = unicodedata.normalize("NFKC", word).casefold()
    return "".join(character for character in plain if unicodedata.category(character) not in {"Cf", "Cc"}).strip()


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, or None when none is like it. A unique beginning ("stat") also counts."""
    folded = fold(word)
    if not folded or len(folded) > _LONGEST_WORD:
        return None
    by_fold = {fold(candidate): candidate for candidate in known}
    begun = [candidate for candidate in by_fold if candidate.startswith(folded)]
    if len(begun) == 1:
        return by_fold[begun[0]]
    alike = get_close_matches(folded, by_fold, n=1, cutoff=_ALIKE)
    return by_fold[alike[0]] if alike else None
