"""`baton usage scan`."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Final

import typer

from bot.clock import real_clock
from bot.commands.common import in_loop, say, settings_and_logs
from bot.config import Settings
from bot.errors import WrongUsage
from bot.metrics_files import load_metrics
from bot.serve import check_schema
from bot.usage_steps_files import load_usage_steps
from bot.workspace import the_workspace
from bot.zones import country_of_zone
from domain.calendar import Calendars, at_wall, zone_named
from domain.usage_alert import Ended
from domain.usage_rules import Finished, Opened, Route, Worsened
from messages.text import plural
from messages.usage_words import explain
from scheduler.usage_clock import EARLY
from scheduler.usage_scan import NOBODY, Decided, ScanMeans, Tiding, UsageScan
from storage.database import Database
from storage.mornings import Reader

HOW: Final[Mapping[Route, str]] = {
    Route.NOW: "at once",
    Route.MORNING: "in the morning's digest",
    Route.WEEKLY: "in the week's digest",
}


def scan(
    on: Annotated[
        str | None, typer.Option(help="Look by the complete weeks before this day (YYYY-MM-DD); today without it.")
    ] = None,
) -> None:
    """Run the detector now and print what it would tell whom. Nothing is sent, and nothing is written down."""
    day = _day(on)
    settings = settings_and_logs()
    for line in in_loop(_scan(settings, day)):
        say(line)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text is not None else None
    except ValueError:
        raise WrongUsage("--on: it has to be a day such as 2026-11-23.") from None


async def _scan(settings: Settings, on: date | None) -> list[str]:
    zone = settings.baton_timezone
    now = real_clock() if on is None else at_wall(on, EARLY, zone_named(zone))
    day = on or now.astimezone(zone_named(zone)).date()
    db = Database(settings.database_url.get_secret_value())
    try:
        await check_schema(db)
        workspace = await the_workspace(settings, db)
        scanner = UsageScan(
            ScanMeans(
                db,
                Calendars(country_of_zone(), settings.holiday_countries),
                load_metrics(settings.baton_playbooks),
                load_usage_steps(settings.baton_playbooks),
                settings.baton_cs_lead or "",
                zone,
            )
        )
        found = await scanner.look(workspace, day)
        if found is None:
            return ["There is no usage yet. `baton usage import FILE` brings some in."]
        decided = await scanner.decide(found, now)
    finally:
        await db.close()
    head = f"{plural(len(found.fleet.accounts), 'account')}, by the weeks up to the one of {found.newest.isoformat()}"
    return [f"{head}: {_counted(decided)}", *_lines(decided)]


def _counted(decided: Decided) -> str:
    kinds = [type(one.news) for one in decided.tidings]
    counts = [(kinds.count(kind), word) for kind, word in ((Opened, "new"), (Worsened, "worse"), (Finished, "over"))]
    return ", ".join(f"{count} {word}" for count, word in counts if count) or "nothing to tell of any account"


def _lines(decided: Decided) -> Iterator[str]:
    for alert in decided.feed:
        yield f"To {_name(decided.readers, decided.lead, 'the team')}: {explain(alert)}"
    for one in decided.tidings:
        yield f"{_to(one, decided.readers)}: {one.card.account_name}: {_what(one)}"


def _to(one: Tiding, readers: Mapping[int, Reader]) -> str:
    """``To Chloé Devaux, at once (2026-11-23)``."""
    reader = _name(readers, one.reader, "the team")
    if isinstance(one.news, Finished) or (one.kept is not None and one.kept.route is Route.NOW):
        return f"To {reader}, where it was told" if one.route is Route.NOW else f"To nobody ({reader} was not told)"
    where = " and the deal's channel" if one.route is Route.NOW and one.card.deal is not None else ""
    return f"To {reader}{where}, {HOW[one.route]} ({one.on.isoformat()})"


def _what(one: Tiding) -> str:
    match one.news:
        case Opened():
            return f"{one.card.severity}: {explain(one.card.alert())}"
        case Worsened(alert):
            return f"worse, {alert.severity}: {explain(alert)}"
        case Finished(ended):
            return "usage is back." if ended is Ended.RECOVERED else "it stayed low and is taken as usual from now on."


def _name(readers: Mapping[int, Reader], number: int | None, otherwise: str) -> str:
    reader = readers.get(number or NOBODY)
    return (reader.card.name or reader.card.slack_id) if reader is not None else otherwise
