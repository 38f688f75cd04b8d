"""Which workspace a command works for."""

import aiohttp

from bot.clock import real_clock
from bot.config import Settings
from bot.errors import Failure
from bot.identity import ask_slack
from bot.slack_web import TROUBLE, error_code, web_client
from storage import people
from storage.database import Database


async def the_workspace(settings: Settings, db: Database) -> int:
    """The workspace's row; made with Slack's help when Baton never ran on this database. Raises Failure."""
    async with db.read() as session:
        known = await people.workspaces(session)
    if len(known) == 1:
        return known[0].id
    if settings.slack_bot_token is None:
        raise Failure("SLACK_BOT_TOKEN is not set, and the database does not say which workspace this is.")
    async with aiohttp.ClientSession() as session:
        try:
            identity = await ask_slack(web_client(settings, session))
        except TROUBLE as error:
            raise Failure(unreachable(error)) from error
    async with db.write() as tx:
        return await people.ensure_workspace(
            tx.session, identity.team_id, identity.team, identity.bot_user_id, real_clock()
        )


def unreachable(error: Exception) -> str:
    """Why Slack could not be asked, for a person."""
    return f"Slack did not say who is in the workspace ({error_code(error) or type(error).__name__})."
