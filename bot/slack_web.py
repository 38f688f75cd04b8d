"""Calls to Slack's Web API from the program itself: at the start, for `baton check`, for imports."""

from dataclasses import dataclass
from typing import Any, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Settings

TROUBLE = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError)
"""Everything a call may raise when Slack refuses, can't be reached, or answers what is no answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method answered; header names in small letters."""

    data: dict[str, Any]
    headers: dict[str, str]


def web_client(settings: Settings, session: aiohttp.ClientSession, *, timeout_s: int = 30) -> AsyncWebClient:
    """A client that does not repeat calls by itself: a post repeated blindly is a post made twice."""
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else None
    return AsyncWebClient(
        token=token,
        base_url=settings.slack_api_url,
        session=session,
        timeout=timeout_s,
        retry_handlers=[],
        trust_env_in_session=True,
    )


async def call(client: AsyncWebClient, method: str, *, token: str = "", **arguments: str | int) -> Answer:
    """Call a method with a form; `token` is another than the client's. Raises one of TROUBLE."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response: Any = await cast("Any", client).api_call(
        method, data={k: str(v) for k, v in arguments.items()}, headers=headers
    )
    data: object = response.data
    if not isinstance(data, dict):
        raise ValueError(f"{method}: the answer is no JSON object")
    found = {str(name).lower(): str(value) for name, value in dict(response.headers or {}).items()}
    return Answer(cast("dict[str, Any]", data), found)


def error_code(error: Exception) -> str:
    """Slack's word for what is wrong, such as `invalid_auth`; '' when Slack said nothing of the kind."""
    if not isinstance(error, SlackApiError):
        return ""
    # An answer that is no JSON is kept as text by slack_sdk, and its own `get` fails on it.
    data: object = cast("Any", error).response.data
    return str(cast("dict[str, Any]", data).get("error") or "") if isinstance(data, dict) else ""
