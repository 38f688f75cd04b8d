"""One milestone in its window: what it is, who answers for it, what can be done, what was done, and its fields."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from domain.limits import MILESTONE_TITLE, QUESTION
from domain.person import PersonCard
from domain.picture import DealPicture
from domain.plan_picture import Milestone, State
from domain.playbook import CLOSE, Kind, Role
from messages.blocks import (
    actions,
    button,
    context,
    divider,
    fields,
    input_block,
    modal,
    plain,
    section,
    sections,
    text_input,
)
from messages.deals import name_of
from messages.ids import (
    ACT_KICKOFF_BOOK,
    ACT_KICKOFF_HELD,
    ACT_MILESTONE_BLOCK,
    ACT_MILESTONE_DONE,
    ACT_MILESTONE_EVIDENCE,
    ACT_MILESTONE_MOVE,
    ACT_MILESTONE_REOPEN,
    ACT_MILESTONE_SKIP,
    ACT_MILESTONE_SNOOZE,
    ACT_MILESTONE_START,
    ACT_MILESTONE_UNBLOCK,
    VIEW_MILESTONE_EDIT,
)
from messages.limits import OPTION
from messages.milestone_views import DAY_HINT, NOWHERE, WHO, Back, undo_button
from messages.owners import owner_of
from messages.people import csm, seller
from messages.say import Block, View
from messages.text import cut, day, mention, plural, short, short_day, when
from messages.values import number, pack

ROLES: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.AE: "The seller",
        Role.CSM: "The CSM",
        Role.CUSTOMER: "The customer",
        Role.LEAD: "The lead",
        Role.ONBOARDING: "Onboarding",
    }
)
HISTORY: Final = 5
_WHY: Final = 1_000
_ABOUT: Final = 30


@dataclass(frozen=True, slots=True)
class Past:
    """One change of the milestone, as its window tells it. ``by`` None: the CRM or the clock."""

    at: datetime
    by: PersonCard | None
    said: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What was just done, as typed, and the change by which it can be undone."""

    sentence: str
    change_id: int | None = None


def edit_view(
    picture: DealPicture,
    one: Milestone,
    today: date,
    *,
    history: Sequence[Past] = (),
    may_edit: bool = True,
    back: Back = NOWHERE,
    told: Told | None = None,
) -> View:
    """Everything about a milestone. Who may not change the plan sees it without buttons and inputs."""
    blocks: list[Block] = []
    if told is not None:
        blocks += [*sections(told.sentence)]
        blocks += [actions([undo_button(told.change_id)], "said")] if told.change_id is not None else []
        blocks.append(divider())
    blocks += [section(f"*{one.number}. {short(one.title, MILESTONE_TITLE)}*\n{state_line(one, today)}")]
    blocks += fields(_facts(picture, one, today))
    blocks += sections(one.about)[:_ABOUT]
    blocks += _reasons(one)
    if may_edit:
        blocks.append(actions(_buttons(picture, one), "steps"))
    blocks += [context(_past(each)) for each in history[:HISTORY]]
    metadata = pack(milestone=one.id, version=one.version, **back.packed(), **marks(one))
    if not may_edit or not one.is_open:
        return modal(VIEW_MILESTONE_EDIT, "Milestone", blocks, close="Close", metadata=metadata)
    blocks += [divider(), *_inputs(one)]
    return modal(VIEW_MILESTONE_EDIT, "Milestone", blocks, submit="Save", close="Close", metadata=metadata)


def shown_in_fields(one: Milestone) -> dict[str, str]:
    """What stands in each field when the window opens."""
    return {
        "title": cut(one.title, MILESTONE_TITLE),
        "due": one.due.isoformat() if one.due else "",
        "owner": one.owner.slack_id if one.owner else "",
        "owner_name": cut(one.owner_name, WHO),
        "responsible": one.raci.responsible.value,
        "about": cut(one.about, QUESTION),
    }


def marks(one: Milestone) -> dict[str, int]:
    """What the window remembers of its fields, so that only those a person changed are saved."""
    return {name: _mark(text) for name, text in shown_in_fields(one).items()}


def was_changed(carried: Mapping[str, Any], name: str, text: str) -> bool:
    """Whether somebody typed anything else in a field than stood there when the window opened."""
    return number(carried, name) != _mark(text)


def _mark(text: str) -> int:
    """As people see it: Slack sends line ends and spaces at the ends as it likes."""
    return zlib.crc32(" ".join(text.split()).encode())


def state_line(one: Milestone, today: date) -> str:
    """Where it stands, in one escaped line."""
    match one.state:
        case State.DONE:
            return f":white_check_mark: Done{_settled(one)}"
        case State.SKIPPED:
            return f":heavy_minus_sign: Skipped{_settled(one)}"
        case State.BLOCKED:
            state = ":no_entry: Blocked"
        case State.DOING:
            state = ":hammer: Begun"
        case State.PLANNED:
            state = ":white_circle: Planned"
    return f"{state}, {due_words(one, today)}"


def due_words(one: Milestone, today: date) -> str:
    """``due Fri 4 Dec`` and how far that is from today."""
    if one.due is None:
        return "no day yet"
    left = (one.due - today).days
    shown = short_day(one.due, today)
    if left < 0:
        return f":red_circle: overdue since {shown} ({plural(-left, 'day')})"
    if left == 0:
        return f"due today ({shown})"
    return f"due {shown} (in {plural(left, 'day')})"


