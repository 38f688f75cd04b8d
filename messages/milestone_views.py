"""The small windows about one milestone: done, move, blocked, skip, snooze, add; and what was done, with its undo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from domain.limits import MILESTONE_TITLE, QUESTION
from domain.picture import DealPicture
from domain.plan_picture import Milestone
from messages.blocks import actions, button, input_block, modal, plain, section, sections, text_input
from messages.deals import name_of
from messages.ids import (
    ACT_PLAN_UNDO,
    VIEW_KICKOFF_BOOK,
    VIEW_KICKOFF_HELD,
    VIEW_MILESTONE_ADD,
    VIEW_MILESTONE_BLOCK,
    VIEW_MILESTONE_DONE,
    VIEW_MILESTONE_MOVE,
    VIEW_MILESTONE_SKIP,
    VIEW_MILESTONE_SNOOZE,
    VIEW_PLAN_SAID,
)
from messages.limits import INPUT_HINT, INPUT_TEXT, OPTION
from messages.say import Block, Message, View
from messages.text import cut, day, escape, short, when, zone_of
from messages.values import number, pack

WHO: Final = 80
"""Characters of a name at the customer, or of who can unblock something."""
DAY_HINT: Final = "In plain words: next Friday, in 2 weeks, 2026-12-04, nästa fredag, volgende week vrijdag, 下周五."
SNOOZES: Final = (("day", "One working day"), ("monday", "Until Monday"), ("until", "Until a day of my own"))
AWAKE: Final = ("now", "Not any longer: remind as usual")
"""Offered for what is snoozed."""
_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Back:
    """The windows under this one, which show what changed: the milestone's own (``edit``), and page ``page`` of the
    whole plan (0: not there)."""

    edit: bool = False
    page: int = 0

    def packed(self) -> dict[str, int]:
        """What a window carries of it."""
        return {name: int(value) for name, value in (("edit", self.edit), ("page", self.page)) if value}


NOWHERE: Final = Back()


def back_of(values: Mapping[str, Any]) -> Back:
    """What ``packed`` wrote."""
    return Back(bool(number(values, "edit")), number(values, "page"))


def headed(picture: DealPicture, milestone: Milestone) -> Block:
    """Which milestone of which customer a window is about."""
    due = f", due {day(milestone.due)}" if milestone.due else ""
    return section(f"*{milestone.number}. {short(milestone.title, _NAME)}* of {name_of(picture)}{due}")


def done_view(picture: DealPicture, milestone: Milestone, typed: str = "", back: Back = NOWHERE) -> View:
    """Asks how one can see that it is done; at the kickoff for the early win as well."""
    asked = milestone.evidence_asked.strip()
    blocks: list[Block] = [headed(picture, milestone)]
    blocks.append(
        text_input(
            "evidence",
            "How can one see it?",
            initial=cut(typed or milestone.evidence, QUESTION) if typed or milestone.evidence else "",
            hint=cut(asked or "A link or one sentence.", INPUT_HINT),
            multiline=True,
            optional=True,
            most=QUESTION,
        )
    )
    if asked:
        blocks.append(
            text_input(
                "why",
                "Nothing to show?",
                hint="Then say why, so that nobody asks again.",
                optional=True,
                most=QUESTION,
            )
        )
    return modal(VIEW_MILESTONE_DONE, "Done", blocks, submit="Done", metadata=_of(milestone, back))


def held_view(picture: DealPicture, kickoff: Milestone, today: date, early_win: str = "", back: Back = NOWHERE) -> View:
    """The kickoff was held: when, and which early win was chosen."""
    picker: dict[str, Any] = {"type": "datepicker", "action_id": "held_on", "initial_date": today.isoformat()}
    blocks: list[Block] = [
        headed(picture, kickoff),
        text_input(
            "early_win",
            "Which early win did you choose together?",
            initial=cut(early_win, QUESTION) if early_win else "",
            placeholder="First 20 people log in on their own",
            hint="One result the customer sees by day 30, when Baton asks for its evidence. Empty if none was chosen.",
            multiline=True,
            optional=True,
            most=QUESTION,
        ),
        input_block("held_on", "Held on", picker),
        text_input(
            "evidence",
            "Notes or recording",
            hint=cut(kickoff.evidence_asked or "A link or one sentence.", INPUT_HINT),
            multiline=True,
            optional=True,
            most=QUESTION,
        ),
    ]
    return modal(VIEW_KICKOFF_HELD, "The kickoff was held", blocks, submit="Save", metadata=_of(kickoff, back))


def book_view(picture: DealPicture, kickoff: Milestone, now: datetime, zone: str, back: Back = NOWHERE) -> View:
    """Books the kickoff: a day and a time of the person's own zone, or plain words."""
    local = now.astimezone(zone_of(zone))
    booked = kickoff.booked_for.astimezone(zone_of(zone)) if kickoff.booked_for else None
    first = booked.date() if booked and booked.date() >= local.date() else None
    picker: dict[str, Any] = {"type": "datepicker", "action_id": "day"}
    if first or (kickoff.due and kickoff.due >= local.date()):
        picker["initial_date"] = (first or kickoff.due or local.date()).isoformat()
    clock: dict[str, Any] = {"type": "timepicker", "action_id": "time", "timezone": zone}
    clock["initial_time"] = f"{booked:%H:%M}" if booked else "10:00"
    blocks: list[Block] = [headed(picture, kickoff)]
    if kickoff.booked_for:
        blocks.append(section(f"It is booked for {when(kickoff.booked_for, zone)}."))
    blocks += [
        input_block("day", "Day", picker, optional=True),
        input_block("time", f"Time ({zone})", clock, optional=True),
        text_input(
            "words",
            "Or in plain words",
            placeholder="next Tuesday at 14:00",
            hint="What stands here counts instead of the day and the time above.",
            optional=True,
            most=200,
        ),
    ]
    title = "Book another time" if kickoff.booked_for else "Book the kickoff"
    return modal(VIEW_KICKOFF_BOOK, title, blocks, submit="Book", metadata=_of(kickoff, back))


