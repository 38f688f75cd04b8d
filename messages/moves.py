"""What moving a milestone does, shown before it is done: as a message, and as a window's second step."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from domain.picture import DealPicture
from domain.plan.change import Clash, ClashKind, Effect, Held, Move, Stay
from domain.plan_picture import Milestone
from messages.blocks import actions, button, input_block, modal, plain, section
from messages.ids import ACT_MOVE_ALL, ACT_MOVE_CANCEL, ACT_MOVE_ONE, VIEW_MILESTONE_EFFECT
from messages.limits import OPTION, SECTION
from messages.milestone_views import NOWHERE, Back
from messages.say import Block, Message, View
from messages.text import day, listed, plural, short, short_day
from messages.values import pack

ALL: Final = "all"
ONE: Final = "one"
_TITLE: Final = 60
_LABEL: Final = 120
_MOVES_ROOM: Final = 2_900
_STAYS_ROOM: Final = 1_400
_CLASHES_ROOM: Final = 2_900


def effect_message(picture: DealPicture, effect: Effect, seen: int, today: date, first: str = "") -> Message:
    """The effect to whoever asked, with its three buttons. ``seen`` says which effect it is, so that another one is not
    carried out unseen; ``first`` is an escaped line above."""
    one = effect.moves[0].milestone
    blocks: list[Block] = [section(first)] if first else []
    blocks.append(section(_head(effect, today)))
    for lines, room in (
        (_moves(effect, today), _MOVES_ROOM),
        (_stays(effect.stays), _STAYS_ROOM),
        (_clashes(effect, today), _CLASHES_ROOM),
    ):
        if lines:
            blocks.append(section(listed(lines, room)))
    to = effect.moves[0].becomes.isoformat()
    value = pack(milestone=one.id, to=to, seen=seen)
    blocks.append(
        actions(
            [
                button(f"Move all {len(effect.moves)}", ACT_MOVE_ALL, value, style="primary"),
                button("Only this one", ACT_MOVE_ONE, value),
                button("Cancel", ACT_MOVE_CANCEL, pack(deal=picture.id)),
            ],
            "effect",
        )
    )
    return Message(_head(effect, today), blocks)


def effect_view(
    picture: DealPicture, effect: Effect, seen: int, today: date, back: Back = NOWHERE, first: str = ""
) -> View:
    """The same as a second step of a window: every milestone that moves is listed, then the choice."""
    one = effect.moves[0].milestone
    blocks: list[Block] = [section(first)] if first else []
    blocks.append(section(_head(effect, today)))
    blocks += [section(part) for part in _parts(_moves(effect, today))]
    for lines in (_stays(effect.stays), _clashes(effect, today)):
        blocks += [section(listed(lines, _CLASHES_ROOM))] if lines else []
    count = len(effect.moves)
    labels = ((ALL, f"Move all {count}"), (ONE, "Only this one"))
    options = [{"text": plain(label, OPTION), "value": value} for value, label in labels]
    radio: dict[str, Any] = {"type": "radio_buttons", "action_id": "along", "options": options}
    radio["initial_option"] = options[0]
    blocks.append(input_block("along", "What is to move?", radio))
    to = effect.moves[0].becomes.isoformat()
    metadata = pack(milestone=one.id, version=one.version, to=to, seen=seen, **back.packed())
    return modal(VIEW_MILESTONE_EFFECT, "What moves along", blocks, submit="Move", metadata=metadata)


def warnings(effect: Effect, today: date) -> list[str]:
    """What a person should know of a move that is done, in escaped lines."""
    return [part for part in (listed(_clashes(effect, today), _CLASHES_ROOM),) if part]


def _head(effect: Effect, today: date) -> str:
    first = effect.moves[0]
    was = f" from {short_day(first.was, today)}" if first.was else ""
    along = plural(len(effect.along), "milestone")
    text = f"Moving *{_name(first.milestone)}*{was} to *{day(first.becomes)}*"
    return f"{text} moves {along} along." if effect.along else f"{text} moves nothing else."


def _moves(effect: Effect, today: date) -> list[str]:
    return [_move(move, today) for move in effect.along]


def _move(move: Move, today: date) -> str:
    was = short_day(move.was, today) if move.was else "no day"
    return f"• {_name(move.milestone)}: {was} → *{short_day(move.becomes, today)}*"


def _stays(stays: Sequence[Stay]) -> list[str]:
    """Which stay although they count from it, and why."""
    if not stays:
        return []
    why = {Held.SETTLED: "it is settled", Held.BY_HAND: "its day was set by hand"}
    return ["These stay where they are:", *(f"• {_name(one.milestone)}: {why[one.why]}" for one in stays)]


def _clashes(effect: Effect, today: date) -> list[str]:
    lines = [f":warning: {clash_line(clash, today)}" for clash in effect.clashes]
    if effect.free_day:
        lines.insert(0, f":warning: {day(effect.moves[0].becomes)} is no working day.")
    return lines


def clash_line(clash: Clash, today: date) -> str:
    """``12. Go-live would be on Mon 1 Feb, after the customer's “Board meeting” on Fri 29 Jan.``, escaped."""
    theirs = f"“{short(clash.label, _LABEL)}”"
    what = f"the customer's {theirs}" if clash.kind is ClashKind.KEY_DATE else f"{theirs} should be reached"
    title = f"{clash.number}. {short(clash.title, _TITLE)}"
    return f"{title} is due {short_day(clash.due, today)}, after {what} on {short_day(clash.on, today)}."


def _name(one: Milestone) -> str:
    return f"{one.number}. {short(one.title, _TITLE)}"


def _parts(lines: Iterable[str]) -> list[str]:
    """Lines in as many paragraphs as they need."""
    parts: list[str] = []
    for line in lines:
        if parts and len(parts[-1]) + len(line) < SECTION:
            parts[-1] += f"\n{line}"
        else:
            parts.append(line)
    return parts
