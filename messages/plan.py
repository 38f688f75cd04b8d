"""The plan in its deal's channel: one message, edited in place; every milestone stands behind “Show all”."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from domain.deals import DealState
from domain.picture import DealPicture
from domain.plan.change import Clash
from domain.plan.clashes import clashes
from domain.plan_picture import Milestone, PlanPicture, State
from messages.blocks import actions, button, characters, context, header, plain, section
from messages.brief import bar
from messages.deals import name_of
from messages.ids import ACT_MILESTONE_ADD, ACT_MILESTONE_OPEN, ACT_PLAN_ALL, ACT_PLAYBOOK
from messages.limits import HEADER, MESSAGE_CHARACTERS, OPTION, OPTIONS, PLACEHOLDER
from messages.moves import clash_line
from messages.owners import owner_of
from messages.plan_windows import in_order
from messages.say import Block, Message, Quiet
from messages.text import cut, joined, plural, short, short_day, when, zone_of
from messages.values import pack

SIGNS: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.PLANNED: ":white_circle:",
        State.DOING: ":hammer:",
        State.BLOCKED: ":no_entry:",
        State.DONE: ":white_check_mark:",
        State.SKIPPED: ":heavy_minus_sign:",
    }
)
LATE: Final = ":red_circle:"

_LINES: Final = 20
"""Milestones of one group that are shown in the channel; nobody reads more there."""
_GROUP_ROOM: Final = 2_400
_CLASHES: Final = 6
_MENU_ROOM: Final = 3_000
"""Characters all options of the menu may have together: a full menu of 75 each would take the whole message."""
_MARGIN: Final = 150
_TOLD_LATE: Final = 3
"""Calendar days after the close from which a deal was told late: a weekend is not."""
_TITLE: Final = 100
_WHY: Final = 120
_NAME: Final = 60


def plan(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message | Quiet:
    """The plan in the deal's channel, edited in place. ``facts``: ``zone``, the workspace's, for a deal whose people
    are not known."""
    if picture.plan is None:
        return Quiet("there is no plan yet")
    return plan_message(picture, picture.plan, today_of(picture, now, str(facts.get("zone") or "UTC")))


def today_of(picture: DealPicture, now: datetime, otherwise: str = "UTC") -> date:
    """The day it is for the CSM, else for the seller, else in the zone ``otherwise``."""
    card = picture.csm or picture.ae
    return now.astimezone(zone_of(card.zone if card else otherwise)).date()


def plan_message(picture: DealPicture, found: PlanPicture, today: date) -> Message:
    """At most some 9,500 characters and 12 blocks, whatever the plan holds; what is not shown is counted."""
    blocks: list[Block] = [header(cut(f"Plan: {' '.join(picture.facts.account.name.split())}", HEADER))]
    blocks.append(section(f"{_progress(found, today)}\n{dates_line(found)}{_told_late(picture, found)}"))
    named = clashes_of(picture)
    if named:
        blocks.append(section("\n".join(clash_lines(named, today))))
    row = _row(picture, found, today)
    room = MESSAGE_CHARACTERS - characters([*blocks, row]) - len(_small_print(found)) - 2 * _MARGIN
    for title, group in groups(found, today):
        if group:
            blocks.append(_group(picture, title, group, today, min(_GROUP_ROOM, room)))
            room -= characters(blocks[-1:])
    blocks.append(context(_small_print(found)))
    if picture.state is not DealState.CLOSED:
        blocks.append(row)
    return Message(_headline(picture, found, today), blocks)


def groups(found: PlanPicture, today: date) -> Sequence[tuple[str, list[Milestone]]]:
    """The open milestones: overdue, due until Sunday, later, without a day; each in the order of their days."""
    opened = [one for one in in_order(found) if one.is_open]
    sunday = today + timedelta(days=6 - today.weekday())
    return (
        ("Overdue", [one for one in opened if one.due is not None and one.due < today]),
        ("This week", [one for one in opened if one.due is not None and today <= one.due <= sunday]),
        ("Later", [one for one in opened if one.due is not None and one.due > sunday]),
        ("Without a day", [one for one in opened if one.due is None]),
    )


def line(picture: DealPicture, one: Milestone, today: date) -> str:
    """``:white_circle: *4.* Kickoff held · Fri 4 Dec · @Chloé``, escaped; for a blocked one also why."""
    sign = LATE if one.state is State.PLANNED and one.due is not None and one.due < today else SIGNS[one.state]
    parts = [f"{sign} *{one.number}.* {short(one.title, _TITLE)}"]
    if one.due is not None:
        parts.append(short_day(one.due, today))
    parts.append(owner_of(picture, one))
    if one.booked_for is not None:
        parts.append(f"booked for {when(one.booked_for)}")
    if one.state is State.BLOCKED:
        unblocker = f" ({short(one.unblocker, _NAME)} can unblock it)" if one.unblocker else ""
        parts.append(f"blocked: {short(one.why, _WHY)}{unblocker}" if one.why else f"blocked{unblocker}")
    return " · ".join(parts)


def dates_line(found: PlanPicture) -> str:
    """Whether the dates hold."""
    if found.finished_at is not None:
        return f":tada: Finished {when(found.finished_at)}."
    if found.firm_at is not None:
        return f"The dates are firm since {when(found.firm_at)}."
    return "The dates are tentative until the handoff is accepted."


def _told_late(picture: DealPicture, found: PlanPicture) -> str:
    """Why a plan was born with overdue milestones, for as long as one of them is open, and what to do about it."""
    if found.made_at is None:
        return ""
    card = picture.csm or picture.ae
    told = found.made_at.astimezone(zone_of(card.zone if card else "UTC")).date()
    before = [one for one in in_order(found) if one.is_open and one.due is not None and one.due < told]
    days = (told - found.closed_on).days
    if not before or days < _TOLD_LATE:
        return ""
    return (
        f"\n:hourglass_flowing_sand: The deal was told on {short_day(told, told)}, {days:,} days after its close: "
        f"{plural(len(before), 'milestone was', 'milestones were')} due before anybody here could know. Give each a "
        f"day you can keep, beginning with `/milestone move {before[0].number} to next Friday`; what counts from it "
        "moves along."
    )


def clashes_of(picture: DealPicture) -> tuple[Clash, ...]:
    """Where the plan and the customer's own dates do not go together, once a handoff was handed in."""
    if picture.plan is None or picture.handoff is None or not picture.handoff.version:
        return ()
    return clashes(picture.plan, picture.handoff.answers)


