"""The shape of a playbook file: which keys there are, what each may hold, and how steps hang together."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Annotated, Any, Final, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from bot.playbook_yaml import Document, Place, Problem
from domain.handoff import FIELDS
from domain.limits import ITEM_TEXT, ITEM_WORD, MILESTONE_TITLE, MILESTONES
from domain.playbook import CLOSE, REMIND, Condition, Kind, Offset, Playbook, Raci, Role, Step

KEY: Final = "playbook"
"""The key by which a file in the folder is known to be a playbook; it holds the playbook's name."""
LONGEST_DAYS: Final = 1_000
"""Working days from the close to the last step, about four years; an onboarding that takes longer is a program."""
DEAL_FIELDS: Final = ("plan", "products", "segment", "region")
_HANDOFF_FIELDS: Final = tuple(field.name for field in FIELDS if field.kind == "text")
CONDITION_FIELDS: Final = (*dict.fromkeys((*DEAL_FIELDS, *_HANDOFF_FIELDS)),)
_ONCE: Final = tuple(kind for kind in Kind if kind is not Kind.OTHER)
_SHOWN: Final = 60
_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"

T = TypeVar("T", bound=BaseModel)
Wrong = Callable[[str, str], None]
"""Takes the key of a step and what is wrong with it."""
Name = Annotated[str, Field(pattern=_NAME)]
Title = Annotated[str, Field(min_length=1, max_length=MILESTONE_TITLE)]
Words = Annotated[str, Field(max_length=ITEM_TEXT)]
Word = Annotated[str, Field(min_length=1, max_length=ITEM_WORD)]
Days = Annotated[int, Field(ge=0, le=LONGEST_DAYS)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True, use_attribute_docstrings=True)


class _OnlyIf(_Shape):
    field: str
    """A fact of the deal or a field of the handoff."""
    holds: Word | None = None
    """A word the field has to hold; without it the field has to say anything but “none”."""


class _Step(_Shape):
    id: Name
    """The name other steps count from; `close` is taken."""
    title: Title
    """What people read in the plan."""
    responsible: str
    """Who does it."""
    accountable: str = "csm"
    """Who answers for it."""
    consulted: Annotated[list[str], Field(max_length=5)] = []
    """Who is asked before."""
    informed: Annotated[list[str], Field(max_length=5)] = []
    """Who is told."""
    after: str | None = None
    """The step it counts from; without it the close."""
    working_days: Days | None = None
    """Working days after that."""
    by_day: Days | None = None
    """Instead: the last working day up to so many days after the close."""
    kind: str = "other"
    """What Baton knows the step as: its kickoff, early win, go-live and so on get messages of their own."""
    about: Words = ""
    """What is to be done."""
    evidence: Words = ""
    """What is asked for when it is done."""
    only_if: _OnlyIf | None = None
    """The step is left out unless this holds."""
    remind: Annotated[list[Annotated[int, Field(ge=0, le=60)]], Field(max_length=5)] = list(REMIND)
    """Working days before the due day on which people are reminded."""


class _File(_Shape):
    playbook: Name
    """The name deals call it by. A file without it is left alone."""
    title: Title
    """What people read."""
    about: Words = ""
    """Whom it is for."""
    usual: bool = False
    """Whether deals get it that fit no other one."""
    products: Annotated[list[Word], Field(max_length=100)] = []
    """Deals with one of these products get it."""
    segments: Annotated[list[Word], Field(max_length=100)] = []
    """Deals of accounts in one of these segments get it."""
    steps: Annotated[list[Any], Field(min_length=1, max_length=MILESTONES)]
    """What is to be done, in the order people read it."""


SHAPES: Final[Mapping[str, type[BaseModel]]] = MappingProxyType({"": _File, "steps": _Step, "only_if": _OnlyIf})
"""The keys of a file, of each of its steps, and of a step's condition, with what the documentation says of each."""


def is_playbook(document: Document) -> bool:
    """Whether a file is meant as a playbook: it has `playbook:` at the top, or steps, so that a slip in the first is
    told and not passed over."""
    value: object = document.value
    return isinstance(value, dict) and bool({KEY, "steps"} & set(cast("dict[str, Any]", value)))


