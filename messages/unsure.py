"""Asks the lead whether messages arrived of which Slack did not say so, and shows what somebody answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from messages.blocks import actions, button, section
from messages.ids import ACT_UNSURE_ARRIVED, ACT_UNSURE_RESEND
from messages.say import Block, Message
from messages.text import channel_link, mention, plural, short, when
from messages.values import pack

_NAME: Final = 40
_WHY: Final = 100
_ANSWERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "resent": ":arrows_counterclockwise: Sent again by {by}, {at}.",
        "arrived": ":white_check_mark: It arrived, says {by}, {at}.",
    }
)
_CAUSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "not_in_channel": "Baton is not in that channel any more: type `/invite` there and choose it.",
        "channel_not_found": "Baton is not in that channel any more: type `/invite` there and choose it.",
        "is_archived": "That channel is archived.",
        "missing_scope": "The app may not read there: `baton check` names the scope that is missing.",
    }
)
"""Slack's codes of ``conversations.history``, and what to do about each."""


def delivery_unsure(facts: Mapping[str, Any], now: datetime) -> Message:
    """To the lead, edited in place. ``facts``: ``letters``, each with ``notice`` its row id, ``kind``, ``audience``,
    ``customer``, ``channel``, ``since``, ``why``, and once answered ``decided``, ``by``, ``at``."""
    letters: Sequence[Mapping[str, Any]] = facts["letters"]
    left = sum(not one.get("decided") for one in letters)
    head = _head(left, len(letters))
    blocks: list[Block] = [section(head)]
    for one in letters:
        blocks += _letter(one)
    return Message(head, blocks)


def _head(left: int, every: int) -> str:
    if not left:
        return f":white_check_mark: {plural(every, 'message')} that may not have arrived: all looked after."
    these = "a message of Baton" if left == 1 else f"{left:,} messages of Baton"
    them, one = ("it", "it") if left == 1 else ("them", "each of them")
    return (
        f":grey_question: *Did {these} arrive?* Slack gave no answer when Baton posted {them}, and Baton can't read "
        f"there to find out. Please look, then press for {one} what is true."
    )


def _letter(one: Mapping[str, Any]) -> list[Block]:
    what = str(one["kind"]).replace("_", " ").capitalize()
    line = f"*{short(what, _NAME)}*{_place(one)}, {when(datetime.fromisoformat(str(one['since'])))}"
    answer = _ANSWERS.get(str(one.get("decided") or ""))
    if answer is not None:
        at = when(datetime.fromisoformat(str(one["at"])))
        return [section(f"~{line}~\n{answer.format(by=mention(str(one['by'])), at=at)}")]
    value = pack(notice=int(one["notice"]))
    return [
        section(f"{line}\n{_cause(str(one['why']))}"),
        actions([button("Send again", ACT_UNSURE_RESEND, value), button("It arrived", ACT_UNSURE_ARRIVED, value)]),
    ]


def _place(one: Mapping[str, Any]) -> str:
    about = f" for {short(str(one['customer']), _NAME)}" if one["customer"] else ""
    audience = str(one["audience"])
    if audience.startswith("person:"):
        return f"{about} to {mention(audience.removeprefix('person:'))}"
    if audience.startswith("channel:"):
        return f"{about} in {channel_link(audience.removeprefix('channel:'))}"
    if audience == "cs":
        return f"{about} in the customer-success channel"
    return f"{about} in {channel_link(str(one['channel']))}" if one["channel"] else about


def _cause(why: str) -> str:
    return next((said for code, said in _CAUSES.items() if code in why), short(why, _WHY))
