"""The channel's canvas “Handoff”: the brief as Slack's canvas markdown (docs.slack.dev/surfaces/canvases)."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from domain.handoff import FIELDS, Field, HandoffState
from domain.handoff_score import completeness
from domain.picture import DealPicture, HandoffPicture, PersonCard
from messages.brief import bar, shows_confidential
from messages.handoff_items import line
from messages.text import joined, plain_when, plural

TITLE: Final = "Handoff"
LIMIT: Final = 1_048_576
"""Bytes of a canvas (Slack: 1 MiB)."""

_LIST_ROOM: Final = 200_000
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~@:])")


def canvas_markdown(picture: DealPicture, now: datetime) -> str:
    """The handoff as markdown, below 1 MiB for any answers; '' before anything was handed in."""
    handoff = picture.handoff
    if handoff is None or not handoff.version:
        return ""
    shown = shows_confidential(picture)
    parts = [f"# Handoff: {as_typed(' '.join(picture.facts.account.name.split()))}", _status(picture, handoff)]
    for field in FIELDS:
        if field.confidential and not shown:
            continue
        parts += _field(field, handoff)
    if not shown:
        labels = joined([f"“{field.label}”" for field in FIELDS if field.confidential])
        parts.append(f"*{labels} are told to the seller, the CSM and the lead in person.*")
    return "\n\n".join(parts) + "\n"


def as_typed(text: str) -> str:
    """Text in which nothing is read as markdown."""
    return _SPECIAL.sub(r"\\\1", text)


def _status(picture: DealPicture, handoff: HandoffPicture) -> str:
    found = completeness(handoff.answers)
    card = picture.csm or picture.ae
    zone = card.zone if card else "UTC"
    lines = [f"**{found.score} % complete** {bar(found.score)}", f"Version {handoff.version}{_by(handoff, zone)}"]
    if handoff.state is HandoffState.ACCEPTED:
        lines.append(f"Accepted{_decided(handoff, zone)}")
    elif handoff.state is HandoffState.RETURNED:
        lines.append(f"Returned{_decided(handoff, zone)}")
    if found.missing:
        labels = [field.label for field in FIELDS if field.name in found.missing]
        lines.append(f"Empty: {as_typed(joined(labels))}")
    if picture.open_questions:
        lines.append(f"{plural(len(picture.open_questions), 'question')} open")
    return "\n".join(f"- {text}" for text in lines)


def _by(handoff: HandoffPicture, zone: str) -> str:
    return _person(" by ", handoff.submitted_by) + _at(handoff.submitted_at, zone)


def _decided(handoff: HandoffPicture, zone: str) -> str:
    return _person(" by ", handoff.decided_by) + _at(handoff.decided_at, zone)


def _person(before: str, card: PersonCard | None) -> str:
    return f"{before}![](@{card.slack_id})" if card else ""


def _at(at: datetime | None, zone: str) -> str:
    return f", {as_typed(plain_when(at, zone))} \\({as_typed(zone)}\\)" if at else ""


def _field(field: Field, handoff: HandoffPicture) -> list[str]:
    if field.kind == "text":
        text = handoff.answers.text(field.name).strip()
        return [f"## {field.label}", _paragraphs(text)] if text else []
    items = handoff.answers.items(field.name)
    return [f"## {field.label}", _list([line(item) for item in items])] if items else []


def _paragraphs(text: str) -> str:
    """Each line a paragraph: one line end alone would be read as a space, and indented lines as code."""
    return "\n\n".join(as_typed(row.strip()) for row in text.splitlines() if row.strip())


def _list(lines: Sequence[str]) -> str:
    kept: list[str] = []
    room = _LIST_ROOM
    for one in lines:
        row = f"- {as_typed(one)}"
        size = len(row.encode("utf-8", "replace")) + 1
        if size > room:
            break
        kept.append(row)
        room -= size
    left = len(lines) - len(kept)
    return "\n".join([*kept, f"- and {left} more: “Show everything” under the brief has them"] if left else kept)
