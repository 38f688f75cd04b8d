"""What may be in the digests of a morning, for hundreds of people in a constant number of queries; who gets one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import BindParameter, ColumnElement, Select, Table, and_, bindparam, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.deals import DealState
from domain.handoff import HandoffState
from domain.person import PersonCard
from domain.playbook import REMIND, Role
from domain.plays.task import REMIND as REMIND_PLAY
from domain.reminders import Open, Subject, keeper
from domain.settings import PersonSettings, from_json
from domain.usage_alert import State
from domain.usage_rules import Route
from storage import notices, people
from storage.due import MORNING_KIND
from storage.models import Commitment, Deal, Handoff, Notice, Person, Question
from storage.notices import NewNotice
from storage.plan_models import Due, Milestone, PersonSetting
from storage.play_models import Play
from storage.usage_alert_models import UsageAlert

ALIVE: Final = (DealState.OPENING.value, DealState.OPEN.value)
WAITING: Final = (HandoffState.REQUESTED.value, HandoffState.DRAFTING.value, HandoffState.RETURNED.value)
SUPERSEDED: Final = "its day ended before it could be said: the next morning takes it over"

_PERSON, _SETTING, _DEAL, _MILESTONE, _QUESTION, _COMMITMENT, _HANDOFF, _NOTICE, _DUE, _PLAY, _ALERT = (
    cast("Table", model.__table__)
    for model in (Person, PersonSetting, Deal, Milestone, Question, Commitment, Handoff, Notice, Due, Play, UsageAlert)
)
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_BEFORE: Final[BindParameter[Any]] = bindparam("horizon")
_WORKSPACE: Final[BindParameter[Any]] = bindparam("in_workspace")
_IS_OPEN: Final = _MILESTONE.c.state.in_(("planned", "doing", "blocked"))
_IS_ALIVE: Final = _DEAL.c.state.in_(ALIVE)
_IS_MEMBER: Final = and_(
    _PERSON.c.is_deleted.is_(False),
    _PERSON.c.is_guest.is_(False),
    _PERSON.c.is_external.is_(False),
    _PERSON.c.is_bot.is_(False),
)

# Who a milestone falls to. What belongs to the customer is chased by the CSM; where a role has nobody the other of the
# two takes it, and the lead what neither can.
_UNOWNED: Final = _MILESTONE.c.owner_id.is_(None)
_SELLERS: Final = and_(_MILESTONE.c.responsible == Role.AE.value, _MILESTONE.c.owner_name == "")
_LEADS: Final = and_(_MILESTONE.c.responsible == Role.LEAD.value, _MILESTONE.c.owner_name == "")
_CSMS: Final = ~or_(_SELLERS, _LEADS)
FALLS_TO_CSM: Final = and_(_UNOWNED, or_(_CSMS, and_(_SELLERS, _DEAL.c.ae_id.is_(None))))
FALLS_TO_AE: Final = and_(_UNOWNED, or_(_SELLERS, and_(_CSMS, _DEAL.c.csm_id.is_(None))))
FALLS_TO_LEAD: Final = and_(_UNOWNED, or_(_LEADS, and_(_DEAL.c.ae_id.is_(None), _DEAL.c.csm_id.is_(None))))


def _milestones(person: ColumnElement[Any], *those: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            person.label("person"),
            *(_MILESTONE.c[name] for name in ("id", "due", "remind", "snoozed_until", "version", "changed_at")),
        )
        .join_from(_MILESTONE, _DEAL, _DEAL.c.id == _MILESTONE.c.deal_id)
        .where(_IS_OPEN, _IS_ALIVE, _MILESTONE.c.due < _BEFORE, *those)
    )


_MINE: Final = (
    _milestones(_DEAL.c.csm_id, _DEAL.c.csm_id.in_(_IDS), FALLS_TO_CSM),
    _milestones(_DEAL.c.ae_id, _DEAL.c.ae_id.in_(_IDS), FALLS_TO_AE),
    _milestones(_MILESTONE.c.owner_id, _MILESTONE.c.owner_id.in_(_IDS)),
)
_OF_LEAD: Final = _milestones(
    bindparam("lead", type_=_DEAL.c.id.type),
    _DEAL.c.workspace_id == _WORKSPACE,
    FALLS_TO_LEAD,
)
_ALL_LATE: Final = _milestones(bindparam("lead", type_=_DEAL.c.id.type), _DEAL.c.workspace_id == _WORKSPACE)
_ASKED: Final = (
    select(_QUESTION.c.owner_id, _QUESTION.c.id, _QUESTION.c.asked_at)
    .join_from(_QUESTION, _DEAL, _DEAL.c.id == _QUESTION.c.deal_id)
    .where(_QUESTION.c.state == "open", _QUESTION.c.owner_id.in_(_IDS), _IS_ALIVE)
)
_THEIR_DEALS: Final = union(
    select(_DEAL.c.id).where(_DEAL.c.csm_id.in_(_IDS), _IS_ALIVE),
    select(_DEAL.c.id).where(_DEAL.c.ae_id.in_(_IDS), _IS_ALIVE),
)
_PROMISED: Final = (
    select(_COMMITMENT.c.id, _COMMITMENT.c.due, _COMMITMENT.c.owner, _DEAL.c.ae_id, _DEAL.c.csm_id)
    .join_from(_COMMITMENT, _DEAL, _DEAL.c.id == _COMMITMENT.c.deal_id)
    .where(
        _COMMITMENT.c.state == "open",
        _COMMITMENT.c.due < _BEFORE,
        _DEAL.c.id.in_(select(_THEIR_DEALS.subquery().c.id)),
    )
)
_WAITING: Final = (
    select(_DEAL.c.ae_id, _DEAL.c.id, _HANDOFF.c.state, _HANDOFF.c.requested_at, _HANDOFF.c.decided_at)
    .join_from(_HANDOFF, _DEAL, _DEAL.c.id == _HANDOFF.c.deal_id)
    .where(_HANDOFF.c.state.in_(WAITING), _IS_ALIVE)
)
_WAITING_FOR: Final = _WAITING.where(_DEAL.c.ae_id.in_(_IDS))
_WAITING_ANYWHERE: Final = _WAITING.where(_DEAL.c.workspace_id == _WORKSPACE)
_ANY_READER: Final = select(
    *(_PERSON.c[name] for name in ("id", "slack_id", "name", "email", "locale", "zone")),
    _IS_MEMBER.label("is_member"),
    _SETTING.c["values"],
).join_from(_PERSON, _SETTING, _SETTING.c.person_id == _PERSON.c.id, isouter=True)
_PLAYS: Final = select(
    *(_PLAY.c[name] for name in ("owner_id", "id", "due", "snoozed_until", "version", "created_at"))
).where(_PLAY.c.state == "open", _PLAY.c.gone == "", _PLAY.c.due < _BEFORE)
_PLAYS_OF: Final = _PLAYS.where(_PLAY.c.owner_id.in_(_IDS))
_PLAYS_LATE: Final = _PLAYS.where(_PLAY.c.workspace_id == _WORKSPACE, _PLAY.c.owner_id != bindparam("lead"))
_TASKS: Final = select(_ALERT.c.by_id, _ALERT.c.id, _ALERT.c.task_due).where(
    _ALERT.c.by_id.in_(_IDS),
    _ALERT.c.state == State.TAKEN.value,
    _ALERT.c.task_due.is_not(None),
    _ALERT.c.task_done.is_(None),
    _ALERT.c.ended == "",
)
_FALLS: Final = select(
    *(_ALERT.c[name] for name in ("reader_id", "id", "state", "until", "routed_on", "told_on", "created_at"))
).where(
    _ALERT.c.reader_id.in_(_IDS),
    _ALERT.c.ended == "",
    or_(
        and_(_ALERT.c.state == State.OPEN.value, _ALERT.c.route == Route.MORNING.value),
        _ALERT.c.state == State.SNOOZED.value,
    ),
)
"""What was too much for one day, and what was snoozed."""
_READERS: Final = _ANY_READER.where(_PERSON.c.id.in_(_IDS))
_READER: Final = _ANY_READER.where(_PERSON.c.workspace_id == _WORKSPACE, _PERSON.c.slack_id == bindparam("slack_id"))
_CONCERNED: Final = union(
    select(_DEAL.c.csm_id).where(_IS_ALIVE),
    select(_DEAL.c.ae_id).where(_IS_ALIVE),
    select(_MILESTONE.c.owner_id).where(_IS_OPEN, _MILESTONE.c.owner_id.is_not(None)),
    select(_QUESTION.c.owner_id).where(_QUESTION.c.state == "open"),
    select(_ALERT.c.reader_id).where(_ALERT.c.ended == ""),
    select(_ALERT.c.by_id).where(_ALERT.c.ended == "", _ALERT.c.state == State.TAKEN.value),
).subquery()
_HAS_ROW: Final = (
    select(_DUE.c.id)
    .where(_DUE.c.person_id == _PERSON.c.id, _DUE.c.kind == MORNING_KIND, _DUE.c.next_due_utc.is_not(None))
    .exists()
)
_WITHOUT_ROW: Final = select(_PERSON.c.workspace_id, _PERSON.c.id, _PERSON.c.zone).where(_IS_MEMBER, ~_HAS_ROW)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who gets a digest. ``is_member`` False: a guest, a stranger, a bot, or gone."""

    card: PersonCard
    is_member: bool
    settings: PersonSettings


