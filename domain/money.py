"""An amount of money as people type it."""

import re
import unicodedata
from decimal import Decimal
from typing import Final

from domain.outcome import Refused

_DIGITS: Final = re.compile(r"\d{1,15}(?:\.\d{1,2})?", re.ASCII)
_GROUPS: Final = re.compile(r"(?<=\d)[ '’_](?=\d{3}(?!\d))")
_MARKS: Final = re.compile(r"[.,]")
_WRONG: Final = Refused("Write the amount in figures alone, such as 48000 or 48,000.50.")


def read_amount(text: str) -> Decimal | Refused | None:
    """``48,000``, ``48.000,50``, ``48 000`` → an amount of 0 or more with at most two decimals; None for no text.

    A single mark before exactly three figures parts thousands: 48.000 is forty-eight thousand.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    plain = _GROUPS.sub("", plain)
    marks = _MARKS.findall(plain)
    if marks:
        head, tail = plain[: plain.rindex(marks[-1])], plain[plain.rindex(marks[-1]) + 1 :]
        decimals = len(tail) in (1, 2) and marks.count(marks[-1]) == 1
        parts = _MARKS.split(head if decimals else plain)
        if any(len(part) != 3 for part in parts[1:]) or len(set(marks[:-1] if decimals else marks)) > 1:
            return _WRONG
        plain = "".join(parts) + (f".{tail}" if decimals else "")
    return Decimal(plain) if _DIGITS.fullmatch(plain) else _WRONG
