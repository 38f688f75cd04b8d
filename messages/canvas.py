"""The channel's canvas “Handoff”: brief and plan as Slack's canvas markdown (docs.slack.dev/surfaces/canvases)."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from domain.handoff import FIELDS, Field, HandoffState
from domain.handoff_score import completeness
from domain.picture import DealPicture, HandoffPicture, PersonCard
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Role
from messages.brief import bar, shows_confidential
from messages.handoff_items import line
from messages.text import cut, day, joined, plain_when, plural

TITLE: Final = "Handoff"
LIMIT: Final = 1_048_576
"""Bytes of a canvas (Slack: 1 MiB)."""

_LIST_ROOM: Final = 200_000
_PLAN_ROOM: Final = 100_000
_WORDS: Final = 300
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~@:])")


def canvas_markdown(picture: DealPicture, now: datetime) -> str:
    """Handoff and plan as markdown, below 1 MiB for any of both; '' before anything was handed in."""
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
    if picture.plan is not None:
        parts += _plan(picture, picture.plan)
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


def _plan(picture: DealPicture, plan: PlanPicture) -> list[str]:
    settled = sum(not one.is_open for one in plan.milestones)
    lines = [f"**{settled} of {plural(len(plan.milestones), 'milestone')} settled**", _dates(picture, plan)]
    lines.append(f"Playbook: {as_typed(plan.playbook_title)}")
    if plan.early_win:
        lines.append(f"Early win: {as_typed(cut(' '.join(plan.early_win.split()), _WORDS))}")
    rows = sorted(plan.milestones, key=lambda one: (one.due or date.max, one.number))
    tasks = _rows([_task(picture, one) for one in rows], "and {n} more: “Show all” under the plan has them", _PLAN_ROOM)
    return ["# Plan", "\n".join(f"- {text}" for text in lines), *([tasks] if tasks else [])]


def _dates(picture: DealPicture, plan: PlanPicture) -> str:
    card = picture.csm or picture.ae
    zone = card.zone if card else "UTC"
    if plan.finished_at is not None:
        return f"Finished{_at(plan.finished_at, zone)}"
    if plan.firm_at is not None:
        return f"Firm dates{_at(plan.firm_at, zone)}"
    return "Tentative dates, until the handoff is accepted"


def _task(picture: DealPicture, one: Milestone) -> str:
    """A line of the checklist. Names and no mentions: the canvas is rewritten on every change."""
    parts = [f"{one.number}. {cut(' '.join(one.title.split()), _WORDS)}", day(one.due) if one.due else "no day yet"]
    parts.append(_owner(picture, one))
    if one.state in (State.DOING, State.BLOCKED, State.SKIPPED):
        why = f": {cut(' '.join(one.why.split()), _WORDS)}" if one.why else ""
        parts.append(f"{one.state}{why}")
    if one.evidence:
        parts.append(cut(" ".join(one.evidence.split()), _WORDS))
    return f"[{' ' if one.is_open else 'x'}] {as_typed(' – '.join(parts))}"


def _owner(picture: DealPicture, one: Milestone) -> str:
    if one.owner is not None:
        return one.owner.name
    if one.owner_name:
        return f"{one.owner_name} (customer)"
    match one.responsible:
        case Role.AE:
            return picture.ae.name if picture.ae else "the seller"
        case Role.CUSTOMER:
            return "the customer"
        case Role.LEAD:
            return "the lead"
        case _:
            return picture.csm.name if picture.csm else "the CSM"


def _paragraphs(text: str) -> str:
    """Each line a paragraph: one line end alone would be read as a space, and indented lines as code."""
    return "\n\n".join(as_typed(row.strip()) for row in text.splitlines() if row.strip())


def _list(lines: Sequence[str]) -> str:
    return _rows([as_typed(one) for one in lines], "and {n} more: “Show everything” under the brief has them")


def _rows(lines: Sequence[str], rest: str, room: int = _LIST_ROOM) -> str:
    """Lines of markdown as a list, as many as there is room for in bytes; ``rest`` counts the others."""
    kept: list[str] = []
    for one in lines:
        row = f"- {one}"
        size = len(row.encode("utf-8", "replace")) + 1
        if size > room:
            break
        kept.append(row)
        room -= size
    left = len(lines) - len(kept)
    return "\n".join([*kept, f"- {rest.format(n=left)}"] if left else kept)
