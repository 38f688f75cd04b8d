"""Calls to Slack for the engine: paced, never retried blindly, each failure sorted by what may have happened."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from scheduler.pacing import Pacer

DEFAULT_TIMEOUT_S: Final = 10
DEFAULT_RETRY_AFTER_S: Final = 30.0
_ANSWER: Final = 2_000
AWAY: Final = frozenset({"token_revoked", "account_inactive"})
"""Baton was taken out of the workspace; what is to be said waits, should it come back."""
AWAY_S: Final = 600.0
PROBABLY_DONE: Final = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Slack's own failures: its reference says the call may nevertheless have been carried out."""


class SlackRefusedError(Exception):
    """Slack said no, and will say it again: ``code`` is its error, ``needed`` the scope it missed, if any."""

    def __init__(self, method: str, code: str, detail: str = "", needed: str = "") -> None:
        super().__init__(f"{method}: {code}" + (f" ({detail})" if detail else ""))
        self.method, self.code, self.detail, self.needed = method, code, detail, needed


class SlackLaterError(Exception):
    """Nothing was done; try again after ``seconds``. ``holds``: others have to wait with this method as well."""

    def __init__(self, method: str, seconds: float, why: str, *, holds: bool = True) -> None:
        super().__init__(f"{method}: {why}, again in {seconds:.0f} s")
        self.method, self.seconds, self.why, self.holds = method, seconds, why, holds


class SlackUnknownError(Exception):
    """No answer that can be believed: the call may have been carried out or not."""

    def __init__(self, method: str, why: str) -> None:
        super().__init__(f"{method}: {why}")
        self.method, self.why = method, why


class Slack:
    """The Web API as the engine calls it. Its client must have no retry handlers: they repeat posts blindly."""

    def __init__(self, client: AsyncWebClient, pacer: Pacer, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        if client.retry_handlers:
            raise ValueError("the engine's client must not retry by itself")
        self._client, self.pacer, self.timeout_s = client, pacer, timeout_s

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - Slack's arguments
        """Wait for the method's turn, then call it. Raises the three errors of this module."""
        await self.pacer.turn(method)
        return await self.call_now(method, **arguments)

    async def each(self, method: str, field: str, **arguments: Any) -> AsyncGenerator[dict[str, Any]]:  # noqa: ANN401
        """Every object of a paged list, page by page. Raises the three errors of this module."""
        cursor = ""
        while True:
            page = await self.call(method, cursor=cursor or None, **arguments)
            for one in cast(list[dict[str, Any]], page.get(field) or []):
                yield one
            metadata = _as_object(page.get("response_metadata")) or {}
            cursor = str(metadata.get("next_cursor") or "")
            if not cursor:
                return

    async def call_now(self, method: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        """Call without waiting: the caller has its leave. Raises the three errors of this module."""
        sent = {name: _form(value) for name, value in arguments.items() if value is not None}
        try:
            async with asyncio.timeout(self.timeout_s):
                response: Any = await self._client.api_call(method, data=sent)  # pyright: ignore[reportUnknownMemberType]
        except SlackApiError as error:
            sorted_error = _sorted(method, error)
            if isinstance(sorted_error, SlackLaterError) and sorted_error.holds:
                await self.pacer.hold(method, sorted_error.seconds)
            raise sorted_error from error
        except aiohttp.ClientConnectorError as error:
            raise SlackLaterError(method, 2.0, "Slack can't be reached") from error
        except TimeoutError as error:
            raise SlackUnknownError(method, f"no answer within {self.timeout_s:g} s") from error
        except (aiohttp.ClientError, SlackClientError, ValueError, OSError) as error:
            raise SlackUnknownError(method, f"the connection broke: {type(error).__name__}") from error
        data = _as_object(response.data)
        if data is None:
            raise SlackUnknownError(method, "the answer was not JSON")
        return data

    async def send(self, name: str, address: str, content: bytes, kind: str) -> None:
        """Post ``content`` (of the media type ``kind``) to an address Slack gave out: a file's bytes, an answer.
        ``name`` is what the errors call it. Raises the three errors of this module."""
        session = self._client.session
        assert session is not None, "the engine's client has the program's session"
        try:
            async with asyncio.timeout(self.timeout_s):
                sent = session.post(address, data=content, headers={"Content-Type": kind}, allow_redirects=False)
                async with sent as answer:
                    text = (await answer.text(errors="replace"))[:_ANSWER]
        except aiohttp.ClientConnectorError as error:
            raise SlackLaterError(name, 2.0, "Slack can't be reached") from error
        except TimeoutError as error:
            raise SlackUnknownError(name, f"no answer within {self.timeout_s:g} s") from error
        except (aiohttp.ClientError, ValueError, OSError) as error:
            raise SlackUnknownError(name, f"the connection broke: {type(error).__name__}") from error
        if answer.status == 429:
            raise SlackLaterError(name, _retry_after(answer.headers), "Slack asked to wait")
        if answer.status >= 500:
            raise SlackUnknownError(name, f"Slack answered {answer.status}")
        if answer.status >= 300:
            raise SlackRefusedError(name, _code_in(text) or f"http_{answer.status}")


def _code_in(text: str) -> str:
    """Slack's error in an answer that may be JSON."""
    try:
        found: object = json.loads(text)
    except ValueError:
        return ""
    return str((_as_object(found) or {}).get("error") or "")


def _sorted(method: str, error: SlackApiError) -> Exception:
    response: Any = error.response
    status = int(getattr(response, "status_code", 0) or 0)
    body = _as_object(getattr(response, "data", None)) or {}
    code = str(body.get("error", ""))
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return SlackLaterError(method, _retry_after(getattr(response, "headers", None) or {}), "Slack asked to wait")
    if code in AWAY:
        return SlackLaterError(method, AWAY_S, f"Baton's access was taken away ({code})", holds=False)
    if status >= 500 or not code or code in PROBABLY_DONE:
        return SlackUnknownError(method, f"Slack answered {status} {code}".strip())
    metadata = _as_object(body.get("response_metadata")) or {}
    detail = "; ".join(str(message) for message in metadata.get("messages") or ())
    return SlackRefusedError(method, code, detail, str(body.get("needed", "")))


def _as_object(data: object) -> dict[str, Any] | None:
    return cast(dict[str, Any], data) if isinstance(data, dict) else None


def _form(value: object) -> str:
    """Every method takes a form, with objects and lists as JSON in it; only some take a JSON body."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _retry_after(headers: Mapping[str, Any]) -> float:
    for name, value in headers.items():
        if name.lower() == "retry-after":
            try:
                return max(1.0, float(str(value)))
            except ValueError:
                return DEFAULT_RETRY_AFTER_S
    return DEFAULT_RETRY_AFTER_S
