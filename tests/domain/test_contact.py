from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contact import (
    GONE,
    NO_KIND,
    NO_NOTE,
    NO_WIN,
    NOT_YOURS,
    NOTE,
    Contact,
    Talked,
    may_take_back,
    read_talk,
    read_win,
)
from domain.outcome import Refused

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "contact", "note"),
    [
        ("call Agreed on the date", Contact.CALL, "Agreed on the date"),
        ("Email: sent the guide", Contact.EMAIL, "sent the guide"),
        ("e-mail sent", Contact.EMAIL, "sent"),
        ("MEETING - with Jonas", Contact.MEETING, "with Jonas"),
        ("möte om data", Contact.MEETING, "om data"),
        ("电话 谈了上线", Contact.CALL, "谈了上线"),
    ],
)
def test_a_conversation_is_read(words: str, contact: Contact, note: str) -> None:
    assert read_talk(words) == Talked(contact, note)


def test_what_is_missing_is_said() -> None:
    assert read_talk("") == read_talk("Agreed on the date") == NO_KIND
    assert read_talk("call") == read_talk("call  : ") == NO_NOTE
    assert read_win("  ") == NO_WIN


@given(st.text(max_size=3_000))
def test_nothing_typed_breaks_it(words: str) -> None:
    found = read_talk(f"call {words}")
    assert isinstance(found, Refused) or 0 < len(found.note) <= NOTE
    won = read_win(words)
    assert isinstance(won, Refused) or 0 < len(won) <= NOTE


def test_it_is_taken_back_by_whoever_told_it_within_ten_minutes() -> None:
    def asked(by: int = 1, undone: bool = False, minutes: int = 9) -> Refused | None:
        return may_take_back(author_id=1, by_id=by, at=NOW, undone=undone, now=NOW + timedelta(minutes=minutes))

    assert asked() is None
    assert asked(by=2) == NOT_YOURS
    assert asked(undone=True) == GONE
    late = asked(minutes=11)
    assert late is not None
    assert "10 minutes" in late.reason
