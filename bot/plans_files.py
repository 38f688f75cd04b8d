"""The plans one sells: `plans.yaml` of the folder BATON_PLAYBOOKS names, else the one shipped with Baton."""

from pathlib import Path
from typing import Final

from bot.own_yaml import Source, own, shipped
from bot.plans_shape import read_plans
from domain.plays.plans import PlanOrder

FILE: Final = "plans.yaml"


def load_plans(folder: Path | None) -> PlanOrder:
    """The plans of a folder; those shipped for None, or where it has no such file. Talk tracks an own file leaves out
    are those shipped. Raises WrongPlaybooks naming all that is wrong."""
    usual = _plans(shipped(FILE), PlanOrder())
    mine = own(folder, FILE)
    return usual if mine is None else _plans(mine, usual)


def _plans(source: Source, otherwise: PlanOrder) -> PlanOrder:
    document = source.document
    plans, problems = read_plans(FILE, document, otherwise) if document.value is not None else (None, document.problems)
    if plans is None:
        raise source.wrong(problems)
    return plans
