"""Sample events sent as a CRM would: JSON, signed as Standard Webhooks says, with the real clock."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import aiohttp
from standardwebhooks import Webhook

from sandbox.config import Sample, WebhookTarget
from sandbox.errors import SlackError
from sandbox.world import World

Json = dict[str, Any]
SECONDS = 15.0
ANSWER_MOST = 20_000
FILLED = re.compile(r"\{\{(?:(n)|(now)|monday-(\d{1,3}))\}\}")


class Webhooks:
    """Sends to the configured target."""

    def __init__(self, world: World) -> None:
        self.world = world

    def _target(self) -> WebhookTarget:
        target = self.world.config.webhook
        if target is None:
            raise SlackError("no_webhook_target", "[ERROR] the sandbox was started without a webhook target")
        return target

    async def send_sample(self, name: str) -> Json:
        """Sends the sample of that name with fresh numbers and the sandbox's time."""
        sample: Sample | None = next((one for one in self._target().samples if one.name == name), None)
        if sample is None:
            raise SlackError("no_such_sample", status=404)
        body = json.loads(filled(json.dumps(sample.body), int(time.time() * 10) % 10_000_000, self.world.clock.now()))
        return await self.send(cast("Json", body), None)

    async def send(self, body: Json, message_id: str | None) -> Json:
        """Signs and sends any body: `{"status", "body"}`; status 0 when nobody answered."""
        target = self._target()
        filled = {**body, "timestamp": body.get("timestamp") or self.world.clock.now().isoformat()}
        text = json.dumps(filled, ensure_ascii=False)
        message_id = message_id or f"msg_{self.world.ids.secret()}"
        now = datetime.fromtimestamp(time.time(), UTC)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(target.secret).sign(message_id, now, text),
        }
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(target.url, data=text.encode(), headers=headers) as answer,
            ):
                content = (await answer.content.read(ANSWER_MOST)).decode("utf-8", errors="replace")
                return {"status": answer.status, "body": _json_or_text(content), "id": message_id}
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return {"status": 0, "body": f"{type(error).__name__}: {error}", "id": message_id}


def filled(text: str, number: int, now: datetime) -> str:
    """`{{n}}` is the number, `{{now}}` the moment, `{{monday-3}}` the Monday three weeks before this week's."""
    monday = now.date() - timedelta(days=now.weekday())

    def put(found: re.Match[str]) -> str:
        if found[1]:
            return str(number)
        return now.isoformat() if found[2] else (monday - timedelta(weeks=int(found[3]))).isoformat()

    return FILLED.sub(put, text)


def _json_or_text(content: str) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return content
