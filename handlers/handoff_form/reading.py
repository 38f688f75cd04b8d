"""What people type into the form, read: dates in their own words, lists one entry a line, whole entries."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2s
from typing import Any, Final, cast

from domain.handoff import FIELDS, Answers
from domain.handoff_dates import DateReader
from domain.handoff_lines import LineError, LinesRead, parse_lines
from domain.handoff_lists import Commitment, Item, KeyDate, Metric, Phase, Stakeholder
from domain.limits import ITEM_TEXT, ITEM_WORD, ITEMS, TEXT
from domain.text import clean
from messages.handoff_item import PARTS
from messages.text import day

Values = Mapping[str, Any]
"""`view.state.values` as Slack sends it: block id → action id → state."""

LIST_FIELDS: Final = tuple(field.name for field in FIELDS if field.kind == "list")
_ERRORS_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was sent: all answers, and what is wrong beside which field."""

    answers: Answers
    errors: Mapping[str, str]


def text_of(values: Values, name: str) -> str | None:
    """What stands in the input `name`, made safe; None when the view has no such input."""
    state = values.get(name, {}).get(name)
    if state is None:
        return None
    if state.get("type") == "checkboxes":
        return ",".join(str(option.get("value")) for option in state.get("selected_options") or ())
    return clean(str(state.get("value") or ""), TEXT).text


def with_texts(answers: Answers, values: Values) -> Answers:
    """These answers with the text fields as they stand in the form."""
    for field in FIELDS:
        text = text_of(values, field.name) if field.kind == "text" else None
        if text is not None:
            answers = answers.with_text(field.name, text)
    return answers


def typed_lists(values: Values) -> dict[str, str]:
    """The raw text of the list inputs that the form has."""
    found = {name: text_of(values, name) for name in LIST_FIELDS}
    return {name: text for name, text in found.items() if text is not None}


def read_lines(values: Values, reader: DateReader, seed: str) -> dict[str, LinesRead]:
    """The lines typed into the list inputs, as entries, by field.

    `seed` makes the ids of the new entries: the same form sent twice gives the same entries.
    """
    return {
        name: parse_lines(name, typed, reader, _ids(f"{seed}:{name}:{typed}"))
        for name, typed in typed_lists(values).items()
    }


def fill(answers: Answers, values: Values, lines: Mapping[str, LinesRead]) -> Filled:
    """The answers with what stands in the form: texts in place, the lines read from it added to their lists."""
    answers = with_texts(answers, values)
    errors = _too_long(values)
    for name, read in lines.items():
        if read.errors:
            errors[name] = _said(read.errors)
            continue
        items = (*answers.items(name), *_new(answers.items(name), read.items))
        if len(items) > ITEMS:
            errors[name] = f"That makes {len(items)} entries; a list holds {ITEMS}."
            continue
        answers = answers.with_items(name, items)
    return Filled(answers, errors)


def raw_of(field: str, values: Values) -> dict[str, str]:
    """The parts of an entry as they stand in its form."""
    return {part.name: text_of(values, part.name) or "" for part in PARTS[field]}


def pack_raw(item_id: str, raw: Mapping[str, str]) -> str:
    """An unsaved entry, as a draft keeps it."""
    return json.dumps({"item": item_id, "raw": dict(raw)}, ensure_ascii=False)


def unpack_raw(text: str, item_id: str) -> dict[str, str] | None:
    """The unsaved parts of this entry; None when the draft holds none of it."""
    if not text:
        return None
    kept = cast("dict[str, Any]", json.loads(text))
    return dict(kept["raw"]) if kept["item"] == item_id else None


def echoes(field: str, raw: Mapping[str, str], reader: DateReader, old: Item | None) -> dict[str, str]:
    """For each date of an entry's form, what it was read as, or why it was not."""
    found: dict[str, str] = {}
    for part in PARTS[field]:
        words = raw.get(part.name, "")
        if part.kind != "date" or not words:
            continue
        on, sentence = _read_day(words, reader, old)
        found[part.name] = f"Read as {day(on)}." if on else sentence
    return found


def item_from(field: str, raw: Mapping[str, str], reader: DateReader, item_id: str, old: Item | None) -> Filled | Item:
    """The entry its form describes; or what is wrong beside which input.

    A date whose words were not touched keeps its day: "next Friday" means what it meant when it was typed.
    """
    errors: dict[str, str] = {}
    days: dict[str, date | None] = {}
    for part in PARTS[field]:
        words = raw.get(part.name, "")
        most = ITEM_TEXT if part.kind == "text" else ITEM_WORD
        if part.required and not words:
            errors[part.name] = "This is needed."
        elif len(words) > most:
            errors[part.name] = f"{len(words):,} characters; {most} is the most."
        elif part.kind == "date" and words:
            days[part.name], sentence = _read_day(words, reader, old)
            if days[part.name] is None:
                errors[part.name] = sentence
    return Filled(Answers(), errors) if errors else _build(field, raw, days, item_id)


def new_item_id(seed: str) -> str:
    """A short id; the same seed gives the same one."""
    return blake2s(seed.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()


def _too_long(values: Values) -> dict[str, str]:
    """Texts beyond what Slack's own client lets through (`max_length`): never shortened in silence."""
    raw = {field.name: values.get(field.name, {}).get(field.name, {}).get("value") for field in FIELDS}
    lengths = {name: len(str(text or "")) for name, text in raw.items()}
    return {name: f"{size:,} characters; {TEXT:,} is the most." for name, size in lengths.items() if size > TEXT}


def _build(field: str, raw: Mapping[str, str], days: Mapping[str, date | None], item_id: str) -> Item:
    def part(name: str) -> str:
        return raw.get(name, "")

    match field:
        case "success_metrics":
            return Metric(item_id, part("metric"), part("start"), part("target"), days.get("by"), part("by"))
        case "key_dates":
            return KeyDate(item_id, part("label"), days.get("on"), part("on"))
        case "stakeholders":
            phases = frozenset(Phase(name) for name in part("phases").split(",") if name in set(Phase))
            return Stakeholder(item_id, part("name"), part("role"), part("cares_about"), phases, part("contact"))
        case _:
            return Commitment(item_id, part("text"), part("owner"), days.get("due"), part("due"))


def _read_day(words: str, reader: DateReader, old: Item | None) -> tuple[date | None, str]:
    kept = _known_day(old, words)
    if kept is not None:
        return kept, ""
    reading = reader(words)
    return reading.on, reading.sentence


def _known_day(old: Item | None, words: str) -> date | None:
    match old:
        case Metric():
            on, typed = old.by, old.by_words
        case KeyDate():
            on, typed = old.on, old.words
        case Commitment():
            on, typed = old.due, old.due_words
        case _:
            return None
    return on if on is not None and words in (typed, on.isoformat()) else None


def _new(there: Sequence[Item], read: Sequence[Item]) -> list[Item]:
    known = {item.id for item in there}
    return [item for item in read if item.id not in known]


def _ids(seed: str) -> Callable[[], str]:
    count = iter(range(1_000_000))
    return lambda: new_item_id(f"{seed}:{next(count)}")


def _said(errors: Sequence[LineError]) -> str:
    shown = [f"Line {error.line_no} (“{error.line}”): {error.reason}" for error in errors[:_ERRORS_SHOWN]]
    left = len(errors) - len(shown)
    return " ".join([*shown, f"And {left} more lines like that."] if left else shown)
