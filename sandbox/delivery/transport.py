"""What both ways to the app have in common."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Json = dict[str, Any]
Kind = Literal["events_api", "slash_commands", "interactive"]


@dataclass(frozen=True)
class Envelope:
    """One thing to deliver; `attempt` counts the retries, `reason` says why there is one."""

    kind: Kind
    payload: Json
    attempt: int = 0
    reason: str = ""
    drop: bool = False


@dataclass(frozen=True)
class Ack:
    """The app's answer: JSON, or plain text of an HTTP answer."""

    payload: Json | None = None
    text: str = ""


class DeliveryFailed(Exception):
    """The app did not take it. `reason` in the words of `X-Slack-Retry-Reason`; `final`: do not try again."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


class Transport(Protocol):
    """A way to the app."""

    async def send(self, envelope: Envelope) -> Ack:
        """Delivers and waits for the answer. Raises DeliveryFailed."""
        ...

    async def close(self) -> None:
        """Lets go of connections."""
        ...
