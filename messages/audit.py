"""The audit log as admins and the lead read it: who did what, when, from where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from messages.blocks import actions, button, context, modal, section
from messages.ids import ACT_AUDIT_PAGE, VIEW_AUDIT
from messages.say import Block, View
from messages.text import escape, mention, short, when
from messages.values import pack

PAGE: Final = 20
"""Entries on one page of the window."""
WORDS: Final = 100
_ABOUT: Final = 100
_DETAIL: Final = 300
ERASED: Final = "taken out under privacy law"


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry. ``actor``: a Slack id, or what acted by itself (``crm``); ``customer`` the one of the deal, if any."""

    id: int
    at: datetime
    actor: str
    action: str
    via: str
    customer: str
    subject: str
    detail: Mapping[str, Any]
    erased: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """What is shown: only of ``person`` (a Slack id), only of deals with ``words`` in their names; '' for all."""

    person: str = ""
    words: str = ""


def audit_view(lines: Sequence[AuditLine], wanted: Filter, *, before: int = 0, more: bool = False) -> View:
    """A page of the log, newest first. ``before``: the entry this page begins after, 0 for the newest page; ``more``:
    there are older ones."""
    blocks: list[Block] = [context(_head(wanted))]
    blocks += [section(_line(one)) for one in lines]
    if not lines:
        blocks.append(section("Nothing is written here." if not before else "That was all."))
    given = {"person": wanted.person, "words": wanted.words}
    turns: list[dict[str, Any]] = []
    if before:
        turns.append(button("Newest", f"{ACT_AUDIT_PAGE}:newest", pack(before=0, **given)))
    if more:
        turns.append(button("Older", f"{ACT_AUDIT_PAGE}:older", pack(before=lines[-1].id, **given)))
    blocks += [actions(turns, "pages")] if turns else []
    return modal(VIEW_AUDIT, "Audit log", blocks, close="Close")


def _head(wanted: Filter) -> str:
    parts = [f"of {mention(wanted.person)}"] if wanted.person else []
    parts += [f"of deals called “{short(wanted.words, WORDS)}”"] if wanted.words else []
    return f"What was done {' and '.join(parts)}, newest first." if parts else "What was done, newest first."


def _line(one: AuditLine) -> str:
    who = mention(one.actor) if one.actor[:1] in ("U", "W") and one.actor.isalnum() else f"*{short(one.actor, 60)}*"
    about = short(one.customer or one.subject, _ABOUT)
    head = f"{when(one.at)} · {who} · {escape(one.action.replace('_', ' '))}"
    rest = [f"*{about}*"] if about else []
    rest.append(f"by {escape(one.via)}")
    if one.erased:
        rest.append(f"_{ERASED}_")
    detail = short(", ".join(f"{name}: {_value(value)}" for name, value in one.detail.items()), _DETAIL)
    return "\n".join(part for part in (head, " · ".join(rest), detail) if part)


def _value(value: object) -> str:
    """Plain text of anything JSON holds."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(_value(each) for each in cast("list[object]", value)) or "none"
    if isinstance(value, dict):
        return "; ".join(f"{name} {_value(each)}" for name, each in cast("dict[str, object]", value).items())
    return "none" if value is None else str(value)
