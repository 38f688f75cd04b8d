"""`baton tick`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.commands.common import in_loop, moment, say, settings_and_logs
from bot.config import Settings, need_slack
from bot.errors import Failure
from bot.identity import ask_slack
from bot.serve import started
from bot.slack_web import TROUBLE, error_code
from storage import notices, people


def tick(
    now: Annotated[str | None, typer.Option(help="Take this as the present moment (ISO 8601).")] = None,
) -> None:
    """Do everything that is due once, and exit."""
    settings = settings_and_logs()
    need_slack(settings)
    at = moment(now, "--now")
    say(in_loop(_tick(settings, at)))


async def _tick(settings: Settings, at: datetime | None) -> str:
    offset = at - datetime.now(UTC) if at else None
    async with started(settings, offset, once=True) as baton:
        try:
            identity = await ask_slack(baton.web)
        except TROUBLE as error:
            raise Failure(f"Slack can't be reached ({error_code(error) or type(error).__name__}).") from error
        baton.state.identity = identity
        async with baton.db.write() as tx:
            row = await people.ensure_workspace(
                tx.session, identity.team_id, identity.team, identity.bot_user_id, baton.clock()
            )
        baton.services.people.of_workspace(row, identity.team_id)
        await baton.ticker.gather()
        await baton.ticker.tick()
        done = await baton.embedded.drain()
        async with baton.db.read() as session:
            unfinished = await notices.unfinished(session, baton.clock())
    return f"{done} done, {unfinished.due + unfinished.later} wait for their time."
