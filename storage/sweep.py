"""Every text of a workspace, in whatever table: looked through for traces, and rewritten without them.

Which tables and columns there are is read off the models, so that a new one is never forgotten. Columns of a fixed
width (``String(n)``) hold words of Baton's own or ids of Slack; text from outside stands in ``Text`` and JSON.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    PrimaryKeyConstraint,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from domain.erasing import GONE, Traces, blanked
from storage.tables import TABLES

AT_ONCE: Final = 500
AUDIT: Final = "audit_entry"
APART: Final = frozenset({AUDIT, "workspace", "erasure"})
"""Tables that are not swept: the audit log has rules of its own, and the others hold nothing of people or customers."""
Key = tuple[Any, ...]


@dataclass(slots=True)
class Found:
    """The rows, by the names of their tables, in which traces stand; keys as the database has them."""

    rows: dict[str, list[Key]] = field(default_factory=dict[str, list[Key]])

    def counts(self) -> dict[str, int]:
        """How many of each table."""
        return {name: len(keys) for name, keys in self.rows.items() if keys}


def tables() -> list[Table]:
    """Every table of Baton's, parents first."""
    return list(TABLES.sorted_tables)


def texts_of(table: Table) -> list[Column[Any]]:
    """The columns in which text from outside may stand."""
    return [column for column in table.columns if _is_text(column)]


def _is_text(column: Column[Any]) -> bool:
    kind = column.type
    if isinstance(kind, JSON):
        return True
    return isinstance(kind, Text) or (isinstance(kind, String) and kind.length is None)


def in_workspace(table: Table, workspace_id: int) -> ColumnElement[bool] | None:
    """The condition that a row belongs to the workspace, by its own column or by what it refers to; None for a table
    that belongs to none."""
    if "workspace_id" in table.columns:
        return table.c.workspace_id == workspace_id
    for column in table.columns:
        for key in column.foreign_keys:
            parent = key.column.table
            if parent is table or column.nullable:
                continue
            inner = in_workspace(parent, workspace_id)
            if inner is not None:
                return column.in_(select(key.column).where(inner))
    return None


async def look(session: AsyncSession, workspace_id: int, traces: Traces) -> Found:
    """Where the traces stand; reads every text of the workspace once."""
    found = Found()
    if not traces.words:
        return found
    for table in tables():
        statement = _texts(table, workspace_id)
        if statement is None or table.name in APART:
            continue
        keys = len(table.primary_key.columns)
        rows = await session.stream(statement.execution_options(yield_per=AT_ONCE))
        async for row in rows:
            if any(blanked(value, traces) != value for value in row[keys:]):
                found.rows.setdefault(table.name, []).append(tuple(row[:keys]))
    return found


def _texts(table: Table, workspace_id: int) -> Select[Any] | None:
    texts, inside = texts_of(table), in_workspace(table, workspace_id)
    if not texts or inside is None or not table.primary_key.columns:
        return None
    return select(*table.primary_key.columns, *texts).where(inside)


async def rewrite(session: AsyncSession, workspace_id: int, found: Found, traces: Traces) -> dict[str, int]:
    """Take the traces out of these rows, as they are now, in the caller's transaction; how many rows of which table."""
    counts: dict[str, int] = {}
    for table in tables():
        keys = found.rows.get(table.name, [])
        for at in range(0, len(keys), AT_ONCE):
            changed = await _rewritten(session, workspace_id, table, keys[at : at + AT_ONCE], traces)
            if changed:
                counts[table.name] = counts.get(table.name, 0) + changed
    return counts


async def _rewritten(
    session: AsyncSession, workspace_id: int, table: Table, keys: Sequence[Key], traces: Traces
) -> int:
    statement = _texts(table, workspace_id)
    assert statement is not None
    primary, texts = list(table.primary_key.columns), texts_of(table)
    which = tuple_(*primary).in_(keys) if len(primary) > 1 else primary[0].in_([key[0] for key in keys])
    rows = (await session.execute(statement.where(which))).all()
    changed: list[dict[str, Any]] = []
    for row in rows:
        key, values = row[: len(primary)], row[len(primary) :]
        new = {column.name: _without(column, value, traces, key) for column, value in zip(texts, values, strict=True)}
        if any(new[column.name] != value for column, value in zip(texts, values, strict=True)):
            changed.append(
                {f"k_{column.name}": part for column, part in zip(primary, key, strict=True)}
                | {f"v_{name}": value for name, value in new.items()}
            )
    if changed:
        await session.execute(_update(table), changed)
    return len(changed)


def _update(table: Table) -> Any:  # noqa: ANN401 - an UPDATE of any table
    which = [column == bindparam(f"k_{column.name}") for column in table.primary_key.columns]
    values = {column.name: bindparam(f"v_{column.name}", type_=column.type) for column in texts_of(table)}
    return update(table).where(*which).values(values).execution_options(synchronize_session=False)


def _without(column: Column[Any], value: object, traces: Traces, key: Sequence[Any]) -> object:
    new = blanked(value, traces)
    if new == value or not isinstance(new, str) or not _is_unique(column):
        return new
    # Two of them may have been alike but for the traces.
    return f"{new}-{GONE}-{'-'.join(map(str, key))}"


def _is_unique(column: Column[Any]) -> bool:
    table = column.table
    keyed = (one for one in table.constraints if isinstance(one, UniqueConstraint | PrimaryKeyConstraint))
    unique = (one for one in table.indexes if one.unique)
    return any(column.name in one.columns for one in (*keyed, *unique))
