"""`baton check`: each part that has to be right, one line each, with what to do when it is not."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, cast

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import real_clock
from bot.config import WEAK_SECRET_BYTES, Settings, webhook_key
from bot.errors import Failure, WrongUsage
from bot.manifest import ManifestMissing, bot_scopes
from bot.metrics_files import load_metrics
from bot.plans_files import load_plans
from bot.playbook_files import SHOWN, VARIABLE, WrongPlaybooks, read_folder
from bot.serve import check_schema
from bot.slack_web import TROUBLE, Answer, call, error_code
from bot.usage_steps_files import load_usage_steps
from storage import notices, people, schema, subscriptions, usage
from storage.absence import KEPT
from storage.database import Database

SKEW_S: Final = 60
"""Slack and the webhooks' senders refuse signatures five minutes old; a clock a minute off is on its way there."""
DEAD_SHOWN: Final = 20
BEGIN_APP: Final = "Copy the bot token (xoxb-…) of the Slack app: OAuth & Permissions. `baton manifest` begins an app."
MAKE_ONE: Final = "`openssl rand -base64 32` with whsec_ before it makes one; give it to the CRM as well."
NAME_LEAD: Final = "Name a Slack user id or an e-mail address."
PAGE: Final = 200


class Mark(StrEnum):
    """How one thing is."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at. `fix` says what to do."""

    mark: Mark
    subject: str
    found: str
    fix: str = ""

    def __str__(self) -> str:
        fix = f" {self.fix}" if self.fix else ""
        return f"{self.mark.value:<5}  {self.subject}: {self.found}{fix}"


async def check_all(settings: Settings, db: Database, web: AsyncWebClient, manifest: Path) -> AsyncIterator[Line]:
    """Look at everything in turn; what depends on something wrong is left out."""
    auth = await _auth(web)
    if isinstance(auth, Line):
        yield auth
    else:
        team, user = auth.data.get("team"), auth.data.get("user_id")
        yield Line(Mark.OK, "SLACK_BOT_TOKEN", f"the bot is {user} in {team}.")
        yield _scopes(auth, manifest)
        yield _skew(auth)
    yield await _transport(settings, web)
    yield _webhook(settings)
    for line in _playbooks(settings):
        yield line
    if not isinstance(auth, Line):
        yield await _cs_channel(settings, web)
        yield await _lead(settings, web)
    schema_line = await _schema(db)
    yield schema_line
    if schema_line.mark is Mark.OK:
        for line in await _taken_away(db):
            yield line
        yield await _roster(db)
        yield await _usage(db)
        for line in await _billing(settings, db):
            yield line
        async for line in _dead_letters(db):
            yield line


async def _auth(web: AsyncWebClient) -> Answer | Line:
    if not web.token:
        return Line(Mark.WRONG, "SLACK_BOT_TOKEN", "it is not set.", BEGIN_APP)
    try:
        return await call(web, "auth.test")
    except TROUBLE as error:
        code = error_code(error)
        if code:
            fix = "Install the app in the workspace again and copy its bot token: OAuth & Permissions."
            return Line(Mark.WRONG, "SLACK_BOT_TOKEN", f"Slack does not accept it ({code}).", fix)
        fix = "Look at SLACK_API_URL and at the way to the internet."
        return Line(Mark.WRONG, "Slack", f"it can't be reached ({type(error).__name__}).", fix)


def _scopes(auth: Answer, manifest: Path) -> Line:
    subject = "Scopes"
    header = auth.headers.get("x-oauth-scopes")
    if header is None:
        return Line(Mark.NOTE, subject, "Slack did not say which scopes the token has.")
    try:
        needed = bot_scopes(manifest)
    except ManifestMissing as error:
        return Line(Mark.WRONG, subject, f"{error}.", "Put manifest.yaml back where Baton is installed.")
    granted = {scope.strip() for scope in header.split(",") if scope.strip()}
    missing, more = sorted(needed - granted), sorted(granted - needed)
    if missing:
        fix = "Update the app with manifest.yaml and install it in the workspace again."
        return Line(Mark.WRONG, subject, f"missing {', '.join(missing)}.", fix)
    if more:
        return Line(Mark.NOTE, subject, f"all {len(needed)} are there; Baton does not need {', '.join(more)}.")
    return Line(Mark.OK, subject, f"all {len(needed)} of manifest.yaml.")


