"""The `table` and `data_table` blocks.

Source: docs.slack.dev/reference/block-kit/blocks/table-block and data-table-block.
"""

from dataclasses import dataclass
from typing import Any, cast

from sandbox.blockkit import limits
from sandbox.blockkit.objects import BLOCK_ID
from sandbox.blockkit.problem import Problem
from sandbox.blockkit.rich_text import RICH_TEXT
from sandbox.blockkit.schema import Array, Bool, Enum, Field, Int, Json, Number, OneOf, Out, Shape, Str, typed

_TEXT = Field("text", Str(shortest=1), required=True)
_CELLS = OneOf(
    dict([typed("raw_text", _TEXT), typed("raw_number", _TEXT, Field("value", Number(), required=True)), RICH_TEXT])
)
_COLUMN = Shape((Field("align", Enum(("left", "center", "right"))), Field("is_wrapped", Bool())))


@dataclass(frozen=True, slots=True)
class _ColumnOrNull:
    """A column's settings; null skips a column."""

    def check(self, value: object, at: str, out: Out) -> None:
        if value is not None:
            _COLUMN.check(value, at, out)


def cell_length(value: object) -> int:
    """Characters that count towards a table's limit: every `text` in the tree."""
    if isinstance(value, list):
        return sum(cell_length(item) for item in cast("list[object]", value))
    if not isinstance(value, dict):
        return 0
    members = cast("dict[str, Any]", value)
    words = members.get("text")
    own = len(words) if isinstance(words, str) else 0
    return own + cell_length(members.get("elements"))


def _even_rows(members: Json, at: str, out: Out) -> None:
    rows = cast("list[list[Json]]", members["rows"])
    width = len(rows[0])
    for index, row in enumerate(rows):
        if len(row) != width:
            out.append(Problem(f"{at}/rows/{index}", "all rows must have the same number of cells"))
            return


def _header_is_raw(members: Json, at: str, out: Out) -> None:
    for index, cell in enumerate(members["rows"][0]):
        if cell["type"] == "rich_text":
            out.append(Problem(f"{at}/rows/0/{index}/type", "unsupported type: rich_text"))


def _header_column_exists(members: Json, at: str, out: Out) -> None:
    column = members.get("row_header_column_index", 0)
    width = len(members["rows"][0])
    if column >= width:
        out.append(Problem(f"{at}/row_header_column_index", f"must be less than {width}"))


TABLE = typed(
    "table",
    BLOCK_ID,
    Field("rows", Array(Array(_CELLS, 1, limits.TABLE_CELLS), 1, limits.TABLE_ROWS), required=True),
    Field("column_settings", Array(_ColumnOrNull(), 0, limits.TABLE_COLUMNS)),
)

DATA_TABLE = typed(
    "data_table",
    BLOCK_ID,
    Field(
        "rows",
        Array(Array(_CELLS, 1, limits.DATA_TABLE_CELLS), limits.DATA_TABLE_ROWS_MIN, limits.DATA_TABLE_ROWS),
        required=True,
    ),
    Field("caption", Str(shortest=1), required=True),
    Field("page_size", Int(least=1, most=limits.DATA_TABLE_PAGE)),
    Field("row_header_column_index", Int(least=0)),
    rules=(_even_rows, _header_is_raw, _header_column_exists),
)
