"""The digest of a morning: whether somebody gets one today, and which reminders are in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import WorkingDays, at_wall, zone_named
from domain.reminders import Open, Reminder, Subject, Window, is_overdue, remind, since_when, wanted
from domain.settings import Reminders
from scheduler.deciders import Decision, Means
from storage import mornings
from storage.due import DueRow
from storage.mornings import Ask, Earlier, Reader, key_of
from storage.notices import NewNotice

CHUNK: Final = 20
"""People whose open things are read at once: it takes the same memory for any number of them, and nobody else in the
process waits long."""
HORIZON: Final = timedelta(days=60)
"""Nobody is reminded of what is further away."""
REMINDER: Final = "milestone_reminder"
OVERDUE: Final = "milestone_overdue"
PRIORITY: Final = {OVERDUE: 4, REMINDER: 5}
_DAY: Final = timedelta(days=1)

GONE: Final = "not a member of this Slack any more"
TOLD: Final = "this day was told already, in another time zone"
EARLY: Final = "it is not morning there yet"
DAY_OFF: Final = "not a working day"
AWAY: Final = "away"
OVER: Final = "the working day was over: its reminders are in the next digest"
NOTHING: Final = "nothing to remind of"
MUTED: Final = "reminders are switched off, or only for what is due"


@dataclass(frozen=True, slots=True)
class _Day:
    """A day that may be spoken for: after ``since``."""

    row: DueRow
    reader: Reader
    zone: ZoneInfo
    days: WorkingDays
    today: date
    since: date


class MorningDecider:
    """Decides about the rows of kind ``morning``: one for each person."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def decide(self, session: AsyncSession, rows: Sequence[DueRow], now: datetime) -> Sequence[Decision]:
        """One message for somebody's morning, or the reason for none."""
        found: list[Decision] = []
        for workspace_id in dict.fromkeys(row.workspace_id for row in rows):
            lead = await mornings.lead_id(session, workspace_id, self._means.lead)
            mine = [row for row in rows if row.workspace_id == workspace_id]
            for at in range(0, len(mine), CHUNK):
                found += await self._some(session, workspace_id, lead, mine[at : at + CHUNK], now)
        return found

    async def _some(
        self, session: AsyncSession, workspace_id: int, lead: int | None, rows: Sequence[DueRow], now: datetime
    ) -> list[Decision]:
        readers = await mornings.readers(session, {row.person_id for row in rows if row.person_id is not None})
        found: list[Decision] = []
        open_days: list[_Day] = []
        for row in rows:
            day = self._day(row, readers.get(row.person_id or 0), now)
            if isinstance(day, Decision):
                found.append(day)
            else:
                open_days.append(day)
        if not open_days:
            return found
        earlier = await mornings.earlier(
            session, workspace_id, [key_of(one.reader.card.id, one.row.covered) for one in open_days if one.row.covered]
        )
        people = [one.reader.card.id for one in open_days]
        last = max(one.today for one in open_days)
        ask = Ask(workspace_id, people, last + HORIZON, last, lead if lead in people else None)
        things = await mornings.open_things(session, ask)
        windows: dict[tuple[object, ...], Window] = {}
        found += [_said(one, things.get(one.reader.card.id, ()), earlier, windows, now) for one in open_days]
        return found

    def _day(self, row: DueRow, reader: Reader | None, now: datetime) -> _Day | Decision:
        since = since_when(row.on_day, row.covered)
        if reader is None or not reader.is_member:
            return Decision(row.id, None, why=GONE, covered=since)
        card, settings = reader.card, reader.settings
        zone = zone_named(card.zone)
        days = self._means.calendars.days(card.zone, settings.country, settings.weekdays)
        day = _Day(row, reader, zone, days, now.astimezone(zone).date(), since)
        later = _later(day, now)
        if later is None:
            return day
        again, why = later
        return Decision(row.id, again, why=why, zone=card.zone, covered=since)


def _later(day: _Day, now: datetime) -> tuple[date, str] | None:
    """When to look again, and why not now; None when the day is to be spoken for."""
    days, today, settings = day.days, day.today, day.reader.settings
    tomorrow = days.first(today + _DAY)
    if today <= day.since:
        return days.first(day.since + _DAY), TOLD
    if now < at_wall(today, day.row.wall, day.zone):
        return today, EARLY
    if settings.away_until is not None and settings.is_away(today):
        return days.first(settings.away_until), AWAY
    if not days.is_working_day(today):
        return tomorrow, DAY_OFF
    if now >= at_wall(today, settings.end, day.zone):
        return tomorrow, OVER
    return None


def _said(
    day: _Day,
    things: Sequence[Open],
    earlier: Mapping[str, Earlier],
    windows: dict[tuple[object, ...], Window],
    now: datetime,
) -> Decision:
    """The digest of one day. What an earlier one that never arrived would have said is in it."""
    row, reader = day.row, day.reader
    before = earlier.get(key_of(reader.card.id, row.covered)) if row.covered else None
    lost = before is not None and not before.reached
    since = before.since if before is not None and lost else day.since
    since_at = before.at if before is not None and not lost else at_wall(since, row.wall, day.zone)
    key = (id(day.days), since, since_at, day.today)
    window = windows.setdefault(key, Window(since, since_at, day.today, day.days))
    every = [found for one in things if (found := remind(one, window)) is not None]
    shown = wanted(every, reader.settings.reminders)
    return Decision(
        row_id=row.id,
        next_day=day.days.first(day.today + _DAY),
        notices=(_notice(reader, day.today, since, shown, now),) if shown else (),
        why="" if shown else _why(every, reader.settings.reminders),
        zone=reader.card.zone,
        withdrawn=(before.key,) if before is not None and lost else (),
        covered=day.today,
        falls=tuple((one.occurrence.id, day.today) for one in shown if one.occurrence.subject is Subject.USAGE),
    )


def _why(every: Sequence[Reminder], setting: Reminders) -> str:
    if not every:
        return NOTHING
    return f"{MUTED} ({setting}): " + ", ".join(str(one.occurrence) for one in every)


def _notice(reader: Reader, today: date, since: date, shown: Sequence[Reminder], now: datetime) -> NewNotice:
    """``facts``: ``person`` our id, ``day``, ``since`` the day before the first it speaks for, ``items`` the
    occurrences, ``skipped`` those missed of which a newer one is among the items."""
    kind = OVERDUE if is_overdue(shown) else REMINDER
    person = reader.card.id
    return NewNotice(
        key=key_of(person, today),
        kind=kind,
        lane=f"morning:{person}",
        audience=f"person:{reader.card.slack_id}",
        not_before=now,
        facts={
            "person": person,
            "day": today.isoformat(),
            "since": since.isoformat(),
            "items": [str(one.occurrence) for one in shown],
            "skipped": [str(each) for one in shown for each in one.older],
        },
        priority=PRIORITY[kind],
    )
