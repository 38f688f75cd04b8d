"""Two people editing one handoff at once: joining their changes, and telling what changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.handoff import FIELDS, Answers
from domain.handoff_lists import Item, format_item
from domain.limits import ITEMS


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing both changed differently: a text field, or an item of a list (`item_id`, else '').

    `theirs` and `mine` are plain text; '' means emptied or removed. The merged answers hold theirs.
    """

    field: str
    theirs: str
    mine: str
    item_id: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """The joined answers, and what of mine could not be joined and must be shown to me."""

    answers: Answers
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: a text field, or one item of a list; `before` or `after` is '' when it was added or removed."""

    field: str
    before: str
    after: str


def merge(base: Answers, theirs: Answers, mine: Answers) -> Merge:
    """Join two edits of `base`; `theirs` was saved first.

    A field or list item changed by one side only takes that side's value; changed alike by both, that value. Changed
    differently, or edited by one and removed by the other, theirs stays and mine becomes a Conflict; so no change is
    ever lost without one. Lists keep their order, then what I added. What I added beyond the limit of a list
    (`domain.limits.ITEMS`) is a Conflict too.
    """
    merged = theirs
    conflicts: list[Conflict] = []
    for field in FIELDS:
        name = field.name
        if field.kind == "text":
            merged, found = _merge_text(name, base, merged, mine)
        else:
            merged, found = _merge_list(name, base, merged, mine)
        conflicts.extend(found)
    return Merge(merged, tuple(conflicts))


def diff(old: Answers, new: Answers) -> tuple[Change, ...]:
    """What differs, in the order of the form and of the lists; equal answers give an empty tuple.

    A list only put in another order counts as unchanged; so does an item that still reads the same.
    """
    found: list[Change] = []
    for field in FIELDS:
        if field.kind == "list":
            found.extend(_list_changes(field.name, old.items(field.name), new.items(field.name)))
            continue
        before, after = old.text(field.name), new.text(field.name)
        if before != after:
            found.append(Change(field.name, before, after))
    return tuple(found)


def _merge_text(name: str, base: Answers, theirs: Answers, mine: Answers) -> tuple[Answers, list[Conflict]]:
    before, their, my = base.text(name), theirs.text(name), mine.text(name)
    if my in (before, their):
        return theirs, []
    if their == before:
        return theirs.with_text(name, my), []
    return theirs, [Conflict(name, their, my)]


def _merge_list(name: str, base: Answers, theirs: Answers, mine: Answers) -> tuple[Answers, list[Conflict]]:
    before, their, my = _by_id(base.items(name)), _by_id(theirs.items(name)), _by_id(mine.items(name))
    result = dict(their)
    conflicts: list[Conflict] = []
    for item_id in _changed(before, my):
        was, they, me = before.get(item_id), their.get(item_id), my.get(item_id)
        if me == they:
            continue
        full = they is None and me is not None and len(result) >= ITEMS
        if they != was or full:
            conflicts.append(Conflict(name, _text(they), _text(me), item_id))
        elif me is None:
            del result[item_id]
        else:
            result[item_id] = me
    return theirs.with_items(name, tuple(result.values())), conflicts


def _changed(before: Mapping[str, Item], after: Mapping[str, Item]) -> list[str]:
    """The ids added, edited or removed; the removed first, so that they make room for the added."""
    removed = [item_id for item_id in before if item_id not in after]
    return removed + [item_id for item_id, item in after.items() if before.get(item_id) != item]


def _list_changes(name: str, old: tuple[Item, ...], new: tuple[Item, ...]) -> list[Change]:
    before, after = _by_id(old), _by_id(new)
    ids = [*before, *(item_id for item_id in after if item_id not in before)]
    pairs = [(before.get(item_id), after.get(item_id)) for item_id in ids]
    changes = [Change(name, _text(was), _text(now)) for was, now in pairs]
    return [change for change in changes if change.before != change.after]


def _by_id(items: tuple[Item, ...]) -> dict[str, Item]:
    return {item.id: item for item in items}


def _text(item: Item | None) -> str:
    return format_item(item) if item else ""
