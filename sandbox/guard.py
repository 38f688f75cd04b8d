"""Keeps other web pages in the same browser away from the control routes."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/_sandbox/"
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


class OwnPagesOnly:
    """Answers 403 under `/_sandbox/` to a page of another origin, and to a name that was bent to this address.

    The Web API needs no such guard: it asks for a token that no other page has.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self.app = app
        self.hosts = LOCAL | {host}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on that is not forbidden."""
        if scope["type"] == "http" and str(scope["path"]).startswith(PREFIX) and not self._own(Headers(scope=scope)):
            await PlainTextResponse("only for the sandbox's own page", 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _own(self, headers: Headers) -> bool:
        host, origin = headers.get("host", ""), headers.get("origin")
        if urlsplit(f"//{host}").hostname not in self.hosts:
            return False
        return origin is None or urlsplit(origin).netloc == host
