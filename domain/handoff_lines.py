"""Lists as people type them on a phone: one item a line."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.handoff import FIELD_BY_NAME
from domain.handoff_dates import (
    DateRead,
    DateReader,
    Found,
    Unreadable,
    begins_with_mark,
    date_splits,
    find_date,
    is_quantity,
    tells,
)
from domain.handoff_lists import Commitment, Item, KeyDate, Metric, Phase, Stakeholder, oversized
from domain.handoff_score import says_nothing
from domain.handoff_values import metric_parts
from domain.handoff_words import CARES, OWNERS, PHASES, VAGUE
from domain.limits import DATE_READINGS, ITEMS, LINE, LINE_ERRORS
from domain.words import fold

_BULLET: Final = re.compile(r"^(?:[-*•·◦▪–—]+\s+|[•·◦▪]\s*|\(?\d{1,3}[.)]\s+)")
_DASHES: Final = re.compile(r"\s+[-–—]+\s+|\s*[|;；\t]\s*")
_COMMAS: Final = re.compile(r"\s*[,，、]\s*")
_SEPARATORS: Final = re.compile(r"\s+[-–—]+\s+|\s*[|;；\t,，、]\s*")
_EMAIL: Final = re.compile(r"<?(?:mailto:)?([^\s<>()@,;|]{1,64}@[^\s<>()@,;|]{1,190}\.[^\s<>()@,;|]{2,60})>?")
_MENTION: Final = re.compile(r"(?:^|(?<=\s))@([\w.\-]{1,80})")
_BRACKETS: Final = re.compile(r"[(（]([^()（）]{1,200})[)）]")
_NAME_WORDS: Final = 4
_DATE_WORDS: Final = 4
_NO_DATE: Final = "There is no date in this line. Write it like “Go-live: 1 March”."


@dataclass(frozen=True, slots=True)
class LineError:
    """A line that was not taken: `line_no` counts from 1, `line` as typed (cut at 80), `reason` a plain sentence."""

    line_no: int
    line: str
    reason: str


@dataclass(frozen=True, slots=True)
class LinesRead:
    """The items read, in order, and the lines that were not."""

    items: tuple[Item, ...]
    errors: tuple[LineError, ...]


class _Unusable(Exception):
    """A line cannot become an item; the argument is the sentence for the person."""


class _Budget:
    """A date reader that can be asked only so often for one text."""

    def __init__(self, reader: DateReader, readings: int) -> None:
        self._reader = reader
        self._left = readings

    def read(self, text: str) -> DateRead:
        if self._left <= 0:
            raise _Unusable("There is too much to read at once; add this line in a next step.")
        self._left -= 1
        return self._reader(text)


_Parser = Callable[[str, DateReader, str], Item]


def parse_lines(field: str, text: str, reader: DateReader, new_id: Callable[[], str]) -> LinesRead:
    """Read the list `field` from `text`, one item a line; empty lines and bullets are ignored.

    - `success_metrics`: `Weekly logins: 20 -> 60 by end of March`
    - `key_dates`: `Go-live: 1 March`, `Board meeting next Friday`; a date is needed
    - `stakeholders`: `Maria Silva, CFO, cares about cost (sale, rollout) maria@example.com`
    - `commitments`: `Free migration - Ada - by 15 Jan`

    An announced date that `reader` refuses makes the line an error; a line without one is fine but for key dates.
    `new_id` is called once for each item tried. After `domain.limits.LINE_ERRORS` errors the rest is left unread, and
    the last error says so. Raises KeyError when `field` is not a list.
    """
    parse = _PARSERS[field]
    budget = _Budget(reader, DATE_READINGS)
    items: list[Item] = []
    errors: list[LineError] = []
    for number, line in enumerate(text.splitlines(), start=1):
        bare = _unbullet(line)
        if not bare:
            continue
        if len(errors) >= LINE_ERRORS:
            errors.append(LineError(number, _short(line), "This line and those after it were not read yet."))
            break
        try:
            items.append(_read(field, bare, parse, budget.read, new_id, room=ITEMS - len(items)))
        except _Unusable as unusable:
            errors.append(LineError(number, _short(line), str(unusable)))
    return LinesRead(tuple(items), tuple(errors))


def _read(field: str, line: str, parse: _Parser, reader: DateReader, new_id: Callable[[], str], *, room: int) -> Item:
    if len(line) > LINE:
        raise _Unusable(f"This line has {len(line):,} characters; {LINE:,} is the most.")
    if room <= 0:
        raise _Unusable(f"A list holds {ITEMS} entries; this one is too many.")
    if says_nothing(line) and not FIELD_BY_NAME[field].nothing_counts:
        raise _Unusable("Leave the list empty when there is nothing to put in it.")
    item = parse(line, reader, new_id())
    problem = oversized(item)
    if problem:
        raise _Unusable(problem)
    return item


def _read_metric(line: str, reader: DateReader, item_id: str) -> Metric:
    found = _date_in(line, reader, strict=True)
    rest = found.rest if found else line
    name, start, target = metric_parts(rest)
    if found is None:
        found = _date_after(target, reader)
        target = found.rest if found else target
    if not name:
        raise _Unusable("Say what is measured, like “Weekly logins: 20 -> 60 by end of March”.")
    if found:
        return Metric(item_id, name, start, target, found.on, found.words)
    return Metric(item_id, name, start, target)


def _date_after(target: str, reader: DateReader) -> Found | None:
    """A date that follows the target without any word between: `60 slutet av mars`."""
    words = target.split()
    for at in range(1, min(len(words), _DATE_WORDS)):
        when = " ".join(words[at:])
        if is_quantity(when):
            continue
        reading = reader(when)
        if tells(reading, when):
            raise _Unusable(reading.sentence)
        if reading.on:
            return Found(" ".join(words[:at]), reading.on, when)
    return None


def _read_key_date(line: str, reader: DateReader, item_id: str) -> KeyDate:
    if reader(line).on is not None:
        raise _Unusable("Say what happens on that day, like “Go-live: 1 March”.")
    tried: set[str] = set()
    for before, after in date_splits(line):
        label, when = before.strip(" \t,;:：-–—，、"), after.strip()
        if not label or not when or when in tried or is_quantity(when):
            continue
        tried.add(when)
        reading = reader(when)
        if reading.on is not None:
            return KeyDate(item_id, label, reading.on, when)
        if tells(reading, when):
            raise _Unusable(reading.sentence)
    raise _Unusable(_NO_DATE)


def _read_stakeholder(line: str, _: DateReader, item_id: str) -> Stakeholder:
    line, contact = _take_contact(line)
    line, phases, bracketed = _take_brackets(line)
    parts = [part for part in _SEPARATORS.split(line) if part.strip()]
    if not parts:
        raise _Unusable("Say who it is, like “Maria Silva, CFO, cares about cost”.")
    name, cares = _split_cares(parts[0])
    rest: list[str] = []
    for part in parts[1:]:
        found = _phases_of(part)
        phases |= found
        if not found:
            rest.append(part)
    role = bracketed
    if rest and not cares and not role:
        role, wish = _split_cares(rest[0])
        rest[:1] = [wish] if wish else []
    wishes = [_without_cares(part) for part in ([cares] if cares else []) + rest]
    return Stakeholder(item_id, name, role, ", ".join(wishes), phases, contact)


def _read_commitment(line: str, reader: DateReader, item_id: str) -> Commitment:
    mention = _MENTION.search(line)
    if mention:
        line = " ".join((line[: mention.start()] + " " + line[mention.end() :]).split())
    dashed = _DASHES.search(line) is not None
    parts = [part.strip() for part in (_DASHES if dashed else _COMMAS).split(line) if part.strip()]
    found, parts = _take_due(parts, reader)
    owner = mention.group(1) if mention else ""
    if not owner and len(parts) > 1 and _is_name(parts[-1], dashed=dashed):
        owner = _without_owner(parts.pop())
    text = (" - " if dashed else ", ").join(parts)
    if not text:
        raise _Unusable("Say what was promised, like “Free migration - Ada - by 15 Jan”.")
    if found:
        return Commitment(item_id, text, owner, found.on, found.words)
    return Commitment(item_id, text, owner)


def _take_due(parts: list[str], reader: DateReader) -> tuple[Found | None, list[str]]:
    """The due date out of the last part that has one, and the parts without it."""
    for at in range(len(parts) - 1, -1, -1):
        part = parts[at]
        found = _date_in(part, reader, strict=begins_with_mark(part)) or (_bare_date(part, reader) if at else None)
        if found:
            return found, parts[:at] + ([found.rest] if found.rest else []) + parts[at + 1 :]
    return None, parts


def _bare_date(part: str, reader: DateReader) -> Found | None:
    """A part that is nothing but a date, with no word to announce it."""
    if fold(part) in VAGUE:
        raise _Unusable(f"“{part}” is not a day. Write one, like “15 Jan”, or leave it out.")
    if is_quantity(part):
        return None
    reading = reader(part)
    if tells(reading, part):
        raise _Unusable(reading.sentence)
    return Found("", reading.on, part) if reading.on else None


def _date_in(text: str, reader: DateReader, *, strict: bool) -> Found | None:
    found = find_date(text, reader, strict=strict)
    if isinstance(found, Unreadable):
        raise _Unusable(found.sentence)
    return found


def _take_contact(line: str) -> tuple[str, str]:
    match = _EMAIL.search(line)
    if match is None:
        return line, ""
    return f"{line[: match.start()]} {line[match.end() :]}".strip(), match.group(1)


def _take_brackets(line: str) -> tuple[str, frozenset[Phase], str]:
    """The line without its brackets, the phases named in them, and the first other thing: a role."""
    phases: frozenset[Phase] = frozenset()
    role = ""
    for match in _BRACKETS.finditer(line):
        found = _phases_of(match.group(1))
        phases |= found
        if not found and not role:
            role = match.group(1).strip()
    return _BRACKETS.sub(" ", line).strip(), phases, role


def _phases_of(part: str) -> frozenset[Phase]:
    """The phases when a part names nothing else."""
    words = [fold(word) for word in re.split(r"[\s,，、/&+]+|\band\b", part) if word]
    phases = [PHASES.get(word) for word in words]
    return frozenset(phase for phase in phases if phase) if all(phases) else frozenset()


def _split_cares(part: str) -> tuple[str, str]:
    """What stands before and after words like "cares about"; ('…', '') without them."""
    lowered = part.casefold()
    for words in CARES:
        spaced = words if words[0] > "\u4e00" else f"{words} "
        at = lowered.find(spaced)
        starts_a_word = at == 0 or (at > 0 and (lowered[at - 1] == " " or words[0] > "\u4e00"))
        if starts_a_word and len(lowered) == len(part):
            return part[:at].strip(), part[at + len(words) :].strip()
    return part.strip(), ""


def _without_cares(part: str) -> str:
    before, after = _split_cares(part)
    return after if after and not before else part.strip()


def _is_name(part: str, *, dashed: bool) -> bool:
    few = len(part.split()) <= _NAME_WORDS and len(part) <= 80
    plain = not any(character.isdigit() for character in part)
    return few and plain and (dashed or not part[0].islower() or _without_owner(part) != part)


def _without_owner(part: str) -> str:
    first, _, rest = part.replace("：", ":").partition(" " if ":" not in part.replace("：", ":") else ":")
    return rest.strip() if rest.strip() and fold(first) in OWNERS else part


def _unbullet(line: str) -> str:
    return " ".join(_BULLET.sub("", line.strip()).split())


def _short(line: str) -> str:
    stripped = line.strip()
    return stripped if len(stripped) <= 80 else stripped[:79] + "…"


_PARSERS: Final[Mapping[str, _Parser]] = MappingProxyType(
    {
        "success_metrics": _read_metric,
        "key_dates": _read_key_date,
        "stakeholders": _read_stakeholder,
        "commitments": _read_commitment,
    }
)
