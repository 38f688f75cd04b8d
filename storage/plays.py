"""Plays: opened, held and let go as billing tells; settled, moved and put back by people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.deals import DealState
from domain.person import PersonCard
from domain.plays import outcome
from domain.plays.changes import Effect, Episode
from domain.plays.keeping import Gone, Known
from domain.plays.picture import LastChange, PlayPicture
from domain.plays.task import State, TaskChange
from storage import home_changes
from storage.models import Account, Deal, Person
from storage.pictures import person_card
from storage.play_models import Play, PlayChange

ALIVE: Final = (DealState.OPENING.value, DealState.OPEN.value)
DEALS: Final = 50
"""Deals of one customer that are looked at, the newest."""


@dataclass(frozen=True, slots=True)
class Keepers:
    """Who looks after a customer, from its deals: the CSM of the newest that has one (running ones first), and all of
    them (``team``, Slack ids). ``plan``, ``currency`` and ``channel_id`` of the newest that says; '' for none."""

    csm: PersonCard | None = None
    team: frozenset[str] = frozenset()
    plan: str = ""
    currency: str = ""
    channel_id: str = ""


async def keepers(session: AsyncSession, account_id: int) -> Keepers:
    """Who looks after this customer."""
    statement = (
        select(Deal, Person)
        .outerjoin(Person, Person.id == Deal.csm_id)
        .where(Deal.account_id == account_id, Deal.state != DealState.PROSPECT.value)
        .order_by(Deal.id.desc())
        .limit(DEALS)
    )
    found = cast("Sequence[tuple[Deal, Person | None]]", (await session.execute(statement)).all())
    rows = sorted(found, key=lambda row: row[0].state not in ALIVE)
    csms = [person for _, person in rows if person is not None and _is_member(person)]
    return Keepers(
        csm=person_card(csms[0]) if csms else None,
        team=frozenset(person.slack_id for person in csms),
        plan=next((deal.plan for deal, _ in rows if deal.plan), ""),
        currency=next((deal.currency for deal, _ in rows if deal.currency), ""),
        channel_id=next((deal.channel_id for deal, _ in rows if deal.channel_id and deal.state in ALIVE), ""),
    )


def _is_member(person: Person) -> bool:
    return not (person.is_deleted or person.is_guest or person.is_external or person.is_bot)


async def known(session: AsyncSession, account_id: int) -> list[Known]:
    """Every play of a customer, as the rules look at it."""
    columns = (Play.id, Play.anchor_id, Play.effect, Play.state, Play.gone)
    rows = (await session.execute(select(*columns).where(Play.account_id == account_id).order_by(Play.id))).all()
    return [
        Known(row[0], row[1], Effect(row[2]), row[3] == State.OPEN.value, Gone(row[4]) if row[4] else None)
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class NewPlay:
    """A play to open for an episode; ``due`` None: there is nothing to do."""

    workspace_id: int
    account_id: int
    episode: Episode
    key: str
    owner: PersonCard | None
    has_csm: bool
    due: date | None


async def add(session: AsyncSession, new: NewPlay, now: datetime) -> int:
    """Open a play; its id."""
    play = Play(
        workspace_id=new.workspace_id,
        account_id=new.account_id,
        anchor_id=new.episode.first.id,
        effect=new.episode.effect.value,
        key=new.key,
        owner_id=new.owner.id if new.owner else None,
        has_csm=new.has_csm,
        state=(State.TOLD if new.due is None else State.OPEN).value,
        gone="",
        due=new.due,
        outcome={},
        created_at=now,
        version=1,
        **_facts(new.episode),
    )
    session.add(play)
    await session.flush()
    if new.owner is not None:
        home_changes.changed_for(session, new.workspace_id, [new.owner.id], now)
    return play.id


def _facts(episode: Episode) -> dict[str, Any]:
    return {
        "before_plan": episode.before,
        "after_plan": episode.after,
        "delta": episode.delta,
        "at": episode.last_at,
        "effective_at": episode.effective_at,
        "reason": episode.reason,
        "returned": episode.returned,
    }


async def hold(session: AsyncSession, play_id: int, episode: Episode) -> str | None:
    """The play holds, with these facts: the key of its message when that changes anything, else None."""
    play = await _locked(session, play_id)
    values = _facts(episode) | {"gone": ""}
    if play is None or all(getattr(play, name) == value for name, value in values.items()):
        return None
    for name, value in values.items():
        setattr(play, name, value)
    await session.flush()
    return play.key


async def let_go(session: AsyncSession, play_id: int, why: Gone) -> str | None:
    """The play holds no more: the key of its message, None when it was so before."""
    play = await _locked(session, play_id)
    if play is None or play.gone == why.value:
        return None
    play.gone = why.value
    await session.flush()
    return play.key


async def hand_over(session: AsyncSession, play_id: int, owner: PersonCard | None, key: str) -> None:
    """Somebody else has the task from now on, told by another message."""
    play = await _locked(session, play_id)
    if play is not None:
        play.owner_id, play.has_csm, play.key = owner.id if owner else None, owner is not None, key
        await session.flush()


async def open_of(session: AsyncSession, account_id: int) -> list[PlayPicture]:
    """The plays of a customer about which something is to be done."""
    statement = select(Play.id).where(Play.account_id == account_id, Play.state == State.OPEN.value, Play.gone == "")
    found = [await load(session, number) for number in (await session.scalars(statement.order_by(Play.id))).all()]
    return [one for one in found if one is not None]


async def _locked(session: AsyncSession, play_id: int) -> Play | None:
    return await session.get(Play, play_id, with_for_update=True, populate_existing=True)


async def lock(session: AsyncSession, play_id: int) -> PlayPicture | None:
    """The play as it is now, kept for this transaction."""
    return await load(session, play_id) if await _locked(session, play_id) is not None else None


async def load(session: AsyncSession, play_id: int) -> PlayPicture | None:
    """One play as it is seen, in four queries; None when it is gone."""
    found = await session.get(Play, play_id, populate_existing=True)
    if found is None:
        return None
    account = await session.get_one(Account, found.account_id)
    around = await keepers(session, found.account_id)
    last = await _last(session, play_id)
    cards = await _cards(session, [found.owner_id, found.settled_by, last.by_id if last else None])
    return PlayPicture(
        id=found.id,
        workspace_id=found.workspace_id,
        account_id=found.account_id,
        customer=account.name,
        key=found.key,
        effect=Effect(found.effect),
        before=found.before_plan,
        after=found.after_plan,
        at=found.at,
        state=State(found.state),
        due=found.due,
        version=found.version,
        delta=found.delta,
        currency=around.currency,
        effective_at=found.effective_at,
        reason=found.reason,
        returned=found.returned,
        owner=cards.get(found.owner_id or 0),
        has_csm=found.has_csm,
        channel_id=around.channel_id,
        snoozed_until=found.snoozed_until,
        outcome=outcome.from_json(found.outcome),
        gone=Gone(found.gone) if found.gone else None,
        settled_by=cards.get(found.settled_by or 0),
        settled_at=found.settled_at,
        last=LastChange(last.id, cards.get(last.by_id or 0), last.said, last.at) if last else None,
        team=around.team,
    )


async def _last(session: AsyncSession, play_id: int) -> PlayChange | None:
    statement = select(PlayChange).where(PlayChange.play_id == play_id, PlayChange.undone_at.is_(None))
    return (await session.scalars(statement.order_by(PlayChange.id.desc()).limit(1))).first()


async def _cards(session: AsyncSession, ids: Sequence[int | None]) -> dict[int, PersonCard]:
    wanted = {number for number in ids if number is not None}
    if not wanted:
        return {}
    rows = (await session.scalars(select(Person).where(Person.id.in_(wanted)))).all()
    return {person.id: person_card(person) for person in rows}


# What people do


async def apply(session: AsyncSession, play_id: int, change: TaskChange, *, by: PersonCard, now: datetime) -> int:
    """Write down what somebody did, with what was there before; the id of the change. The play is locked already."""
    play = await session.get_one(Play, play_id)
    before = _kept(play)
    task = change.task
    settled = task.state in (State.DONE, State.NOT_USEFUL)
    play.state, play.due, play.snoozed_until = task.state.value, task.due, task.snoozed_until
    play.outcome = outcome.to_json(task.outcome)
    play.settled_at, play.settled_by = (now, by.id) if settled else (None, None)
    play.version += 1
    written = PlayChange(
        play_id=play_id,
        at=now,
        by_id=by.id,
        action=change.action,
        said=change.said,
        before=before,
        version=play.version,
    )
    session.add(written)
    await session.flush()
    return written.id


def _kept(play: Play) -> dict[str, Any]:
    return {
        "state": play.state,
        "due": play.due.isoformat() if play.due else None,
        "snoozed_until": play.snoozed_until.isoformat() if play.snoozed_until else None,
        "outcome": play.outcome,
        "settled_at": play.settled_at.isoformat() if play.settled_at else None,
        "settled_by": play.settled_by,
    }


@dataclass(frozen=True, slots=True)
class Stored:
    """A change that was written down. ``is_last``: nothing was done to the play since."""

    id: int
    play_id: int
    at: datetime
    said: str
    by: PersonCard | None
    undone_at: datetime | None
    undone_by: PersonCard | None
    is_last: bool


async def find_change(session: AsyncSession, change_id: int) -> Stored | None:
    """One change; None when there is no such one."""
    found = await session.get(PlayChange, change_id, populate_existing=True)
    if found is None:
        return None
    play = await session.get_one(Play, found.play_id, populate_existing=True)
    cards = await _cards(session, [found.by_id, found.undone_by])
    return Stored(
        id=found.id,
        play_id=found.play_id,
        at=found.at,
        said=found.said,
        by=cards.get(found.by_id or 0),
        undone_at=found.undone_at,
        undone_by=cards.get(found.undone_by or 0),
        is_last=play.version == found.version,
    )


async def undo(session: AsyncSession, change_id: int, *, by: PersonCard, now: datetime) -> None:
    """Put back what was there before a change. The play is locked already."""
    change = await session.get_one(PlayChange, change_id)
    play = await session.get_one(Play, change.play_id)
    was = change.before
    play.state, play.outcome, play.settled_by = was["state"], was["outcome"], was["settled_by"]
    play.due = date.fromisoformat(was["due"]) if was["due"] else None
    play.snoozed_until = date.fromisoformat(was["snoozed_until"]) if was["snoozed_until"] else None
    play.settled_at = datetime.fromisoformat(was["settled_at"]) if was["settled_at"] else None
    play.version += 1
    change.undone_at, change.undone_by = now, by.id
    await session.flush()
