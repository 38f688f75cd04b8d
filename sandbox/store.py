"""SQLite behind the sandbox's state: small records by kind and id, and the messages of all channels.

Without a path SQLite keeps a private temporary file that vanishes with the connection, so that many messages do not
fill the memory.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS record (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message (
    channel TEXT NOT NULL, ts TEXT NOT NULL, thread TEXT, listed INTEGER NOT NULL, hearer TEXT,
    deleted INTEGER NOT NULL DEFAULT 0, author TEXT, body TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS message_place ON message (channel, ts);
CREATE INDEX IF NOT EXISTS message_thread ON message (channel, thread, ts) WHERE thread IS NOT NULL;
CREATE INDEX IF NOT EXISTS message_listed ON message (channel, listed, deleted, ts);
"""
CACHED = 2000
UNREAD_MOST = 1000


@dataclass
class Row:
    """One stored message.

    `listed`: it stands in the channel's own history (not only in a thread). `hearer`: the only person who sees it
    (ephemeral). `thread`: the parent's ts, also on the parent itself.
    """

    channel: str
    ts: str
    body: Json
    thread: str | None = None
    listed: bool = True
    hearer: str | None = None
    deleted: bool = False
    author: str | None = None


@dataclass(frozen=True)
class Span:
    """Which messages to read: ts bounds (`after` < ts < `before`, or including them), newest or oldest first."""

    after: str | None = None
    before: str | None = None
    inclusive: bool = False
    limit: int = 100
    newest_first: bool = True
    hearer: str | None = None
    deleted: bool = False
    thread: str | None = None
    listed: bool = True
    where: list[str] = field(default_factory=list[str])


