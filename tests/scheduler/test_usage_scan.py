"""A scan on both databases: what is told to whom, once, and what a later scan makes of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select, update

from domain.calendar import Calendars
from domain.outcome import Refused
from domain.settings import PersonSettings, Reminders
from domain.usage.alerts import Severity
from domain.usage_alert import (
    DROP,
    FEED_BROKEN,
    RECOVERED,
    WORSE,
    Ended,
    State,
    UsageAlertCard,
    not_useful,
    snooze,
    take,
)
from domain.usage_rules import IMMEDIATE, Route
from scheduler.deciders import Means
from scheduler.usage_clock import EARLY, UsageScans, scan_row
from scheduler.usage_scan import UsageScan
from scheduler.usage_tell import ESCALATION, UsageTeller, Written
from storage import settings, usage_alerts
from storage.database import Database
from storage.due import DueRow
from storage.models import Deal, Notice
from storage.plan_models import Due
from storage.play_models import Play, SubscriptionEvent
from storage.usage_alert_models import UsageAlert
from storage.usage_cards import Kept
from tests.scheduler.fleet import ACCOUNTS, WEEK, FleetFeed, decided, means, scanned
from tests.storage.house import House, make_house

MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
LEAD = "Ada@northwind.example"


async def fleet(db: Database, **falls: list[float]) -> tuple[House, FleetFeed]:
    """The customers; those named have what is left of their usage in the last weeks, and are Chloé's."""
    house = await make_house(db)
    feed = FleetFeed(db, house.workspace, MONDAY, falls={int(name[1:]): list(left) for name, left in falls.items()})
    await feed.tell(NOW)
    for name in falls:
        await deal(house, await feed.account(int(name[1:])), csm_id=house.people["Chloé"])
    return house, feed


async def deal(house: House, account: int, **values: object) -> int:
    async with house.db.write() as tx:
        made = Deal(
            workspace_id=house.workspace, account_id=account, external_id=f"D-{account}", name="Pro",
            search_name="pro", created_at=NOW, updated_at=NOW,
            **{"state": "open", "channel_id": f"C{account:04d}", **values},
        )  # fmt: skip
        tx.session.add(made)
        await tx.session.flush()
        return made.id


async def said(db: Database, *kinds: str) -> list[Notice]:
    async with db.read() as session:
        rows = (await session.scalars(select(Notice).order_by(Notice.id))).all()
    return [one for one in rows if one.kind in kinds]


async def kept(feed: FleetFeed, place: int) -> Kept:
    account = await feed.account(place)
    async with feed.db.read() as session:
        return (await usage_alerts.going_on(session, [account]))[account]


async def act(feed: FleetFeed, place: int, changed: UsageAlertCard | Refused, by: int) -> None:
    assert isinstance(changed, UsageAlertCard), changed
    before = await kept(feed, place)
    async with feed.db.write() as tx:
        assert await usage_alerts.change(tx.session, before, changed, by, NOW) is not None


async def next_week(feed: FleetFeed, db: Database, **left: float) -> Written:
    """One more week is told and looked through."""
    feed.go_on(**{name: (share,) for name, share in left.items()})
    now = NOW + (feed.until - MONDAY)
    await feed.tell(now)
    return await scanned(feed, means(db, LEAD), now)


# Once


async def test_a_fall_is_told_once_in_person_and_in_the_channel(db: Database) -> None:
    house, feed = await fleet(db, a20=[0.3] * 3)
    assert await scanned(feed, means(db, LEAD), NOW) == Written(opened=1)
    person, channel = await said(db, DROP)
    assert (person.audience, person.deal_id) == ("person:U2", None)
    assert (channel.audience, channel.key) == ("deal", f"{person.key}:deal")
    assert channel.deal_id is not None
    one = await kept(feed, 20)
    assert person.key == one.card.key == f"usage:{one.card.account}:logins:{one.card.since.isoformat()}"
    assert (one.reader, one.route, one.routed_on) == (house.people["Chloé"], Route.NOW, MONDAY)
    assert [move.metric for move in one.card.moves] == ["active_users"]
    # The same Monday again, whoever looks.
    assert await scanned(feed, means(db, LEAD), NOW) == Written()
    assert len(await said(db, DROP)) == 2


