"""Every Web API call goes this way: method, token, kind of token, scopes, arguments, rate, membership, the method."""

import asyncio
import json
import time
from base64 import b64decode
from binascii import Error as BadBase64
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.arguments import Body, check_arguments, read_body
from sandbox.core import Core
from sandbox.errors import SlackError
from sandbox.faults import Fault
from sandbox.methods.catalogue import METHODS
from sandbox.methods.table import Access, Call, Method
from sandbox.rates import Tier
from sandbox.record import Done
from sandbox.tokens import Token

Json = dict[str, Any]
STATUS_FAULTS = {"500": 500, "503": 503}


@dataclass
class _Way:
    """What is known of a call while it goes through."""

    name: str
    sent: Json
    call: Call | None = None
    method: Method | None = None
    token: Token | None = None
    fault: Fault | None = None


class Pipeline:
    """Answers `/api/{method}`."""

    def __init__(self, core: Core) -> None:
        self.core = core

    async def endpoint(self, request: Request) -> Response:
        """One call over HTTP."""
        started = time.perf_counter()
        way = _Way(str(request.path_params["method"]), {})
        way.fault = self.core.faults.for_call(way.name)
        if way.fault is not None and way.fault.fault == "latency":
            await asyncio.sleep(way.fault.seconds)
        status, headers = 200, dict[str, str]()
        try:
            self._fault_before(way)
            body = await read_body(request)
            way.sent = body.args
            answer = self._answer(way, body, request)
        except SlackError as error:
            answer, status, headers = error.body(), error.status, error.headers
        self.core.world.store.commit()
        self._record(way, status, answer, started)
        return self._respond(request, way, status, headers, answer)

    def _fault_before(self, way: _Way) -> None:
        kind = way.fault.fault if way.fault else ""
        if kind == "429" and way.fault is not None:
            raise SlackError("ratelimited", status=429, headers={"Retry-After": str(way.fault.retry_after)})
        if kind in STATUS_FAULTS:
            error = "internal_error" if kind == "500" else "service_unavailable"
            raise SlackError(error, status=STATUS_FAULTS[kind])
        if kind == "internal_error":
            raise SlackError("internal_error")
        if kind == "close_before":
            raise SlackError("connection_closed")

    # the way

    def _answer(self, way: _Way, body: Body, request: Request) -> Json:
        method = METHODS.get(way.name)
        if method is None:
            raise SlackError("unknown_method", req_method=way.name)
        way.method = method
        if method.post_only and request.method != "POST":
            raise SlackError("insecure_request")
        way.token = self._token(method, body, request)
        self._scopes(method, way.token)
        args = check_arguments(method, body.args)
        call = way.call = Call(self.core, method.name, args, way.token)
        call.warnings += body.warnings
        self._rate(method, call)
        self._place(method, call)
        answer = method.handler(call)
        return _finished(call, answer)

    def _token(self, method: Method, body: Body, request: Request) -> Token | None:
        given = _bearer(request) or body.token
        if method.token is None:
            _basic_client(request, body)
            return self.core.world.tokens.get(given)
        if not given:
            raise SlackError("not_authed")
        token = self.core.world.tokens.get(given)
        if token is None:
            raise SlackError("invalid_auth")
        if token.revoked:
            raise SlackError("account_inactive" if token.kind == "bot" else "token_revoked")
        if method.token not in {token.kind, "any"}:
            raise SlackError("not_allowed_token_type")
        return token

    def _scopes(self, method: Method, token: Token | None) -> None:
        accepted = method.accepted
        if token is not None and accepted and not set(accepted) & set(token.scopes):
            needed = ",".join(accepted) if method.deed else accepted[0]
            raise SlackError("missing_scope", needed=needed, provided=",".join(token.scopes))

    def _rate(self, method: Method, call: Call) -> None:
        place = call.text(method.place) if method.tier is Tier.POST else ""
        wait = self.core.rates.take(method.name, method.tier, place)
        if wait:
            raise SlackError("ratelimited", status=429, headers={"Retry-After": str(wait)})

    def _place(self, method: Method, call: Call) -> None:
        wanted = call.maybe(method.place)
        if method.access is Access.NONE or wanted is None:
            return
        channel = self.core.channels.visible(wanted, call.bot)
        if method.deed:
            call.require_deed(method.deed, channel)
        if method.access in {Access.MEMBER, Access.LIVE} and call.bot not in channel.members:
            raise SlackError("not_in_channel")
        if method.access is Access.LIVE and channel.archived:
            raise SlackError("is_archived")
        call.place = channel

    # the answer

    def _record(self, way: _Way, status: int, answer: Json, started: float) -> None:
        self.core.record.call(
            Done(
                way.name,
                way.call.args if way.call else way.sent,
                status,
                answer,
                time.perf_counter() - started,
                way.token.kind if way.token else None,
                way.fault.fault if way.fault else None,
            )
        )

    def _respond(self, request: Request, way: _Way, status: int, headers: dict[str, str], answer: Json) -> Response:
        kind = way.fault.fault if way.fault else ""
        if kind in {"close_before", "close_after"}:
            request.scope["sandbox.abort"]()
        content = json.dumps(answer, ensure_ascii=False).encode()
        if kind == "malformed":
            content = content[: max(1, len(content) // 2)]
        extra = {"X-Slack-Req-Id": self.core.world.ids.secret(32).lower(), **headers}
        if way.token is not None:
            extra["X-OAuth-Scopes"] = ",".join(way.token.scopes)
        if way.method is not None and way.method.accepted:
            extra["X-Accepted-OAuth-Scopes"] = ",".join(way.method.accepted)
        return Response(content, status, extra, "application/json; charset=utf-8")


def _bearer(request: Request) -> str:
    """The token of `Authorization: Bearer …`; Slack reads the scheme with this capital only."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if kind == "Bearer" else ""


def _basic_client(request: Request, body: Body) -> None:
    """Takes `client_id` and `client_secret` from Basic authorization when they are there."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return
    try:
        name, _, secret = b64decode(value, validate=True).decode().partition(":")
    except (BadBase64, UnicodeDecodeError, ValueError):
        raise SlackError("bad_client_secret") from None
    body.args |= {"client_id": name, "client_secret": secret}


def _finished(call: Call, answer: Json) -> Json:
    done: Json = {"ok": True, **answer}
    if call.warnings or call.messages:
        about: Json = {**done.get("response_metadata", {})}
        if call.warnings:
            done["warning"] = ",".join(call.warnings)
            about["warnings"] = call.warnings
        if call.messages:
            about["messages"] = call.messages
        done["response_metadata"] = about
    return done