def read_playbook(file: str, document: Document) -> tuple[Playbook | None, list[Problem]]:
    """The playbook a file holds, or None and all that is wrong in it."""
    problems = list(document.problems)
    top = checked(file, document, _File, document.value, (), problems)
    raw = cast("Mapping[str, Any]", document.value).get("steps")
    written = cast("list[Any]", raw)[:MILESTONES] if isinstance(raw, list) else []
    steps: dict[int, Step] = {}
    for number, value in enumerate(written):
        place: Place = ("steps", number)
        step = checked(file, document, _Step, value, place, problems)
        made = _step(file, document, step, place, problems) if step is not None else None
        if made is not None:
            steps[number] = made
    ids = _ids(file, document, written, problems)
    _check_anchors(file, document, steps, ids, problems)
    _check_kinds(file, document, steps, problems)
    if problems or top is None:
        return None, problems
    ordered, cycle = in_order([steps[number] for number in sorted(steps)])
    if cycle:
        return None, [_cycle(file, document, ids, cycle)]
    problems += _too_late(file, document, ordered, ids)
    return Playbook(
        name=top.playbook,
        title=top.title,
        steps=tuple(ordered),
        about=top.about,
        products=frozenset(top.products),
        segments=frozenset(top.segments),
        usual=top.usual,
    ), problems


def in_order(steps: Sequence[Step]) -> tuple[list[Step], list[Step]]:
    """The steps so that every anchor comes before what counts from it, else as they were written; and, when that can't
    be, one ring of steps that count from each other."""
    left, ordered, known = list(steps), list[Step](), {CLOSE}
    while left:
        ready = [step for step in left if step.offset.after in known]
        if not ready:
            return ordered, _ring(left)
        # One at a time: what was written first stays first.
        ordered.append(ready[0])
        known.add(ready[0].id)
        left.remove(ready[0])
    return ordered, []


def _ring(left: Sequence[Step]) -> list[Step]:
    by_id = {step.id: step for step in left}
    way = [left[0]]
    while by_id[way[-1].offset.after] not in way:
        way.append(by_id[way[-1].offset.after])
    return way[way.index(by_id[way[-1].offset.after]) :]


def _step(file: str, document: Document, read: _Step, place: Place, problems: list[Problem]) -> Step | None:
    before = len(problems)

    def wrong(key: str, what: str) -> None:
        problems.append(Problem(file, _line_of_key(document, place, key), what))

    roles = {
        key: [_role(name, key, wrong) for name in names]
        for key, names in (
            ("responsible", [read.responsible]),
            ("accountable", [read.accountable]),
            ("consulted", read.consulted),
            ("informed", read.informed),
        )
    }
    kind = _one_of(read.kind, [each.value for each in Kind], "kind", "kind", wrong)
    if read.id.casefold() == CLOSE:
        wrong("id", f"“{CLOSE}” is the day the deal was closed; a step needs another id.")
    if (read.working_days is None) == (read.by_day is None):
        both = "not both" if read.by_day is not None else "one of them is needed"
        wrong("by_day" if read.by_day is not None else "id", f"Give working_days or by_day: {both}.")
    if read.by_day is not None and read.after not in (None, CLOSE):
        wrong("after", "by_day counts from the close; leave “after” away, or use working_days.")
    condition = _condition(read.only_if, wrong)
    if len(problems) > before:
        return None
    return Step(
        id=read.id,
        title=read.title,
        raci=Raci(
            cast("Role", roles["responsible"][0]),
            cast("Role", roles["accountable"][0]),
            tuple(cast("list[Role]", roles["consulted"])),
            tuple(cast("list[Role]", roles["informed"])),
        ),
        offset=Offset(read.after or CLOSE, read.working_days, read.by_day),
        kind=Kind(kind),
        about=read.about,
        evidence=read.evidence,
        only_if=condition,
        remind=tuple(sorted(set(read.remind), reverse=True)),
    )


def _role(name: str, key: str, wrong: Wrong) -> Role | None:
    found = _one_of(name, [each.value for each in Role], key, "role", wrong)
    return Role(found) if found else None


def _one_of(name: str, known: Sequence[str], key: str, what: str, wrong: Wrong) -> str:
    folded = name.strip().casefold()
    if folded in known:
        return folded
    wrong(key, f"There is no {what} “{name[:_SHOWN]}”{_or_else(folded, known)}")
    return ""


def _or_else(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name[:_SHOWN], known, n=1)
    return f". Did you mean “{near[0]}”?" if near else f"; known are {', '.join(known)}."


def _condition(read: _OnlyIf | None, wrong: Wrong) -> Condition | None:
    if read is None:
        return None
    _one_of(read.field, CONDITION_FIELDS, "only_if", "field", wrong)
    return Condition(read.field.strip().casefold(), read.holds)


