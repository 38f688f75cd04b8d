"""`baton tick`, `baton date` and `baton csms import` against the local Slack."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from sandbox import Sandbox, SandboxConfig
from storage import people
from storage.database import Database
from storage.models import Csm, Notice, Person
from storage.notices import NewNotice, add
from tests.bot.program import baton


@pytest.fixture
async def env(tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    sandbox = Sandbox(SandboxConfig(port=0, pace=0))
    up = asyncio.Event()
    serving = asyncio.create_task(sandbox.serve(ready=up))
    await up.wait()
    found = {**sandbox.environment(), "DATABASE_URL": f"sqlite:///{tmp_path}/baton.db", "BATON_PACE": "0"}
    assert (await baton("migrate", cwd=tmp_path, env=found)).code == 0
    yield found
    await sandbox.stop()
    await serving


async def test_an_import_learns_people_from_slack(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(
        "email,regions\nchloe@northwind.example,EMEA\nfelix@northwind.example,\nnobody@x.example,\n"
    )
    done = await baton("csms", "import", "roster.csv", cwd=tmp_path, env=env)
    assert done.code == 0
    assert done.out.splitlines() == [
        "line 3: felix@northwind.example is a guest or from another company, and can't be a CSM",
        "line 4: nobody in Slack has the address nobody@x.example",
        "1 new, 0 updated, 2 refused",
    ]
    db = Database(env["DATABASE_URL"])
    async with db.read() as session:
        person = (await session.scalars(select(Person).join(Csm, Csm.person_id == Person.id))).one()
    await db.close()
    assert (person.slack_id, person.zone) == ("U03CHLOEDV", "Europe/Amsterdam")


async def test_tick_does_what_is_due_at_the_moment_given_and_no_more(env: dict[str, str], tmp_path: Path) -> None:
    db = Database(env["DATABASE_URL"])
    due = datetime(2030, 1, 1, tzinfo=UTC)
    async with db.write() as tx:
        workspace = await people.ensure_workspace(tx.session, "T00NORTHW", "Northwind", "U00BOT0001", due)
        await add(tx.session, workspace, [NewNotice("x", "deal_opened", "deal:1", "deal", due)], due)
    early = await baton("tick", "--now", "2029-12-31T00:00:00Z", cwd=tmp_path, env=env)
    assert (early.code, early.out.strip()) == (0, "0 done, 1 wait for their time.")
    late = await baton("tick", "--now", "2030-01-01T00:00:01Z", cwd=tmp_path, env=env)
    assert (late.code, late.out.strip()) == (0, "1 done, 0 wait for their time.")
    again = await baton("tick", "--now", "2030-01-01T00:00:01Z", cwd=tmp_path, env=env)
    assert again.out.strip() == "0 done, 0 wait for their time."
    async with db.read() as session:
        notice = (await session.scalars(select(Notice))).one()
    assert (notice.state, notice.why) == ("quiet", "the deal is gone")
    await db.close()


async def test_tick_without_slack_is_a_sentence(env: dict[str, str], tmp_path: Path) -> None:
    ended = await baton("tick", cwd=tmp_path, env={**env, "SLACK_API_URL": "http://127.0.0.1:9/api/"})
    assert ended.code == 1
    assert "baton: Slack can't be reached" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("arguments", "code", "lines"),
    [
        (["--now", "2026-11-20", "--locale", "sv-SE", "om två veckor"], 0, ["2026-12-04"]),
        (["--now", "2026-11-20T09:00:00Z", "2026-12-31", "soon"], 0, ["2026-12-31", "-"]),
        (["--now", "never", "today"], 2, []),
        ([], 2, []),
    ],
)
async def test_date_says_one_line_a_phrase(arguments: list[str], code: int, lines: list[str], tmp_path: Path) -> None:
    ended = await baton("date", *arguments, cwd=tmp_path)
    assert ended.code == code
    assert [line.split(" ")[0] for line in ended.out.splitlines()] == lines


async def test_help_is_there_at_once_and_names_every_command(tmp_path: Path) -> None:
    ended = await baton("--help", cwd=tmp_path)
    assert ended.code == 0
    for name in ("demo", "run", "sandbox", "migrate", "check", "date", "tick", "csms"):
        assert f"\n  {name} " in ended.out


def test_help_loads_none_of_the_heavy_libraries() -> None:
    # What the command line itself needs is loaded here already; the rest must not be part of it.
    code = "import sys, bot.cli; print([m for m in ('sqlalchemy', 'fastapi', 'slack_bolt') if m in sys.modules])"
    assert _python(code) == "[]"


def _python(code: str) -> str:
    async def run() -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
        )
        out, _ = await process.communicate()
        return out.decode().strip()

    return asyncio.run(run())
