"""One digest a person a morning: at nine where they are, each step once, whatever happened meanwhile."""

from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import update

from domain.settings import PersonSettings, Reminders
from storage import due, morning_items, notices
from storage.models import Deal, Handoff, Person
from storage.plan_models import Milestone
from tests.messages.shown import words_in
from tests.scheduler.desk import ADA, CHLOE, EVA, Desk, key_of, open_desk, twice
from tests.scheduler.mornings import (
    at,
    choose,
    days_of,
    digests,
    kinds,
    live_in,
    occurrences,
    only,
    person,
    rows,
    said,
    ticker,
)

MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)
"""09:00 in Amsterdam, where Chloé lives."""


@pytest.fixture
async def monday(sqlite_url: str) -> AsyncGenerator[Desk]:
    """A Monday morning at 09:00 in Amsterdam, on SQLite."""
    async with open_desk(sqlite_url, now=MONDAY) as opened:
        yield opened


@pytest.fixture
async def any_monday(database_url: str) -> AsyncGenerator[Desk]:
    """The same on both databases."""
    async with open_desk(database_url, now=MONDAY) as opened:
        yield opened


async def deal(desk: Desk, *milestones: dict[str, object]) -> list[int]:
    """A deal whose handoff is done, with these milestones alone."""
    picture = await desk.opened()
    async with desk.db.write() as tx:
        await tx.session.execute(update(Handoff).values(state="accepted"))
    return await only(desk, picture.id, *milestones)


async def test_each_step_is_said_once_at_nine_where_the_owner_is(any_monday: Desk) -> None:
    desk = any_monday
    (step,) = await deal(desk, {"due": date(2026, 12, 10)})
    for day in range(1, 23):
        await at(desk, f"2026-12-{day:02} 08:59", "Europe/Amsterdam")
        await said(desk)
        before = len(await digests(desk, CHLOE))
        await at(desk, f"2026-12-{day:02} 09:00", "Europe/Amsterdam")
        await said(desk)
        await at(desk, f"2026-12-{day:02} 20:00", "Europe/Amsterdam")
        await said(desk)
        assert len(await digests(desk, CHLOE)) <= before + 1
    found = await digests(desk, CHLOE)
    assert days_of(found) == ["2026-12-01", "2026-12-09", "2026-12-10", "2026-12-11", "2026-12-15", "2026-12-22"]
    assert kinds(found) == ["milestone_reminder"] * 3 + ["milestone_overdue"] * 3
    assert await occurrences(desk, CHLOE) == [
        f"milestone:{step}:{what}:2026-12-10"
        for what in ("due-7d", "due-1d", "due", "overdue-1d", "overdue-3d", "overdue-8d")
    ]


async def test_the_lead_hears_of_what_is_three_days_late(monday: Desk) -> None:
    desk = monday
    (step,) = await deal(desk, {"due": date(2026, 11, 30)})
    for day in range(1, 9):
        await at(desk, f"2026-12-{day:02} 18:00")
        await said(desk)
        await at(desk, f"2026-12-{day + 1:02} 15:00")
        await said(desk)
    assert await occurrences(desk, EVA) == [f"late-milestone:{step}:overdue-3d:2026-11-30"]
    (told,) = await digests(desk, EVA)
    assert f"<@{CHLOE}>" in words_in(told["blocks"])


async def test_a_milestone_without_an_owner_falls_to_the_role(monday: Desk) -> None:
    desk = monday
    chloe = await deal(
        desk,
        {"due": date(2026, 12, 2), "responsible": "customer"},
        {"due": date(2026, 12, 2), "responsible": "onboarding"},
        {"due": date(2026, 12, 2), "responsible": "ae", "owner_name": "Maria at Fjordbank"},
        {"due": date(2026, 12, 2), "responsible": "ae"},
        {"due": date(2026, 12, 2), "responsible": "lead"},
    )
    await at(desk, "2026-12-01 15:00")
    await said(desk)

    def due(*which: int) -> list[str]:
        return [f"milestone:{chloe[one]}:due-1d:2026-12-02" for one in which]

    assert await occurrences(desk, CHLOE) == due(0, 1, 2)
    assert await occurrences(desk, ADA) == due(3)
    assert await occurrences(desk, EVA) == due(4)


async def test_the_seller_is_reminded_of_the_handoff_and_the_lead_told(monday: Desk) -> None:
    desk = monday
    picture = await desk.opened()
    await only(desk, picture.id)
    for day in (1, 2, 3, 4, 7):
        await at(desk, f"2026-12-{day:02} 15:00")
        await said(desk)
    base = f"handoff:{picture.id}"
    assert await occurrences(desk, ADA) == [f"{base}:after-1d:2026-11-30", f"{base}:after-2d:2026-11-30"]
    assert await occurrences(desk, EVA) == [f"late-{base}:after-3d:2026-11-30"]
    first, _ = await digests(desk, ADA)
    assert "Fill in handoff" in words_in(first["blocks"])


