"""Usage falls, a Monday passes, and people are told in the local Slack: once, in hours, until somebody acts."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from domain.outcome import Refused
from domain.picture import DealPicture
from domain.usage.metrics import USUAL
from domain.usage_alert import DROP, ESCALATED, FEED_BROKEN, RECOVERED, WORSE, UsageAlertCard, done, take
from scheduler.engine import EmbeddedEngine
from scheduler.usage_clock import SCAN
from scheduler.workplace import Workplace
from storage import usage_alerts, usage_cards
from storage.models import Account, Notice
from storage.plan_models import Due
from storage.usage_alert_models import UsageAlert
from storage.usage_cards import Kept
from tests.messages.shown import words_in
from tests.scheduler import mornings
from tests.scheduler.desk import CHLOE, EVA, Desk, key_of, open_desk, twice
from tests.scheduler.fleet import ACCOUNTS, WEEK, FleetFeed
from tests.scheduler.mornings import at, live_in, only, person, said, ticker

MONDAY = date(2026, 12, 7)


class Watch:
    """A desk with a fleet whose weeks are told, and one engine that stays."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.place: Workplace = replace(mornings.place(desk), metrics=USUAL)
        self.engine: EmbeddedEngine = desk.engine(self.place)
        self.feed = FleetFeed(desk.db, desk.workspace, MONDAY)
        self.clock = ticker(desk)

    async def pass_to(self, moment: str, zone: str = "UTC") -> None:
        """Let the clocks come to a moment, and everything due by then be decided and delivered."""
        await at(self.desk, moment, zone)
        for _ in range(4):
            await self.clock.gather()
            await self.clock.tick()
            await self.engine.drain()
            if not [one for one in await self.desk.unfinished() if one.kind != "usage_chart"]:
                return
            self.desk.pass_time(20)

    async def monday(self, day: date) -> None:
        """The scan in the night, then the morning of whoever is told."""
        for moment in ("03:00", "09:05"):
            await self.pass_to(f"{day.isoformat()} {moment}")

    async def week(self, **left: float) -> None:
        """The week before the feed's next Monday is told."""
        self.feed.go_on(**{name: (share,) for name, share in left.items()})
        await self.feed.tell(self.desk.clock())

    async def kept(self) -> Kept:
        async with self.desk.db.read() as session:
            rows = (await session.scalars(select(UsageAlert.id))).all()
            assert len(rows) == 1
            found = await usage_cards.load(session, rows[0])
        assert found is not None
        return found

    async def act(self, changed: UsageAlertCard | Refused) -> None:
        assert isinstance(changed, UsageAlertCard), changed
        who = await person(self.desk, CHLOE)
        async with self.desk.db.write() as tx:
            before = await usage_cards.load(tx.session, changed.id)
            assert before is not None
            assert await usage_alerts.change(tx.session, before, changed, who.id, self.desk.clock()) is not None


@pytest.fixture
async def watch(sqlite_url: str) -> AsyncGenerator[Watch]:
    """Everybody it is about lives in UTC, where days are easy to count."""
    async with open_desk(sqlite_url) as desk:
        made = Watch(desk)
        yield made
        await made.place.studio.close()


async def with_deal(watch: Watch, **falls: list[float]) -> DealPicture:
    """A deal of Chloé's with the customer a20; everything about it is said, and the weeks so far are told."""
    desk = watch.desk
    picture = await desk.opened(customer="Fjordbank", account_id="a20")
    for who in (CHLOE, EVA):
        await live_in(desk, who, "UTC")
    await only(desk, picture.id)
    watch.feed.falls = {int(name[1:]): list(left) for name, left in falls.items()}
    await watch.feed.tell(desk.clock())
    await said(desk)
    return await desk.picture(picture.id)


def text_of(message: dict[str, Any]) -> str:
    return words_in(message["blocks"])


def direct(messages: list[dict[str, Any]], channel: str) -> list[dict[str, Any]]:
    return [one for one in messages if one["channel"] != channel]


