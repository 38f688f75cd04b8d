"""The roster from a file: every row is taken or named with its line and reason."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.csms import RosterRow, import_rows, read_rows
from bot.csv_files import BadRow, read_file
from bot.errors import WrongUsage
from storage import people
from storage.database import Database
from storage.migrate import migrate
from tests.bot.program import baton

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_rows_are_read_however_the_table_program_wrote_them() -> None:
    commas = 'email,regions,segments,active\nChloe@northwind.example,"EMEA, DACH",smb|mid,yes\n\nmei@x.example,,,\n'
    semicolons = "\ufeffEmail;Regions;Segments;Active\r\nchloe@northwind.example;EMEA|DACH;smb,mid;TRUE\r\n"
    rows, bad = read_rows(commas)
    assert rows == [
        RosterRow(2, "chloe@northwind.example", ("EMEA", "DACH"), ("smb", "mid"), True),
        RosterRow(4, "mei@x.example", (), (), True),
    ]
    assert bad == []
    assert read_rows(semicolons) == ([RosterRow(2, *_of(rows[0]))], [])


def _of(row: RosterRow) -> tuple[str, tuple[str, ...], tuple[str, ...], bool]:
    return row.email, row.regions, row.segments, row.active


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",EMEA,,", "missing"),
        ("nobody,,,", "no e-mail address"),
        ("a b@x,,,", "no e-mail address"),
        ("a@x,,,maybe", "yes or no"),
        ("a@x,,,yes,more", "more cells"),
        (f"a@x,{'r' * 101},,", "at most"),
        (f"a@x,{'|'.join(map(str, range(51)))},,", "at most"),
    ],
)
def test_a_bad_row_is_named_by_line_and_reason(line: str, reason: str) -> None:
    rows, (bad,) = read_rows(f"email,regions,segments,active\nok@x,,,\n{line}\n")
    assert [row.email for row in rows] == ["ok@x"]
    assert bad.line == 3
    assert reason in bad.reason


def test_the_same_address_twice_is_refused_the_second_time() -> None:
    rows, bad = read_rows("email\na@x\nA@X\n")
    assert (len(rows), bad) == (1, [BadRow(3, "a@x stands in line 2 already")])


@pytest.mark.parametrize("text", ["", "name,regions\n", "email,zones\n", "\x00\x01"])
def test_a_file_with_another_heading_is_refused(text: str) -> None:
    with pytest.raises(WrongUsage):
        read_rows(text)


@given(st.text())
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    rows, bad = read_rows("email,regions,segments,active\n" + text)
    assert len(rows) + len(bad) <= text.count("\n") + text.count("\r") + 1


def test_a_file_that_can_not_be_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes(b"email\n\xe5@x\n")
    for name in ("latin.csv", "missing.csv", "."):
        with pytest.raises(WrongUsage, match=name):
            read_file(tmp_path / name)


async def _database(tmp_path: Path) -> tuple[Database, int]:
    url = f"sqlite:///{tmp_path}/baton.db"
    migrate(url)
    db = Database(url)
    async with db.write() as tx:
        workspace = await people.ensure_workspace(tx.session, "T1", "Northwind", "UBOT", NOW)
        await people.upsert(
            tx.session,
            workspace,
            [
                people.PersonFacts("U03", "Chloé", "chloe@northwind.example"),
                people.PersonFacts("U07", "Felix", "felix@northwind.example", is_guest=True),
            ],
            NOW,
        )
    return db, workspace


async def test_an_import_is_repeatable_and_refuses_strangers_and_guests(tmp_path: Path) -> None:
    db, workspace = await _database(tmp_path)
    rows, bad = read_rows("email,regions\nchloe@northwind.example,EMEA\nfelix@northwind.example,\nx@y,\nbad,\n")
    first = await import_rows(db, workspace, rows, bad, lambda: NOW)
    again = await import_rows(db, workspace, rows, bad, lambda: NOW)
    assert (first.new, first.changed, [row.line for row in first.refused]) == (1, 0, [3, 4, 5])
    assert (again.new, again.changed) == (0, 1)
    async with db.read() as session:
        (entry,) = await people.roster(session, workspace)
    assert (entry.person.slack_id, entry.regions) == ("U03", ("EMEA",))
    await db.close()


async def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    db, _ = await _database(tmp_path)
    await db.close()
    (tmp_path / "roster.csv").write_text("email,regions,segments,active\nchloe@northwind.example,EMEA,,yes\nx@y,,,\n")
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/baton.db"}
    done = await baton("csms", "import", "roster.csv", cwd=tmp_path, env=env)
    assert (done.code, done.out.splitlines()) == (
        0,
        ["line 3: nobody in Slack has the address x@y", "1 new, 0 updated, 1 refused"],
    )
    listed = await baton("csms", "list", cwd=tmp_path, env=env)
    assert "chloe@northwind.example  regions: EMEA  segments: any" in listed.out
