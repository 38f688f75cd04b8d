"""What a CSM reads when a customer goes to another plan: once, in working hours, right in the end."""

from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from domain.deals import AccountFacts
from handlers import deal_clock
from storage.models import Deal
from tests.messages.shown import words_in
from tests.scheduler.desk import CHLOE, CS, DANIEL, EVA, Desk, key_of, open_desk, twice
from tests.scheduler.mornings import at, digests, occurrences, only, said
from tests.scheduler.plays import (
    canceled,
    changed,
    deliver,
    every,
    join,
    kinds,
    one_play,
    play_ids,
    services,
    told,
    won,
)

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
"""10:00 in Amsterdam, where Chloé lives."""


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncGenerator[Desk]:
    """A Monday morning on SQLite, with a deal of Chloé's that is quiet."""
    async with open_desk(sqlite_url, now=MONDAY) as opened:
        picture = await opened.opened()
        await only(opened, picture.id)
        yield opened


@pytest.fixture
async def any_desk(database_url: str) -> AsyncGenerator[Desk]:
    """The same on both databases."""
    async with open_desk(database_url, now=MONDAY) as opened:
        picture = await opened.opened()
        await only(opened, picture.id)
        yield opened


async def test_an_upgrade_is_told_at_once_with_what_it_gives_and_what_to_say(any_desk: Desk) -> None:
    desk = any_desk
    await changed(desk, "Growth", "Enterprise", mrr_delta=900)
    await deliver(desk)
    (message,) = await told(desk)
    assert kinds([message]) == ["plan_upgraded"]
    assert key_of(message).startswith("account:")
    assert ":plan:upgrade:" in key_of(message)
    text = words_in(message["blocks"])
    for part in (
        "moved up from *Growth* to *Enterprise* (+900 EUR a month)",
        "Premium: Phone support",
        "Enterprise: A dedicated manager",
        "Introduce yourself",
        "with Enterprise Fjordbank has a dedicated manager",
        "A referral",
        "Feedback",
        "Post-upgrade call*, by Wed 2 Dec 2026",
        *("Done", "Not useful", "Move", "Snooze"),
    ):
        assert part in text, part
    assert (await one_play(desk)).due == date(2026, 12, 2)
    (row,) = await desk.notices("plan_upgraded")
    where = next(one for one in (await desk.slack.get("state"))["channels"] if one["id"] == row.channel_id)
    assert where["is_im"]
    assert CHLOE in where["members"]


async def test_at_night_it_waits_for_the_next_working_morning(desk: Desk) -> None:
    await at(desk, "2026-12-04 17:30", "Europe/Amsterdam")
    await changed(desk, "Starter", "Premium")
    await deliver(desk)
    assert await told(desk) == []
    await at(desk, "2026-12-07 09:00", "Europe/Amsterdam")
    await deliver(desk)
    assert kinds(await told(desk)) == ["plan_upgraded"]


async def test_put_back_within_the_hour_it_is_one_message_edited_in_place(any_desk: Desk) -> None:
    desk = any_desk
    await changed(desk, "Growth", "Premium")
    await deliver(desk)
    first = (await told(desk))[0]
    desk.pass_time(40 * 60)
    await changed(desk, "Premium", "Growth")
    await deliver(desk)
    (edited,) = await told(desk)
    assert edited["ts"] == first["ts"]
    text = words_in(edited["blocks"])
    assert "put back within the hour" in text
    assert "Done" not in text
    assert await every(desk) == [("upgrade", "Growth", "Premium", "open", "undone")]


async def test_put_back_before_it_could_be_said_nothing_is_said(desk: Desk) -> None:
    await at(desk, "2026-11-30 18:00", "Europe/Amsterdam")
    await changed(desk, "Growth", "Premium")
    await deliver(desk)
    desk.pass_time(600)
    await changed(desk, "Premium", "Growth")
    await at(desk, "2026-12-01 09:00", "Europe/Amsterdam")
    await deliver(desk)
    assert await told(desk) == []
    assert [one.why for one in await desk.notices("plan_upgraded")] == ["it fell away before it could be said (undone)"]