async def test_a_free_day_and_a_free_week_are_made_up_once(monday: Desk) -> None:
    desk = monday
    (step,) = await deal(desk, {"due": date(2026, 12, 4)})
    await choose(desk, CHLOE, PersonSettings(away_until=date(2026, 12, 9)))
    for day in range(1, 11):
        await at(desk, f"2026-12-{day:02} 12:00")
        await said(desk)
    assert days_of(await digests(desk, CHLOE)) == ["2026-12-09"]
    (told,) = await rows(desk, CHLOE)
    assert told.facts["items"] == [f"milestone:{step}:overdue-3d:2026-12-04"]
    assert told.facts["skipped"] == [f"milestone:{step}:{what}:2026-12-04" for what in ("due-1d", "due", "overdue-1d")]


async def test_a_process_that_was_down_makes_up_the_newest_step(monday: Desk) -> None:
    desk = monday
    first, second = await deal(desk, {"due": date(2026, 12, 2)}, {"due": date(2026, 12, 3)})
    async with desk.db.write() as tx:
        await tx.session.execute(update(Milestone).where(Milestone.id == second).values(state="done"))
    await at(desk, "2026-12-04 15:00")
    await said(desk)
    await said(desk)
    assert await occurrences(desk, CHLOE) == [f"milestone:{first}:overdue-1d:2026-12-02"]
    assert len(await digests(desk, CHLOE)) == 1


async def test_what_could_not_be_delivered_on_its_day_is_in_the_next(monday: Desk) -> None:
    desk = monday
    first, second = await deal(desk, {"due": date(2026, 12, 2)}, {"due": date(2026, 12, 3)})
    await at(desk, "2026-12-01 09:00")
    clock = ticker(desk)
    await clock.gather()
    await clock.tick()
    # Slack is away all day; the next morning comes.
    await at(desk, "2026-12-02 09:30")
    await said(desk)
    found = await rows(desk, CHLOE)
    assert [(one.state, bool(one.ts)) for one in found] == [("quiet", False), ("sent", True)]
    assert await occurrences(desk, CHLOE) == [
        f"milestone:{first}:due:2026-12-02",
        f"milestone:{second}:due-1d:2026-12-03",
    ]
    assert found[1].facts["skipped"] == [f"milestone:{first}:due-1d:2026-12-02"]


async def test_a_digest_nobody_decided_anew_is_not_said_a_day_late(monday: Desk) -> None:
    desk = monday
    (step,) = await deal(desk, {"due": date(2026, 12, 2)})
    await at(desk, "2026-12-01 09:00")
    clock = ticker(desk)
    await clock.gather()
    await clock.tick()
    await at(desk, "2026-12-02 08:00")
    # The engine is quicker than the clock.
    await desk.engine().drain()
    assert await digests(desk, CHLOE) == []
    await said(desk)
    assert await occurrences(desk, CHLOE) == [f"milestone:{step}:due:2026-12-02"]


async def test_what_is_settled_before_it_is_said_drops_out(monday: Desk) -> None:
    desk = monday
    first, second = await deal(desk, {"due": date(2026, 12, 2)}, {"due": date(2026, 12, 2)})
    await at(desk, "2026-12-01 09:00")
    clock = ticker(desk)
    await clock.gather()
    await clock.tick()
    async with desk.db.write() as tx:
        await tx.session.execute(update(Milestone).where(Milestone.id == first).values(state="done"))
    await said(desk)
    (told,) = await digests(desk, CHLOE)
    assert "Step 0" not in words_in(told["blocks"])
    assert "Step 1" in words_in(told["blocks"])
    assert second


async def test_when_all_of_it_is_settled_nothing_is_said(monday: Desk) -> None:
    desk = monday
    (step,) = await deal(desk, {"due": date(2026, 12, 2)})
    await at(desk, "2026-12-01 09:00")
    clock = ticker(desk)
    await clock.gather()
    await clock.tick()
    async with desk.db.write() as tx:
        await tx.session.execute(update(Milestone).where(Milestone.id == step).values(state="skipped"))
    await said(desk)
    assert [(one.state, one.ts) for one in await rows(desk, CHLOE)] == [("quiet", "")]


