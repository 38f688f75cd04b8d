"""How complete a handoff is.

Each field gives its weight in full, half of it, or none; the score is their sum, rounded down, 0 to 100.

- A text gives half when it only puts the answer off ("tbd", "n/a", "?"), or is shorter than the field needs
  (`Field.enough` letters, wide ones such as Chinese counting double). "None" is a full answer where nothing can be the
  truth: `concerns`, `current_tool`, `commitments`.
- A list gives what its best item gives, so writing down one more thing never costs anything. An item gives half while a
  part that makes it useful is missing: a metric's target or date, a key date's date, a stakeholder's role or what
  they care about, a promise's owner or due date.

Filling an empty field or part, adding an item, and adding a sentence of 15 letters or more never lower the score.
"""

import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from domain.handoff import FIELDS, Answers, Field
from domain.handoff_lists import Commitment, Item, KeyDate, Metric, Stakeholder
from domain.words import fold

_NAMED: Final = 3

# No marker is longer than 16 letters: a sentence added to a text must not make it one.
_NOTHING: Final = frozenset(
    {"none", "no", "nope", "nothing", "nil", "zero", "not any", "no concerns", "no promises"}
    | {"无", "没有", "没", "暂无", "无承诺", "没有承诺", "无顾虑"}
    | {"geen", "niets", "nee", "niks", "nul", "geen enkele", "geen zorgen"}
    | {"inga", "inget", "ingen", "ingenting", "nej", "noll", "inga löften"}
    | {"tiada", "tidak ada", "tak ada", "takde", "tidak", "tiada apa-apa", "kosong"}
)
_PUT_OFF: Final = frozenset(
    {"n/a", "na", "n.a", "tbd", "tba", "tbc", "todo", "to do", "later", "unknown", "not sure", "idk", "dunno"}
    | {"to be decided", "to be determined", "to be confirmed", "don't know", "dont know", "not known", "test", "xxx"}
    | {"待定", "不知道", "未知", "不清楚", "以后再说", "待确认", "不适用"}
    | {"nvt", "n.v.t", "onbekend", "weet niet", "weet ik niet", "nog te bepalen", "volgt"}
    | {"vet ej", "vet inte", "okänt", "ej klart", "återkommer", "saknas", "oklart", "ej aktuellt"}
    | {"belum pasti", "tidak tahu", "tak tahu", "tidak pasti", "kemudian", "nanti"}
)
_LONGEST_MARKER: Final = 16


class _Credit(IntEnum):
    NONE = 0
    HALF = 1
    FULL = 2


@dataclass(frozen=True, slots=True)
class Thin:
    """A field that says too little, and in `why` one plain sentence what would help."""

    field: str
    why: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """`score` 0 to 100; `missing` the fields that give nothing (never `notes`), `thin` those with something to add.

    Both are in the order of the form. A list with one complete item gives its full weight and may still be thin.
    """

    score: int
    missing: tuple[str, ...]
    thin: tuple[Thin, ...]


def completeness(answers: Answers) -> Completeness:
    """Score the answers by the rules above."""
    gained = 0
    missing: list[str] = []
    thin: list[Thin] = []
    for field in FIELDS:
        credit, why = _judge(field, answers)
        gained += field.weight * credit
        if not field.weight:
            continue
        if credit is _Credit.NONE:
            missing.append(field.name)
        elif why:
            thin.append(Thin(field.name, why))
    return Completeness(gained // _Credit.FULL, tuple(missing), tuple(thin))


def says_nothing(text: str) -> bool:
    """Whether a text says that there is nothing: "none", "inga", "没有" … A promise saying so need not be tracked."""
    return _bare(text) in _NOTHING


def promises(answers: Answers) -> tuple[Commitment, ...]:
    """The promises to track: those of the list that do not say there is nothing."""
    return tuple(item for item in answers.commitments if not says_nothing(item.text))


def _judge(field: Field, answers: Answers) -> tuple[_Credit, str]:
    if field.kind == "text":
        return _judge_text(field, answers.text(field.name))
    return _judge_list(answers.items(field.name))


def _judge_text(field: Field, text: str) -> tuple[_Credit, str]:
    if not text.strip():
        return _Credit.NONE, ""
    bare = _bare(text)
    if bare in _NOTHING:
        if field.nothing_counts:
            return _Credit.FULL, ""
        return _Credit.HALF, f"“{text.strip()}” alone says little here."
    if bare in _PUT_OFF or _width(bare) < 2:
        return _Credit.HALF, "This still puts the answer off."
    if _width(text.strip()) < field.enough:
        return _Credit.HALF, "A few words more would help."
    return _Credit.FULL, ""


def _judge_list(items: tuple[Item, ...]) -> tuple[_Credit, str]:
    judged = [(_credit(item), _lacks(item), _title(item)) for item in items]
    best = max((credit for credit, _, _ in judged), default=_Credit.NONE)
    gaps = [f"“{title}” has no {' and no '.join(lacks)}" for credit, lacks, title in judged if credit and lacks]
    if not gaps:
        return best, ""
    more = len(gaps) - _NAMED
    return best, "; ".join(gaps[:_NAMED]) + (f"; and {more} more like that." if more > 0 else ".")


def _credit(item: Item) -> _Credit:
    if not any(_parts(item)):
        return _Credit.NONE
    return _Credit.HALF if _lacks(item) else _Credit.FULL


def _lacks(item: Item) -> tuple[str, ...]:
    match item:
        case Metric():
            parts = (("name", item.metric), ("target", item.target), ("date", item.by))
        case KeyDate():
            parts = (("name", item.label), ("date", item.on))
        case Stakeholder():
            parts = (("name", item.name), ("role", item.role), ("word on what they care about", item.cares_about))
        case Commitment():
            if says_nothing(item.text):
                return ()
            parts = (("text", item.text), ("owner", item.owner), ("due date", item.due))
    return tuple(name for name, value in parts if not _has(value))


def _parts(item: Item) -> tuple[bool, ...]:
    match item:
        case Metric():
            values = (item.metric, item.start, item.target, item.by, item.by_words)
        case KeyDate():
            values = (item.label, item.on, item.words)
        case Stakeholder():
            values = (item.name, item.role, item.cares_about, item.contact, item.phases)
        case Commitment():
            values = (item.text, item.owner, item.due, item.due_words)
    return tuple(_has(value) for value in values)


def _has(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def _title(item: Item) -> str:
    match item:
        case Metric():
            title = item.metric
        case KeyDate():
            title = item.label
        case Stakeholder():
            title = item.name
        case Commitment():
            title = item.text
    short = title.strip() or "an entry without a name"
    return short if len(short) <= 60 else short[:59].rstrip() + "…"


def _bare(text: str) -> str:
    if len(text) > 4 * _LONGEST_MARKER:
        return text
    return " ".join(fold(text).replace("’", "'").strip(" .,;:!?-–—_*()[]\"'。，！？、…").split())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
