"""The weekly summary in a deal's channel: one message; an empty week is one line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from domain.calendar import WEEKDAYS, WorkingDays
from domain.deals import DealState
from domain.picture import CommitmentPicture, DealPicture, QuestionPicture
from domain.plan_picture import Milestone, State
from domain.summary import Count, Summary, monday_of, summarize
from messages.blocks import actions, button, context, header, modal, section
from messages.brief import bar
from messages.deals import name_of
from messages.ids import (
    ACT_COMMITMENTS,
    ACT_PLAN_ALL,
    ACT_QUESTION_ANSWER,
    ACT_SUMMARY_QUESTIONS,
    VIEW_SUMMARY_QUESTIONS,
)
from messages.owners import owner_of
from messages.say import Block, Message, Quiet, View
from messages.text import day, joined, listed, mention, plural, short, short_day, zone_of
from messages.values import number, pack

# Slack refuses messages of somewhat less than 12,000 characters over all blocks; these add up to 9,400.
_OVERDUE_ROOM: Final = 1_900
_BLOCKED_ROOM: Final = 1_900
_DUE_ROOM: Final = 1_700
_QUESTIONS_ROOM: Final = 1_800
_PROMISES_ROOM: Final = 1_000
_DONE_ROOM: Final = 1_100
_TITLE: Final = 120
_WHY: Final = 160
_NAME: Final = 60
_USAGE: Final = 400
_MORE: Final = "… and {n} more"
_QUESTIONS_A_PAGE: Final = 30


def weekly_summary(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message | Quiet:
    """In the deal's channel on Monday. ``facts``: ``monday`` ISO, ``zone`` of the CSM, ``usual`` days of a finished
    deal or None, ``usage`` one line as typed, or '', ``calm``: it says that usage is as usual, ``talked`` conversations
    of the last seven days, ``weekdays`` and ``free``: the CSM's working days of the week and their holidays of the past
    year (ISO)."""
    if picture.state is DealState.CLOSED:
        return Quiet("the deal is finished")
    zone = zone_of(str(facts.get("zone") or "UTC"))
    told = facts.get("monday")
    monday = date.fromisoformat(str(told)) if told else monday_of(now.astimezone(zone).date())
    # The customer, if they are in the channel, is not told how we watch them.
    usual, usage = facts.get("usual"), "" if picture.channel.outsiders else str(facts.get("usage") or "")
    week = summarize(
        picture,
        monday=monday,
        now=now,
        zone=zone,
        usual=usual if isinstance(usual, int) else None,
        usage=usage,
        calm=bool(facts.get("calm")),
        days=_days(facts),
    )
    if not picture.channel.outsiders:
        week = replace(week, talked=number(facts, "talked"))
    return empty_week(picture, week) if week.is_empty else full_week(picture, week)


def _days(facts: Mapping[str, Any]) -> WorkingDays:
    weekdays = facts.get("weekdays") or WEEKDAYS
    return WorkingDays(weekdays=weekdays, free=[date.fromisoformat(one) for one in facts.get("free") or ()])


def empty_week(picture: DealPicture, week: Summary) -> Message:
    """Exactly one line."""
    count = week.count
    if count is not None and count.finished_on is not None:
        text = (
            f"*{name_of(picture)}*: the plan is finished since {short_day(count.finished_on, week.today)} and "
            "nothing is open. `/deal close` archives this channel."
        )
    elif count is None:
        text = f"*{name_of(picture)}*: a quiet week. There is no plan yet; `/milestone` shows one."
    else:
        text = f"*{name_of(picture)}*: a quiet week, nothing due and nothing open. {_count_words(count)}."
    if week.usage:
        text += f" {short(week.usage, _USAGE)}"
    return Message(text, [section(text)])


def full_week(picture: DealPicture, week: Summary) -> Message:
    """At most some 10,000 characters and 20 blocks, whatever the week holds; the rest is counted, with a button."""
    blocks: list[Block] = [header(f"Week of {day(week.monday)}")]
    if week.count is not None:
        blocks.append(section(_progress(week.count)))
    for title, lines, room in _parts(picture, week):
        if lines:
            blocks.append(section(f"*{title}* · {len(lines):,}\n{listed(lines, room, _MORE)}"))
    if week.usage:
        blocks.append(section(short(week.usage, _USAGE)))
    if week.talked:
        blocks.append(context(f"{plural(week.talked, 'conversation')} with the customer in the last seven days."))
    if week.later:
        are = "is" if week.later == 1 else "are"
        blocks.append(context(f"{plural(week.later, 'more promise')} {are} open, due later or without a date."))
    blocks.append(actions(_buttons(picture, week)))
    return Message(_headline(picture, week), blocks)


def _parts(picture: DealPicture, week: Summary) -> Sequence[tuple[str, list[str], int]]:
    return (
        (":red_circle: Overdue", [_late(picture, week, one) for one in week.overdue], _OVERDUE_ROOM),
        (":no_entry: Blocked", [_blocked(picture, week, one) for one in week.blocked], _BLOCKED_ROOM),
        (":calendar: Due this week", [_due(picture, week, one) for one in week.due], _DUE_ROOM),
        (":question: Open questions", [_question(week, one) for one in week.questions], _QUESTIONS_ROOM),
        (":handshake: Promises due", [_promise(week, one) for one in week.promises], _PROMISES_ROOM),
        (":white_check_mark: Done last week", [_done(one) for one in week.done], _DONE_ROOM),
    )


def _progress(count: Count) -> str:
    return f"{bar(count.percent)} {_count_words(count)}"


def _count_words(count: Count) -> str:
    settled = f"{count.settled:,} of {plural(count.total, 'milestone')} settled"
    took = f"finished on day {count.day}" if count.finished_on else f"day {count.day}"
    usual = f" (finished deals took {count.usual} in the median)" if count.usual is not None else ""
    return f"{settled} · {took}{usual}"


def _headline(picture: DealPicture, week: Summary) -> str:
    said = [
        f"{len(found):,} {word}"
        for found, word in (
            (week.overdue, "overdue"),
            (week.blocked, "blocked"),
            (week.due, "due this week"),
            (week.done, "done last week"),
        )
        if found
    ]
    if week.questions:
        said.append(plural(len(week.questions), "open question"))
    if week.promises:
        said.append(plural(len(week.promises), "promise") + " due")
    return f"The week of *{name_of(picture)}*: {joined(said) or 'usage'}."


def _title(one: Milestone) -> str:
    return f"{one.number}. {short(one.title, _TITLE)}"


def _late(picture: DealPicture, week: Summary, one: Milestone) -> str:
    assert one.due is not None
    over = plural(week.over(one.due), "working day")
    return f"{_title(one)} – {owner_of(picture, one)}, {over} over ({short_day(one.due, week.today)})"


def _due(picture: DealPicture, week: Summary, one: Milestone) -> str:
    assert one.due is not None
    return f"{_title(one)} – {owner_of(picture, one)}, {short_day(one.due, week.today)}"


def _blocked(picture: DealPicture, week: Summary, one: Milestone) -> str:
    unblocks = f"{short(one.unblocker, _NAME)} can unblock it" if one.unblocker else "nobody is named to unblock it"
    when = ""
    if one.due is not None:
        over = f"; {plural(week.over(one.due), 'working day')} over"
        when = over if one.due < week.today else f"; due {short_day(one.due, week.today)}"
    why = short(one.why, _WHY) or "no reason given"
    return f"{_title(one)} – {owner_of(picture, one)}: {why}; {unblocks}{when}"


def _done(one: Milestone) -> str:
    if one.state is State.SKIPPED:
        return f"{_title(one)} – skipped{': ' + short(one.why, _WHY) if one.why else ''}"
    by = f" – {short(one.settled_by.name, _NAME)}" if one.settled_by else ""
    return _title(one) + by


def _question(week: Summary, one: QuestionPicture) -> str:
    waits = mention(one.owner.slack_id) if one.owner else "anybody"
    days = (week.today - one.asked_at.date()).days
    asked = f"open for {plural(days, 'day')}" if days > 0 else "asked today"
    return f"{one.number}. {short(one.text, _WHY)} – waits for {waits}, {asked}"


def _promise(week: Summary, one: CommitmentPicture) -> str:
    assert one.due is not None
    over = f"{plural(week.over(one.due), 'working day')} over"
    when = over if one.due < week.today else short_day(one.due, week.today)
    return f"• {short(one.text, _TITLE)} – {short(one.owner, _NAME) or 'no owner'}, {when}"


def _buttons(picture: DealPicture, week: Summary) -> list[dict[str, Any]]:
    this = pack(deal=picture.id)
    found = [button("Show all", ACT_PLAN_ALL, this)]
    if week.questions:
        found.append(button("Answer questions", ACT_SUMMARY_QUESTIONS, pack(deal=picture.id, page=0)))
    if week.promises or week.later:
        found.append(button("All promises", ACT_COMMITMENTS, this))
    return found


def questions_view(picture: DealPicture, page: int) -> View:
    """Every open question with its button, page by page from 0."""
    every = picture.open_questions
    pages = max(1, -(-len(every) // _QUESTIONS_A_PAGE))
    at = min(max(page, 0), pages - 1)
    blocks: list[Block] = [section(f"*{name_of(picture)}*: {plural(len(every), 'open question')}.")]
    for one in every[at * _QUESTIONS_A_PAGE : (at + 1) * _QUESTIONS_A_PAGE]:
        waits = mention(one.owner.slack_id) if one.owner else "anybody"
        answer = button("Answer", ACT_QUESTION_ANSWER, pack(question=one.id))
        blocks.append(section(f"{one.number}. {short(one.text, 1_000)}\n_waits for {waits}_", answer))
    turns = [
        button(label, f"{ACT_SUMMARY_QUESTIONS}:{name}", pack(deal=picture.id, page=to))
        for label, name, to in (("Earlier", "back", at - 1), ("Go on", "on", at + 1))
        if 0 <= to < pages
    ]
    if turns:
        blocks += [actions(turns), context(f"Part {at + 1} of {pages}")]
    return modal(VIEW_SUMMARY_QUESTIONS, "Open questions", blocks, close="Close")
