"""What comes in is kept once, on both kinds of database."""

import asyncio

import pytest
from sqlalchemy import func, select

from handlers.webhooks.models import EVENTS
from storage.models import InboundEvent
from tests.handlers.webhooks.conftest import Crm, won


@pytest.fixture
def store(database_url: str) -> str:
    """Both kinds of database."""
    return database_url


def _example(kind: str) -> dict[str, object]:
    extra = EVENTS[kind].model_config.get("json_schema_extra")
    assert isinstance(extra, dict)
    return extra["examples"][0]


@pytest.mark.parametrize("kind", list(EVENTS))
async def test_every_example_is_accepted_and_kept(kind: str, crm: Crm) -> None:
    answer = await crm.send(kind, _example(kind))
    assert answer.status_code == 202
    assert answer.json() == {"accepted": 1, "duplicates": 0, "refused": []}
    async with crm.services.db.read() as session:
        kept = (await session.scalars(select(InboundEvent))).one()
    assert kept.kind == kind
    assert set(kept.body["data"]) >= set(_example(kind))


async def test_the_same_id_acts_once(crm: Crm) -> None:
    first = await crm.send("deal.won", won(), "evt_same")
    again = await crm.send("deal.won", won(name="Another name"), "evt_same")
    assert first.json() == {"accepted": 1, "duplicates": 0, "refused": []}
    assert again.status_code == 202
    assert again.json() == {"accepted": 0, "duplicates": 1, "refused": []}
    async with crm.services.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(InboundEvent)) == 1


async def test_the_same_id_many_times_at_once_acts_once(crm: Crm) -> None:
    answers = await asyncio.gather(*(crm.send("deal.won", won(), "evt_race") for _ in range(12)))
    assert sum(answer.json()["accepted"] for answer in answers) == 1
    assert sum(answer.json()["duplicates"] for answer in answers) == 11


async def test_nul_surrogates_and_overrides_in_texts_are_taken_out(crm: Crm) -> None:
    answer = await crm.send("deal.won", won(notes="a\x00b\ud83dc\u202ed", name="Fjord\x07bank", products=None))
    assert answer.status_code == 202
    async with crm.services.db.read() as session:
        kept = (await session.scalars(select(InboundEvent))).one()
    assert kept.body["data"]["notes"] == "abcd"
    assert kept.body["data"]["name"] == "Fjordbank"


async def test_ten_thousand_samples_are_taken_and_one_more_is_not(crm: Crm) -> None:
    samples = [{"account_id": str(n), "day": "2026-11-20", "metric": "logins", "value": n} for n in range(10_001)]
    assert (await crm.send("usage.recorded", {"samples": samples[:10_000]})).json()["accepted"] == 10_000
    refused = await crm.send("usage.recorded", {"samples": samples})
    assert refused.status_code == 422
    assert refused.json()["refused"][0]["field"] == "samples"
