"""The items of the handoff's lists: success metrics, key dates, stakeholders and what was promised."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, cast

from domain.limits import ITEM_TEXT, ITEM_WORD


class BadAnswers(ValueError):
    """Stored or posted answers that are not of the shape below. `field` is the field's name, '' for the whole."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason


class Phase(StrEnum):
    """When a stakeholder takes part."""

    SALE = "sale"
    IMPLEMENTATION = "implementation"
    ROLLOUT = "rollout"


@dataclass(frozen=True, slots=True)
class Metric:
    """How the customer measures success. `by_words` keeps the date as it was typed."""

    id: str
    metric: str
    start: str = ""
    target: str = ""
    by: date | None = None
    by_words: str = ""


@dataclass(frozen=True, slots=True)
class KeyDate:
    """A near date that moves the timeline. `words` keeps the date as it was typed."""

    id: str
    label: str
    on: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Stakeholder:
    """Somebody on the customer's side. `contact` is an email address or ''."""

    id: str
    name: str
    role: str = ""
    cares_about: str = ""
    phases: frozenset[Phase] = frozenset()
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Commitment:
    """Something sales promised. `owner` is a name or '', `due_words` keeps the date as it was typed."""

    id: str
    text: str
    owner: str = ""
    due: date | None = None
    due_words: str = ""


Item = Metric | KeyDate | Stakeholder | Commitment

ITEM_TYPES: Final[tuple[tuple[str, type[Item]], ...]] = (
    ("success_metrics", Metric),
    ("key_dates", KeyDate),
    ("stakeholders", Stakeholder),
    ("commitments", Commitment),
)
"""The list fields of the handoff and what each holds."""

_LONG: Final = frozenset({"text", "cares_about"})


def format_item(item: Item) -> str:
    """An item as one line of plain text that `parse_lines` reads back. Dates are ISO. Not escaped for mrkdwn."""
    match item:
        case Metric():
            return _format_metric(item)
        case KeyDate():
            return _joined(": ", item.label, _day(item.on, item.words))
        case Stakeholder():
            return _format_stakeholder(item)
        case Commitment():
            due = _day(item.due, item.due_words)
            return _joined(" - ", item.text, item.owner, f"by {due}" if due else "")


def item_to_json(item: Item) -> dict[str, object]:
    """An item as JSON: its fields by name, dates ISO, phases sorted."""
    match item:
        case Metric():
            return {
                "id": item.id,
                "metric": item.metric,
                "start": item.start,
                "target": item.target,
                "by": _iso(item.by),
                "by_words": item.by_words,
            }
        case KeyDate():
            return {"id": item.id, "label": item.label, "on": _iso(item.on), "words": item.words}
        case Stakeholder():
            return {
                "id": item.id,
                "name": item.name,
                "role": item.role,
                "cares_about": item.cares_about,
                "phases": sorted(item.phases),
                "contact": item.contact,
            }
        case Commitment():
            return {
                "id": item.id,
                "text": item.text,
                "owner": item.owner,
                "due": _iso(item.due),
                "due_words": item.due_words,
            }


def item_from_json(field: str, value: object) -> Item:
    """Read what `item_to_json` wrote for the list `field`. Missing keys but `id` are empty. Raises BadAnswers."""
    if not isinstance(value, Mapping):
        raise BadAnswers(field, "an item is not an object")
    read = _Reader(field, cast("Mapping[object, object]", value))
    readers: dict[str, Callable[[_Reader], Item]] = {
        "success_metrics": _read_metric,
        "key_dates": _read_key_date,
        "stakeholders": _read_stakeholder,
        "commitments": _read_commitment,
    }
    if field not in readers:
        raise BadAnswers(field, "is not a list")
    item = readers[field](read)
    read.refuse_others()
    return item


def oversized(item: Item) -> str | None:
    """The first part of an item that is longer than it may be, as a plain sentence; None when all fit."""
    for name, value in item_to_json(item).items():
        limit = ITEM_TEXT if name in _LONG else ITEM_WORD
        if isinstance(value, str) and len(value) > limit:
            return f"“{name.replace('_', ' ')}” has {len(value):,} characters; {limit} is the most."
    return None


class _Reader:
    """Takes the keys of one object one by one and knows which were never taken."""

    def __init__(self, field: str, source: Mapping[object, object]) -> None:
        self.field = field
        self._source = source
        self._left = set(source)

    def text(self, key: str) -> str:
        value = self._take(key, "")
        if not isinstance(value, str):
            raise BadAnswers(self.field, f"“{key}” is not text")
        return value

    def required(self, key: str) -> str:
        value = self.text(key)
        if not value:
            raise BadAnswers(self.field, f"an item has no “{key}”")
        return value

    def day(self, key: str) -> date | None:
        value = self._take(key, None)
        if value is None:
            return None
        try:
            return date.fromisoformat(cast("str", value))
        except (TypeError, ValueError) as error:
            raise BadAnswers(self.field, f"“{key}” is not a date") from error

    def phases(self, key: str) -> frozenset[Phase]:
        value = self._take(key, [])
        if not isinstance(value, list):
            raise BadAnswers(self.field, f"“{key}” is not a list")
        try:
            return frozenset(Phase(name) for name in cast("list[str]", value))
        except ValueError as error:
            raise BadAnswers(self.field, f"“{key}” names an unknown phase") from error

    def refuse_others(self) -> None:
        if self._left:
            raise BadAnswers(self.field, "an item has a part that is not known")

    def _take(self, key: str, default: object) -> object:
        self._left.discard(key)
        return self._source.get(key, default)


def _read_metric(read: _Reader) -> Metric:
    return Metric(
        id=read.required("id"),
        metric=read.text("metric"),
        start=read.text("start"),
        target=read.text("target"),
        by=read.day("by"),
        by_words=read.text("by_words"),
    )


def _read_key_date(read: _Reader) -> KeyDate:
    return KeyDate(id=read.required("id"), label=read.text("label"), on=read.day("on"), words=read.text("words"))


def _read_stakeholder(read: _Reader) -> Stakeholder:
    return Stakeholder(
        id=read.required("id"),
        name=read.text("name"),
        role=read.text("role"),
        cares_about=read.text("cares_about"),
        phases=read.phases("phases"),
        contact=read.text("contact"),
    )


def _read_commitment(read: _Reader) -> Commitment:
    return Commitment(
        id=read.required("id"),
        text=read.text("text"),
        owner=read.text("owner"),
        due=read.day("due"),
        due_words=read.text("due_words"),
    )


def _format_metric(item: Metric) -> str:
    values = _joined(" → ", item.start, item.target) if item.target else item.start and f"{item.start} →"
    day = _day(item.by, item.by_words)
    return _joined(" ", _joined(": ", item.metric, values), f"by {day}" if day else "")


def _format_stakeholder(item: Stakeholder) -> str:
    cares = f"cares about {item.cares_about}" if item.cares_about else ""
    phases = ", ".join(phase for phase in Phase if phase in item.phases)
    line = _joined(", ", item.name, item.role, item.contact, cares)
    return _joined(" ", line, f"({phases})" if phases else "")


def _day(day: date | None, words: str) -> str:
    return day.isoformat() if day else words


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _joined(separator: str, *parts: str) -> str:
    return separator.join(part for part in parts if part)
