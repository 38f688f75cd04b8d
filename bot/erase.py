"""Erasing a customer or somebody: look first, then one transaction, then look again for what came meanwhile.

A dry run is the same transaction, taken back.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Failure
from domain.clock import Clock
from storage import erase
from storage.database import Database
from storage.erase import Erased, OnTheirWay
from storage.erase_targets import Target
from storage.troubles import sentence_of

ROUNDS: Final = 5
"""Looks after which what still comes in is left to a next run."""
PATIENCE_S: Final = 5.0
LARGE: Final = 200_000_000
"""Bytes of a file that is written anew within a second or two."""
Find = Callable[[AsyncSession], Awaitable[Target | None]]


class _TakenBack(Exception):
    """The end of a dry run."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was, or would be, erased; ``rounds`` one for each look that found something. ``clean``: unused pages of the
    database's file hold nothing of it any more either."""

    target: Target
    rounds: tuple[Erased, ...]
    clean: bool = True

    def deleted(self) -> dict[str, int]:
        """Rows deleted, by table."""
        return _together([one.deleted for one in self.rounds])

    def blanked(self) -> dict[str, int]:
        """Rows that lost a text, by table."""
        return _together([one.blanked for one in self.rounds])


def _together(counts: Sequence[dict[str, int]]) -> dict[str, int]:
    names = sorted({name for one in counts for name in one})
    return {name: count for name in names if (count := sum(one.get(name, 0) for one in counts))}


async def erase_all(db: Database, workspace_id: int, find: Find, clock: Clock, *, apply: bool) -> Report | None:
    """Erase whom ``find`` finds; None when nobody is found. Raises Failure while messages about them are being sent."""
    async with db.read() as session:
        target = await find(session)
    if target is None:
        return None
    rounds: list[Erased] = []
    for _ in range(ROUNDS):
        async with db.read() as session:
            looked = await erase.look(session, workspace_id, target)
        if looked.is_empty() and (rounds or target.row_id is None):
            break
        try:
            async with db.write() as tx:
                rounds.append(await erase.erase(tx.session, workspace_id, target, looked, clock()))
                if not apply:
                    raise _TakenBack
        except _TakenBack:
            break
        except OnTheirWay as error:
            raise Failure(
                f"{error.count} messages about this are being sent just now. Nothing was erased; try again in a minute."
            ) from error
    clean = True
    if apply and rounds and db.is_sqlite:
        clean = await asyncio.to_thread(_rewritten, db.url.database or "")
    return Report(target, tuple(rounds), clean)


def _rewritten(file: str) -> bool:
    """Unused pages of SQLite may hold what was there: the file is written anew (sqlite.org/lang_vacuum.html). Others
    wait meanwhile, so that a large one is left to a quiet hour. Whether it was done."""
    if Path(file).stat().st_size > LARGE:
        return False
    try:
        with closing(sqlite3.connect(file, timeout=PATIENCE_S, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
    except sqlite3.OperationalError as error:
        if sentence_of(error):
            return False
        raise
