"""Keeps tokens, secrets and passwords out of everything that is written down."""

import json
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

MASK: Final = "***"
_SHORTEST: Final = 4
"""A known value shorter than this is masked only where it stands in an address: it would erase half of every line."""

_PATTERNS: Final = (
    # Slack tokens of every kind: bot, app-level, user, refresh, configuration (docs.slack.dev/authentication/tokens).
    re.compile(r"\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w%.+/=-]+", re.IGNORECASE),
    re.compile(r"\bwhsec_[\w+/=%-]+"),
    re.compile(r"(?<=[?&]ticket=)[^&\s\"']+"),
    re.compile(r"(?<=Bearer )[^\s\"',]+", re.IGNORECASE),
)
# user:password@host in any address, also when the password holds odd characters.
_ADDRESSES: Final = (
    # A database's password may hold anything but @; elsewhere a slash ends the part that can hold one.
    re.compile(r"(\bpostgres\w{0,12}(?:\+\w{1,20})?://[^\s:/@\"']{0,200}:)[^\s\"'@]{1,400}@", re.IGNORECASE),
    re.compile(r"(\b[a-z][a-z0-9+.-]{1,30}://[^\s:/@\"']{0,200}:)[^\s\"'/@]{1,400}@", re.IGNORECASE),
)
_PASSWORD_WORD: Final = re.compile(r"(\bpassword['\"]?\s*[=:]\s*['\"]?)[^\s'\",;&)]+", re.IGNORECASE)


class Masker:
    """Replaces every known secret, and whatever looks like one, by `***`."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        """`text` without secrets."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        for pattern in _PATTERNS:
            text = pattern.sub(MASK, text)
        for address in _ADDRESSES:
            text = address.sub(rf"\g<1>{MASK}@", text)
        return _PASSWORD_WORD.sub(rf"\g<1>{MASK}", text)


def _forms(secret: str) -> set[str]:
    """The ways a value is written in a log: as it is, in JSON, as Python shows it, in an address."""
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        repr(secret.encode())[2:-1],
        quote(secret, safe=""),
        quote(secret),
    }
