"""The shape of plans.yaml: which keys there are, what each may hold, and that no name stands for two plans."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, cast

from pydantic import BaseModel, ConfigDict, Field

from bot.playbook_shape import checked
from bot.playbook_yaml import Document, Problem
from domain.limits import ITEM_TEXT, ITEM_WORD
from domain.plays.plans import PlanOrder, Tier, Track, folded

MOST: Final = 50
"""Plans; who sells more has variants of them, which are other names (`also`)."""
LINES: Final = 10
"""Lines of one talk track; a message shows them all."""
TRACKS: Final = ("upgrade", "downgrade", "cancel")

Line = Annotated[str, Field(min_length=1, max_length=ITEM_TEXT)]
Lines = Annotated[list[Line], Field(max_length=LINES)]
Name = Annotated[str, Field(min_length=1, max_length=ITEM_WORD)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)


class _Plan(_Shape):
    name: Name
    also: Annotated[list[Name], Field(max_length=MOST)] = []
    adds: Lines = []
    say: Lines = []


class _Track(_Shape):
    say: Lines = []
    ask: Lines = []


class _File(_Shape):
    plans: Annotated[list[Any], Field(min_length=1, max_length=MOST)]
    upgrade: _Track | None = None
    downgrade: _Track | None = None
    cancel: _Track | None = None


def read_plans(file: str, document: Document, otherwise: PlanOrder) -> tuple[PlanOrder | None, list[Problem]]:
    """The plans a file holds, or None and all that is wrong in it. Talk tracks it leaves out are those of
    ``otherwise``."""
    problems = list(document.problems)
    top = checked(file, document, _File, document.value, (), problems)
    value: object = document.value
    raw = cast("Mapping[str, Any]", value).get("plans") if isinstance(value, dict) else None
    written = cast("list[Any]", raw)[:MOST] if isinstance(raw, list) else []
    read = [checked(file, document, _Plan, one, ("plans", place), problems) for place, one in enumerate(written)]
    plans = {place: one for place, one in enumerate(read) if one is not None}
    problems += _named_twice(file, document, plans)
    if problems or top is None:
        return None, problems
    tiers = tuple(Tier(one.name, tuple(one.also), tuple(one.adds), tuple(one.say)) for one in plans.values())
    return PlanOrder(
        tiers,
        upgrade=_track(top.upgrade, otherwise.upgrade),
        downgrade=_track(top.downgrade, otherwise.downgrade),
        cancel=_track(top.cancel, otherwise.cancel),
    ), problems


def _named_twice(file: str, document: Document, plans: Mapping[int, _Plan]) -> list[Problem]:
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for place, plan in plans.items():
        places = [("plans", place, "name"), *(("plans", place, "also", number) for number in range(len(plan.also)))]
        for name, where in zip((plan.name, *plan.also), places, strict=True):
            line, key = document.line(where), folded(name)
            if key in seen:
                what = f"“{name[:60]}” stands for a plan already, in line {seen[key]}; a name can mean one plan only."
                problems.append(Problem(file, line, what))
            seen.setdefault(key, line)
    return problems


def _track(read: _Track | None, otherwise: Track) -> Track:
    return otherwise if read is None else Track(tuple(read.say), tuple(read.ask))