async def test_two_scans_side_by_side_tell_it_once(db: Database) -> None:
    _, feed = await fleet(db, a20=[0.3] * 3)
    first, second = await decided(feed, means(db), NOW), await decided(feed, means(db), NOW)
    teller = UsageTeller(db, Calendars(), means(db).steps)
    assert await teller.tell(first, NOW) == Written(opened=1)
    assert await teller.tell(second, NOW) == Written()


async def test_an_episode_is_one_message_from_the_fall_to_the_recovery(db: Database) -> None:
    _, feed = await fleet(db, a20=[0.42] * 3)
    assert (await scanned(feed, means(db, LEAD), NOW)).opened == 1
    assert (await kept(feed, 20)).card.severity is Severity.MEDIUM
    assert await next_week(feed, db, a20=0.42) == Written()
    written = Written()
    for _ in range(3):
        one = await next_week(feed, db, a20=0.0)
        written = Written(written.opened, written.worse + one.worse, written.ended, written.feed)
        assert one.opened == 0
    assert written.worse == 1
    card = (await kept(feed, 20)).card
    assert (card.severity, card.was, card.worse) == (Severity.SEVERE, Severity.MEDIUM, 1)
    worse, in_channel = await said(db, WORSE)
    first, told_there = await said(db, DROP)
    assert (worse.thread_key, in_channel.thread_key) == (first.key, told_there.key)
    ended = [(await next_week(feed, db, a20=1.0)).ended for _ in range(4)]
    assert sum(ended) == 1
    assert len(await said(db, DROP)) == len(await said(db, RECOVERED)) == 2
    assert (await said(db, RECOVERED))[0].key == f"{first.key}:recovered"
    async with db.read() as session:
        rows = (await session.scalars(select(UsageAlert))).all()
    assert [(row.ended, row.told_on) for row in rows] == [("recovered", MONDAY)]


async def test_what_lasts_is_the_new_normal_and_is_not_told_again(db: Database) -> None:
    _, feed = await fleet(db, a20=[0.3] * 3)
    assert (await scanned(feed, means(db, LEAD), NOW)).opened == 1
    # Nobody looks for some weeks; the scans after that know all the same.
    for _ in range(9):
        feed.go_on(a20=[0.3])
    ended = 0
    for _ in range(6):
        one = await next_week(feed, db, a20=0.3)
        assert one.opened == 0
        ended += one.ended
    assert ended == 1
    assert len(await said(db, "usage_new_normal")) == 2


# To whom, and how loudly


async def test_a_csm_is_told_of_three_at_once_and_of_the_others_in_the_morning(db: Database) -> None:
    house, feed = await fleet(db, **{f"a{place}": [0.3] * 3 for place in (15, 20, 25, 30)})
    rich = await feed.account(30)
    async with db.write() as tx:
        await tx.session.execute(update(Deal).values(amount=1_000, currency="EUR"))
        await tx.session.execute(update(Deal).where(Deal.account_id == rich).values(amount=90_000))
    assert (await scanned(feed, means(db, LEAD), NOW)).opened == 4
    routes = {place: (await kept(feed, place)).route for place in (15, 20, 25, 30)}
    assert sorted(routes.values()) == [Route.MORNING, *[Route.NOW] * IMMEDIATE]
    assert routes[30] is Route.NOW
    people = [one for one in await said(db, DROP) if one.audience == "person:U2"]
    assert len(people) == IMMEDIATE
    # Two who fell later the same day find the day's three used up.
    feed.falls |= {12: [0.3] * 2, 33: [0.3] * 2}
    for place in (12, 33):
        await deal(house, await feed.account(place), csm_id=house.people["Chloé"])
    await feed.tell(NOW)
    assert (await scanned(feed, means(db, LEAD), NOW)).opened == 2
    assert [(await kept(feed, place)).route for place in (12, 33)] == [Route.MORNING, Route.MORNING]


async def test_who_wants_no_digest_in_the_morning_has_it_in_the_week_s(db: Database) -> None:
    house, feed = await fleet(db, **{f"a{place}": [0.3] * 3 for place in (15, 20, 25, 30)})
    async with db.write() as tx:
        quiet = PersonSettings(reminders=Reminders.NONE)
        await settings.keep(tx.session, house.people["Chloé"], "UTC", quiet, NOW)
    await scanned(feed, means(db, LEAD), NOW)
    routes = sorted([(await kept(feed, place)).route for place in (15, 20, 25, 30)])
    assert routes == [*[Route.NOW] * IMMEDIATE, Route.WEEKLY]


