"""What billing told and what came of it, as rows, on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.person import PersonCard
from domain.plays.changes import Change, Effect, Episode, Told
from domain.plays.keeping import Gone
from domain.plays.outcome import CallOutcome, Reached, Referral
from domain.plays.picture import PlayPicture
from domain.plays.task import State, TaskChange
from storage import plays, subscriptions
from storage.models import Deal, Person
from storage.play_models import Play, PlayChange
from storage.plays import NewPlay
from tests.storage.house import NOW, House, at_once

TOLD = Change(0, Told.PLAN, NOW, "Growth", "Premium", Decimal("12.5"))
DUE = date(2026, 11, 25)


async def record(house: House, change: Change = TOLD, ref: str = "A-1") -> int | None:
    return await house.write(lambda session: subscriptions.record(session, house.workspace, ref, change, NOW))


async def told(house: House, ref: str = "A-1") -> list[Change]:
    return await house.read(lambda session: subscriptions.of_account(session, house.workspace, ref))


async def account(house: House, ref: str = "A-1") -> int:
    found = await house.write(lambda session: subscriptions.account(session, house.workspace, ref))
    assert found is not None
    return found.id


def chloe(house: House) -> PersonCard:
    return PersonCard(house.people["Chloé"], "U2", "Chloé")


async def a_play(house: House) -> PlayPicture:
    """A deal of Chloé's, and an upgrade of its customer."""
    deal_id = await house.deal()
    values = {"csm_id": house.people["Chloé"], "currency": "EUR", "plan": "Growth", "channel_id": "C9"}
    await house.write(lambda session: session.execute(update(Deal).where(Deal.id == deal_id).values(values)))
    number = await record(house)
    assert number is not None
    account_id = await account(house)
    episode = Episode((replace(TOLD, id=number),), Effect.UPGRADE, "Growth", "Premium", TOLD.delta)
    new = NewPlay(house.workspace, account_id, episode, "account:1:plan:upgrade:1", chloe(house), True, DUE)
    play_id = await house.write(lambda session: plays.add(session, new, NOW))
    return await load(house, play_id)


async def load(house: House, play_id: int) -> PlayPicture:
    found = await house.read(lambda session: plays.load(session, play_id))
    assert found is not None
    return found


async def test_the_same_telling_is_kept_once(house: House) -> None:
    assert await record(house) is not None
    assert await record(house) is None
    assert await record(house, replace(TOLD, after="Enterprise")) is not None
    assert await record(house, ref="A-2") is not None
    end = Change(0, Told.CANCEL, NOW, effective_at=NOW + timedelta(days=30), reason="price")
    assert await record(house, end) is not None
    assert await record(house, replace(end, effective_at=NOW)) is not None
    found = await told(house)
    assert len(found) == 4
    plan = next(one for one in found if one.after == "Premium")
    assert replace(plan, id=0) == TOLD
    assert {one.effective_at for one in found if one.kind is Told.CANCEL} == {NOW, NOW + timedelta(days=30)}


async def test_told_twice_at_once_it_is_kept_once(house: House) -> None:
    found = await at_once(*(record(house) for _ in range(6)))
    assert sum(one is not None for one in found) == 1


async def test_what_waits_for_an_account_is_named(house: House) -> None:
    for ref in ("B-2", "B-1", "B-1"):
        await record(house, ref=ref)
    await record(house, replace(TOLD, at=NOW + timedelta(hours=1)), ref="B-1")
    await house.deal()
    await record(house)
    aside = await house.read(lambda session: subscriptions.aside(session, 1))
    assert (aside.count, aside.names) == (2, ("B-1",))
    names = await house.read(subscriptions.plan_names)
    assert names == ["Growth", "Premium"]


async def test_who_looks_after_a_customer(house: House) -> None:
    first, second, third = [await house.deal(number) for number in (1, 2, 3)]
    account_id = await account(house)

    async def set_up(session: AsyncSession) -> None:
        await session.execute(update(Deal).values(account_id=account_id))
        rows = {
            first: {"csm_id": house.people["Chloé"], "state": "open", "channel_id": "C1", "plan": "Growth"},
            second: {"csm_id": house.people["Ada"], "state": "closed", "channel_id": "C2", "currency": "SEK"},
            third: {"csm_id": house.people["Felix"], "state": "open"},
        }
        for deal_id, values in rows.items():
            await session.execute(update(Deal).where(Deal.id == deal_id).values(values))

    await house.write(set_up)
    found = await house.read(lambda session: plays.keepers(session, account_id))
    assert found.csm is not None
    assert (found.csm.name, found.plan, found.currency, found.channel_id) == ("Chloé", "Growth", "SEK", "C1")
    assert found.team == {"U2", "U1"}
    gone = update(Person).where(Person.slack_id == "U2").values(is_deleted=True)
    await house.write(lambda session: session.execute(gone))
    found = await house.read(lambda session: plays.keepers(session, account_id))
    assert found.csm is not None
    assert found.csm.name == "Ada"


