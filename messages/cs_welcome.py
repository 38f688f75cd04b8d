"""``/cs welcome``: what to say in the welcome call, from the handoff and the plan."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from domain.handoff import FIELD_BY_NAME, Answers
from domain.picture import DealPicture
from domain.playbook import Kind
from messages.blocks import actions, button, context, divider, header, section
from messages.deals import name_of
from messages.handoff_items import line
from messages.ids import ACT_CS_POST
from messages.say import Block, Message
from messages.text import day, listed, mention, short, when
from messages.values import pack

_TEXT: Final = 400
_LINE: Final = 160
_ROWS: Final = 6
_ROOM: Final = 1_100
_STEPS: Final = 4


def welcome_message(picture: DealPicture, *, confidential: bool) -> Message:
    """To whoever prepares the call. ``confidential``: they may read worries and sensitivities; nobody else does."""
    blocks = [header(_title(picture)), *_track(picture)]
    private = _private(picture) if confidential else []
    if private:
        blocks += [divider(), section("*For you alone, before the call*\n" + listed(private, _ROOM))]
    blocks.append(actions([button("Post to the deal's channel", ACT_CS_POST, pack(deal=picture.id))]))
    return Message(f"Welcome call with {name_of(picture)}", blocks)


def welcome_agenda(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message:
    """The same in the deal's channel, without what is confidential. ``facts``: ``by`` a Slack id."""
    by = context(f"Posted by {mention(str(facts.get('by', '')))} with `/cs welcome`.")
    return Message(f"Welcome call with {name_of(picture)}", [header(_title(picture)), *_track(picture), by])


def _title(picture: DealPicture) -> str:
    return f"Welcome call: {' '.join(picture.facts.account.name.split())}"


def _track(picture: DealPicture) -> list[Block]:
    handoff = picture.handoff
    answers = handoff.answers if handoff is not None and handoff.version else Answers()
    parts = [
        ("1. Hello (2 min)", _hello(picture, answers)),
        ("2. What you want to solve (8 min)", _why(answers)),
        ("3. How you will know it worked (5 min)", _success(answers)),
        ("4. What we promised (5 min)", _promises(answers)),
        ("5. The first weeks (8 min)", _weeks(picture, answers)),
        ("6. Before we hang up (2 min)", _end(picture)),
    ]
    blocks: list[Block] = [section(f"*{title}*\n{listed(lines, _ROOM)}") for title, lines in parts]
    if handoff is None or not handoff.version:
        blocks.append(context("The handoff is not handed in yet: ask the seller for ten minutes before this call."))
    return blocks


def _hello(picture: DealPicture, answers: Answers) -> list[str]:
    me = mention(picture.csm.slack_id) if picture.csm else "the CSM"
    lines = [f"• Who you are: {me}, the one to ask from today on. No selling in this call."]
    people = [f"• {short(line(one), _LINE)}" for one in answers.stakeholders[:_ROWS]]
    return [*lines, *(people or ["• Ask who is here, what each does, and who is missing."])]


def _why(answers: Answers) -> list[str]:
    problem = answers.problem.strip()
    if not problem:
        return ["• “What made you look for something new, and why now?” (The handoff says nothing of it.)"]
    lines = [f"• “You told us: {short(problem, _TEXT)} Did we get it right? What is the worst day of it?”"]
    tool = answers.current_tool.strip()
    return [*lines, *([f"• They use today: {short(tool, _LINE)}. “What should stay as it is?”"] if tool else [])]


def _success(answers: Answers) -> list[str]:
    rows = [f"• {short(line(one), _LINE)}" for one in answers.success_metrics[:_ROWS]]
    if not rows:
        return [
            "• “In three months, what number would tell you that it was worth it?” Write down from, to, and by when."
        ]
    return [*rows, "• “Is this still how you measure it? Who looks at the number?”"]


def _promises(answers: Answers) -> list[str]:
    rows = [f"• {short(line(one), _LINE)}" for one in answers.commitments[:_ROWS]]
    return (
        [*rows, "• Say each aloud, and by when."]
        if rows
        else ["• “Is there anything you were promised that we should know of?”"]
    )


def _weeks(picture: DealPicture, answers: Answers) -> list[str]:
    plan = picture.plan
    open_ones = sorted(
        (one for one in plan.milestones if one.is_open and one.due is not None) if plan else (),
        key=lambda one: (str(one.due), one.number),
    )
    rows = [f"• {day(one.due)}: {short(one.title, _LINE)}" for one in open_ones[:_STEPS] if one.due is not None]
    dates = [f"• Their date: {short(line(one), _LINE)}" for one in answers.key_dates[:_ROWS]]
    style = answers.working_style.strip()
    how = f"• How they like to work: {short(style, _TEXT)}" if style else "• “How do you like to work: calls or mail?”"
    return [*rows, *dates, how, "• “What one thing should work by day 30?” That is the early win."]


def _end(picture: DealPicture) -> list[str]:
    kickoff = picture.plan.of_kind(Kind.KICKOFF) if picture.plan else None
    zone = picture.csm.zone if picture.csm else "UTC"
    booked = kickoff.booked_for if kickoff is not None else None
    if kickoff is None or not kickoff.is_open:
        lines = ["• Agree on the next time you talk."]
    elif booked is not None:
        lines = [f"• The kickoff is booked for {when(booked, zone)}: who has to be there?"]
    else:
        lines = ["• Book the kickoff now, while everybody is in the call."]
    return [*lines, "• “What would make you worry in the next weeks?” Then `/cs log call` what you heard."]


def _private(picture: DealPicture) -> list[str]:
    handoff = picture.handoff
    if handoff is None or not handoff.version:
        return []
    told = [(name, handoff.answers.text(name).strip()) for name in ("concerns", "sensitivities")]
    return [f"• {FIELD_BY_NAME[name].label}: {short(text, _TEXT)}" for name, text in told if text]
