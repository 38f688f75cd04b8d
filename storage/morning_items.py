"""What a digest shows, as it is now; and which digests show a thing that changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, cast

from sqlalchemy import BindParameter, Executable, Table, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import Calendars, WorkingDays, at_wall, zone_named
from domain.handoff import HandoffState
from domain.morning import Item, MorningPicture
from domain.person import PersonCard
from domain.playbook import Kind
from domain.plays.changes import Effect
from domain.plays.task import TITLES
from domain.reminders import Occurrence, Subject, parse
from domain.usage_alert import State
from storage import home_changes, mornings, notices, usage_cards
from storage.models import Account, Commitment, Deal, Handoff, Notice, Person, Question
from storage.mornings import ALIVE, WAITING, key_of
from storage.plan_models import Milestone
from storage.play_models import Play

SHOWN_DAYS: Final = 8
"""Digests of so many days back are kept up to date: a week, with the day it is."""

_PERSON, _DEAL, _ACCOUNT, _MILESTONE, _QUESTION, _COMMITMENT, _HANDOFF, _NOTICE, _PLAY = (
    cast("Table", model.__table__)
    for model in (Person, Deal, Account, Milestone, Question, Commitment, Handoff, Notice, Play)
)
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_OF: Final = (
    _DEAL.c.id.label("deal_id"),
    _ACCOUNT.c.name.label("customer"),
    _DEAL.c.channel_id,
    _DEAL.c.state.label("deal_state"),
)


def _of_deal(table: Table, *columns: Any) -> Any:  # noqa: ANN401 - a SELECT of as many columns
    return (
        select(*_OF, *columns)
        .join_from(table, _DEAL, _DEAL.c.id == table.c.deal_id)
        .join(_ACCOUNT, _ACCOUNT.c.id == _DEAL.c.account_id)
    )


_MILESTONES: Final = _of_deal(
    _MILESTONE,
    *(_MILESTONE.c[name] for name in ("id", "number", "title", "due", "state", "kind", "why", "unblocker")),
    *(_MILESTONE.c[name] for name in ("snoozed_until", "owner_id", "settled_by", "responsible")),
    *(_DEAL.c.ae_id, _DEAL.c.csm_id),
).where(_MILESTONE.c.id.in_(_IDS))
_QUESTIONS: Final = _of_deal(
    _QUESTION, *(_QUESTION.c[name] for name in ("id", "number", "text", "state", "asker_id", "answered_by", "asked_at"))
).where(_QUESTION.c.id.in_(_IDS))
_PROMISES: Final = _of_deal(
    _COMMITMENT, *(_COMMITMENT.c[name] for name in ("id", "text", "state", "due", "resolved_by"))
).where(_COMMITMENT.c.id.in_(_IDS))
_HANDOFFS: Final = _of_deal(
    _HANDOFF,
    *(_HANDOFF.c[name] for name in ("state", "requested_at", "gaps", "submitted_by")),
    *(_DEAL.c.ae_id, _DEAL.c.csm_id),
).where(_HANDOFF.c.deal_id.in_(_IDS))
_CHANNEL: Final = (
    select(_DEAL.c.channel_id)
    .where(_DEAL.c.account_id == _ACCOUNT.c.id, _DEAL.c.state.in_(ALIVE), _DEAL.c.channel_id.is_not(None))
    .order_by(_DEAL.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_PLAYS: Final = (
    select(
        _ACCOUNT.c.name.label("customer"),
        _CHANNEL.label("channel_id"),
        *(_PLAY.c[name] for name in ("id", "effect", "due", "state", "gone", "owner_id", "settled_by")),
        _PLAY.c.snoozed_until,
    )
    .join_from(_PLAY, _ACCOUNT, _ACCOUNT.c.id == _PLAY.c.account_id)
    .where(_PLAY.c.id.in_(_IDS))
)


async def items(session: AsyncSession, occurrences: Sequence[str], today: date, days: WorkingDays) -> tuple[Item, ...]:
    """These occurrences as they are now, in their order, in seven queries; what is gone is left out."""
    asked = [one for text in occurrences if (one := parse(text)) is not None]
    found: dict[str, Item] = {}
    for subjects, load in (
        ((Subject.MILESTONE, Subject.LATE_MILESTONE), _milestones),
        ((Subject.PLAY, Subject.LATE_PLAY), _plays),
        ((Subject.USAGE, Subject.USAGE_TASK), _usage),
        ((Subject.QUESTION,), _questions),
        ((Subject.PROMISE,), _promises),
        ((Subject.HANDOFF, Subject.LATE_HANDOFF), _handoffs),
    ):
        mine = [one for one in asked if one.subject in subjects]
        if mine:
            found |= {str(one.occurrence): one for one in await load(session, mine, today, days)}
    return tuple(found[str(one)] for one in asked if str(one) in found)


async def _rows(session: AsyncSession, statement: Executable, asked: Sequence[Occurrence]) -> Sequence[Any]:
    return (await session.execute(statement, {"ids": sorted({one.id for one in asked})})).all()


async def _cards(session: AsyncSession, ids: Iterable[int | None]) -> dict[int, PersonCard]:
    found = await mornings.readers(session, {number for number in ids if number})
    return {number: reader.card for number, reader in found.items()}


def _item(one: Occurrence, row: Any, **more: Any) -> Item:  # noqa: ANN401 - a row of SQLAlchemy
    gone = row.deal_state not in ALIVE
    more["settled"] = bool(more.get("settled")) or gone
    return Item(one, row.deal_id, row.customer, row.channel_id or "", **more)


async def _milestones(session: AsyncSession, asked: Sequence[Occurrence], today: date, days: WorkingDays) -> list[Item]:
    rows = {row.id: row for row in await _rows(session, _MILESTONES, asked)}
    people = [number for row in rows.values() for number in (row.owner_id, row.settled_by, row.ae_id, row.csm_id)]
    cards = await _cards(session, people)
    found: list[Item] = []
    for one in asked:
        row = rows.get(one.id)
        if row is None:
            continue
        does = row.owner_id or (row.ae_id if row.responsible == "ae" else row.csm_id)
        found.append(
            _item(
                one,
                row,
                title=row.title,
                number=row.number,
                due=row.due,
                late=days.between(row.due, today) if row.due else 0,
                state=row.state,
                settled=row.state in ("done", "skipped"),
                settled_by=cards.get(row.settled_by or 0),
                who=cards.get(does or 0),
                why=row.why,
                unblocker=row.unblocker,
                kickoff=row.kind == Kind.KICKOFF.value,
                away=row.snoozed_until is not None and row.snoozed_until > today,
            )
        )
    return found


async def _plays(session: AsyncSession, asked: Sequence[Occurrence], today: date, days: WorkingDays) -> list[Item]:
    """What belongs to a customer and no single deal: ``deal_id`` is 0."""
    rows = {row.id: row for row in await _rows(session, _PLAYS, asked)}
    cards = await _cards(session, [number for row in rows.values() for number in (row.owner_id, row.settled_by)])
    return [
        Item(
            one,
            0,
            row.customer,
            row.channel_id or "",
            title=TITLES.get(Effect(row.effect), ""),
            due=row.due,
            late=days.between(row.due, today) if row.due else 0,
            state="gone" if row.gone and row.state == "open" else row.state,
            settled=row.state != "open" or bool(row.gone),
            settled_by=cards.get(row.settled_by or 0),
            who=cards.get(row.owner_id or 0),
            away=row.snoozed_until is not None and row.snoozed_until > today,
        )
        for one in asked
        if (row := rows.get(one.id)) is not None
    ]


async def _usage(session: AsyncSession, asked: Sequence[Occurrence], today: date, days: WorkingDays) -> list[Item]:
    """Falls of usage and the tasks of whoever is on them: they belong to a customer and no single deal."""
    found = await usage_cards.load_many(session, {one.id for one in asked})
    cards = await _cards(session, [kept.by for kept in found.values()])
    items: list[Item] = []
    for one in asked:
        kept = found.get(one.id)
        if kept is None:
            continue
        card, is_task = kept.card, one.subject is Subject.USAGE_TASK
        acted = card.state in (State.TAKEN, State.NOT_USEFUL)
        settled = card.ended is not None or (card.task_done is not None if is_task else acted)
        items.append(
            Item(
                one,
                0,
                card.account_name,
                card.channel,
                due=card.task_due if is_task else None,
                late=days.between(card.task_due, today) if is_task and card.task_due else 0,
                state=str(card.ended or ("done" if is_task and card.task_done else card.state)),
                settled=settled,
                settled_by=cards.get(kept.by or 0) if card.ended is None else None,
                away=card.state is not State.TAKEN if is_task else not settled and not card.waits(today),
                usage=card,
            )
        )
    return items


async def _questions(session: AsyncSession, asked: Sequence[Occurrence], today: date, days: WorkingDays) -> list[Item]:
    rows = {row.id: row for row in await _rows(session, _QUESTIONS, asked)}
    cards = await _cards(session, [number for row in rows.values() for number in (row.asker_id, row.answered_by)])
    return [
        _item(
            one,
            row,
            title=row.text,
            number=row.number,
            state=row.state,
            settled=row.state != "open",
            settled_by=cards.get(row.answered_by or 0),
            who=cards.get(row.asker_id),
            since=row.asked_at,
        )
        for one in asked
        if (row := rows.get(one.id)) is not None
    ]


async def _promises(session: AsyncSession, asked: Sequence[Occurrence], today: date, days: WorkingDays) -> list[Item]:
    rows = {row.id: row for row in await _rows(session, _PROMISES, asked)}
    cards = await _cards(session, [row.resolved_by for row in rows.values()])
    return [
        _item(
            one,
            row,
            title=row.text,
            due=row.due,
            late=days.between(row.due, today) if row.due else 0,
            state=row.state,
            settled=row.state != "open",
            settled_by=cards.get(row.resolved_by or 0),
        )
        for one in asked
        if (row := rows.get(one.id)) is not None
    ]


async def _handoffs(session: AsyncSession, asked: Sequence[Occurrence], today: date, days: WorkingDays) -> list[Item]:
    rows = {row.deal_id: row for row in await _rows(session, _HANDOFFS, asked)}
    cards = await _cards(session, [number for row in rows.values() for number in (row.ae_id, row.submitted_by)])
    return [
        _item(
            one,
            row,
            title=row.gaps if row.state == HandoffState.RETURNED.value else "",
            state=row.state,
            late=days.between(one.day, today),
            settled=row.state not in WAITING,
            settled_by=cards.get(row.submitted_by or 0),
            who=cards.get(row.ae_id or 0),
            since=row.requested_at,
        )
        for one in asked
        if (row := rows.get(one.id)) is not None
    ]


_LATE_KICKOFFS: Final = select(_NOTICE.c.deal_id).where(
    _NOTICE.c.deal_id.in_(_IDS),
    _NOTICE.c.kind == "kickoff_late",
    _NOTICE.c.audience == bindparam("audience"),
    _NOTICE.c.created_at >= bindparam("since", type_=_NOTICE.c.created_at.type),
    _NOTICE.c.state != notices.QUIET,
)


async def late_kickoffs(
    session: AsyncSession, deal_ids: Collection[int], slack_id: str, since: datetime
) -> frozenset[int]:
    """Those of these deals whose late kickoff this person is told of in a message of its own, added from ``since``."""
    if not deal_ids:
        return frozenset()
    given = {"ids": sorted(deal_ids), "audience": f"person:{slack_id}", "since": since}
    return frozenset((await session.scalars(_LATE_KICKOFFS, given)).all())


async def load(
    session: AsyncSession, facts: Mapping[str, Any], calendars: Calendars, now: datetime, *, said: bool
) -> MorningPicture | None:
    """A digest from its notice's facts (``person``, ``day``, ``items``); None when the person is gone. ``said``: Slack
    shows it already."""
    number = int(facts["person"])
    reader = (await mornings.readers(session, [number])).get(number)
    if reader is None:
        return None
    card, settings = reader.card, reader.settings
    zone, on = zone_named(card.zone), date.fromisoformat(str(facts["day"]))
    today = now.astimezone(zone).date()
    days = calendars.days(card.zone, settings.country, settings.weekdays)
    found = await items(session, [str(one) for one in facts["items"]], today, days)
    kickoffs = {one.deal_id for one in found if one.kickoff}
    late = await late_kickoffs(session, kickoffs, card.slack_id, at_wall(on, time.min, zone))
    return MorningPicture(card, on, today, found, said, late)


# Which digests show a thing that changed

_OWNERS: Final = select(_MILESTONE.c.owner_id).where(
    _MILESTONE.c.deal_id == bindparam("deal"), _MILESTONE.c.owner_id.is_not(None)
)
_ASKED_OF: Final = select(_QUESTION.c.owner_id).where(
    _QUESTION.c.deal_id == bindparam("deal"), _QUESTION.c.owner_id.is_not(None)
)
_DEAL_PEOPLE: Final = select(_DEAL.c.ae_id, _DEAL.c.csm_id).where(_DEAL.c.id == bindparam("deal"))


async def keys_showing(
    session: AsyncSession, workspace_id: int, deal_id: int, refs: Collection[str], now: datetime, lead: str = ""
) -> list[str]:
    """The occurrence keys of this week's digests that show one of ``refs`` (``milestone:41``, ``question:7``,
    ``promise:9``, ``handoff:5``) of a deal: to be bumped when that changed. ``lead`` is a Slack id or an e-mail
    address, '' for none. Five queries by key."""
    given = {"deal": deal_id}
    people = {number for row in (await session.execute(_DEAL_PEOPLE, given)).all() for number in row}
    people |= set((await session.scalars(_OWNERS, given)).all()) | set((await session.scalars(_ASKED_OF, given)).all())
    people.add(await mornings.lead_id(session, workspace_id, lead))
    return await _showing(session, workspace_id, {number for number in people if number is not None}, refs, now)


async def _showing(
    session: AsyncSession, workspace_id: int, people: Collection[int], refs: Collection[str], now: datetime
) -> list[str]:
    last = now.date() + timedelta(days=1)
    days = [last - timedelta(days=back) for back in range(SHOWN_DAYS + 1)]
    keys = [key_of(number, on) for number in people for on in days]
    rows = await session.execute(
        select(_NOTICE.c.key, _NOTICE.c.facts).where(
            _NOTICE.c.workspace_id == workspace_id,
            _NOTICE.c.key.in_(keys),
            or_(_NOTICE.c.ts != "", _NOTICE.c.state == notices.SENDING),
        )
    )
    wanted = {*refs, *(f"late-{one}" for one in refs)}
    return [row[0] for row in rows.all() if _shows(row[1], wanted)]


def _shows(facts: Mapping[str, Any], wanted: Collection[str]) -> bool:
    return any(one.ref in wanted for text in facts.get("items", ()) if (one := parse(str(text))) is not None)


async def refresh(
    session: AsyncSession, workspace_id: int, deal_id: int, refs: Collection[str], now: datetime, lead: str = ""
) -> list[int]:
    """Let the digests that show these be edited in place, in the caller's transaction; the ids of their notices."""
    keys = await keys_showing(session, workspace_id, deal_id, refs, now, lead)
    return await notices.bump(session, workspace_id, keys, now)


async def refresh_for(
    session: AsyncSession, workspace_id: int, readers: Collection[int], refs: Collection[str], now: datetime
) -> list[int]:
    """The same for what belongs to no single deal (``play:3``), in the digests and the Homes of these people (our
    ids)."""
    keys = await _showing(session, workspace_id, readers, refs, now)
    home_changes.changed_for(session, workspace_id, readers, now)
    return await notices.bump(session, workspace_id, keys, now)
