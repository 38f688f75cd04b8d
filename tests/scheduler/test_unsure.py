"""A message that may have arrived and can't be looked for: the lead is asked, once for all of the same hour."""

import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import pytest

from scheduler.courier import DealCourier
from storage import notices, unsure
from storage.notices import NewNotice
from tests.messages.shown import words_in
from tests.scheduler.desk import EVA, Desk, open_desk

TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture
async def any_tuesday(database_url: str) -> AsyncGenerator[Desk]:
    """A working hour of everybody in Europe, on both databases."""
    async with open_desk(database_url, now=TUESDAY) as opened:
        yield opened


def asked_again(desk: Desk, deal_id: int, number: int, thread_key: str = "") -> NewNotice:
    key = f"deal:{deal_id}:again:{number}"
    return NewNotice(key, "handoff_requested", key, "deal", desk.clock(), deal_id, thread_key=thread_key)


async def lost(desk: Desk, *new: NewNotice) -> list[int]:
    """These are posted without an answer into a channel that Baton was taken out of meanwhile."""
    picture = await desk.picture(1)
    ids = await desk.add(*new)
    await desk.fault("chat.postMessage", "close_after", times=len(new))
    await desk.engine().drain()
    await desk.slack.api("conversations.leave", json={"channel": picture.channel.id})
    desk.pass_time(30)
    await desk.deliver()
    assert [one.state for one in await desk.notices() if one.id in ids] == ["unsure"] * len(ids)
    return ids


async def letters(desk: Desk) -> list[dict[str, object]]:
    return await desk.messages(kind=unsure.KIND)


async def test_the_lead_is_asked_once_about_all_that_is_unsure(any_tuesday: Desk) -> None:
    desk = any_tuesday
    picture = await desk.opened()
    await lost(desk, *(asked_again(desk, picture.id, number) for number in range(3)))
    (asked,) = await letters(desk)
    (row,) = await desk.notices(unsure.KIND)
    assert row.audience == f"person:{EVA}"
    shown = words_in(asked)
    assert "Did 3 messages of Baton arrive?" in shown
    assert shown.count("Handoff requested") == 3
    assert "for Fjordbank" in shown
    assert f"<#{picture.channel.id}>" in shown
    assert "Baton is not in that channel any more" in shown
    assert json.dumps(asked).count("It arrived") == 3


async def test_what_becomes_unsure_later_is_a_message_of_its_own(any_tuesday: Desk) -> None:
    desk = any_tuesday
    picture = await desk.opened()
    await lost(desk, asked_again(desk, picture.id, 1))
    desk.pass_time(2 * 3_600)
    await desk.slack.api("conversations.join", json={"channel": picture.channel.id})
    await desk.add(asked_again(desk, picture.id, 2))
    (first,) = await desk.notices(unsure.KIND)
    async with desk.db.write() as tx:
        claimed = await _claimed(desk, 2)
        await unsure.tell(tx.session, claimed, "missing_scope", first.audience, desk.clock())
    assert [len(one.facts["letters"]) for one in await desk.notices(unsure.KIND)] == [1, 1]


async def test_what_answers_a_message_that_arrived_somewhere_is_said_by_itself(any_tuesday: Desk) -> None:
    desk = any_tuesday
    picture = await desk.opened()
    first = asked_again(desk, picture.id, 1)
    (number,) = await lost(desk, first)
    await desk.add(asked_again(desk, picture.id, 2, thread_key=first.key))
    await desk.engine().drain()
    assert (await desk.notice(f"deal:{picture.id}:again:2")).why == "the message it answers is not there yet"
    async with desk.db.write() as tx:
        assert await unsure.arrived(tx.session, desk.workspace, number, EVA)
        assert not await unsure.arrived(tx.session, desk.workspace, number, EVA)
        assert not await notices.resend_unsure(tx.session, desk.workspace, number, desk.clock())
    where = await DealCourier(desk.place())._thread(await _claimed(desk, 2))  # pyright: ignore[reportPrivateUsage]
    assert where == ""


async def test_without_a_lead_nobody_is_asked_and_the_check_shows_it(any_tuesday: Desk) -> None:
    desk = any_tuesday
    picture = await desk.opened()
    async with desk.db.write() as tx:
        claimed = await _claimed(desk, 0, key=f"deal:{picture.id}:card")
        courier = DealCourier(desk.place(lead=""))
        assert await courier.after_given_up(tx, claimed, "missing_scope", unsure=True) == ()


async def _claimed(desk: Desk, number: int, key: str = "") -> notices.ClaimedNotice:
    row = await desk.notice(key or f"deal:1:again:{number}")
    return notices.ClaimedNotice(
        *(row.id, row.workspace_id, row.key, row.kind, row.lane, row.audience, row.deal_id, row.facts),
        *(row.thread_key, 1, row.revision, row.sent_revision, "", "", row.created_at, desk.clock()),
    )
