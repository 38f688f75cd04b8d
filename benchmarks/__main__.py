"""`make bench`, or `python -m benchmarks [NAME …]`: each figure with its baseline."""

import asyncio
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterable
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import (
    acks,
    chart,
    due,
    growth,
    home,
    metrics,
    monday,
    mornings,
    replicas,
    sandbox,
    saves,
    start,
    usage_bulk,
    usage_scan,
)
from benchmarks.usage import run as usage
from storage.migrate import migrate
from tests import postgres

NAMES = (
    "start",
    "acks",
    "saves",
    "growth",
    "monday",
    "mornings",
    "home",
    "metrics",
    "due",
    "replicas",
    "sandbox",
    "usage",
    "chart",
    "usage_bulk",
    "usage_scan",
)


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
    """The rows of one benchmark on one kind of database; ``replicas`` needs several processes on one database."""
    runs: dict[str, Callable[[], Coroutine[Any, Any, list[str]]]] = {
        "start": lambda: start.run(fresh(), kind),
        "acks": lambda: acks.run(fresh(), kind),
        "saves": lambda: saves.run(fresh(), fresh(), kind),
        "growth": lambda: growth.run(fresh(), fresh(), kind),
        "monday": lambda: monday.run(fresh(), kind),
        "mornings": lambda: mornings.run(fresh(), kind),
        "home": lambda: home.run(fresh(), kind),
        "metrics": lambda: metrics.run(fresh(), kind),
        "due": lambda: due.run(fresh(), kind),
        "replicas": lambda: replicas.run(fresh()),
        "usage_bulk": lambda: usage_bulk.run(fresh, kind),
        "usage_scan": lambda: usage_scan.run(fresh, kind),
    }
    return await runs[name]() if (name, kind) != ("replicas", "SQLite") else []


def _print(rows: Iterable[str]) -> None:
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
        databases = _databases(stack) if set(wanted) - {"sandbox", "usage", "chart"} else {}
        for name in wanted:
            if name == "sandbox":
                _print(asyncio.run(sandbox.run()))
                continue
            if name == "usage":
                _print(usage.run())
                continue
            if name == "chart":
                _print(asyncio.run(chart.run()))
                continue
            for kind, fresh in databases.items():
                _print(asyncio.run(_one(name, kind, fresh)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
