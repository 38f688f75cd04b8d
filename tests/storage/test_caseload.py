"""How many open deals a CSM has, kept as deals change hands; checked against a count each time."""

import random

import pytest
from sqlalchemy import select

from domain.deals import DealState
from storage import caseload, people
from storage.models import Csm, Deal
from tests.storage.house import House


async def kept(house: House) -> dict[int, int]:
    async with house.db.read() as session:
        rows = (await session.scalars(select(Csm))).all()
        return {row.person_id: row.open_deals for row in rows}


async def counted(house: House) -> dict[int, int]:
    async with house.db.read() as session:
        ids = (await session.scalars(select(Csm.person_id))).all()
        return {person: await caseload.count(session, person) for person in ids}


async def make_csms(house: House, *names: str) -> None:
    async with house.db.write() as tx:
        for name in names:
            await people.set_csm(tx.session, house.workspace, house.people[name])


async def change(house: House, deal_id: int, *, csm: str | None = None, state: DealState | None = None) -> None:
    async with house.db.write() as tx:
        deal = await tx.session.get_one(Deal, deal_id)
        if csm is not None:
            deal.csm_id = house.people[csm]
        if state is not None:
            deal.state = state.value


async def test_it_follows_a_deal_from_hand_to_hand_and_to_its_end(house: House) -> None:
    await make_csms(house, "Ada", "Chloé")
    ada, chloe = house.people["Ada"], house.people["Chloé"]
    deal = await house.deal()
    assert await kept(house) == {ada: 0, chloe: 0}
    await change(house, deal, csm="Ada")
    assert await kept(house) == {ada: 1, chloe: 0}
    await change(house, deal, csm="Chloé")
    assert await kept(house) == {ada: 0, chloe: 1}
    await change(house, deal, state=DealState.CLOSED)
    assert await kept(house) == {ada: 0, chloe: 0}


async def test_a_prospect_counts_when_it_is_won(house: House) -> None:
    await make_csms(house, "Ada")
    deal = await house.deal()
    await change(house, deal, csm="Ada", state=DealState.PROSPECT)
    assert await kept(house) == {house.people["Ada"]: 0}
    await change(house, deal, state=DealState.OPENING)
    assert await kept(house) == {house.people["Ada"]: 1}


async def test_who_becomes_a_csm_brings_the_deals_they_have(house: House) -> None:
    for number in range(3):
        await change(house, await house.deal(number), csm="Ada")
    await make_csms(house, "Ada")
    assert await kept(house) == {house.people["Ada"]: 3}


async def test_what_was_rolled_back_does_not_count(house: House) -> None:
    await make_csms(house, "Ada")
    deal = await house.deal()

    async def half_done() -> None:
        async with house.db.write() as tx:
            (await tx.session.get_one(Deal, deal)).csm_id = house.people["Ada"]
            await tx.session.flush()
            raise RuntimeError("half done")

    with pytest.raises(RuntimeError, match="half done"):
        await half_done()
    assert await kept(house) == {house.people["Ada"]: 0}


async def test_it_is_what_counting_gives_after_many_changes(house: House) -> None:
    await make_csms(house, "Ada", "Chloé")
    deals = [await house.deal(number) for number in range(6)]
    choice = random.Random(7)
    for _ in range(60):
        await change(
            house,
            choice.choice(deals),
            csm=choice.choice(["Ada", "Chloé", None]),
            state=choice.choice([None, *DealState]),
        )
    assert await kept(house) == await counted(house)
