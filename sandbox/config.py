"""What a sandbox is started with."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """One sample event of the page's CRM panel.

    `body` is `{"type", "timestamp"?, "data"}`; when it is sent every `{{n}}` in its strings becomes a fresh number,
    `{{now}}` the sandbox's time and `{{monday-3}}` the Monday three weeks before its week's; a missing `timestamp` is
    filled in.
    """

    name: str
    title: str
    description: str
    body: Json


@dataclass(frozen=True)
class WebhookTarget:
    """Where the page's CRM panel sends its events, signed as Standard Webhooks says with `secret` (`whsec_…`)."""

    url: str
    secret: str
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True)
class SandboxConfig:
    """How a sandbox runs.

    Without `data` nothing is kept; without `events_url` the app is reached over Socket Mode, with it by signed HTTP.
    `pace` multiplies the rate limits (2 is twice as fast, 0 is no limits). `patience_s` is how long the app has to
    acknowledge and to use a trigger_id: Slack's three seconds (docs.slack.dev/interactivity); more where it is tested
    what an app does and not how fast the machine is.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    data: Path | None = None
    signing_secret: str | None = None
    events_url: str | None = None
    now: datetime | None = None
    manifest: Path | None = None
    webhook: WebhookTarget | None = None
    workspace: Path | None = None
    pace: float = 1.0
    patience_s: float = 3.0
