"""Files of an import: every row is read by the webhook's rules, or named with its line and reason."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.csv_files import BadRow
from bot.errors import WrongUsage
from bot.imports import DEALS, AccountRow, read_accounts, read_deals, read_people
from domain.deals import AccountFacts, Begin, DealFacts
from tests.bot.program import baton

HEADING = "id,name,account_id,account_name,closed_at,owner_email"
GOOD = "D-1,Core,A-1,Fjordbank,2026-02-01,ada@x.example"


def test_a_deal_with_all_its_cells() -> None:
    text = (
        ";".join(DEALS)
        + "\nD-1;Core;A-1;Fjordbank AS;fjord.example;mid-market;EMEA;48000.50;eur;2026-02-01;ADA@x.example;"
        'chloe@x.example;https://crm.example/1;Core | Reports;Growth;"Two\nlines";saas-90-days;2027-02-01;Channel\n'
    )
    table = read_deals(text)
    assert table.bad == []
    (row,) = table.rows
    assert (row.line, row.begin) == (3, Begin.CHANNEL)
    assert row.facts == DealFacts(
        id="D-1",
        name="Core",
        account=AccountFacts("A-1", "Fjordbank AS", "fjord.example", "mid-market", "EMEA"),
        closed_at=datetime(2026, 2, 1, tzinfo=UTC),
        owner_email="ada@x.example",
        amount=Decimal("48000.50"),
        currency="EUR",
        csm_email="chloe@x.example",
        crm_url="https://crm.example/1",
        products=("Core", "Reports"),
        plan="Growth",
        notes="Two\nlines",
        playbook="saas-90-days",
        renews_on=date(2027, 2, 1),
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("D-2,Core,A-1,F,1 Feb 2026,a@x", "closed_at: it has to be a time such as"),
        ("D-2,Core,A-1,F,2026-02-30,a@x", "closed_at: there is no such"),
        ("D-2,,A-1,F,2026-02-01,a@x", "name: it is missing"),
        ("D-2,Core,,F,2026-02-01,a@x", "account_id: it is missing"),
        ("D-2,Core,A-1,F,2026-02-01,", "owner_email: it is missing"),
        (",Core,A-1,F,2026-02-01,a@x", "id: it is missing"),
        ("D-2,Core,A-1,F,2026-02-01,a@x,more", "more cells"),
        (GOOD, "D-1 stands in line 2 already"),
    ],
)
def test_a_bad_deal_is_named_by_line_column_and_reason(line: str, reason: str) -> None:
    table = read_deals(f"{HEADING}\n{GOOD}\n{line}\n")
    assert [row.facts.id for row in table.rows] == ["D-1"]
    (bad,) = table.bad
    assert bad.line == 3
    assert reason in bad.reason


def test_what_is_begun_is_the_most_of_what_is_asked() -> None:
    rows = [f"D-{n},Core,A-1,F,2026-02-01,a@x,{begin}" for n, begin in enumerate(("", "channel", "plan", ""))]
    table = read_deals("\n".join([f"{HEADING},begin", *rows]), channels={"D-2", "D-3"}, plans={"D-1"})
    assert [row.begin for row in table.rows] == [Begin.NOTHING, Begin.PLAN, Begin.PLAN, Begin.CHANNEL]
    odd = read_deals(f"{HEADING},begin\n{GOOD},chanel\n").bad
    assert odd == [BadRow(2, "begin: it has to be channel, plan or empty; did you mean channel?")]


def test_an_id_the_file_does_not_have_is_wrong_usage() -> None:
    with pytest.raises(WrongUsage, match="--open-channels: the file has no deal 'D-9'"):
        read_deals(f"{HEADING}\n{GOOD}\n", channels={"D-1", "D-9"})
    with pytest.raises(WrongUsage, match="--start-plans"):
        read_deals(f"{HEADING}\n{GOOD}\n", plans={"D-9"})


def test_ids_that_differ_in_case_are_two() -> None:
    table = read_accounts("id,name\n0015x,One\n0015X,Two\n")
    assert table.rows == [AccountRow(2, AccountFacts("0015x", "One")), AccountRow(3, AccountFacts("0015X", "Two"))]


def test_people_are_csms_or_sellers() -> None:
    table = read_people("email,role,regions\nc@x,,EMEA\na@x,Seller,\nb@x,boss,\n")
    assert [(row.email, row.csm is not None) for row in table.rows] == [("c@x", True), ("a@x", False)]
    assert table.bad == [BadRow(4, "role: it has to be csm or seller, not 'boss'")]


@given(st.text())
def test_no_text_at_all_breaks_a_reader(text: str) -> None:
    for read, heading in ((read_deals, HEADING), (read_accounts, "id,name"), (read_people, "email,role")):
        table = read(f"{heading}\n{text}")
        assert len(table.rows) + len(table.bad) <= text.count("\n") + text.count("\r") + 1


async def test_another_heading_or_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("id;title\n", "utf-8")
    heading = await baton("import", "deals", "deals.csv", cwd=tmp_path)
    assert heading.code == 2
    assert heading.err.startswith("baton: There is no column 'title'; known are id, name, account_id,")
    missing = await baton("import", "people", "none.csv", cwd=tmp_path)
    assert (missing.code, missing.err) == (2, "baton: none.csv: No such file or directory.\n")
