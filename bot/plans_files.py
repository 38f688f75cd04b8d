"""The plans one sells: `plans.yaml` of the folder BATON_PLAYBOOKS names, else the one shipped with Baton."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from bot.plans_shape import read_plans
from bot.playbook_files import LARGEST, VARIABLE, WrongPlaybooks
from bot.playbook_yaml import Problem, read_yaml
from domain.plays.plans import PlanOrder

FILE: Final = "plans.yaml"
SHIPPED: Final = "The playbooks shipped with Baton"


def load_plans(folder: Path | None) -> PlanOrder:
    """The plans of a folder; those shipped for None, or where it has no such file. Talk tracks an own file leaves out
    are those shipped. Raises WrongPlaybooks naming all that is wrong."""
    shipped = _read(SHIPPED, resources.files("domain") / "playbooks" / FILE, PlanOrder())
    if folder is None or not (folder / FILE).is_file():
        return shipped
    return _read(f"{VARIABLE} ({folder})", folder / FILE, shipped)


def _read(where: str, file: Traversable, otherwise: PlanOrder) -> PlanOrder:
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        why = f"The file can't be read ({error.strerror or type(error).__name__})."
        raise WrongPlaybooks(where, [Problem(FILE, 0, why)]) from error
    if len(content) > LARGEST:
        raise WrongPlaybooks(where, [Problem(FILE, 0, f"The file is larger than {LARGEST // 1_000} kB.")])
    document = read_yaml(FILE, content)
    plans, problems = read_plans(FILE, document, otherwise) if document.value is not None else (None, document.problems)
    if plans is None:
        raise WrongPlaybooks(where, sorted(set(problems)))
    return plans
