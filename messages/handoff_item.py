"""The form of one entry of a list, on top of the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from domain.handoff_lists import Commitment, Item, KeyDate, Metric, Phase, Stakeholder
from domain.limits import ITEM_TEXT, ITEM_WORD
from messages.blocks import context, input_block, modal, plain
from messages.handoff_inputs import typing_input
from messages.handoff_place import Place, dump
from messages.ids import VIEW_HANDOFF_ITEM
from messages.limits import OPTION
from messages.say import Block, View
from messages.text import escape

Kind = Literal["word", "text", "date", "phases"]


@dataclass(frozen=True, slots=True)
class Part:
    """One input of an entry's form; `name` is the attribute it fills."""

    name: str
    label: str
    kind: Kind = "word"
    hint: str = ""
    required: bool = False


_WHEN: Final = "In plain words: 15 Jan, next Friday, end of March."

PARTS: Final[Mapping[str, tuple[Part, ...]]] = MappingProxyType(
    {
        "success_metrics": (
            Part("metric", "What is measured", hint="For example: weekly logins", required=True),
            Part("start", "Where it is today", hint="For example: 20"),
            Part("target", "Where it should be", hint="For example: 60"),
            Part("by", "By when", "date", _WHEN),
        ),
        "key_dates": (
            Part("label", "What happens", hint="For example: go-live", required=True),
            Part("on", "When", "date", _WHEN, required=True),
        ),
        "stakeholders": (
            Part("name", "Name", required=True),
            Part("role", "Role", hint="For example: CFO"),
            Part("cares_about", "What they care about", "text"),
            Part("phases", "When they take part", "phases"),
            Part("contact", "E-mail or phone"),
        ),
        "commitments": (
            Part("text", "What we promised", "text", required=True),
            Part("owner", "Who sees to it"),
            Part("due", "By when", "date", _WHEN),
        ),
    }
)
"""The inputs of each list's entries, in order."""

_TITLES: Final = {
    "success_metrics": "Measure",
    "key_dates": "Date",
    "stakeholders": "Person",
    "commitments": "Promise",
}
_PHASES: Final = {
    Phase.SALE: "The sale",
    Phase.IMPLEMENTATION: "The implementation",
    Phase.ROLLOUT: "The rollout",
}


@dataclass(frozen=True, slots=True)
class ItemForm:
    """The form of one entry: `raw` is each part as text (phases joined by commas), `echoes` what a date was read as or
    why it was not; `unfinished`: these are words typed earlier and never saved."""

    place: Place
    raw: Mapping[str, str]
    echoes: Mapping[str, str]
    unfinished: bool = False


def item_view(form: ItemForm) -> View:
    """The view pushed on the list."""
    blocks: list[Block] = []
    if form.unfinished:
        blocks.append(context("You began this earlier and did not save it."))
    for part in PARTS[form.place.field]:
        blocks.append(_input(part, form.raw.get(part.name, "")))
        echo = form.echoes.get(part.name, "")
        if echo:
            blocks.append(context(escape(echo)) | {"block_id": f"echo:{part.name}"})
    return modal(
        VIEW_HANDOFF_ITEM,
        _TITLES[form.place.field],
        blocks,
        submit="Save",
        close="Back",
        metadata=dump(form.place),
        tell_when_closed=True,
    )


def raw_parts(item: Item) -> dict[str, str]:
    """An entry as its form shows it; a date as the words it was typed in."""
    match item:
        case Metric():
            return {
                "metric": item.metric,
                "start": item.start,
                "target": item.target,
                "by": item.by_words or (item.by.isoformat() if item.by else ""),
            }
        case KeyDate():
            return {"label": item.label, "on": item.words or (item.on.isoformat() if item.on else "")}
        case Stakeholder():
            return {
                "name": item.name,
                "role": item.role,
                "cares_about": item.cares_about,
                "phases": ",".join(phase for phase in Phase if phase in item.phases),
                "contact": item.contact,
            }
        case Commitment():
            return {
                "text": item.text,
                "owner": item.owner,
                "due": item.due_words or (item.due.isoformat() if item.due else ""),
            }


def _input(part: Part, value: str) -> Block:
    if part.kind == "phases":
        return _checkboxes(part, value)
    most = ITEM_TEXT if part.kind == "text" else ITEM_WORD
    return typing_input(
        part.name,
        part.label,
        most=most,
        initial=value[:most],
        hint=part.hint,
        multiline=part.kind == "text",
        optional=not part.required,
    )


def _checkboxes(part: Part, value: str) -> Block:
    options = {phase: {"text": plain(label, OPTION), "value": phase.value} for phase, label in _PHASES.items()}
    chosen = [option for phase, option in options.items() if phase.value in value.split(",")]
    element: Block = {"type": "checkboxes", "action_id": part.name, "options": list(options.values())}
    if chosen:
        element["initial_options"] = chosen
    return input_block(part.name, part.label, element, optional=True) | {"dispatch_action": True}
