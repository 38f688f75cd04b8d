"""`baton check`."""

import aiohttp
import typer

from bot.check import Mark, check_all
from bot.commands.common import in_loop, say, settings_and_logs
from bot.config import Settings
from bot.errors import FAILED
from bot.manifest import manifest_path
from bot.masking import Masker
from bot.slack_web import web_client
from storage.database import Database


def check() -> None:
    """Say, line by line, whether everything is set up right, and what to do where it is not."""
    settings = settings_and_logs()
    wrong = in_loop(_check(settings))
    if wrong:
        say(f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong.")
        raise typer.Exit(FAILED)
    say("Everything is set up right.")


async def _check(settings: Settings) -> int:
    mask = Masker(settings.secrets())
    db = Database(settings.database_url.get_secret_value())
    wrong = 0
    try:
        async with aiohttp.ClientSession() as session:
            async for line in check_all(settings, db, web_client(settings, session, timeout_s=10), manifest_path()):
                wrong += line.mark is Mark.WRONG
                say(mask(str(line)))
    finally:
        await db.close()
    return wrong
