"""`baton usage import`: long and wide, days and weeks, CSV and Parquet; bad rows are named; a stopped one goes on."""

import random
from contextlib import nullcontext, suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow  # pyright: ignore[reportMissingTypeStubs]
import pyarrow.parquet  # pyright: ignore[reportMissingTypeStubs]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import WrongUsage
from bot.usage_files import Refusals
from bot.usage_import import Imported, import_usage
from bot.usage_tables import AT_ONCE, open_table
from storage import usage_imports
from storage.database import Database
from storage.usage_imports import Done
from tests.bot.program import baton
from tests.storage.house import NOW, make_house
from tests.storage.usage_house import UsageHouse, shown

MONDAY = date(2026, 3, 2)
ACCOUNTS, CHUNK = 60, 1_500
RECORDS = 60 * ACCOUNTS
arrow: Any = pyarrow


class Killed(Exception):
    """The import ends here."""


@pytest.fixture
async def home(db: Database) -> UsageHouse:
    made = UsageHouse(await make_house(db))
    await made.account("A-1", "A-2")
    return made


async def bring(home: UsageHouse, file: Path, *, killed_after: int = 0) -> tuple[Imported, Refusals]:
    """Import a file; with `killed_after` end after so many chunks."""
    refusals, chunks = Refusals(), 0

    def progress(what: str, done: int, total: int) -> None:
        nonlocal chunks
        assert 0 <= done <= total
        chunks += what == "Importing"
        if killed_after and chunks >= killed_after:
            raise Killed

    with open_table(file, CHUNK) as table:
        done = await import_usage(home.house.db, home.workspace, file, table, lambda: NOW, refusals, progress)
    return done, refusals


