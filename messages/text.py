"""Text from outside made fit for Slack: escaped, inside the limits, and never shortened without saying so."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.text import clean
from messages.limits import SECTION

ELLIPSIS: Final = "…"
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HALF_A_YEAR: Final = 182
_ADDRESS: Final = re.compile(r"https?://[^\s<>|\"]+[^\s<>|\".,;:!?)\]]")


def escape(text: str) -> str:
    """Text as typed, for mrkdwn: ``&``, ``<`` and ``>`` lose their meaning (docs.slack.dev/messaging/formatting)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters; an ellipsis shows that there was more. Raises ValueError below 1."""
    return clean(text, limit).text


def short(text: str, limit: int) -> str:
    """One escaped line of at most ``limit`` characters of the original."""
    return escape(cut(" ".join(text.split()), limit))


def day(on: date) -> str:
    """``Fri 5 Dec 2026``."""
    return f"{_DAYS[on.weekday()]} {on.day} {_MONTHS[on.month - 1]} {on.year}"


def short_day(on: date, today: date) -> str:
    """``Fri 5 Dec``; with its year when it is more than half a year away."""
    if abs((on - today).days) > _HALF_A_YEAR:
        return day(on)
    return f"{_DAYS[on.weekday()]} {on.day} {_MONTHS[on.month - 1]}"


def zone_of(name: str) -> ZoneInfo:
    """The zone of this name; UTC when this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def plain_when(at: datetime, zone: str = "UTC") -> str:
    """``Fri 5 Dec 2026, 10:14`` in ``zone``, for plain text."""
    local = at.astimezone(zone_of(zone))
    return f"{day(local.date())}, {local:%H:%M}"


def when(at: datetime, zone: str = "UTC") -> str:
    """A token for mrkdwn that everybody reads in their own time; who can't, reads it in ``zone``."""
    fallback = plain_when(at, zone)
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{fallback}>"


def ago(at: datetime, now: datetime, zone: str = "UTC") -> str:
    """``2 minutes ago``, or the day when it is longer than one ago; plain text."""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{plural(minutes, 'minute')} ago"
    if minutes < 24 * 60:
        return f"{plural(minutes // 60, 'hour')} ago"
    return f"on {plain_when(at, zone)}"


def mention(slack_id: str) -> str:
    """A person, as Slack shows and notifies them; who was erased under privacy law has no Slack id any more."""
    return f"<@{slack_id}>" if slack_id.isalnum() else "somebody"


def channel_link(channel_id: str) -> str:
    """A channel, as Slack shows it to those who may see it."""
    return f"<#{channel_id}>"


def link(url: str, label: str) -> str:
    """A link for mrkdwn with text from outside."""
    safe = escape(url).replace("|", "%7C").replace("\n", "")
    return f"<{safe}|{escape(label).replace('|', '/')}>"


def plural(count: int, one: str, many: str = "") -> str:
    """``1 question``, ``3 questions``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def joined(words: Sequence[str], last: str = "and") -> str:
    """``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def linked(text: str) -> str:
    """Text as typed, escaped, with its web addresses made links."""
    pieces: list[str] = []
    at = 0
    for found in _ADDRESS.finditer(text):
        pieces += [escape(text[at : found.start()]), f"<{escape(found.group())}>"]
        at = found.end()
    return "".join(pieces) + escape(text[at:])


def chunks(text: str, limit: int = SECTION) -> list[str]:
    """The whole text, escaped, in pieces of at most ``limit`` characters, broken at line ends or spaces if it can be.

    Nothing is lost but the white space where it was broken.
    """
    found: list[str] = []
    rest = text.strip()
    while rest:
        at = _fitting(rest, limit)
        found.append(linked(rest[:at].rstrip()))
        rest = rest[at:].lstrip("\n" if at < len(rest) and rest[at] == "\n" else " \n")
    return [piece for piece in found if piece]


def _fitting(text: str, limit: int) -> int:
    """How many characters of ``text`` fit once they are escaped."""
    if len(linked(text[: limit + 1])) <= limit:
        return len(text)
    low, high = 1, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if len(linked(text[:middle])) <= limit:
            low = middle
        else:
            high = middle - 1
    for end in ("\n", " "):
        at = text.rfind(end, low // 2, low)
        if at > 0:
            return at
    return _before_marks(text, low)


def _before_marks(text: str, at: int) -> int:
    """Not inside a joined emoji or before an accent."""
    place = at
    while place > max(1, at - 40) and place < len(text) and _sticks(text, place):
        place -= 1
    return place


def _sticks(text: str, place: int) -> bool:
    joiners = ("\u200d", "\ufe0f")
    return text[place] in joiners or text[place - 1] == "\u200d" or "\u0300" <= text[place] <= "\u036f"


def listed(lines: Iterable[str], limit: int, more: str = "… and {n} more") -> str:
    """Lines that are escaped already, as many as fit in ``limit`` characters; the rest is counted, not hidden."""
    every = list(lines)
    kept: list[str] = []
    size = 0
    room = limit - len(more) - 8
    for line in every:
        if size + len(line) + 1 > room:
            break
        kept.append(line)
        size += len(line) + 1
    left = len(every) - len(kept)
    return "\n".join([*kept, more.format(n=left)] if left else kept)
