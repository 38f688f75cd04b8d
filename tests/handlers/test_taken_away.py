"""Baton is uninstalled: the events of Slack stop what it says, and what is known is kept for a while."""

from sqlalchemy import select

from storage import absence
from storage.models import Workspace
from storage.plan_models import Due
from tests.handlers.office import Office


async def test_uninstalling_stops_what_is_said(office: Office) -> None:
    async with office.http.post(f"{office.url}_sandbox/install", json={"installed": False}) as answer:
        assert answer.ok

    async def gone() -> list[Due]:
        async with office.baton.db.read() as session:
            return list((await session.scalars(select(Due).where(Due.kind == absence.KIND))).all())

    (row,) = await office.until(gone)
    assert (row.on_day - office.baton.clock().date()).days in (30, 31)
    assert (await office.audited()).count("taken_away") == 1
    async with office.baton.db.read() as session:
        assert (await session.scalars(select(Workspace.gone_at))).one() is not None
    assert "Slack took Baton's access away" in office.log.getvalue()
