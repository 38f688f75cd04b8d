"""`baton usage replay` as people run it, and the files it reads."""

import csv
import math
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.usage import replay
from bot.errors import Failure, WrongUsage
from bot.usage_files import Refusals, make_history, read_accounts, read_usage
from tests.bot.program import baton

MONDAY = date(2025, 1, 13)
HEADING = "account_id,week_start,metric,value\n"


def _usage(path: Path, weeks: int = 40, accounts: int = 12) -> Path:
    """A dozen steady customers; the first falls silent in week 30, and week 20 of the feed is missing."""
    lines = [
        f"acme-{account:02d},{MONDAY + timedelta(weeks=week)},logins,{30 + (7 * week + 3 * account) % 9}"
        for week in range(weeks)
        for account in range(accounts)
        if week != 20 and not (account == 0 and week >= 30)
    ]
    path.write_text(HEADING + "\n".join(lines) + "\n")
    return path


async def test_a_replay_writes_alerts_and_says_what_it_could_not_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = _usage(tmp_path / "usage.csv")
    with usage.open("a") as stream:
        stream.write(f"acme-01,{MONDAY},logins,many\nacme-01,2025-01-14,logins,3\n")
    (tmp_path / "accounts.csv").write_text(
        "account_id,created_week,region,vertical,size_class,seats\nacme-00,,SE,,,5\n"
    )
    done = await baton(
        "usage", "replay", "usage.csv", "--accounts", "accounts.csv", "--out", "alerts.csv", cwd=tmp_path
    )
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines()[:2] == [
        "usage.csv, line 460: value 'many' is no number from 0 on",
        "usage.csv, line 461: week_start 2025-01-14 is a Tuesday; weeks begin on Mondays",
    ]
    assert "12 accounts, 40 weeks, 458 rows, 2 refused: 1 data_broken, 1 usage_drop" in done.err
    rows = list(csv.DictReader((tmp_path / "alerts.csv").open()))
    assert [(row["account_id"], row["week_start"], row["kind"], row["severity"]) for row in rows] == [
        ("*", str(MONDAY + timedelta(weeks=20)), "data_broken", "severe"),
        ("acme-00", str(MONDAY + timedelta(weeks=31)), "usage_drop", "severe"),
    ]
    assert "logins of all accounts: no rows" in rows[0]["explanation"]
    assert "to 0.0 a week (−100%) since 2025-08-11" in rows[1]["explanation"]
    replay(usage, tmp_path / "accounts.csv")
    assert capsys.readouterr().out == (tmp_path / "alerts.csv").read_text()


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        ("", WrongUsage, "account_id is missing"),
        ("account_id,week_start,metric\n", WrongUsage, "value is missing"),
        (HEADING, Failure, "no usable row"),
        (HEADING + f"a,{MONDAY},clicks,1\n", Failure, "none of the metrics"),
        (HEADING + f"a,{MONDAY},logins,1\na,2085-01-01,logins,1\n", Failure, "wrong year"),
    ],
)
def test_a_file_that_is_none_ends_with_a_sentence(
    tmp_path: Path, text: str, kind: type[Failure], sentence: str
) -> None:
    (tmp_path / "usage.csv").write_text(text)
    with pytest.raises(Failure, match=sentence) as caught:
        replay(tmp_path / "usage.csv")
    assert type(caught.value) is kind


async def test_a_file_that_is_not_there_is_named_without_a_traceback(tmp_path: Path) -> None:
    missing = await baton("usage", "replay", "nowhere.csv", cwd=tmp_path)
    assert (missing.code, "nowhere.csv: No such file" in missing.err) == (2, True)
    assert "Traceback" not in missing.err


def test_a_file_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match=r"--out .*no/alerts\.csv: No such file"):
        replay(_usage(tmp_path / "usage.csv", weeks=3), out=tmp_path / "no/alerts.csv")


def test_of_a_repeated_row_the_last_counts(tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    file.write_text("\ufeffValue,METRIC,week_start,account_id\n" + f"1,logins,{MONDAY},a\n7,logins,{MONDAY},a\n")
    history = make_history(read_usage(file, Refusals()), {})
    assert history.counts["logins"].tolist() == [[7.0]]


def test_an_account_without_any_row_is_part_of_the_history_from_its_creation(tmp_path: Path) -> None:
    usage, accounts = tmp_path / "usage.csv", tmp_path / "accounts.csv"
    usage.write_text(HEADING + f"a,{MONDAY},logins,1\na,{MONDAY + timedelta(weeks=2)},logins,1\n")
    accounts.write_text(
        f"account_id,created_week,seats\nb,{MONDAY + timedelta(days=9)},4\nc,,3\nd,2099-01-05,3\ne,soon,1\nf,,many\n"
    )
    refusals = Refusals()
    history = make_history(read_usage(usage, refusals), read_accounts(accounts, refusals))
    assert history.fleet.ids == ("a", "b")
    assert history.fleet.created[1] == 1
    assert [line.split(":")[0] for line in refusals.lines] == ["accounts.csv, line 5", "accounts.csv, line 6"]


@given(st.text(max_size=200))
def test_no_text_at_all_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("any") / "usage.csv"
    file.write_text(HEADING + text, encoding="utf-8", errors="replace", newline="")
    refusals = Refusals()
    try:
        rows = read_usage(file, refusals)
    except WrongUsage:
        return
    assert len(rows.value) + refusals.count <= text.count("\n") + text.count("\r") + 1
    assert all(math.isfinite(value) for value in rows.value)
