"""Deciding what two people changed differently."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.handoff import FIELD_BY_NAME, Answers
from domain.handoff_merge import Conflict
from handlers.handoff_form.reading import Values
from messages.handoff_conflict import MINE, REST, SHOWN, choice_name, choice_value


def chosen(conflicts: Sequence[Conflict], values: Values, against: int) -> Mapping[Conflict, bool] | None:
    """For each conflict whether mine is kept; None when one of them was not decided against this version."""
    sides = {choice_value(side, against): side == MINE for side in (MINE, "theirs")}
    found: dict[Conflict, bool] = {}
    for at, conflict in enumerate(conflicts):
        name = choice_name(conflict) if at < SHOWN else REST
        option: dict[str, Any] = values.get(name, {}).get(name, {}).get("selected_option") or {}
        side = sides.get(str(option.get("value")))
        if side is None:
            return None
        found[conflict] = side
    return found


def settle(merged: Answers, mine: Answers, choices: Mapping[Conflict, bool]) -> Answers:
    """The merged answers, which hold theirs, with mine wherever mine was chosen."""
    for conflict, keep_mine in choices.items():
        if keep_mine:
            merged = _with_mine(merged, mine, conflict)
    return merged


def _with_mine(merged: Answers, mine: Answers, conflict: Conflict) -> Answers:
    name = conflict.field
    if FIELD_BY_NAME[name].kind == "text":
        return merged.with_text(name, mine.text(name))
    ours = next((item for item in mine.items(name) if item.id == conflict.item_id), None)
    items = list(merged.items(name))
    at = next((n for n, item in enumerate(items) if item.id == conflict.item_id), None)
    if ours is None:
        return merged.with_items(name, [item for item in items if item.id != conflict.item_id])
    if at is None:
        return merged.with_items(name, [*items, ours])
    items[at] = ours
    return merged.with_items(name, items)
