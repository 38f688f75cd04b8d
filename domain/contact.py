"""What people tell of customers with ``/cs log`` and ``/cs wow``: read from words, and taken back in time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.limits import QUESTION
from domain.outcome import Refused
from domain.plan.undo_window import out_of_time
from domain.text import clean
from domain.words import fold

NOTE: Final = QUESTION
"""Characters of a note or of a win."""


class Contact(StrEnum):
    """How somebody talked with a customer."""

    CALL = "call"
    EMAIL = "email"
    MEETING = "meeting"


_WORDS: Final[Mapping[str, Contact]] = MappingProxyType(
    {
        **dict.fromkeys(("call", "called", "phone", "phoned", "samtal", "telefoon", "panggilan", "电话"), Contact.CALL),
        **dict.fromkeys(
            ("email", "e-mail", "mail", "mailed", "emailed", "mejl", "emel", "邮件", "电子邮件"), Contact.EMAIL
        ),
        **dict.fromkeys(
            ("meeting", "met", "meet", "visit", "möte", "afspraak", "vergadering", "mesyuarat", "会议"), Contact.MEETING
        ),
    }
)
EXAMPLE: Final = "`/cs log call Agreed on the go-live date`"
NO_KIND: Final = Refused(f"Say first what it was, a call, an email or a meeting: {EXAMPLE}.")
NO_NOTE: Final = Refused(f"Say in a few words what it was about: {EXAMPLE}.")
NO_WIN: Final = Refused(
    "Say what the customer won: `/cs wow First invoice paid through us, in two days instead of nine`."
)
NOT_YOURS: Final = Refused("Only whoever told it can take it back.")
GONE: Final = Refused("It is taken back already.")


@dataclass(frozen=True, slots=True)
class Talked:
    """One conversation, as typed."""

    contact: Contact
    note: str


def contact_of(word: str) -> Contact | None:
    """The kind of conversation this word means, in one of five languages; None for none."""
    return _WORDS.get(fold(word).strip(" :,.-–—"))


def read_talk(words: str) -> Talked | Refused:
    """Kind and note of “call Agreed on the go-live date”. Never raises."""
    first, _, rest = words.strip().partition(" ")
    contact = contact_of(first)
    if contact is None:
        return NO_KIND
    note = _note(rest)
    return Talked(contact, note) if note else NO_NOTE


def read_win(words: str) -> str | Refused:
    """What a customer won, of a bearable length."""
    return _note(words) or NO_WIN


def _note(words: str) -> str:
    words = words.strip(" \t\n:,-–—")
    return clean(words, NOTE).text if words else ""


def may_take_back(*, author_id: int, by_id: int, at: datetime, undone: bool, now: datetime) -> Refused | None:
    """Why what ``author_id`` told at ``at`` can't be taken back by ``by_id`` at ``now`` (both aware); None: it can."""
    if author_id != by_id:
        return NOT_YOURS
    return GONE if undone else out_of_time(at, now)