def clash_lines(found: Sequence[Clash], today: date) -> list[str]:
    """One escaped line each; more than six are counted."""
    lines = [f":warning: {clash_line(one, today)}" for one in found[:_CLASHES]]
    left = len(found) - len(lines)
    return [*lines, f"… and {plural(left, 'more clash', 'more clashes')} with the customer's dates"] if left else lines


def _progress(found: PlanPicture, today: date) -> str:
    total = len(found.milestones)
    settled = sum(not one.is_open for one in found.milestones)
    last = min(today, found.finished_at.date()) if found.finished_at is not None else today
    share = bar(settled * 100 // total if total else 0)
    return f"{share} *{settled:,} of {total:,} settled* · day {day_number(found, last)} after the close"


def day_number(found: PlanPicture, today: date) -> int:
    """Calendar days since the close, which is day 0; never below."""
    return max(0, (today - found.closed_on).days)


def _group(picture: DealPicture, title: str, group: Sequence[Milestone], today: date, room: int) -> Block:
    text, shown = f"*{title}* · {len(group):,}", 0
    for one in group[:_LINES]:
        added = "\n" + line(picture, one, today)
        if len(text) + len(added) > room - _MARGIN:
            break
        text, shown = text + added, shown + 1
    left = len(group) - shown
    return section(f"{text}\n… {'and ' if shown else ''}{left:,} more: “Show all” has them" if left else text)


def _small_print(found: PlanPicture) -> str:
    counts = [
        f"{count:,} {word}"
        for state, word in ((State.DONE, "done"), (State.SKIPPED, "skipped"))
        if (count := sum(one.state is state for one in found.milestones))
    ]
    settled = f"{joined(counts)}. " if counts else ""
    win = f"Early win: {short(found.early_win, _WHY)}. " if found.early_win else ""
    return f"{settled}{win}Playbook: {short(found.playbook_title, _NAME)}. {short(found.why, _WHY)}"


def _headline(picture: DealPicture, found: PlanPicture, today: date) -> str:
    settled = sum(not one.is_open for one in found.milestones)
    text = f"Plan of *{name_of(picture)}*: {settled:,} of {plural(len(found.milestones), 'milestone')} settled"
    late = sum(one.is_open and one.due is not None and one.due < today for one in found.milestones)
    coming = next((one for one in in_order(found) if one.is_open and one.due is not None and one.due >= today), None)
    if late:
        text += f", {late:,} overdue"
    if coming is not None and coming.due is not None:
        text += f"; next: {short(coming.title, _TITLE)}, {short_day(coming.due, today)}"
    return f"{text}."


def _row(picture: DealPicture, found: PlanPicture, today: date) -> Block:
    this = pack(deal=picture.id)
    elements = [
        button("Add a milestone", ACT_MILESTONE_ADD, this),
        button("Show all", ACT_PLAN_ALL, this),
        button("Change playbook", ACT_PLAYBOOK, this),
    ]
    offered = in_order(found)[:OPTIONS]
    if offered:
        elements.insert(0, _menu(offered, today))
    return actions(elements, "plan")


def _menu(offered: Sequence[Milestone], today: date) -> dict[str, Any]:
    """The open ones first; beyond a hundred “Show all” has every one."""
    most = min(OPTION, _MENU_ROOM // len(offered))
    options = [{"text": plain(_option(one, today, most), OPTION), "value": pack(milestone=one.id)} for one in offered]
    return {
        "type": "static_select",
        "action_id": ACT_MILESTONE_OPEN,
        "placeholder": plain("Pick a milestone…", PLACEHOLDER),
        "options": options,
    }


def _option(one: Milestone, today: date, most: int) -> str:
    ends = {State.DONE: " · done", State.SKIPPED: " · skipped", State.BLOCKED: " · blocked"}
    end = ends.get(one.state) or (f" · {short_day(one.due, today)}" if one.due else "")
    return cut(f"{one.number}. {' '.join(one.title.split())}", most - len(end)) + end