async def test_what_is_settled_afterwards_is_struck_through(any_monday: Desk) -> None:
    desk = any_monday
    first, _ = await deal(desk, {"due": date(2026, 12, 2)}, {"due": date(2026, 12, 2)})
    await at(desk, "2026-12-01 09:00")
    await said(desk)
    ada, chloe = await person(desk, ADA), await person(desk, CHLOE)
    async with desk.db.write() as tx:
        done = update(Milestone).where(Milestone.id == first).values(state="done", settled_by=ada.id)
        await tx.session.execute(done)
        (row,) = (await tx.session.scalars(update(Deal).values(notes="").returning(Deal.id))).all()
        keys = await morning_items.keys_showing(
            tx.session, desk.workspace, row, [f"milestone:{first}"], desk.clock(), EVA
        )
        assert keys == [f"morning:{chloe.id}:2026-12-01"]
        await notices.bump(tx.session, desk.workspace, keys, desk.clock())
    await said(desk)
    (told,) = await digests(desk, CHLOE)
    text = words_in(told["blocks"])
    assert "~*Due" in text
    assert f"done by <@{ADA}>" in text


async def test_snoozed_ones_come_back_on_their_day(monday: Desk) -> None:
    desk = monday
    (step,) = await deal(desk, {"due": date(2026, 12, 2), "snoozed_until": date(2026, 12, 8)})
    for day in (1, 2, 3, 4, 7, 8, 9, 10):
        await at(desk, f"2026-12-{day:02} 12:00")
        await said(desk)
    assert await occurrences(desk, CHLOE) == [f"milestone:{step}:back:2026-12-08"]


@pytest.mark.parametrize(("setting", "expected"), [(Reminders.ALL, 3), (Reminders.DUE, 2), (Reminders.NONE, 0)])
async def test_quiet_settings_decide_what_is_in_it(monday: Desk, setting: Reminders, expected: int) -> None:
    desk = monday
    await deal(desk, {"due": date(2026, 12, 2)}, {"due": date(2026, 12, 1)}, {"due": date(2026, 11, 30)})
    await choose(desk, CHLOE, PersonSettings(reminders=setting))
    await at(desk, "2026-12-01 12:00")
    await said(desk)
    assert len(await occurrences(desk, CHLOE)) == expected


async def test_holidays_are_those_of_the_persons_country(monday: Desk) -> None:
    desk = monday
    await deal(desk, {"due": date(2027, 1, 6)})
    await live_in(desk, CHLOE, "Europe/Stockholm")
    # Epiphany is free in Sweden: due on it, it is said on the last working day before.
    for day in ("2027-01-04", "2027-01-05", "2027-01-06", "2027-01-07"):
        await at(desk, f"{day} 12:00")
        await said(desk)
    assert days_of(await digests(desk, CHLOE)) == ["2027-01-04", "2027-01-05", "2027-01-07"]


async def test_hours_of_ones_own_move_the_morning(monday: Desk) -> None:
    desk = monday
    await deal(desk, {"due": date(2026, 12, 2)})
    await choose(desk, CHLOE, PersonSettings(begin=time(11), end=time(19)))
    await at(desk, "2026-12-01 10:59", "Europe/Amsterdam")
    await said(desk)
    assert await digests(desk, CHLOE) == []
    await at(desk, "2026-12-01 11:00", "Europe/Amsterdam")
    await said(desk)
    assert days_of(await digests(desk, CHLOE)) == ["2026-12-01"]


async def move(desk: Desk, slack_id: str, zone: str) -> None:
    """As the event of Slack does it."""
    who = await person(desk, slack_id)
    async with desk.db.write() as tx:
        await tx.session.execute(update(Person).where(Person.id == who.id).values(zone=zone))
        await due.retime_person(tx.session, who.id, zone)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Pacific/Auckland", "Pacific/Honolulu"])
@pytest.mark.parametrize("moment", ["08:50", "09:10"])
async def test_a_person_who_moves_gets_one_morning_for_each_local_day(monday: Desk, zone: str, moment: str) -> None:
    desk = monday
    await deal(desk, {"due": date(2026, 12, 2)}, {"due": date(2026, 12, 3)}, {"due": date(2026, 12, 4)})
    await at(desk, f"2026-12-01 {moment}", "Europe/Amsterdam")
    await said(desk)
    await move(desk, CHLOE, zone)
    for hour in range(13, 24 * 4 + 1, 3):
        await at(desk, f"2026-12-{1 + hour // 24:02} {hour % 24:02}:00")
        await said(desk)
    every = await digests(desk, CHLOE)
    assert twice(days_of(every)) == []
    assert twice([key_of(one) for one in every]) == []
    told = {one for row in await rows(desk, CHLOE) if row.ts for one in (*row.facts["items"], *row.facts["skipped"])}
    assert sum(":due-1d:" in one for one in told) == 3
    assert sum(":due:" in one for one in told) >= 2
