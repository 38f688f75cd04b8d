"""Readiness says why it is not, and never shows the database's address."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from handlers.health import health_router
from handlers.metrics import MeasuredRequests, Metrics
from storage.database import Database
from storage.migrate import migrate


async def _ask(url: str, troubles: list[str], path: str = "/readyz") -> httpx.Response:
    db = Database(url)
    metrics = Metrics()
    app = FastAPI()
    app.include_router(health_router(db, lambda: datetime.now(UTC), metrics, lambda: troubles))
    app.add_middleware(MeasuredRequests, metrics=metrics)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        if path == "/metrics":
            await client.get("/readyz")
            await client.get("/wp-login.php")
        answer = await client.get(path)
    await db.close()
    return answer


@pytest.fixture
def url(tmp_path: Path) -> str:
    made = f"sqlite:///{tmp_path}/baton.db"
    migrate(made)
    return made


async def test_ready(url: str) -> None:
    answer = await _ask(url, [])
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})


async def test_a_part_that_does_not_run_is_a_reason(url: str) -> None:
    answer = await _ask(url, ["The engine does not run."])
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["The engine does not run."])


async def test_an_old_schema_is_a_reason(url: str) -> None:
    db = Database(url)
    async with db.write() as tx:
        await tx.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    await db.close()
    answer = await _ask(url, [])
    assert answer.status_code == 503
    assert "schema 0000" in answer.json()["reasons"][0]


async def test_no_schema_is_a_reason(tmp_path: Path) -> None:
    answer = await _ask(f"sqlite:///{tmp_path}/empty.db", [])
    assert answer.json()["reasons"] == ["The database has no schema yet: run `baton migrate`."]


@pytest.mark.parametrize("url", ["postgresql://baton:pa55word@127.0.0.1:1/x", "sqlite:////nowhere/at/all/baton.db"])
async def test_a_database_that_is_away_is_a_reason_and_its_address_stays_secret(url: str) -> None:
    answer = await _ask(url, [])
    assert answer.status_code == 503
    assert "can't be used" in answer.json()["reasons"][0]
    assert "pa55word" not in answer.text
    assert "nowhere" not in answer.text


async def test_the_process_lives_whatever_else_is_wrong() -> None:
    answer = await _ask("postgresql://baton:pa55word@127.0.0.1:1/x", ["The engine does not run."], "/healthz")
    assert answer.status_code == 200


async def test_numbers_count_requests_by_route_and_notices_by_state(url: str) -> None:
    text_ = (await _ask(url, [], "/metrics")).text
    assert 'baton_http_requests_total{route="/readyz",status="200"} 1.0' in text_
    assert 'baton_http_requests_total{route="other",status="404"} 1.0' in text_
    assert "wp-login" not in text_
    assert 'baton_notices{state="due"} 0.0' in text_
    assert "baton_ready 1.0" in text_


async def test_numbers_without_a_database(tmp_path: Path) -> None:
    answer = await _ask(f"sqlite:///{tmp_path}/empty.db", [], "/metrics")
    assert answer.status_code == 200
    assert "baton_ready 0.0" in answer.text


def test_two_programs_in_one_process_do_not_share_numbers() -> None:
    first, second = Metrics(), Metrics()
    first.requests.labels("/x", "200").inc()
    assert second.registry.get_sample_value("baton_http_requests_total", {"route": "/x", "status": "200"}) is None
