"""Writes down what a scan decided, with the notices it causes: up to 500 alerts a transaction, each of them once."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from domain.calendar import Calendars
from domain.usage.alerts import FeedAlert, Severity
from domain.usage.metrics import USUAL, Metrics
from domain.usage.settings import Kind
from domain.usage_alert import (
    DROP,
    FEED_BROKEN,
    HELD,
    NEW_NORMAL,
    RECOVERED,
    WORSE,
    Ended,
    FeedCard,
    State,
    UsageAlertCard,
    close,
    feed_to_json,
    worsen,
)
from domain.usage_rules import ESCALATE_DAYS, STEPS, Finished, Opened, Route, Worsened
from domain.usage_steps import UsageSteps
from messages.usage_words import feed_reckoned
from scheduler.audience import CS, PERSON
from scheduler.usage_scan import NOBODY, Decided, Tiding
from storage import due, notices, usage_alerts, usage_charts
from storage.database import Database, Tx
from storage.due import NewDue
from storage.mornings import Reader
from storage.notices import NewNotice
from storage.usage_alerts import channel_key, feed_key
from storage.usage_cards import Kept

ESCALATION: Final = "usage_escalation"
"""Kind of the rows that ask whether somebody acted on a severe fall."""
AT_ONCE: Final = 500
PRIORITY: Final = {Severity.SEVERE: 3, Severity.MEDIUM: 4, Severity.LOW: 5, Severity.INFO: 6}


@dataclass(frozen=True, slots=True)
class Written:
    """How many alerts are new, worse and over, and what was said of the feed."""

    opened: int = 0
    worse: int = 0
    ended: int = 0
    feed: int = 0

    def __str__(self) -> str:
        return f"{self.opened} new, {self.worse} worse, {self.ended} over, {self.feed} about the feed"


class UsageTeller:
    """Tells what a scan decided. A second scan of the same week, or one that goes on after a crash, adds nothing."""

    def __init__(self, db: Database, calendars: Calendars, steps: UsageSteps, metrics: Metrics = USUAL) -> None:
        self._db, self._calendars, self._steps, self._metrics = db, calendars, steps, metrics

    async def tell(self, decided: Decided, now: datetime) -> Written:
        """Everything, the feed first."""
        feed = await self._feed(decided, now)
        counted = {Opened: 0, Worsened: 0, Finished: 0}
        for at in range(0, len(decided.tidings), AT_ONCE):
            async with self._db.write() as tx:
                for one in decided.tidings[at : at + AT_ONCE]:
                    counted[type(one.news)] += await self._one(tx, decided, one, now)
        return Written(counted[Opened], counted[Worsened], counted[Finished], feed)

    async def _feed(self, decided: Decided, now: datetime) -> int:
        if not decided.feed:
            return 0
        lead = decided.readers.get(decided.lead or NOBODY)
        audience = f"{PERSON}{lead.card.slack_id}" if lead else CS
        async with self._db.write() as tx:
            new = [_feed_notice(one, feed_reckoned(one, self._metrics), audience, now) for one in decided.feed]
            return len(await notices.add(tx.session, decided.workspace_id, new, now))

    async def _one(self, tx: Tx, decided: Decided, one: Tiding, now: datetime) -> bool:
        match one.news:
            case Opened():
                return await self._opened(tx, decided, one, now)
            case Worsened():
                return await self._worse(tx, decided, one, one.news, now)
            case Finished():
                return await self._over(tx, decided, one, one.news, now)

    async def _opened(self, tx: Tx, decided: Decided, one: Tiding, now: datetime) -> bool:
        reader = one.reader if one.reader != NOBODY else None
        card = await usage_alerts.add(
            tx.session, decided.workspace_id, one.card, reader=reader, route=one.route, on=one.on, now=now
        )
        if card is None:
            return False
        await self._say(tx, decided, card, one, now)
        return True

    async def _say(self, tx: Tx, decided: Decided, card: UsageAlertCard, one: Tiding, now: datetime) -> None:
        reader = decided.readers.get(one.reader)
        if one.route is Route.NOW:
            await notices.add(tx.session, decided.workspace_id, first_notices(card, reader, now), now)
        await self._look_again(tx, decided.workspace_id, card, reader, one.on)

    async def _look_again(
        self, tx: Tx, workspace_id: int, card: UsageAlertCard, reader: Reader | None, on: date
    ) -> None:
        """Of a severe fall the lead is told when nobody acts; and whoever has it in their digest has one."""
        if reader is None:
            return
        if card.is_severe:
            settings = reader.settings
            days = self._calendars.days(reader.card.zone, settings.country, settings.weekdays)
            row = NewDue(ESCALATION, f"usage:{card.id}", reader.card.zone, days.add(on, ESCALATE_DAYS))
            await due.ensure(tx.session, workspace_id, [row])

    async def _worse(self, tx: Tx, decided: Decided, one: Tiding, news: Worsened, now: datetime) -> bool:
        kept = await self._going_on(tx, one)
        alert = news.alert
        if kept is None or STEPS[alert.severity] <= STEPS[kept.card.severity]:
            return False
        card = worsen(kept.card, alert.severity, alert.now, alert.missing, alert.week)
        steps = self._steps.for_alert(card.kind, card.severity, card.signs)
        card = replace(card, next_steps=steps)
        ids = await usage_alerts.change(tx.session, kept, card, kept.by, now)
        if ids is None:
            return False
        if card.state is State.NOT_USEFUL:
            return True
        if kept.route is Route.NOW:
            await notices.bump(tx.session, kept.workspace_id, [usage_charts.chart_key(card)], now)
            await notices.add(tx.session, kept.workspace_id, thread_notices(card, WORSE, now), now)
            await self._look_again(tx, kept.workspace_id, card, decided.readers.get(one.reader), one.on)
            return True
        await usage_alerts.reroute(tx.session, card.id, one.route, one.on)
        await self._say(tx, decided, card, one, now)
        return True

    async def _over(self, tx: Tx, decided: Decided, one: Tiding, news: Finished, now: datetime) -> bool:
        kept = await self._going_on(tx, one)
        if kept is None:
            return False
        card = close(kept.card, news.ended, news.week, news.now)
        if await usage_alerts.change(tx.session, kept, card, kept.by, now) is None:
            return False
        if kept.route is Route.NOW and card.state is not State.NOT_USEFUL and not news.quiet:
            kind = RECOVERED if news.ended is Ended.RECOVERED else NEW_NORMAL
            await notices.add(tx.session, kept.workspace_id, thread_notices(card, kind, now), now)
        return True

    async def _going_on(self, tx: Tx, one: Tiding) -> Kept | None:
        return (await usage_alerts.going_on(tx.session, [one.account])).get(one.account)


def lane_of(card: UsageAlertCard) -> str:
    """What is said of an alert goes in order."""
    return f"usage:{card.account}"


def first_notices(card: UsageAlertCard, reader: Reader | None, now: datetime) -> list[NewNotice]:
    """The picture, the message to the reader (the team's channel when there is nobody), and the one in the channel of
    the open deal."""
    lane, priority = lane_of(card), PRIORITY[card.severity]
    audience = f"{PERSON}{reader.card.slack_id}" if reader else CS
    facts = {"alert": card.id}
    found = [
        usage_charts.chart_notice(card, lane, now, priority),
        NewNotice(card.said_as, DROP, lane, audience, now, None, facts, priority=priority),
    ]
    if card.deal is not None:
        found.append(NewNotice(channel_key(card), DROP, lane, "deal", now, card.deal, facts, priority=priority))
    return found


def thread_notices(card: UsageAlertCard, kind: str, now: datetime) -> list[NewNotice]:
    """What is told in the thread of an alert, in person and in the channel. ``facts``: ``alert`` our id, and for a step
    worse the ``severity`` it came to."""
    named = {WORSE: f"worse-{card.severity}", RECOVERED: "recovered", NEW_NORMAL: "new-normal"}[kind]
    facts = {"alert": card.id, "severity": card.severity.value}
    lane, priority = lane_of(card), PRIORITY[card.severity if kind == WORSE else Severity.INFO]
    audience = f"{PERSON}{card.csm}" if card.csm else CS
    key, channel = f"{card.key}:{named}", channel_key(card)
    found = [NewNotice(key, kind, lane, audience, now, None, facts, card.said_as, priority)]
    if card.deal is not None:
        found.append(NewNotice(f"{key}:deal", kind, lane, "deal", now, card.deal, facts, channel, priority))
    return found


def _feed_notice(one: FeedAlert, said: str, audience: str, now: datetime) -> NewNotice:
    broken = one.kind is Kind.DATA_BROKEN
    key = feed_key(one.week) if broken else f"usage_held:{one.week.isoformat()}"
    facts = feed_to_json(FeedCard(one.week, said, one.held))
    return NewNotice(key, FEED_BROKEN if broken else HELD, "usage_feed", audience, now, None, facts, priority=3)