class Store:
    """Writes are gathered until `commit`, so that one API call is one transaction."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(str(path / "sandbox.sqlite3") if path else "", isolation_level=None)
        if path is not None:
            self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)
        self._open = False
        self._cache: dict[tuple[str, str], Row] = {}

    def _begin(self) -> None:
        if not self._open:
            self._db.execute("BEGIN")
            self._open = True

    def commit(self) -> None:
        """Makes everything written so far durable."""
        if self._open:
            self._db.execute("COMMIT")
            self._open = False

    def close(self) -> None:
        """Commits and closes the database."""
        self.commit()
        self._db.close()

    def clear(self) -> None:
        """Forgets everything but the settings."""
        self._begin()
        self._db.execute("DELETE FROM record WHERE kind != 'setting'")
        self._db.execute("DELETE FROM message")
        self._cache.clear()
        self.commit()

    # records

    def put(self, kind: str, key: str, body: Json) -> None:
        """Writes a record."""
        self._begin()
        self._db.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", (kind, key, json.dumps(body)))

    def drop(self, kind: str, key: str) -> None:
        """Removes a record if it is there."""
        self._begin()
        self._db.execute("DELETE FROM record WHERE kind = ? AND id = ?", (kind, key))

    def records(self, kind: str) -> Iterator[tuple[str, Json]]:
        """Every record of a kind, in the order of their ids."""
        rows = self._db.execute("SELECT id, body FROM record WHERE kind = ? ORDER BY id", (kind,)).fetchall()
        for key, body in rows:
            yield key, json.loads(body)

    # messages

    def add_message(self, row: Row) -> None:
        """Stores a new message. Raises sqlite3.IntegrityError when its place is taken."""
        self._begin()
        self._db.execute(
            "INSERT INTO message (channel, ts, thread, listed, hearer, deleted, author, body) VALUES (?,?,?,?,?,?,?,?)",
            (row.channel, row.ts, row.thread, row.listed, row.hearer, row.deleted, row.author, json.dumps(row.body)),
        )
        self._keep(row)

    def save_message(self, row: Row) -> None:
        """Stores a message that was changed."""
        self._begin()
        self._db.execute(
            "UPDATE message SET thread=?, listed=?, deleted=?, body=? WHERE channel=? AND ts=?",
            (row.thread, row.listed, row.deleted, json.dumps(row.body), row.channel, row.ts),
        )
        self._keep(row)

    def _keep(self, row: Row) -> None:
        self._cache.pop((row.channel, row.ts), None)
        self._cache[(row.channel, row.ts)] = row
        if len(self._cache) > CACHED:
            del self._cache[next(iter(self._cache))]

    def message(self, channel: str, ts: str) -> Row | None:
        """One message, deleted ones and ephemerals too."""
        found = self._cache.get((channel, ts))
        if found is not None:
            return found
        row = self._db.execute(f"SELECT {COLUMNS} FROM message WHERE channel=? AND ts=?", (channel, ts)).fetchone()  # noqa: S608 - a constant
        return self._row(row) if row else None

    def _row(self, row: tuple[Any, ...]) -> Row:
        held = self._cache.get((row[0], row[1]))
        if held is not None:
            return held
        made = Row(row[0], row[1], json.loads(row[7]), row[2], bool(row[3]), row[4], bool(row[5]), row[6])
        self._keep(made)
        return made

    def messages(self, channel: str, span: Span) -> list[Row]:
        """Messages of a channel (or of a thread of it) inside `span`."""
        wheres, values = ["channel = ?"], list[Any]([channel])
        if not span.deleted:
            wheres.append("deleted = 0")
        if span.thread is not None:
            wheres.append("thread = ?")
            values.append(span.thread)
        elif span.listed:
            wheres.append("listed = 1")
        if span.hearer is None:
            wheres.append("hearer IS NULL")
        else:
            wheres.append("(hearer IS NULL OR hearer = ?)")
            values.append(span.hearer)
        equals = "=" if span.inclusive else ""
        if span.after is not None:
            wheres.append(f"ts >{equals} ?")
            values.append(span.after)
        if span.before is not None:
            wheres.append(f"ts <{equals} ?")
            values.append(span.before)
        order = "DESC" if span.newest_first else "ASC"
        sql = f"SELECT {COLUMNS} FROM message WHERE {' AND '.join(wheres)} ORDER BY ts {order} LIMIT ?"  # noqa: S608 - built of constants
        return [self._row(row) for row in self._db.execute(sql, (*values, span.limit)).fetchall()]

    def every_message(self, channel: str | None, limit: int) -> list[Row]:
        """The newest `limit` messages, ephemeral and deleted ones too, oldest first."""
        where, values = ("WHERE channel = ?", [channel]) if channel else ("", list[str | None]())
        sql = f"SELECT {COLUMNS} FROM message {where} ORDER BY rowid DESC LIMIT ?"  # noqa: S608 - built of constants
        rows = self._db.execute(sql, (*values, limit)).fetchall()
        return [self._row(row) for row in reversed(rows)]

    def newest_ts(self, channel: str) -> str | None:
        """The ts of the channel's newest message of any kind."""
        return self._db.execute("SELECT MAX(ts) FROM message WHERE channel = ?", (channel,)).fetchone()[0]

    def unread(self, channel: str, after: str) -> int:
        """How many listed messages are newer than `after`, counted up to a thousand."""
        sql = (
            "SELECT COUNT(*) FROM (SELECT 1 FROM message WHERE channel=? AND listed=1 AND deleted=0 "
            "AND hearer IS NULL AND ts > ? LIMIT ?)"
        )
        return self._db.execute(sql, (channel, after, UNREAD_MOST)).fetchone()[0]

    def authors(self, channel: str, thread: str) -> tuple[int, list[str]]:
        """How many replies a thread has, and who wrote them (first come first)."""
        sql = (
            "SELECT author, COUNT(*) FROM message WHERE channel=? AND thread=? AND ts != ? AND deleted=0 "
            "AND hearer IS NULL GROUP BY author ORDER BY MIN(ts)"
        )
        rows = self._db.execute(sql, (channel, thread, thread)).fetchall()
        return sum(row[1] for row in rows), [row[0] for row in rows if row[0]]


COLUMNS = "channel, ts, thread, listed, hearer, deleted, author, body"