async def test_a_slight_fall_waits_for_the_week_s_digest_and_speaks_up_when_worse(db: Database) -> None:
    _, feed = await fleet(db, a30=[0.62])
    while (await next_week(feed, db, a30=0.62)).opened == 0:
        assert feed.until < MONDAY + 12 * WEEK
    began = feed.until
    one = await kept(feed, 30)
    assert (one.card.severity, one.route, one.told_on) == (Severity.LOW, Route.WEEKLY, None)
    assert await said(db, DROP) == []
    while (await next_week(feed, db, a30=0.1)).worse == 0:
        assert feed.until < began + 4 * WEEK
    one = await kept(feed, 30)
    assert (one.route, one.told_on, one.card.worse) == (Route.NOW, feed.until, 1)
    person, channel = await said(db, DROP)
    assert (person.key, channel.audience) == (one.card.key, "deal")
    assert await said(db, WORSE) == []


async def test_without_a_csm_the_lead_is_told_and_without_a_lead_the_team(db: Database) -> None:
    house, feed = await fleet(db, a20=[0.3] * 3, a30=[0.3] * 3)
    async with db.write() as tx:
        await tx.session.execute(update(Deal).values(csm_id=None))
    given = await decided(feed, means(db, LEAD), NOW)
    assert [one.reader for one in given.tidings] == [house.people["Ada"]] * 2
    assert (await scanned(feed, means(db), NOW)).opened == 2
    assert {one.audience for one in await said(db, DROP)} == {"cs", "deal"}


async def test_nothing_of_it_in_a_channel_with_somebody_from_outside(db: Database) -> None:
    _, feed = await fleet(db, a20=[0.3] * 3)
    async with db.write() as tx:
        await tx.session.execute(update(Deal).values(channel_outsiders=True))
    await scanned(feed, means(db, LEAD), NOW)
    assert [one.audience for one in await said(db, DROP)] == ["person:U2"]


async def test_the_day_counts_on_which_the_reader_is_at_work(db: Database) -> None:
    house, feed = await fleet(db, a20=[0.3] * 3)
    async with db.write() as tx:
        away = PersonSettings(away_until=date(2026, 11, 26))
        await settings.keep(tx.session, house.people["Chloé"], "UTC", away, NOW)
    given = await decided(feed, means(db, LEAD), NOW)
    assert [one.on for one in given.tidings] == [date(2026, 11, 26)]


async def test_what_is_severe_goes_to_the_lead_while_the_csm_is_away(db: Database) -> None:
    house, feed = await fleet(db, a20=[0.0] * 3)
    chloe, ada = house.people["Chloé"], house.people["Ada"]
    away = PersonSettings(away_until=date(2026, 11, 26))
    async with db.write() as tx:
        await settings.keep(tx.session, chloe, "UTC", away, NOW)
    (one,) = (await decided(feed, means(db, LEAD), NOW)).tidings
    assert (one.reader, one.on, one.card.severity) == (ada, MONDAY, Severity.SEVERE)
    # With the lead away as well it waits for the CSM.
    async with db.write() as tx:
        await settings.keep(tx.session, ada, "UTC", away, NOW)
    (one,) = (await decided(feed, means(db, LEAD), NOW)).tidings
    assert (one.reader, one.on) == (chloe, date(2026, 11, 26))


# What people did


async def test_a_snooze_ends_when_it_gets_worse(db: Database) -> None:
    house, feed = await fleet(db, a20=[0.42] * 3)
    await scanned(feed, means(db, LEAD), NOW)
    card = (await kept(feed, 20)).card
    await act(feed, 20, snooze(card, "U2", "Chloé", MONDAY + 8 * WEEK, MONDAY), house.people["Chloé"])
    assert await next_week(feed, db, a20=0.42) == Written()
    while (await next_week(feed, db, a20=0.0)).worse == 0:
        assert feed.until < MONDAY + 4 * WEEK
    assert (await kept(feed, 20)).card.state is State.OPEN
    assert len(await said(db, WORSE)) == 2


