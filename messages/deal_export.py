"""A deal outside of Slack: as JSON for programs, and as a page of HTML that prints well."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from jinja2 import Environment, PackageLoader

from domain.deals import money
from domain.handoff import FIELDS, Answers
from domain.handoff_lists import format_item
from domain.person import PersonCard
from domain.picture import DealPicture
from domain.plan_picture import Milestone
from domain.usage.metrics import Metrics
from messages.text import day, plain_when

FORMAT: Final = "baton-deal/1"
"""Rises when a field changes its meaning or goes."""
TEMPLATE: Final = "deal.html"
"""In ``messages/templates``; Jinja2 escapes every value."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of history, conversations or wins."""

    at: datetime
    who: str
    what: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What goes with the picture of a deal into its export, each oldest first. ``usage``: the sums of weeks from
    ``monday`` on by metric, None where nothing was told."""

    monday: date
    usage: Mapping[str, Sequence[float | None]]
    conversations: Sequence[Line]
    wins: Sequence[Line]
    history: Sequence[Line]


def document(picture: DealPicture, told: Told, now: datetime, *, confidential: bool) -> dict[str, Any]:
    """The export as JSON. ``confidential``: with the fields that only seller, CSM and lead may read."""
    facts, account, handoff, plan = picture.facts, picture.facts.account, picture.handoff, picture.plan
    return {
        "format": FORMAT,
        "exported_at": now.isoformat(timespec="seconds"),
        "confidential": "included" if confidential else "left out",
        "deal": {
            "id": facts.id,
            "name": facts.name,
            "state": picture.state.value,
            "account": {
                "id": account.id,
                "name": account.name,
                "domain": account.domain,
                "segment": account.segment,
                "region": account.region,
            },
            "amount": str(facts.amount) if facts.amount is not None else None,
            "currency": facts.currency,
            "closed_at": facts.closed_at.isoformat(),
            "products": list(facts.products),
            "plan": facts.plan,
            "notes": facts.notes,
            "crm_url": facts.crm_url,
            "seller": _person(picture.ae),
            "csm": _person(picture.csm),
        },
        "handoff": None
        if handoff is None
        else {
            "state": handoff.state.value,
            "version": handoff.version,
            "score": handoff.score,
            "missing": handoff.gaps,
            "submitted_at": _moment(handoff.submitted_at),
            "submitted_by": _person(handoff.submitted_by),
            "decided_at": _moment(handoff.decided_at),
            "decided_by": _person(handoff.decided_by),
            "answers": _answers(handoff.answers, confidential=confidential),
        },
        "plan": None
        if plan is None
        else {
            "playbook": plan.playbook,
            "title": plan.playbook_title,
            "closed_on": plan.closed_on.isoformat(),
            "firm_at": _moment(plan.firm_at),
            "finished_at": _moment(plan.finished_at),
            "early_win": plan.early_win,
            "milestones": [_milestone(one) for one in plan.milestones],
        },
        "questions": [
            {
                "number": one.number,
                "text": one.text,
                "state": one.state,
                "asked_at": one.asked_at.isoformat(),
                "asker": _person(one.asker),
                "owner": _person(one.owner),
                "answer": one.answer,
                "answered_at": _moment(one.answered_at),
                "answered_by": _person(one.answered_by),
            }
            for one in picture.questions
        ],
        "promises": [
            {
                "text": one.text,
                "owner": one.owner,
                "due": one.due.isoformat() if one.due else None,
                "state": one.state,
                "evidence": one.evidence,
                "resolved_at": _moment(one.resolved_at),
                "resolved_by": _person(one.resolved_by),
            }
            for one in picture.commitments
        ],
        "usage": {"first_monday": told.monday.isoformat(), "weeks": {k: list(v) for k, v in told.usage.items()}},
        "conversations": [_line(one) for one in told.conversations],
        "wins": [_line(one) for one in told.wins],
        "history": [_line(one) for one in told.history],
    }


def as_json(found: Mapping[str, Any]) -> str:
    """The document as a file."""
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def as_html(picture: DealPicture, found: Mapping[str, Any], metrics: Metrics, zone: str = "UTC") -> str:
    """The document as one page without anything to load, for a browser to show and print as PDF; times in ``zone``."""
    environment = Environment(loader=PackageLoader("messages"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    filters = cast("dict[str, object]", environment.filters)  # pyright: ignore[reportUnknownMemberType]
    filters |= {"when": _when_in(zone), "day": _day}
    labels = {field.name: field.label for field in FIELDS}
    return environment.get_template(TEMPLATE).render(
        found=found,
        labels=labels,
        lists=_lists(picture, found),
        amount=money(picture.facts.amount, picture.facts.currency),
        usage=[_usage_row(metrics.of(name).title, weeks) for name, weeks in found["usage"]["weeks"].items() if weeks],
    )


def _lists(picture: DealPicture, found: Mapping[str, Any]) -> dict[str, list[str]]:
    """The handoff's lists as lines people read."""
    if picture.handoff is None:
        return {}
    shown = found["handoff"]["answers"]
    lists = {field.name for field in FIELDS if field.kind == "list" and field.name in shown}
    return {name: [format_item(one) for one in picture.handoff.answers.items(name)] for name in lists}


def _usage_row(title: str, weeks: Sequence[float | None]) -> dict[str, Any]:
    known = [week for week in weeks if week is not None]
    most = max(known, default=0.0) or 1.0
    return {
        "title": title,
        "last": f"{known[-1]:,.0f}" if known else "–",
        "most": f"{max(known):,.0f}" if known else "–",
        "bars": [round(100 * (week or 0.0) / most) for week in weeks],
    }


def _answers(answers: Answers, *, confidential: bool) -> dict[str, Any]:
    hidden = {field.name for field in FIELDS if field.confidential and not confidential}
    return {name: answer for name, answer in answers.to_json().items() if name not in hidden}


def _milestone(one: Milestone) -> dict[str, Any]:
    return {
        "number": one.number,
        "title": one.title,
        "state": one.state.value,
        "due": one.due.isoformat() if one.due else None,
        "responsible": one.raci.responsible.value,
        "owner": _person(one.owner) if one.owner else (one.owner_name or None),
        "evidence": one.evidence,
        "why": one.why,
        "settled_at": _moment(one.settled_at),
        "settled_by": _person(one.settled_by),
    }


def _line(one: Line) -> dict[str, Any]:
    return {"at": one.at.isoformat(), "who": one.who, "what": one.what, "note": one.note}


def _person(card: PersonCard | None) -> str | None:
    return (card.name or card.slack_id) if card is not None else None


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _when_in(zone: str) -> Callable[[str | None], str]:
    def when(text: str | None) -> str:
        return plain_when(datetime.fromisoformat(text), zone) if text else ""

    return when


def _day(text: str | None) -> str:
    return day(date.fromisoformat(text)) if text else ""
