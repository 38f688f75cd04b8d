"""What went wrong with the database, in a plain sentence: the disk is full, somebody else has it, it is damaged.

Told by the codes of SQLite (sqlite.org/rescode.html) and PostgreSQL (its manual, appendix A), from whatever error of
SQLAlchemy they came in.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

NO_ROOM: Final = "There is no room left where the database is. Nothing of this was written, and nothing is lost."
BUSY: Final = "Another program has the database locked. Nothing was changed; try again when it is done."
DAMAGED: Final = "The database is damaged. Put a backup back: `baton restore FILE`."
READ_ONLY: Final = "The database may only be read: look at the rights of its file and folder."
AWAY: Final = "The database can't be reached. Nothing was changed; try again when it is there."
NOT_WRITTEN: Final = "The database can't be written (disk I/O error): look whether the disk is full or broken."

_SQLITE: Final[Mapping[int, str]] = MappingProxyType(
    {
        sqlite3.SQLITE_FULL: NO_ROOM,
        sqlite3.SQLITE_BUSY: BUSY,
        sqlite3.SQLITE_LOCKED: BUSY,
        sqlite3.SQLITE_CORRUPT: DAMAGED,
        sqlite3.SQLITE_NOTADB: DAMAGED,
        sqlite3.SQLITE_READONLY: READ_ONLY,
        sqlite3.SQLITE_CANTOPEN: AWAY,
        sqlite3.SQLITE_IOERR: NOT_WRITTEN,
    }
)
_POSTGRESQL: Final[Mapping[str, str]] = MappingProxyType(
    {"53100": NO_ROOM, "55P03": BUSY, "25006": READ_ONLY, "57P01": AWAY, "57P03": AWAY, "53300": AWAY}
)
_LOST: Final = "08"
"""Class of PostgreSQL's codes for a connection that broke."""


def sentence_of(error: BaseException) -> str:
    """The sentence for an error that the database gave somewhere beneath ``error``; '' when it gave none we know."""
    for one in _beneath(error):
        if isinstance(one, sqlite3.Error):
            # The low byte is the code, the rest says more (sqlite.org/rescode.html).
            return _SQLITE.get((getattr(one, "sqlite_errorcode", 0) or 0) & 0xFF, "")
        code = getattr(one, "sqlstate", None)
        if isinstance(code, str):
            return AWAY if code.startswith(_LOST) else _POSTGRESQL.get(code, "")
    return ""


def _beneath(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        under = getattr(one, "orig", None)
        left += [one.__context__, one.__cause__, under if isinstance(under, BaseException) else None]
