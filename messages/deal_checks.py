"""Early win and the checks at 30 and 90 days: what is missing, what to ask the customer, where to write it down."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from domain.deals import DealState
from domain.picture import DealPicture
from domain.plan_picture import Milestone
from domain.playbook import Kind
from messages.blocks import actions, button, context, section
from messages.deals import name_of
from messages.handoff_items import details, title
from messages.ids import ACT_KICKOFF_HELD, ACT_MILESTONE_DONE
from messages.people import csm
from messages.say import Block, Message, Quiet
from messages.text import channel_link, day, listed, short
from messages.values import pack

_METRICS: Final = 10
_METRICS_ROOM: Final = 1_500
_WORDS: Final = 150
_WIN: Final = 300

_ASK: Final[Mapping[int, tuple[Kind, str, tuple[str, ...]]]] = {
    30: (
        Kind.CHECK_30,
        "30 days in",
        (
            "What works better than before, and for whom? What does not yet?",
            "Who uses it every week, who should and does not? What keeps them?",
            "Is the goal still the right one? Did anything change on your side: people, plans, dates?",
            "What one thing should we do better in the next 30 days?",
        ),
    ),
    90: (
        Kind.CHECK_90,
        "90 days in",
        (
            "Where do these measures stand today, and whom should we show it to?",
            "What would you tell a colleague who asks whether it was worth it?",
            "What is the next goal, and who else could use this?",
            "What was hard in these 90 days that the next customer should not go through?",
        ),
    ),
}
"""By day: the milestone it belongs to, its name, and what to ask the customer then."""


def early_win_due(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message | Quiet:
    """To the CSM on day 20; quiet when there is evidence. ``facts``: ``day`` days since the close."""
    plan = picture.plan
    win = _waiting(picture, Kind.EARLY_WIN)
    if isinstance(win, Quiet):
        return win
    if win.evidence:
        return Quiet("there is evidence of the early win")
    assert plan is not None
    where = f" ({channel_link(picture.channel.id)})" if picture.channel.id else ""
    by = f"by {day(win.due)}" if win.due else "by day 30"
    head = f"Day {int(facts.get('day', 20))} of *{name_of(picture)}*{where}"
    if plan.early_win:
        text = (
            f"{head}: the early win “{short(plan.early_win, _WIN)}” has no evidence yet; it should have {by}. A "
            "number, a screenshot or the customer's own words are enough."
        )
    else:
        text = (
            f"{head}, and no early win is chosen. Agree with the customer on one result they can see {by}: small, "
            "theirs, and easy to show."
        )
    blocks: list[Block] = [section(text)]
    if not plan.early_win and _measures(picture):
        blocks.append(section(f"What they measure; one first step of it may do:\n{_measures(picture)}"))
    buttons = [button("Write down the evidence", ACT_MILESTONE_DONE, pack(milestone=win.id), style="primary")]
    kickoff = plan.of_kind(Kind.KICKOFF)
    if not plan.early_win and kickoff is not None and kickoff.is_open:
        buttons.append(button("Kickoff held", ACT_KICKOFF_HELD, pack(deal=picture.id)))
    return Message(text, [*blocks, actions(buttons)])


def check_due(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message | Quiet:
    """In the deal's channel, to the CSM; quiet once the milestone is settled. ``facts``: ``day`` 30 or 90."""
    kind, name, questions = _ASK[90 if facts.get("day") == 90 else 30]
    check = _waiting(picture, kind)
    if isinstance(check, Quiet):
        return check
    text = f"{csm(picture)}, *{name_of(picture)}* is {name}: time to ask how it goes."
    blocks = [section(text), section("*Ask the customer*\n" + "\n".join(f"• {one}" for one in questions))]
    measures = _measures(picture)
    blocks.append(
        section(f"*What they wanted to reach*\n{measures}")
        if measures
        else context("The handoff names no measures; ask what success looks like for them.")
    )
    blocks.append(
        actions([button("Write down the answer", ACT_MILESTONE_DONE, pack(milestone=check.id), style="primary")])
    )
    return Message(text, blocks)


def _waiting(picture: DealPicture, kind: Kind) -> Milestone | Quiet:
    if picture.state is DealState.CLOSED:
        return Quiet("the deal is finished")
    found = picture.plan.of_kind(kind) if picture.plan else None
    if found is None:
        return Quiet(f"the plan has no {kind.value.replace('_', ' ')}")
    return found if found.is_open else Quiet(f"it is {found.state} already")


def _measures(picture: DealPicture) -> str:
    handoff = picture.handoff
    metrics = handoff.answers.success_metrics if handoff and handoff.version else ()
    lines = [
        f"• {short(title(one), _WORDS)}{': ' + short(details(one), _WORDS) if details(one) else ''}" for one in metrics
    ]
    return listed(lines[:_METRICS], _METRICS_ROOM) + (
        f"\n… and {len(lines) - _METRICS} more in the handoff" if len(lines) > _METRICS else ""
    )
