"""Clients that dribble, never stop, or do not read are hung up on; everybody else is served."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.http_patience import CONNECTIONS, HEADERS_BYTES, RESERVED, PatientProtocol, connections, descriptors

PATIENCE_S = 20.0
STEP_S = 0.02
LONG = 64_000_000


class Impatient(PatientProtocol):
    """The same with times short enough for a test."""

    headers_s = 0.3
    body_s = 0.3
    answer_s = 0.3


class LessImpatient(PatientProtocol):
    """Less than it takes to read a long answer slowly, more than a busy machine stands still."""

    answer_s = 1.0


class Watched(Impatient):
    """Says when a connection has ended."""

    ended: asyncio.Event

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.ended.set()


async def _reads(request: Request) -> Response:
    return PlainTextResponse(f"{len(await request.body())} bytes")


async def _does_not_read(request: Request) -> Response:
    return PlainTextResponse("ok")


async def _long(request: Request) -> Response:
    return PlainTextResponse("x" * LONG)


@asynccontextmanager
async def _serving(protocol: type[PatientProtocol], limit: int | None = None) -> AsyncGenerator[tuple[str, int]]:
    routes = [Route("/reads", _reads, methods=["POST"]), Route("/", _does_not_read, methods=["GET", "POST"])]
    app = Starlette(routes=[*routes, Route("/long", _long)])
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, lifespan="off", http=protocol, limit_concurrency=limit, ws="none")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[:2]
    finally:
        server.should_exit = True
        await running


async def _dribbled(address: tuple[str, int], first: bytes, step: bytes) -> bytes:
    """What was answered before the server hung up on somebody who sends a little now and then."""
    reader, writer = await asyncio.open_connection(*address)

    async def dribble() -> None:
        writer.write(first)
        while step:
            writer.write(step)
            await writer.drain()
            await asyncio.sleep(STEP_S)

    sending = asyncio.create_task(dribble())
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await reader.read()
    except ConnectionResetError:
        return b"reset"
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        writer.close()


@pytest.mark.parametrize(
    ("first", "step"),
    [
        (b"", b""),
        (b"", b"\r\n"),
        (b"POST /reads HTTP/1.1\r\n", b"x: y\r\n"),
        (b"GET / HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\n", b"x: y\r\n"),
    ],
    ids=["silent", "blank lines", "headers", "the second request"],
)
async def test_who_dribbles_headers_is_hung_up_on(first: bytes, step: bytes) -> None:
    async with _serving(Impatient) as address:
        answer = await _dribbled(address, first, step)
    assert answer == b"reset" or b"408 Request Timeout" in answer


@pytest.mark.parametrize("route", ["/reads", "/"])
@pytest.mark.parametrize("chunked", [True, False], ids=["chunked", "with a length"])
async def test_who_dribbles_a_body_is_hung_up_on(route: str, chunked: bool) -> None:
    how = "transfer-encoding: chunked" if chunked else "content-length: 1000000"
    first = f"POST {route} HTTP/1.1\r\nhost: x\r\n{how}\r\n\r\n".encode()
    async with _serving(Impatient) as address:
        await _dribbled(address, first, b"1\r\nx\r\n" if chunked else b"x")


async def test_headers_without_end_are_refused() -> None:
    async with _serving(PatientProtocol) as address:
        endless = b"GET / HTTP/1.1\r\nx: " + b"y" * (HEADERS_BYTES + 1)
        answer = await _dribbled(address, endless, b"y" * 1_000)
        assert answer == b"reset" or b" 431 " in answer


async def test_who_does_not_read_the_answer_is_hung_up_on() -> None:
    Watched.ended = asyncio.Event()
    async with _serving(Watched) as address:
        with socket.create_connection(address) as client:
            client.sendall(b"GET /long HTTP/1.1\r\nhost: x\r\n\r\n")
            # Nothing is read, ever.
            async with asyncio.timeout(PATIENCE_S):
                await Watched.ended.wait()


async def test_everybody_else_is_served() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"x" * 100_000

    async with _serving(PatientProtocol) as (host, port), httpx.AsyncClient(base_url=f"http://{host}:{port}") as client:
        for _ in range(3):
            assert (await client.post("/reads", content=b"x" * 5_000_000)).text == "5000000 bytes"
            assert (await client.post("/reads", content=chunks())).text == "5000000 bytes"
            assert (await client.get("/")).text == "ok"
        assert len((await client.get("/long")).content) == LONG


async def test_who_reads_slowly_gets_it_all() -> None:
    async with _serving(LessImpatient) as address:
        reader, writer = await asyncio.open_connection(*address, limit=1_000_000)
        writer.write(b"GET /long HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        got = 0
        while piece := await reader.read(4_000_000):
            got += len(piece)
            await asyncio.sleep(STEP_S)
        writer.close()
    assert got > LONG


async def test_connections_beyond_the_limit_are_answered_503() -> None:
    async with _serving(PatientProtocol, limit=4) as (host, port):
        held = [await asyncio.open_connection(host, port) for _ in range(6)]
        async with httpx.AsyncClient(base_url=f"http://{host}:{port}") as client:
            assert (await client.get("/")).status_code == 503
            for _, writer in held:
                writer.close()
                await writer.wait_closed()
            async with asyncio.timeout(PATIENCE_S):
                while (await client.get("/")).status_code != 200:  # noqa: ASYNC110 - another process' sockets
                    await asyncio.sleep(STEP_S)


def test_descriptors_stay_free_for_the_database_and_slack() -> None:
    assert connections(1_024) == 1_024 - RESERVED
    assert connections(1_000_000) == CONNECTIONS
    assert connections(descriptors()) <= descriptors()
