"""Each row of the tables: right at the limit it passes, one step past it Slack's words come back."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk.models import blocks as sdk
from slack_sdk.models.blocks import block_elements

from sandbox.blockkit.api import Surface, format_problems, validate_blocks
from sandbox.blockkit.blocks import BLOCKS as BLOCK_TABLE
from sandbox.blockkit.blocks import BY_SURFACE
from sandbox.blockkit.elements import ELEMENTS
from sandbox.blockkit.rich_text import INLINE, TREE
from tests.sandbox.blockkit.block_samples import BLOCKS
from tests.sandbox.blockkit.boundaries import Case, cases, fields_of, fields_used, pointer, put
from tests.sandbox.blockkit.samples import Json

# A value at its limit that cannot stand alone: other fields of the sample must change with it,
# so these are written out in test_rules.py.
LINKED = (
    "/chart/series",
    "/chart/axis_config",
    "/rows",
    "/row_header_column_index",
    "/initial_option",
    "/options",
    "/option_groups",
    "/max_selected_items",
    "/is_decimal_allowed",
)


def title(block: Json) -> str:
    inner = block.get("element") or block.get("accessory") or (block.get("elements") or [{}])[0]
    return f"{block['type']}.{inner.get('type', '')}"


def every_case() -> Iterator[Any]:
    for surface, block in BLOCKS:
        for case in cases(BY_SURFACE[surface], block, ()):
            if case.path and not (case.message is None and is_linked(case)):
                yield pytest.param(surface, block, case, id=f"{title(block)}{pointer(case.path)}-{case.rule}"[:150])


def is_linked(case: Case) -> bool:
    return any(name in pointer(case.path) for name in LINKED)


@pytest.mark.parametrize(("surface", "block"), BLOCKS, ids=lambda value: str(value)[:40])
def test_samples_are_taken(surface: Surface, block: Json) -> None:
    assert format_problems(validate_blocks([block], surface)) == []


def test_every_limit_from_both_sides() -> None:
    wrong: list[str] = []
    count = 0
    for parameters in every_case():
        surface, block, case = parameters.values
        count += 1
        problems = validate_blocks([put(block, case.path, case.value)], surface)
        found = {(problem.pointer, problem.message) for problem in problems}
        wanted = (f"/blocks/0{pointer(case.at)}", case.message)
        if (found and case.message is None) or (case.message is not None and wanted not in found):
            wrong.append(f"{parameters.id}: wanted {wanted}, got {sorted(found)}")
    assert wrong == []
    assert count > 5000


def test_samples_use_every_row_of_the_tables() -> None:
    seen: dict[int, Any] = {}
    known = dict.fromkeys(fields_of(BLOCK_TABLE, seen))
    used = {row for surface, block in BLOCKS for row in fields_used(BY_SURFACE[surface], block)}
    missed = [(sorted(seen[shape].checks), name) for shape, name in known if (shape, name) not in used]
    assert missed == []


def subclasses(kind: type) -> Iterator[type]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def test_every_block_of_the_sdk_is_in_the_table() -> None:
    types = {str(kind.type) for kind in subclasses(sdk.Block)}  # type: ignore[attr-defined]
    assert types <= set(BLOCK_TABLE.shapes)


def test_every_element_of_the_sdk_is_in_a_table() -> None:
    known = {*ELEMENTS.shapes, *INLINE.shapes, *TREE.shapes, "url"}
    found = {
        kind.type for kind in subclasses(block_elements.BlockElement) if isinstance(getattr(kind, "type", None), str)
    }
    assert found <= known
    assert len(found) > 40