def _skew(auth: Answer) -> Line:
    try:
        skew = (datetime.now(UTC) - parsedate_to_datetime(auth.headers["date"])).total_seconds()
    except (KeyError, ValueError, TypeError):
        return Line(Mark.NOTE, "Clock", "Slack did not say what time it is.")
    if abs(skew) > SKEW_S:
        way = "ahead of" if skew > 0 else "behind"
        fix = "Set the machine's clock by NTP: signatures are refused when it is five minutes off."
        return Line(Mark.WRONG, "Clock", f"{abs(skew):.0f} seconds {way} Slack's.", fix)
    return Line(Mark.OK, "Clock", "within a minute of Slack's.")


async def _transport(settings: Settings, web: AsyncWebClient) -> Line:
    if settings.slack_app_token is None:
        if settings.slack_signing_secret is None:
            fix = "Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP: Basic Information."
            return Line(Mark.WRONG, "Transport", "Slack has no way to Baton.", fix)
        found = "HTTP; Slack has to reach this machine at /slack/events, as `baton manifest --url` tells it."
        return Line(Mark.OK, "Transport", found)
    try:
        await call(web, "apps.connections.open", token=settings.slack_app_token.get_secret_value())
    except TROUBLE as error:
        why = error_code(error) or type(error).__name__
        fix = "Make an app-level token with connections:write, and turn Socket Mode on in the app's settings."
        return Line(Mark.WRONG, "SLACK_APP_TOKEN", f"Slack opens no connection for it ({why}).", fix)
    return Line(Mark.OK, "SLACK_APP_TOKEN", "Socket Mode opens.")


def _webhook(settings: Settings) -> Line:
    subject = "BATON_WEBHOOK_SECRET"
    if settings.baton_webhook_secret is None:
        return Line(Mark.NOTE, subject, "it is not set: the CRM's webhooks are answered with 503.", MAKE_ONE)
    size = len(webhook_key(settings.baton_webhook_secret.get_secret_value()))
    if size < WEAK_SECRET_BYTES:
        return Line(Mark.NOTE, subject, f"it has {size} bytes of {WEAK_SECRET_BYTES} to 64.", MAKE_ONE)
    return Line(Mark.OK, subject, "it is set.")


def _playbooks(settings: Settings) -> list[Line]:
    """One line for each playbook, or for each thing that is wrong in them."""
    try:
        loaded = read_folder(settings.baton_playbooks)
    except WrongPlaybooks as error:
        lines = [Line(Mark.WRONG, "Playbooks", str(problem)) for problem in error.problems[:SHOWN]]
        more = len(error.problems) - SHOWN
        return [*lines, Line(Mark.WRONG, "Playbooks", f"… and {more} more.")] if more > 0 else lines
    except WrongUsage as error:
        return [Line(Mark.WRONG, "Playbooks", str(error))]
    lines = [
        Line(
            Mark.OK,
            f"Playbook {name}",
            f"{_steps(len(playbook.steps))}, from {loaded.files[name]}{'; the usual one' if playbook.usual else ''}.",
        )
        for name, playbook in loaded.playbooks.by_name.items()
    ]
    lines += _metrics(settings)
    lines += _falls(settings)
    lines += _plans(settings)
    if loaded.others:
        lines.append(Line(Mark.NOTE, VARIABLE, f"no playbooks, and left alone: {', '.join(loaded.others[:SHOWN])}."))
    return lines


def _metrics(settings: Settings) -> list[Line]:
    try:
        metrics = load_metrics(settings.baton_playbooks)
    except WrongPlaybooks as error:
        return [Line(Mark.WRONG, "Metrics", str(problem)) for problem in error.problems[:SHOWN]]
    return [Line(Mark.OK, "Metrics", f"{', '.join(metrics.watched)} are watched.")]