async def readers(session: AsyncSession, ids: Collection[int]) -> dict[int, Reader]:
    """These people with their settings, by our id."""
    if not ids:
        return {}
    rows = (await session.execute(_READERS, {"ids": sorted(ids)})).all()
    return {row[0]: _reader(row) for row in rows}


async def reader(session: AsyncSession, workspace_id: int, slack_id: str) -> Reader | None:
    """The person with this Slack id and their settings."""
    row = (await session.execute(_READER, {"in_workspace": workspace_id, "slack_id": slack_id})).first()
    return _reader(row) if row else None


def _reader(row: Sequence[Any]) -> Reader:
    number, slack_id, name, email, locale, zone, is_member, values = row
    card = PersonCard(number, slack_id, name, email, locale, zone)
    return Reader(card, bool(is_member), from_json(values or {}))


async def lead_id(session: AsyncSession, workspace_id: int, lead: str) -> int | None:
    """Our id of the lead, named by Slack id or e-mail address; None when Slack does not know them, or nobody is."""
    if not lead:
        return None
    find = people.by_email if "@" in lead else people.by_slack_id
    found = await find(session, workspace_id, lead)
    return found.id if found else None


async def without_row(session: AsyncSession, lead: str) -> dict[int, list[tuple[int, str]]]:
    """Members who have to do with an open deal and are not looked at each morning yet: id and zone, by workspace."""
    which = _PERSON.c.id.in_(select(_CONCERNED))
    if lead:
        which = or_(which, _PERSON.c.email == lead.casefold() if "@" in lead else _PERSON.c.slack_id == lead)
    statement = _WITHOUT_ROW.where(which)
    found: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for workspace_id, number, zone in (await session.execute(statement)).all():
        found[workspace_id].append((number, zone))
    return dict(found)


