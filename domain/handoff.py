"""The handoff: its fields, the answers to them, and its way from requested to accepted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Literal, cast

from domain.handoff_lists import (
    ITEM_TYPES,
    BadAnswers,
    Commitment,
    Item,
    KeyDate,
    Metric,
    Stakeholder,
    item_from_json,
    item_to_json,
    oversized,
)
from domain.limits import ITEMS, TEXT
from domain.outcome import Refused

Kind = Literal["text", "list"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form.

    `weight` is its part of the completeness score (they add up to 100). `enough` is the number of letters from which a
    text counts in full. `nothing_counts`: "none" is an answer. `confidential` fields are shown only to AE, CSM and
    lead, and in private channels without guests or strangers.
    """

    name: str
    label: str
    hint: str
    weight: int
    kind: Kind = "text"
    required: bool = False
    confidential: bool = False
    nothing_counts: bool = False
    enough: int = 15


FIELDS: Final[tuple[Field, ...]] = (
    Field(
        "products",
        "What they bought",
        "Products, plan, seats, length. For example: Pro plan, 40 seats, one year.",
        10,
        required=True,
        enough=1,
    ),
    Field(
        "problem",
        "The problem to solve",
        "Why did they buy now? What is hard for them today, in their own words?",
        15,
        required=True,
    ),
    Field(
        "success_metrics",
        "How they measure success",
        "One a line: Weekly logins: 20 -> 60 by end of March",
        15,
        kind="list",
        required=True,
    ),
    Field("key_dates", "Key dates", "One a line: Go-live: 1 March", 10, kind="list"),
    Field(
        "stakeholders",
        "People on their side",
        "One a line: Maria Silva, CFO, cares about cost (sale, rollout)",
        15,
        kind="list",
    ),
    Field(
        "commitments",
        "What we promised",
        "One a line: Free migration - Ada - by 15 Jan. Nothing promised? Write: none",
        15,
        kind="list",
        nothing_counts=True,
    ),
    Field(
        "concerns",
        "Worries and objections",
        "What made them hesitate? Nothing? Write: none. Kept among the seller, the CSM and the lead.",
        5,
        confidential=True,
        nothing_counts=True,
    ),
    Field(
        "current_tool",
        "What they use today",
        "A competitor, something home-made, or none.",
        5,
        nothing_counts=True,
        enough=1,
    ),
    Field(
        "working_style",
        "How they like to work",
        "Calls or mail? Fast or careful? Who decides, and how?",
        5,
    ),
    Field(
        "sensitivities",
        "Handle with care",
        "Politics, who not to upset, what not to mention. Kept among the seller, the CSM and the lead.",
        5,
        confidential=True,
    ),
    Field("notes", "Anything else", "Links, recordings, the story of the deal.", 0),
)
"""The fields in the order of the form; weights from the design."""

FIELD_BY_NAME: Final[Mapping[str, Field]] = MappingProxyType({field.name: field for field in FIELDS})

_ITEM_TYPE: Final[Mapping[str, type[Item]]] = MappingProxyType(dict(ITEM_TYPES))


