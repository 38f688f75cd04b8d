"""What is due is found by its index among the rows of ten thousand deals with a hundred thousand milestones."""

from datetime import date

import pytest
from sqlalchemy import event, text

from storage import due
from storage.database import Database
from storage.types import to_sqlite
from tests.storage.house import NOW, House, later, make_house

DEALS = 10_000
KINDS = 6


@pytest.fixture
async def crowded(db: Database) -> House:
    """Every deal with its clocks and ten open milestones; a few rows are due now."""
    house = await make_house(db)
    utc = to_sqlite if db.is_sqlite else str
    serial = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)"
    given = {"house": house.workspace, "now": utc(NOW)}
    stamp = ":now" if db.is_sqlite else "CAST(:now AS timestamptz)"
    far = ":far" if db.is_sqlite else "CAST(:far AS timestamptz)"
    account = await house.deal()
    async with db.write() as tx:
        await tx.session.execute(
            text(
                f"{serial} INSERT INTO deal (workspace_id, account_id, external_id, name, search_name, state, "
                "currency, owner_email, csm_email, crm_url, products, plan, notes, playbook, stage, csm_why, "
                "channel_name, channel_private, channel_outsiders, bookmark_id, bookmark_url, topic, "
                "created_at, updated_at) "
                "SELECT :house, a.account_id, 'X' || i, 'x', 'x', 'open', '', '', '', '', '[]', '', '', '', '', '', "
                f"'', true, false, '', '', '', {stamp}, {stamp} FROM n, deal a WHERE a.id = :first"
            ),
            given | {"many": DEALS, "first": account},
        )
        await tx.session.execute(
            text(
                f"{serial} INSERT INTO milestone (deal_id, number, step, kind, title, about, due, state, after, "
                "responsible, accountable, consulted, informed, owner_name, evidence_asked, evidence, why, unblocker, "
                "remind, touched, changed_at, version) "
                "SELECT d.id, i, '', 'other', 't', '', :due, 'planned', 'close', 'csm', 'csm', '[]', '[]', '', '', '', "
                f"'', '', '[7,1,0]', false, {stamp}, 1 FROM n, deal d"
            ),
            given | {"many": 10, "due": date(2026, 12, 4) if not db.is_sqlite else "2026-12-04"},
        )
        await tx.session.execute(
            text(
                f"{serial} INSERT INTO due (workspace_id, kind, subject, deal_id, zone, on_day, wall, next_due_utc, "
                "why) SELECT :house, 'k' || i, 'deal:' || d.id, d.id, 'UTC', :day, '09:00', "
                f"CASE WHEN d.id % 500 = 0 AND i = 1 THEN {stamp} ELSE {far} END, '' FROM n, deal d"
            ),
            given
            | {
                "many": KINDS,
                "day": date(2026, 11, 23) if not db.is_sqlite else "2026-11-23",
                "far": utc(later(86_400 * 3)),
            },
        )
    async with db.write() as tx:
        await tx.session.execute(text("ANALYZE"))
    return house


async def test_the_due_query_uses_its_index(crowded: House) -> None:
    asked: list[tuple[str, tuple[object, ...]]] = []
    engine = crowded.db._writer  # pyright: ignore[reportPrivateUsage]

    def keep(_c: object, _cursor: object, statement: str, given: tuple[object, ...], *_: object) -> None:
        asked.append((statement, given))

    event.listen(engine.sync_engine, "before_cursor_execute", keep)
    async with crowded.db.write() as tx:
        first = await due.next_due(tx.session)
        rows = await due.take(tx.session, NOW)
    event.remove(engine.sync_engine, "before_cursor_execute", keep)
    assert (first, len(rows)) == (NOW, DEALS // 500)
    plans: list[str] = []
    explain = "EXPLAIN QUERY PLAN" if crowded.db.is_sqlite else "EXPLAIN"
    async with crowded.db.write() as tx:
        connection = await tx.session.connection()
        for statement, given in [one for one in asked if "FROM due" in one[0]][:2]:
            found = await connection.exec_driver_sql(f"{explain} {statement}", given)
            plans.append("; ".join(str(line[-1]) for line in found))
    assert len(plans) == 2
    for plan in plans:
        assert "ix_due_next_due_utc" in plan, plan
        assert "Seq Scan on due" not in plan, plan
        assert "TEMP B-TREE" not in plan, plan
