"""The outbox: each occurrence once, in order, taken by one, marked by one."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from storage import claims, notices
from storage.claims import Claims, Open
from storage.database import Database
from storage.models import Notice
from storage.notices import DEAD, LAST, PENDING, PRIORITIES, QUIET, SENDING, SENT, SOON, UNSURE, NewNotice, Unfinished
from tests.storage.house import ERRANDS, NOW, House, at_once, later, make_house, notice


async def test_an_occurrence_is_recorded_once(house: House) -> None:
    first = await house.add(notice("a"), notice("b"))
    assert len(first) == 2
    assert await house.add(notice("b"), notice("c")) == [max(first) + 1] or len(await house.add(notice("c"))) == 0
    counted = await house.read(lambda session: notices.unfinished(session, NOW, house.workspace))
    assert counted == Unfinished(due=3, later=0, given_up=0)


async def test_the_database_itself_forbids_the_second(house: House) -> None:
    await house.add(notice("a"))

    async def again() -> None:
        async with house.db.write() as tx:
            tx.session.add(
                Notice(
                    workspace_id=house.workspace,
                    key="a",
                    kind="x",
                    lane="a",
                    audience="",
                    not_before=NOW,
                    created_at=NOW,
                )
            )

    with pytest.raises(IntegrityError):
        await again()


async def test_one_occurrence_added_by_many_at_once(house: House, other: Database) -> None:
    async def add(db: Database) -> int:
        async with db.write() as tx:
            return len(await notices.add(tx.session, house.workspace, [notice("a")], NOW))

    assert sum(await at_once(*(add(db) for db in (house.db, other) * 8))) == 1


async def test_ids_grow_in_the_order_given(house: House) -> None:
    ids = await house.add(*(notice(f"k{n}", lane="one") for n in range(40)))
    assert ids == sorted(ids)
    order: list[str] = []
    for _ in range(40):
        (one,) = await house.claim()
        order.append(one.key)
        assert await house.sent(one)
    assert order == [f"k{n}" for n in range(40)]


async def test_a_lane_goes_one_at_a_time_and_others_beside_it(house: House) -> None:
    await house.add(notice("a1", lane="a"), notice("a2", lane="a"), notice("b1", lane="b"))
    first = await house.claim()
    assert [one.key for one in first] == ["a1", "b1"]
    assert await house.keys() == []
    assert await house.sent(first[0])
    assert await house.keys() == ["a2"]


async def test_a_notice_for_later_does_not_hold_its_lane(house: House) -> None:
    await house.add(notice("reminder", lane="a", at=later(3600)), notice("now", lane="a"))
    assert await house.keys() == ["now"]
    assert await house.keys(later(3600)) == [], "what is in hand holds what has become due"


async def test_waiting_for_slack_holds_the_lane_and_waiting_for_an_hour_does_not(house: House) -> None:
    await house.add(notice("first", lane="a"), notice("second", lane="a"))
    (first,) = await house.claim()
    await house.put_back(first, later(60))
    assert await house.keys(later(30)) == []
    (first,) = await house.claim(later(60))
    await house.put_back(first, later(120), holds_lane=False)
    assert await house.keys(later(90)) == ["second"]


async def test_only_a_failed_try_counts(house: House) -> None:
    await house.add(notice("a"))
    (one,) = await house.claim()
    assert one.attempts == 1
    await house.put_back(one, NOW, failed=False)
    (one,) = await house.claim()
    assert one.attempts == 1
    await house.put_back(one, NOW)
    (one,) = await house.claim()
    assert one.attempts == 2


async def test_what_is_urgent_goes_first(house: House) -> None:
    await house.add(*(notice(f"k{n}", priority=5 - n) for n in range(4)))
    assert await house.keys(limit=2) in (["k2", "k3"], ["k3", "k2"])


async def test_errands_and_messages_are_claimed_apart_in_one_order(house: House) -> None:
    await house.add(notice("open", kind="open_channel", lane="a"), notice("card", lane="a"))
    assert await house.claim(errands=False) == []
    (errand,) = await house.claim(errands=True)
    assert errand.key == "open"
    assert await house.sent(errand, ts="")
    assert [one.key for one in await house.claim(errands=False)] == ["card"]


async def test_a_change_while_it_is_sent_makes_it_due_again(house: House) -> None:
    await house.add(notice("a"))
    (one,) = await house.claim()
    await house.bump("a", at=later(1))
    assert (await house.row("a")).state == SENDING
    assert await house.sent(one, at=later(2))
    row = await house.row("a")
    assert (row.state, row.ts, row.sent_revision, row.revision, row.not_before) == (PENDING, "1.0", 1, 2, later(2))
    (again,) = await house.claim(later(2))
    assert (again.revision, again.ts, again.attempts) == (2, "1.0", 1)
    assert await house.sent(again, at=later(9))
    row = await house.row("a")
    assert (row.state, row.sent_revision, row.sent_at) == (SENT, 2, later(2))


async def test_a_change_while_it_waits_waits_with_it(house: House) -> None:
    await house.add(notice("a", at=later(60)))
    await house.bump("a")
    row = await house.row("a")
    assert (row.state, row.revision, row.not_before) == (PENDING, 2, later(60))


async def test_what_was_quiet_is_asked_again_when_the_facts_change(house: House) -> None:
    await house.add(notice("a"))
    (one,) = await house.claim()
    await house.write(
        lambda session: claims.mark_sent(session, one, channel_id="", ts="", now=NOW, state=QUIET, why="muted")
    )
    assert (await house.row("a")).why == "muted"
    assert len(await house.bump("a")) == 1
    assert await house.keys() == ["a"]


async def test_a_dead_letter_is_not_revived_by_a_change_but_by_a_person(house: House) -> None:
    await house.add(notice("a"))
    (one,) = await house.claim()
    await house.write(lambda session: claims.give_up(session, one, state=DEAD, why="x" * 9_999))
    assert await house.bump("a") == []
    (letter,) = await house.read(lambda session: notices.dead_letters(session, house.workspace))
    assert (letter.key, letter.state, len(letter.why)) == ("a", DEAD, notices.WHY_LIMIT)
    assert await house.write(lambda session: notices.resend(session, house.workspace, letter.id, NOW))
    assert not await house.write(lambda session: notices.resend(session, house.workspace, letter.id, NOW))
    assert await house.keys() == ["a"]


async def test_another_workspace_can_not_resend_it(house: House) -> None:
    await house.add(notice("a"))
    (one,) = await house.claim()
    await house.write(lambda session: claims.give_up(session, one, state=UNSURE, why=""))
    assert not await house.write(lambda session: notices.resend(session, house.workspace + 1, one.id, NOW))


async def test_a_mark_that_comes_late_counts_once(house: House) -> None:
    await house.add(notice("a"))
    (one,) = await house.claim()
    assert await house.sent(one)
    assert not await house.sent(one, ts="2.0")
    assert (await house.row("a")).ts == "1.0"


async def test_a_claim_is_taken_over_by_one(house: House, other: Database) -> None:
    await house.add(notice("a"))
    await house.claim()
    assert await house.read(lambda session: claims.stale(session, NOW)) == []
    (old,) = await house.read(lambda session: claims.stale(session, later(20)))

    async def take(db: Database, wall: float) -> bool:
        async with db.write() as tx:
            return await claims.retake(tx.session, old, later(wall))

    taken = await at_once(*(take(db, 20 + n) for n, db in enumerate((house.db, other) * 8)))
    assert taken.count(True) == 1
    assert await house.read(lambda session: claims.stale(session, later(20))) == []


async def test_two_claimers_never_get_one_notice(house: House, other: Database) -> None:
    await house.add(*(notice(f"k{n}", lane=f"lane{n % 60}", priority=n % 7) for n in range(120)))
    taken: list[str] = []
    in_hand: set[str] = set()

    async def work(db: Database) -> None:
        while found := await house.claim(limit=5, db=db):
            for one in found:
                assert one.lane not in in_hand, "two of one lane in hand at once"
                in_hand.add(one.lane)
            taken.extend(one.key for one in found)
            await asyncio.sleep(0)
            for one in found:
                in_hand.discard(one.lane)
                async with db.write() as tx:
                    assert await claims.mark_sent(tx.session, one, channel_id="C", ts="1", now=NOW)

    while len(taken) < 120:
        before = len(taken)
        await at_once(*(work(db) for db in (house.db, other) * 3))
        assert len(taken) > before
    assert sorted(taken) == sorted(f"k{n}" for n in range(120))


async def test_claims_changes_and_marks_side_by_side_do_not_lock_each_other_out(house: House, other: Database) -> None:
    keys = [f"k{n}" for n in range(30)]
    await house.add(*(notice(key) for key in keys))

    async def change(turn: int) -> None:
        for _ in range(10):
            await house.bump(*(keys if turn % 2 else reversed(keys)))

    async def deliver(db: Database) -> None:
        for _ in range(20):
            for one in await house.claim(limit=9, db=db):
                async with db.write() as tx:
                    assert await claims.mark_sent(tx.session, one, channel_id="C", ts="1", now=NOW)

    await at_once(*(change(turn) for turn in range(4)), deliver(house.db), deliver(other), deliver(other))
    rows = await at_once(*(house.row(key) for key in keys))
    assert {row.state for row in rows} <= {SENT, PENDING}
    assert {row.revision for row in rows} == {41}


async def test_what_is_due_next(house: House) -> None:
    async def next_due() -> object:
        return await house.read(lambda session: claims.next_due(session, NOW))

    assert await next_due() is None
    await house.add(notice("a", at=later(90)), notice("b", at=later(30)), notice("c", at=NOW))
    assert await next_due() == later(30)


async def test_what_is_asked_for_is_what_may_be_taken(house: House) -> None:
    await house.add(
        notice("open", kind="open_channel", priority=9),
        *(notice(key, lane=key, priority=n) for n, key in enumerate(("post", "edit", "later"))),
    )
    await house.write(lambda session: session.execute(update(Notice).where(Notice.key == "edit").values(ts="1.0")))
    await house.write(
        lambda session: session.execute(update(Notice).where(Notice.key == "later").values(not_before=later(5)))
    )

    async def works(at: float, may: Open, full: tuple[str, ...] = ()) -> list[str]:
        found = await house.read(lambda session: Claims(ERRANDS).due(session, later(at), may, 10, full))
        return [one.work.value for one in found]

    assert await works(0, Open()) == ["post", "edit", "errand"]
    assert await works(5, Open()) == ["post", "edit", "post", "errand"]
    assert await works(0, Open(posts=False)) == ["edit", "errand"]
    assert await works(0, Open(edits=False, errands=False)) == ["post"]
    assert await works(0, Open(), ("deal:0",)) == []
    assert await works(0, Open(), ("deal:1", "cs")) == ["post", "edit", "errand"]


async def test_posts_are_told_apart_by_the_room_they_are_said_in(house: House) -> None:
    deal = await house.deal()
    in_deal = NewNotice("a", "deal_opened", "a", "deal", NOW, deal)
    in_person = NewNotice("b", "deal_opened", "b", "person:U1", NOW, deal)
    await house.add(in_deal, in_person)
    found = await house.read(lambda session: Claims(ERRANDS).due(session, NOW, Open(), 10))
    assert [one.room for one in found] == [f"deal:{deal}", "person:U1"]
    (left,) = await house.read(lambda session: Claims(ERRANDS).due(session, NOW, Open(), 10, [f"deal:{deal}"]))
    assert left.room == "person:U1"


def test_kinds_are_plain_names() -> None:
    with pytest.raises(ValueError, match="plain"):
        Claims(["x' OR 1=1"])


async def test_no_priority_is_passed_over(house: House) -> None:
    await house.add(*(notice(f"k{n}", priority=n) for n in PRIORITIES))
    assert len(await house.claim(limit=99)) == len(PRIORITIES)
    with pytest.raises(ValueError, match="priority"):
        await house.add(notice("k", priority=10))


Steps = st.lists(
    st.tuples(st.sampled_from(["claim", "sent", "back", "wait", "bump", "dead"]), st.integers(0, 5)), max_size=40
)


@settings(max_examples=25, deadline=None)
@given(steps=Steps)
async def test_whatever_happens_a_lane_has_one_in_hand_and_keeps_its_order(
    sqlite_template: object, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    path = tmp_path_factory.mktemp("lane") / "baton.db"
    path.write_bytes(sqlite_template.read_bytes())  # type: ignore[attr-defined]
    db = Database(f"sqlite:///{path}")
    try:
        await _play(await make_house(db), steps)
    finally:
        await db.close()


async def _play(house: House, steps: list[tuple[str, int]]) -> None:
    await house.add(*(notice(f"k{n}", lane="one") for n in range(6)))
    clock, first_said = 0.0, list[str]()
    for step, number in steps:
        rows = [await house.row(f"k{n}") for n in range(6)]
        assert sum(row.state == SENDING for row in rows) <= 1
        in_hand = await house.read(lambda session: claims.stale(session, later(10_000)))
        if step == "claim":
            await house.claim(later(clock))
        elif step == "bump":
            await house.bump(f"k{number}", at=later(clock))
        elif step == "wait":
            clock += 10
        elif in_hand and step == "back":
            await house.put_back(in_hand[0], later(clock + 10 * number))
        elif in_hand and step == "dead":
            one = in_hand[0]
            first_said += [one.key] if one.key not in first_said else []
            await house.write(lambda session, gone=one: claims.give_up(session, gone, state=DEAD, why=""))
        elif in_hand:
            first_said += [in_hand[0].key] if in_hand[0].key not in first_said else []
            assert await house.sent(in_hand[0], at=later(clock))
    assert first_said == sorted(first_said)


async def test_only_what_slack_shows_is_freshened_and_nothing_of_its_lane_waits_for_it(house: House) -> None:
    await house.add(notice("shown", lane="a"), notice("waits", lane="b", at=later(600)))
    (one,) = await house.claim()
    await house.sent(one)
    await house.add(notice("next", lane="a"))

    async def fresh(at: float) -> list[int]:
        keys = ["shown", "waits", "unknown"]
        return await house.write(lambda session: notices.freshen(session, house.workspace, keys, later(at)))

    assert await fresh(60) == [one.id]
    assert await fresh(90) == []
    row = await house.row("shown")
    assert (row.state, row.priority, row.revision, row.not_before) == (PENDING, LAST, 2, later(60))
    assert (await house.row("waits")).revision == 1
    assert [one.key for one in await house.claim(later(60), limit=1)] == ["next"]
    # Somebody changed it: now it is as urgent as any other.
    assert await house.bump("shown", at=later(5)) == [one.id]
    row = await house.row("shown")
    assert (row.priority, row.revision, row.not_before) == (SOON, 3, later(5))
