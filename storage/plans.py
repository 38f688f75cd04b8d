"""Plans: read whole for one deal or for thousands, made once, changed by compare-and-set with what was there before."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import BindParameter, Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from domain.person import PersonCard
from domain.plan.change import PlanChange, applied
from domain.plan.undoing import snapshots
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Kind, Raci, Role
from storage import plan_models
from storage.models import Person

# The hot path: tables and not entities, made once. A Monday loads the plans of ten thousand deals.
_PLAN: Final = cast("Table", plan_models.Plan.__table__)
_MILESTONE: Final = cast("Table", plan_models.Milestone.__table__)
_CHANGE: Final = cast("Table", plan_models.PlanChange.__table__)
_PERSON: Final = cast("Table", Person.__table__)
_OF_DEALS: Final[BindParameter[int]] = bindparam("deals", expanding=True)
_IDS: Final[BindParameter[int]] = bindparam("ids", expanding=True)
_PLANS: Final = select(
    *(
        _PLAN.c[name]
        for name in (
            *("deal_id", "playbook", "playbook_title", "why", "closed_on"),
            *("firm_at", "finished_at", "early_win", "numbered", "version", "made_at"),
        )
    )
).where(_PLAN.c.deal_id.in_(_OF_DEALS))
_PLANS_LOCKED: Final = _PLANS.with_for_update(key_share=True)
_READ: Final = (
    *("deal_id", "id", "number", "title", "due", "state", "kind", "step", "about", "after"),
    *("working_days", "by_day", "responsible", "accountable", "consulted", "informed"),
    *("owner_id", "owner_name", "evidence_asked", "evidence", "why", "unblocker", "remind"),
    *("snoozed_until", "touched", "booked_for", "settled_at", "settled_by", "changed_at", "version"),
)
_OWNER: Final = _READ.index("owner_id")
_SETTLER: Final = _READ.index("settled_by")
_MILESTONES: Final = (
    select(*(_MILESTONE.c[name] for name in _READ))
    .where(_MILESTONE.c.deal_id.in_(_OF_DEALS))
    .order_by(_MILESTONE.c.deal_id, _MILESTONE.c.number)
)
_CARD: Final = tuple(_PERSON.c[name] for name in ("id", "slack_id", "name", "email", "locale", "zone"))
_PEOPLE: Final = select(*_CARD).where(_PERSON.c.id.in_(_IDS))
_DEAL_OF: Final = select(_MILESTONE.c.deal_id).where(_MILESTONE.c.id == bindparam("of_milestone"))

_WRITTEN: Final = (
    *("number", "step", "kind", "title", "about", "due", "state", "after", "working_days", "by_day"),
    *("responsible", "accountable", "consulted", "informed", "owner_id", "owner_name", "evidence_asked"),
    *("evidence", "why", "unblocker", "remind", "snoozed_until", "touched", "booked_for", "settled_at"),
    *("settled_by", "changed_at", "version"),
)
_ADD: Final = insert(_MILESTONE)
_ADD_WITH_IDS: Final = _ADD.returning(_MILESTONE.c.number, _MILESTONE.c.id)
_CHANGE_ONE: Final = (
    update(_MILESTONE).where(_MILESTONE.c.id == bindparam("on_id")).values({name: bindparam(name) for name in _WRITTEN})
)
_REMOVE: Final = delete(_MILESTONE).where(_MILESTONE.c.id.in_(_IDS))
_PLAN_FIELDS: Final = (
    "playbook",
    "playbook_title",
    "why",
    "closed_on",
    "firm_at",
    "finished_at",
    "early_win",
    "numbered",
)
_NEXT: Final = (
    update(_PLAN)
    .where(_PLAN.c.deal_id == bindparam("of_deal"), _PLAN.c.version == bindparam("on_version"))
    .values({name: bindparam(name) for name in (*_PLAN_FIELDS, "version")})
    .returning(_PLAN.c.deal_id)
)
_WRITE_DOWN: Final = insert(_CHANGE).returning(_CHANGE.c.id)
_FIND_CHANGE: Final = select(
    *(
        _CHANGE.c[name]
        for name in (
            *("id", "deal_id", "at", "by_id", "action", "said", "before", "after"),
            *("undone_at", "undone_by"),
        )
    )
).where(_CHANGE.c.id == bindparam("of_change"))
_UNDONE: Final = (
    update(_CHANGE)
    .where(_CHANGE.c.id == bindparam("of_change"), _CHANGE.c.undone_at.is_(None))
    .values(undone_at=bindparam("when"), undone_by=bindparam("who"))
    .returning(_CHANGE.c.id)
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a change: its id, by which it can be undone, and the plan as it is now."""

    change_id: int
    plan: PlanPicture


