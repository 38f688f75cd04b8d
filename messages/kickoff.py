"""The kickoff: its agenda from the handoff, and who is told when it does not come about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from domain.deals import DealState
from domain.handoff import Answers
from domain.picture import DealPicture
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Kind
from messages.blocks import actions, button, context, header, section
from messages.deals import name_of
from messages.handoff_items import dated, line, title
from messages.ids import ACT_KICKOFF_BOOK, ACT_KICKOFF_HELD
from messages.people import csm
from messages.rich import Leaf, bullets, paragraph, person, rich, typed, word
from messages.say import Block, Message, Quiet
from messages.text import channel_link, cut, day, plain_when, plural, when
from messages.values import pack

LEAD: Final = "lead"
_TEXT: Final = 700
_ROWS: Final = 10
_ROW: Final = 160
_ROOM: Final = 1_400
_STEPS: Final = 12


def kickoff_late(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message | Quiet:
    """In person, to the CSM and later the lead; quiet when it was held or booked meanwhile. ``facts``: ``to`` csm or
    lead, ``days`` working days since the close."""
    kickoff = _open_kickoff(picture)
    if isinstance(kickoff, Quiet):
        return kickoff
    if kickoff.booked_for is not None and kickoff.booked_for > now:
        return Quiet("the kickoff is booked")
    where = f" ({channel_link(picture.channel.id)})" if picture.channel.id else ""
    since = f"{plural(int(facts.get('days', 0)), 'working day')} after the deal was closed"
    zone = picture.csm.zone if picture.csm else "UTC"
    if kickoff.booked_for is None:
        first = f"The kickoff of *{name_of(picture)}*{where} is not booked, {since}."
        then = "Offer the customer two times today; a date in two weeks is better than none."
        label = "Book"
    else:
        at = when(kickoff.booked_for, zone)
        first = f"The kickoff of *{name_of(picture)}*{where} was booked for {at}, and nobody said that it was held."
        then = "If it was, press “Held” and choose the early win; if not, book another time."
        label = "Book again"
    if facts.get("to") == LEAD:
        then = f"The CSM is {csm(picture)}. A word from you may help."
    buttons = [
        button(label, ACT_KICKOFF_BOOK, pack(deal=picture.id), style="primary"),
        button("Held", ACT_KICKOFF_HELD, pack(deal=picture.id)),
    ]
    return Message(f"{first} {then}", [section(f"{first} {then}"), actions(buttons)])


def kickoff_agenda(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message | Quiet:
    """In the thread of the plan once the kickoff is booked, edited when its date or the handoff changes. Worries and
    sensitivities are in none of it: customers see agendas."""
    plan = picture.plan
    kickoff = plan.of_kind(Kind.KICKOFF) if plan else None
    if plan is None or kickoff is None:
        return Quiet("there is no kickoff in the plan")
    at = kickoff.booked_for
    zone = picture.csm.zone if picture.csm else "UTC"
    if kickoff.state is State.DONE:
        head = "The kickoff was held; this was its agenda."
    elif at is None:
        head = "The kickoff has no date now; book one and the agenda is ready."
    else:
        head = f"The kickoff is booked for {when(at, zone)}. Send this to the customer before it."
    text = f"Agenda for the kickoff of *{name_of(picture)}*" + (f", {plain_when(at, zone)}" if at else "")
    handoff = picture.handoff
    answers = handoff.answers if handoff and handoff.version else Answers()
    blocks = [header(f"Kickoff: {' '.join(picture.facts.account.name.split())}"), section(head)]
    blocks += [
        _part("1. Who is who", _roles(picture, answers)),
        _part("2. What and why", _what(picture, answers)),
        _part("3. How success is measured", _rows([line(one) for one in answers.success_metrics], "to be agreed")),
        _part("4. How we work together", _process(picture, answers)),
        _part("5. Timeline", _timeline(plan, answers)),
    ]
    if not handoff or not handoff.version:
        blocks.append(context("The handoff is not handed in yet; this fills itself when it is."))
    elif kickoff.state is not State.DONE:
        blocks.append(context("At its end choose the early win: one result the customer sees by day 30."))
    return Message(text, blocks)


def _open_kickoff(picture: DealPicture) -> Milestone | Quiet:
    if picture.state is DealState.CLOSED:
        return Quiet("the deal is finished")
    kickoff = picture.plan.of_kind(Kind.KICKOFF) if picture.plan else None
    if kickoff is None:
        return Quiet("there is no kickoff in the plan")
    return kickoff if kickoff.is_open else Quiet(f"the kickoff is {kickoff.state}")


def _part(label: str, rows: Sequence[Sequence[Leaf]]) -> Block:
    return rich(paragraph(word(label, bold=True)), bullets(rows))


def _rows(lines: Sequence[str], otherwise: str) -> list[list[Leaf]]:
    """As many lines as there is room for, the rest counted."""
    kept: list[list[Leaf]] = []
    room = _ROOM
    for one in lines[:_ROWS]:
        shown = cut(" ".join(one.split()), _ROW)
        if len(shown) > room:
            break
        kept.append(typed(shown))
        room -= len(shown)
    left = len(lines) - len(kept)
    if left:
        kept.append(word(f"… and {left:,} more in the handoff", italic=True))
    return kept or [word(otherwise, italic=True)]


def _roles(picture: DealPicture, answers: Answers) -> list[list[Leaf]]:
    ours = [
        [*_who(card.slack_id if card else "", plain), *word(f": {what}")]
        for card, plain, what in (
            (picture.csm, "nobody yet", "leads the way to the goal, first to ask"),
            (picture.ae, picture.facts.owner_email or "the seller", "knows how it began, hands over"),
        )
    ]
    theirs = [" · ".join(filter(None, (title(one), one.role, one.cares_about))) for one in answers.stakeholders]
    return [*ours, *_rows(theirs, "the people on the customer's side: to be named")]


def _who(slack_id: str, plain: str) -> list[Leaf]:
    return [person(slack_id)] if slack_id else word(plain)


def _what(picture: DealPicture, answers: Answers) -> list[list[Leaf]]:
    bought = answers.products.strip() or ", ".join(picture.facts.products)
    return [
        [*word("Bought: ", italic=True), *typed(cut(" ".join(bought.split()), _TEXT) if bought else "to be confirmed")],
        [*word("To solve: ", italic=True), *typed(cut(answers.problem, _TEXT) if answers.problem else "to be told")],
    ]


def _process(picture: DealPicture, answers: Answers) -> list[list[Leaf]]:
    style = cut(answers.working_style, _TEXT) if answers.working_style.strip() else "how the customer likes to work"
    return [
        typed(style),
        word("Who decides, who is told, how often we meet, where questions go"),
        word("Every Monday one summary: done, next, late, open questions"),
    ]


def _timeline(plan: PlanPicture, answers: Answers) -> list[list[Leaf]]:
    open_ones = sorted(
        (one for one in plan.milestones if one.is_open and one.due is not None),
        key=lambda one: (str(one.due), one.number),
    )
    rows = [typed(f"{day(one.due)}: {cut(one.title, _ROW)}") for one in open_ones[:_STEPS] if one.due is not None]
    if len(open_ones) > _STEPS:
        rows.append(word(f"… and {len(open_ones) - _STEPS:,} more in the plan", italic=True))
    dates = [f"{one.label}: {dated(one.on, one.words)}" for one in answers.key_dates]
    return [*rows, *(_rows(dates, "") if dates else [])] or [word("to be agreed", italic=True)]
