"""`make bench`, or `python -m benchmarks [start|acks|saves|growth|sandbox …]`: each figure with its baseline."""

import asyncio
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import psycopg

from benchmarks import acks, growth, sandbox, saves, start
from storage.migrate import migrate
from tests import postgres

NAMES = ("start", "acks", "saves", "growth", "sandbox")


def _databases(stack: ExitStack) -> dict[str, Callable[[], str]]:
    """For each kind of database, what makes a fresh one of the newest schema and gives its address."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="baton-bench-")))
    server = stack.enter_context(postgres.server())
    numbers = count(1)

    def sqlite() -> str:
        url = f"sqlite:///{folder / f'{next(numbers)}.db'}"
        migrate(url)
        return url

    def postgresql() -> str:
        name = f"bench_{next(numbers)}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        migrate(f"{server}/{name}")
        return f"{server}/{name}"

    return {"SQLite": sqlite, "PostgreSQL": postgresql}


async def _one(name: str, kind: str, fresh: Callable[[], str]) -> list[str]:
    match name:
        case "start":
            return await start.run(fresh(), kind)
        case "acks":
            return await acks.run(fresh(), kind)
        case "saves":
            return await saves.run(fresh(), fresh(), kind)
        case _:
            return await growth.run(fresh(), fresh(), kind)


def _print(rows: list[str]) -> None:
    for row in rows:
        print(row, flush=True)


def main() -> int:
    """Run the benchmarks that were named, or all."""
    wanted = sys.argv[1:] or list(NAMES)
    unknown = sorted(set(wanted) - set(NAMES))
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    with ExitStack() as stack:
        databases = _databases(stack) if set(wanted) != {"sandbox"} else {}
        for name in wanted:
            if name == "sandbox":
                _print(asyncio.run(sandbox.run()))
                continue
            for kind, fresh in databases.items():
                _print(asyncio.run(_one(name, kind, fresh)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
