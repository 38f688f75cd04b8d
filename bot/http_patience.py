"""uvicorn's HTTP protocol, hanging up on clients that dribble (“slowloris”) or never stop with their headers.

uvicorn has a time limit for idle connections only; whoever sends a byte now and then keeps one for ever.
"""

import asyncio
import resource
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEADERS_S: Final = 10.0
"""Seconds until the headers of a request have come, counted from its first byte."""
BODY_S: Final = 35.0
"""Seconds until its body has come; a route that reads bodies answers 408 itself before that (handlers.body)."""
ANSWER_S: Final = 30.0
"""Seconds in which a client has to read something of an answer that does not fit into the system's buffers."""
HEADERS_BYTES: Final = 64 * 1024
CONNECTIONS: Final = 2_000
RESERVED: Final = 256
"""File descriptors that stay free for the database and for Slack, whoever connects."""


def descriptors() -> int:
    """How many files and sockets this process may have open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft


def connections(soft: int) -> int:
    """How many connections are served at once with so many descriptors; those beyond are answered 503."""
    return CONNECTIONS if soft == resource.RLIM_INFINITY else max(64, min(CONNECTIONS, soft - RESERVED))


class PatientProtocol(HttpToolsProtocol):
    """One connection, with a time for each part of a request."""

    headers_s = HEADERS_S
    body_s = BODY_S
    answer_s = ANSWER_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._request: asyncio.TimerHandle | None = None
        self._answer: asyncio.TimerHandle | None = None
        self._in_headers = True
        self._head = 0
        self._unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection that sends nothing at all is given up as well."""
        super().connection_made(transport)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._in_time()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes of a request, or of several."""
        if self._request is None and self._idle():
            self._begin()
        if self._in_headers:
            self._head += len(data)
        super().data_received(data)
        if self._in_headers and self._head > HEADERS_BYTES:
            self._refuse("431 Request Header Fields Too Large")

    def on_headers_complete(self) -> None:
        """The body has a time of its own."""
        self._in_headers = False
        super().on_headers_complete()
        self._by(self.body_s)

    def on_message_complete(self) -> None:
        """The whole request is there; the next one begins with its first byte."""
        super().on_message_complete()
        self._in_time()
        self._in_headers, self._head = True, 0

    def pause_writing(self) -> None:
        """The client reads slower than it is answered."""
        super().pause_writing()
        if self._answer is None:
            self._look_again()

    def resume_writing(self) -> None:
        """It went on."""
        super().resume_writing()
        if self._answer is not None:
            self._answer.cancel()
            self._answer = None

    def _look_again(self) -> None:
        self._unread = self.transport.get_write_buffer_size()
        self._answer = self.loop.call_later(self.answer_s, self._look)

    def _look(self) -> None:
        """Somebody slow who reads is waited for; somebody who does not is not."""
        if self.transport.get_write_buffer_size() < self._unread:
            self._look_again()
        else:
            self.transport.abort()

    def _idle(self) -> bool:
        """Whether nothing is being answered; before the first request there is no cycle yet."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is None or cycle.response_complete

    def _begin(self) -> None:
        self._in_headers, self._head = True, 0
        self._by(self.headers_s)

    def _by(self, seconds: float) -> None:
        self._in_time()
        self._request = self.loop.call_later(seconds, self._too_late)

    def _in_time(self) -> None:
        if self._request is not None:
            self._request.cancel()
            self._request = None

    def _too_late(self) -> None:
        self._request = None
        self._refuse("408 Request Timeout")

    def _refuse(self, status: str) -> None:
        """Say why, unless an answer is on its way already, and hang up."""
        if self.transport.is_closing():
            return
        if self._idle():
            self.transport.write(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode("ascii"))
        self.transport.close()