@dataclass(frozen=True, slots=True)
class Answers:
    """What was filled in: text fields hold text, list fields tuples of items with ids unique in their list.

    Raises BadAnswers when two items of a list share an id.
    """

    products: str = ""
    problem: str = ""
    success_metrics: tuple[Metric, ...] = ()
    key_dates: tuple[KeyDate, ...] = ()
    stakeholders: tuple[Stakeholder, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    concerns: str = ""
    current_tool: str = ""
    working_style: str = ""
    sensitivities: str = ""
    notes: str = ""

    def __post_init__(self) -> None:
        for name in _ITEM_TYPE:
            ids = [item.id for item in self.items(name)]
            if len(ids) != len(set(ids)):
                raise BadAnswers(name, "two items have the same id")

    def text(self, name: str) -> str:
        """The text field `name`. Raises KeyError when there is no text field of that name."""
        if name in _ITEM_TYPE or name not in FIELD_BY_NAME:
            raise KeyError(name)
        return cast("str", getattr(self, name))

    def items(self, name: str) -> tuple[Item, ...]:
        """The list field `name`. Raises KeyError when there is no list field of that name."""
        if name not in _ITEM_TYPE:
            raise KeyError(name)
        return cast("tuple[Item, ...]", getattr(self, name))

    def with_text(self, name: str, value: str) -> "Answers":
        """These answers with the text field `name` replaced. Raises KeyError like `text`."""
        self.text(name)
        return _replaced(self, name, value)

    def with_items(self, name: str, items: Sequence[Item]) -> "Answers":
        """These answers with the list `name` replaced. Raises KeyError like `items`, BadAnswers for a wrong item."""
        self.items(name)
        if not all(isinstance(item, _ITEM_TYPE[name]) for item in items):
            raise BadAnswers(name, "an item of another list")
        return _replaced(self, name, tuple(items))

    def to_json(self) -> dict[str, object]:
        """All fields by name, as values `json.dumps` takes."""
        return {
            field.name: [item_to_json(item) for item in self.items(field.name)]
            if field.kind == "list"
            else self.text(field.name)
            for field in FIELDS
        }

    @classmethod
    def from_json(cls, value: object) -> "Answers":
        """Read what `to_json` wrote. A missing field is empty. Raises BadAnswers for all else that does not fit:
        an unknown field, a wrong type, a text or list beyond `domain.limits`, two items with one id.
        """
        if not isinstance(value, Mapping):
            raise BadAnswers("", "the answers are not an object")
        source = cast("Mapping[object, object]", value)
        read: dict[str, Any] = {}
        for name, content in source.items():
            field = FIELD_BY_NAME.get(name) if isinstance(name, str) else None
            if field is None:
                raise BadAnswers("", f"there is no field {name!r}")
            read[field.name] = (
                _read_list(field.name, content) if field.kind == "list" else _read_text(field.name, content)
            )
        answers = cls(**read)
        for name, problem in too_large(answers).items():
            raise BadAnswers(name, problem)
        return answers


def too_large(answers: Answers) -> dict[str, str]:
    """The fields beyond `domain.limits`, each with one plain sentence; empty when everything fits."""
    problems: dict[str, str] = {}
    for field in FIELDS:
        problem = _too_large(field, answers)
        if problem:
            problems[field.name] = problem
    return problems


def missing_required(answers: Answers) -> dict[str, str]:
    """The required fields left empty, each with one plain sentence; without them a handoff cannot be handed in."""
    return {
        field.name: f"“{field.label}” is needed. {field.hint}"
        for field in FIELDS
        if field.required and is_empty(answers, field.name)
    }


def is_empty(answers: Answers, name: str) -> bool:
    """Whether nothing at all was filled in for the field `name`."""
    if FIELD_BY_NAME[name].kind == "list":
        return not answers.items(name)
    return not answers.text(name).strip()


class HandoffState(StrEnum):
    """Where a handoff stands."""

    REQUESTED = "requested"
    DRAFTING = "drafting"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class HandoffEvent(StrEnum):
    """What happens to a handoff. `draft` saves without handing in; `reopen` opens a handed-in one to edit it."""

    DRAFT = "draft"
    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    REOPEN = "reopen"


_NOT_HANDED_IN: Final = Refused("This handoff has not been handed in yet; the seller is asked to fill it in first.")
_BACK_WITH_SELLER: Final = Refused("This handoff was returned; it can be decided on once the seller hands it in again.")
_ALREADY_ACCEPTED: Final = Refused("This handoff is accepted already.")
_RETURN_TOO_LATE: Final = Refused(
    "This handoff is accepted already. Ask for what is missing with `/handoff ask` instead."
)

_WAY: Final[Mapping[HandoffState, Mapping[HandoffEvent, HandoffState | Refused]]] = MappingProxyType(
    {
        HandoffState.REQUESTED: {
            HandoffEvent.DRAFT: HandoffState.DRAFTING,
            HandoffEvent.SUBMIT: HandoffState.SUBMITTED,
            HandoffEvent.ACCEPT: _NOT_HANDED_IN,
            HandoffEvent.RETURN: _NOT_HANDED_IN,
            HandoffEvent.REOPEN: _NOT_HANDED_IN,
        },
        HandoffState.DRAFTING: {
            HandoffEvent.DRAFT: HandoffState.DRAFTING,
            HandoffEvent.SUBMIT: HandoffState.SUBMITTED,
            HandoffEvent.ACCEPT: _NOT_HANDED_IN,
            HandoffEvent.RETURN: _NOT_HANDED_IN,
            HandoffEvent.REOPEN: _NOT_HANDED_IN,
        },
        HandoffState.SUBMITTED: {
            HandoffEvent.DRAFT: HandoffState.SUBMITTED,
            HandoffEvent.SUBMIT: HandoffState.SUBMITTED,
            HandoffEvent.ACCEPT: HandoffState.ACCEPTED,
            HandoffEvent.RETURN: HandoffState.RETURNED,
            HandoffEvent.REOPEN: HandoffState.SUBMITTED,
        },
        # Editing an accepted handoff makes a new version and takes nobody's acceptance back.
        HandoffState.ACCEPTED: {
            HandoffEvent.DRAFT: HandoffState.ACCEPTED,
            HandoffEvent.SUBMIT: HandoffState.ACCEPTED,
            HandoffEvent.ACCEPT: _ALREADY_ACCEPTED,
            HandoffEvent.RETURN: _RETURN_TOO_LATE,
            HandoffEvent.REOPEN: HandoffState.ACCEPTED,
        },
        HandoffState.RETURNED: {
            HandoffEvent.DRAFT: HandoffState.RETURNED,
            HandoffEvent.SUBMIT: HandoffState.SUBMITTED,
            HandoffEvent.ACCEPT: _BACK_WITH_SELLER,
            HandoffEvent.RETURN: Refused("This handoff was returned already."),
            HandoffEvent.REOPEN: HandoffState.RETURNED,
        },
    }
)


def advance(state: HandoffState, event: HandoffEvent) -> HandoffState | Refused:
    """The state after `event`, or why it cannot happen now. Who may cause an event is `domain.access`'s question."""
    return _WAY[state][event]


def _replaced(answers: Answers, name: str, value: object) -> Answers:
    changed: dict[str, Any] = {name: value}
    return replace(answers, **changed)


def _read_text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise BadAnswers(name, "is not text")
    return value


def _read_list(name: str, value: object) -> tuple[Item, ...]:
    if not isinstance(value, list):
        raise BadAnswers(name, "is not a list")
    return tuple(item_from_json(name, item) for item in cast("list[object]", value))


def _too_large(field: Field, answers: Answers) -> str | None:
    if field.kind == "text":
        length = len(answers.text(field.name))
        return f"{length:,} characters; {TEXT:,} is the most." if length > TEXT else None
    items = answers.items(field.name)
    if len(items) > ITEMS:
        return f"{len(items):,} entries; {ITEMS} is the most."
    return next((problem for item in items if (problem := oversized(item))), None)
