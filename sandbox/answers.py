"""JSON over HTTP for everything that is not the Web API."""

import json
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from sandbox.errors import SlackError, invalid

Json = dict[str, Any]


class JsonResponse(Response):
    """JSON that keeps every script readable."""

    media_type = "application/json"

    def __init__(self, content: object, status: int = 200) -> None:
        super().__init__(json.dumps(content, ensure_ascii=False).encode(), status)


def refused(error: SlackError, status: int | None = None) -> JsonResponse:
    """An error's answer, under its own status or another."""
    return JsonResponse(error.body(), status or error.status)


async def read_object(request: Request) -> Json:
    """The JSON object of a request's body. Raises SlackError `invalid_json`, `json_not_object`."""
    raw = await request.body()
    try:
        loaded: object = json.loads(raw) if raw.strip() else {}
    except ValueError:
        raise SlackError("invalid_json", status=400) from None
    if not isinstance(loaded, dict):
        raise SlackError("json_not_object", status=400)
    return cast("Json", loaded)


def needed(body: Json, name: str) -> str:
    """A string that must be there. Raises `invalid_arguments`."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise invalid(f"missing required field: {name}")
    return value


def number_of(request: Request, name: str, default: int) -> int:
    """An integer of the query. Raises `invalid_arguments`."""
    value = request.query_params.get(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise invalid("must provide an integer", f"/{name}") from None
