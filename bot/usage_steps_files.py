"""The steps for falls of usage: `usage.yaml` of the folder BATON_PLAYBOOKS names, else the one shipped with Baton."""

from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from bot.own_yaml import own, shipped
from bot.playbook_yaml import Document, Problem
from domain.usage_steps import LONGEST, MOST, OCCASIONS, UsageSteps
from domain.words import nearest

FILE: Final = "usage.yaml"
KEY: Final = "usage_steps"


def load_usage_steps(folder: Path | None) -> UsageSteps:
    """The steps of a folder, those shipped for None or where it has no such file. Raises WrongPlaybooks naming all that
    is wrong."""
    source = own(folder, FILE) or shipped(FILE)
    document = source.document
    steps, problems = (None, []) if document.problems else _read(document)
    problems = [*document.problems, *problems]
    if problems or steps is None:
        raise source.wrong(problems)
    return steps


def _read(document: Document) -> tuple[UsageSteps, list[Problem]]:
    problems: list[Problem] = []
    found: dict[str, tuple[str, ...]] = {}
    value: object = document.value
    named: object = cast("dict[str, Any]", value).get(KEY) if isinstance(value, dict) else None
    if not isinstance(named, dict):
        problems.append(Problem(FILE, 1, f"The file begins with `{KEY}:`, and under it the occasions."))
        return UsageSteps(), problems
    for other in (name for name in cast("dict[str, Any]", value) if name != KEY):
        problems.append(Problem(FILE, document.line((other,)), f"“{other[:60]}” does not belong here."))
    for name, steps in cast("dict[str, object]", named).items():
        line = document.line((KEY, name))
        if name not in OCCASIONS:
            near = nearest(name, OCCASIONS)
            meant = f" Did you mean {near}?" if near else f" There is {', '.join(OCCASIONS)}."
            problems.append(Problem(FILE, line, f"“{name[:60]}” is no occasion.{meant}"))
        elif not isinstance(steps, list) or not cast("list[object]", steps):
            problems.append(Problem(FILE, line, f"{name} has a list of steps, each on a line of its own with a dash."))
        else:
            found[name] = tuple(_step(document, name, number, problems) for number in range(len(steps)))  # pyright: ignore[reportUnknownArgumentType]
    return UsageSteps(MappingProxyType(found)), problems


def _step(document: Document, name: str, number: int, problems: list[Problem]) -> str:
    step: object = document.value[KEY][name][number]
    line = document.line((KEY, name, number))
    if not isinstance(step, str) or not step.strip():
        problems.append(Problem(FILE, line, "A step is a sentence; put it in quotes when it has a colon."))
        return ""
    if len(step) > LONGEST:
        problems.append(Problem(FILE, line, f"This step has {len(step)} characters; {LONGEST} are the most."))
    if number >= MOST:
        problems.append(Problem(FILE, line, f"At most {MOST} steps are told at once."))
    return step.strip()
