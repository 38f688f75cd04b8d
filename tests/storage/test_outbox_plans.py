"""What the engine asks several times a second does not read every notice there is."""

import pytest
from sqlalchemy import event, text

from storage import claims, notices
from storage.claims import Claims, Open
from storage.database import Database
from storage.types import to_sqlite
from tests.storage.house import NOW, House, later, make_house

FUTURE = 40_000


@pytest.fixture
async def crowded(sqlite_url: str) -> House:
    """Many reminders for another day and many things said, and a few that are due."""
    house = await make_house(Database(sqlite_url))
    async with house.db.write() as tx:
        await tx.session.execute(
            text(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many) "
                "INSERT INTO notice (workspace_id, key, kind, lane, audience, facts, thread_key, priority, not_before, "
                "state, why, attempts, revision, sent_revision, channel_id, ts, created_at) "
                "SELECT :house, 'k' || i, 'x', 'deal:' || (i / 3), '', '{}', '', 5, :later, "
                "CASE i % 2 WHEN 0 THEN 'pending' ELSE 'sent' END, '', 0, 1, 0, '', '', :later FROM n"
            ),
            {"many": FUTURE, "house": house.workspace, "later": to_sqlite(later(86_400))},
        )
    return house


async def test_a_step_of_the_engine_uses_the_indexes_made_for_it(crowded: House) -> None:
    asked: list[tuple[str, tuple[object, ...]]] = []

    def keep(_c: object, _cursor: object, statement: str, given: tuple[object, ...], *_: object) -> None:
        asked.append((statement, given))

    for engine in (crowded.db._reader, crowded.db._writer):  # pyright: ignore[reportPrivateUsage]
        event.listen(engine.sync_engine, "before_cursor_execute", keep)
    await crowded.read(lambda session: claims.stale(session, NOW))
    found = Claims(["a"])
    await crowded.read(lambda session: found.due(session, NOW, Open(), 16))
    await crowded.read(lambda session: found.due(session, NOW, Open(), 16, ["cs"]))
    await crowded.read(lambda session: claims.next_due(session, NOW))
    await crowded.read(lambda session: notices.dead_letters(session, limit=5))
    async with crowded.db.write() as tx:
        await claims.claim(tx.session, [1, 2], NOW, NOW)
    plans: list[str] = []
    async with crowded.db.write() as tx:
        connection = await tx.session.connection()
        for statement, given in list(asked):
            if "FROM notice" in statement:
                found = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
                plans.append("; ".join(str(row[3]) for row in found))
    used = (
        "ix_notice_in_hand",
        "ix_notice_urgent (priority=? AND not_before<?)",
        "ix_notice_urgent (priority=? AND not_before<?)",
        "ix_notice_due",
        "ix_notice_given_up",
        "INTEGER PRIMARY KEY",
    )
    for plan, index in zip(plans, used, strict=True):
        assert index in plan, plan
        assert "SCAN notice" not in plan or index == "ix_notice_given_up", plan
    assert "ix_notice_lane_unfinished" in plans[1]
    await crowded.db.close()
