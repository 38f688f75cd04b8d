"""The route's answers: signatures, sizes, encodings and everything that is not what it should be."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.services import Services
from handlers.webhooks.models import EVENTS
from handlers.webhooks.parse import Event, Unusable, parse
from handlers.webhooks.problems import NotJson
from handlers.webhooks.router import webhook_router
from tests.handlers.webhooks.conftest import Crm, won

LIMIT = 5 * 1024 * 1024


def _example(kind: str) -> dict[str, object]:
    extra = EVENTS[kind].model_config.get("json_schema_extra")
    assert isinstance(extra, dict)
    return extra["examples"][0]


async def test_bad_samples_are_named_and_good_ones_kept(crm: Crm) -> None:
    good = {"account_id": "A", "day": "2026-11-20", "metric": "logins", "value": 3}
    bad: list[object] = [
        good | {"day": "2026-02-30"},
        good | {"value": "many"},
        good | {"value": True},
        {"account_id": "A"},
        "nonsense",
        good | {"value": 10**400},
    ]
    answer = await crm.send("usage.recorded", {"samples": [good, *bad, good | {"account_id": 7}]}, "evt_u")
    assert answer.status_code == 202
    body = answer.json()
    assert body["accepted"] == 2
    assert [refusal["index"] for refusal in body["refused"]] == [1, 2, 3, 4, 5, 6]
    assert [refusal["field"] for refusal in body["refused"]] == ["day", "value", "value", "day", "samples", "value"]
    assert all(refusal["reason"] for refusal in body["refused"])
    again = await crm.send("usage.recorded", {"samples": [good]}, "evt_u")
    assert again.json() == {"accepted": 0, "duplicates": 2, "refused": body["refused"]}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"id": ""}, "id"),
        ({"id": "a\x00b"}, "id"),
        ({"id": "x" * 201}, "id"),
        ({"id": None}, "id"),
        ({"name": "\x00\u202e "}, "name"),
        ({"account": "Fjordbank"}, "account"),
        ({"account": {"id": "A"}}, "account.name"),
        ({"closed_at": "soon"}, "closed_at"),
        ({"closed_at": 1763640000}, "closed_at"),
        ({"closed_at": "0001-01-01T00:00:00+14:00"}, "closed_at"),
        ({"closed_at": "9999-12-31T23:59:59-14:00"}, "closed_at"),
        ({"closed_at": "2026-13-01"}, "closed_at"),
        ({"owner_email": None}, "owner_email"),
        ({"amount": "lots"}, "amount"),
        ({"amount": True}, "amount"),
        ({"amount": 10**300}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": [1]}, "amount"),
        ({"currency": {"code": "EUR"}}, "currency"),
        ({"crm_url": "javascript:alert(1)"}, "crm_url"),
        ({"crm_url": 'https://x/"><b'}, "crm_url"),
        ({"products": "Core"}, "products"),
        ({"products": ["Core", 7]}, "products.1"),
        ({"products": ["Core"] * 101}, "products"),
        ({"notes": {"text": "x"}}, "notes"),
    ],
)
async def test_a_deal_with_a_wrong_field_is_refused_by_its_name(
    changes: dict[str, object], where: str, crm: Crm
) -> None:
    answer = await crm.send("deal.won", won(**changes))
    assert answer.status_code == 422
    body = answer.json()
    assert (body["accepted"], body["duplicates"]) == (0, 0)
    assert [refusal["field"] for refusal in body["refused"]] == [where]
    assert body["refused"][0]["index"] == 0
    assert body["refused"][0]["reason"]


@pytest.mark.parametrize(
    ("kind", "changes", "where"),
    [
        ("deal.stage_changed", {"probability": 1.01}, "probability"),
        ("deal.stage_changed", {"probability": "half"}, "probability"),
        ("deal.stage_changed", {"expected_close": "15 Jan"}, "expected_close"),
        ("nps.responded", {"score": 11}, "score"),
        ("nps.responded", {"score": 8.5}, "score"),
        ("nps.responded", {"score": True}, "score"),
        ("ticket.updated", {"contacts": -1}, "contacts"),
        ("ticket.updated", {"abandoned": "perhaps"}, "abandoned"),
        ("ticket.updated", {"setup": 3}, "setup"),
        ("plan.changed", {"from": 3}, "from"),
        ("subscription.canceled", {"effective_at": ""}, "effective_at"),
    ],
)
async def test_wrong_fields_of_the_other_types_are_named(
    kind: str, changes: dict[str, object], where: str, crm: Crm
) -> None:
    answer = await crm.send(kind, {**_example(kind), **changes})
    assert answer.status_code == 422
    assert [refusal["field"] for refusal in answer.json()["refused"]] == [where]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ([], "body"),
        ("text", "body"),
        (None, "body"),
        ({}, "type"),
        ({"type": 3}, "type"),
        ({"type": "deal.lost", "timestamp": "2026-11-20T12:00:00Z", "data": {}}, "type"),
        ({"type": "deal.won", "timestamp": "2026-11-20T12:00:00Z"}, "data"),
        ({"type": "deal.won", "timestamp": "2026-11-20T12:00:00Z", "data": []}, "data"),
        ({"type": "deal.won", "data": {}}, "timestamp"),
        ({"type": "deal.won", "timestamp": "yesterday", "data": {}}, "timestamp"),
        ({"type": "usage.recorded", "timestamp": "2026-11-20T12:00:00Z", "data": {"samples": []}}, "samples"),
        ({"type": "usage.recorded", "timestamp": "2026-11-20T12:00:00Z", "data": {"samples": 1}}, "samples"),
    ],
)
async def test_an_envelope_that_cannot_be_used_is_422(body: object, where: str, crm: Crm) -> None:
    answer = await crm.send_raw(json.dumps(body).encode())
    assert answer.status_code == 422
    assert answer.json()["refused"][0]["field"] == where


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b'{"type": NaN}',
        b'{"type": Infinity}',
        b'{"a": ' + b"[" * 100_000,
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": 1,}',
        b'{"a": "\x00"}',
        b"{}{}",
    ],
)
async def test_what_is_not_json_is_400(body: bytes, crm: Crm) -> None:
    answer = await crm.send_raw(body)
    assert answer.status_code == 400
    assert answer.json()["detail"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1"])
async def test_other_encodings_are_400(encoding: str, crm: Crm) -> None:
    body = '{"type": "deal.wön"}'.encode(encoding)
    headers = crm.signed(b"{}", "evt_enc")
    answer = await crm.client.post("/webhooks/baton", content=body, headers=headers)
    assert answer.status_code == 400


async def test_a_byte_order_mark_is_forgiven(crm: Crm) -> None:
    body = {"type": "deal.won", "timestamp": "2026-11-20T12:00:00Z", "data": won()}
    assert (await crm.send_raw(b"\xef\xbb\xbf" + json.dumps(body).encode())).status_code == 202


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
async def test_a_missing_header_is_401(name: str, crm: Crm) -> None:
    headers = crm.signed(b"{}", "evt_1")
    del headers[name]
    answer = await crm.client.post("/webhooks/baton", content=b"{}", headers=headers)
    assert answer.status_code == 401
    assert name in answer.json()["detail"]


@pytest.mark.parametrize(
    "signature", ["v1,", "v1", "v2,abcd", "v1,!!!", ",", "v1,a,b", "v1,AAAA", "x" * 9_000, "v1,åäö"]
)
async def test_a_wrong_signature_is_401(signature: str, crm: Crm) -> None:
    headers: dict[str, str | bytes] = {**crm.signed(b"{}", "evt_1"), "webhook-signature": signature.encode("latin-1")}
    answer = await crm.client.post("/webhooks/baton", content=b"{}", headers=headers)  # pyright: ignore
    assert answer.status_code == 401
    assert "whsec" not in answer.text


@pytest.mark.parametrize("stamp", ["nan", "inf", "-1", "1e400", "0", "soon", "99999999999999"])
async def test_a_wrong_timestamp_is_401(stamp: str, crm: Crm) -> None:
    headers = crm.signed(b"{}", "evt_1") | {"webhook-timestamp": stamp}
    assert (await crm.client.post("/webhooks/baton", content=b"{}", headers=headers)).status_code == 401


@pytest.mark.parametrize(("minutes", "status"), [(-6, 401), (6, 401), (-4, 422), (4, 422)])
async def test_five_minutes_are_the_tolerance(minutes: int, status: int, crm: Crm) -> None:
    headers = crm.signed(b"{}", "evt_1", datetime.now(UTC) + timedelta(minutes=minutes))
    assert (await crm.client.post("/webhooks/baton", content=b"{}", headers=headers)).status_code == status


async def test_another_body_than_the_signed_one_is_401(crm: Crm) -> None:
    headers = crm.signed(b'{"a": 1}', "evt_1")
    assert (await crm.client.post("/webhooks/baton", content=b'{"a": 2}', headers=headers)).status_code == 401


async def test_two_signatures_are_enough_when_one_is_right(crm: Crm) -> None:
    body = json.dumps({"type": "deal.won", "timestamp": "2026-11-20T12:00:00Z", "data": won()}).encode()
    headers = crm.signed(body, "evt_1")
    headers["webhook-signature"] = f"v1,AAAA {headers['webhook-signature']}"
    assert (await crm.client.post("/webhooks/baton", content=body, headers=headers)).status_code == 202


async def test_an_id_that_is_too_long_is_401(crm: Crm) -> None:
    assert (await crm.send_raw(b"{}", "x" * 257)).status_code == 401


async def test_five_mebibytes_are_read_and_one_byte_more_is_413(crm: Crm) -> None:
    whole = b'{"type": "deal.won", "x": "' + b"x" * (LIMIT - 29) + b'"}'
    assert len(whole) == LIMIT
    assert (await crm.send_raw(whole)).status_code == 422
    over = await crm.send_raw(whole + b" ")
    assert over.status_code == 413
    assert "5 MiB" in over.json()["detail"]


async def test_a_body_without_a_length_is_limited_too(crm: Crm) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(6):
            yield b"x" * 1_048_576

    headers = crm.signed(b"{}", "evt_1")
    answer = await crm.client.post("/webhooks/baton", content=chunks(), headers=headers)
    assert answer.status_code == 413


async def test_without_a_secret_everything_is_503(services: Services) -> None:
    app = FastAPI()
    app.include_router(webhook_router(services, None))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.post("/webhooks/baton", content=b"{}")
    assert answer.status_code == 503
    assert "BATON_WEBHOOK_SECRET" in answer.json()["detail"]


async def test_before_slack_is_reached_nothing_is_taken(crm: Crm) -> None:
    crm.services.people.of_workspace(0, "")
    answer = await crm.send("deal.won", won())
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"


async def test_the_description_names_every_type_with_an_example(crm: Crm) -> None:
    schema = (await crm.client.get("/openapi.json")).json()
    operation = schema["paths"]["/webhooks/baton"]["post"]
    assert set(operation["responses"]) >= {"202", "400", "401", "413", "422", "503"}
    body = operation["requestBody"]["content"]["application/json"]
    assert set(body["examples"]) == set(EVENTS)
    assert set(body["schema"]["discriminator"]["mapping"]) == set(EVENTS)
    references = [part["$ref"] for part in body["schema"]["oneOf"]]
    names = schema["components"]["schemas"]
    assert all(reference.removeprefix("#/components/schemas/") in names for reference in references)
    assert "#/$defs" not in json.dumps(schema)
    assert (await crm.client.get("/docs")).status_code == 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
FIELDS = sorted({name for model in EVENTS.values() for name in [*model.model_fields, "from"]} - {"from_"})


def _read(body: bytes) -> Event | NotJson | Unusable:
    try:
        return parse(body)
    except (NotJson, Unusable) as refusal:
        return refusal


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from([*EVENTS, "x"]) | JSON,
    st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=8) | JSON,
    st.just("2026-11-20T12:00:00Z") | JSON,
)
def test_no_json_at_all_breaks_the_reader(kind: object, data: object, at: object) -> None:
    body = json.dumps({"type": kind, "timestamp": at, "data": data}).encode()
    event = _read(body)
    if isinstance(event, Event):
        assert event.accepted >= 1
        json.dumps(event.data.model_dump(mode="json"), allow_nan=False).encode("utf-8")
    else:
        assert str(event)


@given(st.binary(max_size=200))
def test_no_bytes_at_all_break_the_reader(body: bytes) -> None:
    with pytest.raises((NotJson, Unusable)):
        parse(body)


@pytest.mark.parametrize("kind", list(EVENTS))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_one_field_replaced_by_anything_is_read_or_refused_by_name(kind: str, data: st.DataObject) -> None:
    example = _example(kind)
    name = data.draw(st.sampled_from(sorted(example)))
    body = {"type": kind, "timestamp": "2026-11-20T12:00:00Z", "data": {**example, name: data.draw(JSON)}}
    found = _read(json.dumps(body).encode())
    if isinstance(found, Unusable):
        within = {"samples", "account_id", "day", "value", "metric"} if name == "samples" else {name}
        assert {refusal.field.split(".")[0] for refusal in found.refused} <= within
    elif isinstance(found, NotJson):
        assert "NaN" in str(found) or "Infinity" in str(found)
    else:
        assert found.kind == kind