async def test_going_further_within_the_hour_edits_the_message(desk: Desk) -> None:
    await changed(desk, "Starter", "Growth", mrr_delta=100)
    await deliver(desk)
    desk.pass_time(1_800)
    await changed(desk, "Growth", "Enterprise", mrr_delta=500)
    await deliver(desk)
    (message,) = await told(desk)
    assert "from *Starter* to *Enterprise* (+600 EUR a month)" in words_in(message["blocks"])


async def test_up_and_further_down_within_the_hour_ends_as_a_downgrade(desk: Desk) -> None:
    await changed(desk, "Growth", "Premium")
    await deliver(desk)
    desk.pass_time(600)
    await changed(desk, "Premium", "Starter")
    await deliver(desk)
    up, down = await told(desk)
    assert kinds([up, down]) == ["plan_upgraded", "plan_downgraded"]
    assert "a newer message tells how" in words_in(up["blocks"])
    text = words_in(down["blocks"])
    assert "moved down from *Growth* to *Starter*" in text
    assert "Ask for the reasons" in text
    assert await every(desk) == [
        ("upgrade", "Growth", "Premium", "open", "turned"),
        ("downgrade", "Growth", "Starter", "open", ""),
    ]


async def test_a_downgrade_days_later_takes_the_place_of_the_call(desk: Desk) -> None:
    await changed(desk, "Growth", "Premium")
    await deliver(desk)
    await at(desk, "2026-12-01 10:00", "Europe/Amsterdam")
    await changed(desk, "Premium", "Growth")
    await deliver(desk)
    assert await every(desk) == [
        ("upgrade", "Growth", "Premium", "open", "later"),
        ("downgrade", "Premium", "Growth", "open", ""),
    ]
    assert len(await told(desk)) == 2


async def test_an_older_change_that_comes_late_undoes_nothing(any_desk: Desk) -> None:
    desk = any_desk
    await changed(desk, "Growth", "Premium", MONDAY)
    await changed(desk, "Enterprise", "Growth", MONDAY - timedelta(days=2))
    await changed(desk, "Growth", "Premium", MONDAY)
    await deliver(desk)
    assert kinds(await told(desk)) == ["plan_upgraded"]
    assert await every(desk) == [("upgrade", "Growth", "Premium", "open", "")]


async def test_what_is_a_month_old_is_history(desk: Desk) -> None:
    await changed(desk, "Growth", "Premium", MONDAY - timedelta(days=31))
    await deliver(desk)
    assert await told(desk) == []


async def test_a_cancellation_asks_for_the_reasons_and_may_be_withdrawn(any_desk: Desk) -> None:
    desk = any_desk
    await canceled(desk, "2026-12-31", "moved to <!channel> & co")
    await deliver(desk)
    (message,) = await told(desk)
    assert kinds([message]) == ["subscription_canceled"]
    text = words_in(message["blocks"])
    assert "the subscription ends on Thu 31 Dec 2026, in 31 days" in text
    assert "moved to <!channel> & co" in text
    assert "&lt;!channel&gt; &amp; co" in str(message["blocks"])
    assert "Ask for the reasons" in text
    assert (await one_play(desk)).due == date(2026, 12, 1)
    await at(desk, "2026-12-02 10:00", "Europe/Amsterdam")
    await changed(desk, "Growth", "Growth")
    await deliver(desk)
    first, kept = await told(desk)
    assert "took the cancellation back" in words_in(kept["blocks"])
    assert kinds([first, kept]) == ["subscription_canceled", "subscription_kept"]
    assert "The cancellation was withdrawn" in words_in(first["blocks"])


async def test_no_plan_at_the_end_withdraws_no_cancellation(desk: Desk) -> None:
    await canceled(desk, "2026-11-30")
    await deliver(desk)
    await at(desk, "2026-12-02 10:00", "Europe/Amsterdam")
    await changed(desk, "Growth", "", mrr_delta=-900)
    await canceled(desk, "2026-12-01")
    await deliver(desk)
    (message,) = await told(desk)
    assert "the subscription ended on Tue 1 Dec 2026" in words_in(message["blocks"])


