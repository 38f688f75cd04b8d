"""The clocks of deals: what is decided about rows of ``domain.deal_clock``'s kinds. All reading is in bulk."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain import deal_clock
from domain.calendar import WorkingDays, zone_named
from domain.deal_clock import Look
from domain.deals import DealState
from domain.person import PersonCard
from domain.summary import WEEK, monday_of, usual_days
from messages.usage_summary import fallen, is_usual, no_fall
from scheduler.deciders import Decider, Decision, Freshened, Means, Unsaid
from storage import deal_clocks, interactions, people, summaries, usage_calm, usage_cards
from storage.deal_clocks import ClockFacts
from storage.due import DueRow
from storage.notices import NewNotice
from storage.pictures import person_card

SUMMARY_PRIORITY: Final = 7
"""After everything somebody waits for; ten thousand of them take Slack half an hour."""
EDITS_A_MINUTE: Final = 50
"""What ``chat.update`` allows (tier 3)."""
SPREAD_OVER_MINUTES: Final = 240
_YEAR: Final = timedelta(days=366)
MISSED: Final = "Baton was not running that week; only the newest summary is told"
LEFT_OUT: Final = "the whole week was free of work"
FINISHED: Final = "the deal is finished"
NO_CHANNEL: Final = "its channel is not made yet"
NO_CSM: Final = "nobody is CSM of it yet"


class WeeklySummaries:
    """Rows of kind ``weekly_summary``: one message a week in the deal's channel, by the CSM's calendar."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def decide(self, session: AsyncSession, rows: Sequence[DueRow], now: datetime) -> Sequence[Decision]:
        """Five queries, and one for each workspace."""
        lines = await self._usage(session, rows, now)
        talked = await interactions.counts_of_deals(session, [row.deal_id or 0 for row in rows], now - WEEK)
        found = await deal_clocks.load_many(session, [row.deal_id or 0 for row in rows], plans=False)
        usual: dict[int, int | None] = {}
        for row in rows:
            if row.workspace_id not in usual:
                usual[row.workspace_id] = usual_days(await summaries.days_taken(session, row.workspace_id))
        decided = [
            self._one(
                row, found.get(row.deal_id or 0), now, usual[row.workspace_id], lines.get(row.deal_id or 0, ("", False))
            )
            for row in rows
        ]
        return [_with_talks(one, talked.get(row.deal_id or 0, 0)) for row, one in zip(rows, decided, strict=True)]

    async def _usage(self, session: AsyncSession, rows: Sequence[DueRow], now: datetime) -> dict[int, tuple[str, bool]]:
        """The line about usage of each deal's customer, and whether it is as usual; none where nothing is known."""
        ids, metrics = [row.deal_id or 0 for row in rows], self._means.metrics
        week = monday_of(now.astimezone(zone_named(self._means.zone)).date()) - WEEK
        calm = await usage_calm.did(session, ids, metrics.primary, week)
        falls = await usage_cards.of_deals(session, ids)
        found = {
            deal: (no_fall(one.count, one.before, metrics, week), is_usual(one.count, one.before))
            for deal, one in calm.items()
        }
        return found | {deal: (fallen(card, metrics), False) for deal, card in falls.items()}

    def _one(
        self, row: DueRow, deal: ClockFacts | None, now: datetime, usual: int | None, usage: tuple[str, bool]
    ) -> Decision:
        if deal is None or deal.state is DealState.CLOSED:
            return Decision(row.id, None, why=FINISHED)
        zone = zone_of(deal, self._means)
        today = now.astimezone(zone_named(zone)).date()
        look = deal_clock.weekly(row.on_day, today, days_of(deal, self._means))
        missed = tuple(
            Unsaid(summary(deal.deal_id, monday, zone, None, now), LEFT_OUT if monday == monday_of(today) else MISSED)
            for monday in look.missed
        )
        if not look.say or deal.state is not DealState.OPEN:
            why = look.why or NO_CHANNEL
            again = look.again if not look.say else _next_day(today, days_of(deal, self._means))
            return Decision(row.id, again, why=why, zone=zone, unsaid=missed)
        monday = monday_of(today)
        return Decision(
            row.id,
            look.again,
            (summary(deal.deal_id, monday, zone, usual, now, usage, days_of(deal, self._means)),),
            zone=zone,
            unsaid=missed,
            withdrawn=(summary_key(deal.deal_id, monday - WEEK),),
            freshened=(Freshened(f"deal:{deal.deal_id}:plan", _in_turn(row.id, now)),) if deal.plan_is_open else (),
        )


def _with_talks(decided: Decision, count: int) -> Decision:
    """The same, whose summaries say how many conversations there were."""
    if not count:
        return decided
    told = tuple(replace(one, facts={**one.facts, "talked": count}) for one in decided.notices)
    return replace(decided, notices=told)


