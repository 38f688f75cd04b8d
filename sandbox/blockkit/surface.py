"""Rules that bind the blocks of one surface together."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from sandbox.blockkit import limits
from sandbox.blockkit.blocks import BY_SURFACE, Surface
from sandbox.blockkit.elements import ONLY_ON
from sandbox.blockkit.problem import INVALID_BLOCKS_FORMAT, Problem
from sandbox.blockkit.schema import Json, Out
from sandbox.blockkit.tables import cell_length

Placed = tuple[str, Json]

BLOCKS_MOST: dict[Surface, int] = {
    "message": limits.BLOCKS_MESSAGE,
    "modal": limits.BLOCKS_VIEW,
    "home": limits.BLOCKS_VIEW,
}


def nested_blocks(blocks: list[Json], at: str) -> Iterator[Placed]:
    """Every block with its pointer, those inside containers and carousels after their holder."""
    for index, block in enumerate(blocks):
        where = f"{at}/{index}"
        yield where, block
        kind = block.get("type")
        if kind == "container":
            yield from nested_blocks(block["child_blocks"], f"{where}/child_blocks")
        elif kind == "carousel":
            yield from nested_blocks(block["elements"], f"{where}/elements")
        elif kind == "plan":
            yield from nested_blocks(block.get("tasks", []), f"{where}/tasks")


def block_elements(block: Json, at: str = "") -> Iterator[Placed]:
    """The elements that stand directly in a block, with their pointers."""
    kind = block.get("type")
    if kind in {"actions", "context_actions"}:
        for index, element in enumerate(cast("list[Json]", block["elements"])):
            yield f"{at}/elements/{index}", element
    elif kind == "card":
        for index, element in enumerate(cast("list[Json]", block.get("actions", []))):
            yield f"{at}/actions/{index}", element
    elif kind in {"section", "auth_provider"} and "accessory" in block:
        yield f"{at}/accessory", block["accessory"]
    elif kind == "input":
        yield f"{at}/element", block["element"]


def _unique_block_ids(placed: list[Placed], out: Out) -> None:
    seen: set[str] = set()
    for where, block in placed:
        name = cast("str | None", block.get("block_id"))
        if not name or block.get("type") == "markdown":
            continue
        if name in seen:
            out.append(Problem(f"{where}/block_id", f'`block_id` "{name}" already exists for another block'))
        seen.add(name)


def _unique_action_ids(placed: list[Placed], out: Out) -> None:
    for where, block in placed:
        seen: set[str] = set()
        for at, element in block_elements(block, where):
            name = cast("str | None", element.get("action_id"))
            if not name:
                continue
            if name in seen:
                out.append(Problem(f"{at}/action_id", f'`action_id` "{name}" already exists'))
            seen.add(name)


def _one_focus(placed: list[Placed], out: Out) -> None:
    focused = 0
    for where, block in placed:
        for at, element in block_elements(block, where):
            if element.get("focus_on_load") is True:
                focused += 1
                if focused > 1:
                    out.append(Problem(f"{at}/focus_on_load", "only one element can have `focus_on_load` set to true"))


def _placed_elements(placed: list[Placed], surface: Surface, out: Out) -> None:
    """What depends on the element, its block and the surface at once."""
    for where, block in placed:
        for at, element in block_elements(block, where):
            kind = element["type"]
            in_modal_input = surface == "modal" and block["type"] == "input"
            if element.get("response_url_enabled") and not in_modal_input:
                out.append(
                    Problem(
                        f"{at}/response_url_enabled",
                        "`response_url_enabled` is only available in `input` blocks in modals",
                    )
                )
            elsewhere = surface not in ONLY_ON.get(kind, (surface,))
            if elsewhere or (kind == "file_input" and block.get("dispatch_action")):
                out.append(Problem(f"{at}/type", f"unsupported type: {kind}"))


def _totals(placed: list[Placed], at: str, out: Out) -> None:
    """Limits on what all blocks hold together."""
    count: dict[str, int] = {}
    size: dict[str, int] = {}
    for where, block in placed:
        kind = str(block.get("type"))
        count[kind] = count.get(kind, 0) + 1
        if kind == "markdown":
            size[kind] = size.get(kind, 0) + len(block["text"])
        elif kind in {"table", "data_table"}:
            size[kind] = size.get(kind, 0) + cell_length(block["rows"])
        most = _MOST_OF_KIND.get(kind)
        if most is not None and count[kind] == most + 1:
            out.append(Problem(where, _TOO_MANY[kind]))
    for kind, longest in _LONGEST_IN_ALL.items():
        if size.get(kind, 0) > longest:
            out.append(Problem(at, f"all `{kind}` blocks together must be less than {longest + 1} characters"))


_MOST_OF_KIND = {"table": limits.TABLES_MESSAGE, "data_visualization": limits.CHARTS_MESSAGE}
_TOO_MANY = {
    "table": "only_one_table_allowed",
    "data_visualization": "too many data_visualization blocks",
}
_LONGEST_IN_ALL = {
    "markdown": limits.MARKDOWN_TOTAL,
    "table": limits.TABLE_TEXT_TOTAL,
    "data_table": limits.DATA_TABLE_TEXT_TOTAL,
}


def check_blocks(blocks: list[Any], surface: Surface, at: str, out: Out) -> None:
    """Judges each block, and, when every one is sound, what binds them together."""
    if len(blocks) > BLOCKS_MOST[surface]:
        out.append(Problem(at, f"no more than {BLOCKS_MOST[surface]} items allowed"))
        return
    before = len(out)
    check = BY_SURFACE[surface].check
    for index, block in enumerate(blocks):
        check(block, f"{at}/{index}", out)
    if len(out) > before:
        return
    placed = list(nested_blocks(blocks, at))
    _unique_block_ids(placed, out)
    _unique_action_ids(placed, out)
    _one_focus(placed, out)
    _placed_elements(placed, surface, out)
    if surface != "modal":
        _totals(placed, at, out)


def validate_blocks(blocks: object, surface: Surface, pointer: str = "/blocks") -> list[Problem]:
    """What Slack refuses in `blocks` on a surface; empty when it takes them.

    The code is `invalid_blocks`, or `invalid_blocks_format` when `blocks` is not an array.
    """
    if not isinstance(blocks, list):
        return [Problem(pointer, "must provide an array", INVALID_BLOCKS_FORMAT)]
    out: Out = []
    check_blocks(cast("list[Any]", blocks), surface, pointer, out)
    return out


def find_element(blocks: list[dict[str, Any]], block_id: str, action_id: str) -> dict[str, Any] | None:
    """The element with these ids, or None; looks inside containers and carousels too."""
    for _, block in nested_blocks(cast("list[Json]", blocks), ""):
        if block.get("block_id") == block_id:
            for _, element in block_elements(block):
                if element.get("action_id") == action_id:
                    return cast("dict[str, Any]", element)
    return None


def recode(problems: list[Problem], code: str) -> list[Problem]:
    """The same problems under another top-level error."""
    return [replace(problem, code=code) for problem in problems]
