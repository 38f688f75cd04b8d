"""The names a feed uses, as numbers: made when they are first heard."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from storage import raw

_CALLED: Final = {"usage_account": "external_id", "usage_metric": "name"}


@dataclass(slots=True)
class Names:
    """What was looked up, to be handed from one batch of an import to the next. Throw it away when a transaction that
    used it was not committed. ``unknown``: names of accounts the CRM did not know when they were looked up."""

    metrics: dict[str, int] = field(default_factory=dict[str, int])
    accounts: dict[str, int] = field(default_factory=dict[str, int])
    unknown: set[str] = field(default_factory=set[str])


async def metric_ids(session: AsyncSession, workspace_id: int, wanted: Iterable[str], names: Names) -> bool:
    """Let ``names`` have these metrics; whether one of them is new."""
    missing = sorted(set(wanted).difference(names.metrics))
    found, made = await _ids(session, workspace_id, "usage_metric", missing)
    names.metrics |= found | made
    return bool(made)


async def account_ids(session: AsyncSession, workspace_id: int, wanted: set[str], names: Names) -> Collection[int]:
    """Let ``names`` have these accounts, and know which of them the CRM does not know; the ids of those made now."""
    missing = sorted(wanted.difference(names.accounts))
    found, made = await _ids(session, workspace_id, "usage_account", missing)
    names.accounts |= found | made
    names.unknown |= set(missing) - await _known_to_crm(session, workspace_id, missing)
    return made.values()


async def _ids(
    session: AsyncSession, workspace_id: int, table: str, wanted: Sequence[str]
) -> tuple[dict[str, int], dict[str, int]]:
    """The ids that were there (also by another hand just now), and those made."""
    found = await _found(session, workspace_id, table, wanted)
    new = [name for name in wanted if name not in found]
    made = await _made(session, workspace_id, table, new)
    return found | await _found(session, workspace_id, table, [name for name in new if name not in made]), made


async def _found(session: AsyncSession, workspace_id: int, table: str, wanted: Sequence[str]) -> dict[str, int]:
    if not wanted:
        return {}
    called = _CALLED[table]
    which, values = raw.one_of(session, called, wanted)
    statement = f"SELECT {called}, id FROM {table} WHERE workspace_id = ? AND {which}"  # noqa: S608 - our own names
    return dict(await raw.fetch(session, statement, (workspace_id, values)))


async def _made(session: AsyncSession, workspace_id: int, table: str, new: Sequence[str]) -> dict[str, int]:
    """In the order of the names, so that two who make the same ones never wait for each other in a circle."""
    if not new:
        return {}
    called = _CALLED[table]
    more, zero = (", last_day", ", 0") if table == "usage_metric" else ("", "")
    sqlite = raw.is_sqlite(session)
    source = "json_each(?)" if sqlite else "unnest(CAST(? AS text[])) AS listed (value)"
    statement = (
        f"INSERT INTO {table} (workspace_id, {called}{more}) "  # noqa: S608 - our own names
        f"SELECT ?, value{zero} FROM {source} WHERE true ORDER BY value ON CONFLICT DO NOTHING RETURNING {called}, id"
    )
    return dict(await raw.fetch(session, statement, (workspace_id, json.dumps(list(new)) if sqlite else list(new))))


async def _known_to_crm(session: AsyncSession, workspace_id: int, wanted: Sequence[str]) -> set[str]:
    if not wanted:
        return set()
    which, values = raw.one_of(session, "external_id", wanted)
    statement = f"SELECT external_id FROM account WHERE workspace_id = ? AND {which}"  # noqa: S608 - our own names
    return {row[0] for row in await raw.fetch(session, statement, (workspace_id, values))}
