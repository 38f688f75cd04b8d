"""Who is a CSM: seen and changed by the lead and admins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from messages.blocks import button, confirm, context, divider, input_block, modal, section, text_input
from messages.ids import ACT_CSM_REMOVE, ACT_CSMS_UNDO, VIEW_CSMS
from messages.limits import BUTTON_VALUE
from messages.say import Block, View
from messages.text import joined, mention, plural, short
from messages.values import pack

SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class CsmLine:
    """A CSM as listed."""

    slack_id: str
    regions: tuple[str, ...]
    segments: tuple[str, ...]
    open_deals: int
    active: bool = True


def line(csm: CsmLine) -> str:
    """One escaped line."""
    regions = short(joined(csm.regions), 200) or "every region"
    segments = short(joined(csm.segments), 200) or "every segment"
    away = "" if csm.active else " (not active)"
    return f"{mention(csm.slack_id)}{away}: {regions}, {segments}; {plural(csm.open_deals, 'open deal')}"


def csms_view(csms: Sequence[CsmLine], said: str = "", undo: str = "") -> View:
    """The list, and a form that adds one or changes what they look after. ``said`` (escaped) is what has just been
    done, ``undo`` what its undo carries, '' for none."""
    back = button("Undo", ACT_CSMS_UNDO, undo) if undo and len(undo) <= BUTTON_VALUE else None
    blocks: list[Block] = [section(said, back)] if said else []
    for csm in csms[:SHOWN]:
        ask = confirm(
            "No CSM any more?", "Their deals stay with them until somebody changes it.", "Remove", danger=True
        )
        blocks.append(section(line(csm), button("Remove", ACT_CSM_REMOVE, pack(person=csm.slack_id), ask=ask)))
    if len(csms) > SHOWN:
        blocks.append(context(f"… and {len(csms) - SHOWN} more."))
    if not csms:
        blocks.append(section("Nobody is a CSM yet. Deals for which the CRM names none stay without."))
    picker = {"type": "users_select", "action_id": "csm"}
    blocks += [
        divider(),
        input_block("csm", "Add or change a CSM", picker),
        text_input(
            "regions",
            "Regions",
            hint="With commas between them, as the CRM writes them. Empty: all.",
            optional=True,
            most=300,
        ),
        text_input("segments", "Segments", hint="The same. Empty: all.", optional=True, most=300),
    ]
    return modal(VIEW_CSMS, "CSMs", blocks, submit="Save", close="Close")
