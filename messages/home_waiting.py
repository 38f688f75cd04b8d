"""What waits for somebody, in their Home: each thing with what can be done about it."""

from datetime import date

from domain.home import Accept, LateKickoff, Urgency, Wait, Waiting
from domain.morning import Item
from messages.blocks import actions, button, section
from messages.ids import (
    ACT_HANDOFF_ACCEPT,
    ACT_HANDOFF_ALL,
    ACT_HANDOFF_RETURN,
    ACT_KICKOFF_BOOK,
    ACT_KICKOFF_HELD,
)
from messages.morning import waiting_blocks
from messages.say import Block
from messages.text import channel_link, joined, mention, plural, short, when
from messages.values import pack

_NAME = 60


def counted(waiting: Waiting) -> str:
    """`` · 1 late kickoff, 3 overdue and 2 due today``; '' for nothing."""
    handoffs = {wait: waiting.counts.get((Urgency.HANDOFF, wait), 0) for wait in (Wait.ACCEPT, Wait.HANDOFF)}
    parts = (
        (waiting.of(Urgency.LATE_KICKOFF), "late kickoff", "late kickoffs"),
        (handoffs[Wait.ACCEPT], "handoff to accept", "handoffs to accept"),
        (handoffs[Wait.HANDOFF], "handoff to fill in", "handoffs to fill in"),
        (waiting.of(Urgency.USAGE), "customer using less", "customers using less"),
        (waiting.of(Urgency.OVERDUE), "overdue", "overdue"),
        (waiting.of(Urgency.TODAY), "due today", "due today"),
        (waiting.of(Urgency.QUESTION), "open question", "open questions"),
        (waiting.of(Urgency.SOON), "coming up", "coming up"),
    )
    said = [plural(count, one, many) for count, one, many in parts if count]
    return f" · {joined(said)}" if said else ""


def waiting_block(one: Item | Accept | LateKickoff, today: date, *, for_lead: bool = False) -> list[Block]:
    """One thing that waits: two blocks."""
    match one:
        case Accept():
            return _accept(one)
        case LateKickoff():
            return _kickoff(one, for_lead=for_lead)
        case Item():
            return waiting_blocks(one, today)


def _place(customer: str, channel_id: str) -> str:
    return f" · {short(customer, _NAME)}" + (f" {channel_link(channel_id)}" if channel_id else "")


def _accept(one: Accept) -> list[Block]:
    by = f" by {mention(one.by)}" if one.by else ""
    at = f", {when(one.at)}" if one.at else ""
    text = f"*Handoff to accept*{_place(one.customer, one.channel_id)} – {one.score} % complete, handed in{by}{at}"
    value = pack(deal=one.deal_id, version=one.version)
    return [
        section(text),
        actions(
            [
                button("Accept", ACT_HANDOFF_ACCEPT, value, style="primary"),
                button("Return", ACT_HANDOFF_RETURN, value),
                button("Read it", ACT_HANDOFF_ALL, pack(deal=one.deal_id)),
            ]
        ),
    ]


def _kickoff(one: LateKickoff, *, for_lead: bool) -> list[Block]:
    late = plural(one.days, "working day")
    if one.booked_for is None:
        text, label = f":red_circle: *No kickoff* {late} after the close", "Book"
    else:
        text, label = f":red_circle: *Was the kickoff held?* It was booked for {when(one.booked_for)}", "Book again"
    text += _place(one.customer, one.channel_id)
    if for_lead:
        text += f" – CSM {mention(one.csm)}" if one.csm else " – nobody is CSM"
    value = pack(deal=one.deal_id)
    return [
        section(text),
        actions([button(label, ACT_KICKOFF_BOOK, value, style="primary"), button("Held", ACT_KICKOFF_HELD, value)]),
    ]