@dataclass(frozen=True, slots=True)
class Ask:
    """Whose open things are asked for, due before ``horizon``; ``lead`` (our id) when the lead is one of them."""

    workspace_id: int
    people: Sequence[int]
    horizon: date
    today: date
    lead: int | None = None


async def open_things(session: AsyncSession, ask: Ask) -> dict[int, list[Open]]:
    """What each of these people may be reminded of. Nine queries, and five more when the lead is among
    them."""
    ids = {"ids": sorted(ask.people)}
    due = ids | {"horizon": ask.horizon}
    found: defaultdict[int, list[Open]] = defaultdict(list)
    for statement in _MINE:
        for row in (await session.execute(statement, due)).all():
            found[row[0]].append(_milestone(row, Subject.MILESTONE))
    for owner, number, asked_at in (await session.execute(_ASKED, ids)).all():
        found[owner].append(Open(Subject.QUESTION, number, asked_at.date()))
    for person, promise in await _promises(session, due, frozenset(ask.people)):
        found[person].append(promise)
    for row in (await session.execute(_WAITING_FOR, ids)).all():
        found[row[0]].append(_handoff(row, Subject.HANDOFF))
    for row in (await session.execute(_PLAYS_OF, due)).all():
        found[row[0]].append(_play(row, Subject.PLAY))
    for person, number, day in (await session.execute(_TASKS, ids)).all():
        found[person].append(Open(Subject.USAGE_TASK, number, day))
    for row in (await session.execute(_FALLS, ids)).all():
        found[row[0]].append(_fall(row))
    if ask.lead is not None:
        found[ask.lead] += await _of_lead(session, ask)
    return dict(found)


async def _promises(session: AsyncSession, due: Mapping[str, Any], wanted: Collection[int]) -> list[tuple[int, Open]]:
    """Promises with a day, each with whoever of the two keeps it, when it is one of those wanted."""
    rows = (await session.execute(_PROMISED, due)).all()
    cards = await readers(session, {number for row in rows for number in row[3:5] if number is not None})
    found: list[tuple[int, Open]] = []
    for number, day, owner, ae_id, csm_id in rows:
        ae, csm = cards.get(ae_id or 0), cards.get(csm_id or 0)
        kept_by = keeper(owner, ae.card if ae else None, csm.card if csm else None)
        if kept_by is not None and kept_by.id in wanted:
            found.append((kept_by.id, Open(Subject.PROMISE, number, day, REMIND)))
    return found


