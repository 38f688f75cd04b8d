"""Two people changed the same thing differently: both are shown, and the later one chooses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.handoff import FIELD_BY_NAME
from domain.handoff_merge import Conflict
from messages.blocks import context, divider, input_block, modal, plain, section
from messages.handoff_inputs import row
from messages.handoff_place import Place, dump, token
from messages.ids import VIEW_HANDOFF_CONFLICT
from messages.limits import OPTION, SECTION
from messages.say import Block, View
from messages.text import escape, listed, mention, plural, short

SHOWN: Final = 12
"""Differences shown whole; with 3,000 characters on both sides of each field still below a view's 250 KB."""

REST: Final = "rest"
THEIRS: Final = "theirs"
MINE: Final = "mine"


@dataclass(frozen=True, slots=True)
class Conflicted:
    """What to show: `place.against` is the version that is there now, `by` the Slack id of who handed it in.

    `again`: somebody handed in once more while this was being decided.
    """

    place: Place
    conflicts: Sequence[Conflict]
    by: str
    again: bool = False


def choice_name(conflict: Conflict) -> str:
    """Block and action id of the choice: the field's name, with the entry's for one of a list."""
    return f"{conflict.field}:{token(conflict.item_id)}" if conflict.item_id else conflict.field


def choice_value(side: str, against: int) -> str:
    """A choice is made between two texts; with the version it says which."""
    return f"{side}@{against}"


def conflict_view(shown: Conflicted) -> View:
    """The view pushed on the form. Everything but these differences is joined already."""
    who = mention(shown.by) if shown.by else "Somebody"
    count = plural(len(shown.conflicts), "thing")
    opening = f"{who} handed in version {shown.place.against} while you were writing, and both of you changed {count}."
    if shown.again:
        opening = f"*{who} handed in once more while you were choosing*; this is version {shown.place.against} now."
    blocks = [section(f"{opening} Please choose. Everything else of you both is kept; nothing has been overwritten.")]
    for conflict in shown.conflicts[:SHOWN]:
        blocks += _one(conflict, who, shown.place.against)
    rest = shown.conflicts[SHOWN:]
    if rest:
        blocks += _rest(rest, shown.place.against)
    return modal(
        VIEW_HANDOFF_CONFLICT,
        "Both changed this",
        blocks,
        submit="Hand in",
        close="Back to my form",
        metadata=dump(shown.place),
    )


def _one(conflict: Conflict, who: str, against: int) -> list[Block]:
    label = FIELD_BY_NAME[conflict.field].label
    return [
        divider(),
        section(f"*{escape(label)}* – by {who}:"),
        row(conflict.theirs or "(removed or left empty)", SECTION),
        section(f"*{escape(label)}* – by you:"),
        row(conflict.mine or "(removed or left empty)", SECTION),
        _choice(choice_name(conflict), "Which one is right?", against),
    ]


def _rest(conflicts: Sequence[Conflict], against: int) -> list[Block]:
    lines = [
        f"• {escape(FIELD_BY_NAME[one.field].label)}: {short(one.theirs or '(removed)', 60)} ↔ "
        f"{short(one.mine or '(removed)', 60)}"
        for one in conflicts
    ]
    return [
        divider(),
        section(listed([f"*And {plural(len(conflicts), 'more difference')}* (theirs ↔ yours):", *lines], SECTION)),
        context("To decide these one by one, go back, keep theirs in your form, and hand in again."),
        _choice(REST, "Which are right?", against),
    ]


def _choice(name: str, label: str, against: int) -> Block:
    options = [
        {"text": plain("Theirs", OPTION), "value": choice_value(THEIRS, against)},
        {"text": plain("Mine", OPTION), "value": choice_value(MINE, against)},
    ]
    return input_block(name, label, {"type": "radio_buttons", "action_id": name, "options": options})
