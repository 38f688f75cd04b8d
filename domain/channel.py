"""The name of a deal's channel."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from itertools import count
from typing import Final

from domain.limits import CHANNEL_NAME

PREFIX: Final = "deal-"

# Slack: lower-case letters of any script, digits, hyphen and underscore (conversations.create, invalid_name_specials).
# Marks are not letters, so vowel signs that no letter takes in under NFKC are left out.
_LETTERS_AND_DIGITS: Final = frozenset({"Ll", "Lo", "Lm", "Nd"})
_APOSTROPHES: Final = frozenset("'’‘ʼ＇`´")
_MOST_READ: Final = 2_000
_PASSES: Final = 8


def channel_name(account_name: str, deal_id: str) -> str:
    """`deal-<account>`, or `deal-<id>` when nothing in the account's name can be used.

    The result is always a valid Slack channel name of at most 80 characters, without double hyphens and without a
    hyphen or underscore at its end. An id in which nothing can be used either is named by a digest of it.
    """
    room = CHANNEL_NAME - len(PREFIX)
    tail = _shorten(slug(account_name), room) or _shorten(slug(deal_id), room) or _digest(deal_id)
    return PREFIX + tail


def candidates(name: str) -> Iterator[str]:
    """`name`, `name-2`, `name-3` … without end, each within Slack's 80 characters: for when a name is taken."""
    yield _shorten(name, CHANNEL_NAME)
    for number in count(2):
        suffix = f"-{number}"
        yield _shorten(name, CHANNEL_NAME - len(suffix)) + suffix


def slug(text: str) -> str:
    """`text` reduced to what a channel name may hold; '' when nothing is left. Doing it twice changes nothing."""
    text = text[:_MOST_READ]
    # Dropping a mark can bring two characters together that then compose, so repeat until it rests.
    for _ in range(_PASSES):
        reduced = _reduce(text)
        if reduced == text:
            break
        text = reduced
    return text


def is_valid(name: str) -> bool:
    """Whether Slack accepts `name` for a channel, by the rule above."""
    return 0 < len(name) <= CHANNEL_NAME and all(
        character in "-_" or unicodedata.category(character) in _LETTERS_AND_DIGITS for character in name
    )


def _reduce(text: str) -> str:
    lowered = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    reduced = "".join(map(_allowed, lowered))
    return re.sub("-{2,}", "-", reduced).strip("-_")


def _allowed(character: str) -> str:
    category = unicodedata.category(character)
    if character == "_" or category in _LETTERS_AND_DIGITS:
        return "" if character in _APOSTROPHES else character
    if character in _APOSTROPHES or category[0] == "M" or category == "Cf":
        return ""
    return "-"


def _shorten(name: str, length: int) -> str:
    return name[:length].rstrip("-_")


def _digest(deal_id: str) -> str:
    return hashlib.sha256(deal_id.encode("utf-8", "surrogatepass")).hexdigest()[:12]
