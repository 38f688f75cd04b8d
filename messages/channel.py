"""What happens to a deal's channel by other hands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.picture import DealPicture
from messages.blocks import section
from messages.deals import name_of
from messages.people import csm, seller
from messages.say import Message, Quiet
from messages.text import channel_link, mention


def outsiders_came(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message | Quiet:
    """A guest or somebody of another company joined the deal's channel. Said in the channel, without what it hides.
    ``facts``: ``who`` a Slack id, '' when a whole company came."""
    if not picture.channel.outsiders:
        return Quiet("they have left again")
    who = mention(str(facts["who"])) if facts.get("who") else "Another company"
    text = (
        f"{who} from outside can read this channel now. What is for the seller, the CSM and the lead alone was taken "
        "out of the handoff here and is sent to them in person."
    )
    return Message(text, [section(text)])


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
