"""`POST /slack/events`: Slack's events, commands and interactivity over HTTP. Bolt checks the signature."""

from typing import Final

from fastapi import APIRouter
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from handlers.body import BodyTooLarge, BodyUnfinished, read_body

LIMIT: Final = 2 * 1024 * 1024
"""Bytes in one request. The largest payload is a view with its state: Slack allows 250 KB of view, form-encoded."""


def slack_router(bolt: AsyncApp) -> APIRouter:
    """The route Slack's app settings name for commands, interactivity and events."""
    router = APIRouter(tags=["slack"], include_in_schema=False)

    async def take(request: Request) -> Response:
        try:
            body = await read_body(request, LIMIT)
            # Bolt decodes the body itself and would fail with a 500 on other bytes.
            body.decode("utf-8")
        except BodyTooLarge:
            return PlainTextResponse("The body is too large.", 413)
        except BodyUnfinished:
            return PlainTextResponse("The body did not come in time.", 408)
        except UnicodeDecodeError:
            return PlainTextResponse("The body is not UTF-8.", 400)
        return to_starlette_response(await bolt.async_dispatch(to_async_bolt_request(request, body)))

    router.add_api_route("/slack/events", take, methods=["POST"])
    return router
