"""Everything of a deal is read, in as many queries whatever there is of it."""

from sqlalchemy import insert

from domain.usage.metrics import USUAL
from storage import audit, export
from storage.audit import Act
from storage.interaction_models import Interaction, Win
from storage.models import Deal
from tests.storage.house import NOW, House


async def test_a_deal_is_read_whole(house: House) -> None:
    deal, ada = await house.deal(), house.people["Ada"]
    async with house.db.write() as tx:
        row = await tx.session.get_one(Deal, deal)
        about = {"workspace_id": house.workspace, "account_id": row.account_id, "author_id": ada, "at": NOW}
        said = {**about, "kind": "call", "note": "Agreed on the date", "origin": "1"}
        await tx.session.execute(insert(Interaction).values(said))
        await tx.session.execute(insert(Interaction).values({**said, "origin": "2", "undone_at": NOW}))
        await tx.session.execute(insert(Win).values({**about, "note": "First invoice", "origin": "3"}))
        await audit.record(tx.session, house.workspace, Act("U1", "handoff_submitted", "form", deal), NOW)
    found = await house.read(lambda session: export.load(session, deal, USUAL, NOW.date()))
    assert found is not None
    assert found.picture.id == deal
    assert [(one.who, one.kind, one.note) for one in found.conversations] == [("Ada", "call", "Agreed on the date")]
    assert [one.note for one in found.wins] == ["First invoice"]
    assert [(one.who, one.what, one.via) for one in found.history] == [("Ada", "handoff submitted", "form")]
    assert await house.read(lambda session: export.find(session, house.workspace, "D-1")) == deal
    assert await house.read(lambda session: export.find(session, house.workspace + 1, "D-1")) is None
    assert await house.read(lambda session: export.load(session, deal + 99, USUAL, NOW.date())) is None
