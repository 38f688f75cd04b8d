"""Picking one of one's own deals when `/handoff` is typed outside a deal's channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from messages.blocks import context, input_block, modal, plain
from messages.ids import VIEW_HANDOFF_PICK
from messages.limits import OPTION, OPTIONS
from messages.say import Block, View
from messages.values import pack

LISTED: Final = OPTIONS
"""Slack's limit on the options of a menu."""


@dataclass(frozen=True, slots=True)
class PickDeal:
    """A deal to pick: our id, its name, its channel's name ('' before it is made)."""

    id: int
    name: str
    channel: str


def pick_view(deals: Sequence[PickDeal], *, more: bool) -> View:
    """The choice. `more`: the person has more open deals than a menu holds."""
    options: list[Block] = [
        {"text": plain(" ".join(deal.name.split()) or deal.channel, OPTION), "value": pack(deal=deal.id)}
        for deal in deals[:LISTED]
    ]
    element: Block = {"type": "static_select", "action_id": "deal", "options": options}
    blocks = [input_block("deal", "Which deal is it about?", element)]
    if more:
        blocks.append(context(f"These are your newest {LISTED}. For an older one type `/handoff` in its channel."))
    return modal(VIEW_HANDOFF_PICK, "Handoff", blocks, submit="Open")