async def test_not_useful_is_quiet_from_then_on_and_asks_for_more(db: Database) -> None:
    house, feed = await fleet(db, a20=[0.42] * 3)
    await scanned(feed, means(db, LEAD), NOW)
    await act(feed, 20, not_useful((await kept(feed, 20)).card, "U2", "Chloé", "a trial"), house.people["Chloé"])
    for _ in range(2):
        feed.go_on(a20=[0.0])
    assert (await next_week(feed, db, a20=0.0)).opened == 0
    for _ in range(3):
        feed.go_on(a20=[1.0])
    await next_week(feed, db, a20=1.0)
    assert await said(db, WORSE, RECOVERED) == []
    async with db.read() as session:
        assert (await session.scalars(select(UsageAlert.ended))).all() == [Ended.RECOVERED.value]
        account = await feed.account(20)
        assert (await usage_alerts.patience_of(session, house.workspace, MONDAY))[account] > 1
    found = await UsageScan(means(db)).look(house.workspace, feed.until)
    assert found is not None
    place = found.fleet.accounts.index(account)
    assert found.fleet.history.fleet.patience[place] > 1


async def test_taken_stays_taken_when_it_gets_worse(db: Database) -> None:
    house, feed = await fleet(db, a20=[0.42] * 3)
    await scanned(feed, means(db, LEAD), NOW)
    card = (await kept(feed, 20)).card
    await act(feed, 20, take(card, "U2", "Chloé", MONDAY + WEEK, MONDAY), house.people["Chloé"])
    while (await next_week(feed, db, a20=0.0)).worse == 0:
        assert feed.until < MONDAY + 4 * WEEK
    one = await kept(feed, 20)
    assert (one.card.state, one.by) == (State.TAKEN, house.people["Chloé"])


async def test_a_severe_fall_is_looked_at_again_after_two_working_days(db: Database) -> None:
    _, feed = await fleet(db, a20=[0.0] * 3, a30=[0.42] * 3)
    await scanned(feed, means(db, LEAD), NOW)
    async with db.read() as session:
        rows = (await session.scalars(select(Due).where(Due.kind == ESCALATION))).all()
    assert [(row.subject, row.on_day) for row in rows] == [
        (f"usage:{(await kept(feed, 20)).card.id}", date(2026, 11, 25))
    ]


async def test_of_a_customer_who_left_nothing_more_is_said(db: Database) -> None:
    house, feed = await fleet(db, a20=[0.3] * 3)
    await scanned(feed, means(db, LEAD), NOW)
    account = await feed.account(20)
    async with db.write() as tx:
        event = SubscriptionEvent(
            workspace_id=house.workspace, account_ref="a20", fingerprint="f", kind="cancel", at=NOW, received_at=NOW
        )
        tx.session.add(event)
        await tx.session.flush()
        play = Play(
            workspace_id=house.workspace, account_id=account, anchor_id=event.id, effect="cancel", key="k", at=NOW,
            effective_at=NOW, state="open", created_at=NOW,
        )  # fmt: skip
        tx.session.add(play)
    assert await next_week(feed, db, a20=0.0) == Written(ended=1)
    assert await next_week(feed, db, a20=0.0) == Written()
    assert await said(db, "usage_new_normal", WORSE) == []


# The feed


async def test_a_broken_feed_says_one_thing_to_the_lead_and_nothing_of_accounts(db: Database) -> None:
    _, feed = await fleet(db)
    feed.falls = {place: [0.05] for place in range(ACCOUNTS)}
    await feed.tell(NOW)
    assert await scanned(feed, means(db, LEAD), NOW) == Written(feed=1)
    (notice,) = await said(db, FEED_BROKEN)
    assert (notice.key, notice.audience) == (f"usage_feed:{(MONDAY - WEEK).isoformat()}", "person:U1")
    assert await scanned(feed, means(db, LEAD), NOW) == Written()
    broken = {f"a{place:02d}": (0.05,) for place in range(ACCOUNTS)}
    feed.go_on(**broken)
    await feed.tell(NOW + WEEK)
    assert await scanned(feed, means(db, LEAD), NOW + WEEK) == Written()
    assert await said(db, DROP) == []


async def test_a_week_that_did_not_come_is_the_feed_s_fault(db: Database) -> None:
    _, feed = await fleet(db)
    feed.go_on()
    feed.missing = 1
    await feed.tell(NOW + WEEK)
    await scanned(feed, means(db), NOW + WEEK)
    assert await said(db, DROP) == []
    assert {one.audience for one in await said(db, FEED_BROKEN)} <= {"cs"}