async def test_a_play_as_it_is_seen(house: House) -> None:
    play = await a_play(house)
    assert (play.customer, play.effect, play.before, play.after) == ("Customer 1", Effect.UPGRADE, "Growth", "Premium")
    assert (play.state, play.due, play.currency, play.channel_id) == (State.OPEN, DUE, "EUR", "C9")
    assert (play.delta, play.at, play.gone, play.last) == (Decimal("12.50"), NOW, None, None)
    assert play.owner == replace(chloe(house), email="chloe@northwind.example")
    assert play.team == {"U2"}
    assert await house.read(lambda session: plays.load(session, 99)) is None
    assert await house.write(lambda session: plays.lock(session, 99)) is None


async def test_it_is_held_and_let_go_and_says_when_that_changes_something(house: House) -> None:
    play = await a_play(house)
    (change,) = await told(house)
    episode = Episode((change,), Effect.UPGRADE, "Growth", "Premium", TOLD.delta)
    assert await house.write(lambda session: plays.hold(session, play.id, episode)) is None
    assert await house.write(lambda session: plays.let_go(session, play.id, Gone.UNDONE)) == play.key
    assert await house.write(lambda session: plays.let_go(session, play.id, Gone.UNDONE)) is None
    assert await house.read(lambda session: plays.open_of(session, play.account_id)) == []
    (known,) = await house.read(lambda session: plays.known(session, play.account_id))
    assert (known.anchor, known.effect, known.is_open, known.gone) == (change.id, Effect.UPGRADE, True, Gone.UNDONE)
    further = replace(episode, after="Enterprise")
    assert await house.write(lambda session: plays.hold(session, play.id, further)) == play.key
    (again,) = await house.read(lambda session: plays.open_of(session, play.account_id))
    assert (again.after, again.gone) == ("Enterprise", None)
    await house.write(lambda session: plays.hand_over(session, play.id, None, "k2"))
    passed = await load(house, play.id)
    assert (passed.owner, passed.has_csm, passed.key) == (None, False, "k2")


async def test_what_somebody_did_is_put_back_as_it_was(house: House) -> None:
    play = await a_play(house)
    outcome = CallOutcome(Reached.YES, "seats", "fine", Referral.YES, "Maria")
    snoozed = TaskChange(replace(play.task, snoozed_until=DUE), "snoozed", "snoozed it")
    done = TaskChange(replace(play.task, state=State.DONE, outcome=outcome), "done", "wrote it down")
    later = NOW + timedelta(minutes=1)
    by = chloe(house)
    first = await house.write(lambda session: plays.apply(session, play.id, snoozed, by=by, now=NOW))
    second = await house.write(lambda session: plays.apply(session, play.id, done, by=by, now=later))
    found = await load(house, play.id)
    assert (found.state, found.outcome, found.settled_at) == (State.DONE, outcome, later)
    assert found.settled_by is not None
    assert found.last is not None
    assert (found.settled_by.name, found.last.said, found.last.at, found.version) == (
        "Chloé",
        "wrote it down",
        later,
        3,
    )
    stored = await house.read(lambda session: plays.find_change(session, first))
    assert stored is not None
    assert not stored.is_last
    await house.write(lambda session: plays.undo(session, second, by=by, now=later))
    back = await load(house, play.id)
    assert (back.state, back.snoozed_until, back.outcome, back.settled_by) == (State.OPEN, DUE, None, None)
    assert back.last is not None
    assert back.last.said == "snoozed it"
    stored = await house.read(lambda session: plays.find_change(session, second))
    assert stored is not None
    assert stored.undone_by is not None
    assert (stored.undone_at, stored.undone_by.name, stored.is_last) == (later, "Chloé", False)
    assert await house.read(lambda session: plays.find_change(session, 99)) is None


async def test_of_the_days_of_renewal_that_were_told_the_newest_telling_counts(house: House) -> None:
    async def note(on: date, days: int) -> None:
        at = NOW + timedelta(days=days)
        await house.write(lambda s: subscriptions.note_renewal(s, house.workspace, "A-1", on, at, NOW))

    number = (await a_play(house)).account_id
    before = await told(house)
    for on, days in ((DUE, 0), (DUE, 1), (DUE + timedelta(days=365), 3), (DUE + timedelta(days=90), 2)):
        await note(on, days)
    found = await house.read(lambda session: subscriptions.renewals(session, [number, 9_999]))
    assert found == {number: DUE + timedelta(days=365)}
    # It is no change of plan.
    assert await told(house) == before


async def test_they_go_with_their_account(house: House) -> None:
    play = await a_play(house)
    change = TaskChange(play.task, "moved", "moved it")
    await house.write(lambda session: plays.apply(session, play.id, change, by=chloe(house), now=NOW))
    deal_gone = "DELETE FROM account"
    async with house.db.write() as tx:
        await (await tx.session.connection()).exec_driver_sql(deal_gone)
    async with house.db.read() as session:
        assert await session.get(Play, play.id) is None
        assert await session.get(PlayChange, 1) is None
    assert len(await told(house)) == 1
