"""`/healthz`, `/readyz` and `/metrics`."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from domain.clock import Clock
from handlers.metrics import Metrics
from storage import notices, schema
from storage.database import Database

PATIENCE_S: Final = 2.0
STATES: Final = ("due", "later", "given_up")


class Readiness(BaseModel):
    """Whether Baton can do its work, and if not, why."""

    ready: bool
    reasons: list[str]


def health_router(db: Database, clock: Clock, metrics: Metrics, troubles: Callable[[], Sequence[str]]) -> APIRouter:
    """The three routes. `troubles` says in plain sentences what of the process itself does not run."""
    router = APIRouter(tags=["health"])

    async def healthz() -> dict[str, str]:
        """The process lives."""
        return {"status": "ok"}

    async def readyz() -> Response:
        """The database answers and has the newest schema, and the engine runs."""
        reasons = [*await database_troubles(db), *troubles()]
        metrics.ready.set(0 if reasons else 1)
        answer = Readiness(ready=not reasons, reasons=reasons)
        return JSONResponse(answer.model_dump(), 503 if reasons else 200)

    async def numbers() -> Response:
        """Numbers as Prometheus reads them."""
        reasons = [*await database_troubles(db), *troubles()]
        metrics.ready.set(0 if reasons else 1)
        if not reasons:
            async with db.read() as session:
                found = await notices.unfinished(session, clock())
            for state in STATES:
                metrics.notices.labels(state).set(getattr(found, state))
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    router.add_api_route("/healthz", healthz, methods=["GET"])
    router.add_api_route(
        "/readyz", readyz, methods=["GET"], response_model=Readiness, responses={503: {"model": Readiness}}
    )
    router.add_api_route("/metrics", numbers, methods=["GET"], response_class=Response)
    return router


async def database_troubles(db: Database) -> list[str]:
    """What keeps the database from being used, without its address; empty when all is well."""
    try:
        async with asyncio.timeout(PATIENCE_S), db.read() as session:
            found = await schema.current(session)
    except TimeoutError:
        return [f"The database does not answer within {PATIENCE_S:g} s."]
    except (SQLAlchemyError, OSError) as error:
        return [f"The database can't be used: {type(error).__name__}."]
    if found is None:
        return ["The database has no schema yet: run `baton migrate`."]
    if found > schema.HEAD:
        return [f"The database has schema {found}, made by a newer Baton than this one ({schema.HEAD}): install that."]
    if found != schema.HEAD:
        return [f"The database has schema {found}, this program needs {schema.HEAD}: run `baton migrate`."]
    return []