def _falls(settings: Settings) -> list[Line]:
    """What is to be done when usage falls."""
    try:
        steps = load_usage_steps(settings.baton_playbooks)
    except WrongPlaybooks as error:
        return [Line(Mark.WRONG, "Falls of usage", str(problem)) for problem in error.problems[:SHOWN]]
    count = sum(len(some) for some in steps.by_occasion.values())
    return [Line(Mark.OK, "Falls of usage", f"{_steps(count)} for {len(steps.by_occasion)} occasions.")]


def _plans(settings: Settings) -> list[Line]:
    """The order by which a change of plan goes up or down."""
    try:
        plans = load_plans(settings.baton_playbooks)
    except WrongPlaybooks as error:
        return [Line(Mark.WRONG, "Plans", str(problem)) for problem in error.problems[:SHOWN]]
    return [Line(Mark.OK, "Plans", f"{' < '.join(tier.name for tier in plans.tiers)}.")]


def _steps(count: int) -> str:
    return f"{count} {'step' if count == 1 else 'steps'}"


async def _cs_channel(settings: Settings, web: AsyncWebClient) -> Line:
    subject, wanted = "BATON_CS_CHANNEL", settings.baton_cs_channel
    try:
        async for channel in _pages(web, "users.conversations", "channels", types="public_channel,private_channel"):
            if wanted in (channel.get("id"), channel.get("name")):
                return Line(Mark.OK, subject, f"the bot is in #{channel.get('name')}.")
        async for channel in _pages(web, "conversations.list", "channels", types="public_channel"):
            if wanted in (channel.get("id"), channel.get("name")):
                return Line(Mark.OK, subject, f"the bot joins #{channel.get('name')} by itself.")
    except TROUBLE as error:
        why = error_code(error) or type(error).__name__
        return Line(Mark.WRONG, subject, f"channels can't be listed ({why}).", "Mend the scopes and try again.")
    fix = "Make it, or type `/invite @Baton` in it when it is private, or name another channel."
    return Line(Mark.WRONG, subject, f"there is no channel {wanted} the bot can see.", fix)


async def _lead(settings: Settings, web: AsyncWebClient) -> Line:
    subject, lead = "BATON_CS_LEAD", settings.baton_cs_lead
    if lead is None:
        return Line(Mark.NOTE, subject, "it is not set: nobody hears of handoffs that are overdue.", NAME_LEAD)
    try:
        if "@" in lead:
            found = (await call(web, "users.lookupByEmail", email=lead)).data["user"]
        else:
            found = (await call(web, "users.info", user=lead)).data["user"]
    except TROUBLE as error:
        why = error_code(error) or type(error).__name__
        return Line(Mark.WRONG, subject, f"{lead} is nobody in Slack ({why}).", "Name a Slack user id or an address.")
    if found.get("deleted"):
        return Line(Mark.WRONG, subject, f"{lead} has left the workspace.", "Name somebody else.")
    return Line(Mark.OK, subject, f"{found.get('real_name') or found.get('name') or lead}.")


async def _schema(db: Database) -> Line:
    try:
        await check_schema(db)
    except Failure as failure:
        return Line(Mark.WRONG, "DATABASE_URL", str(failure).removeprefix("DATABASE_URL: "))
    return Line(Mark.OK, "DATABASE_URL", f"it answers, with the newest schema ({schema.HEAD}).")


async def _taken_away(db: Database) -> list[Line]:
    async with db.read() as session:
        gone = [one for one in await people.workspaces(session) if one.gone_at is not None and one.name]
    fix = "Install the app in it again and give Baton the new token: it goes on where it stopped."
    return [
        Line(Mark.WRONG, f"Workspace {one.name}", f"Baton was removed; {_erased_on(one.gone_at)}.", fix)
        for one in gone
        if one.gone_at is not None
    ]


def _erased_on(gone_at: datetime) -> str:
    return f"what is known of it is erased after {(gone_at + KEPT).date().isoformat()}"


async def _roster(db: Database) -> Line:
    async with db.read() as session:
        rosters = [await people.roster(session, workspace.id) for workspace in await people.workspaces(session)]
    active = sum(entry.active for roster in rosters for entry in roster)
    if not active:
        fix = "An admin adds some with `/baton`, or `baton csms import FILE.csv`."
        return Line(Mark.WRONG, "CSMs", "there are none: new deals go to nobody.", fix)
    return Line(Mark.OK, "CSMs", f"{active} take customers over.")


