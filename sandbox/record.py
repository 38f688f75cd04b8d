"""The record of calls and deliveries, for tests and for the page's developer view."""

import itertools
from collections import deque
from dataclasses import dataclass
from typing import Any

from sandbox.clock import Clock
from sandbox.hub import Hub

Json = dict[str, Any]
KEPT = 5000
SECRET_ARGUMENTS = frozenset({"token", "client_secret"})


@dataclass(frozen=True)
class Done:
    """One Web API call as it ended."""

    method: str
    args: Json
    status: int
    answer: Json
    seconds: float
    token: str | None
    fault: str | None = None


class Record:
    """The newest calls and deliveries; `id` grows, so that `after=id` gives the new ones."""

    def __init__(self, clock: Clock, hub: Hub) -> None:
        self.clock = clock
        self.hub = hub
        self._numbers = itertools.count(1)
        self._calls: deque[Json] = deque(maxlen=KEPT)
        self._deliveries: deque[Json] = deque(maxlen=KEPT)

    def call(self, done: Done) -> None:
        """Adds a Web API call."""
        answer = done.answer
        messages: list[str] = answer.get("response_metadata", {}).get("messages", [])
        entry: Json = {
            "id": next(self._numbers),
            "time": self.clock.now().isoformat(),
            "method": done.method,
            "args": {key: value for key, value in done.args.items() if key not in SECRET_ARGUMENTS},
            "token": done.token,
            "status": done.status,
            "ok": answer.get("ok") is True and done.status == 200,
            "error": answer.get("error"),
            "needed": answer.get("needed"),
            "messages": messages,
            "warning": answer.get("warning"),
            "fault": done.fault,
            "channel": _place(done.args, answer),
            "ts": answer.get("ts") or answer.get("message_ts"),
            "duration_ms": round(done.seconds * 1000, 2),
        }
        self._calls.append(entry)
        self.hub.tell({"type": "call", "id": entry["id"], "method": done.method, "ok": entry["ok"]})

    def delivery(self, kind: str, what: str, *, ok: bool, **more: object) -> None:
        """Adds a delivery to the app: `kind` is events_api, slash_commands, interactive or options."""
        entry: Json = {
            "id": next(self._numbers),
            "time": self.clock.now().isoformat(),
            "kind": kind,
            "what": what,
            "ok": ok,
        }
        self._deliveries.append(entry | more)
        self.hub.tell({"type": "delivery", "id": entry["id"], "kind": kind, "what": what, "ok": ok})

    def calls(self, method: str | None, after: int) -> list[Json]:
        """Calls (of one method) newer than id `after`, oldest first."""
        return [one for one in self._calls if one["id"] > after and method in {None, one["method"]}]

    def deliveries(self, after: int) -> list[Json]:
        """Deliveries newer than id `after`, oldest first."""
        return [one for one in self._deliveries if one["id"] > after]

    def clear(self) -> None:
        """Forgets all; the numbers go on."""
        self._calls.clear()
        self._deliveries.clear()


def _place(args: Json, answer: Json) -> str | None:
    for held in (answer.get("channel"), args.get("channel"), args.get("channel_id")):
        if isinstance(held, str):
            return held
        if isinstance(held, dict):
            return str(held.get("id"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    return None
