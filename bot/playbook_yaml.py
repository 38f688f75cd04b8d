"""YAML read so that every mistake has its line: no tags, no aliases, no key twice, nothing but what was written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, cast

import yaml
from yaml.error import MarkedYAMLError

DEEPEST: Final = 12
"""Levels of nesting; a playbook needs four."""
MOST: Final = 20_000
"""Values in one file: 200 steps of everything a step may have are a quarter of that."""
_KNOWN: Final[Mapping[str, str]] = MappingProxyType(
    {"tag:yaml.org,2002:int": "int", "tag:yaml.org,2002:bool": "bool", "tag:yaml.org,2002:null": "null"}
)
_YES: Final = frozenset({"yes", "true", "on"})
_SHOWN: Final = 60

Place = tuple[str | int, ...]
"""The way to a value: keys and positions."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong in a file, as a plain sentence; `line` counts from 1, 0 for the file as a whole."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {self.what}"


@dataclass(slots=True)
class Document:
    """What a file holds. `lines` gives the line of each value, and under `(…, key, "")` that of a key."""

    value: Any = None
    lines: dict[Place, int] = field(default_factory=dict[Place, int])
    problems: list[Problem] = field(default_factory=list[Problem])

    def line(self, place: Place) -> int:
        """The line of a value, or of the nearest one around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_yaml(file: str, content: bytes) -> Document:
    """The value a YAML file holds, with what is wrong in it; nothing but text, whole numbers, yes or no, lists and
    keys is built. Never raises for any content."""
    document = Document()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        document.problems.append(Problem(file, line, "This is no text in UTF-8. Save the file as UTF-8."))
        return document
    try:
        found = _refused(file, text)
        node = None if found else yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        document.problems.append(_broken(file, text, error))
        return document
    document.problems += found
    if found:
        return document
    if node is None:
        document.problems.append(Problem(file, 0, "The file is empty."))
        return document
    document.value = _Reader(file, document).read(node, ())
    return document


def _refused(file: str, text: str) -> list[Problem]:
    """What must not even be composed: an alias used a thousand times over, a nest without end."""
    depth = count = 0
    for event in cast("Any", yaml.parse(text, yaml.SafeLoader)):
        line = int(event.start_mark.line) + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return [Problem(file, line, "Names with & and * can't be used here. Write it out, or put it in quotes.")]
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        count += isinstance(event, yaml.NodeEvent)
        if depth > DEEPEST:
            return [Problem(file, line, "This is nested too deeply.")]
        if count > MOST:
            return [Problem(file, line, f"There are more than {MOST:,} values in this file.")]
    return []


def _broken(file: str, text: str, error: yaml.YAMLError) -> Problem:
    if isinstance(error, yaml.reader.ReaderError):
        line = text[: int(error.position)].count("\n") + 1
        return Problem(file, line, "There is a character that can't stand in a text file.")
    if not isinstance(error, MarkedYAMLError):
        return Problem(file, 0, "This is no YAML.")
    mark = error.problem_mark or error.context_mark
    line = int(mark.line) + 1 if mark else 0
    said = f"{error.context or ''} {error.problem or ''}"
    lines = text.splitlines()
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\\t" in said or here[: len(here) - len(here.lstrip())].count("\t"):
        return Problem(file, line, "There is a tab at the beginning. Indent with spaces.")
    for part, what in _PLAIN.items():
        if part in said:
            return Problem(file, line, what)
    return Problem(file, line, f"This is no YAML ({(error.problem or 'it can not be read')[:_SHOWN]}).")


_PLAIN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "single document": "A second document begins here (---). Put it in a file of its own.",
        "mapping values are not allowed": "There is a colon too many, or the line is indented wrongly. "
        "Put a text that has a colon in quotes.",
        "while scanning a quoted scalar": "A quotation mark is missing.",
        "could not find expected ':'": "A colon is missing after a name here or above.",
        "expected <block end>": "The line is indented differently from those it belongs to.",
        "cannot start any token": "This character can't begin a text. Put the text in quotes.",
    }
)


class _Reader:
    """Turns nodes into values and remembers their lines."""

    def __init__(self, file: str, document: Document) -> None:
        self._file, self._document = file, document

    def read(self, node: yaml.Node, place: Place) -> Any:  # noqa: ANN401 - whatever the file holds
        self._document.lines[place] = int(node.start_mark.line) + 1
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if isinstance(node, yaml.SequenceNode):
            items = cast("list[yaml.Node]", node.value)
            return [self.read(item, (*place, number)) for number, item in enumerate(items)]
        pairs = cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
        read: dict[str, Any] = {}
        for key, value in pairs:
            line = int(key.start_mark.line) + 1
            if not isinstance(key, yaml.ScalarNode):
                self._wrong(line, "A name before a colon has to be one word.")
                continue
            name = str(key.value)
            if name in read:
                first = self._document.line((*place, name, ""))
                self._wrong(line, f"“{name[:_SHOWN]}” stands here twice; first in line {first}.")
                continue
            self._document.lines[*place, name, ""] = line
            read[name] = self.read(value, (*place, name))
        return read

    def _scalar(self, node: yaml.ScalarNode) -> Any:  # noqa: ANN401
        text = str(node.value)
        kind = _KNOWN.get(str(node.tag))
        if kind == "bool":
            return text.casefold() in _YES
        if kind == "null":
            return None
        if kind == "int" and re.fullmatch(r"[+-]?\d{1,12}", text):
            return int(text)
        if str(node.tag).startswith("!") or "python" in str(node.tag):
            self._wrong(int(node.start_mark.line) + 1, "Tags with ! can't be used here. Put the text in quotes.")
        return text

    def _wrong(self, line: int, what: str) -> None:
        self._document.problems.append(Problem(self._file, line, what))
