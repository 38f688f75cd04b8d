"""`POST /webhooks/baton`: signed events in, each taken in once."""

from typing import Any, Final

import structlog
from fastapi import APIRouter
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.requests import Request
from starlette.responses import JSONResponse

from domain.deals import DealFacts
from domain.usage.samples import Samples, Sifter
from handlers.body import BodyTooLarge, BodyUnfinished, read_body
from handlers.services import Services
from handlers.webhooks.deals import Stage, Teller, record_deal_won, record_stage
from handlers.webhooks.facts import account_facts, deal_facts
from handlers.webhooks.models import (
    Answer,
    DealStageChanged,
    DealWon,
    PlanChanged,
    Problem,
    Refusal,
    SubscriptionCanceled,
    UsageRecorded,
)
from handlers.webhooks.openapi import REQUEST
from handlers.webhooks.parse import Event, Unusable, parse
from handlers.webhooks.problems import NotReady, TooLarge, Unfinished, WebhookProblem
from handlers.webhooks.signature import verify
from handlers.webhooks.subscriptions import record_canceled, record_plan_changed
from storage import inbound, usage
from storage.database import Tx

_log = structlog.stdlib.get_logger("baton.webhooks")

LIMIT: Final = 5 * 1024 * 1024
"""Bytes in one webhook (the webhook's contract)."""
SOURCE: Final = "baton"
CRM: Final = "crm"


def webhook_router(services: Services, secret: str | None) -> APIRouter:
    """The webhook's route. Without a `secret` it answers 503: nothing unsigned is ever believed."""
    router = APIRouter(tags=["webhooks"])

    @router.post(
        "/webhooks/baton",
        summary="Take in one signed event",
        status_code=202,
        response_model=Answer,
        responses={
            400: {"model": Problem, "description": "Not JSON"},
            401: {"model": Problem, "description": "Bad, missing or old signature"},
            408: {"model": Problem, "description": "The body did not come in time"},
            413: {"model": Problem, "description": "Over 5 MiB"},
            422: {"model": Answer, "description": "Nothing in it can be used"},
            503: {
                "model": Problem,
                "description": "Webhooks are not set up, Slack was not reached yet, or the database is away",
            },
        },
        openapi_extra=REQUEST,
    )
    async def take(request: Request) -> JSONResponse:
        """Signed as Standard Webhooks says. Delivered twice with the same `webhook-id` it acts once."""
        return await _take(services, secret, request)

    # FastAPI keeps the function; the name is only here for it.
    del take
    return router


async def _take(services: Services, secret: str | None, request: Request) -> JSONResponse:
    try:
        if secret is None:
            raise NotReady("Webhooks are not set up: BATON_WEBHOOK_SECRET is not set.")
        body = await _body(request)
        event_id = verify(secret, request.headers, body)
        event = parse(body)
        if not services.people.workspace_id:
            raise NotReady("Slack has not been reached yet; send it again in a minute.")
    except WebhookProblem as problem:
        _log.warning("webhook not read", status=problem.status, reason=str(problem))
        return _unread(problem)
    except Unusable as error:
        _log.warning("webhook without anything usable", refused=[refusal.model_dump() for refusal in error.refused[:5]])
        return _answer(422, 0, 0, error.refused)
    try:
        return await _record(services, event_id, event)
    except (OperationalError, InterfaceError) as error:
        # It is away, or it was restarted in the middle: whoever sends it again finds it recorded or not.
        _log.error("webhook not recorded", webhook_id=event_id, reason=type(error).__name__)
        return _unread(NotReady("The database can't be used at the moment; send it again in a minute."))


def _unread(problem: WebhookProblem) -> JSONResponse:
    headers = {"Retry-After": "60"} if problem.status == NotReady.status else None
    return JSONResponse(Problem(detail=str(problem)).model_dump(), problem.status, headers)


async def _body(request: Request) -> bytes:
    try:
        return await read_body(request, LIMIT)
    except BodyTooLarge as error:
        raise TooLarge("The body is larger than 5 MiB.") from error
    except BodyUnfinished as error:
        raise Unfinished("The body did not come in time.") from error


async def _record(services: Services, event_id: str, event: Event) -> JSONResponse:
    workspace = services.people.workspace_id
    answer = {"accepted": event.accepted, "refused": [refusal.model_dump() for refusal in event.refused]}
    async with services.db.write() as tx:
        row = await inbound.claim(
            tx.session,
            workspace,
            source=SOURCE,
            event_id=event_id,
            kind=event.kind,
            body={"timestamp": event.at.isoformat(), "data": _kept(event)},
            now=services.clock(),
        )
        if row is None:
            earlier = await inbound.earlier_answer(tx.session, workspace, SOURCE, event_id) or {}
        else:
            earlier = None
            await _act(services, tx, event)
            await inbound.set_answer(tx.session, row, answer)
    if earlier is not None:
        _log.info("webhook delivered again", kind=event.kind, webhook_id=event_id)
        refused = [Refusal.model_validate(refusal) for refusal in earlier.get("refused", [])]
        return _answer(202, 0, int(earlier.get("accepted", 1)), refused)
    _log.info("webhook taken in", kind=event.kind, accepted=event.accepted, refused=len(event.refused))
    return _answer(202, event.accepted, 0, event.refused)


def _kept(event: Event) -> dict[str, Any]:
    """What is written down of an event. Samples are in the tables of usage: of them only how many came, and of when."""
    if isinstance(event.data, UsageRecorded):
        days = [sample.day.isoformat() for sample in event.data.samples]
        return {"samples": len(days), "first_day": min(days), "last_day": max(days)}
    return event.data.model_dump(mode="json", by_alias=True)


async def _act(services: Services, tx: Tx, event: Event) -> None:
    """What acts now; the other types wait in `inbound_event` for the part of Baton that reads them."""
    teller = Teller(actor=CRM, via="webhook", at=event.at)
    match event.data:
        case DealWon() as won:
            await record_deal_won(services, tx, deal_facts(won), teller)
        case DealStageChanged() as moved:
            facts = DealFacts(
                id=moved.id,
                name=moved.name,
                account=account_facts(moved.account),
                closed_at=event.at,
                owner_email=moved.owner_email,
            )
            await record_stage(services, tx, facts, Stage(moved.stage, moved.probability, moved.expected_close), teller)
        case PlanChanged() as changed:
            await record_plan_changed(services, tx, changed, teller)
        case SubscriptionCanceled() as canceled:
            await record_canceled(services, tx, canceled, teller)
        case UsageRecorded() as told:
            await usage.record(tx.session, services.people.workspace_id, _samples(told), services.clock())
        case _:
            return


def _samples(told: UsageRecorded) -> Samples:
    """The samples as columns. Their fields were checked by the same rules, so none is refused here."""
    columns = zip(*((one.account_id, one.day, one.metric, one.value) for one in told.samples), strict=True)
    accounts, days, metrics, values = columns
    return Sifter().sift(accounts, days, metrics, values)[0]


def _answer(status: int, accepted: int, duplicates: int, refused: list[Refusal]) -> JSONResponse:
    answer = Answer(accepted=accepted, duplicates=duplicates, refused=refused)
    return JSONResponse(answer.model_dump(), status)
