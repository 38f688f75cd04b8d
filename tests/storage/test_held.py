"""What waits for a person is found by person and by the deals they are CSM of, and by nothing else."""

from datetime import datetime

from sqlalchemy import update

from storage import held
from storage.held import HELD
from storage.models import Deal, Notice
from storage.notices import PENDING, NewNotice
from tests.storage.house import NOW, House, later


async def waiting(house: House, key: str, audience: str, deal_id: int | None, why: str, at: datetime) -> None:
    await house.add(NewNotice(key, "check_due", key, audience, at, deal_id))
    await house.write(lambda session: session.execute(update(Notice).where(Notice.key == key).values(why=why)))


async def test_only_what_is_held_for_them_is_looked_at_again(house: House) -> None:
    mine, other = await house.deal(1), await house.deal(2)
    csm = update(Deal).where(Deal.id == mine).values(csm_id=house.people["Chlo\u00e9"])
    await house.write(lambda session: session.execute(csm))
    tonight = later(3_600)
    await waiting(house, "person", "person:U2", None, HELD, tonight)
    await waiting(house, "deal", "deal", mine, HELD, tonight)
    await waiting(house, "of-ada", "person:U1", None, HELD, tonight)
    await waiting(house, "other-deal", "deal", other, HELD, tonight)
    await waiting(house, "for-slack", "deal", mine, "Slack asked to wait", tonight)
    assert await house.read(lambda session: held.is_any(session, house.workspace, "U2", NOW))
    assert not await house.read(lambda session: held.is_any(session, house.workspace, "U3", NOW))
    found = await house.write(lambda session: held.look_again(session, house.workspace, "U2", NOW))
    rows = {key: await house.row(key) for key in ("person", "deal", "of-ada", "other-deal", "for-slack")}
    assert sorted(found) == sorted([rows["person"].id, rows["deal"].id])
    assert {key for key, row in rows.items() if row.not_before == NOW} == {"person", "deal"}
    assert {row.state for row in rows.values()} == {PENDING}
    assert not await house.read(lambda session: held.is_any(session, house.workspace, "U2", NOW))