async def _usage(db: Database) -> Line:
    """Usage of accounts nobody knows is kept aside: it would be lost on people unless it is named."""
    async with db.read() as session:
        known = await people.workspaces(session)
        days = [day for one in known if (day := await usage.last_day(session, one.id))]
        aside = [await usage.unknown_accounts(session, one.id, SHOWN) for one in known]
    if not days:
        return Line(Mark.NOTE, "Usage", "none was recorded: nobody hears of customers who use the product less.")
    count, names = sum(number for number, _ in aside), [name for _, some in aside for name in some][:SHOWN]
    newest = f"recorded up to {max(days).isoformat()}"
    if not count:
        return Line(Mark.OK, "Usage", f"{newest}; every account in it is known.")
    more = f" and {count - len(names)} more" if count > len(names) else ""
    found = f"{newest}; {count} {'account is' if count == 1 else 'accounts are'} not known: {', '.join(names)}{more}."
    fix = "They are kept, and count once `deal.won` names them; correct their ids if it never will."
    return Line(Mark.NOTE, "Usage", found, fix)


async def _billing(settings: Settings, db: Database) -> list[Line]:
    """What billing calls otherwise than we do: plans that are not in plans.yaml, customers the CRM never named."""
    async with db.read() as session:
        names, aside = await subscriptions.plan_names(session), await subscriptions.aside(session, SHOWN)
    lines: list[Line] = []
    try:
        plans = load_plans(settings.baton_playbooks)
    except WrongPlaybooks:
        # Told by the line of the plans already.
        names = []
    else:
        names = [name for name in names if plans.is_unknown(name)]
    if names:
        fix = "Add them to plans.yaml, or as other names (`also`) of a plan that is there."
        found = f"it names plans that are not in plans.yaml: {_few(names, len(names))}."
        lines.append(Line(Mark.NOTE, "Billing's plans", found, fix))
    if aside.count:
        which = "account is" if aside.count == 1 else "accounts are"
        found = f"{aside.count} {which} not known: {_few(aside.names, aside.count)}."
        fix = (
            "Changes of their plans are kept, and count once `deal.won` names them; correct their ids if it never will."
        )
        lines.append(Line(Mark.NOTE, "Billing's accounts", found, fix))
    return lines


def _few(names: Sequence[str], count: int) -> str:
    shown = [name[:60] for name in names[:SHOWN]]
    return f"{', '.join(shown)}{f' and {count - len(shown)} more' if count > len(shown) else ''}"


async def _dead_letters(db: Database) -> AsyncIterator[Line]:
    async with db.read() as session:
        dead = await notices.dead_letters(session, limit=DEAD_SHOWN)
        unfinished = await notices.unfinished(session, real_clock())
    total = unfinished.given_up
    if not total:
        waiting = f"{unfinished.due} being sent, {unfinished.later} planned for later"
        yield Line(Mark.OK, "Messages", f"none was given up; {waiting}.")
        return
    fix = "`/baton status` shows them to an admin, who can send them again."
    yield Line(Mark.WRONG, "Messages", f"{total} did not arrive, or nobody knows whether they did.", fix)
    for letter in dead:
        sure = "it may have arrived; " if letter.state == notices.UNSURE else ""
        why = letter.why or letter.state
        yield Line(Mark.WRONG, f"Message {letter.id}", f"{letter.kind} ({letter.key}): {sure}{why}")


async def _pages(web: AsyncWebClient, method: str, key: str, **arguments: str) -> AsyncIterator[dict[str, Any]]:
    cursor = ""
    while True:
        data = (await call(web, method, limit=PAGE, cursor=cursor, exclude_archived="true", **arguments)).data
        for item in cast("list[dict[str, Any]]", data[key]):
            yield item
        metadata: dict[str, Any] = data.get("response_metadata") or {}
        cursor = str(metadata.get("next_cursor") or "")
        if not cursor:
            return