def move_view(picture: DealPicture, milestone: Milestone, back: Back = NOWHERE) -> View:
    """Asks for the new day."""
    blocks = [
        headed(picture, milestone),
        text_input("due", "New day", placeholder="next Friday", hint=DAY_HINT, most=200),
    ]
    return modal(VIEW_MILESTONE_MOVE, "Move", blocks, submit="Move", metadata=_of(milestone, back))


def block_view(picture: DealPicture, milestone: Milestone, back: Back = NOWHERE) -> View:
    """Asks what it waits for and who can unblock it."""
    blocks = [
        headed(picture, milestone),
        text_input("why", "What does it wait for?", multiline=True, most=QUESTION),
        input_block(
            "unblocker_id",
            "Who of us can unblock it?",
            {"type": "users_select", "action_id": "unblocker_id"},
            optional=True,
        ),
        text_input(
            "unblocker",
            "Or who else?",
            placeholder="Their IT, Maria at Fjordbank",
            optional=True,
            most=WHO,
        ),
    ]
    return modal(VIEW_MILESTONE_BLOCK, "Blocked", blocks, submit="Save", metadata=_of(milestone, back))


def skip_view(picture: DealPicture, milestone: Milestone, back: Back = NOWHERE) -> View:
    """Asks why it is not needed."""
    blocks = [
        headed(picture, milestone),
        text_input("why", "Why is it not needed?", multiline=True, most=QUESTION),
    ]
    return modal(VIEW_MILESTONE_SKIP, "Skip", blocks, submit="Skip", metadata=_of(milestone, back))


def snooze_view(picture: DealPicture, milestone: Milestone, today: date, back: Back = NOWHERE) -> View:
    """Asks until when its reminders keep quiet, or whether they come again; the due day stays."""
    until = milestone.snoozed_until if milestone.snoozed_until and milestone.snoozed_until > today else None
    snoozes = (*SNOOZES, AWAKE) if until else SNOOZES
    options = [{"text": plain(label, OPTION), "value": value} for value, label in snoozes]
    radio: dict[str, Any] = {"type": "radio_buttons", "action_id": "snooze", "options": options}
    radio["initial_option"] = options[0]
    blocks = [
        headed(picture, milestone),
        *([section(f"It keeps quiet until {day(until)}.")] if until else []),
        input_block("snooze", "Remind again after", radio, hint="Its due day stays as it is."),
        text_input(
            "snoozed_until", "A day of my own", placeholder="next Friday", hint=DAY_HINT, optional=True, most=200
        ),
    ]
    return modal(VIEW_MILESTONE_SNOOZE, "Snooze", blocks, submit="Snooze", metadata=_of(milestone, back))


def add_view(picture: DealPicture, typed: str = "", back: Back = NOWHERE) -> View:
    """Asks for a milestone of one's own."""
    blocks = [
        section(f"A milestone in the plan of *{name_of(picture)}*."),
        text_input(
            "title", "What is to be done", initial=cut(typed, MILESTONE_TITLE) if typed else "", most=MILESTONE_TITLE
        ),
        text_input("due", "By when", placeholder="next Friday", hint=DAY_HINT, most=200),
        input_block(
            "owner",
            "Who does it",
            {"type": "users_select", "action_id": "owner"},
            hint="The CSM, if you name nobody.",
            optional=True,
        ),
        text_input("owner_name", "Or who at the customer", optional=True, most=WHO),
        text_input("about", "What belongs to it", multiline=True, optional=True, most=QUESTION),
    ]
    return modal(
        VIEW_MILESTONE_ADD, "Add a milestone", blocks, submit="Add", metadata=pack(deal=picture.id, **back.packed())
    )


def undo_button(change_id: int) -> dict[str, Any]:
    """Takes one change back."""
    return button("Undo", ACT_PLAN_UNDO, pack(change=change_id))


def said_message(sentence: str, change_id: int | None = None, more: Sequence[str] = ()) -> Message:
    """What was done, as typed, to whoever did it; with a change, its undo. ``more`` are lines that are escaped."""
    text = escape(sentence)
    blocks: list[Block] = [*sections(sentence), *(section(line) for line in more)]
    if change_id is not None:
        blocks.append(actions([undo_button(change_id)]))
    return Message(cut(text, INPUT_TEXT), blocks)


def said_view(sentence: str, change_id: int | None = None, more: Sequence[str] = (), metadata: str = "") -> View:
    """The same in a window; ``metadata`` is what the window before it carried."""
    blocks = said_message(sentence, change_id, more).blocks
    return modal(VIEW_PLAN_SAID, "The plan", blocks, close="Close", metadata=metadata)


def _of(milestone: Milestone, back: Back) -> str:
    """What a window about a milestone carries; by the version it finds out that somebody else changed it meanwhile."""
    return pack(milestone=milestone.id, version=milestone.version, **back.packed())