async def test_an_unknown_plan_is_told_to_the_lead_once_and_counts_by_its_money(any_desk: Desk) -> None:
    desk = any_desk
    await changed(desk, "Growth", "Platinum 2027")
    await changed(desk, "Platinum 2027", "platinum  2027", desk.clock() + timedelta(hours=2))
    await deliver(desk)
    assert await told(desk) == []
    (unknown,) = await desk.messages(kind="plan_unknown")
    text = words_in(unknown["blocks"])
    assert "“Platinum 2027”" in text
    assert "nobody can tell" in text
    assert [one.audience for one in await desk.notices("plan_unknown")] == [f"person:{EVA}"]
    await changed(desk, "Growth", "Gold", desk.clock() + timedelta(hours=4), mrr_delta="12.50")
    await deliver(desk)
    (message,) = await told(desk)
    assert "to *Gold* (+12.50 EUR a month)" in words_in(message["blocks"])


async def test_an_account_nobody_knows_waits_for_its_deal(any_desk: Desk) -> None:
    desk = any_desk
    await changed(desk, "Starter", "Premium", account="A-77")
    await deliver(desk)
    assert await told(desk) == []
    await won(desk, id="D-77", account=AccountFacts("A-77", "Late Harbour"))
    await deliver(desk)
    (message,) = await told(desk)
    assert "Late Harbour" in words_in(message["blocks"])
    assert twice([key_of(one) for one in await desk.messages()]) == []


async def test_without_a_csm_the_team_is_told_and_the_lead_has_the_task(desk: Desk) -> None:
    async with desk.db.write() as tx:
        deal = (await tx.session.scalars(select(Deal))).one()
        deal.csm_id = None
    await changed(desk, "Starter", "Premium")
    await deliver(desk)
    (message,) = await desk.messages(CS, "plan_upgraded")
    text = words_in(message["blocks"])
    assert "Nobody is CSM" in text
    assert f"<@{EVA}>" in text


async def test_another_csm_gets_the_open_call(desk: Desk) -> None:
    await changed(desk, "Starter", "Premium")
    await deliver(desk)
    daniel = await join(desk, DANIEL, "Daniel")
    async with desk.db.write() as tx:
        deal = (await tx.session.scalars(select(Deal))).one()
        deal.csm_id = daniel
        await tx.session.flush()
        await deal_clock.follow_csm(services(desk), tx, desk.workspace, deal.id, daniel)
    await deliver(desk)
    old, new = await told(desk)
    assert f"Passed on to <@{DANIEL}>" in words_in(old["blocks"])
    assert "Done" in words_in(new["blocks"])
    assert key_of(new) == f"{key_of(old)}:for:{daniel}"
    assert (await one_play(desk)).owner.slack_id == DANIEL


async def test_the_call_is_in_the_mornings_until_it_is_done_and_late_the_lead_hears(desk: Desk) -> None:
    await changed(desk, "Starter", "Premium")
    await deliver(desk)
    (number,) = await play_ids(desk)
    for day in range(1, 9):
        await at(desk, f"2026-12-{day:02} 09:30", "Europe/Amsterdam")
        await said(desk)
        await at(desk, f"2026-12-{day:02} 15:00", "UTC")
        await said(desk)
    mine = [one for one in await occurrences(desk, CHLOE) if one.startswith("play:")]
    assert mine == [f"play:{number}:{what}:2026-12-02" for what in ("due-1d", "due", "overdue-1d", "overdue-3d")]
    assert f"late-play:{number}:overdue-3d:2026-12-02" in await occurrences(desk, EVA)
    digest = (await digests(desk, CHLOE))[0]
    text = words_in(digest["blocks"])
    assert "Post-upgrade call · Fjordbank" in text
    assert "Done" in text