async def test_a_fall_from_the_first_word_to_the_recovery(watch: Watch) -> None:
    desk = watch.desk
    picture = await with_deal(watch, a20=[0.42] * 3)
    await watch.pass_to("2026-12-07 03:00")
    assert await desk.messages(kind=DROP) == []
    row = await desk.notice(f"usage_scan:{MONDAY.isoformat()}")
    assert (row.state, row.why) == ("sent", "1 new, 0 worse, 0 over, 0 about the feed")
    await watch.pass_to("2026-12-07 09:05")
    shown = await desk.messages(kind=DROP)
    (there,) = [one for one in shown if one["channel"] == picture.channel.id]
    (mine,) = direct(shown, picture.channel.id)
    card = (await watch.kept()).card
    assert key_of(mine) == card.key
    assert "Fjordbank" in text_of(mine)
    assert [one["type"] for one in mine["blocks"]].count("image") == 1

    # Two weeks later there is none at all: the same message, and a word in its thread.
    for monday in (MONDAY + WEEK, MONDAY + 2 * WEEK, MONDAY + 3 * WEEK):
        await watch.week(a20=0.0)
        await watch.pass_to(f"{monday.isoformat()} 09:05")
    assert len(await desk.messages(kind=DROP)) == 2
    worse = await desk.messages(kind=WORSE)
    assert {(one["channel"], one["thread_ts"]) for one in worse} == {
        (mine["channel"], mine["ts"]),
        (there["channel"], there["ts"]),
    }
    edited = next(one for one in await desk.messages(kind=DROP) if one["ts"] == mine["ts"])
    assert "Severe" in text_of(edited)

    for _ in range(3):
        watch.feed.go_on(a20=[1.0])
    await watch.week(a20=1.0)
    await watch.pass_to(f"{(MONDAY + 7 * WEEK).isoformat()} 09:05")
    back = await desk.messages(kind=RECOVERED)
    assert {one["thread_ts"] for one in back} == {mine["ts"], there["ts"]}
    assert len(await desk.messages(kind=DROP)) == 2
    assert twice(await desk.keys()) == []


async def test_nobody_acts_and_the_lead_is_told_once(watch: Watch) -> None:
    desk = watch.desk
    await with_deal(watch, a20=[0.0] * 3)
    await watch.pass_to("2026-12-07 09:05")
    await watch.pass_to("2026-12-08 16:00")
    assert await desk.messages(kind=ESCALATED) == []
    await watch.pass_to("2026-12-09 09:05")
    (told,) = await desk.messages(kind=ESCALATED)
    assert key_of(told) == f"{(await watch.kept()).card.key}:lead"
    await watch.pass_to("2026-12-16 09:05")
    assert len(await desk.messages(kind=ESCALATED)) == 1


async def test_on_it_is_in_each_morning_s_digest_until_it_is_done(watch: Watch) -> None:
    desk = watch.desk
    await with_deal(watch, a20=[0.0] * 3)
    await watch.pass_to("2026-12-07 09:05")
    card = (await watch.kept()).card
    today = date(2026, 12, 7)
    await watch.act(take(card, CHLOE, "Chloé", today + timedelta(days=2), today))
    for day in ("2026-12-08", "2026-12-09", "2026-12-10"):
        await watch.pass_to(f"{day} 09:05")
    assert await desk.messages(kind=ESCALATED) == []
    digests = [one for one in await mornings.digests(desk, CHLOE) if "Fjordbank" in text_of(one)]
    assert [key_of(one).rpartition(":")[2] for one in digests] == ["2026-12-08", "2026-12-09", "2026-12-10"]
    assert "Overdue 1 working day" in text_of(digests[-1])
    await watch.act(done((await watch.kept()).card, CHLOE, "Chloé", date(2026, 12, 10)))
    await watch.pass_to("2026-12-10 10:00")
    (settled,) = [one for one in await mornings.digests(desk, CHLOE) if one["ts"] == digests[-1]["ts"]]
    assert "done by" in text_of(settled)
    await watch.pass_to("2026-12-11 09:05")
    assert len([one for one in await mornings.digests(desk, CHLOE) if "Fjordbank" in text_of(one)]) == 3


