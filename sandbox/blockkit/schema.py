"""The small language the Block Kit tables are written in.

A check is a frozen dataclass with `check(value, at, out)`: it appends a `Problem` for everything that
Slack would refuse. Tests read the same tables to build the case at each limit and one step past it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from sandbox.blockkit.problem import Problem

JsonValue = Any
Json = Mapping[str, Any]
Out = list[Problem]
Rule = Callable[[Json, str, Out], None]


class Check(Protocol):
    """Anything that can judge one JSON value standing at the JSON pointer `at`."""

    def check(self, value: object, at: str, out: Out) -> None: ...


def escape_pointer(name: str) -> str:
    """A member name as a JSON pointer writes it (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1") if "~" in name or "/" in name else name


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON value."""

    def check(self, value: object, at: str, out: Out) -> None:
        """Nothing to refuse."""


@dataclass(frozen=True, slots=True)
class Str:
    """A string of `shortest`..`longest` characters, with an optional pattern it must match."""

    longest: int | None = None
    shortest: int = 0
    pattern: re.Pattern[str] | None = None
    wording: str = "must match the required format"

    def check(self, value: object, at: str, out: Out) -> None:
        if not isinstance(value, str):
            out.append(Problem(at, "must provide a string"))
            return
        length = len(value)
        if length < self.shortest:
            out.append(Problem(at, f"must be more than {self.shortest - 1} characters"))
        elif self.longest is not None and length > self.longest:
            out.append(Problem(at, f"must be less than {self.longest + 1} characters"))
        elif self.pattern is not None and self.pattern.fullmatch(value) is None:
            out.append(Problem(at, self.wording))


@dataclass(frozen=True, slots=True)
class Bool:
    """True or false."""

    def check(self, value: object, at: str, out: Out) -> None:
        if not isinstance(value, bool):
            out.append(Problem(at, "must provide a boolean"))


@dataclass(frozen=True, slots=True)
class Int:
    """A whole number between `least` and `most`, both included."""

    least: int | None = None
    most: int | None = None

    def check(self, value: object, at: str, out: Out) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            out.append(Problem(at, "must provide an integer"))
        elif self.least is not None and value < self.least:
            out.append(Problem(at, f"must be more than {self.least - 1}"))
        elif self.most is not None and value > self.most:
            out.append(Problem(at, f"must be less than {self.most + 1}"))


@dataclass(frozen=True, slots=True)
class Number:
    """A JSON number, whole or not."""

    def check(self, value: object, at: str, out: Out) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            out.append(Problem(at, "must provide a number"))


@dataclass(frozen=True, slots=True)
class Enum:
    """One of a fixed set of strings."""

    values: tuple[str, ...]

    def check(self, value: object, at: str, out: Out) -> None:
        if not isinstance(value, str):
            out.append(Problem(at, "must provide a string"))
        elif value not in self.values:
            out.append(Problem(at, "must be a valid enum value"))


@dataclass(frozen=True, slots=True)
class Array:
    """A list of `fewest`..`most` items, each judged by `item`."""

    item: Check
    fewest: int = 0
    most: int | None = None

    def check(self, value: object, at: str, out: Out) -> None:
        if not isinstance(value, list):
            out.append(Problem(at, "must provide an array"))
            return
        items = cast("list[object]", value)
        count = len(items)
        if count < self.fewest:
            out.append(Problem(at, f"must provide at least {self.fewest} items"))
        if self.most is not None and count > self.most:
            out.append(Problem(at, f"no more than {self.most} items allowed"))
            return
        check = self.item.check
        for index, item in enumerate(items):
            check(item, f"{at}/{index}", out)


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a table: a member's name, what it may hold, and whether it must be there."""

    name: str
    kind: Check
    required: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: its members (no others are allowed) and the rules that bind several of them."""

    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()
    checks: dict[str, Check] = field(init=False, repr=False, compare=False)
    needed: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "checks", {row.name: row.kind for row in self.fields})
        object.__setattr__(self, "needed", tuple(row.name for row in self.fields if row.required))

    def check(self, value: object, at: str, out: Out) -> None:
        if not isinstance(value, dict):
            out.append(Problem(at, "must provide an object"))
            return
        members = cast("dict[str, object]", value)
        before = len(out)
        for name in self.needed:
            if name not in members:
                out.append(Problem(at, f"missing required field: {name}"))
        checks = self.checks
        for name, member in members.items():
            kind = checks.get(name)
            if kind is None:
                out.append(Problem(at, f"invalid additional property: {name}"))
            else:
                kind.check(member, f"{at}/{name}", out)
        if self.rules and len(out) == before:
            for rule in self.rules:
                rule(members, at, out)


@dataclass(frozen=True, slots=True)
class OneOf:
    """An object whose `type` says which shape it has."""

    shapes: Mapping[str, Check]

    def check(self, value: object, at: str, out: Out) -> None:
        if not isinstance(value, dict):
            out.append(Problem(at, "must provide an object"))
            return
        members = cast("dict[str, object]", value)
        kind = members.get("type")
        if isinstance(kind, str):
            shape = self.shapes.get(kind)
            if shape is None:
                out.append(Problem(f"{at}/type", f"unsupported type: {kind}"))
            else:
                shape.check(members, at, out)
        elif "type" in members:
            out.append(Problem(f"{at}/type", "must provide a string"))
        else:
            out.append(Problem(at, "missing required field: type"))

    def only(self, names: Sequence[str]) -> "OneOf":
        """The same table with fewer rows."""
        return OneOf({name: self.shapes[name] for name in names})


@dataclass(frozen=True, slots=True)
class Map:
    """An object with free member names, each value judged by `item`."""

    item: Check

    def check(self, value: object, at: str, out: Out) -> None:
        if not isinstance(value, dict):
            out.append(Problem(at, "must provide an object"))
            return
        for name, member in cast("dict[str, object]", value).items():
            self.item.check(member, f"{at}/{escape_pointer(name)}", out)


def typed(name: str, *fields: Field, rules: tuple[Rule, ...] = ()) -> tuple[str, Shape]:
    """One entry of a `OneOf` table: an object whose `type` is `name`."""
    return name, Shape((Field("type", Enum((name,)), required=True), *fields), rules)