@dataclass(frozen=True, slots=True)
class StoredChange:
    """A change as it was written down; ``before`` and ``after`` as in domain.plan.undoing.Snapshots."""

    id: int
    deal_id: int
    at: datetime
    by: PersonCard | None
    action: str
    said: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    undone_at: datetime | None
    undone_by: PersonCard | None


async def load(session: AsyncSession, deal_id: int, *, lock: bool = False) -> PlanPicture | None:
    """The plan of one deal, None when it has none. ``lock`` keeps other changes off it until this transaction ends
    (PostgreSQL; SQLite has one writer)."""
    return (await load_many(session, [deal_id], lock=lock)).get(deal_id)


async def load_many(session: AsyncSession, deal_ids: Collection[int], *, lock: bool = False) -> dict[int, PlanPicture]:
    """The plans of these deals by deal id, in three queries; deals without a plan are left out. At most 10,000 ids, the
    number of parameters both databases take."""
    if not deal_ids:
        return {}
    ids = {"deals": sorted(deal_ids)}
    plans: Sequence[Sequence[Any]] = (await session.execute(_PLANS_LOCKED if lock else _PLANS, ids)).all()
    if not plans:
        return {}
    rows: Sequence[Sequence[Any]] = (await session.execute(_MILESTONES, ids)).all()
    people = await _people(session, {one for row in rows for one in (row[_OWNER], row[_SETTLER]) if one is not None})
    found: defaultdict[int, list[Milestone]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(_milestone(row, people))
    return {plan[0]: _picture(plan, found[plan[0]]) for plan in plans}


async def _people(session: AsyncSession, ids: set[int]) -> dict[int, PersonCard]:
    if not ids:
        return {}
    rows = (await session.execute(_PEOPLE, {"ids": sorted(ids)})).all()
    return {row[0]: PersonCard(*row) for row in rows}


def _milestone(row: Sequence[Any], people: Mapping[int, PersonCard]) -> Milestone:
    """Unpacked by position: looking each column up by its name costs as much as all the rest."""
    # fmt: off
    (
        _, row_id, number, title, due, state, kind, step, about, counts_from,
        working_days, by_day, responsible, accountable, consulted, informed,
        owner_id, owner_name, evidence_asked, evidence, why, unblocker, remind,
        snoozed_until, touched, booked_for, settled_at, settled_by, changed_at, version,
    ) = row
    # fmt: on
    return Milestone(
        id=row_id,
        number=number,
        title=title,
        raci=Raci(
            Role(responsible),
            Role(accountable),
            tuple(Role(one) for one in consulted),
            tuple(Role(one) for one in informed),
        ),
        due=due,
        state=State(state),
        kind=Kind(kind),
        step=step,
        about=about,
        after=counts_from,
        working_days=working_days,
        by_day=by_day,
        evidence_asked=evidence_asked,
        evidence=evidence,
        why=why,
        unblocker=unblocker,
        owner=people.get(owner_id or 0),
        owner_name=owner_name,
        remind=tuple(remind),
        snoozed_until=snoozed_until,
        touched=touched,
        booked_for=booked_for,
        settled_at=settled_at,
        settled_by=people.get(settled_by or 0),
        changed_at=changed_at,
        version=version,
    )


def _picture(row: Sequence[Any], milestones: Sequence[Milestone]) -> PlanPicture:
    deal_id, playbook, playbook_title, why, closed_on, firm_at, finished_at, early_win, numbered, version, made_at = row
    return PlanPicture(
        deal_id=deal_id,
        playbook=playbook,
        playbook_title=playbook_title,
        why=why,
        closed_on=closed_on,
        milestones=tuple(milestones),
        firm_at=firm_at,
        finished_at=finished_at,
        early_win=early_win,
        numbered=numbered,
        version=version,
        made_at=made_at,
    )


async def deal_of(session: AsyncSession, milestone_id: int) -> int | None:
    """The deal a milestone belongs to; None when there is no such milestone any more."""
    return (await session.scalars(_DEAL_OF, {"of_milestone": milestone_id})).first()


async def insert_if_new(session: AsyncSession, workspace_id: int, plan: PlanPicture, now: datetime) -> bool:
    """Keep a new plan with its milestones; False when the deal has one already, which stays as it is."""
    dialect = session.get_bind().dialect.name
    adding = sqlite.insert(_PLAN) if dialect == "sqlite" else postgresql.insert(_PLAN)
    values = {name: getattr(plan, name) for name in (*_PLAN_FIELDS, "version")}
    made = await session.scalars(
        adding.on_conflict_do_nothing(index_elements=["deal_id"]).returning(_PLAN.c.deal_id),
        {"deal_id": plan.deal_id, "workspace_id": workspace_id, "made_at": now, **values},
    )
    if made.first() is None:
        return False
    if plan.milestones:
        await session.execute(_ADD, [{"deal_id": plan.deal_id, **_values(one, now)} for one in plan.milestones])
    return True


def _values(one: Milestone, now: datetime) -> dict[str, Any]:
    return {
        "number": one.number,
        "step": one.step,
        "kind": one.kind.value,
        "title": one.title,
        "about": one.about,
        "due": one.due,
        "state": one.state.value,
        "after": one.after,
        "working_days": one.working_days,
        "by_day": one.by_day,
        "responsible": one.raci.responsible.value,
        "accountable": one.raci.accountable.value,
        "consulted": [role.value for role in one.raci.consulted],
        "informed": [role.value for role in one.raci.informed],
        "owner_id": one.owner.id if one.owner else None,
        "owner_name": one.owner_name,
        "evidence_asked": one.evidence_asked,
        "evidence": one.evidence,
        "why": one.why,
        "unblocker": one.unblocker,
        "remind": list(one.remind),
        "snoozed_until": one.snoozed_until,
        "touched": one.touched,
        "booked_for": one.booked_for,
        "settled_at": one.settled_at,
        "settled_by": one.settled_by.id if one.settled_by else None,
        "changed_at": now,
        "version": one.version,
    }


async def apply(
    session: AsyncSession,
    plan: PlanPicture,
    change: PlanChange,
    *,
    by: PersonCard | None,
    now: datetime,
    closed_on: date | None = None,
) -> Applied | None:
    """Change a plan, and write down what was there before: compare-and-set on the version of ``plan``. None when
    somebody else was quicker. ``by`` None: the CRM or the clock. ``closed_on``: the day the deal was closed is another
    one from now on."""
    becomes = applied(plan, change, now)
    if closed_on is not None:
        becomes = replace(becomes, closed_on=closed_on)
    fields = {name: getattr(becomes, name) for name in _PLAN_FIELDS}
    keys = {"of_deal": plan.deal_id, "on_version": plan.version, "version": becomes.version}
    if (await session.scalars(_NEXT, keys | fields)).first() is None:
        return None
    becomes = await _keep(session, plan, becomes, change, now)
    kept = snapshots(plan, becomes)
    written = {
        "deal_id": plan.deal_id,
        "at": now,
        "by_id": by.id if by else None,
        "action": change.action,
        "said": change.said,
        "before": kept.before,
        "after": kept.after,
        "undone_at": None,
        "undone_by": None,
    }
    change_id = (await session.scalars(_WRITE_DOWN, written)).one()
    return Applied(change_id, becomes)


async def _keep(
    session: AsyncSession, plan: PlanPicture, becomes: PlanPicture, change: PlanChange, now: datetime
) -> PlanPicture:
    """Write the milestones of a change; the plan with the ids of the new ones."""
    numbers = {one.number for one in change.milestones}
    touched = [one for one in becomes.milestones if one.number in numbers]
    known = {one.number: one.id for one in plan.milestones}
    gone = [known[number] for number in change.removed if number in known]
    if gone:
        await session.execute(_REMOVE, {"ids": gone})
    changed = [{"on_id": known[one.number], **_values(one, now)} for one in touched if one.number in known]
    if changed:
        await session.execute(_CHANGE_ONE, changed)
    new = [{"deal_id": plan.deal_id, **_values(one, now)} for one in touched if one.number not in known]
    ids = dict(known)
    if new:
        ids |= {row[0]: row[1] for row in (await session.execute(_ADD_WITH_IDS, new)).all()}
    return replace(becomes, milestones=tuple(replace(one, id=ids[one.number]) for one in becomes.milestones))


async def find_change(session: AsyncSession, change_id: int) -> StoredChange | None:
    """One change that was written down."""
    row = (await session.execute(_FIND_CHANGE, {"of_change": change_id})).first()
    if row is None:
        return None
    people = await _people(session, {one for one in (row.by_id, row.undone_by) if one is not None})
    return StoredChange(
        id=row.id,
        deal_id=row.deal_id,
        at=row.at,
        by=people.get(row.by_id or 0),
        action=row.action,
        said=row.said,
        before=row.before,
        after=row.after,
        undone_at=row.undone_at,
        undone_by=people.get(row.undone_by or 0),
    )


async def mark_undone(session: AsyncSession, change_id: int, *, by: PersonCard, now: datetime) -> bool:
    """Note who undid a change and when; False when somebody had undone it already."""
    values = {"of_change": change_id, "when": now, "who": by.id}
    return (await session.scalars(_UNDONE, values)).first() is not None
