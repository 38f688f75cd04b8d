"""`baton demo`: the local Slack and Baton in one loop, with everything kept in one folder."""

import asyncio
import base64
import secrets
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import aiohttp
from sqlalchemy import URL

from bot.app import Baton
from bot.clock import FollowedClock
from bot.commands.migrate import bring_up
from bot.config import Settings, read_settings
from bot.csms import import_rows, read_rows
from bot.errors import Failure
from bot.identity import ask_slack, learn_people
from bot.logs import set_up_logs
from bot.manifest import manifest_path
from bot.samples import sample_events, sample_roster
from bot.serve import Address, listen, serve
from bot.slack_web import web_client
from sandbox import Sandbox, SandboxConfig, WebhookTarget
from storage import people
from storage.database import Database

HOST: Final = "127.0.0.1"
LEAD: Final = "eva@northwind.example"
CS_CHANNEL: Final = "customer-success"
SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Folder:
    """What the demo keeps, and where."""

    path: Path

    @property
    def slack(self) -> Path:
        return self.path / "slack"

    @property
    def database(self) -> Path:
        return self.path / "baton.db"

    @property
    def secret(self) -> Path:
        return self.path / "webhook.secret"

    @property
    def environment(self) -> Path:
        return self.path / "demo.env"

    @property
    def log(self) -> Path:
        return self.path / "baton.log"

    def prepare(self) -> None:
        """Make the folder; raises Failure when it can't be written to."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.slack.mkdir(exist_ok=True)
            self.log.write_text("", "utf-8")
        except OSError as error:
            raise Failure(f"--data {self.path}: {error.strerror or error}.") from None

    def webhook_secret(self) -> str:
        """The secret of earlier starts, or a new one."""
        if not self.secret.exists():
            made = "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
            self.secret.touch(mode=0o600)
            self.secret.write_text(made + "\n", "utf-8")
        return self.secret.read_text("utf-8").strip()

    def write_environment(self, values: Mapping[str, str]) -> None:
        """The environment of the running demo, for other programs: `set -a; . demo.env`."""
        lines = [f"{name}={shlex.quote(value)}\n" for name, value in values.items()]
        self.environment.touch(mode=0o600)
        self.environment.write_text("".join(lines), "utf-8")


async def run_demo(
    folder: Folder, port: int, now: datetime | None, stop: asyncio.Event, ready: Callable[[str], None]
) -> None:
    """Run until `stop` is set; `ready` gets the one address to open. Raises Failure."""
    folder.prepare()
    # The page's port is tried before anything else is started; the sandbox opens it again.
    with listen(HOST, port) as tried:
        page_port = int(tried.getsockname()[1])
    with listen(HOST, 0) as listener, folder.log.open("a", encoding="utf-8") as log:
        webhook = f"http://{HOST}:{listener.getsockname()[1]}/webhooks/baton"
        sandbox = Sandbox(_config(folder, page_port, now, webhook))
        page = f"http://{HOST}:{page_port}/"
        up = asyncio.Event()
        slack = asyncio.create_task(sandbox.serve(ready=up), name="sandbox")
        try:
            await _first(up, slack)
            values = _environment(folder, sandbox.environment(), page)
            settings = read_settings(values)
            set_up_logs("console", settings.secrets(), stream=log)
            await asyncio.to_thread(bring_up, settings.database_url.get_secret_value())
            await _fill(settings)
            folder.write_environment({**values, "BATON_WEBHOOK_URL": webhook, "BATON_SANDBOX_URL": page})

            def on_ready(_baton: Baton, _address: Address) -> None:
                ready(page)

            await serve(settings, listener, stop, on_ready)
        finally:
            await sandbox.stop()
            await asyncio.gather(slack, return_exceptions=True)


def _config(folder: Folder, port: int, now: datetime | None, webhook: str) -> SandboxConfig:
    target = WebhookTarget(webhook, folder.webhook_secret(), sample_events())
    manifest = manifest_path()
    return SandboxConfig(
        host=HOST,
        port=port,
        data=folder.slack,
        now=now,
        manifest=manifest if manifest.is_file() else None,
        webhook=target,
    )


def _environment(folder: Folder, slack: Mapping[str, str], page: str) -> dict[str, str]:
    database = URL.create("sqlite", database=str(folder.database.resolve()))
    return {
        **slack,
        "DATABASE_URL": database.render_as_string(hide_password=False),
        "BATON_WEBHOOK_SECRET": folder.webhook_secret(),
        "BATON_CS_CHANNEL": CS_CHANNEL,
        "BATON_CS_LEAD": LEAD,
        "BATON_CLOCK_URL": f"{page}_sandbox/clock",
    }


async def _first(up: asyncio.Event, slack: asyncio.Task[None]) -> None:
    """Wait until the local Slack answers. Raises Failure when it ended instead."""
    waiting = asyncio.create_task(up.wait())
    await asyncio.wait({waiting, slack}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if slack.done():
        error = slack.exception()
        raise Failure(f"The local Slack did not start: {error or 'it ended by itself'}.")


async def _fill(settings: Settings) -> None:
    """Learn the sample people and make the sample CSMs, unless somebody changed the roster before."""
    db = Database(settings.database_url.get_secret_value())
    try:
        async with aiohttp.ClientSession() as session:
            web = web_client(settings, session)
            clock = FollowedClock(settings.baton_clock_url or "", session)
            await clock.read()
            identity = await ask_slack(web)
            async with db.write() as tx:
                workspace = await people.ensure_workspace(
                    tx.session, identity.team_id, identity.team, identity.bot_user_id, clock()
                )
            async with db.read() as reader:
                if await people.roster(reader, workspace):
                    return
            await learn_people(web, db, workspace, identity.team_id, clock)
            rows, bad = read_rows(sample_roster())
            await import_rows(db, workspace, rows, bad, clock)
    finally:
        await db.close()
