"""Delivery: Socket Mode connections, acknowledgement and redelivery; signed HTTP, retries and their headers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import websockets
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from tests.sandbox.conftest import Running, Start

Json = dict[str, Any]
ADA = "U01ADALIND"


async def connect(slack: Running) -> aiohttp.ClientWebSocketResponse:
    token = {"Authorization": f"Bearer {slack.env['SLACK_APP_TOKEN']}"}
    url = (await slack.api("apps.connections.open", headers=token))["url"]
    return await slack.session.ws_connect(url)


async def heard(socket: aiohttp.ClientWebSocketResponse) -> Json:
    return await socket.receive_json(timeout=10)


async def test_connections_are_numbered_and_ten_at_most(slack: Running) -> None:
    sockets = [await connect(slack) for _ in range(10)]
    hellos = [await heard(socket) for socket in sockets]
    assert [one["num_connections"] for one in hellos] == list(range(1, 11))
    assert hellos[0]["connection_info"] == {"app_id": "A00BOT0001"}
    eleventh = await connect(slack)
    assert (await heard(eleventh))["reason"] == "too_many_websockets"
    for socket in sockets:
        await socket.close()


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled", "drop"])
async def test_who_hung_up_first_is_told_nothing(slack: Running, reason: str) -> None:
    for _ in range(10):
        token = {"Authorization": f"Bearer {slack.env['SLACK_APP_TOKEN']}"}
        url = (await slack.api("apps.connections.open", headers=token))["url"]
        client = await websockets.connect(url)
        await client.recv()
        client.transport.abort()
        assert "told" in await slack.post("socket", {"disconnect": reason})


async def test_a_ticket_is_good_once(slack: Running) -> None:
    token = {"Authorization": f"Bearer {slack.env['SLACK_APP_TOKEN']}"}
    url = (await slack.api("apps.connections.open", headers=token))["url"]
    async with slack.session.ws_connect(url) as socket:
        assert (await heard(socket))["type"] == "hello"
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await slack.session.ws_connect(url)


async def test_each_envelope_goes_to_one_connection_and_comes_again_unacknowledged(slack: Running) -> None:
    sockets = [await connect(slack), await connect(slack)]
    for socket in sockets:
        await heard(socket)
    reading = {asyncio.create_task(heard(socket)): socket for socket in sockets}
    await slack.ui("create", ADA, name="said")
    done, _ = await asyncio.wait(reading, return_when=asyncio.FIRST_COMPLETED)
    assert len(done) == 1
    first = done.pop()
    envelope = first.result()
    assert (envelope["retry_attempt"], envelope["payload"]["event"]["type"]) == (0, "channel_created")
    assert envelope["accepts_response_payload"] is False
    await reading.pop(first).close()
    other, socket = reading.popitem()
    repeated = await other
    assert (repeated["retry_attempt"], repeated["retry_reason"]) == (1, "connection_failed")
    assert repeated["payload"]["event_id"] == envelope["payload"]["event_id"]
    assert repeated["envelope_id"] != envelope["envelope_id"]
    await socket.send_json({"envelope_id": repeated["envelope_id"]})
    await socket.close()


async def test_connections_are_warned_and_refreshed_by_the_clock(slack: Running) -> None:
    socket = await connect(slack)
    lifetime = (await heard(socket))["debug_info"]["approximate_connection_time"]
    await slack.post("clock", {"advance": lifetime - 9})
    assert (await heard(socket))["reason"] == "warning"
    await slack.post("clock", {"advance": 10})
    assert (await heard(socket))["reason"] == "refresh_requested"
    fresh = await connect(slack)
    await heard(fresh)
    asking = asyncio.create_task(slack.ui("command", ADA, channel="C00GENERAL", text="/deal"))
    envelope = await heard(fresh)
    await fresh.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "hi"}})
    assert (await asking)["ok"]
    assert envelope["accepts_response_payload"] is True
    page = await slack.get("ui/channels/C00GENERAL", user=ADA)
    assert page["messages"][-1]["is_ephemeral"] is True
    await socket.close()
    await fresh.close()


async def test_a_dropped_socket_and_an_unanswered_command(slack: Running) -> None:
    socket = await connect(slack)
    await heard(socket)
    await slack.post("faults", [{"method": "slash_commands", "fault": "socket_drop"}])
    answer = await slack.ui("command", ADA, channel="C00GENERAL", text="/deal")
    assert answer["error"] == "dispatch_failed"
    socket = await connect(slack)
    await heard(socket)
    answer = await slack.ui("command", ADA, channel="C00GENERAL", text="/deal")
    assert answer["error"] == "operation_timeout"
    await socket.close()


async def test_duplicate_and_out_of_order_events(slack: Running) -> None:
    socket = await connect(slack)
    await heard(socket)
    faults = [{"method": "channel_created", "fault": kind} for kind in ("out_of_order", "duplicate")]
    await slack.post("faults", faults)
    for name in ("first", "second"):
        await slack.ui("create", ADA, name=name)
    names: list[str] = []
    for _ in range(3):
        envelope = await heard(socket)
        names.append(envelope["payload"]["event"]["channel"]["name"])
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
    assert names == ["second", "second", "first"]
    await socket.close()


# signed HTTP


class Receiver:
    """A web server that keeps what it got and answers as told."""

    def __init__(self) -> None:
        self.got: asyncio.Queue[tuple[dict[str, str], bytes]] = asyncio.Queue()
        self.url = ""
        self.status = 200
        self.headers: dict[str, str] = {}

    async def answer(self, request: web.Request) -> web.Response:
        raw = await request.read()
        body = json.loads(raw) if request.content_type == "application/json" else {}
        if body.get("type") == "url_verification":
            return web.json_response({"challenge": body["challenge"]})
        await self.got.put((dict(request.headers), raw))
        return web.Response(status=self.status, headers=self.headers)

    async def next(self) -> tuple[dict[str, str], bytes]:
        return await asyncio.wait_for(self.got.get(), 10)


@asynccontextmanager
async def received(start: Start) -> AsyncIterator[tuple[Running, Receiver]]:
    receiver = Receiver()
    site = web.Application()
    site.router.add_post("/slack/events", receiver.answer)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        yield await start(pace=0, events_url=receiver.url), receiver
    finally:
        await runner.cleanup()


async def failed(slack: Running, attempt: int) -> None:
    """Waits until an attempt is in the record, so that its wait for the clock has begun."""
    pages = slack.core.world.hub.listen(ADA)
    while attempt not in [one.get("attempt") for one in slack.core.record.deliveries(0)]:
        await asyncio.wait_for(pages.get(), 10)
    slack.core.world.hub.leave(ADA, pages)


async def test_events_are_signed_and_retried_three_times(start: Start) -> None:
    async with received(start) as (slack, receiver):
        receiver.status = 500
        await slack.ui("create", ADA, name="loud")
        verifier = SignatureVerifier(slack.env["SLACK_SIGNING_SECRET"])
        ids: set[str] = set()
        for attempt in range(4):
            headers, raw = await receiver.next()
            assert verifier.is_valid_request(raw, headers)
            ids.add(json.loads(raw)["event_id"])
            retry = headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")
            assert retry == ((str(attempt), "http_error") if attempt else (None, None))
            if attempt in {1, 2}:
                await failed(slack, attempt)
                await slack.post("clock", {"advance": 60 if attempt == 1 else 300})
        assert len(ids) == 1
        done = (await slack.get("deliveries"))["deliveries"]
        assert done[0]["what"] == "url_verification"
        assert done[0]["ok"] is True


async def test_no_retry_when_the_app_says_so(start: Start) -> None:
    async with received(start) as (slack, receiver):
        receiver.status, receiver.headers = 500, {"X-Slack-No-Retry": "1"}
        await slack.ui("create", ADA, name="loud")
        await receiver.next()
        receiver.status = 200
        await slack.ui("create", ADA, name="second")
        headers, raw = await receiver.next()
        assert "X-Slack-Retry-Num" not in headers
        assert json.loads(raw)["event"]["channel"]["name"] == "second"


async def test_response_urls_are_good_five_times_for_thirty_minutes(slack: Running) -> None:
    channel = slack.core.channels.all["C00GENERAL"]
    url = slack.core.urls.make("commands", ADA, channel)

    async def post(body: Json, to: str = url) -> tuple[int, str]:
        async with slack.session.post(to, json=body) as answer:
            return answer.status, await answer.text()

    assert (await post({"text": ""}))[0] == 400
    for kind in ("ephemeral", "in_channel", "ephemeral", "ephemeral", "ephemeral"):
        assert await post({"text": "hi", "response_type": kind}) == (200, "ok")
    status, said = await post({"text": "hi"})
    assert (status, json.loads(said)["error"]) == (404, "used_url")
    fresh = slack.core.urls.make("commands", ADA, channel)
    await slack.post("clock", {"advance": "PT31M"})
    status, said = await post({"text": "hi"}, fresh)
    assert (status, json.loads(said)["error"]) == (404, "expired_url")
    history = await slack.get("messages", channel="general")
    assert [one["ephemeral_to"] for one in history["messages"]] == [ADA, None, ADA, ADA, ADA]