async def _of_lead(session: AsyncSession, ask: Ask) -> list[Open]:
    """What is the lead's own, and what of others is late."""
    given = {"in_workspace": ask.workspace_id, "lead": ask.lead}
    own = (await session.execute(_OF_LEAD, given | {"horizon": ask.horizon})).all()
    late = (await session.execute(_ALL_LATE, given | {"horizon": ask.today})).all()
    plays = (await session.execute(_PLAYS_LATE, given | {"horizon": ask.today})).all()
    waiting = (await session.execute(_WAITING_ANYWHERE, {"in_workspace": ask.workspace_id})).all()
    return [
        *(_milestone(row, Subject.MILESTONE) for row in own),
        *(_milestone(row, Subject.LATE_MILESTONE) for row in late),
        *(_play(row, Subject.LATE_PLAY) for row in plays),
        *(_handoff(row, Subject.LATE_HANDOFF) for row in waiting),
    ]


def _milestone(row: Sequence[Any], subject: Subject) -> Open:
    _, number, due, remind, snoozed_until, version, changed_at = row
    return Open(subject, number, due, tuple(remind), snoozed_until, changed_at if version == 1 else None)


def _play(row: Sequence[Any], subject: Subject) -> Open:
    _, number, due, snoozed_until, version, created_at = row
    return Open(subject, number, due, REMIND_PLAY, snoozed_until, created_at if version == 1 else None)


def _fall(row: Sequence[Any]) -> Open:
    _, number, state, until, routed_on, told_on, created_at = row
    if state == State.SNOOZED.value:
        return Open(Subject.USAGE, number, until, snoozed_until=until)
    return Open(Subject.USAGE, number, told_on or routed_on, new_at=None if told_on else created_at)


def _handoff(row: Sequence[Any], subject: Subject) -> Open:
    """Asked for on the day it was, or given back."""
    _, deal_id, state, requested_at, decided_at = row
    since = decided_at if state == HandoffState.RETURNED.value and decided_at else requested_at
    return Open(subject, deal_id, since.date())


# What was to be said before


@dataclass(frozen=True, slots=True)
class Earlier:
    """The digest of an earlier day: ``reached``: Slack has it. ``since`` is the day before the first it spoke for."""

    key: str
    reached: bool
    since: date
    at: datetime


def key_of(person_id: int, day: date) -> str:
    """The occurrence of somebody's digest."""
    return f"morning:{person_id}:{day.isoformat()}"


async def earlier(session: AsyncSession, workspace_id: int, keys: Collection[str]) -> dict[str, Earlier]:
    """These digests, by key; those that were never added are left out."""
    if not keys:
        return {}
    rows = await session.execute(
        select(_NOTICE.c.key, _NOTICE.c.ts, _NOTICE.c.facts, _NOTICE.c.created_at).where(
            _NOTICE.c.workspace_id == workspace_id, _NOTICE.c.key.in_(sorted(keys))
        )
    )
    return {row[0]: Earlier(row[0], bool(row[1]), date.fromisoformat(row[2]["since"]), row[3]) for row in rows.all()}


async def withdraw(session: AsyncSession, workspace_id: int, keys: Sequence[str]) -> None:
    """Say these no more: something newer takes their place. What is on its way already decides by itself."""
    if keys:
        await session.execute(
            update(_NOTICE)
            .where(
                _NOTICE.c.workspace_id == workspace_id,
                _NOTICE.c.key.in_(sorted(keys)),
                _NOTICE.c.state == notices.PENDING,
                _NOTICE.c.ts == "",
            )
            .values(state=notices.QUIET, why=SUPERSEDED)
        )


async def keep_quiet(
    session: AsyncSession, workspace_id: int, unsaid: Iterable[tuple[NewNotice, str]], now: datetime
) -> None:
    """Record occurrences that are not said, each with the reason."""
    for notice, why in unsaid:
        ids = await notices.add(session, workspace_id, [notice], now)
        await session.execute(
            update(_NOTICE).where(_NOTICE.c.id.in_(ids)).values(state=notices.QUIET, why=why[: notices.WHY_LIMIT])
        )
