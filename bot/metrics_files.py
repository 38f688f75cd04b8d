"""What metrics mean: `metrics.yaml` of the folder BATON_PLAYBOOKS names, else the one shipped with Baton."""

from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from bot.own_yaml import own, shipped
from bot.playbook_shape import checked
from bot.playbook_yaml import Document, Problem
from domain.limits import ITEM_WORD
from domain.usage.metrics import Metric, Metrics
from domain.usage.samples import NAME

FILE: Final = "metrics.yaml"
MOST: Final = 200
WATCHED: Final = 10
"""Sticky features watched: each costs a third of a scan again."""

Called = Annotated[str, Field(min_length=1, max_length=NAME)]
Word = Annotated[str, Field(min_length=1, max_length=ITEM_WORD)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True, use_attribute_docstrings=True)


class _Metric(_Shape):
    title: Word
    """What people read, such as “Logins”."""
    unit: Word | None = None
    """What is counted, in the plural; without it the title in small letters."""


class _File(_Shape):
    primary: Called
    """The metric an account is activated, and called silent, by."""
    users: Called | None = None
    """The metric that says how many people use the product."""
    champion: Called | None = None
    """The metric that says what the busiest person of a customer does."""
    sticky: Annotated[list[Called], Field(max_length=WATCHED)] = []
    """Metrics of features whose users stay; each is watched."""
    metrics: Annotated[dict[str, Any], Field(max_length=MOST)] = {}
    """How metrics are called, by their names in the feed."""


def load_metrics(folder: Path | None) -> Metrics:
    """The metrics of a folder; those shipped for None, or where it has no such file. Raises WrongPlaybooks naming all
    that is wrong."""
    source = own(folder, FILE) or shipped(FILE)
    document = source.document
    problems = list(document.problems)
    metrics = _metrics(document, problems) if document.value is not None else None
    if problems or metrics is None:
        raise source.wrong(problems)
    return metrics


def _metrics(document: Document, problems: list[Problem]) -> Metrics | None:
    top = checked(FILE, document, _File, document.value, (), problems)
    if top is None:
        return None
    named = {
        name: one
        for name, value in top.metrics.items()
        if (one := checked(FILE, document, _Metric, value, ("metrics", name), problems)) is not None
    }
    roles = [("primary", top.primary, ("primary",)), ("users", top.users, ("users",))]
    roles += [("sticky", name, ("sticky", place)) for place, name in enumerate(top.sticky)]
    taken: dict[str, str] = {}
    for role, name, place in roles:
        if name is not None and name in taken:
            what = f"“{name[:60]}” is {taken[name]} already; a metric is watched once."
            problems.append(Problem(FILE, document.line(place), what))
        elif name is not None:
            taken[name] = role
    return Metrics(
        top.primary,
        tuple(top.sticky),
        top.users or "",
        top.champion or "",
        MappingProxyType({name: Metric(one.title, one.unit or one.title.lower()) for name, one in named.items()}),
    )