def csv_of(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "usage.csv"
    file.write_text(text, encoding=encoding, newline="")
    return file


def parquet_of(folder: Path, **columns: Any) -> Path:  # noqa: ANN401 - whatever Arrow takes
    file = folder / "usage.parquet"
    arrow.parquet.write_table(arrow.table(columns), file, row_group_size=70_000)
    return file


# What may come


async def test_a_long_table_of_days(home: UsageHouse, tmp_path: Path) -> None:
    text = "day,account_id,metric,value,more\n2026-03-02,A-1,logins,4,x\n2026-03-03T10:00:00Z, A-2 ,users,1.5,\n"
    done, refusals = await bring(home, csv_of(tmp_path, text + "2026-03-02,A-1,logins,5,\n"))
    assert (done.done, refusals.lines) == (Done(3, 2, 1, 0, 0), [])
    assert await home.table() == {
        ("A-1", "logins", MONDAY): 5,
        ("A-2", "users", MONDAY + timedelta(days=1)): 1.5,
    }


async def test_a_wide_table_of_weeks(home: UsageHouse, tmp_path: Path) -> None:
    text = "\ufeffAccount_ID;week_start;logins;users\r\nA-1;2026-03-02;40,5;\r\nA-2;2026-03-02;0;3\r\n"
    done, _ = await bring(home, csv_of(tmp_path, text))
    assert done.done == Done(2, 3, 0, 0, 0)
    assert shown(await home.fleet(MONDAY + timedelta(days=7))) == {
        "logins": {"A-1": [40.5], "A-2": [0]},
        "users": {"A-1": [None], "A-2": [3]},
    }


@pytest.mark.parametrize(
    "days",
    [
        arrow.array([MONDAY, MONDAY]),
        arrow.array([datetime(2026, 3, 2, 23, tzinfo=UTC)] * 2),
        arrow.array(["2026-03-02", "2026-03-02"]),
        arrow.array(["2026-03-02", "2026-03-02"]).dictionary_encode(),
    ],
)
@pytest.mark.parametrize(
    "values",
    [arrow.array([1, 2]), arrow.array([1.0, 2.0]), arrow.array([Decimal(1), Decimal(2)]), arrow.array(["1", "2"])],
)
async def test_a_parquet_file_of_any_types(sqlite_url: str, tmp_path: Path, days: object, values: object) -> None:
    db = Database(sqlite_url)
    home = UsageHouse(await make_house(db))
    file = parquet_of(tmp_path, account_id=["A-1", "A-2"], day=days, metric=["logins"] * 2, value=values)
    done, refusals = await bring(home, file)
    assert (done.done, refusals.lines) == (Done(2, 2, 0, 2, 0), [])
    assert await home.table() == {("A-1", "logins", MONDAY): 1, ("A-2", "logins", MONDAY): 2}
    await db.close()


async def test_a_wide_parquet_file(home: UsageHouse, tmp_path: Path) -> None:
    file = parquet_of(
        tmp_path,
        account_id=arrow.array([1, 2]),
        week_start=arrow.array([MONDAY, MONDAY]),
        logins=arrow.array([4, None]),
        users=arrow.array([float("nan"), 2.0]),
    )
    done, refusals = await bring(home, file)
    assert (done.done, refusals.lines, done.unknown) == (Done(2, 2, 0, 2, 0), [], ("1", "2"))
    assert await home.table() == {("1", "logins", MONDAY): 4, ("2", "users", MONDAY): 2}


# What can't be used


async def test_bad_rows_are_named_by_line_and_reason_and_the_rest_is_kept(home: UsageHouse, tmp_path: Path) -> None:
    text = (
        'account_id,day,metric,value\nA-1,2026-03-02,logins,many\n"A\n1",2026-03-02,logins,1\n\n'
        "A-1,2026-02-30,logins,1\n,2026-03-02,logins,1\nA-1,2026-03-02,logins\nA-1,2026-03-02,logins,-1\n"
        "A-1,2026-03-02,,1\nA-1,2026-03-02,logins,8\n"
    )
    done, refusals = await bring(home, csv_of(tmp_path, text))
    assert refusals.lines == [
        "usage.csv, line 2: value: 'many' is no number",
        "usage.csv, line 3: account_id: it has control characters in it, or is not in UTF-8",
        "usage.csv, line 6: day: '2026-02-30' is no day such as 2026-03-02",
        "usage.csv, line 7: account_id: it is empty",
        "usage.csv, line 8: it has 3 cells, the heading has 4",
        "usage.csv, line 9: value: it has to be 0 or more",
        "usage.csv, line 10: metric: it is empty",
    ]
    assert done.done == Done(9, 1, 0, 0, 7)
    assert await home.table() == {("A-1", "logins", MONDAY): 8}


async def test_rows_that_are_not_utf_8_are_refused_one_by_one(home: UsageHouse, tmp_path: Path) -> None:
    text = "account_id,day,metric,value\nA-1,2026-03-02,logins,1\nÅ-1,2026-03-02,logins,1\n"
    done, refusals = await bring(home, csv_of(tmp_path, text, "latin-1"))
    assert (done.done.new, refusals.count) == (1, 1)
    assert "line 3: account_id" in refusals.lines[0]


async def test_a_cell_no_reader_can_take_is_one_bad_row(home: UsageHouse, tmp_path: Path) -> None:
    text = f"account_id,day,metric,value\nA-1,2026-03-02,logins,{'9' * 140_000}\nA-1,2026-03-02,logins,2\n"
    done, refusals = await bring(home, csv_of(tmp_path, text))
    assert (done.done, refusals.count) == (Done(2, 1, 0, 0, 1), 1)
    assert refusals.lines[0].startswith("usage.csv, line 2: it is no CSV: field larger")


async def test_missing_things_in_a_parquet_file_are_named_by_row(home: UsageHouse, tmp_path: Path) -> None:
    file = parquet_of(
        tmp_path,
        account_id=["A-1"] * 9 + [None],
        day=[MONDAY] * 8 + [None, MONDAY],
        metric=["logins"] * 10,
        value=[1, None] + [2] * 8,
    )
    done, refusals = await bring(home, file)
    assert refusals.lines == [
        "usage.parquet, row 2: value: it is missing",
        "usage.parquet, row 9: day: it is missing",
        "usage.parquet, row 10: account_id: it is missing",
    ]
    assert done.done == Done(10, 1, 6, 0, 3)


@pytest.mark.parametrize(
    ("heading", "sentence"),
    [
        ("", "account_id, day or week_start"),
        ("account,day,metric,value", "account_id is missing"),
        ("account_id,date,logins", "day is missing"),
        ("account_id,day,week_start,logins", "can't both be"),
        ("account_id,day,metric,count", "no column value"),
        ("account_id,day,value", "no column metric"),
        ("account_id,day", "0 columns of metrics"),
        ("account_id,day,logins,Logins", "two columns are called"),
        ("account_id,day,logins,", "it is empty"),
    ],
)
def test_a_file_with_other_columns_is_refused_with_a_sentence(tmp_path: Path, heading: str, sentence: str) -> None:
    with pytest.raises(WrongUsage, match=sentence), open_table(csv_of(tmp_path, heading + "\n")):
        pass


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_at_all_break_the_reader(tmp_path: Path, content: bytes, headed: bool) -> None:
    file = tmp_path / "any.csv"
    file.write_bytes((b"account_id,day,metric,value\n" if headed else b"") + content)
    with nullcontext() if headed else suppress(WrongUsage), open_table(file) as table:
        assert sum(chunk.records for chunk in table.chunks(0)) <= content.count(b"\n") + content.count(b"\r") + 1


# Stopped, and started again


def history(folder: Path, kind: str) -> Path:
    """`RECORDS` rows of `ACCOUNTS` accounts, the first week told twice."""
    draw = random.Random(7)
    rows = [
        (f"A-{number % ACCOUNTS}", MONDAY + timedelta(weeks=number // ACCOUNTS % 59), "logins", draw.randrange(50))
        for number in range(RECORDS)
    ]
    accounts, starts, metrics, values = zip(*rows, strict=True)
    if kind == "parquet":
        return parquet_of(folder, account_id=accounts, week_start=starts, metric=metrics, value=values)
    lines = [f"{account},{start},{metric},{value}" for account, start, metric, value in rows]
    return csv_of(folder, "\n".join(("account_id,week_start,metric,value", *lines)) + "\n")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
async def test_a_killed_import_goes_on_where_it_stopped(sqlite_url: str, tmp_path: Path, kind: str) -> None:
    db = Database(sqlite_url)
    home = UsageHouse(await make_house(db))
    file = history(tmp_path, kind)
    with pytest.raises(Killed):
        await bring(home, file, killed_after=1)
    # What is told meanwhile is newer than the part of the file that is done.
    told = MONDAY + timedelta(weeks=3)
    assert len(await home.table()) == CHUNK
    await home.record([("A-30", told, "logins", 777)], whole=True)
    done, _ = await bring(home, file)
    assert done.resumed == CHUNK
    table = await home.table()
    assert done.done == Done(RECORDS, len(table), RECORDS - len(table), RECORDS, 0)
    assert (len(table), table["A-30", "logins", told]) == (59 * ACCOUNTS, 777)
    again, _ = await bring(home, file)
    assert (again.resumed, again.done) == (0, Done(RECORDS, 0, RECORDS, RECORDS, 0))
    await db.close()


async def test_another_file_does_not_go_on_where_the_first_stopped(home: UsageHouse, tmp_path: Path) -> None:
    file = csv_of(tmp_path, "account_id,day,logins\nA-1,2026-03-02,1\n")
    with pytest.raises(Killed):
        await bring(home, file, killed_after=1)
    changed = csv_of(tmp_path, "account_id,day,logins\nA-1,2026-03-02,2\n")
    done, _ = await bring(home, changed)
    assert (done.resumed, done.done) == (0, Done(1, 0, 1, 0, 0))


async def test_an_import_leaves_everything_packed(home: UsageHouse, tmp_path: Path) -> None:
    await bring(home, csv_of(tmp_path, "account_id,day,logins\nA-1,2026-03-02,1\nA-1,2026-03-10,1\n"))
    assert await home.pack(date(2027, 1, 1)) == 0
    assert await home.house.read(lambda session: usage_imports.load(session, home.workspace, "")) == Done()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_no_chunk_of_a_long_table_holds_more_than_a_bounded_number_of_samples(tmp_path: Path, kind: str) -> None:
    with open_table(history(tmp_path, kind), CHUNK) as table:
        chunks = [(chunk.records, len(chunk.accounts)) for chunk in table.chunks(0)]
    assert sum(count for count, _ in chunks) == RECORDS
    assert max(samples for _, samples in chunks) <= CHUNK


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_no_chunk_of_a_wide_table_holds_more_either(tmp_path: Path, kind: str) -> None:
    names, records = [f"m{number}" for number in range(900)], 120
    if kind == "parquet":
        days: list[object] = [MONDAY] * records
        file = parquet_of(tmp_path, account_id=["A"] * records, day=days, **dict.fromkeys(names, [1] * records))
    else:
        line = f"A,2026-03-02{',1' * len(names)}\n"
        file = csv_of(tmp_path, f"account_id,day,{','.join(names)}\n" + line * records)
    with open_table(file) as table:
        chunks = [(chunk.records, len(chunk.accounts)) for chunk in table.chunks(0)]
    assert sum(samples for _, samples in chunks) == records * len(names)
    assert max(samples for _, samples in chunks) <= AT_ONCE


# The command


async def test_the_command_says_what_it_did(sqlite_url: str, tmp_path: Path) -> None:
    db = Database(sqlite_url)
    await UsageHouse(await make_house(db)).account("A-1")
    await db.close()
    env = {"DATABASE_URL": sqlite_url}
    csv_of(tmp_path, "account_id,day,metric,value\nA-1,2026-03-02,logins,1\nA-9,2026-03-02,logins,2\nA-1,x,logins,1\n")
    done = await baton("usage", "import", "usage.csv", cwd=tmp_path, env=env)
    assert (done.code, done.out.splitlines()) == (
        0,
        [
            "usage.csv, line 4: day: 'x' is no day such as 2026-03-02",
            "2 new, 0 updated, 1 refused",
            "1 of them is of accounts the CRM has not named yet (A-9): kept, and counted from the moment a deal of "
            "theirs is known.",
        ],
    )
    csv_of(tmp_path, "account_id,day,metric,value\nA-1,x,logins,1\n")
    assert (await baton("usage", "import", "usage.csv", cwd=tmp_path, env=env)).code == 1