def _ids(file: str, document: Document, written: Sequence[object], problems: list[Problem]) -> dict[str, int]:
    """Where each id stands, as it is written: a step that is wrong in something else still is an anchor."""
    found: dict[str, int] = {}
    for number, value in enumerate(written):
        name = cast("Mapping[str, Any]", value).get("id") if isinstance(value, dict) else None
        if not isinstance(name, str):
            continue
        line = document.line(("steps", number, "id"))
        if name in found:
            what = f"The id “{name[:_SHOWN]}” is taken; it stands in line {found[name]} already."
            problems.append(Problem(file, line, what))
        else:
            found[name] = line
    return found


def _check_anchors(
    file: str, document: Document, steps: Mapping[int, Step], ids: Mapping[str, int], problems: list[Problem]
) -> None:
    for number, step in steps.items():
        after = step.offset.after
        if after == CLOSE or after in ids:
            continue
        line = document.line(("steps", number, "after"))
        near = get_close_matches(after[:_SHOWN], [CLOSE, *ids], n=1)
        hint = f" Did you mean “{near[0]}”?" if near else f" Name the id of another step, or {CLOSE}."
        problems.append(Problem(file, line, f"There is no step “{after[:_SHOWN]}”.{hint}"))


def _check_kinds(file: str, document: Document, steps: Mapping[int, Step], problems: list[Problem]) -> None:
    for kind in _ONCE:
        numbers = [number for number, step in steps.items() if step.kind is kind]
        for number in numbers[1:]:
            first = document.line(("steps", numbers[0], "kind"))
            line = document.line(("steps", number, "kind"))
            problems.append(Problem(file, line, f"Only one step can be the {kind}; line {first} has it already."))


def _cycle(file: str, document: Document, ids: Mapping[str, int], ring: Sequence[Step]) -> Problem:
    names = [step.id for step in ring]
    shown = " → ".join([*names[:5], "…", names[0]] if len(names) > 5 else [*names, names[0]])
    if len(names) == 1:
        return Problem(file, ids[names[0]], f"The step “{names[0]}” counts from itself.")
    return Problem(file, ids[names[0]], f"These steps count from each other in a ring: {shown}.")


def _too_late(file: str, document: Document, ordered: Sequence[Step], ids: Mapping[str, int]) -> list[Problem]:
    reach: dict[str, int] = {CLOSE: 0}
    for step in ordered:
        reach[step.id] = reach[step.offset.after] + (step.offset.working_days or 0)
        if reach[step.id] > LONGEST_DAYS:
            what = f"This step is due {reach[step.id]:,} working days after the close; {LONGEST_DAYS:,} is the most."
            return [Problem(file, ids[step.id], what)]
    return []


def checked(
    file: str, document: Document, shape: type[T], value: object, place: Place, problems: list[Problem]
) -> T | None:
    """The value as this shape, or None with all that is wrong added to ``problems``."""
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            problems.append(_problem(file, document, shape, (*place, *each["loc"]), each))
        return None


_SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "model_type": "This has to be keys with values, such as id: kickoff.",
        "string_type": "{label} has to be text; put it in quotes.",
        "string_pattern_mismatch": "{label} has to be one word of at most 64 letters, digits, - and _.",
        "string_too_short": "{label} is empty.",
        "string_too_long": "{label} is too long: {max_length} characters are the most.",
        "int_type": "{label} has to be a whole number.",
        "greater_than_equal": "{label} has to be {ge} or more.",
        "less_than_equal": "{label} has to be {le} or less.",
        "bool_type": "{label} has to be true or false.",
        "list_type": "{label} has to be a list, such as [ae, lead].",
        "too_long": "{label} has too many entries: {max_length} are the most.",
        "too_short": "{label} has no entries.",
    }
)
"""By pydantic's type of error (its documentation, "Validation errors")."""


def _problem(file: str, document: Document, shape: type[BaseModel], place: Place, error: ErrorDetails) -> Problem:
    name = next((str(part) for part in reversed(place) if isinstance(part, str)), KEY)[:_SHOWN]
    if error["type"] == "missing":
        return Problem(file, document.line(place[:-1]), f"“{name}” is missing.")
    if error["type"] == "extra_forbidden":
        keys = _OnlyIf if "only_if" in place[:-1] else shape
        what = f"There is no key “{name}”{_or_else(name, list(keys.model_fields))}"
        return Problem(file, _line_of_key(document, place[:-1], name), what)
    sentence = _SENTENCES.get(error["type"], "{label} can't be used.")
    return Problem(file, document.line(place), sentence.format(label=f"“{name}”", **error.get("ctx", {})))


def _line_of_key(document: Document, place: Place, key: str) -> int:
    return document.lines.get((*place, key, ""), document.line(place))
