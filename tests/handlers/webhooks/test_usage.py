"""`usage.recorded`: samples are recorded once, good ones kept, bad ones named, on both kinds of database."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import select

from domain.deals import AccountFacts
from storage import deals, usage
from storage.models import InboundEvent
from storage.usage import LoadedFleet
from tests.handlers.webhooks.conftest import NOW, Crm, won
from tests.storage.house import House
from tests.storage.usage_house import UsageHouse, shown

MONDAY = date(2026, 11, 9)


@pytest.fixture
def store(database_url: str) -> str:
    """Both kinds of database."""
    return database_url


def sample(
    account: str = "A-1", day: str = "2026-11-09", value: object = 3, metric: str = "logins"
) -> dict[str, object]:
    return {"account_id": account, "day": day, "metric": metric, "value": value}


def home(crm: Crm) -> UsageHouse:
    return UsageHouse(House(crm.services.db, crm.services.people.workspace_id))


async def fleet(crm: Crm) -> LoadedFleet:
    async with crm.services.db.read() as session:
        return await usage.load_fleet(
            session, crm.services.people.workspace_id, ["logins"], until=date(2026, 11, 20), weeks=4
        )


async def test_samples_are_recorded_and_the_last_of_a_day_counts(crm: Crm) -> None:
    answer = await crm.send("usage.recorded", {"samples": [sample(), sample(day="2026-11-11"), sample(value=5.5)]})
    assert answer.status_code == 202
    assert answer.json() == {"accepted": 3, "duplicates": 0, "refused": []}
    await crm.send("usage.recorded", {"samples": [sample(day="2026-11-11", value=0)]})
    assert await home(crm).table() == {
        ("A-1", "logins", date(2026, 11, 9)): 5.5,
        ("A-1", "logins", date(2026, 11, 11)): 0,
    }


async def test_delivered_twice_it_acts_once(crm: Crm) -> None:
    samples = {"samples": [sample()]}
    first = await crm.send("usage.recorded", samples, "evt_u")
    await crm.send("usage.recorded", {"samples": [sample(value=9)]}, "evt_v")
    again = await crm.send("usage.recorded", samples, "evt_u")
    assert first.json() == {"accepted": 1, "duplicates": 0, "refused": []}
    assert again.json() == {"accepted": 0, "duplicates": 1, "refused": []}
    assert list((await home(crm).table()).values()) == [9]


@pytest.mark.parametrize("value", [-1, -0.5, 1e13, 1e308, None, "3", [], True])
async def test_what_is_no_count_is_refused_and_the_others_are_kept(crm: Crm, value: object) -> None:
    answer = await crm.send("usage.recorded", {"samples": [sample(value=value), sample(account="A-2")]})
    assert answer.status_code == 202
    body = answer.json()
    assert (body["accepted"], [(one["index"], one["field"]) for one in body["refused"]]) == (1, [(0, "value")])
    assert list(await home(crm).table()) == [("A-2", "logins", MONDAY)]


async def test_nothing_usable_is_422_and_records_nothing(crm: Crm) -> None:
    answer = await crm.send("usage.recorded", {"samples": [sample(value=-1), {}]})
    assert answer.status_code == 422
    assert [one["index"] for one in answer.json()["refused"]] == [0, 1]
    assert await home(crm).table() == {}


async def test_ten_thousand_samples_in_one_request(crm: Crm) -> None:
    samples = [sample(account=f"A-{n % 2_500}", day=f"2026-11-{9 + n // 2_500:02d}", value=n) for n in range(10_000)]
    answer = await crm.send("usage.recorded", {"samples": samples})
    assert answer.json()["accepted"] == 10_000
    assert len(await home(crm).table()) == 10_000


async def test_usage_before_its_deal_joins_when_the_deal_is_won(crm: Crm) -> None:
    await crm.send("usage.recorded", {"samples": [sample(account="A-1", value=7), sample(account="A-2", value=1)]})
    assert (await fleet(crm)).accounts == ()
    await crm.send("deal.won", won())
    assert shown(await fleet(crm)) == {"logins": {"A-1": [7]}}
    async with crm.services.db.write() as tx:
        await deals.upsert_account(tx.session, crm.services.people.workspace_id, AccountFacts("A-2", "Two"), NOW)
    assert shown(await fleet(crm)) == {"logins": {"A-1": [7], "A-2": [1]}}


async def test_many_requests_at_once_are_all_recorded(crm: Crm) -> None:
    batches = [
        {"samples": [sample(account=f"A-{n}", day=f"2026-11-{9 + number:02d}", value=number) for n in range(40)]}
        for number in range(7)
    ]
    answers = await asyncio.gather(*(crm.send("usage.recorded", batch) for batch in batches))
    assert {answer.status_code for answer in answers} == {202}
    assert len(await home(crm).table()) == 280


async def test_the_samples_are_not_kept_a_second_time(crm: Crm) -> None:
    await crm.send("usage.recorded", {"samples": [sample(), sample(day="2026-11-02")]})
    async with crm.services.db.read() as session:
        kept = (await session.scalars(select(InboundEvent))).one()
    assert kept.body["data"] == {"samples": 2, "first_day": "2026-11-02", "last_day": "2026-11-09"}
