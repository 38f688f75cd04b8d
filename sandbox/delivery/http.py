"""Signed HTTP to the app's request URL (docs.slack.dev/authentication/verifying-requests-from-slack)."""

import asyncio
import hashlib
import hmac
import json
import time
from typing import Any, cast
from urllib.parse import urlencode

import aiohttp

from sandbox.delivery.transport import Ack, DeliveryFailed, Envelope
from sandbox.record import Record
from sandbox.world import World

Json = dict[str, Any]
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
# Deliveries under way; the three seconds of the others begin when it is their turn.
AT_ONCE = 50
# An answer longer than this is not one to a command or a modal.
ANSWER_BYTES = 1_000_000


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """`X-Slack-Signature` for a body sent at `timestamp` (real seconds since 1970)."""
    base = b"v0:" + str(timestamp).encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpTransport:
    """The transport of a sandbox with `events_url`."""

    def __init__(self, world: World, record: Record, url: str) -> None:
        self.world = world
        self.record = record
        self.url = url
        self._session: aiohttp.ClientSession | None = None
        self._verified = False
        self._places = asyncio.Semaphore(AT_ONCE)

    async def _post(self, body: bytes, content_type: str, headers: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._places:
            return await self._signed(self._session, body, content_type, headers)

    async def _signed(
        self, session: aiohttp.ClientSession, body: bytes, content_type: str, headers: dict[str, str]
    ) -> tuple[int, bytes, dict[str, str]]:
        timestamp = int(time.time())
        signed = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": sign(self.world.signing_secret, timestamp, body),
            **headers,
        }
        timeout = aiohttp.ClientTimeout(total=self.world.config.patience_s)
        try:
            async with session.post(
                self.url, data=body, headers=signed, timeout=timeout, allow_redirects=False
            ) as answer:
                content = await answer.content.read(ANSWER_BYTES)
                return answer.status, content, {key.lower(): value for key, value in answer.headers.items()}
        except TimeoutError:
            raise DeliveryFailed("http_timeout") from None
        except (aiohttp.ClientError, OSError):
            raise DeliveryFailed("connection_failed") from None

    async def verify(self) -> bool:
        """Sends the `url_verification` challenge; whether it came back. Raises DeliveryFailed."""
        challenge = self.world.ids.secret(52)
        body = {"token": self.world.verification_token, "challenge": challenge, "type": "url_verification"}
        status, content, _ = await self._post(json.dumps(body).encode(), JSON, {})
        echoed = status == 200 and challenge.encode() in content
        error = None if echoed else "the URL did not answer with the value of the challenge parameter"
        self.record.delivery("events_api", "url_verification", ok=echoed, error=error)
        return echoed

    async def send(self, envelope: Envelope) -> Ack:
        """Delivers and waits for the answer. Raises DeliveryFailed."""
        if envelope.kind == "events_api":
            if not self._verified:
                self._verified = True
                await self.verify()
            body, content_type = json.dumps(envelope.payload).encode(), JSON
        elif envelope.kind == "slash_commands":
            body, content_type = urlencode(envelope.payload).encode(), FORM
        else:
            body, content_type = urlencode({"payload": json.dumps(envelope.payload)}).encode(), FORM
        headers: dict[str, str] = {}
        if envelope.attempt:
            headers = {"X-Slack-Retry-Num": str(envelope.attempt), "X-Slack-Retry-Reason": envelope.reason}
        status, content, got = await self._post(body, content_type, headers)
        if not 200 <= status < 300:
            raise DeliveryFailed("http_error", final=got.get("x-slack-no-retry") == "1")
        return _ack(content, got.get("content-type", ""))

    async def close(self) -> None:
        """Closes the connections to the app."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _ack(content: bytes, content_type: str) -> Ack:
    text = content.decode("utf-8", errors="replace")
    if "json" in content_type or text.startswith("{"):
        try:
            payload: object = json.loads(text) if text else None
        except ValueError:
            return Ack(None, text)
        return Ack(cast("Json", payload) if isinstance(payload, dict) else None)
    return Ack(None, text)
