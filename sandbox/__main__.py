"""`python -m sandbox`: runs a sandbox and prints what a bot needs to connect."""

import argparse
import asyncio
import contextlib
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from sandbox.config import SandboxConfig, WebhookTarget
from sandbox.manifest import ManifestError
from sandbox.server import Sandbox


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sandbox", description="A strict local Slack.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080, help="0 takes a free one")
    parser.add_argument("--data", type=Path, help="folder to keep the state in; without it nothing is kept")
    parser.add_argument("--signing-secret")
    parser.add_argument("--events-url", help="deliver by signed HTTP instead of Socket Mode")
    parser.add_argument("--now", type=datetime.fromisoformat, help="where the clock starts, ISO 8601")
    parser.add_argument("--manifest", type=Path, help="the app's manifest, YAML or JSON")
    parser.add_argument("--workspace", type=Path, help="people and channels, YAML")
    parser.add_argument("--pace", type=float, default=1.0, help="multiplies the rate limits; 0 is no limits")
    parser.add_argument("--webhook-url", help="where the page's CRM panel sends")
    parser.add_argument("--webhook-secret", help="whsec_… to sign that with")
    return parser


def _config(arguments: argparse.Namespace) -> SandboxConfig:
    webhook = None
    if arguments.webhook_url and arguments.webhook_secret:
        webhook = WebhookTarget(arguments.webhook_url, arguments.webhook_secret)
    now: datetime | None = arguments.now
    return SandboxConfig(
        host=arguments.host,
        port=arguments.port,
        data=arguments.data,
        signing_secret=arguments.signing_secret,
        events_url=arguments.events_url,
        now=now.replace(tzinfo=UTC) if now is not None and now.tzinfo is None else now,
        manifest=arguments.manifest,
        webhook=webhook,
        workspace=arguments.workspace,
        pace=arguments.pace,
    )


async def _run(config: SandboxConfig) -> None:
    sandbox = Sandbox(config)
    ready = asyncio.Event()
    serving = asyncio.create_task(sandbox.serve(ready=ready))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if serving.done():
        await serving
    lines = [f"{name}={value}" for name, value in sandbox.environment().items()]
    sys.stdout.write("\n".join([*lines, f"url={sandbox.url}", ""]))
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stopping.set)
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait({serving, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    await sandbox.stop()
    await serving


def main() -> int:
    """Runs until SIGINT or SIGTERM; 2 for a wrong manifest or a port that is taken."""
    try:
        asyncio.run(_run(_config(_parser().parse_args())))
    except (ManifestError, OSError) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
