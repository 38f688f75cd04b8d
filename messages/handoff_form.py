"""The handoff form itself: the first view, with every field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.handoff import FIELDS, Answers, Field
from domain.limits import TEXT
from messages.blocks import button, confirm, context, modal, section, sections
from messages.handoff_inputs import typing_input
from messages.handoff_items import counted, title
from messages.handoff_place import Place, dump
from messages.ids import ACT_LIST_OPEN, ACT_START_OVER, VIEW_HANDOFF
from messages.say import Block, View
from messages.text import cut, day, escape, joined, mention, short, zone_of

_NAMED: Final = 3
_OTHERS: Final = 5
_GAPS: Final = 1_000

_ADD: Final = {
    "success_metrics": "Add measures, one a line",
    "key_dates": "Add dates, one a line",
    "stakeholders": "Add people, one a line",
    "commitments": "Add promises, one a line",
}


@dataclass(frozen=True, slots=True)
class Newer:
    """A version somebody handed in after these answers were begun."""

    version: int
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Form:
    """What the form shows one person.

    `typed` is the raw text of the list inputs; `hidden` the fields this person may not read; `draft_at` when their own
    draft was kept last (None without one); `others` the Slack ids of people with a draft, and when they typed last;
    `zone` the person's; `now` aware.
    """

    place: Place
    account: str
    answers: Answers
    now: datetime
    zone: str
    typed: Mapping[str, str]
    hidden: frozenset[str] = frozenset()
    draft_at: datetime | None = None
    others: tuple[tuple[str, datetime], ...] = ()
    newer: Newer | None = None
    gaps: str = ""


def form_view(form: Form) -> View:
    """The modal. Its inputs keep their ids in every version of it, so what is typed survives an update."""
    blocks = [*_top(form)]
    for field in FIELDS:
        if field.name in form.hidden:
            continue
        blocks += _list(form, field) if field.kind == "list" else [_text(form, field)]
    return modal(
        VIEW_HANDOFF,
        "Handoff",
        blocks,
        submit="Hand in",
        close="Close",
        metadata=dump(form.place),
        tell_when_closed=True,
    )


def clearing_view(form: Form) -> View:
    """Shown for a moment when somebody starts over: Slack forgets what was typed only when the inputs are gone."""
    return modal(VIEW_HANDOFF, "Handoff", [context("Starting over …")], close="Close", metadata=dump(form.place))


def clock(at: datetime, now: datetime, zone: str) -> str:
    """`10:14` today, else with its day, in the person's zone."""
    local, today = at.astimezone(zone_of(zone)), now.astimezone(zone_of(zone)).date()
    return f"{local:%H:%M}" if local.date() == today else f"{day(local.date())}, {local:%H:%M}"


def _top(form: Form) -> list[Block]:
    blocks = [
        context(
            f"*{short(form.account, 100)}* · What you type is kept as you go: close this and come back when you like."
        )
    ]
    if form.gaps:
        blocks += [section("*It was returned. What is missing:*"), *sections(cut(form.gaps, _GAPS))]
    if form.draft_at:
        blocks.append(_draft(form, form.draft_at))
    if form.newer:
        blocks.append(_newer(form.newer, form))
    if form.others:
        blocks.append(_others(form))
    if form.hidden:
        labels = joined([f"“{field.label}”" for field in FIELDS if field.name in form.hidden])
        blocks.append(context(f"{labels} are kept among the seller, the CSM and the lead, so they are not shown here."))
    return blocks


def _draft(form: Form, at: datetime) -> Block:
    ask = confirm(
        "Start over?",
        "What you typed and did not hand in is thrown away.",
        "Start over",
        "Keep my draft",
        danger=True,
    )
    return section(
        f"*Your draft of {clock(at, form.now, form.zone)} is here.* Go on where you stopped.",
        button("Start over", ACT_START_OVER, ask=ask),
    ) | {"block_id": "draft"}


def _newer(newer: Newer, form: Form) -> Block:
    when = f" ({clock(newer.at, form.now, form.zone)})" if newer.at else ""
    who = mention(newer.by) if newer.by else "Somebody"
    return context(
        f":information_source: {who} handed in version {newer.version} since you began{when}. Your changes are joined "
        "with it when you hand in; where you both changed the same thing, you will be asked."
    )


def _others(form: Form) -> Block:
    named = [f"{mention(who)} (at {clock(at, form.now, form.zone)})" for who, at in form.others[:_OTHERS]]
    left = len(form.others) - len(named)
    people = joined([*named, f"{left} more"] if left else named)
    verb = "has a draft" if len(form.others) == 1 else "have drafts"
    return context(f":writing_hand: {people} {verb} of this handoff too. Nobody's changes are lost: they are joined.")


def _text(form: Form, field: Field) -> Block:
    return typing_input(
        field.name,
        field.label,
        most=TEXT,
        initial=form.answers.text(field.name),
        hint=field.hint,
        multiline=True,
        optional=not field.required,
    )


def _list(form: Form, field: Field) -> list[Block]:
    items = form.answers.items(field.name)
    needed = field.required and not items
    heading = f"*{escape(field.label)}* · {len(items)} listed{' (needed)' if needed else ''}"
    named = [short(title(item), 40) for item in items[:_NAMED]]
    left = len(items) - len(named)
    if named:
        heading += "\n" + joined([*named, f"{left} more"] if left else named)
    edit = button("Edit list", ACT_LIST_OPEN, field.name)
    edit["accessibility_label"] = f"Edit list: {field.label}, {counted(field.name, len(items))}"[:75]
    return [
        section(heading, edit) | {"block_id": f"list:{field.name}"},
        typing_input(
            field.name,
            _ADD[field.name],
            most=TEXT,
            initial=form.typed.get(field.name, ""),
            hint=field.hint,
            multiline=True,
            optional=not needed,
        ),
    ]
