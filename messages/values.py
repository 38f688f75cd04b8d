"""What a button or a window carries back: small JSON of names and numbers."""

import json
from collections.abc import Mapping
from typing import Any, Final, cast

LARGEST: Final = 2**63
"""Integers of both databases are smaller."""


def pack(**values: int | str) -> str:
    """``{"deal":5,"version":3}``."""
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False)


def unpack(text: str) -> Mapping[str, Any]:
    """What ``pack`` wrote; a bare number is a deal's id; anything else is empty."""
    if text.isdecimal() and len(text) < 19:
        return {"deal": int(text)}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}


def number(values: Mapping[str, Any], name: str) -> int:
    """A number that was packed; 0 when there is none, or none that a row could have."""
    found = values.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and abs(found) < LARGEST else 0