async def test_too_many_at_once_are_held_and_the_lead_is_told(db: Database) -> None:
    names = [f"a{place}" for place in range(12, 19)]
    _, feed = await fleet(db, **{name: [0.3] for name in names})
    while not await said(db, "usage_held"):
        await next_week(feed, db, **dict.fromkeys(names, 0.3))
        assert feed.until < MONDAY + 4 * WEEK
    (notice,) = await said(db, "usage_held")
    assert (notice.audience, notice.facts["held"]) == ("person:U1", 7)
    assert await said(db, FEED_BROKEN, DROP) == []


# When


async def test_nothing_to_look_at(db: Database) -> None:
    house = await make_house(db)
    assert await UsageScan(means(db)).look(house.workspace, MONDAY) is None


async def test_only_complete_weeks_are_looked_at(db: Database) -> None:
    house, feed = await fleet(db, a20=[0.3] * 3)
    for on in (MONDAY, MONDAY + timedelta(days=6)):
        found = await UsageScan(means(db)).look(house.workspace, on)
        assert found is not None
        assert found.newest == MONDAY - WEEK
    assert feed.until == MONDAY


async def test_a_scan_on_an_earlier_day_does_not_see_later_weeks(db: Database) -> None:
    house, _ = await fleet(db, a20=[0.3] * 3)
    found = await UsageScan(means(db)).look(house.workspace, MONDAY - 4 * WEEK)
    assert found is not None
    given = await UsageScan(means(db)).decide(found, NOW - 4 * WEEK)
    assert (given.tidings, given.newest) == ((), MONDAY - 5 * WEEK)


def test_a_scan_is_due_on_monday_early_in_the_workspace_s_zone() -> None:
    row = scan_row(3, "Europe/Stockholm", datetime(2026, 11, 23, 1, 59, tzinfo=UTC))
    assert (row.on_day, row.wall, row.zone, row.subject) == (MONDAY, EARLY, "Europe/Stockholm", "workspace:3")
    assert scan_row(3, "Europe/Stockholm", datetime(2026, 11, 23, 2, tzinfo=UTC)).on_day == MONDAY + WEEK
    assert scan_row(3, "UTC", datetime(2026, 11, 26, 12, tzinfo=UTC)).on_day == MONDAY + WEEK


async def test_missed_mondays_are_made_up_by_one_scan(db: Database) -> None:
    house, _ = await fleet(db)
    decider = UsageScans(Means(Calendars(), zone="UTC"))
    row = DueRow(1, house.workspace, "usage_scan", "workspace:1", None, None, "UTC", MONDAY, EARLY, None)
    async with db.read() as session:
        (one,) = await decider.decide(session, [row], NOW + 3 * WEEK + timedelta(days=2))
        assert [notice.key for notice in one.notices] == ["usage_scan:2026-12-14"]
        assert one.next_day == date(2026, 12, 21)
        (early,) = await decider.decide(session, [replace(row, on_day=MONDAY + WEEK)], NOW)
    assert (early.notices, early.next_day) == ((), MONDAY + WEEK)


async def test_a_feed_that_comes_on_monday_is_waited_for_until_tuesday(db: Database) -> None:
    house, _ = await fleet(db)
    decider = UsageScans(Means(Calendars(), zone="UTC"))
    later = MONDAY + WEEK
    row = DueRow(1, house.workspace, "usage_scan", "workspace:1", None, None, "UTC", later, EARLY, None)
    async with db.read() as session:
        (one,) = await decider.decide(session, [row], NOW + WEEK)
        assert (one.notices, one.next_day) == ((), later + timedelta(days=1))
        (soon,) = await decider.decide(session, [replace(row, on_day=later + timedelta(days=1))], NOW + WEEK)
        assert (soon.notices, soon.next_day) == ((), later + timedelta(days=1))
        (then,) = await decider.decide(session, [replace(row, on_day=soon.next_day)], NOW + WEEK + timedelta(days=1))
    assert [notice.facts for notice in then.notices] == [{"on": later.isoformat()}]
    assert then.next_day == later + WEEK


async def test_nothing_is_scanned_where_nothing_was_told(db: Database) -> None:
    decider = UsageScans(Means(Calendars(), zone="UTC"))
    row = DueRow(1, 1, "usage_scan", "workspace:1", None, None, "UTC", MONDAY, EARLY, None)
    async with db.read() as session:
        (one,) = await decider.decide(session, [row], NOW)
    assert (one.notices, one.next_day, one.why) == ((), MONDAY + WEEK, "nothing of usage was ever told")
