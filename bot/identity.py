"""Which workspace the bot token belongs to, asked of Slack once at the start."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import WrongUsage
from bot.slack_web import TROUBLE, call, error_code
from domain.clock import Clock
from handlers.people import PeopleDirectory
from storage import people
from storage.database import Database
from storage.slack_people import facts_from_slack

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 30.0
PAGE: Final = 200
"""`users.list` answers better in small pages; Slack recommends 100 to 200."""

HOPELESS: Final = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"}
)

_log = structlog.stdlib.get_logger("baton.slack")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is and where."""

    team_id: str
    team: str
    bot_user_id: str
    bot_id: str
    url: str


async def ask_slack(client: AsyncWebClient) -> Identity:
    """`auth.test`. Raises WrongUsage for a token that will never work, else one of TROUBLE."""
    try:
        answer = (await call(client, "auth.test")).data
    except SlackApiError as error:
        code = error_code(error)
        if code in HOPELESS:
            raise WrongUsage(f"SLACK_BOT_TOKEN: Slack does not accept it ({code}).") from None
        raise
    return Identity(
        team_id=str(answer["team_id"]),
        team=str(answer.get("team") or ""),
        bot_user_id=str(answer.get("user_id") or ""),
        bot_id=str(answer.get("bot_id") or ""),
        url=str(answer.get("url") or ""),
    )


async def find_workspace(client: AsyncWebClient, db: Database, clock: Clock, directory: PeopleDirectory) -> Identity:
    """Ask until Slack answers, then keep the workspace in the database and the directory.

    While Slack does not answer, the only workspace the database knows is used: what comes in is kept meanwhile.
    Raises WrongUsage when Slack does not accept the token.
    """
    wait = FIRST_WAIT_S
    while True:
        try:
            identity = await ask_slack(client)
            break
        except TROUBLE as error:
            _log.warning("Slack can't be reached", reason=type(error).__name__, again_in_s=wait)
            if not directory.workspace_id:
                await _use_the_known_one(db, directory)
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT_S)
    async with db.write() as tx:
        row = await people.ensure_workspace(tx.session, identity.team_id, identity.team, identity.bot_user_id, clock())
    directory.of_workspace(row, identity.team_id)
    _log.info("reached Slack", team=identity.team, team_id=identity.team_id)
    return identity


async def _use_the_known_one(db: Database, directory: PeopleDirectory) -> None:
    async with db.read() as session:
        known = await people.workspaces(session)
    if len(known) == 1:
        directory.of_workspace(known[0].id, known[0].team_id)


async def learn_people(client: AsyncWebClient, db: Database, workspace_id: int, team_id: str, clock: Clock) -> int:
    """Read every member from `users.list` into the database; returns how many. Raises one of TROUBLE."""
    cursor, count = "", 0
    while True:
        page = (await call(client, "users.list", limit=PAGE, include_locale="true", cursor=cursor)).data
        members: list[dict[str, Any]] = page["members"]
        found = [facts_from_slack(member, team_id) for member in members]
        async with db.write() as tx:
            # Who left before Baton knew them is nobody's business, nor who was erased since.
            left = [one.slack_id for one in found if one.is_deleted]
            known = await people.slack_ids_known(tx.session, workspace_id, left)
            kept = [one for one in found if not one.is_deleted or one.slack_id in known]
            await people.upsert(tx.session, workspace_id, kept, clock())
        count += len(found)
        metadata: dict[str, Any] = page.get("response_metadata") or {}
        cursor = str(metadata.get("next_cursor") or "")
        if not cursor:
            return count
