"""The windows of a play: what came of it, move, snooze; and what was done, with its undo."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from domain.limits import QUESTION
from domain.plays.changes import Effect
from domain.plays.outcome import NAME, CallOutcome, Reached, Referral, Result, SaveOutcome
from domain.plays.picture import PlayPicture
from domain.plays.task import TITLES
from messages.blocks import actions, button, input_block, modal, plain, section, sections, text_input
from messages.ids import (
    ACT_PLAY_UNDO,
    VIEW_PLAY_CALL,
    VIEW_PLAY_MOVE,
    VIEW_PLAY_SAID,
    VIEW_PLAY_SAVE,
    VIEW_PLAY_SNOOZE,
)
from messages.limits import INPUT_TEXT, OPTION
from messages.milestone_views import DAY_HINT, SNOOZES
from messages.plays import REACHED, REFERRAL, RESULT, due_by
from messages.say import Block, Message, View
from messages.text import cut, escape, short
from messages.values import pack

_NAME: Final = 100


def outcome_view(play: PlayPicture) -> View:
    """Asks what came of the play; what was written down before stands in it."""
    return _call(play) if play.effect is Effect.UPGRADE else _save(play)


def _call(play: PlayPicture) -> View:
    was = play.outcome if isinstance(play.outcome, CallOutcome) else None
    blocks = [
        _headed(play),
        _radio("reached", "Did you reach the customer?", REACHED, was.reached if was else Reached.YES),
        _typed("needs", "What do they need?", was.needs if was else ""),
        _typed("feedback", "Their feedback", was.feedback if was else "", "In their own words."),
        _radio("referral", "Will they refer us?", REFERRAL, was.referral if was else Referral.NOT_ASKED),
        text_input(
            "referral_name",
            "To whom",
            initial=was.referral_name if was else "",
            placeholder="Maria Silva at Harbour Freight",
            optional=True,
            most=NAME,
        ),
    ]
    return modal(VIEW_PLAY_CALL, "After the call", blocks, submit="Save", metadata=pack(play=play.id))


def _save(play: PlayPicture) -> View:
    was = play.outcome if isinstance(play.outcome, SaveOutcome) else None
    blocks = [
        _headed(play),
        text_input(
            "reasons",
            "The reasons",
            initial=was.reasons if was else "",
            hint="In the customer's own words: price, something missing, not used, another tool, people who left …",
            multiline=True,
            most=QUESTION,
        ),
        _typed("tried", "What did you try?", was.tried if was else ""),
        _radio("result", "How did it end?", RESULT, was.result if was else Result.TALKING),
    ]
    return modal(VIEW_PLAY_SAVE, "After the talk", blocks, submit="Save", metadata=pack(play=play.id))


def _headed(play: PlayPicture) -> Block:
    return section(f"*{TITLES[play.effect]}* with {short(play.customer, _NAME)}{due_by(play.due)}")


def _radio(name: str, label: str, choices: Mapping[Any, str], chosen: StrEnum) -> Block:
    options = [{"text": plain(text, OPTION), "value": str(value)} for value, text in choices.items()]
    radio: dict[str, Any] = {"type": "radio_buttons", "action_id": name, "options": options}
    radio["initial_option"] = next(one for one in options if one["value"] == str(chosen))
    return input_block(name, label, radio)


def _typed(name: str, label: str, initial: str, hint: str = "") -> Block:
    return text_input(name, label, initial=initial, hint=hint, multiline=True, optional=True, most=QUESTION)


def move_view(play: PlayPicture) -> View:
    """Asks for the new day."""
    blocks = [
        _headed(play),
        text_input("due", "New day", placeholder="next Friday", hint=DAY_HINT, most=200),
    ]
    return modal(VIEW_PLAY_MOVE, "Move", blocks, submit="Move", metadata=pack(play=play.id))


def snooze_view(play: PlayPicture) -> View:
    """Asks until when its reminders keep quiet; the due day stays."""
    options = [{"text": plain(label, OPTION), "value": value} for value, label in SNOOZES]
    radio: dict[str, Any] = {"type": "radio_buttons", "action_id": "snooze", "options": options}
    radio["initial_option"] = options[0]
    blocks = [
        _headed(play),
        input_block("snooze", "Remind again after", radio, hint="Its due day stays as it is."),
        text_input(
            "snoozed_until", "A day of my own", placeholder="next Friday", hint=DAY_HINT, optional=True, most=200
        ),
    ]
    return modal(VIEW_PLAY_SNOOZE, "Snooze", blocks, submit="Snooze", metadata=pack(play=play.id))


def said_message(sentence: str, change_id: int | None = None) -> Message:
    """What was done, as typed, to whoever did it; with a change, its undo."""
    blocks: list[Block] = [*sections(sentence)]
    if change_id is not None:
        blocks.append(actions([button("Undo", ACT_PLAY_UNDO, pack(change=change_id))]))
    return Message(cut(escape(sentence), INPUT_TEXT), blocks)


def said_view(sentence: str, change_id: int | None = None) -> View:
    """The same in a window."""
    return modal(VIEW_PLAY_SAID, "The task", said_message(sentence, change_id).blocks, close="Close")
