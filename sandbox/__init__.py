"""A strict local Slack: Web API, Socket Mode, signed HTTP, a browser page, its own clock, faults on demand."""

from sandbox.config import Sample, SandboxConfig, WebhookTarget
from sandbox.server import Sandbox

__all__ = ["Sample", "Sandbox", "SandboxConfig", "WebhookTarget"]