def _settled(one: Milestone) -> str:
    by = f" by {mention(one.settled_by.slack_id)}" if one.settled_by else ""
    return by + (f", {when(one.settled_at)}" if one.settled_at else "")


def _facts(picture: DealPicture, one: Milestone, today: date) -> list[tuple[str, str]]:
    raci, until = one.raci, one.snoozed_until
    return [
        ("Customer", name_of(picture)),
        ("Does it (responsible)", owner_of(picture, one)),
        ("Answers for it (accountable)", _role(picture, raci.accountable)),
        ("Is asked (consulted)", ", ".join(_role(picture, role) for role in raci.consulted)),
        ("Is told (informed)", ", ".join(_role(picture, role) for role in raci.informed)),
        ("Counts from", _anchor(picture, one)),
        ("Booked for", when(one.booked_for) if one.booked_for else ""),
        ("Quiet until", day(until) if until and one.is_open and until > today else ""),
    ]


def _role(picture: DealPicture, role: Role) -> str:
    match role:
        case Role.AE:
            return seller(picture)
        case Role.CSM | Role.ONBOARDING:
            return csm(picture)
        case _:
            return ROLES[role].lower()


def _anchor(picture: DealPicture, one: Milestone) -> str:
    if one.by_day is not None:
        return f"day {one.by_day} after the close"
    if one.working_days is None:
        return ""
    count = plural(one.working_days, "working day")
    if one.after == CLOSE:
        return f"{count} after the close"
    milestones = picture.plan.milestones if picture.plan else ()
    anchor = next((each for each in milestones if each.step == one.after), None)
    return f"{count} after “{short(anchor.title, 80)}”" if anchor else ""


def _reasons(one: Milestone) -> list[Block]:
    blocks: list[Block] = []
    if one.state in (State.BLOCKED, State.SKIPPED) and one.why:
        label = "Waits for" if one.state is State.BLOCKED else "Not needed"
        blocks.append(section(f"*{label}*: {short(one.why, _WHY)}"))
    if one.state is State.BLOCKED and one.unblocker:
        blocks.append(section(f"*Can unblock it*: {short(one.unblocker, WHO)}"))
    if one.evidence:
        blocks += [section("*Evidence*"), *sections(one.evidence)[:3]]
    elif one.evidence_asked:
        blocks.append(section(f"*Evidence asked for*: {short(one.evidence_asked, _WHY)}"))
    return blocks


def _buttons(picture: DealPicture, one: Milestone) -> list[dict[str, Any]]:
    value = pack(milestone=one.id)
    if not one.is_open:
        evidence = [button("Add evidence", ACT_MILESTONE_EVIDENCE, value)] if one.state is State.DONE else []
        return [button("Open again", ACT_MILESTONE_REOPEN, value), *evidence]
    if one.kind is Kind.KICKOFF:
        first = [
            button("Held", ACT_KICKOFF_HELD, pack(deal=picture.id), style="primary"),
            button("Book again" if one.booked_for else "Book", ACT_KICKOFF_BOOK, pack(deal=picture.id)),
        ]
    else:
        first = [button("Done", ACT_MILESTONE_DONE, value, style="primary")]
    if one.state is State.PLANNED:
        first.append(button("Start", ACT_MILESTONE_START, value))
    blocked = one.state is State.BLOCKED
    return [
        *first,
        button("Move", ACT_MILESTONE_MOVE, value),
        button("Unblock", ACT_MILESTONE_UNBLOCK, value) if blocked else button("Blocked", ACT_MILESTONE_BLOCK, value),
        button("Skip", ACT_MILESTONE_SKIP, value),
        button("Snooze", ACT_MILESTONE_SNOOZE, value),
    ]


def _past(past: Past) -> str:
    by = mention(past.by.slack_id) if past.by else "Baton"
    said = short(past.said, 400)
    return f"{when(past.at)}: {by} {f'~{said}~ (undone)' if past.undone else said}"


def _inputs(one: Milestone) -> list[Block]:
    """The fields of a milestone, each named by what it fills."""
    shown = shown_in_fields(one)
    owner: dict[str, Any] = {"type": "users_select", "action_id": "owner"}
    if one.owner is not None:
        owner["initial_user"] = one.owner.slack_id
    return [
        text_input("title", "What is to be done", initial=shown["title"], most=MILESTONE_TITLE),
        text_input("due", "Due", initial=shown["due"], hint=DAY_HINT, optional=True, most=200),
        input_block("owner", "Who of us does it", owner, optional=True),
        text_input("owner_name", "Or who at the customer", initial=shown["owner_name"], optional=True, most=WHO),
        input_block("responsible", "When nobody is named, it falls to", _menu("responsible", one.raci.responsible)),
        text_input("about", "What belongs to it", initial=shown["about"], multiline=True, optional=True, most=QUESTION),
    ]


def _menu(name: str, chosen: Role) -> dict[str, Any]:
    options = {role: {"text": plain(label, OPTION), "value": role.value} for role, label in ROLES.items()}
    return {
        "type": "static_select",
        "action_id": name,
        "options": list(options.values()),
        "initial_option": options[chosen],
    }
