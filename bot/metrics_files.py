"""What metrics mean: `metrics.yaml` of the folder BATON_PLAYBOOKS names, else the one shipped with Baton."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from bot.playbook_files import LARGEST, VARIABLE, WrongPlaybooks
from bot.playbook_shape import checked
from bot.playbook_yaml import Document, Problem, read_yaml
from domain.limits import ITEM_WORD
from domain.usage.metrics import Metric, Metrics
from domain.usage.samples import NAME

FILE: Final = "metrics.yaml"
SHIPPED: Final = "The playbooks shipped with Baton"
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
    own = folder / FILE if folder is not None else None
    if own is None or not own.is_file():
        return _read(SHIPPED, resources.files("domain") / "playbooks" / FILE)
    return _read(f"{VARIABLE} ({folder})", own)


def _read(where: str, file: Traversable) -> Metrics:
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        why = f"The file can't be read ({error.strerror or type(error).__name__})."
        raise WrongPlaybooks(where, [Problem(FILE, 0, why)]) from error
    if len(content) > LARGEST:
        raise WrongPlaybooks(where, [Problem(FILE, 0, f"The file is larger than {LARGEST // 1_000} kB.")])
    document = read_yaml(FILE, content)
    problems = list(document.problems)
    metrics = _metrics(document, problems) if document.value is not None else None
    if problems or metrics is None:
        raise WrongPlaybooks(where, sorted(set(problems)))
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
