"""Builds, from the tables themselves, the value at each limit and the value one step past it."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from sandbox.blockkit import charts, formats, schema, tables
from sandbox.blockkit.schema import Check
from tests.sandbox.blockkit.samples import Value

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Case:
    """`value` put at `path` of a block; `message` is None when Slack takes it, and `at` is where it complains."""

    path: Path
    value: Value
    message: str | None
    at: Path
    rule: str


GONE = object()
URL = "https://example.com/"


def url(length: int) -> str:
    return URL + "x" * (length - len(URL))


def put(root: Value, path: Path, value: Value) -> Value:
    """A copy of `root` with `value` at `path` (or without it, for GONE)."""
    done = copy.deepcopy(root)
    holder = done
    for step in path[:-1]:
        holder = holder[step]
    if value is GONE:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return done


def pointer(path: Path) -> str:
    return "".join(f"/{step}" for step in path)


def fresh(item: Value, index: int) -> Value:
    """A copy of an item that does not repeat the ids of the first."""
    if index == 0 or not isinstance(item, dict):
        return item
    copied = {name: value for name, value in item.items() if name not in {"action_id", "block_id"}}
    if {"text", "value"} <= copied.keys() and isinstance(copied["text"], dict) and "type" not in copied:
        copied["value"] = f"{copied['value']}{index}"
    return {name: [] if name == "actions" else value for name, value in copied.items() if name != "actions"}


def string_cases(kind: schema.Str, path: Path) -> Iterator[Case]:
    yield Case(path, 7, "must provide a string", path, "string")
    yield Case(path, None, "must provide a string", path, "null")
    if kind.shortest:
        message = f"must be more than {kind.shortest - 1} characters"
        yield Case(path, "x" * (kind.shortest - 1), message, path, "shortest")
    if kind.longest is not None:
        message = f"must be less than {kind.longest + 1} characters"
        yield Case(path, "x" * kind.longest, None, path, "longest")
        yield Case(path, "x" * (kind.longest + 1), message, path, "longest")
        yield Case(path, "👍" * kind.longest, None, path, "code points")
        yield Case(path, "👍" * (kind.longest + 1), message, path, "code points")
    if kind.pattern is not None:
        yield Case(path, "00:00", None, path, "pattern")
        yield Case(path, "24:00", kind.wording, path, "pattern")
        yield Case(path, "9:00", kind.wording, path, "pattern")


def integer_cases(kind: schema.Int, path: Path) -> Iterator[Case]:
    for value in ("1", 1.5, True, None):
        yield Case(path, value, "must provide an integer", path, "integer")
    if kind.least is not None:
        yield Case(path, kind.least, None, path, "least")
        yield Case(path, kind.least - 1, f"must be more than {kind.least - 1}", path, "least")
    if kind.most is not None:
        yield Case(path, kind.most, None, path, "most")
        yield Case(path, kind.most + 1, f"must be less than {kind.most + 1}", path, "most")


def enum_cases(kind: schema.Enum, path: Path) -> Iterator[Case]:
    yield Case(path, "no_such_value", "must be a valid enum value", path, "enum")
    yield Case(path, None, "must provide a string", path, "enum")
    for value in kind.values:
        yield Case(path, value, None, path, "enum")


def address_cases(kind: formats.WebUrl | formats.LinkUrl, path: Path) -> Iterator[Case]:
    yield Case(path, url(kind.longest), None, path, "longest")
    message = f"must be less than {kind.longest + 1} characters"
    yield Case(path, url(kind.longest + 1), message, path, "longest")
    yield Case(path, "", "must be more than 0 characters", path, "shortest")
    yield Case(path, 7, "must provide a string", path, "string")
    for value in ("not a url", "example.com", "https://", "https://a b.example", "javascript:alert(1)"):
        yield Case(path, value, "must be a valid URL", path, "url")


def leaf_cases(kind: Check, path: Path) -> Iterator[Case]:
    """Cases for a check that holds no other check."""
    match kind:
        case schema.Str():
            yield from string_cases(kind, path)
        case schema.Int():
            yield from integer_cases(kind, path)
        case schema.Enum():
            yield from enum_cases(kind, path)
        case formats.WebUrl() | formats.LinkUrl():
            yield from address_cases(kind, path)
        case _:
            for value, message in PLAIN_CASES.get(type(kind), ()):
                yield Case(path, value, message, path, "format")


DAY = "must be a valid date in the format YYYY-MM-DD"
PLAIN_CASES: dict[type, tuple[tuple[Value, str | None], ...]] = {
    schema.Bool: (("true", "must provide a boolean"), (1, "must provide a boolean"), (False, None)),
    schema.Number: (("1", "must provide a number"), (True, "must provide a number"), (-0.5, None)),
    charts._Positive: (("1", "must provide a number"), (0, "must be more than 0"), (0.5, None)),
    formats.Day: (
        ("2028-02-29", None),
        ("2026-02-29", DAY),
        ("2026-2-3", DAY),
        ("20260203", DAY),
        (7, "must provide a string"),
    ),
    formats.NumberText: (("ten", "must be a valid number"), (1, "must provide a string")),
    formats.Timezone: (("+02:00", "must be a valid timezone"), (1, "must provide a string"), ("UTC", None)),
}


def cases(kind: Check, value: Value, path: Path) -> Iterator[Case]:
    """Every case for `value` and all it holds."""
    match kind:
        case schema.Shape():
            yield from shape_cases(kind, value, path)
        case schema.OneOf(shapes):
            yield Case(path, 7, "must provide an object", path, "object")
            yield Case((*path, "type"), GONE, "missing required field: type", path, "type")
            yield Case((*path, "type"), "foo", "unsupported type: foo", (*path, "type"), "type")
            yield Case((*path, "type"), 7, "must provide a string", (*path, "type"), "type")
            yield from shape_cases(cast("schema.Shape", shapes[value["type"]]), value, path, skip="type")
        case schema.Array(item, fewest, most):
            yield Case(path, {}, "must provide an array", path, "array")
            if fewest:
                few = value[: fewest - 1]
                yield Case(path, few, f"must provide at least {fewest} items", path, "fewest")
            if most is not None and value:
                many = [fresh(value[0], index) for index in range(most)]
                yield Case(path, many, None, path, "most")
                more = [*many, many[-1]]
                yield Case(path, more, f"no more than {most} items allowed", path, "most")
            for index, held in enumerate(value):
                yield from cases(item, held, (*path, index))
        case tables._ColumnOrNull():
            if value is not None:
                yield from cases(tables._COLUMN, value, path)
        case _:
            yield from leaf_cases(kind, path)


def shape_cases(shape: schema.Shape, value: Value, path: Path, skip: str = "") -> Iterator[Case]:
    if path:
        yield Case(path, "words", "must provide an object", path, "object")
    yield Case((*path, "foo"), 1, "invalid additional property: foo", path, "unknown")
    for row in shape.fields:
        if row.name == skip or row.name not in value:
            continue
        if row.required:
            yield Case((*path, row.name), GONE, f"missing required field: {row.name}", path, f"required {row.name}")
        yield from cases(row.kind, value[row.name], (*path, row.name))


def fields_of(kind: Check, seen: dict[int, Check]) -> Iterator[tuple[int, str]]:
    """(identity of the shape, field) for every row of every table that can be reached."""
    if id(kind) in seen:
        return
    seen[id(kind)] = kind
    match kind:
        case schema.Shape():
            for row in kind.fields:
                yield id(kind), row.name
                yield from fields_of(row.kind, seen)
        case schema.OneOf(shapes):
            for shape in shapes.values():
                yield from fields_of(shape, seen)
        case schema.Array(item):
            yield from fields_of(item, seen)
        case _:
            return


def fields_used(kind: Check, value: Value) -> Iterator[tuple[int, str]]:
    """(identity of the shape, field) for every row that a sample fills."""
    match kind:
        case schema.Shape():
            for row in kind.fields:
                if row.name in value:
                    yield id(kind), row.name
                    yield from fields_used(row.kind, value[row.name])
        case schema.OneOf(shapes):
            yield from fields_used(shapes[value["type"]], value)
        case schema.Array(item):
            for held in value:
                yield from fields_used(item, held)
        case _:
            return
