"""Windows about a plan as a whole: every milestone page by page, and the choice of another playbook."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from domain.picture import DealPicture
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Playbook
from messages.blocks import actions, button, context, input_block, modal, plain, section
from messages.deals import name_of
from messages.ids import (
    ACT_MILESTONE_ADD,
    ACT_MILESTONE_OPEN,
    ACT_PLAN_ALL,
    ACT_PLAYBOOK,
    VIEW_PLAN_ALL,
    VIEW_PLAYBOOK,
)
from messages.limits import OPTION, OPTION_VALUE, OPTIONS
from messages.milestone_edit import state_line
from messages.milestone_views import NOWHERE, Back
from messages.owners import owner_of
from messages.say import Block, Message, View
from messages.text import listed, plural, short
from messages.values import pack

PAGE: Final = 40
"""Milestones a page: with what stands around them far below the 100 blocks of a view."""

_TITLE: Final = 200
_RADIO: Final = 10
_ABOUT: Final = 300
_ASKED: Final = 120
_ROOM: Final = 2_900


@dataclass(frozen=True, slots=True)
class Offered:
    """A playbook that can be chosen instead. ``keeps`` and ``adds``: how many milestones stay and come."""

    playbook: Playbook
    keeps: int
    adds: int


def in_order(plan: PlanPicture) -> list[Milestone]:
    """Open ones by their day, those without one last; then the settled ones by number."""
    far = date.max
    return sorted(
        plan.milestones, key=lambda one: (not one.is_open, one.due or far if one.is_open else far, one.number)
    )


def pages(count: int) -> int:
    """How many pages so many milestones need, at least one."""
    return max(1, -(-count // PAGE))


def all_view(picture: DealPicture, plan: PlanPicture, page: int, today: date, *, may_edit: bool) -> View:
    """Every milestone, page by page from 1; a page beyond the end shows the last one."""
    shown = in_order(plan)
    last = pages(len(shown))
    page = min(max(page, 1), last)
    opened = sum(one.is_open for one in shown)
    place = f" · page {page} of {last}" if last > 1 else ""
    count = f"{plural(len(shown), 'milestone')}, {opened} open{place}"
    blocks: list[Block] = [section(f"*{name_of(picture)}* · {short(plan.playbook_title, _TITLE)}\n{count}")]
    if may_edit:
        value = pack(deal=picture.id)
        edit = [button("Add a milestone", ACT_MILESTONE_ADD, value), button("Change playbook", ACT_PLAYBOOK, value)]
        blocks.append(actions(edit, "edit"))
    blocks += [_row(picture, one, today) for one in shown[(page - 1) * PAGE : page * PAGE]]
    turns = [
        button(label, f"{ACT_PLAN_ALL}:{name}", pack(deal=picture.id, page=to))
        for label, name, to in (("Previous page", "back", page - 1), ("Next page", "on", page + 1))
        if 1 <= to <= last
    ]
    blocks += [actions(turns, "pages")] if turns else []
    metadata = pack(deal=picture.id, page=page)
    return modal(VIEW_PLAN_ALL, "The plan", blocks, close="Close", metadata=metadata)


def _row(picture: DealPicture, one: Milestone, today: date) -> Block:
    text = f"*{one.number}. {short(one.title, _TITLE)}*\n{state_line(one, today)}"
    if one.is_open:
        text += f" · {owner_of(picture, one)}"
    return section(text, button("Open", ACT_MILESTONE_OPEN, pack(milestone=one.id)))


def missing_evidence(picture: DealPicture, plan: PlanPicture) -> Message:
    """Which finished milestones nobody can see the result of, and what to type."""
    lines = [
        f"• {one.number}. {short(one.title, _TITLE)}: {short(one.evidence_asked, _ASKED)}"
        for one in plan.milestones
        if one.state is State.DONE and one.evidence_asked and not one.evidence
    ]
    if not lines:
        text = f"Everything of *{name_of(picture)}* that was finished and needs evidence has it."
        return Message(text, [section(text)])
    head = f"*{plural(len(lines), 'finished milestone')}* of {name_of(picture)} without the evidence asked for:"
    tail = "Add it: `/milestone evidence 3 https://…`"
    return Message(head, [section(head), section(listed(lines, _ROOM)), context(tail)])


def playbook_view(picture: DealPicture, plan: PlanPicture, offered: Sequence[Offered], back: Back = NOWHERE) -> View:
    """Which playbook the plan is to follow, and what stays of it."""
    options = [_option(one) for one in offered[:OPTIONS] if len(one.playbook.name) <= OPTION_VALUE]
    first = next((option for option in options if option["value"] == plan.playbook), options[0])
    kind = "radio_buttons" if len(options) <= _RADIO else "static_select"
    element: dict[str, Any] = {"type": kind, "action_id": "playbook", "options": options, "initial_option": first}
    blocks: list[Block] = [
        section(f"*{name_of(picture)}* follows *{short(plan.playbook_title, _TITLE)}*. {short(plan.why, _ABOUT)}"),
        section(_kept(plan)),
        input_block("playbook", "Playbook", element),
        *(context(line) for line in _described(offered[:_RADIO])),
    ]
    return modal(
        VIEW_PLAYBOOK, "Change playbook", blocks, submit="Change", metadata=pack(deal=picture.id, **back.packed())
    )


def _option(one: Offered) -> dict[str, Any]:
    return {
        "text": plain(" ".join(one.playbook.title.split()) or one.playbook.name, OPTION),
        "value": one.playbook.name,
    }


def _described(offered: Iterable[Offered]) -> list[str]:
    return [
        f"*{short(one.playbook.title, _TITLE)}* · {plural(len(one.playbook.steps), 'step')}: {one.keeps} kept, "
        f"{one.adds} new. {short(one.playbook.about, _ABOUT)}"
        for one in offered
    ]


def _kept(plan: PlanPicture) -> str:
    settled = sum(not one.is_open for one in plan.milestones)
    by_hand = sum(one.is_open and (one.touched or not one.step) for one in plan.milestones)
    begun = sum(
        one.state in (State.DOING, State.BLOCKED) and not one.touched and bool(one.step) for one in plan.milestones
    )
    kept = [f"{settled} settled", f"{by_hand} changed or added by hand", *([f"{begun} begun"] if begun else [])]
    return (
        f"Kept as they are: {', '.join(kept)}. The other open ones are replaced by those of the new playbook. It can "
        "be undone."
    )
