"""What can wait is said in working hours and never to whoever does not want to be disturbed."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from domain.settings import PersonSettings
from handlers import outbox
from handlers.workspace_events import WorkspaceEvents
from scheduler.courier import DealCourier
from storage.notices import NewNotice
from tests.scheduler.desk import ADA, BEN, CHLOE, MANIFEST, Desk, open_desk
from tests.scheduler.mornings import at, choose, place

MORNING = datetime(2026, 12, 1, 9, tzinfo=UTC)
"""10:00 in Amsterdam."""


@pytest.fixture
async def tuesday(sqlite_url: str) -> AsyncGenerator[Desk]:
    """A Tuesday at 10:00 in Amsterdam."""
    async with open_desk(sqlite_url, now=MORNING) as opened:
        yield opened


async def waits(desk: Desk, key: str = "s:1", kind: str = "weekly_summary") -> NewNotice:
    picture = await desk.opened()
    monday = {"monday": "2026-11-30", "zone": "Europe/Amsterdam", "usual": None, "usage": ""}
    return NewNotice(key, kind, key, "deal", desk.clock(), picture.id, monday)


async def undisturbed(desk: Desk, slack_id: str, start: datetime, end: datetime) -> None:
    dnd = {
        "dnd_enabled": True,
        "next_dnd_start_ts": int(start.timestamp()),
        "next_dnd_end_ts": int(end.timestamp()),
    }
    await desk.slack.post("people", {"user": slack_id, "dnd": dnd})


async def state(desk: Desk, key: str = "s:1") -> tuple[str, datetime, str]:
    found = await desk.notice(key)
    return found.state, found.not_before, found.why


async def test_a_message_into_a_channel_waits_for_the_hours_of_its_csm(tuesday: Desk) -> None:
    desk = tuesday
    new = await waits(desk)
    await at(desk, "2026-12-04 17:00", "Europe/Amsterdam")
    await desk.add(new)
    await desk.engine(place(desk)).drain()
    held, until, why = await state(desk)
    assert (held, until, why) == ("pending", datetime(2026, 12, 7, 8, tzinfo=UTC), "it waits for working hours")
    await at(desk, "2026-12-07 09:00", "Europe/Amsterdam")
    await desk.engine(place(desk)).drain()
    assert (await state(desk))[0] == "sent"


async def test_quiet_hours_of_ones_own_and_days_off_hold_it(tuesday: Desk) -> None:
    desk = tuesday
    new = await waits(desk)
    await choose(desk, CHLOE, PersonSettings(begin=time(13), away_until=date(2026, 12, 3)))
    await desk.add(new)
    await desk.engine(place(desk)).drain()
    assert (await state(desk))[1] == datetime(2026, 12, 3, 12, tzinfo=UTC)


async def test_do_not_disturb_holds_it_until_it_ends_or_is_switched_off(tuesday: Desk) -> None:
    desk = tuesday
    new = await waits(desk)
    now = desk.clock()
    await undisturbed(desk, CHLOE, now - timedelta(hours=1), now + timedelta(hours=2))
    at_work = place(desk)
    courier = DealCourier(at_work)
    await desk.add(new)
    await desk.engine(at_work, lambda _: courier).drain()
    held, until, _ = await state(desk)
    assert (held, abs(until - now - timedelta(hours=2)) < timedelta(seconds=2)) == ("pending", True)
    # Switched off: the event has it looked at again, long before the old end.
    await undisturbed(desk, CHLOE, now - timedelta(hours=3), now - timedelta(hours=2))
    await WorkspaceEvents(replace(desk.services(), disturbed=courier.disturbed)).on_do_not_disturb({"user": CHLOE})
    desk.pass_time(10)
    await desk.engine(at_work, lambda _: courier).drain()
    assert (await state(desk))[0] == "sent"


async def test_another_process_does_not_hold_it_for_what_it_remembers(tuesday: Desk) -> None:
    """It heard nothing of the event, and was told of do-not-disturb a moment before."""
    desk = tuesday
    new, now = await waits(desk), desk.clock()
    await undisturbed(desk, CHLOE, now - timedelta(hours=1), now + timedelta(hours=2))
    at_work = place(desk)
    deaf = DealCourier(at_work)
    await desk.add(new)
    await desk.engine(at_work, lambda _: deaf).drain()
    await undisturbed(desk, CHLOE, now - timedelta(hours=3), now - timedelta(hours=2))
    await WorkspaceEvents(desk.services()).on_do_not_disturb({"user": CHLOE})
    await desk.engine(at_work, lambda _: deaf).drain()
    assert (await state(desk))[0] == "pending"
    desk.pass_time(7)
    await desk.engine(at_work, lambda _: deaf).drain()
    assert (await state(desk))[0] == "sent"


async def test_other_hours_of_ones_own_count_at_once(tuesday: Desk) -> None:
    desk = tuesday
    new = await waits(desk)
    await choose(desk, CHLOE, PersonSettings(begin=time(13)))
    await desk.add(new)
    await desk.engine(place(desk)).drain()
    assert (await state(desk))[0] == "pending"
    await choose(desk, CHLOE, PersonSettings(begin=time(9)))
    await outbox.look_again(desk.services(), CHLOE)
    await desk.engine(place(desk)).drain()
    assert (await state(desk))[0] == "sent"


async def test_an_answer_to_a_person_is_never_held(tuesday: Desk) -> None:
    desk = tuesday
    new = await waits(desk, "a:1", "handoff_requested")
    await at(desk, "2026-12-05 23:00", "Europe/Amsterdam")
    await desk.add(new)
    await desk.engine(place(desk)).drain()
    assert (await state(desk, "a:1"))[0] == "sent"


async def test_many_are_asked_for_in_one_call_and_remembered_for_a_minute(tuesday: Desk) -> None:
    desk = tuesday
    dnd = DealCourier(place(desk))._gate.dnd  # pyright: ignore[reportPrivateUsage]
    await asyncio.gather(*(dnd.spans(one) for one in (ADA, BEN, CHLOE, ADA)))
    await dnd.spans(BEN)
    assert len(await desk.calls("dnd.teamInfo")) == 1
    desk.pass_time(61)
    await dnd.spans(BEN)
    await asyncio.gather(*(dnd.spans(f"U{number:08}") for number in range(120)))
    assert len(await desk.calls("dnd.teamInfo")) == 5


async def test_without_the_scope_only_the_hours_count(sqlite_url: str, tmp_path: Path) -> None:
    lines = MANIFEST.read_text().splitlines()
    poorer = [line for line in lines if "dnd:read" not in line and "dnd_updated_user" not in line]
    (tmp_path / "manifest.yaml").write_text("\n".join(poorer))
    async with open_desk(sqlite_url, now=MORNING, manifest=tmp_path / "manifest.yaml") as desk:
        await undisturbed(desk, CHLOE, MORNING - timedelta(hours=1), MORNING + timedelta(hours=2))
        await desk.add(await waits(desk))
        await desk.engine(place(desk)).drain()
        assert (await state(desk))[0] == "sent"
        assert len(await desk.calls("dnd.teamInfo")) == 1


async def test_a_failure_of_slack_postpones_and_does_not_disturb(tuesday: Desk) -> None:
    desk = tuesday
    new = await waits(desk)
    await desk.fault("dnd.teamInfo", "429", retry_after=7, times=1)
    await desk.add(new)
    await desk.engine(place(desk)).drain()
    assert (await state(desk))[0] == "pending"
    desk.pass_time(10)
    await desk.engine(place(desk)).drain()
    assert (await state(desk))[0] == "sent"
