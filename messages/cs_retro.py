"""``/cs retro``: what sales forgets to tell, to learn from; for the lead alone."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from domain.handoff import FIELD_BY_NAME
from domain.retro import LEAST, Forgets
from messages.blocks import context, header, section
from messages.say import Block, Message
from messages.text import day, joined, listed, mention, plural

SHOWN: Final = 20
_ROOM: Final = 2_800
NOTHING: Final = "No handoff was handed in during the last {days} days: there is nothing to learn from yet."


def retro_message(whole: Forgets, sellers: Sequence[Forgets], since: date, days: int) -> Message:
    """All together first, then each seller; those with too few handoffs are counted, not judged."""
    if not whole.handoffs:
        text = NOTHING.format(days=days)
        return Message(text, [section(text)])
    head = f"{plural(whole.handoffs, 'handoff')} since {day(since)}"
    telling = [one for one in sellers if one.is_telling]
    blocks: list[Block] = [header("What sales forgets to tell"), context(head), section(_whole(whole))]
    if telling:
        blocks.append(section(f"*By seller*\n{listed([_seller(one) for one in telling[:SHOWN]], _ROOM)}"))
    if len(telling) > SHOWN:
        blocks.append(context(f"… and {plural(len(telling) - SHOWN, 'more seller')} with less trouble."))
    few = len(sellers) - len(telling)
    if few:
        blocks.append(
            context(f"{plural(few, 'seller')} with fewer than {LEAST} handoffs: too few to conclude anything.")
        )
    blocks.append(context("Missing: empty when first handed in. Asked: questions after the handoff was accepted."))
    return Message(f"What sales forgets to tell: {_whole(whole).splitlines()[0]}", blocks)


def _whole(whole: Forgets) -> str:
    lines = [f"Most often missing at first: {_fields(whole)}."]
    lines.append(
        f"{plural(whole.returned, 'handoff')} given back, {plural(whole.asked, 'question')} asked after acceptance."
    )
    if whole.missing:
        first = FIELD_BY_NAME[whole.missing[0][0]]
        lines.append(f"_Try_: ask for “{first.label}” in the deal review, before the deal is closed. {first.hint}")
    return "\n".join(lines)


def _seller(one: Forgets) -> str:
    who = mention(one.seller) if one.seller else "Sellers not in this Slack"
    return (
        f"• {who}, {plural(one.handoffs, 'handoff')}: missing {_fields(one)}; given back {one.returned:,}; "
        f"asked {one.asked:,}"
    )


def _fields(one: Forgets) -> str:
    if not one.missing:
        return "nothing"
    return joined([f"{FIELD_BY_NAME[name].label} ({count * 100 // one.handoffs} %)" for name, count in one.missing])
