"""People as Slack knows them, and which of them are CSMs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Table, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage import absence, caseload
from storage.models import Csm, Person, Workspace

_PERSON: Final = cast("Table", Person.__table__)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What ``users.info`` and ``users.list`` say of one person, in our words."""

    slack_id: str
    name: str
    email: str = ""
    locale: str = "en-US"
    zone: str = "UTC"
    is_guest: bool = False
    is_external: bool = False
    is_bot: bool = False
    is_deleted: bool = False
    is_admin: bool = False


async def ensure_workspace(session: AsyncSession, team_id: str, name: str, bot_user_id: str, now: datetime) -> int:
    """The row id of a workspace Slack answers for; made, or its name brought up to date. Two processes that start at
    once make one. One that had taken Baton away has it back."""
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert(Workspace) if dialect == "sqlite" else postgresql.insert(Workspace)
    statement = insert.values(team_id=team_id, name=name, bot_user_id=bot_user_id, created_at=now)
    kept = {"name": name, "bot_user_id": bot_user_id}
    again = statement.on_conflict_do_update(index_elements=["team_id"], set_=kept)
    found, gone_at = (await session.execute(again.returning(Workspace.id, Workspace.gone_at))).one()
    if gone_at is not None:
        await absence.came_back(session, found, now)
    return found


async def upsert(session: AsyncSession, workspace_id: int, people: Sequence[PersonFacts], now: datetime) -> None:
    """Keep what Slack says of these people, newest wins."""
    if not people:
        return
    values = [
        {
            "workspace_id": workspace_id,
            "slack_id": p.slack_id,
            "name": p.name,
            "email": p.email.strip().lower(),
            "locale": p.locale,
            "zone": p.zone,
            "is_guest": p.is_guest,
            "is_external": p.is_external,
            "is_bot": p.is_bot,
            "is_deleted": p.is_deleted,
            "is_admin": p.is_admin,
            "seen_at": now,
        }
        for p in people
    ]
    dialect = session.get_bind().dialect.name
    statement = sqlite.insert(_PERSON) if dialect == "sqlite" else postgresql.insert(_PERSON)
    kept = {name: statement.excluded[name] for name in values[0] if name not in ("workspace_id", "slack_id")}
    # Row by row: one statement for all may not touch a person twice, and has too many values for a large workspace.
    await session.execute(
        statement.on_conflict_do_update(index_elements=["workspace_id", "slack_id"], set_=kept), values
    )


async def by_slack_id(session: AsyncSession, workspace_id: int, slack_id: str) -> Person | None:
    """The person with this Slack id."""
    return (
        await session.scalars(select(Person).where(Person.workspace_id == workspace_id, Person.slack_id == slack_id))
    ).first()


async def by_email(session: AsyncSession, workspace_id: int, email: str) -> Person | None:
    """The active member of the workspace with this e-mail address, if any."""
    if not email:
        return None
    return (
        await session.scalars(
            select(Person)
            .where(
                Person.workspace_id == workspace_id,
                Person.email == email.strip().lower(),
                Person.is_deleted.is_(False),
                Person.is_bot.is_(False),
            )
            .order_by(Person.is_external, Person.id)
        )
    ).first()


async def set_csm(
    session: AsyncSession,
    workspace_id: int,
    person_id: int,
    *,
    regions: Sequence[str] = (),
    segments: Sequence[str] = (),
    active: bool = True,
) -> bool:
    """Make somebody a CSM, or change what they look after. True when they were none before."""
    found = await session.get(Csm, person_id)
    if found is None:
        session.add(
            Csm(
                person_id=person_id,
                workspace_id=workspace_id,
                regions=list(regions),
                segments=list(segments),
                active=active,
                open_deals=await caseload.count(session, person_id),
            )
        )
        await session.flush()
        return True
    found.regions, found.segments, found.active = list(regions), list(segments), active
    await session.flush()
    return False


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A CSM, what they look after, and how many open deals they have."""

    person: Person
    regions: tuple[str, ...]
    segments: tuple[str, ...]
    active: bool
    last_assigned_at: datetime | None
    open_deals: int


async def roster(session: AsyncSession, workspace_id: int) -> list[RosterEntry]:
    """Every CSM of the workspace with their load."""
    statement = (
        select(Csm, Person)
        .join(Person, Person.id == Csm.person_id)
        .where(Csm.workspace_id == workspace_id)
        .order_by(Csm.person_id)
    )
    return [
        RosterEntry(
            person=person,
            regions=tuple(csm.regions),
            segments=tuple(csm.segments),
            active=csm.active and not person.is_deleted,
            last_assigned_at=csm.last_assigned_at,
            open_deals=csm.open_deals,
        )
        for csm, person in (await session.execute(statement)).all()
    ]


async def note_assigned(session: AsyncSession, person_id: int, now: datetime) -> None:
    """Remember when this CSM got a deal last: ties go to whoever waited longest."""
    await session.execute(update(Csm).where(Csm.person_id == person_id).values(last_assigned_at=now))


async def lock_roster(session: AsyncSession, workspace_id: int) -> None:
    """Only one transaction at a time chooses a CSM (PostgreSQL; SQLite has one writer anyway).

    The weaker kind of row lock, because every insert that refers to the workspace holds a share lock on its key.
    """
    await session.execute(select(Workspace.id).where(Workspace.id == workspace_id).with_for_update(key_share=True))


async def workspaces(session: AsyncSession) -> list[Workspace]:
    """Every workspace Baton was installed in, oldest first."""
    return list((await session.scalars(select(Workspace).order_by(Workspace.id))).all())


async def slack_ids_known(session: AsyncSession, workspace_id: int, slack_ids: Sequence[str]) -> set[str]:
    """Which of these people the database holds."""
    statement = select(Person.slack_id).where(Person.workspace_id == workspace_id, Person.slack_id.in_(slack_ids))
    return set((await session.scalars(statement)).all())


async def any_outsider(session: AsyncSession, workspace_id: int, slack_ids: Sequence[str]) -> bool:
    """Whether one of these people is a guest or from another organisation."""
    statement = select(Person.id).where(
        Person.workspace_id == workspace_id,
        Person.slack_id.in_(slack_ids),
        or_(Person.is_guest.is_(True), Person.is_external.is_(True)),
    )
    return (await session.scalars(statement.limit(1))).first() is not None