class DealClock:
    """Rows of the other kinds: kickoff late, early win, 30 and 90 days. One occurrence each, told when it is due."""

    def __init__(self, kind: str, means: Means) -> None:
        self._kind, self._means = kind, means

    async def decide(self, session: AsyncSession, rows: Sequence[DueRow], now: datetime) -> Sequence[Decision]:
        """Two queries, and one for the lead."""
        found = await deal_clocks.load_many(session, [row.deal_id or 0 for row in rows], plans=True)
        lead = await find_lead(session, self._means, rows[0].workspace_id) if rows else None
        return [self._one(row, found.get(row.deal_id or 0), now, lead) for row in rows]

    def _one(self, row: DueRow, deal: ClockFacts | None, now: datetime, lead: PersonCard | None) -> Decision:
        if deal is None or deal.state is DealState.CLOSED:
            return Decision(row.id, None, why=FINISHED)
        zone = zone_of(deal, self._means)
        today = now.astimezone(zone_named(zone)).date()
        look = self._look(deal, today)
        if not look.say:
            return Decision(row.id, look.again, why=look.why, zone=zone)
        tomorrow = days_of(deal, self._means).add(today, 1)
        if deal.state is not DealState.OPEN:
            return Decision(row.id, tomorrow, why=NO_CHANNEL, zone=zone)
        to = lead if self._kind == deal_clock.KICKOFF_LEAD else deal.csm
        if to is None:
            why = "no lead is named, or Slack does not know them" if to is lead else NO_CSM
            return Decision(row.id, tomorrow, why=why, zone=zone)
        return Decision(row.id, look.again, (self._notice(deal, to, look, today, now),), zone=zone)

    def _look(self, deal: ClockFacts, today: date) -> Look:
        days = days_of(deal, self._means)
        match self._kind:
            case deal_clock.KICKOFF_CSM | deal_clock.KICKOFF_LEAD:
                return deal_clock.kickoff(self._kind, deal.plan, today, days)
            case deal_clock.EARLY_WIN:
                return deal_clock.early_win(deal.plan, today, days)
            case _:
                return deal_clock.check(self._kind, deal.plan, today, days)

    def _notice(self, deal: ClockFacts, to: PersonCard, look: Look, today: date, now: datetime) -> NewNotice:
        assert deal.plan is not None
        lane, days = f"deal:{deal.deal_id}", days_of(deal, self._means)
        closed = deal.plan.closed_on
        match self._kind:
            case deal_clock.KICKOFF_CSM | deal_clock.KICKOFF_LEAD:
                who = "lead" if self._kind == deal_clock.KICKOFF_LEAD else "csm"
                key = ":".join(filter(None, (lane, "kickoff_late", who, look.about)))
                facts: dict[str, Any] = {"to": who, "days": days.between(closed, today)}
                return _in_person("kickoff_late", key, deal.deal_id, to, facts, now)
            case deal_clock.EARLY_WIN:
                facts = {"day": (today - closed).days}
                return _in_person("early_win_due", f"{lane}:early_win:day20", deal.deal_id, to, facts, now)
            case _:
                day = deal_clock.CHECKS[self._kind][1]
                return NewNotice(
                    f"{lane}:check:{day}", "check_due", f"{lane}:clock", "deal", now, deal.deal_id, {"day": day}
                )


def _in_person(kind: str, key: str, deal_id: int, to: PersonCard, facts: dict[str, Any], now: datetime) -> NewNotice:
    return NewNotice(key, kind, f"deal:{deal_id}:clock", f"person:{to.slack_id}", now, deal_id, facts)


def summary_key(deal_id: int, monday: date) -> str:
    """The occurrence of one week's summary."""
    return f"deal:{deal_id}:summary:{monday.isoformat()}"


def summary(
    deal_id: int,
    monday: date,
    zone: str,
    usual: int | None,
    now: datetime,
    usage: tuple[str, bool] = ("", False),
    days: WorkingDays | None = None,
) -> NewNotice:
    """One week's summary. ``usage`` is one line about how the customer uses the product ('' says nothing), and whether
    that is as usual; ``days`` the CSM's working days, by which is counted how late something is."""
    return NewNotice(
        key=summary_key(deal_id, monday),
        kind="weekly_summary",
        lane=f"deal:{deal_id}:summary",
        audience="deal",
        not_before=now,
        deal_id=deal_id,
        facts={
            "monday": monday.isoformat(),
            "zone": zone,
            "usual": usual,
            "usage": usage[0],
            "calm": usage[1],
            **(_told_days(days, monday) if days else {}),
        },
        priority=SUMMARY_PRIORITY,
    )


def _told_days(days: WorkingDays, monday: date) -> dict[str, Any]:
    free = days.holidays(monday - _YEAR, monday + WEEK)
    return {"weekdays": sorted(days.weekdays), "free": [day.isoformat() for day in free]}


def zone_of(deal: ClockFacts, means: Means) -> str:
    """The zone a deal's clocks go by: its CSM's, else the workspace's."""
    return deal.csm.zone if deal.csm else means.zone


def days_of(deal: ClockFacts, means: Means) -> WorkingDays:
    """The working days of a deal's CSM."""
    return means.calendars.days(zone_of(deal, means), deal.settings.country, deal.settings.weekdays)


def _in_turn(row_id: int, now: datetime) -> datetime:
    """When the plan of a row's deal is freshened: as many a minute as Slack lets be edited, so that none queue up."""
    return now + timedelta(minutes=row_id // EDITS_A_MINUTE % SPREAD_OVER_MINUTES)


def _next_day(today: date, days: WorkingDays) -> date:
    later = days.add(today, 1)
    return later if later > today else today + timedelta(days=1)


async def find_lead(session: AsyncSession, means: Means, workspace_id: int) -> PersonCard | None:
    """The lead, when one is named and known in Slack."""
    if not means.lead:
        return None
    find = people.by_email if "@" in means.lead else people.by_slack_id
    found = await find(session, workspace_id, means.lead)
    return person_card(found) if found else None


def deal_deciders(means: Means) -> dict[str, Decider]:
    """The deciders of the clocks of deals, by kind of row."""
    found: dict[str, Decider] = {deal_clock.WEEKLY: WeeklySummaries(means)}
    return found | {kind: DealClock(kind, means) for kind in deal_clock.KINDS if kind != deal_clock.WEEKLY}
