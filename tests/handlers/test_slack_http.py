"""`/slack/events`: signatures, the same request again, sizes, and bodies that are none."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio

from handlers.slack_http import LIMIT
from handlers.slack_shape import DEEPEST, Misshapen, fit, read
from handlers.slack_signature import Signatures
from storage import people
from storage.database import Database
from tests.handlers.office import CHLOE, GENERAL, Office, open_office

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
SECRET: Final = "8f742231b10e8888abcd99yyyzzz85a5"


def _signed(secret: str, body: bytes, at: float) -> dict[str, str]:
    base = b"v0:%d:" % at + body
    signature = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": str(int(at)), "x-slack-signature": f"v0={signature}"}


@dataclass
class Slack:
    """Sends requests as Slack signs them."""

    office: Office
    client: httpx.AsyncClient

    @property
    def secret(self) -> str:
        return self.office.sandbox.core.world.signing_secret

    async def send(
        self, body: bytes | AsyncIterator[bytes], content_type: str = FORM, **headers: str
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, bytes):
            named = _signed(self.secret, body, time.time()) | named
        return await self.client.post("/slack/events", content=body, headers={"content-type": content_type, **named})

    def command(self, line: str, channel: str = GENERAL) -> bytes:
        name, _, text = line.partition(" ")
        team = self.office.sandbox.core.world.team.id
        return urlencode(
            {
                "command": name,
                "text": text,
                "user_id": CHLOE,
                "channel_id": channel,
                "team_id": team,
                "trigger_id": self.office.sandbox.core.triggers.make(CHLOE, channel),
            }
        ).encode()


@pytest_asyncio.fixture
async def slack(sqlite_url: str) -> AsyncGenerator[Slack]:
    async with (
        open_office(sqlite_url, http_mode=True) as office,
        httpx.AsyncClient(base_url=office.address, timeout=30) as client,
    ):
        yield Slack(office, client)


async def test_a_request_is_taken_once(slack: Slack) -> None:
    deal = await slack.office.handed_in(await slack.office.deal())
    body = slack.command("/handoff ask Who signs?", deal.channel.id)
    headers = _signed(slack.secret, body, time.time())
    first = await slack.send(body, **headers)
    assert first.status_code == 200
    assert first.text
    again = await asyncio.gather(*(slack.send(body, **headers) for _ in range(5)))
    assert [answer.status_code for answer in again] == [401] * 5
    # Slack's own second delivery: nothing is done again, and it hears that all is well.
    retried = await slack.send(body, **headers, x_slack_retry_num="1")
    assert (retried.status_code, retried.text) == (200, "")
    assert len((await slack.office.picture(deal.id)).questions) == 1
    assert (await slack.send(body, **_signed(slack.secret, body, time.time() + 1))).status_code == 200


async def test_what_is_not_signed_by_slack_is_refused(slack: Slack) -> None:
    body, now = slack.command("/baton help"), time.time()
    right = _signed(slack.secret, body, now)
    wrong: list[dict[str, Any]] = [
        {"x-slack-signature": ""},
        {"x-slack-request-timestamp": ""},
        {"x-slack-request-timestamp": "soon"},
        {"x-slack-request-timestamp": "-1"},
        {"x-slack-request-timestamp": "1e9"},
        {"x-slack-request-timestamp": "9" * 40},
        {"x-slack-request-timestamp": "१२३".encode()},
        {"x-slack-signature": right["x-slack-signature"].upper()},
        {"x-slack-signature": "v1" + right["x-slack-signature"][2:]},
        {"x-slack-signature": "v0=ü".encode()},
        {"x-slack-signature": right["x-slack-signature"][:-1]},
        _signed(slack.secret, body, now - 301),
        _signed(slack.secret, body, now + 305),
        _signed("another secret", body, now),
        _signed(slack.secret, body + b"&text=won", now),
    ]
    for change in wrong:
        headers = {"content-type": FORM, **right, **change}
        answer = await slack.client.post("/slack/events", content=body, headers=headers)
        assert answer.status_code == 401, change
        assert slack.secret not in answer.text
    nested = b'{"a": ' + b"[" * 100_000
    for broken, kind in ((b"{" * 5_000, JSON), (nested, JSON), (b"payload=[", FORM), (b"", JSON)):
        unsigned = await slack.client.post("/slack/events", content=broken, headers={"content-type": kind})
        assert unsigned.status_code == 401
        assert (await slack.send(broken, kind)).status_code == 400
    assert (await slack.send(b"\xff")).status_code == 401
    assert (await slack.client.post("/slack/events", content=b"ssl_check=1&token=x")).status_code == 200
    assert (await slack.send(body)).status_code == 200
    assert "Traceback" not in slack.office.log.getvalue()


async def test_bodies_are_limited_with_and_without_a_length(slack: Slack) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x" * 500_000

    assert (await slack.send(b"x" * (LIMIT + 1))).status_code == 413
    assert (await slack.send(chunks())).status_code == 413
    assert (await slack.send(b"x" * LIMIT)).status_code == 400


async def test_the_address_is_verified(slack: Slack) -> None:
    body = json.dumps({"type": "url_verification", "token": "t", "challenge": "3eZbrw1aBm2rZ"})
    assert (await slack.send(body.encode(), JSON)).json() == {"challenge": "3eZbrw1aBm2rZ"}


async def test_one_of_several_processes_takes_a_signature(db: Database) -> None:
    now = 1_764_000_000.0
    async with db.write() as tx:
        workspace = await people.ensure_workspace(
            tx.session, "T1", "Northwind", "UBOT", datetime.fromtimestamp(now, UTC)
        )
    one, other = Signatures(SECRET, db, lambda: now), Signatures(SECRET, db, lambda: now)
    signature = one.right(_signed(SECRET, b"{}", now), b"{}")
    assert signature is not None
    taken = await asyncio.gather(*(one.first(workspace, signature) for _ in range(4)))
    assert taken == [True, False, False, False]
    # SQLite serves one process; on PostgreSQL the others know.
    assert await other.first(workspace, signature) is db.is_sqlite
    await one.release(workspace, signature)
    assert await one.first(workspace, signature)


async def test_signatures_are_forgotten_when_they_are_too_old_anyway(db: Database) -> None:
    moment = [1_764_000_000.0]
    async with db.write() as tx:
        workspace = await people.ensure_workspace(
            tx.session, "T1", "Northwind", "UBOT", datetime.fromtimestamp(moment[0], UTC)
        )
    signatures = Signatures(SECRET, db, lambda: moment[0])
    assert await signatures.first(workspace, "v0=1")
    moment[0] += 661
    for n in range(200):
        assert await signatures.first(workspace, f"v0=later{n}")
    assert await signatures.first(workspace, "v0=1")


WINDOW: Final = {"id": "V1", "type": "modal", "callback_id": "x", "state": {"values": {}}}
SHAPES: Final[Mapping[str, dict[str, Any]]] = {
    "block_actions": {"actions": [{"action_id": "a"}], "trigger_id": "1.2", "user": {"id": "U1"}},
    "view_submission": {"user": {"id": "U1"}, "view": WINDOW},
    "view_closed": {"user": {"id": "U1"}, "view": WINDOW},
    "block_suggestion": {"user": {"id": "U1"}, "action_id": "a", "value": "x"},
    "event_callback": {"event": {"type": "user_change", "user": {"id": "U1"}}},
}


@pytest.mark.parametrize("kind", SHAPES)
def test_a_payload_without_what_handlers_rely_on_goes_no_further(kind: str) -> None:
    whole = {"type": kind, **SHAPES[kind]}
    assert fit(whole) == whole
    assert "channel" not in fit(whole | {"channel": None, "enterprise": None})
    for name in SHAPES[kind]:
        if name != "value":
            with pytest.raises(Misshapen):
                fit({key: value for key, value in whole.items() if key != name})
            with pytest.raises(Misshapen):
                fit(whole | {name: 7})


def test_nul_and_surrogates_go_and_depth_is_limited() -> None:
    assert fit({"type": "x", "a\0": ["b\0c", "\ud800é", 7]}) == {"type": "x", "a": ["bc", "é", 7]}
    deep: dict[str, Any] = {"type": "x"}
    for _ in range(DEEPEST + 1):
        deep = {"type": "x", "in": deep}
    for payload in (deep, [], "text", None, {"type": "x", "team": 3}):
        with pytest.raises(Misshapen):
            fit(payload)
    with pytest.raises(Misshapen):
        read(FORM, b"&".join(b"a%d=1" % n for n in range(65)))
