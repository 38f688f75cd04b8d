"""The digest of a morning: one message a person, with what is late, due, asked and promised, and its buttons."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from domain.morning import Item, MorningPicture
from domain.reminders import LATE, Subject
from domain.usage.metrics import Metrics
from messages.blocks import actions, button, characters, context, modal, section
from messages.ids import (
    ACT_COMMITMENT,
    ACT_HANDOFF_OPEN,
    ACT_MILESTONE_BLOCK,
    ACT_MILESTONE_DONE,
    ACT_MILESTONE_MOVE,
    ACT_MILESTONE_SNOOZE,
    ACT_MORNING_ALL,
    ACT_MORNING_PAGE,
    ACT_PLAY_DONE,
    ACT_PLAY_MOVE,
    ACT_PLAY_SNOOZE,
    ACT_QUESTION_ANSWER,
    VIEW_MORNING,
)
from messages.limits import MESSAGE_BLOCKS, MESSAGE_CHARACTERS
from messages.say import Block, Message, Quiet, View
from messages.text import channel_link, cut, day, joined, mention, plural, short, short_day, when
from messages.usage import buttons as usage_buttons
from messages.usage import headline
from messages.values import pack

PAGE: Final = 40
"""Things on one page of the window: two blocks each, of the hundred a view may have."""
_RESERVE: Final = 400
"""Characters kept for the head and the line that counts the rest."""
_TITLE: Final = 160
_NAME: Final = 60
_WHY: Final = 120
_SETTLED_NOW: Final = {
    "done": "done",
    "skipped": "skipped",
    "answered": "answered",
    "withdrawn": "withdrawn",
    "submitted": "handed in",
    "accepted": "handed in",
    "not_useful": "marked as not useful",
    "gone": "not needed any more",
    "taken": "somebody is on it",
    "recovered": "usage is back",
    "new_normal": "taken as usual from now on",
}


def shown(picture: MorningPicture) -> list[Item]:
    """The things a digest shows: a kickoff whose lateness is told in a message of its own is not told twice; what was
    settled or snoozed before the digest was said drops out, afterwards it stays and is struck through."""
    found: list[Item] = []
    for one in picture.items:
        told = one.kickoff and one.deal_id in picture.late_kickoffs
        if told or (not picture.said and (one.settled or one.away)):
            continue
        found.append(one)
    return found


def morning(picture: MorningPicture) -> Message | Quiet:
    """The digest, edited in place as its things are settled."""
    if not picture.said and picture.day != picture.today:
        return Quiet("its day is over: the next digest takes it over")
    every = shown(picture)
    if not every:
        return Quiet("everything in it was settled before it could be said")
    head = f"Good morning, {mention(picture.reader.slack_id)}. {_counted(every, picture)}"
    blocks: list[Block] = [section(head)]
    size = characters(blocks)
    kept = 0
    for one in every:
        more = _blocks(one, picture)
        size += characters(more)
        if len(blocks) + len(more) > MESSAGE_BLOCKS - 2 or size > MESSAGE_CHARACTERS - _RESERVE:
            break
        blocks += more
        kept += 1
    if kept < len(every):
        value = pack(day=picture.day.isoformat())
        blocks.append(section(f"… and {len(every) - kept:,} more, {len(every):,} in all."))
        blocks.append(actions([button(f"Show all {len(every):,}", ACT_MORNING_ALL, value)]))
    else:
        blocks.append(context("Working hours, reminders and days off: `/baton settings`."))
    return Message(head, blocks)


def _counted(every: Sequence[Item], picture: MorningPicture) -> str:
    """``2 milestones are overdue, 1 is due today; 1 question waits for you.``"""
    if all(one.settled for one in every):
        return "All of this is done. Thank you."
    counts = Counter(_group(one, picture) for one in every if not one.settled and not one.away)
    parts = [words.format(n=plural(counts[group], *names)) for group, names, words in _GROUPS if counts[group]]
    return f"{joined(parts)}." if parts else "Nothing of this waits for you today."


_GROUPS: Final = (
    ("overdue", ("thing",), "{n} overdue"),
    ("today", ("thing",), "{n} due today"),
    ("soon", ("thing",), "{n} coming up"),
    ("question", ("open question",), "{n} for you"),
    ("handoff", ("handoff",), "{n} to fill in"),
    ("usage", ("customer",), "{n} using less"),
    ("late", ("matter",), "{n} where somebody needs a hand"),
)


def _group(one: Item, picture: MorningPicture) -> str:
    subject = one.occurrence.subject
    if subject in LATE:
        return "late"
    if subject in (Subject.QUESTION, Subject.HANDOFF, Subject.USAGE):
        return subject.value
    if one.late:
        return "overdue"
    return "today" if one.due == picture.today else "soon"


def _blocks(one: Item, picture: MorningPicture) -> list[Block]:
    words = line(one, picture.today)
    if one.settled:
        return [section(f"~{words}~ {_outcome(one)}")]
    if one.away:
        return [section(f"{words}\nSnoozed, or moved to another day.")]
    return waiting_blocks(one, picture.today)


def waiting_blocks(one: Item, today: date) -> list[Block]:
    """Something that waits, with what can be done about it: two blocks."""
    buttons = usage_buttons(one.usage, today) if one.usage else _buttons(one)
    return [section(line(one, today) + _waits(one)), actions(buttons)]


def line(one: Item, today: date) -> str:
    """One line about a thing, escaped."""
    place = f" · {short(one.customer, _NAME)}" + (f" {channel_link(one.channel_id)}" if one.channel_id else "")
    title = short(one.title, _TITLE)
    match one.occurrence.subject:
        case Subject.QUESTION:
            by = f" from {mention(one.who.slack_id)}" if one.who else ""
            return f"*Question {one.number}*{by}: {title}{place}"
        case Subject.HANDOFF:
            back = f"was given back. Missing: {title}" if title else "waits for you" + _since(one)
            return f"*Handoff* {back}{place}"
        case Subject.LATE_HANDOFF:
            by = mention(one.who.slack_id) if one.who else "nobody in this Slack"
            return f"*Handoff late*: {plural(one.late, 'working day')}. The seller is {by}{place}"
        case Subject.PROMISE:
            return f"{_when(one, today)} · Promised: {title}{place}"
        case Subject.USAGE | Subject.USAGE_TASK if one.usage is not None:
            fell = headline(one.usage, Metrics(one.usage.metric))
            channel = f" {channel_link(one.channel_id)}" if one.channel_id else ""
            begin = f"{_when(one, today)} · " if one.occurrence.subject is Subject.USAGE_TASK else ""
            return f"{begin}*Usage* {fell}{channel}"
        case _:
            named = f"{one.number}. {title}" if one.number else title
            late = f" – {mention(one.who.slack_id)}" if one.who and one.occurrence.subject in LATE else ""
            return f"{_when(one, today)} · {named}{place}{late}"


def _since(one: Item) -> str:
    return f" since {when(one.since)}" if one.since else ""


def _when(one: Item, today: date) -> str:
    if one.due is None:
        return "*No day any more*"
    on = short_day(one.due, today)
    if one.late and not one.settled:
        return f":red_circle: *Overdue {plural(one.late, 'working day')}*, since {on}"
    if one.due == today and not one.settled:
        return ":large_orange_circle: *Due today*"
    return f"*Due {on}*"


def _waits(one: Item) -> str:
    if one.state != "blocked":
        return ""
    who = f" Who can unblock it: {short(one.unblocker, _NAME)}." if one.unblocker else ""
    return f"\n:no_entry: Blocked: {short(one.why, _WHY)}{who}" if one.why else f"\n:no_entry: Blocked.{who}"


def _outcome(one: Item) -> str:
    what = _SETTLED_NOW.get(one.state)
    if what is None:
        return "The deal is finished."
    by = f" by {mention(one.settled_by.slack_id)}" if one.settled_by else ""
    return f":white_check_mark: {what}{by}"


def _buttons(one: Item) -> list[dict[str, Any]]:
    number = one.occurrence.id
    match one.occurrence.subject:
        case Subject.QUESTION:
            return [button("Answer", ACT_QUESTION_ANSWER, pack(question=number), style="primary")]
        case Subject.HANDOFF:
            return [button("Fill in handoff", ACT_HANDOFF_OPEN, pack(deal=one.deal_id), style="primary")]
        case Subject.LATE_HANDOFF:
            return [button("Open the form", ACT_HANDOFF_OPEN, pack(deal=one.deal_id))]
        case Subject.PROMISE:
            return [button("Settle", ACT_COMMITMENT, pack(commitment=number))]
        case Subject.PLAY | Subject.LATE_PLAY:
            value = pack(play=number)
            return [
                button("Done", ACT_PLAY_DONE, value, style="primary"),
                button("Move", ACT_PLAY_MOVE, value),
                button("Snooze", ACT_PLAY_SNOOZE, value),
            ]
        case _:
            value = pack(milestone=number)
            return [
                button("Done", ACT_MILESTONE_DONE, value, style="primary"),
                button("Move", ACT_MILESTONE_MOVE, value),
                button("Blocked", ACT_MILESTONE_BLOCK, value),
                button("Snooze", ACT_MILESTONE_SNOOZE, value),
            ]


def all_view(picture: MorningPicture, page: int = 0) -> View:
    """Everything of a digest, page by page."""
    every = shown(picture)
    pages = max(1, -(-len(every) // PAGE))
    page = min(max(page, 0), pages - 1)
    blocks: list[Block] = [section(f"*{day(picture.day)}*: {_counted(every, picture)}")]
    for one in every[page * PAGE : (page + 1) * PAGE]:
        blocks += _blocks(one, picture)
    if pages > 1:
        blocks.append(context(f"Page {page + 1} of {pages}"))
        blocks.append(actions(_turns(picture, page, pages)))
    return modal(VIEW_MORNING, cut("Your morning", 24), blocks, close="Close")


def _turns(picture: MorningPicture, page: int, pages: int) -> list[dict[str, Any]]:
    on = picture.day.isoformat()
    back = button("Back", f"{ACT_MORNING_PAGE}_back", pack(day=on, page=page - 1))
    further = button("Further", f"{ACT_MORNING_PAGE}_further", pack(day=on, page=page + 1))
    return [*([back] if page > 0 else []), *([further] if page < pages - 1 else [])]
