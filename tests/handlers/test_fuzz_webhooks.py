"""What Baton says of its own routes, fuzzed against a running one: the description is true, and nothing is a 5xx."""

import gzip
import time
from collections import Counter
from collections.abc import Generator
from datetime import UTC, date, datetime

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from standardwebhooks import Webhook

from tests.handlers.fuzzed import WEBHOOK_SECRET, Thread, in_a_thread, postgres_of_its_own

ROUTE = "/webhooks/baton"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
FITTING = {
    "it is empty",
    "it has control characters in it",
    "it has to be a web address beginning with https://",
    "it is longer than 200 characters",
}
"""What a description in JSON Schema can't say: texts that are empty once control characters are gone, and the like."""
_DAYS = st.dates(date(1971, 1, 1), date(2199, 1, 1))


def _fuzz(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def baton(postgres_server: str) -> Generator[Thread]:
    """On PostgreSQL, which takes fewer characters and smaller numbers than SQLite."""
    with postgres_of_its_own(postgres_server) as database, in_a_thread(database, http_mode=True) as thread:
        yield thread


@pytest.fixture(scope="module")
def schema(baton: Thread) -> BaseSchema:
    schemathesis.openapi.format("date", _DAYS.map(str))
    schemathesis.openapi.format("date-time", st.tuples(_DAYS, st.times()).map(lambda at: f"{at[0]}T{at[1]}Z"))
    return schemathesis.openapi.from_dict(httpx.get(f"{baton.office.address}/openapi.json").json())


def _signed(raw: bytes, *, right: bool = True) -> dict[str, str]:
    at, name = datetime.now(UTC), f"evt_{time.monotonic_ns()}"
    signature = Webhook(WEBHOOK_SECRET).sign(name, at, raw.decode("utf-8", "replace"))
    if not right:
        signature = signature[:8] + ("A" if signature[8] != "A" else "B") + signature[9:]
    return {"webhook-id": name, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def _send(baton: Thread, case: Case, *, right: bool) -> requests.Response:
    request = requests.Request(**case.as_transport_kwargs(base_url=baton.office.address)).prepare()
    body = request.body or b""
    raw = body if isinstance(body, bytes) else body.encode()
    request.headers.update(_signed(raw, right=right))
    with requests.Session() as session:
        return session.send(request, timeout=30)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_body_is_answered_as_described(baton: Thread, schema: BaseSchema, mode: GenerationMode) -> None:
    seen: Counter[int] = Counter()

    @_fuzz(50)
    @given(case=schema[ROUTE]["POST"].as_strategy(generation_mode=mode))
    def run(case: Case) -> None:
        answer = _send(baton, case, right=True)
        case.validate_response(answer, checks=CHECKS)
        seen[answer.status_code] += 1
        assert not baton.leaks(answer.text)
        if mode is GenerationMode.POSITIVE and answer.status_code != 202:
            assert {refusal["reason"] for refusal in answer.json()["refused"]} <= FITTING, (case.body, answer.text)

    before = len(baton.said())
    run()
    assert set(seen) <= {202, 400, 422}
    assert seen[202] > (30 if mode is GenerationMode.POSITIVE else 0)
    assert seen[422] or mode is GenerationMode.POSITIVE
    said = baton.said(before)
    assert "Traceback" not in said
    assert not [secret for secret in baton.secrets if secret in said]


def test_a_wrong_signature_is_refused_whatever_the_body(baton: Thread, schema: BaseSchema) -> None:
    @_fuzz(25)
    @given(case=schema[ROUTE]["POST"].as_strategy())
    def run(case: Case) -> None:
        answer = _send(baton, case, right=False)
        case.validate_response(answer, checks=CHECKS)
        assert answer.status_code == 401
        assert not baton.leaks(answer.text)

    run()


@pytest.mark.parametrize("route", ["/healthz", "/readyz", "/metrics"])
def test_the_other_routes_answer_as_described(baton: Thread, schema: BaseSchema, route: str) -> None:
    case = schema[route]["GET"].Case()
    case.validate_response(case.call(base_url=baton.office.address), checks=CHECKS)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"])
@pytest.mark.parametrize("route", [ROUTE, "/slack/events"])
def test_other_methods_are_405(baton: Thread, route: str, method: str) -> None:
    answer = httpx.request(method, f"{baton.office.address}{route}")
    assert answer.status_code == 405
    assert not baton.leaks(answer.text)


def test_what_is_packed_is_never_unpacked(baton: Thread) -> None:
    bomb = gzip.compress(b'{"type": "deal.won"}' + b" " * 50_000_000)
    assert len(bomb) < 100_000
    for encoding in ("gzip", "deflate", "br", "gzip, gzip"):
        answer = httpx.post(
            f"{baton.office.address}{ROUTE}", content=bomb, headers=_signed(bomb) | {"content-encoding": encoding}
        )
        assert answer.status_code == 400
        assert "UTF-8" in answer.json()["detail"]
