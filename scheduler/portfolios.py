"""Portfolio digests: decided with what is true then, because a lead's holds ten thousand deals in one message."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain import deal_clock
from domain.calendar import zone_named
from domain.metrics.figures import brief
from domain.person import PersonCard
from domain.portfolio import Portfolio, Risk, Standing, at_risk, of_risks, to_json
from domain.settings import PersonSettings
from domain.summary import monday_of
from scheduler.deal_clocks import find_lead
from scheduler.deciders import Decision, Means
from storage import deal_clocks, figures, portfolios, usage_alerts
from storage.due import DueRow
from storage.notices import NewNotice
from storage.usage_cards import Kept

KIND: Final = deal_clocks.PORTFOLIO
PRIORITY: Final = 8
"""After the summaries."""
FALLS: Final = 30
"""Falls of usage a digest names; the rest is counted."""


@dataclass(slots=True)
class _Tally:
    """One CSM's deals as they are counted."""

    deals: int = 0
    risks: list[Risk] = field(default_factory=list[Risk])

    def add(self, risk: Risk | None) -> None:
        self.deals += 1
        if risk is not None:
            self.risks.append(risk)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who is told today, for which day of theirs, and what was decided about the others."""

    row: DueRow
    person: PersonCard
    today: date
    again: date


class PortfolioDigests:
    """Rows of kind ``portfolio_digest``, one for each CSM and the lead, on the day of the week they chose."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def decide(self, session: AsyncSession, rows: Sequence[DueRow], now: datetime) -> Sequence[Decision]:
        """Four queries for the people, and five for each thousand deals of theirs."""
        if not rows:
            return []
        found = await deal_clocks.people(session, [row.person_id or 0 for row in rows])
        quiet: list[Decision] = []
        asked: list[_Asked] = []
        for row in rows:
            known = found.get(row.person_id or 0)
            decided = self._when(row, *known, now) if known else Decision(row.id, None, why="they left this Slack")
            if isinstance(decided, Decision):
                quiet.append(decided)
            else:
                asked.append(decided)
        if not asked:
            return quiet
        workspace = rows[0].workspace_id
        lead = await find_lead(session, self._means, workspace)
        leading = next((one for one in asked if lead is not None and one.person.id == lead.id), None)
        mine, team = await self._count(session, workspace, asked, leading)
        team_id = await deal_clocks.team_id(session, workspace)
        falls = await _falls(session, asked)
        said = [
            _said(one, mine.get(one.person.id, _Tally()), falls.get(one.person.id, ()), now, team_id)
            for one in asked
            if one is not leading
        ]
        if leading is not None:
            said.append(await self._to_lead(session, leading, team, falls.get(leading.person.id, ()), now, team_id))
        return [*quiet, *said]

    def _when(self, row: DueRow, person: PersonCard, settings: PersonSettings, now: datetime) -> _Asked | Decision:
        today = now.astimezone(zone_named(person.zone)).date()
        days = self._means.calendars.days(person.zone, settings.country, settings.weekdays)
        look = deal_clock.weekly(row.on_day, today, days, settings.digest_day)
        if not look.say or look.again is None:
            return Decision(row.id, look.again, why=look.why, zone=person.zone)
        return _Asked(row, person, today, look.again)

    async def _count(
        self, session: AsyncSession, workspace: int, asked: Sequence[_Asked], leading: _Asked | None
    ) -> tuple[dict[int, _Tally], dict[int | None, _Tally]]:
        """The portfolios of those asked, and of everybody when the lead is among them, by our person id."""
        by_person = {one.person.id: one for one in asked if one is not leading}
        mine: defaultdict[int, _Tally] = defaultdict(_Tally)
        team: defaultdict[int | None, _Tally] = defaultdict(_Tally)
        horizon = max(one.today for one in asked)
        csms = None if leading else sorted(by_person)
        async for some in portfolios.standings(session, workspace, horizon, csms):
            for standing in some:
                own = by_person.get(standing.csm_id or 0)
                if own is not None:
                    mine[own.person.id].add(self._risk(standing, own))
                if leading is not None:
                    team[standing.csm_id].add(self._risk(standing, leading))
        return mine, team

    def _risk(self, standing: Standing, one: _Asked) -> Risk | None:
        days = self._means.calendars.days(one.person.zone)
        return at_risk(standing, today=one.today, zone=zone_named(one.person.zone), days=days)

    async def _to_lead(
        self,
        session: AsyncSession,
        one: _Asked,
        team: dict[int | None, _Tally],
        falls: Sequence[Kept],
        now: datetime,
        team_id: str,
    ) -> Decision:
        names = await deal_clocks.people(session, [number for number in team if number is not None])
        parts = [
            [names[number][0].slack_id if number in names else "", to_json(_portfolio(found))]
            for number, found in team.items()
        ]
        if not falls and not any(found.deals for found in team.values()):
            return Decision(one.row.id, one.again, why="there are no open deals", zone=one.person.zone)
        facts = {"to": "lead", "day": one.today.isoformat(), "team": team_id, "team_of": parts, **_usage(falls)}
        told = brief(await figures.load(session, one.row.workspace_id, one.today))
        return _decision(one, {**facts, "figures": told}, falls, now)


async def _falls(session: AsyncSession, asked: Sequence[_Asked]) -> dict[int, list[Kept]]:
    """What of usage these digests are the first to tell, the worst first, by our id of the reader."""
    found = await usage_alerts.untold(session, [one.person.id for one in asked], max(one.today for one in asked))
    for one in asked:
        mine = found.get(one.person.id, [])
        mine.sort(key=lambda kept: (-kept.card.missing, kept.card.account_name, kept.card.id))
    return found


def _usage(falls: Sequence[Kept]) -> dict[str, Any]:
    """``usage``: customer, metric, share missing, since when, for each fall that is named; ``usage_more`` how many are
    not."""
    named = [
        [kept.card.account_name, kept.card.metric, kept.card.missing, kept.card.since.isoformat()]
        for kept in falls[:FALLS]
    ]
    return {"usage": named, "usage_more": len(falls) - len(named)}


def _said(one: _Asked, mine: _Tally, falls: Sequence[Kept], now: datetime, team_id: str) -> Decision:
    if not mine.deals and not falls:
        return Decision(one.row.id, one.again, why="they have no open deals", zone=one.person.zone)
    facts = {"to": "csm", "day": one.today.isoformat(), "team": team_id, "mine": to_json(_portfolio(mine))}
    facts |= _usage(falls)
    return _decision(one, facts, falls, now)


def _portfolio(found: _Tally) -> Portfolio:
    return of_risks(found.deals, found.risks)


def _decision(one: _Asked, facts: dict[str, Any], falls: Sequence[Kept], now: datetime) -> Decision:
    monday = monday_of(one.today)
    lane = f"portfolio:{one.person.id}"
    notice = NewNotice(
        key=f"{lane}:{monday.isoformat()}",
        kind=KIND,
        lane=lane,
        audience=f"person:{one.person.slack_id}",
        not_before=now,
        facts=facts,
        priority=PRIORITY,
    )
    before = f"{lane}:{(monday - timedelta(days=7)).isoformat()}"
    told = tuple((kept.card.id, one.today) for kept in falls)
    return Decision(one.row.id, one.again, (notice,), zone=one.person.zone, withdrawn=(before,), falls=told)
