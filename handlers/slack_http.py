"""`POST /slack/events`: Slack's events, commands and interactivity over HTTP.

Nothing is read of a body before its signature is known to be right: Bolt would parse it first.
"""

from typing import Final
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter
from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from handlers.body import BodyTooLarge, BodyUnfinished, read_body
from handlers.people import PeopleDirectory
from handlers.slack_shape import Misshapen, read
from handlers.slack_signature import Signatures

LIMIT: Final = 2 * 1024 * 1024
"""Bytes in one request. The largest payload is a view with its state: Slack allows 250 KB of view, form-encoded."""
SMALL: Final = 1_024
RETRY: Final = "x-slack-retry-num"

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("handlers")


class NotTaken(Exception):
    """A request that goes no further: the status and one sentence, which says nothing of what came."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def slack_router(bolt: AsyncApp, signatures: Signatures | None, people: PeopleDirectory) -> APIRouter:
    """The route Slack's app settings name for commands, interactivity and events. Without a signing secret it answers
    503: nothing unsigned is ever believed."""
    router = APIRouter(tags=["slack"], include_in_schema=False)

    async def take(request: Request) -> Response:
        try:
            return await _take(bolt, signatures, people, request)
        except NotTaken as refusal:
            log.warning("a request to the Slack route not taken", status=refusal.status, reason=str(refusal))
            headers = {"Retry-After": "60"} if refusal.status == 503 else None
            return PlainTextResponse(str(refusal), refusal.status, headers)

    router.add_api_route("/slack/events", take, methods=["POST"])
    return router


async def _take(bolt: AsyncApp, signatures: Signatures | None, people: PeopleDirectory, request: Request) -> Response:
    body = await _body(request)
    if signatures is None:
        raise NotTaken(503, "SLACK_SIGNING_SECRET is not set.")
    signature = signatures.right(request.headers, body)
    if signature is None:
        if _is_ssl_check(body):
            return Response(status_code=200)
        raise NotTaken(401, "The signature is wrong or older than five minutes.")
    try:
        payload = read(request.headers.get("content-type", ""), body)
    except Misshapen as error:
        log.warning("Slack sent what can't be read", reason=str(error))
        raise NotTaken(400, "The body is not what Slack sends.") from error
    if payload.get("type") == "url_verification":
        # Asked when the address is entered in the app's settings, maybe before Baton was ever installed.
        return JSONResponse({"challenge": str(payload.get("challenge", ""))[:SMALL]})
    if not people.workspace_id:
        raise NotTaken(503, "Slack has not been reached yet.")
    if not await signatures.first(people.workspace_id, signature):
        if RETRY in request.headers:
            # Slack's own second delivery, within the second of the first.
            return Response(status_code=200)
        raise NotTaken(401, "It was taken before.")
    answer = await bolt.async_dispatch(AsyncBoltRequest(body=payload, mode="socket_mode"))
    if answer.status >= 500:
        await signatures.release(people.workspace_id, signature)
    return to_starlette_response(answer)


async def _body(request: Request) -> bytes:
    try:
        return await read_body(request, LIMIT)
    except BodyTooLarge as error:
        raise NotTaken(413, "The body is too large.") from error
    except BodyUnfinished as error:
        raise NotTaken(408, "The body did not come in time.") from error


def _is_ssl_check(body: bytes) -> bool:
    """Slack looks now and then whether the certificate is right, by a form that needs no more than a 200."""
    return len(body) < SMALL and ("ssl_check", "1") in parse_qsl(body.decode("ascii", "replace"))
