"""The clocks of a deal against a local Slack: summaries, portfolios, kickoff, early win and checks, on moved clocks."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from domain.person import PersonCard
from domain.picture import DealPicture
from domain.plan.change import PlanChange
from domain.plan.kickoff import Booking, book, hold
from domain.plan_picture import PlanPicture
from domain.playbook import Kind
from handlers import deal_clock
from storage import due, notices, plans
from storage.models import Deal, Notice, Person
from storage.plan_models import Due, Plan
from tests.messages.shown import words_in
from tests.scheduler.desk import CHLOE, EVA, Desk, key_of, open_desk, twice
from tests.scheduler.mornings import at, person, place, said, ticker

START = datetime(2026, 3, 17, 9, tzinfo=UTC)
"""A Tuesday; summer time begins in Europe on 29 March, and 6 April is Easter Monday."""
CLOSED_AT = datetime(2026, 3, 16, 12, tzinfo=UTC)
AMSTERDAM = "Europe/Amsterdam"


@pytest.fixture
async def tuesday(sqlite_url: str) -> AsyncGenerator[Desk]:
    """A Tuesday in March, on SQLite."""
    async with open_desk(sqlite_url, now=START) as opened:
        yield opened


@pytest.fixture
async def any_tuesday(database_url: str) -> AsyncGenerator[Desk]:
    """The same on both databases."""
    async with open_desk(database_url, now=START) as opened:
        yield opened


async def opened(desk: Desk, **changes: Any) -> DealPicture:  # noqa: ANN401
    return await desk.opened(**{"closed_at": CLOSED_AT, **changes})


async def of_kind(desk: Desk, kind: str) -> list[dict[str, Any]]:
    return await desk.messages(kind=kind)


async def keys_of(desk: Desk, kind: str) -> list[str]:
    return [key_of(one) for one in await of_kind(desk, kind)]


async def row(desk: Desk, key: str) -> Notice:
    async with desk.db.read() as session:
        return (await session.scalars(select(Notice).where(Notice.key == key))).one()


def local(message: dict[str, Any], zone: str) -> str:
    from_ts = datetime.fromtimestamp(float(message["ts"]), UTC)
    return f"{from_ts.astimezone(due.zone_named(zone)):%Y-%m-%d %H:%M}"


async def lives_in(desk: Desk, slack_id: str, zone: str) -> None:
    """What a change of the time zone in Slack does."""
    async with desk.db.write() as tx:
        await tx.session.execute(update(Person).where(Person.slack_id == slack_id).values(zone=zone))
        ids = (await tx.session.scalars(select(Deal.id).join(Person, Person.id == Deal.csm_id))).all()
        await due.retime_deal(tx.session, ids, zone)


async def change(desk: Desk, deal_id: int, rule: Any) -> PlanPicture:  # noqa: ANN401 - any rule of domain.plan
    """Change the plan by a rule, with what follows from it."""
    async with desk.db.write() as tx:
        found = await plans.load(tx.session, deal_id, lock=True)
        assert found is not None
        decided = rule(found)
        made = decided.change if isinstance(decided, Booking) else decided
        assert isinstance(made, PlanChange), made
        applied = await plans.apply(tx.session, found, made, by=None, now=desk.clock())
        assert applied is not None
        await deal_clock.keep_agenda(desk.services(), tx, desk.workspace, applied.plan)
    return applied.plan


async def card(desk: Desk, slack_id: str) -> PersonCard:
    found = await person(desk, slack_id)
    return PersonCard(found.id, found.slack_id, found.name, zone=found.zone)


# The weekly summary


async def test_each_monday_at_nine_also_over_the_change_to_summer_time(any_tuesday: Desk) -> None:
    desk = any_tuesday
    deal = await opened(desk)
    for day in ("2026-03-23", "2026-03-30"):
        await at(desk, f"{day} 08:59", AMSTERDAM)
        await said(desk)
        before = len(await of_kind(desk, "weekly_summary"))
        await at(desk, f"{day} 09:00", AMSTERDAM)
        await said(desk)
        await said(desk)
        assert len(await of_kind(desk, "weekly_summary")) == before + 1
    found = await of_kind(desk, "weekly_summary")
    assert [key_of(one) for one in found] == [f"deal:{deal.id}:summary:2026-03-{day}" for day in (23, 30)]
    assert [local(one, AMSTERDAM) for one in found] == ["2026-03-23 09:00", "2026-03-30 09:00"]
    assert {one["channel"] for one in found} == {deal.channel.id}
    assert "milestones settled" in words_in(found[0]["blocks"])


async def test_the_plan_message_is_brought_up_to_date_each_week_and_nothing_waits_for_that(any_tuesday: Desk) -> None:
    desk = any_tuesday
    deal = await opened(desk)
    (said_first,) = await of_kind(desk, "plan")
    await at(desk, "2026-03-23 09:00", AMSTERDAM)
    await said(desk)
    (fresh,) = await of_kind(desk, "plan")
    assert fresh["ts"] == said_first["ts"]
    assert words_in(fresh["blocks"]) != words_in(said_first["blocks"])
    assert "*Overdue*" in words_in(fresh["blocks"])
    assert (await row(desk, f"deal:{deal.id}:plan")).priority == notices.LAST
    # What people do is shown at once again.
    await at(desk, "2026-03-30 09:00", AMSTERDAM)
    await ticker(desk).tick()
    assert (await row(desk, f"deal:{deal.id}:plan")).state == "pending"
    await desk.bump(f"deal:{deal.id}:plan")
    assert (await row(desk, f"deal:{deal.id}:plan")).priority == notices.SOON
    await said(desk)
    assert (await row(desk, f"deal:{deal.id}:plan")).state == "sent"


async def test_the_plan_message_of_a_finished_plan_is_left_alone(tuesday: Desk) -> None:
    desk = tuesday
    deal = await opened(desk)
    async with desk.db.write() as tx:
        await tx.session.execute(update(Plan).values(finished_at=desk.clock()))
    await at(desk, "2026-03-23 09:00", AMSTERDAM)
    await said(desk)
    assert (await row(desk, f"deal:{deal.id}:plan")).sent_revision == 1


async def test_a_holiday_monday_moves_it_to_the_next_working_day(tuesday: Desk) -> None:
    deal = await opened(tuesday)
    await at(tuesday, "2026-03-31 12:00", AMSTERDAM)
    await said(tuesday)
    await at(tuesday, "2026-04-06 12:00", AMSTERDAM)
    await said(tuesday)
    key = f"deal:{deal.id}:summary:2026-04-06"
    assert key not in await keys_of(tuesday, "weekly_summary")
    await at(tuesday, "2026-04-07 09:00", AMSTERDAM)
    await said(tuesday)
    (found,) = [one for one in await of_kind(tuesday, "weekly_summary") if key_of(one) == key]
    assert local(found, AMSTERDAM) == "2026-04-07 09:00"
    await at(tuesday, "2026-04-13 09:00", AMSTERDAM)
    await said(tuesday)
    assert (await keys_of(tuesday, "weekly_summary"))[-1] == f"deal:{deal.id}:summary:2026-04-13"


async def test_three_weeks_without_baton_are_made_up_once(any_tuesday: Desk) -> None:
    desk = any_tuesday
    deal = await opened(desk)
    await at(desk, "2026-04-15 10:00", AMSTERDAM)
    await said(desk)
    assert await keys_of(desk, "weekly_summary") == [f"deal:{deal.id}:summary:2026-04-13"]
    for monday in ("2026-03-23", "2026-03-30", "2026-04-06"):
        unsaid = await row(desk, f"deal:{deal.id}:summary:{monday}")
        assert unsaid.state == "quiet"
        assert "only the newest summary is told" in unsaid.why
    await at(desk, "2026-04-20 09:00", AMSTERDAM)
    await said(desk)
    assert len(await of_kind(desk, "weekly_summary")) == 2


async def test_made_up_at_night_it_waits_for_the_morning(tuesday: Desk) -> None:
    await opened(tuesday)
    await at(tuesday, "2026-03-24 22:00", AMSTERDAM)
    await said(tuesday)
    assert await of_kind(tuesday, "weekly_summary") == []
    await at(tuesday, "2026-03-25 09:00", AMSTERDAM)
    await said(tuesday)
    (found,) = await of_kind(tuesday, "weekly_summary")
    assert local(found, AMSTERDAM) == "2026-03-25 09:00"


@pytest.mark.parametrize(
    ("zone", "moment"), [("Asia/Kuala_Lumpur", "2026-03-23 01:00"), ("America/New_York", "2026-03-23 13:00")]
)
async def test_nine_is_nine_where_the_csm_lives(tuesday: Desk, zone: str, moment: str) -> None:
    await opened(tuesday)
    await lives_in(tuesday, CHLOE, zone)
    early = datetime.fromisoformat(moment) - timedelta(minutes=1)
    await at(tuesday, f"{early:%Y-%m-%d %H:%M}")
    await said(tuesday)
    assert await of_kind(tuesday, "weekly_summary") == []
    await at(tuesday, moment)
    await said(tuesday)
    (found,) = await of_kind(tuesday, "weekly_summary")
    assert local(found, zone) == "2026-03-23 09:00"


async def test_another_csm_changes_the_hour_and_says_nothing_twice(tuesday: Desk) -> None:
    deal = await opened(tuesday)
    await at(tuesday, "2026-03-23 09:00", AMSTERDAM)
    await said(tuesday)
    services = tuesday.services()
    async with tuesday.db.write() as tx:
        other = (await tx.session.scalars(select(Person).where(Person.slack_id == EVA))).one()
        other.zone = "America/New_York"
        (await tx.session.get_one(Deal, deal.id)).csm_id = other.id
        await tx.session.flush()
        await deal_clock.follow_csm(services, tx, tuesday.workspace, deal.id, other.id)
    await at(tuesday, "2026-03-23 16:00")
    await said(tuesday)
    await at(tuesday, "2026-03-30 09:00", "America/New_York")
    await said(tuesday)
    found = await of_kind(tuesday, "weekly_summary")
    assert [local(one, "America/New_York") for one in found][1:] == ["2026-03-30 09:00"]
    assert twice([key_of(one) for one in found]) == []


async def test_a_finished_deal_has_no_clocks(tuesday: Desk) -> None:
    deal = await opened(tuesday)
    async with tuesday.db.write() as tx:
        await tx.session.execute(update(Deal).where(Deal.id == deal.id).values(state="closed"))
        await deal_clock.end(tx, deal.id)
    await at(tuesday, "2026-06-30 12:00")
    await said(tuesday)
    assert await of_kind(tuesday, "weekly_summary") == []
    async with tuesday.db.read() as session:
        assert (await session.scalars(select(Due).where(Due.deal_id == deal.id))).all() == []


# Portfolios


async def test_csm_and_lead_get_their_portfolio_on_monday(any_tuesday: Desk) -> None:
    desk = any_tuesday
    deal = await opened(desk)
    await said(desk)
    await at(desk, "2026-03-30 09:00", "Europe/London")
    await said(desk)
    chloe, eva = await person(desk, CHLOE), await person(desk, EVA)
    found = {key_of(one): words_in(one["blocks"]) for one in await of_kind(desk, "portfolio_digest")}
    assert set(found) == {f"portfolio:{chloe.id}:2026-03-30", f"portfolio:{eva.id}:2026-03-30"}
    mine, team = found[f"portfolio:{chloe.id}:2026-03-30"], found[f"portfolio:{eva.id}:2026-03-30"]
    assert "Your portfolio: 1 deal, 1 at risk." in mine
    assert f"<#{deal.channel.id}>" in mine
    assert "no kickoff 10 working days after the close" in mine
    assert "*Next*: " in mine
    assert f"<@{CHLOE}>: 1 deal, 1 at risk" in team
    await said(desk)
    assert len(await of_kind(desk, "portfolio_digest")) == 2


async def test_a_csm_without_deals_gets_none(tuesday: Desk) -> None:
    deal = await opened(tuesday)
    await said(tuesday)
    async with tuesday.db.write() as tx:
        await tx.session.execute(update(Deal).where(Deal.id == deal.id).values(state="closed"))
    await at(tuesday, "2026-03-23 12:00")
    await said(tuesday)
    assert await of_kind(tuesday, "portfolio_digest") == []


# Kickoff


async def test_a_late_kickoff_is_told_to_the_csm_and_then_to_the_lead(any_tuesday: Desk) -> None:
    desk = any_tuesday
    deal = await opened(desk)
    for day, keys in (("20", []), ("23", ["csm"]), ("25", ["csm"]), ("26", ["csm", "lead"]), ("31", ["csm", "lead"])):
        await at(desk, f"2026-03-{day} 10:00", "Europe/London")
        await said(desk)
        assert await keys_of(desk, "kickoff_late") == [f"deal:{deal.id}:kickoff_late:{who}" for who in keys]
    first, second = await of_kind(desk, "kickoff_late")
    assert "is not booked, 5 working days after the deal was closed" in words_in(first["blocks"])
    assert "8 working days" in words_in(second["blocks"])
    assert first["channel"] != second["channel"]


async def test_a_booked_kickoff_is_left_alone_until_its_day_has_passed(tuesday: Desk) -> None:
    deal = await opened(tuesday)
    booked = datetime(2026, 4, 1, 12, tzinfo=UTC)
    days, zone = tuesday.services().days, due.zone_named(AMSTERDAM)
    await change(tuesday, deal.id, lambda plan: book(plan, booked, zone=zone, days=days, now=tuesday.clock()))
    await at(tuesday, "2026-04-01 15:00", AMSTERDAM)
    await said(tuesday)
    assert await of_kind(tuesday, "kickoff_late") == []
    await at(tuesday, "2026-04-02 10:00", AMSTERDAM)
    await said(tuesday)
    assert await keys_of(tuesday, "kickoff_late") == [f"deal:{deal.id}:kickoff_late:csm:2026-04-01"]
    chloe = await card(tuesday, CHLOE)
    await change(tuesday, deal.id, lambda plan: hold(plan, "A report", by=chloe, now=tuesday.clock()))
    await at(tuesday, "2026-04-20 10:00", AMSTERDAM)
    await said(tuesday)
    assert len(await of_kind(tuesday, "kickoff_late")) == 1


async def test_the_agenda_answers_the_plan_and_is_edited_in_place(tuesday: Desk) -> None:
    deal = await opened(tuesday)
    days, zone = tuesday.services().days, due.zone_named(AMSTERDAM)

    async def booked_for(moment: datetime) -> None:
        await change(tuesday, deal.id, lambda plan: book(plan, moment, zone=zone, days=days, now=tuesday.clock()))
        await tuesday.deliver(tuesday.engine(place(tuesday)))

    await booked_for(datetime(2026, 3, 24, 13, tzinfo=UTC))
    (first,) = await of_kind(tuesday, "kickoff_agenda")
    (shown,) = await of_kind(tuesday, "plan")
    assert first["thread_ts"] == shown["ts"]
    assert "Tue 24 Mar 2026" in first["text"]
    await booked_for(datetime(2026, 3, 26, 13, tzinfo=UTC))
    (edited,) = await of_kind(tuesday, "kickoff_agenda")
    assert edited["ts"] == first["ts"]
    assert "Thu 26 Mar 2026" in edited["text"]

    def unbooked(found: PlanPicture) -> PlanChange:
        kickoff = found.of_kind(Kind.KICKOFF)
        assert kickoff is not None
        return PlanChange("undo", "undid it", (replace(kickoff, booked_for=None),))

    await change(tuesday, deal.id, unbooked)
    await tuesday.deliver(tuesday.engine(place(tuesday)))
    (without,) = await of_kind(tuesday, "kickoff_agenda")
    assert "The kickoff has no date now" in words_in(without["blocks"])


# Early win and checks


async def test_day_20_warns_of_the_early_win_and_the_checks_come_on_their_days(tuesday: Desk) -> None:
    deal = await opened(tuesday)
    picture = await plan_of(tuesday, deal.id)
    check_30, check_90 = picture.of_kind(Kind.CHECK_30), picture.of_kind(Kind.CHECK_90)
    assert check_30 is not None
    assert check_90 is not None
    assert check_30.due is not None
    assert check_90.due is not None
    day = timedelta(days=1)
    # Day 20 is Sunday 5 April and the Monday after it a holiday in Amsterdam.
    expected = {date(2026, 4, 7): "early_win:day20", check_30.due: "check:30", check_90.due: "check:90"}
    for on, what in expected.items():
        for before in (on - day, on):
            await at(tuesday, f"{before} 09:30", AMSTERDAM)
            await said(tuesday)
            told = [*await keys_of(tuesday, "early_win_due"), *await keys_of(tuesday, "check_due")]
            assert (f"deal:{deal.id}:{what}" in told) == (before == on)
    assert sorted(told) == sorted(f"deal:{deal.id}:{what}" for what in expected.values())
    in_channel = [one for one in await of_kind(tuesday, "check_due") if one["channel"] == deal.channel.id]
    assert len(in_channel) == 2
    assert f"<@{CHLOE}>" in words_in(in_channel[0]["blocks"])


async def plan_of(desk: Desk, deal_id: int) -> PlanPicture:
    async with desk.db.read() as session:
        found = await plans.load(session, deal_id)
    assert found is not None
    return found


async def test_every_process_ticks_and_each_occurrence_is_said_once(any_tuesday: Desk) -> None:
    desk = any_tuesday
    await opened(desk)
    replicas = [ticker(desk) for _ in range(3)]
    for day in ("2026-03-23", "2026-03-26", "2026-03-30"):
        await at(desk, f"{day} 10:00", AMSTERDAM)
        for replica in replicas:
            await said(desk, replica)
    assert twice(await desk.keys()) == []
    assert len(await of_kind(desk, "weekly_summary")) == 2


async def test_a_csm_who_is_gone_is_nobody(tuesday: Desk) -> None:
    deal = await opened(tuesday)
    async with tuesday.db.write() as tx:
        await tx.session.execute(update(Deal).where(Deal.id == deal.id).values(csm_id=None))
    await at(tuesday, "2026-03-24 10:00", AMSTERDAM)
    await said(tuesday)
    assert await of_kind(tuesday, "kickoff_late") == []
    async with tuesday.db.read() as session:
        waiting = await session.scalars(select(Due).where(Due.kind == "kickoff_csm"))
    (one,) = waiting.all()
    assert one.why == "nobody is CSM of it yet"
    assert one.next_due_utc is not None