async def test_what_is_too_much_for_a_day_is_in_the_morning_s_digest(watch: Watch) -> None:
    desk = watch.desk
    await with_deal(watch, **{f"a{place}": [0.2] * 3 for place in (20, 40, 60, 80)})
    chloe = await person(desk, CHLOE)
    for place in (40, 60, 80):
        await desk.opened(id=f"D-{place}", customer=f"Customer a{place}", account_id=f"a{place}")
    await watch.monday(MONDAY)
    shown = [one for one in await desk.messages(kind=DROP) if key_of(one).count(":") == 3]
    assert len(shown) == 3
    (digest,) = [
        one for one in await mornings.rows(desk, CHLOE) if any("usage:" in item for item in one.facts["items"])
    ]
    assert digest.ts
    async with desk.db.read() as session:
        rows = (await session.scalars(select(UsageAlert).where(UsageAlert.route == "morning"))).all()
        names = (
            await session.scalars(select(Account.name).where(Account.id.in_([one.account_id for one in rows])))
        ).all()
    assert [(one.reader_id, one.told_on) for one in rows] == [(chloe.id, MONDAY)]
    (message,) = [one for one in await mornings.digests(desk, CHLOE) if one["ts"] == digest.ts]
    assert names[0] in text_of(message)


async def test_a_slight_fall_is_only_in_the_week_s_digest(watch: Watch) -> None:
    desk = watch.desk
    await with_deal(watch, a20=[0.62])
    monday = MONDAY
    await watch.monday(monday)
    while not (await _alerts(desk)):
        monday += WEEK
        await watch.week(a20=0.62)
        await watch.monday(monday)
        assert monday < MONDAY + 12 * WEEK
    assert await desk.messages(kind=DROP) == []
    portfolios = [one for one in await desk.messages(kind="portfolio_digest") if "told only here" in text_of(one)]
    assert len(portfolios) == 1
    assert "Fjordbank" in text_of(portfolios[0])
    await watch.week(a20=0.62)
    await watch.monday(monday + WEEK)
    named = [one for one in await desk.messages(kind="portfolio_digest") if "told only here" in text_of(one)]
    assert len(named) == 1
    week = [one for one in await desk.messages(kind="weekly_summary") if "under its usual" in text_of(one)]
    assert week


async def _alerts(desk: Desk) -> list[int]:
    async with desk.db.read() as session:
        return list((await session.scalars(select(UsageAlert.id))).all())


async def test_a_broken_feed_says_one_thing_to_the_lead(watch: Watch) -> None:
    desk = watch.desk
    await with_deal(watch, **{f"a{place:02d}": [0.04] for place in range(ACCOUNTS)})
    await watch.pass_to("2026-12-07 09:05")
    (told,) = await desk.messages(kind=FEED_BROKEN)
    assert key_of(told) == f"usage_feed:{(MONDAY - WEEK).isoformat()}"
    assert await desk.messages(kind=DROP) == []
    await watch.week(**{f"a{place:02d}": 0.04 for place in range(ACCOUNTS)})
    await watch.pass_to("2026-12-14 09:05")
    assert len(await desk.messages(kind=FEED_BROKEN)) == 1


async def test_as_usual_is_said_in_the_week_s_summary(watch: Watch) -> None:
    desk = watch.desk
    picture = await with_deal(watch)
    await watch.pass_to("2026-12-07 09:05")
    (week,) = await desk.messages(picture.channel.id, "weekly_summary")
    assert "Usage: as usual" in text_of(week)


async def test_a_scan_killed_halfway_adds_what_is_missing(watch: Watch) -> None:
    desk = watch.desk
    await with_deal(watch, a20=[0.2] * 3)
    await watch.pass_to("2026-12-07 03:00")
    key = f"{SCAN}:{MONDAY.isoformat()}"
    before = len(await desk.notices())
    async with desk.db.write() as tx:
        await tx.session.execute(update(Notice).where(Notice.key == key).values(state="pending", claimed_at=None))
    await watch.engine.drain()
    assert len(await desk.notices()) == before
    assert (await desk.notice(key)).why == "0 new, 0 worse, 0 over, 0 about the feed"
    async with desk.db.read() as session:
        assert len((await session.scalars(select(Due).where(Due.kind == SCAN))).all()) == 1
