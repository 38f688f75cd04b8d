"""When usage is looked through, and when the lead is told that nobody acted."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import at_wall, zone_named
from domain.outcome import Refused
from domain.summary import WEEK, monday_of
from domain.usage_alert import ESCALATED, escalate
from domain.usage_rules import escalation
from scheduler.deal_clocks import find_lead
from scheduler.deciders import Decider, Decision, Means
from scheduler.usage_tell import ESCALATION, lane_of
from storage import mornings, usage, usage_alerts, usage_cards
from storage.due import DueRow, NewDue
from storage.notices import NewNotice
from storage.usage_alerts import lead_key
from storage.usage_cards import Kept

SCAN: Final = "usage_scan"
"""Kind of the rows and of the errand."""
EARLY: Final = time(3)
"""Local time of the scan on Mondays: the day before is over, and nobody is at work yet (in New Zealand still at it)."""
_DAY: Final = timedelta(days=1)
SCAN_PRIORITY: Final = 6
ESCALATED_PRIORITY: Final = 3


def scan_row(workspace_id: int, zone: str, now: datetime) -> NewDue:
    """The row of a workspace's scans, from the next Monday morning on."""
    today = now.astimezone(zone_named(zone)).date()
    monday = monday_of(today)
    to_come = at_wall(monday, EARLY, zone_named(zone)) > now
    return NewDue(SCAN, f"workspace:{workspace_id}", zone, monday if to_come else monday + WEEK, EARLY)


def scan_notice(monday: date, now: datetime) -> NewNotice:
    """The errand of one week's scan: by the complete weeks before ``monday``."""
    day = monday.isoformat()
    return NewNotice(f"{SCAN}:{day}", SCAN, SCAN, "", now, None, {"on": day}, priority=SCAN_PRIORITY)


class UsageScans:
    """Rows of kind ``usage_scan``, one a workspace. Of Mondays that were missed only the newest is made up: the scan
    looks back by itself. A feed that tells of last week in the course of Monday is waited for until Tuesday: without
    that week its customers would be judged a week late, and the feed called broken."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def decide(self, session: AsyncSession, rows: Sequence[DueRow], now: datetime) -> Sequence[Decision]:
        """One query for each workspace."""
        zone = self._means.zone
        today = now.astimezone(zone_named(zone)).date()
        monday = monday_of(today)
        found: list[Decision] = []
        for row in rows:
            if row.on_day > today:
                found.append(Decision(row.id, row.on_day, why="its day has not begun there", zone=zone))
                continue
            newest = await usage.last_day(session, row.workspace_id)
            if newest is None:
                found.append(Decision(row.id, monday + WEEK, why="nothing of usage was ever told", zone=zone))
            elif today == monday and newest < monday - WEEK:
                found.append(Decision(row.id, monday + _DAY, why="nothing of last week was told yet", zone=zone))
            else:
                found.append(Decision(row.id, monday + WEEK, (scan_notice(monday, now),), zone=zone))
        return found


class UsageEscalations:
    """Rows of kind ``usage_escalation``, one for each severe fall."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def decide(self, session: AsyncSession, rows: Sequence[DueRow], now: datetime) -> Sequence[Decision]:
        """Two queries, one for the lead of each workspace, and two for each that is told."""
        numbers = {row.id: _number(row) for row in rows}
        kept = await usage_cards.load_many(session, [one for one in numbers.values() if one is not None])
        readers = await mornings.readers(session, {one.reader for one in kept.values() if one.reader is not None})
        leads = {
            workspace: await find_lead(session, self._means, workspace)
            for workspace in dict.fromkeys(row.workspace_id for row in rows)
        }
        found: list[Decision] = []
        for row in rows:
            one = kept.get(numbers[row.id] or 0)
            reader = readers.get(one.reader or 0) if one is not None else None
            if one is None or reader is None:
                found.append(Decision(row.id, None, why="the alert or its reader is gone"))
                continue
            zone = reader.card.zone
            days = self._means.calendars.days(zone, reader.settings.country, reader.settings.weekdays)
            today = now.astimezone(zone_named(zone)).date()
            look = escalation(one.card, one.told_on or one.routed_on, today, days)
            lead = leads[row.workspace_id]
            if not look.say:
                found.append(Decision(row.id, look.again, why=look.why, zone=zone))
            elif lead is None or lead.id == one.reader:
                found.append(Decision(row.id, None, why="there is no lead beside the reader", zone=zone))
            elif await _written(session, one, today, now):
                found.append(Decision(row.id, None, (_to_lead(one, lead.slack_id, now),), zone=zone))
        return found


def _number(row: DueRow) -> int | None:
    name, _, number = row.subject.partition(":")
    return int(number) if name == "usage" and number.isdigit() else None


async def _written(session: AsyncSession, one: Kept, today: date, now: datetime) -> bool:
    """Whether it is the lead's now; False when somebody acted at this moment: it is looked at again."""
    card = escalate(one.card, today)
    if isinstance(card, Refused):
        return False
    return await usage_alerts.change(session, one, card, one.by, now) is not None


def _to_lead(one: Kept, slack_id: str, now: datetime) -> NewNotice:
    return NewNotice(
        key=lead_key(one.card),
        kind=ESCALATED,
        lane=lane_of(one.card),
        audience=f"person:{slack_id}",
        not_before=now,
        facts={"alert": one.card.id},
        priority=ESCALATED_PRIORITY,
    )


def usage_deciders(means: Means) -> dict[str, Decider]:
    """The deciders of usage, by kind of row."""
    return {SCAN: UsageScans(means), ESCALATION: UsageEscalations(means)}
