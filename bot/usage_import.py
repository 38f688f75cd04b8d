"""A file of usage into the database, chunk by chunk, each in a transaction with how far the file came."""

import gc
import hashlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bot.errors import WrongUsage
from bot.usage_files import Refusals
from bot.usage_tables import Chunk, Table
from domain.clock import Clock
from domain.usage.samples import Samples, Sifter
from storage import usage, usage_imports
from storage.database import Database
from storage.usage_imports import Done
from storage.usage_names import Names

PACKED_AT_ONCE: Final = 8
"""Weeks of one transaction: each is a row an account."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how far it is, and how far it has to go."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. `done` counts all of it, also what an earlier run did up to record `resumed`; `unknown`
    are accounts the CRM does not know."""

    done: Done
    resumed: int
    unknown: tuple[str, ...]


async def import_usage(
    db: Database, workspace_id: int, file: Path, table: Table, clock: Clock, refusals: Refusals, progress: Progress
) -> Imported:
    """Record all that can be used of a table; what can't is named in `refusals`.

    When it is stopped, the same file goes on behind the last chunk that was committed.
    """
    digest = _digest(file)
    async with db.read() as session:
        done = await usage_imports.load(session, workspace_id, digest)
    resumed, names, sifter = done.records, Names(), Sifter(whole=table.form.whole)
    unknown: set[str] = set()
    chunks = table.chunks(resumed)
    while True:
        with _no_collection():
            chunk = next(chunks, None)
            if chunk is None:
                break
            samples, refused = _sift(chunk, sifter, table.word, file, refusals)
        async with db.write() as tx:
            found = await usage.record(tx.session, workspace_id, samples, clock(), names)
            done = replace(
                done,
                records=done.records + chunk.records,
                new=done.new + found.new,
                updated=done.updated + found.updated,
                aside=done.aside + found.aside,
                refused=done.refused + refused,
            )
            await usage_imports.keep(tx.session, workspace_id, digest, done, clock())
        unknown.update(found.unknown)
        progress("Importing", table.position, table.total)
    async with db.write() as tx:
        await usage_imports.end(tx.session, workspace_id, digest)
    await pack(db, workspace_id, progress)
    return Imported(done, resumed, tuple(sorted(unknown)))


async def pack(db: Database, workspace_id: int, progress: Progress) -> None:
    """Pack what changed, so that the next scan finds it ready."""
    packed, left = 0, 1
    while left:
        async with db.write() as tx:
            left = await usage.pack_all(tx.session, workspace_id, most=PACKED_AT_ONCE)
        packed += left
        progress("Packing", packed, packed + left)


@contextmanager
def _no_collection() -> Generator[None]:
    """A chunk makes a hundred thousand lists and no cycle: to look for some takes as long as to read it."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _sift(chunk: Chunk, sifter: Sifter, word: str, file: Path, refusals: Refusals) -> tuple[Samples, int]:
    """What can be used of a chunk, and how much can't, which is named by its place."""
    samples, refused = sifter.sift(chunk.accounts, chunk.days, chunk.metrics, chunk.values)
    bad = {*chunk.bad, *((chunk.lines[one.index], f"{one.field}: {one.reason}") for one in refused)}
    for place, reason in sorted(bad):
        refusals.add(file, place, reason, word)
    return samples, len(bad)


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise WrongUsage(f"{file}: {error.strerror or 'it can not be read'}.") from None
