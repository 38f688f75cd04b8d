"""``/baton status``: how Baton is doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from messages.blocks import button, confirm, context, section
from messages.ids import ACT_RESEND
from messages.say import Block, Message
from messages.text import plural, short, when
from messages.values import pack

SHOWN: Final = 15


@dataclass(frozen=True, slots=True)
class Letter:
    """A message nobody got. ``unsure``: Slack did not answer, it may have arrived."""

    id: int
    kind: str
    why: str
    since: datetime
    unsure: bool


def status(
    *,
    version: str,
    deals: int,
    due: int,
    later: int,
    csms: int,
    letters: Sequence[Letter],
    failed: int,
    may_resend: bool,
) -> Message:
    """For one person, who sees buttons only when they may use them. ``failed`` counts all letters."""
    queue = f"{plural(due, 'message')} being sent" if due else "Everything that is due is sent"
    lines = [
        f"*Baton* {short(version, 40)} is running.",
        f"Open deals of CSMs: {deals:,}." if deals else "No open deal yet – `/deal won` records the first.",
        f"CSMs: {csms}." + ("" if csms else " Nobody can be given a deal; an admin adds them with `/baton csms`."),
        f"{queue}; {plural(later, 'message')} planned for later." if later else f"{queue}.",
    ]
    blocks: list[Block] = [section("\n".join(lines))]
    if failed:
        blocks.append(section(f":warning: *{plural(failed, 'message')} could not be delivered:*"))
    for letter in letters[:SHOWN]:
        blocks += _letter(letter, may_resend)
    if failed > SHOWN:
        blocks.append(context(f"… and {failed - SHOWN} more; they show here once these are sent."))
    return Message("\n".join(lines[:2]), blocks)


def _letter(letter: Letter, may_resend: bool) -> list[Block]:
    what = letter.kind.replace("_", " ")
    unsure = " It may have arrived." if letter.unsure else ""
    text = f"*{short(what, 60)}*, {when(letter.since)}: {short(letter.why, 300) or 'no reason known'}.{unsure}"
    if not may_resend:
        return [section(text)]
    ask = confirm("Send it again?", "It may have arrived the first time.", "Send again") if letter.unsure else None
    return [section(text, button("Send again", ACT_RESEND, pack(notice=letter.id), ask=ask))]
