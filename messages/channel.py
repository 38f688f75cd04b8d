"""What happens to a deal's channel by other hands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.picture import DealPicture
from messages.blocks import section
from messages.brief import shows_confidential
from messages.deals import name_of
from messages.people import csm, seller
from messages.say import Message, Quiet
from messages.text import channel_link, mention


def outsiders_came(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message | Quiet:
    """More people can read the deal's channel. Said in the channel, without what it hides. ``facts``: ``why`` guest,
    shared or public, ``who`` a Slack id, may be ''."""
    if shows_confidential(picture):
        return Quiet("it is among members again")
    text = (
        f"{_who(facts)} can read this channel now. What is for the seller, the CSM and the lead alone was taken "
        "out of the handoff here and is sent to them in person."
    )
    return Message(text, [section(text)])


def confidential_withdrawn(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message | Quiet:
    """The same in person to the seller and the CSM. ``facts`` as above."""
    if shows_confidential(picture):
        return Quiet("it is among members again")
    text = (
        f"{_who(facts)} can read {channel_link(picture.channel.id)} now, the channel of *{name_of(picture)}*. The "
        "concerns and sensitivities of its handoff were taken out of the channel and its canvas; you have them here in "
        "person. Who read them before that may still know them."
    )
    return Message(text, [section(text)])


def _who(facts: Mapping[str, Any]) -> str:
    if facts.get("why") == "public":
        return "Every member of the workspace"
    if facts.get("who"):
        return f"{mention(str(facts['who']))} from outside"
    return "A guest" if facts.get("why") == "guest" else "Another company"


def channel_archived(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message:
    """The channel was archived by hand while the deal is open. Told in the customer-success channel. ``facts``: ``by``
    a Slack id, may be ''; ``gone``: the channel was deleted."""
    by = f"{mention(str(facts['by']))} " if facts.get("by") else "Somebody "
    what = "deleted" if facts.get("gone") else "archived"
    text = (
        f"{by}{what} {channel_link(picture.channel.id)}, the channel of *{name_of(picture)}* ({seller(picture)} → "
        f"{csm(picture)}), though the deal is open. "
    )
    if facts.get("gone"):
        text += "What was passed on is kept, and can be read with `/deal` and the customer's name."
    else:
        text += "Nothing can be said there until it is unarchived. To finish a deal use `/deal close`."
    return Message(text, [section(text)])
