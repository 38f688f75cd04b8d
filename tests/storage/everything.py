"""A database in which every text of every table holds given words, and what stands in all of it."""

import json
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, LargeBinary, MetaData, Numeric, String, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import sweep
from storage.database import Database
from storage.types import UtcDateTime

MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEAVE_OUT = {"workspace", "pace_slot", "erasure"}


async def fill(session: AsyncSession, workspace_id: int, words: str) -> dict[str, Any]:
    """One row of every table, ``words`` in every text of it; the ids by table."""
    ids: dict[str, Any] = {"workspace": workspace_id}
    for table in sorted(sweep.tables(), key=lambda one: one.name == "usage_week"):
        if table.name in LEAVE_OUT:
            continue
        values = {column.name: _value(column, ids, words) for column in table.columns if not _by_itself(table, column)}
        row = (await session.execute(insert(table).values(values).returning(*table.primary_key.columns))).one()
        ids[table.name] = row[0]
    return ids


def _by_itself(table: Table, column: Column[Any]) -> bool:
    return column.primary_key and not column.foreign_keys and len(table.primary_key.columns) == 1


def _value(column: Column[Any], ids: dict[str, Any], words: str) -> Any:  # noqa: ANN401, PLR0911 - one line a type
    for key in column.foreign_keys:
        return ids.get(key.column.table.name)
    if column.table.name == "usage_week" and column.name in ("metric_id", "account_id"):
        return ids["usage_metric" if column.name == "metric_id" else "usage_account"]
    match column.type:
        case JSON():
            return {"about": f"of {words}!", "more": [{"who": words.upper()}, 1, None]}
        case UtcDateTime():
            return MOMENT
        case String(length=length) if length is not None:
            return {"wall": "09:00", "zone": "UTC"}.get(column.name, column.name)[:length]
        case String():
            return f"({words})"
        case Boolean():
            return False
        case Date():
            return date(2026, 11, 23)
        case LargeBinary():
            return b"\x00"
        case Numeric():
            return None
        case _:
            return None if column.nullable else 1


async def everything(db: Database, workspace_id: int | None = None) -> dict[str, list[str]]:
    """Every row of every table there is in the database, as text; only of one workspace when it is given."""
    async with db.read() as session:
        connection = await session.connection()
        found = MetaData()
        await connection.run_sync(found.reflect)
        known = {table.name: table for table in sweep.tables()}
        rows: dict[str, list[str]] = {}
        for name, table in sorted(found.tables.items()):
            statement = select(table)
            if workspace_id is not None:
                inside = sweep.in_workspace(known[name], workspace_id) if name in known else None
                if inside is None:
                    continue
                statement = select(known[name]).where(inside)
            shown = [" ".join(map(_shown, row)) for row in (await session.execute(statement)).all()]
            rows[name] = sorted(shown)
    return rows


def _shown(value: object) -> str:
    if isinstance(value, str) and value[:1] == "{":
        value = json.loads(value)
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)


def holding(rows: dict[str, list[str]], *words: str) -> dict[str, list[str]]:
    """The tables in which one of the words stands, in any case."""
    found = {
        name: [row for row in some if any(word.casefold() in row.casefold() for word in words)]
        for name, some in rows.items()
    }
    return {name: some for name, some in found.items() if some}
