"""Text from outside comes out as typed and inside the limits."""

import html
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.text import (
    ago,
    chunks,
    cut,
    day,
    escape,
    joined,
    link,
    linked,
    listed,
    plain_when,
    plural,
    short,
    when,
)
from messages.values import number, pack, unpack

NOW = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
TYPED = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=400)


def _read(text: str) -> str:
    """What a reader sees of escaped text with links."""
    return html.unescape(re.sub(r"<(https?://[^>|]*)>", r"\1", text))


@given(TYPED)
def test_escaping_loses_nothing_and_leaves_no_token(text: str) -> None:
    escaped = escape(text)
    assert html.unescape(escaped) == html.unescape(text) or html.unescape(escaped) == text
    assert "<" not in escaped
    assert ">" not in escaped


@given(st.text(alphabet="ab <&>\n🎉é\u0301\u200d", max_size=600), st.integers(10, 60))
def test_chunks_hold_everything_within_the_limit(text: str, limit: int) -> None:
    pieces = chunks(text, limit)
    assert all(0 < len(piece) <= limit for piece in pieces)
    kept = "".join(html.unescape(piece) for piece in pieces)
    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", text)


def test_chunks_break_at_line_ends_and_words() -> None:
    assert chunks("one two\nthree four", 10) == ["one two", "three four"]
    assert chunks("aaaa bbbb cccc", 10) == ["aaaa bbbb", "cccc"]
    assert chunks("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_a_chunk_never_tears_an_entity_apart() -> None:
    assert chunks("&" * 7, 12) == ["&amp;&amp;", "&amp;&amp;", "&amp;&amp;", "&amp;"]


def test_addresses_become_links_and_nothing_else_does() -> None:
    assert linked("see https://a.example/x?y=1&z=2.") == "see <https://a.example/x?y=1&amp;z=2>."
    assert linked("<!channel> javascript:alert(1)") == "&lt;!channel&gt; javascript:alert(1)"
    assert _read(linked("(https://a.example)")) == "(https://a.example)"


@given(TYPED, st.integers(2, 50))
def test_cut_shows_that_there_was_more(text: str, limit: int) -> None:
    shortened = cut(text, limit)
    assert len(shortened) <= limit
    if len(text.strip()) > limit and shortened != text.strip():
        assert shortened.endswith("…") or len(text) - len(shortened) >= 0


def test_short_is_one_line() -> None:
    assert short("a\nb  <c>", 20) == "a b &lt;c&gt;"
    assert short("abcdef", 4) == "abc…"


def test_a_link_can_not_be_broken_out_of() -> None:
    assert link("https://a.example/|x>", "a|b<!here>") == "<https://a.example/%7Cx&gt;|a/b&lt;!here&gt;>"


@given(st.lists(st.text(alphabet="ab", min_size=1, max_size=30), max_size=80), st.integers(60, 300))
def test_listed_counts_what_does_not_fit(lines: list[str], limit: int) -> None:
    text = listed(lines, limit)
    assert len(text) <= limit
    found = re.search(r"… and (\d+) more$", text)
    left = int(found.group(1)) if found else 0
    assert len(text.splitlines()) - bool(found) + left == len(lines)


def test_days_and_times() -> None:
    assert day(date(2026, 12, 5)) == "Sat 5 Dec 2026"
    assert plain_when(NOW, "Asia/Kuala_Lumpur") == "Mon 23 Nov 2026, 17:14"
    assert plain_when(NOW, "Nowhere/Here") == "Mon 23 Nov 2026, 09:14"
    assert when(NOW, "Europe/Stockholm") == (
        f"<!date^{int(NOW.timestamp())}^{{date_short_pretty}} at {{time}}|Mon 23 Nov 2026, 10:14>"
    )


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "just now"), (1, "1 minute ago"), (59, "59 minutes ago"), (60, "1 hour ago"), (1439, "23 hours ago")],
)
def test_how_long_ago(minutes: int, said: str) -> None:
    assert ago(NOW - timedelta(minutes=minutes), NOW) == said
    assert ago(NOW - timedelta(days=2), NOW) == "on Sat 21 Nov 2026, 09:14"


def test_words_in_a_row() -> None:
    assert [plural(1, "promise"), plural(2, "day"), plural(1200, "deal")] == ["1 promise", "2 days", "1,200 deals"]
    assert [joined([]), joined(["a"]), joined(["a", "b", "c"])] == ["", "a", "a, b and c"]


def test_values_come_back() -> None:
    assert unpack(pack(deal=5, version=3)) == {"deal": 5, "version": 3}
    assert number(unpack("12"), "deal") == 12


@given(st.text(max_size=50))
def test_strange_values_are_empty(text: str) -> None:
    assert number(unpack(text), "no such name") == 0
